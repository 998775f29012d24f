import NN
import Tensor
import Testing

@Suite struct OptimizerTests {
  // MARK: Against PyTorch

  @Test func everyCaseOfTheFileIsTested() {
    let names = OptimizerGolden.all.map(\.name)
    #expect(names.sorted() == OptimizerGolden.file.cases.filter { $0 != "problem" })
  }

  @Test func everyOptionIsVariedByTheCases() throws {
    var values: [String: [String: Set<String>]] = [:]
    for golden in OptimizerGolden.all {
      let optimizer = try #require(
        golden.make(Parameter(Tensor<Float>.zeros([2, 3]))) as? any NamedSettings)
      for (option, value) in optimizer.namedSettings {
        values[optimizer.ruleName, default: [:]][option, default: []].insert(value)
      }
    }
    #expect(
      values.keys.sorted() == [
        "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "LAMB", "Lion", "Muon",
        "NAdam", "RAdam", "RMSProp", "SGD",
      ])
    for (rule, options) in values {
      for (option, values) in options {
        #expect(values.count > 1, "no case of \(rule) sets \(option)")
      }
    }
  }

  @Test(arguments: OptimizerGolden.all, MemoryLayoutKind.allCases)
  func doublePrecision(_ golden: OptimizerGolden, _ layout: MemoryLayoutKind) {
    guard layout != .repeated else { return }  // All elements start different.
    compare(golden, Double.self, layout: layout, tolerance: 1e-12)
  }

  @Test(arguments: OptimizerGolden.all)
  func singlePrecision(_ golden: OptimizerGolden) {
    compare(golden, Float.self, layout: .contiguous, tolerance: 1e-5)
  }

  private func compare<S: FloatingPointScalar>(
    _ golden: OptimizerGolden, _ scalar: S.Type, layout: MemoryLayoutKind, tolerance: Double
  ) {
    let w = golden.parameter(S.self, layout: layout)
    let optimizer = golden.make(["w": w])
    let strides = w.value.layout.strides
    let expected = golden.values(S.self)
    for step in 0..<OptimizerGolden.steps {
      let snapshot = w.value
      let before = snapshot.scalars
      // The gradient has another layout than the parameter.
      optimizer.update(along: OptimizerGolden.gradients(of: w, at: step, isTransposed: true))
      expectClose(w.value, expected[step], tolerance, "step \(step)")
      #expect(snapshot.scalars == before, "a copy of the value taken before the step has changed")
      #expect(w.value.layout.strides == strides)
    }
    #expect(optimizer.stepCount(of: "w") == OptimizerGolden.steps)
    for (name, state) in golden.states(S.self) {
      if name == "mu_product" {
        let product = optimizer.state(named: "w.momentumProduct", as: Double.self)
        #expect(product.map { abs($0.item - Double(state.item)) < tolerance } == true)
        continue
      }
      guard let mine = optimizer.state(named: "w.\(OptimizerGolden.stateNames[name]!)", as: S.self)
      else {
        Issue.record("no state \(name)")
        continue
      }
      expectClose(mine, state, tolerance, name)
    }
  }

  // MARK: Convergence

  private static let quadratics: [OptimizerGolden] = [
    .init("sgd") { SGD($0, learningRate: 0.1) },
    .init("momentum") { SGD($0, learningRate: 0.05, momentum: 0.9) },
    .init("nesterov") { SGD($0, learningRate: 0.05, momentum: 0.9, nesterov: true) },
    .init("adam") { Adam($0, learningRate: 0.2, beta2: 0.99) },
    .init("amsgrad") { Adam($0, learningRate: 0.2, beta2: 0.99, amsgrad: true) },
    .init("adamw") { AdamW($0, learningRate: 0.2, beta2: 0.99, weightDecay: 0) },
    .init("nadam") { NAdam($0, learningRate: 0.2, beta2: 0.99) },
    .init("radam") { RAdam($0, learningRate: 0.2, beta2: 0.99) },
    .init("adamax") { Adamax($0, learningRate: 0.2, beta2: 0.9) },
    .init("adagrad") { Adagrad($0, learningRate: 2) },
    .init("adadelta") { Adadelta($0, learningRate: 5, epsilon: 1e-3) },
    .init("rmsprop") { RMSProp($0, learningRate: 0.1, decay: 0.9) },
    .init("rmsprop-centered") {
      RMSProp($0, learningRate: 0.01, decay: 0.9, momentum: 0.5, epsilon: 0.1, centered: true)
    },
    .init("lion") { Lion($0, learningRate: 0.15) },
    .init("lamb") { LAMB($0, learningRate: 0.05, weightDecay: 0) },
    .init("adafactor") { Adafactor($0, learningRate: 0.1) },
  ]

  // The rate falls to nothing, since steps of a fixed size would go round the minimum.
  @Test(arguments: quadratics)
  func quadratic(_ golden: OptimizerGolden) {
    let (x, y) = (Parameter(Tensor<Double>(4)), Parameter(Tensor<Double>([-3, 7])))
    let optimizer = golden.make((x, y))
    let rate = optimizer.learningRate
    for step in 0..<400 {
      optimizer.learningRate = rate * Double(400 - step) / 400
      let (_, gradients) = valueAndGradients(of: (x, y)) {
        (x.variable - 1).squared() + 0.5 * (y.variable + 2).squared().sum()
      }
      optimizer.update(along: gradients)
    }
    expectClose([x.value.item] + y.value.scalars, [1, -2, -2], tolerance: 1e-3)
  }

  // The nearest matrix is found although Muon looks at directions alone.
  @Test func muonFindsAMatrix() {
    let target = Tensor<Double>([1, -2, 0.5, 3, 0, 1], shape: [2, 3])
    let w = Parameter(Tensor<Double>.zeros([2, 3]))
    let optimizer = Muon(w, learningRate: 0.1, weightDecay: 0)
    for step in 0..<400 {
      optimizer.learningRate = 0.1 * Double(400 - step) / 400
      let (_, gradients) = valueAndGradients(of: w) {
        (w.variable - Variable(target)).squared().sum()
      }
      optimizer.update(along: gradients)
    }
    expectClose(w.value, target, 1e-3, "target")
  }

  /// A way down Rosenbrock's valley.
  struct Descent: Sendable, CustomTestStringConvertible {
    let golden: OptimizerGolden
    /// Whether the rate falls to nothing.
    let slows: Bool
    let start: [Double]

    init(
      _ name: String, from start: [Double] = [-1.2, 1], slows: Bool = false,
      _ make: @escaping @Sendable (Any) -> any Optimizer
    ) {
      golden = OptimizerGolden(name, make)
      self.start = start
      self.slows = slows
    }

    var testDescription: String { golden.name }
  }

  private static let descents: [Descent] = [
    .init("nesterov") { SGD($0, learningRate: 1e-3, momentum: 0.9, nesterov: true) },
    .init("adam") { Adam($0, learningRate: 0.02) },
    .init("amsgrad") { Adam($0, learningRate: 0.05, amsgrad: true) },
    .init("adamw") { AdamW($0, learningRate: 0.05, weightDecay: 0) },
    .init("nadam") { NAdam($0, learningRate: 0.02) },
    // Its first steps are those of momentum alone, for which the walls are too steep.
    .init("radam", from: [0, 0]) { RAdam($0, learningRate: 0.01) },
    .init("adamax") { Adamax($0, learningRate: 0.2) },
    .init("adagrad") { Adagrad($0, learningRate: 1) },
    .init("adadelta", slows: true) { Adadelta($0, learningRate: 1) },
    .init("rmsprop") { RMSProp($0, learningRate: 5e-3) },
    .init("lion") { Lion($0, learningRate: 2e-3) },
    // Its steps are as long as the parameters, so that they end at zero if they pass by it.
    .init("lamb", from: [2, 2], slows: true) {
      LAMB($0, learningRate: 0.01, weightDecay: 0)
    },
    // Its steps are parts of the parameters' lengths, so that they are short near zero.
    .init("adafactor", from: [0, 0], slows: true) { Adafactor($0, learningRate: 0.03) },
    .init("muon", slows: true) { Muon($0, learningRate: 0.02, weightDecay: 0) },
  ]

  // H. H. Rosenbrock, 1960: (1 − x)² + 100 (y − x²)², whose minimum is at (1, 1).
  @Test(arguments: descents)
  func rosenbrock(_ descent: Descent) {
    let w = Parameter(Tensor<Double>(descent.start, shape: [1, 2]))
    let optimizer = descent.golden.make(w)
    let rate = optimizer.learningRate
    for step in 0..<3000 {
      if descent.slows { optimizer.learningRate = rate * Double(3000 - step) / 3000 }
      let (_, gradients) = valueAndGradients(of: w) {
        let (x, y) = (w.variable[0, 0], w.variable[0, 1])
        return (1 - x).squared() + 100 * (y - x.squared()).squared()
      }
      optimizer.update(along: gradients)
    }
    expectClose(w.value.scalars, [1, 1], tolerance: 7e-2)
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

  @Test func settingsCanBeChangedBetweenSteps() {
    let w = Parameter(Tensor<Double>(1))
    let optimizer = SGD(w, learningRate: 0.5)
    func step() { optimizer.update(along: valueAndGradients(of: w) { w.variable * 2 }.gradients) }
    for rate in [0.5, 0.25] {
      optimizer.learningRate = rate
      let before = w.value.item
      step()
      #expect(w.value.item == before - 2 * rate)
    }
    // A velocity that is asked for late begins with the gradient, as at the first step.
    optimizer.settings.momentum = 0.5
    step()
    #expect(optimizer.state(named: "velocity", as: Double.self)?.item == 2)
    step()
    #expect(optimizer.state(named: "velocity", as: Double.self)?.item == 3)
    optimizer.settings.momentum = 0
    #expect(optimizer.stateNames.isEmpty)
  }

  @Test func frozenParametersArePassedOver() {
    let model = Sequential([Linear(2, 2), Linear(2, 1)])
    let optimizer = AdamW(model)
    func step() {
      let (_, gradients) = valueAndGradients(of: model) { model(Tensor<Float>.ones([1, 2])).sum() }
      optimizer.update(along: gradients)
    }
    let parameters = Parameters(of: model)
    let first = parameters.filter { name, _ in name.hasPrefix("0.") }
    first.freeze()
    let frozen = valueAndGradients(of: model) { model(Tensor<Float>.ones([1, 2])).sum() }.gradients
    #expect(frozen.missing.isEmpty && frozen["0.weight"] == nil)
    step()
    #expect(optimizer.stepCount(of: "0.weight") == 0)
    #expect(optimizer.stepCount(of: "1.weight") == 1)
    first.freeze(false)
    step()
    #expect(optimizer.stepCount(of: "0.weight") == 1)
    #expect(optimizer.stepCount(of: "2.weight") == nil)
  }

  // Large enough to be cut, with edges in the middle of parameters.
  @Test func bitsDoNotDependOnTheNumberOfThreads() {
    let count = ThreadPool.threadCount
    defer { ThreadPool.threadCount = count }
    func trained(_ threads: Int) -> [[Float]] {
      ThreadPool.threadCount = threads
      var random = RandomGenerator(seed: 4)
      let parameters = [301, 20_000, 7, 15_111].map {
        Parameter(Tensor<Float>.normal([$0], using: &random))
      }
      let optimizer = NAdam(parameters, learningRate: 0.01)
      for _ in 0..<3 {
        let (_, gradients) = valueAndGradients(of: parameters) {
          parameters.map { ($0.variable.squared() * $0.variable).sum() }.reduce(Variable(0), +)
        }
        optimizer.update(along: gradients)
      }
      return parameters.map { $0.value.scalars }
    }
    let one = trained(1)
    for threads in [2, 3, 4] { #expect(trained(threads) == one) }
  }

  @Test func floatAndDoubleParametersInOneModel() {
    let single = Parameter(Tensor<Float>([1, 2]))
    let double = Parameter(Tensor<Double>([3, 4, 5]))
    let optimizer = SGD((single, double), learningRate: 0.5)
    optimizer.allowsMissingGradients = true
    for _ in 0..<2 {
      optimizer.update(
        along: valueAndGradients(of: (single, double)) { single.variable.sum() }.gradients)
      optimizer.update(
        along: valueAndGradients(of: (single, double)) { double.variable.sum() }.gradients)
    }
    #expect(single.value.scalars == [0, 1])
    #expect(double.value.scalars == [2, 3, 4])
  }

  @Test func missingGradientStopsBeforeAnythingIsChanged() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let (a, b, c) = (
        Parameter(Tensor<Float>(1)), Parameter(Tensor<Float>(1)), Parameter(Tensor<Float>(1))
      )
      let optimizer = SGD(["a": a, "b": b, "c": c], learningRate: 1)
      optimizer.update(along: valueAndGradients(of: [a, b, c]) { b.variable * 2 }.gradients)
    }
    expectMessage(
      result,
      "update(along:): no gradient for a, c: the loss does not depend on it; set "
        + "allowsMissingGradients to leave such parameters as they are")
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
    for golden in OptimizerGolden.all {
      golden.make(w).update(along: valueAndGradients(of: w) { w.variable.sum() }.gradients)
    }
    #expect(w.shape == [0, 3])
  }

  @Test func modelWithoutParametersTakesSteps() {
    let optimizer = SGD(ReLU(), learningRate: 1)
    optimizer.update(along: valueAndGradients(of: ReLU()) { Variable<Float>(1) }.gradients)
  }
}

/// An optimizer whose settings can be listed, whatever its rule.
private protocol NamedSettings {
  var ruleName: String { get }
  var namedSettings: [(name: String, value: String)] { get }
}

extension RuleOptimizer: NamedSettings {
  fileprivate var ruleName: String { Rule.name }
  fileprivate var namedSettings: [(name: String, value: String)] {
    Rule.settings.map { ($0.name, $0.text(settings)) }
  }
}
