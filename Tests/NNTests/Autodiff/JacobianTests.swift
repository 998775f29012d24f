import NN
import Tensor
import Testing

/// Products with Jacobians and Hessians against matrices written out by hand.
@Suite struct JacobianTests {
  // f(x, y, z) = (x·y, y·z², x + z³) at (2, 3, −1).
  private let point = Variable(Tensor<Double>([2, 3, -1]))

  private func f(_ x: Variable<Double>) -> Variable<Double> {
    let (a, b, c) = (x[0], x[1], x[2])
    return Variable.stacked([a * b, b * c * c, a + c * c * c])
  }

  private let matrix: [[Double]] = [[3, 2, 0], [0, 1, -6], [1, 0, 3]]

  @Test func jacobianOfAVectorFunction() {
    let result = jacobian(at: point, of: f)
    #expect(result.value == Tensor(matrix.flatMap { $0 }).reshaped(to: [3, 3]))
  }

  @Test func jacobianHasTheShapesOfValueAndArgument() {
    let x = Variable(Tensor<Double>([1, 2, 3, 4, 5, 6]).reshaped(to: [2, 3]))
    let result = jacobian(at: x) { $0.sum(axes: [1]).reshaped(to: [2, 1]) }
    #expect(result.shape == [2, 1, 2, 3])
    let ones: [Double] = [1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1]
    #expect(result.value == Tensor(ones).reshaped(to: [2, 1, 2, 3]))
    #expect(jacobian(at: x) { _ in Variable(Tensor<Double>.zeros([0])) }.shape == [0, 2, 3])
  }

  @Test func vectorJacobianProducts() {
    let cotangent = Variable(Tensor<Double>([1, -2, 0.5]))
    let (value, products) = vectorJacobianProduct(at: [point], cotangent: cotangent) { f($0[0]) }
    #expect(value.value == Tensor([6, 3, 1]))
    #expect(products[0].value == Tensor([3.5, 0, 13.5]))
  }

  @Test func jacobianVectorProducts() {
    let tangent = Variable(Tensor<Double>([1, -2, 0.5]))
    let (value, product) = jacobianVectorProduct(at: [point], along: [tangent]) { f($0[0]) }
    #expect(value.value == Tensor([6, 3, 1]))
    #expect(product.value == Tensor([-1, -5, 2.5]))
  }

  @Test func productsOfSeveralArguments() {
    let (a, b) = (Variable(Tensor<Double>([1, 2])), Variable(Tensor<Double>([3, 4])))
    let one = Variable(Tensor<Double>([1, 1]))
    let (_, product) = jacobianVectorProduct(at: [a, b], along: [one, -one]) { $0[0] * $0[1] }
    #expect(product.value == Tensor([2, 2]))
    let (_, products) = vectorJacobianProduct(at: [a, b], cotangent: one) { $0[0].squared() + 0 }
    #expect(products.map(\.value) == [Tensor([2, 4]), Tensor([0, 0])])
  }

  // g(x) = x₀²·x₁ + x₁³ has the Hessian [[2x₁, 2x₀], [2x₀, 6x₁]].
  private func g(_ x: Variable<Double>) -> Variable<Double> {
    x[0] * x[0] * x[1] + x[1] * x[1] * x[1]
  }

  @Test func hessians() {
    let x = Variable(Tensor<Double>([2, 5]))
    #expect(hessian(at: x, of: g).value == Tensor([10, 4, 4, 30]).reshaped(to: [2, 2]))
    let product = hessianVectorProduct(at: x, along: Variable(Tensor([1, -1])), of: g)
    #expect(product.value == Tensor([6, -26]))
  }

  @Test func transformsNest() {
    let x = Variable(Tensor<Double>([2, 5]))
    // The trace of the Hessian is 8x₁, so its gradient is (0, 8).
    let result = gradient(at: x) { x in hessian(at: x, of: g).diagonal().sum() }
    #expect(result.value == Tensor([0, 8]))
    // A Hessian as the Jacobian of a gradient, by forward products of backward ones.
    let column = jacobianVectorProduct(at: [x], along: [Variable(Tensor([0, 1]))]) { x in
      gradient(at: x[0], of: g)
    }
    #expect(column.product.value == Tensor([4, 30]))
  }

  // ‖∂f/∂x‖ held near 1, as in WGAN-GP: the penalty's gradient by a weight against differences.
  @Test func gradientPenalty() {
    var random = RandomGenerator(seed: 3)
    let weight = Parameter(Tensor<Double>.normal([4, 3], using: &random))
    let x = Tensor<Double>.normal([5, 3], using: &random)
    let report = gradientCheck(of: [weight]) {
      let slope = gradient(at: Variable(x)) {
        linear($0, weight: weight.variable).tanh().sum()
      }
      let norms = (slope.squared().sum(axes: [1]) + 1e-12).squareRoot()
      return (norms - 1).squared().mean()
    }
    #expect(report.isCorrect, "\(report)")
  }

  // One step of model-agnostic meta-learning: the loss after an inner step of gradient descent.
  @Test func metaLearningStep() {
    var random = RandomGenerator(seed: 4)
    let weight = Parameter(Tensor<Double>.normal([1, 3], using: &random))
    let x = Variable(Tensor<Double>.normal([6, 3], using: &random))
    let y = Variable(Tensor<Double>.normal([6, 1], using: &random))
    let report = gradientCheck(of: [weight]) {
      let start = weight.variable
      let step = gradient(at: start) { meanSquaredError(linear(x, weight: $0).tanh(), y) }
      return meanSquaredError(linear(x, weight: start - 0.1 * step).tanh(), y)
    }
    #expect(report.isCorrect, "\(report)")
  }

  @Test func shapesThatDiffer() async {
    let cotangent = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let x = Variable(Tensor<Double>.ones([2]))
      _ = vectorJacobianProduct(at: [x], cotangent: Variable<Double>(1)) { $0[0] }
    }
    expectMessage(
      cotangent,
      "vectorJacobianProduct: the cotangent has shape [], the function's value [2]; they must be "
        + "the same")
    let tangent = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let x = Variable(Tensor<Double>.ones([2]))
      _ = jacobianVectorProduct(at: [x], along: [Variable<Double>(1)]) { $0[0] }
    }
    let vector = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let x = Variable(Tensor<Double>.ones([2]))
      _ = hessianVectorProduct(at: x, along: Variable<Double>(1)) { $0.sum() }
    }
    expectMessage(
      vector,
      "hessianVectorProduct: the vector has shape [], the argument [2]; they must be the same")
    expectMessage(
      tangent,
      "jacobianVectorProduct: the tangents have shapes [[]], the arguments [[2]]; they must be the "
        + "same")
  }
}
