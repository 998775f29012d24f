import NN
import Tensor
import Testing

@Suite struct OptimizerTests {
  // MARK: Against PyTorch

  @Test(arguments: OptimizerGolden.all, MemoryLayoutKind.allCases)
  func doublePrecision(_ golden: OptimizerGolden, _ layout: MemoryLayoutKind) {
    guard layout != .repeated else { return }  // All elements start different.
    compare(golden, Double.self, layout: layout, tolerance: 1e-12)
  }

  @Test(arguments: OptimizerGolden.all)
  func singlePrecision(_ golden: OptimizerGolden) {
    compare(golden, Float.self, layout: .contiguous, tolerance: 3e-6)
  }

  /// L(w) = Σ aᵢ (wᵢ − cᵢ)² ÷ 2 + Σ gₜᵢ wᵢ on a matrix of 2 × 3.
  private func compare<S: FloatingPointScalar>(
    _ golden: OptimizerGolden, _ scalar: S.Type, layout: MemoryLayoutKind, tolerance: Double
  ) {
    func matrix(_ values: some Collection<Double>, _ layout: MemoryLayoutKind) -> Tensor<S> {
      PlainArray(Array(values), shape: [2, 3]).tensor(S.self, layout: layout)
    }
    // The curvature has another layout than the parameter, and with it the gradient.
    let curvature = Variable(matrix(OptimizerGolden.curvature, .transposed))
    let centre = Variable(matrix(OptimizerGolden.centre, .transposed))
    let w = Parameter(matrix(OptimizerGolden.start, layout))
    let optimizer = golden.kind.optimizer(of: w)
    let strides = w.value.layout.strides
    for step in 0..<10 {
      let extra = Variable(matrix(OptimizerGolden.extra[6 * step..<6 * step + 6], .contiguous))
      let snapshot = w.value
      let before = snapshot.scalars
      let (_, gradients) = valueAndGradients(of: w) {
        (0.5 * curvature * (w.variable - centre).squared() + extra * w.variable).sum()
      }
      optimizer.update(along: gradients)
      expectClose(
        w.value, PlainArray(Array(golden.values[6 * step..<6 * step + 6]), shape: [2, 3]),
        tolerance: tolerance, "step \(step)")
      #expect(snapshot.scalars == before, "a copy of the value taken before the step has changed")
      #expect(w.value.layout.strides == strides)
    }
  }

  // MARK: Convergence

  private static let kinds: [OptimizerGolden.Kind] = [
    .sgd(learningRate: 0.1, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false),
    .sgd(learningRate: 0.05, momentum: 0.9, dampening: 0, weightDecay: 0, nesterov: false),
    .sgd(learningRate: 0.05, momentum: 0.9, dampening: 0, weightDecay: 0, nesterov: true),
    .adam(learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0),
  ]

  @Test(arguments: kinds)
  func quadratic(_ kind: OptimizerGolden.Kind) {
    let (x, y) = (Parameter(Tensor<Double>(4)), Parameter(Tensor<Double>([-3, 7])))
    let optimizer = kind.optimizer(of: (x, y))
    for _ in 0..<400 {
      let (_, gradients) = valueAndGradients(of: (x, y)) {
        (x.variable - 1).squared() + 0.5 * (y.variable + 2).squared().sum()
      }
      optimizer.update(along: gradients)
    }
    expectClose([x.value.item] + y.value.scalars, [1, -2, -2], tolerance: 1e-5)
  }

  // H. H. Rosenbrock, 1960: (1 − x)² + 100 (y − x²)², whose minimum is at (1, 1).
  @Test(arguments: [
    OptimizerGolden.Kind.sgd(
      learningRate: 1e-3, momentum: 0.9, dampening: 0, weightDecay: 0, nesterov: true),
    .adam(learningRate: 0.02, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0),
  ])
  func rosenbrock(_ kind: OptimizerGolden.Kind) {
    let (x, y) = (Parameter(Tensor<Double>(-1.2)), Parameter(Tensor<Double>(1)))
    let parameters = Parameters(of: (x, y))
    let optimizer = kind.optimizer(of: parameters)
    for _ in 0..<3000 {
      let (_, gradients) = valueAndGradients(of: parameters) {
        let (x, y) = (x.variable, y.variable)
        return (1 - x).squared() + 100 * (y - x.squared()).squared()
      }
      optimizer.update(along: gradients)
    }
    expectClose([x.value.item, y.value.item], [1, 1], tolerance: 1e-2)
  }

  // A network with one hidden layer of sigmoids, as textbooks have it (D. E. Rumelhart, G. E. Hinton
  // and R. J. Williams, 1986).
  @Test(arguments: [1, 2, 3] as [UInt64])
  func exclusiveOr(_ seed: UInt64) {
    let model = Sequential {
      Linear(2, 4, weightInitializer: .normal(standardDeviation: 1))
      Sigmoid()
      Linear(4, 1, weightInitializer: .normal(standardDeviation: 1))
      Sigmoid()
    }
    var random = RandomGenerator(seed: seed)
    model.initialize(using: &random)
    let inputs = Tensor<Float>([0, 0, 0, 1, 1, 0, 1, 1], shape: [4, 2])
    let targets = Tensor<Float>([0, 1, 1, 0], shape: [4, 1])
    let optimizer = SGD(model, learningRate: 5)
    var last: Float = 1
    for _ in 0..<2000 {
      let (loss, gradients) = valueAndGradients(of: model) {
        meanSquaredError(model(inputs), targets)
      }
      optimizer.update(along: gradients)
      last = loss.item
    }
    #expect(last < 0.01)
    #expect(model(inputs).value.scalars.map { $0 > 0.5 } == [false, true, true, false])
  }

  // MARK: Use

  @Test func learningRateCanBeChangedBetweenSteps() {
    let w = Parameter(Tensor<Double>(1))
    for optimizer in [SGD(w, learningRate: 0.5)] {
      for rate in [0.5, 0.25] {
        optimizer.learningRate = rate
        let before = w.value.item
        optimizer.update(along: valueAndGradients(of: w) { w.variable * 2 }.gradients)
        #expect(w.value.item == before - 2 * rate)
      }
    }
  }

  @Test func optimizerOfAPartLeavesTheRest() {
    let (first, second) = (Linear(2, 2), Linear(2, 1))
    let model = Sequential([first, second])
    let before = first.weight.value
    let start = second.weight.value
    let (_, gradients) = valueAndGradients(of: model) { model(Tensor<Float>.ones([1, 2])).sum() }
    Adam(second).update(along: gradients)
    #expect(first.weight.value == before)
    #expect(second.weight.value != start)
  }

  // The step of a parameter counts those that it took part in, as in PyTorch.
  @Test func stepsAreCountedForEachParameter() {
    let (a, b) = (Parameter(Tensor<Double>(0)), Parameter(Tensor<Double>(0)))
    let optimizer = Adam([a, b], learningRate: 0.1)
    optimizer.allowsMissingGradients = true
    for _ in 0..<5 {
      optimizer.update(along: valueAndGradients(of: [a, b]) { a.variable * 3 }.gradients)
    }
    optimizer.update(along: valueAndGradients(of: [a, b]) { b.variable * 3 }.gradients)
    // A first step of Adam is the learning rate, whatever the gradient.
    #expect(abs(b.value.item + 0.1) < 1e-8)
  }

  @Test func emptyParameterTakesSteps() {
    let w = Parameter(Tensor<Float>.zeros([0, 3]))
    for optimizer in [Adam(w), SGD(w, learningRate: 1, momentum: 0.5)] as [any Optimizer] {
      optimizer.update(along: valueAndGradients(of: w) { w.variable.sum() }.gradients)
    }
    #expect(w.shape == [0, 3])
  }

  @Test func modelWithoutParametersTakesSteps() {
    let optimizer = SGD(ReLU(), learningRate: 1)
    optimizer.update(along: valueAndGradients(of: ReLU()) { Variable<Float>(1) }.gradients)
  }

  // MARK: Hyperparameters

  /// A mistake with the message that it gets. Exit tests capture values alone, so it is made by name.
  enum Mistake: String, CaseIterable, Codable, Sendable {
    case sgdRateZero, sgdRateNegative, sgdRateNaN, sgdRateInfinite, sgdRateChanged
    case sgdMomentumOne, sgdMomentumNegative, sgdDampening, sgdWeightDecay
    case nesterovWithoutMomentum, nesterovWithDampening
    case adamRate, adamRateChanged, adamBeta1, adamBeta2, adamEpsilon, adamWeightDecay

    func make() {
      let w = Parameter(Tensor<Float>(1))
      switch self {
      case .sgdRateZero: _ = SGD(w, learningRate: 0)
      case .sgdRateNegative: _ = SGD(w, learningRate: -0.1)
      case .sgdRateNaN: _ = SGD(w, learningRate: .nan)
      case .sgdRateInfinite: _ = SGD(w, learningRate: .infinity)
      case .sgdRateChanged: SGD(w, learningRate: 1).learningRate = -1
      case .sgdMomentumOne: _ = SGD(w, learningRate: 1, momentum: 1)
      case .sgdMomentumNegative: _ = SGD(w, learningRate: 1, momentum: -0.5)
      case .sgdDampening: _ = SGD(w, learningRate: 1, momentum: 0.5, dampening: 1.5)
      case .sgdWeightDecay: _ = SGD(w, learningRate: 1, weightDecay: -1)
      case .nesterovWithoutMomentum: _ = SGD(w, learningRate: 1, nesterov: true)
      case .nesterovWithDampening:
        _ = SGD(w, learningRate: 1, momentum: 0.5, dampening: 0.1, nesterov: true)
      case .adamRate: _ = Adam(w, learningRate: 0)
      case .adamRateChanged: Adam(w).learningRate = .nan
      case .adamBeta1: _ = Adam(w, beta1: 1)
      case .adamBeta2: _ = Adam(w, beta2: -0.1)
      case .adamEpsilon: _ = Adam(w, epsilon: 0)
      case .adamWeightDecay: _ = Adam(w, weightDecay: .nan)
      }
    }

    var message: String {
      switch self {
      case .sgdRateZero: "SGD: learningRate must be positive and finite, got 0.0"
      case .sgdRateNegative: "SGD: learningRate must be positive and finite, got -0.1"
      case .sgdRateNaN: "SGD: learningRate must be positive and finite, got nan"
      case .sgdRateInfinite: "SGD: learningRate must be positive and finite, got inf"
      case .sgdRateChanged: "SGD: learningRate must be positive and finite, got -1.0"
      case .sgdMomentumOne: "SGD: momentum must be in 0..<1, got 1.0"
      case .sgdMomentumNegative: "SGD: momentum must be in 0..<1, got -0.5"
      case .sgdDampening: "SGD: dampening must be in 0...1, got 1.5"
      case .sgdWeightDecay: "SGD: weightDecay must be 0 or more and finite, got -1.0"
      case .nesterovWithoutMomentum, .nesterovWithDampening:
        "SGD: nesterov needs momentum above 0 and dampening 0"
      case .adamRate: "Adam: learningRate must be positive and finite, got 0.0"
      case .adamRateChanged: "Adam: learningRate must be positive and finite, got nan"
      case .adamBeta1: "Adam: beta1 must be in 0..<1, got 1.0"
      case .adamBeta2: "Adam: beta2 must be in 0..<1, got -0.1"
      case .adamEpsilon: "Adam: epsilon must be positive and finite, got 0.0"
      case .adamWeightDecay: "Adam: weightDecay must be 0 or more and finite, got nan"
      }
    }
  }

  @Test(arguments: Mistake.allCases)
  func hyperparameterOutOfRangeStops(_ mistake: Mistake) async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [mistake] in mistake.make() }
    expectMessage(result, mistake.message)
  }
}
