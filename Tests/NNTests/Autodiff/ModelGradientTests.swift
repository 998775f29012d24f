import NN
import Tensor
import Testing

/// Gradients of models, and gradients of those.
@Suite struct ModelGradientTests {
  private struct Model {
    let w = Parameter(Tensor<Double>([0.5, -1.5, 2], shape: [3, 1]))
    let b = Parameter(Tensor<Double>([0.25]))

    func callAsFunction(_ x: Variable<Double>) -> Variable<Double> {
      (x.matmul(w.variable) + b.variable).tanh()
    }
  }

  private let x = Variable(Tensor<Double>([1, 2, 3, -1, 0.5, 0.1], shape: [2, 3]))

  /// The central differences of a scalar function of the model's parameters.
  private func expectGradient(
    of p: Parameter<Double>, _ actual: Variable<Double>?, _ loss: () -> Double,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let start = p.value
    var expected = PlainArray(start.scalars, shape: Array(start.shape))
    for element in expected.values.indices {
      func moved(by h: Double) -> Double {
        var values = start.scalars
        values[element] += h
        p.value = Tensor(values, shape: start.shape)
        return loss()
      }
      let h = 2e-4
      let coarse = (moved(by: h) - moved(by: -h)) / (2 * h)
      let fine = (moved(by: h / 2) - moved(by: -h / 2)) / h
      expected.values[element] = (4 * fine - coarse) / 3
    }
    p.value = start
    guard let actual else {
      Issue.record("no gradient", sourceLocation: sourceLocation)
      return
    }
    expectClose(actual.value, expected, tolerance: 1e-9, sourceLocation: sourceLocation)
  }

  // I. Gulrajani and others, Improved training of Wasserstein GANs, 2017.
  @Test func gradientPenalty() {
    let model = Model()
    func loss() -> Variable<Double> {
      let slope = gradient(at: x) { model($0).sum() }
      let norm = slope.squared().sum(axes: [1]).squareRoot()
      return model(x).mean() + 10 * (norm - 1).squared().mean()
    }
    let (_, gradients) = valueAndGradients(of: model, loss)
    expectGradient(of: model.w, gradients[model.w]) { loss().item }
    expectGradient(of: model.b, gradients[model.b]) { loss().item }
  }

  @Test func gradientOfASquaredModelGradient() {
    let model = Model()
    func penalty() -> Variable<Double> {
      let (value, inner) = valueAndGradients(of: model) { model(x).squared().sum() }
      return inner[model.w]!.squared().sum() + inner[model.b]!.squared().sum() + value
    }
    let (_, gradients) = valueAndGradients(of: model, penalty)
    expectGradient(of: model.w, gradients[model.w]) { penalty().item }
    expectGradient(of: model.b, gradients[model.b]) { penalty().item }
  }

  @Test func thirdOrderThroughAModel() {
    let w = Parameter(Tensor<Double>(0.7))
    let third = valueAndGradients(of: w) {
      valueAndGradients(of: w) {
        valueAndGradients(of: w) { w.variable.exp() * w.variable }.gradients[w]!
      }.gradients[w]!
    }
    // (x eˣ)‴ = (x + 3) eˣ
    let e = Variable<Double>(0.7).exp().item
    #expect(abs(third.value.item - 2.7 * e) < 1e-12)
    #expect(abs(third.gradients[w]!.item - 3.7 * e) < 1e-12)
  }

  // C. Finn and others, Model-agnostic meta-learning, 2017: the gradient of the loss after an inner
  // step, with respect to the parameters before it.
  @Test func gradientThroughAnInnerStep() {
    let w = Parameter(Tensor<Double>([0.3, -0.8, 1.1], shape: [3, 1]))
    let (train, test) = (x, x * 0.5 + 1)
    func taskLoss(_ w: Variable<Double>, _ x: Variable<Double>) -> Variable<Double> {
      (x.matmul(w).tanh() - 0.3).squared().mean()
    }
    func metaLoss() -> Variable<Double> {
      var fast = w.variable
      for _ in 0..<3 { fast = fast - 0.4 * gradient(at: fast) { taskLoss($0, train) } }
      return taskLoss(fast, test)
    }
    let (_, gradients) = valueAndGradients(of: w, metaLoss)
    expectGradient(of: w, gradients[w]) { metaLoss().item }
  }

  @Test func siblingModelTransformsInOneOuter() {
    let model = Model()
    func loss() -> Variable<Double> {
      let first = valueAndGradients(of: model) { model(x).sum() }.gradients
      let second = valueAndGradients(of: model) { model(x * 2).squared().sum() }.gradients
      return (first[model.w]! * second[model.w]!).sum() + first[model.b]!.sum()
    }
    let (_, gradients) = valueAndGradients(of: model, loss)
    expectGradient(of: model.w, gradients[model.w]) { loss().item }
    expectGradient(of: model.b, gradients[model.b]) { loss().item }
  }

  // The inner transform differentiates by one model, its loss reads another one of the outer.
  @Test func innerModelWithinAnOuterModel() {
    let (generator, critic) = (Model(), Model())
    func loss() -> Variable<Double> {
      let (value, inner) = valueAndGradients(of: critic) { critic(x * generator(x)).sum() }
      return value + inner[critic.w]!.squared().sum()
    }
    let (_, gradients) = valueAndGradients(of: generator, loss)
    expectGradient(of: generator.w, gradients[generator.w]) { loss().item }
    expectGradient(of: generator.b, gradients[generator.b]) { loss().item }
    #expect(gradients[critic.w] == nil)
  }

  @Test func nestedTransformsLeaveTheParametersConstantsAgain() {
    let w = Parameter(Tensor<Double>(3))
    let (_, outer) = valueAndGradients(of: w) {
      let inner = valueAndGradients(of: w) { w.variable * w.variable }.gradients[w]!  // 2w
      return inner * w.variable  // 2w²
    }
    #expect(outer[w]?.item == 12)
    #expect(gradient(at: Variable<Double>(2)) { $0 * w.variable }.item == 3)
  }

  // MARK: Missing gradients

  @Test func gradientsOfUnusedParametersAreNil() {
    let model = Model()
    let (_, gradients) = valueAndGradients(of: model) { model.w.variable.sum() }
    #expect(gradients[model.b] == nil)
    #expect(gradients.missing == ["b"])
    let none = valueAndGradients(of: model) { Variable<Double>(1) }.gradients
    #expect(none.missing == ["w", "b"])
  }

  @Test func missingGradientStopsTheOptimizerNamingTheParameters() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let model = ["used": Linear(2, 1), "other": Linear(2, 2)]
      let (_, gradients) = valueAndGradients(of: model) {
        model["used"]!(Tensor<Float>.ones([1, 2])).sum()
      }
      SGD(model, learningRate: 0.1).update(along: gradients)
    }
    expectMessage(
      result,
      "update(along:): no gradient for other.weight, other.bias: the loss does not depend on it; "
        + "set allowsMissingGradients to leave such parameters as they are")
  }

  @Test func allowedMissingGradientsLeaveParametersAsTheyAre() {
    let model = Model()
    let sgd = SGD(model, learningRate: 0.1, momentum: 0.9, weightDecay: 0.1)
    let adam = Adam(model, learningRate: 0.1, weightDecay: 0.1)
    sgd.allowsMissingGradients = true
    adam.allowsMissingGradients = true
    let before = (w: model.w.value, b: model.b.value)
    for optimizer in [sgd, adam] as [any Optimizer] {
      let (_, gradients) = valueAndGradients(of: model) { model.w.variable.sum() }
      optimizer.update(along: gradients)
      #expect(model.b.value == before.b)
      #expect(model.w.value != before.w)
    }
  }
}
