import NN
import Tensor
import Testing

/// A scalar function and its derivatives: x³ + sin-free algebra keeps the references exact.
@Suite struct TransformTests {
  private func scalar(_ x: Double) -> Variable<Double> { Variable(x) }

  private func cube(_ x: Variable<Double>) -> Variable<Double> { x * x * x }

  // MARK: Nesting

  @Test func derivativesOfEachOrder() {
    let x = scalar(1.5)
    func derivative(
      _ order: Int, _ f: @escaping (Variable<Double>) -> Variable<Double>
    ) -> (Variable<Double>) -> Variable<Double> {
      order == 0 ? f : derivative(order - 1) { x in gradient(at: x, of: f) }
    }
    let expected = [3.375, 6.75, 9, 6, 0]
    for (order, value) in expected.enumerated() {
      #expect(abs(derivative(order, cube)(x).item - value) < 1e-12)
    }
  }

  // d/dx (x · d/dy (x · y)) = d/dx x² at any y: the inner derivative must not swallow x.
  @Test func innerTransformClosesOverAnOuterVariable() {
    let result = gradient(at: scalar(3)) { x in
      x * gradient(at: scalar(5)) { y in x * y }
    }
    #expect(result.item == 6)
  }

  // The perturbations of two levels must stay apart (J. M. Siskind and B. A. Pearlmutter, 2005):
  // d/dx (x · d/dy (x + y)) at x = 1 is 1.
  @Test func perturbationsAreNotConfused() {
    let result = gradient(at: scalar(1)) { x in
      x * gradient(at: scalar(1)) { y in x + y }
    }
    #expect(result.item == 1)
    let nested = gradient(at: scalar(2)) { x in
      gradient(at: x) { y in x * y * y } * x
    }
    // ∂/∂y (x y²) at y = x is 2x²; times x is 2x³, whose derivative is 6x².
    #expect(nested.item == 24)
  }

  @Test func innerTransformAtAConstantDoesNotDependOnTheOuterVariable() {
    let result = gradient(at: scalar(2)) { x in
      x + gradient(at: scalar(4), of: cube)
    }
    #expect(result.item == 1)
  }

  @Test func siblingTransformsInOneOuter() {
    let (value, gradients) = valueAndGradient(at: [scalar(2), scalar(3)]) { x in
      let first = gradient(at: x[0], of: cube)  // 3a²
      let second = gradient(at: x[1]) { $0 * first * $0 }  // 2b · 3a²
      let third = gradient(at: x[0]) { $0 * second }  // 6a²b, with respect to the factor alone
      return first + second + third
    }
    #expect(value.item == 12 + 72 + 72)
    // 3a² + 12a²b: ∂a = 6a + 24ab, ∂b = 12a²
    #expect(gradients.map(\.item) == [12 + 144, 48])
  }

  @Test func innerGradientOfAnOuterResultIsZero() {
    let result = gradient(at: scalar(2)) { x in
      let outer = x * x
      return outer + gradient(at: scalar(7)) { _ in outer }
    }
    #expect(result.item == 4)
  }

  @Test func transformOfTheSameVariableTwice() {
    let (value, gradients) = valueAndGradient(at: [scalar(3), scalar(3)]) { $0[0] * $0[1] }
    #expect(value.item == 9)
    #expect(gradients.map(\.item) == [3, 3])
    let x = scalar(3)
    let same = valueAndGradient(at: [x, x]) { $0[0] * $0[0] * $0[1] }
    #expect(same.gradient.map(\.item) == [18, 9])
  }

  @Test func hessianVectorProductOfAnOuterVariableAsArgument() {
    let result = gradient(at: scalar(2)) { x in
      valueAndGradient(at: [x, x]) { $0[0] * $0[0] * $0[1] }.gradient.reduce(scalar(0), +)
    }
    // 2x² + x² = 3x²
    #expect(result.item == 12)
  }

  // MARK: Results

  @Test func unusedArgumentHasZeroGradientOfItsShape() {
    let x = Variable(Tensor<Double>.ones([2, 3]))
    let (_, gradients) = valueAndGradient(at: [x, scalar(2)]) { $0[1] * $0[1] }
    #expect(gradients[0].value == .zeros([2, 3]))
    #expect(gradients[1].item == 4)
  }

  @Test func constantFunctionHasZeroGradient() {
    #expect(gradient(at: scalar(2)) { _ in Variable(5) }.item == 0)
    #expect(gradient(at: scalar(2)) { $0.detached * $0.detached }.item == 0)
    #expect(gradient(at: scalar(2)) { $0.detached * $0 }.item == 2)
  }

  @Test func identityHasGradientOne() {
    #expect(gradient(at: scalar(2)) { $0 }.item == 1)
    let ones = gradient(at: Variable(Tensor<Double>([2], shape: [1, 1]))) { $0 }
    #expect(ones.value == Tensor([1], shape: [1, 1]))
  }

  @Test func noArguments() {
    let (value, gradients) = valueAndGradient(at: [Variable<Double>]()) { _ in Variable(5) }
    #expect(value.item == 5)
    #expect(gradients.isEmpty)
  }

  // Were they not constants, the second transform would stop the program.
  @Test func resultsOfTheOutermostTransformAreConstants() {
    let first = valueAndGradient(at: [scalar(2), scalar(3)]) { cube($0[0]) * $0[1] }
    let model = Parameter(Tensor<Double>(2))
    let second = valueAndGradients(of: model) { cube(model.variable) }
    let result = gradient(at: scalar(1)) { x in
      x * first.value * first.gradient[0] + x * second.value * second.gradients[model]!
    }
    #expect(result.item == 24 * 36 + 8 * 12)
  }

  @Test(arguments: [-1.0, -0.0, 0.0, 1.0])
  func derivativeOfReluIsZeroAtZero(_ x: Double) {
    let expected: Double = x > 0 ? 1 : 0
    #expect(gradient(at: scalar(x)) { $0.relu() }.item == expected)
    // The recorded form has the same value, and a derivative of 0.
    let second = valueAndGradient(at: [scalar(x)]) { x in gradient(at: x[0]) { $0.relu() } }
    #expect(second.value.item == expected)
    #expect(second.gradient[0].item == 0)
  }

  @Test func kinksAndPoles() {
    #expect(gradient(at: scalar(0)) { $0.squareRoot() }.item == .infinity)
    #expect(gradient(at: scalar(0)) { $0.log() }.item == .infinity)
    #expect(gradient(at: scalar(1000)) { $0.sigmoid() }.item == 0)
    #expect(gradient(at: scalar(-1000)) { $0.tanh() }.item == 0)
    let logits = Variable(Tensor<Double>([1000, 0, -1000], shape: [1, 3]))
    let (loss, gradients) = valueAndGradient(at: [logits]) {
      softmaxCrossEntropy($0[0], Tensor([2]))
    }
    #expect(loss.item == 2000)
    #expect(gradients[0].value.scalars == [1, 0, -1])
  }

  // b² would be 0 or infinite in single precision.
  @Test(arguments: [Float(1e-30), 1e30])
  func quotientOfExtremeNumbers(_ b: Float) {
    let (_, gradients) = valueAndGradient(at: [Variable(b), Variable(b)]) { $0[0] / $0[1] }
    #expect(abs(gradients[0].item * b - 1) < 1e-6)
    #expect(abs(gradients[1].item * b + 1) < 1e-6)
  }

  // MARK: Errors

  private struct Interruption: Error {}

  @Test func throwingClosuresLeaveNothingBehind() {
    for depth in 0..<3 {
      #expect(throws: Interruption.self) {
        try nest(depth) { throw Interruption() }
      }
      // A tape left behind would make this a nested transform, whose results are not constants.
      let constant = gradient(at: scalar(3)) { $0 * $0 }
      #expect(gradient(at: scalar(2)) { $0 * constant }.item == 6)
    }
    let caught = gradient(at: scalar(2)) { x in
      _ = try? valueAndGradient(at: [x]) { _ in throw Interruption() }
      return x * gradient(at: x) { $0 * $0 }
    }
    #expect(caught.item == 8)
  }

  private func nest(_ depth: Int, _ body: () throws -> Void) throws {
    let model = Parameter(Tensor<Double>(2))
    _ = try valueAndGradients(of: model) {
      if depth == 0 { try body() } else { try nest(depth - 1, body) }
      return model.variable
    }
  }

  @Test func variableOfAFinishedTransformStopsTheNext() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var smuggled = Variable<Double>(0)
      _ = gradient(at: Variable<Double>(2)) { x in
        smuggled = x * x
        return smuggled
      }
      _ = gradient(at: Variable<Double>(2)) { x in x * smuggled }
    }
    expectMessage(
      result,
      "a variable is used that another gradient transform recorded; "
        + "let it out of that transform as a result, or use its `value`")
  }

  @Test func variableOfAFinishedTransformStopsAsAResult() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var smuggled = Variable<Double>(0)
      _ = gradient(at: Variable<Double>(2)) { x in
        smuggled = x * x
        return smuggled
      }
      _ = gradient(at: Variable<Double>(2)) { x in gradient(at: x) { _ in smuggled } }
    }
    expectMessage(result, "a variable is used that another gradient transform recorded; ")
  }

  @Test func smuggledVariableIsAConstantOutsideTransforms() {
    var smuggled = scalar(0)
    _ = gradient(at: scalar(2)) { x in
      smuggled = x * x
      return smuggled
    }
    #expect((smuggled + smuggled).item == 8)
    let value = smuggled.detached
    #expect(gradient(at: scalar(1)) { $0 * value }.item == 4)
  }

  @Test func lossThatIsNoScalarStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = gradient(at: Variable(Tensor<Float>.ones([2, 3]))) { $0 * 2 }
    }
    expectMessage(
      result,
      "gradient: the function must return a single number, got shape [2, 3]; "
        + "reduce it with sum() or mean()")
  }
}
