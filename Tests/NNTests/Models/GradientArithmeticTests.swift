import NN
import Tensor
import Testing

@Suite struct GradientArithmeticTests {
  private let a = Parameter(Tensor<Double>([1, 2]))
  private let b = Parameter(Tensor<Float>([3, 4, 5]))
  private let c = Parameter(Tensor<Double>(6))

  private var model: [String: Any] { ["a": a, "b": b, "c": c] }

  /// Gradients x and y for a and b, none for c.
  private func gradients(_ x: [Double], _ y: [Float]) -> Gradients {
    let first = valueAndGradients(of: model) { (a.variable * Variable(Tensor(x))).sum() }
    let second = valueAndGradients(of: model) { (b.variable * Variable(Tensor(y))).sum() }
    return first.gradients + second.gradients
  }

  @Test func sumsAndFactors() {
    var sum = gradients([1, 2], [3, 4, 5])
    #expect(sum[a]?.value.scalars == [1, 2] && sum[b]?.value.scalars == [3, 4, 5])
    #expect(sum.missing == ["c"])
    sum += gradients([10, 20], [30, 40, 50])
    let before = sum
    sum *= 0.5
    #expect(sum[a]?.value.scalars == [5.5, 11] && sum[b]?.value.scalars == [16.5, 22, 27.5])
    #expect(before[a]?.value.scalars == [11, 22])
  }

  // Two halves of a batch give the step of the whole.
  @Test func accumulatedGradientsAreThoseOfTheWhole() {
    let x = Tensor<Double>([1, -2, 3, 0.5, 2, 1, -1, 4], shape: [4, 2])
    func gradients(_ rows: Range<Int>) -> Gradients {
      valueAndGradients(of: a) { (Variable(x[rows]) * a.variable).squared().sum() }.gradients
    }
    var halves = gradients(0..<2)
    halves += gradients(2..<4)
    let whole = (gradients(0..<4) * (1.0 / 4))[a]!.value
    expectClose((halves * (1.0 / 4))[a]!.value, whole, 1e-15, "halves")
  }

  // A gradient of a sum of gradients is recorded like any other operation.
  @Test func sumsInsideATransformAreDifferentiated() {
    let derivative = gradient(at: Variable(Tensor<Double>(3))) { x in
      let inner = valueAndGradients(of: a) { (a.variable.squared() * x).sum() }.gradients
      return ((inner + inner) * 0.5)[a]!.sum()
    }
    #expect(derivative.item == 6)  // d/dx Σ 2 a x = 2 · (1 + 2)
  }

  @Test func clippingByNorm() throws {
    let given = gradients([3, 0], [0, 4, 0])
    #expect(abs(given.norm - 5) < 1e-12)
    let (clipped, norm) = try given.clipped(toNorm: 1)
    #expect(abs(norm - 5) < 1e-12)
    // torch.nn.utils.clip_grad_norm_ of these: 3 · (1 ÷ (5 + 1e-6)), and so on.
    #expect(abs(clipped[a]!.value.scalars[0] - 0.59999988000002398) < 1e-15)
    #expect(clipped[b]!.value.scalars[1] == 0.79999984)
    #expect(clipped.missing == ["c"])
    let (same, _) = try given.clipped(toNorm: 6)
    #expect(same[a]!.value == given[a]!.value && same[b]!.value == given[b]!.value)
    #expect(try gradients([0, 0], [0, 0, 0]).clipped(toNorm: 1).norm == 0)
  }

  // By torch.nn.utils.clip_grad_norm_ with this norm_type.
  @Test(arguments: [
    (1.0, 9, [0.3333332962963005, 0.44444439506173394, -0.22222219753086697]),
    (3.0, 4.626065009182741, [0.6484991770642701, 0.8646655694190268, -0.4323327847095134]),
    (.infinity, 4, [0.7499998125000469, 0.9999997500000625, -0.49999987500003124]),
  ])
  func clippingByOtherNorms(_ order: Double, _ expected: Double, _ results: [Double]) throws {
    let (clipped, norm) = try gradients([3, 0], [0, 4, -2]).clipped(toNorm: 1, order: order)
    #expect(abs(norm - expected) < 1e-6)
    #expect(abs(clipped[a]!.value.scalars[0] - results[0]) < 1e-7)
    let b = clipped[b]!.value.scalars
    expectClose(b.map { Double($0) }, [0, results[1], results[2]], tolerance: 1e-7)
  }

  @Test func normsNeitherOverflowNorVanish() throws {
    #expect(abs(gradients([3e200, 0], [0, 0, 0]).norm / 3e200 - 1) < 1e-12)
    #expect(abs(gradients([3e-200, 4e-200], [0, 0, 0]).norm / 5e-200 - 1) < 1e-12)
    let large = gradients([0, 0], [3e30, 4e30, 0])
    #expect(abs(large.norm / 5e30 - 1) < 1e-6)
    #expect(try abs(large.clipped(toNorm: 1).gradients.norm - 1) < 1e-5)
  }

  @Test func clippingByValue() {
    let clipped = gradients([3, -0.25], [-4, .nan, .infinity]).clipped(toValue: 0.5)
    #expect(clipped[a]!.value.scalars == [0.5, -0.25])
    let b = clipped[b]!.value.scalars
    #expect(b[0] == -0.5 && b[1].isNaN && b[2] == 0.5)
  }

  @Test func whatIsNoNumberIsThrown() {
    let before = (a.value, b.value)
    let first = #expect(throws: NonFiniteGradient.self) {
      try gradients([.nan, 1], [.infinity, 0, 0]).clipped(toNorm: 1)
    }
    #expect(first?.parameter == "a" && first?.norm.isNaN == true)
    let second = #expect(throws: NonFiniteGradient.self) {
      try gradients([1, 1], [-.infinity, 0, 0]).clipped(toNorm: 1)
    }
    #expect(second?.parameter == "b" && second?.norm == .infinity)
    #expect(
      second?.description
        == "the gradient of b has norm inf: check the inputs of this batch, or lower the learning rate"
    )
    #expect(a.value == before.0 && b.value == before.1)
  }

  @Test func whatTheLossDoesNotReachIsThrown() throws {
    let partial = gradients([1, 2], [3, 4, 5])
    let error = #expect(throws: MissingGradientError.self) { try partial.checkedComplete() }
    #expect(error == MissingGradientError(parameters: ["c"]))
    #expect(error?.description == "no gradient for c: the loss does not depend on it")
    c.isFrozen = true
    #expect(try partial.checkedComplete()[a]?.value.scalars == [1, 2])
  }

  @Test func misuseStops() async {
    let others = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      func one() -> Gradients {
        let w = Parameter(Tensor<Float>(1))
        return valueAndGradients(of: w) { w.variable * 2 }.gradients
      }
      _ = one() + one()
    }
    expectMessage(others, "Gradients: those of different parameters cannot be added")
    let limit = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let w = Parameter(Tensor<Float>(1))
      _ = try? valueAndGradients(of: w) { w.variable * 2 }.gradients.clipped(toNorm: 0)
    }
    expectMessage(limit, "clipped(toNorm:): the limit must be positive, got 0.0")
    let order = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let w = Parameter(Tensor<Float>(1))
      _ = try? valueAndGradients(of: w) { w.variable * 2 }.gradients.clipped(toNorm: 1, order: 0.5)
    }
    expectMessage(order, "clipped(toNorm:): the order must be 1 or more, got 0.5")
    let value = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let w = Parameter(Tensor<Float>(1))
      _ = valueAndGradients(of: w) { w.variable * 2 }.gradients.clipped(toValue: .nan)
    }
    expectMessage(value, "clipped(toValue:): the limit must be positive, got nan")
  }
}
