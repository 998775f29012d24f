import NN
import Tensor
import Testing

/// Settings out of range, by optimizer and by setting, and parameter groups.
@Suite struct OptimizerSettingTests {
  /// The message of each setting that is out of range. They are looked at here, and by a few processes
  /// that stop below.
  static func problems() -> [(found: String?, expected: String?)] {
    func changed<Rule: UpdateRule>(_ rule: Rule, _ change: (inout Rule) -> Void) -> String? {
      var rule = rule
      change(&rule)
      return rule.problem
    }
    let sgd = SGDRule(learningRate: 1)
    let rate = "learningRate must be 0 or more and finite, got"
    return [
      (sgd.problem, nil), (changed(sgd) { $0.learningRate = 0 }, nil),
      (changed(sgd) { $0.learningRate = -0.1 }, "SGD: \(rate) -0.1"),
      (changed(sgd) { $0.learningRate = .nan }, "SGD: \(rate) nan"),
      (changed(sgd) { $0.learningRate = .infinity }, "SGD: \(rate) inf"),
      (changed(sgd) { $0.momentum = 1 }, "SGD: momentum must be in 0..<1, got 1.0"),
      (changed(sgd) { $0.momentum = -0.5 }, "SGD: momentum must be in 0..<1, got -0.5"),
      (changed(sgd) { $0.dampening = 1.5 }, "SGD: dampening must be in 0...1, got 1.5"),
      (
        changed(sgd) { $0.weightDecay = -1 },
        "SGD: weightDecay must be 0 or more and finite, got -1.0"
      ),
      (
        changed(sgd) { $0.l1Penalty = .infinity },
        "SGD: l1Penalty must be 0 or more and finite, got inf"
      ),
      (changed(sgd) { $0.nesterov = true }, "SGD: nesterov needs momentum above 0 and dampening 0"),
      (
        changed(sgd) { ($0.nesterov, $0.momentum, $0.dampening) = (true, 0.5, 0.1) },
        "SGD: nesterov needs momentum above 0 and dampening 0"
      ),
      (changed(sgd) { ($0.nesterov, $0.momentum) = (true, 0.5) }, nil),
      (changed(AdamRule()) { $0.beta1 = 1 }, "Adam: beta1 must be in 0..<1, got 1.0"),
      (changed(AdamRule()) { $0.beta2 = -0.1 }, "Adam: beta2 must be in 0..<1, got -0.1"),
      (
        changed(AdamRule()) { $0.epsilon = 0 }, "Adam: epsilon must be positive and finite, got 0.0"
      ),
      (
        changed(AdamRule()) { $0.weightDecay = .nan },
        "Adam: weightDecay must be 0 or more and finite, got nan"
      ),
      (changed(AdamWRule()) { $0.beta2 = 1 }, "AdamW: beta2 must be in 0..<1, got 1.0"),
      (
        changed(NAdamRule()) { $0.momentumDecay = -1 },
        "NAdam: momentumDecay must be 0 or more and finite, got -1.0"
      ),
      (
        changed(RAdamRule()) { $0.epsilon = -1 },
        "RAdam: epsilon must be positive and finite, got -1.0"
      ),
      (changed(AdamaxRule()) { $0.beta1 = 2 }, "Adamax: beta1 must be in 0..<1, got 2.0"),
      (
        changed(AdagradRule()) { $0.initialSum = -1 },
        "Adagrad: initialSum must be 0 or more and finite, got -1.0"
      ),
      (changed(AdadeltaRule()) { $0.decay = 1 }, "Adadelta: decay must be in 0..<1, got 1.0"),
      (changed(RMSPropRule()) { $0.decay = -0.1 }, "RMSProp: decay must be in 0..<1, got -0.1"),
      (changed(LionRule()) { $0.beta2 = 1.5 }, "Lion: beta2 must be in 0..<1, got 1.5"),
      (
        changed(LAMBRule()) { $0.epsilon = 0 }, "LAMB: epsilon must be positive and finite, got 0.0"
      ),
      (
        changed(AdafactorRule()) { $0.beta2Decay = 0.8 },
        "Adafactor: beta2Decay must be 0 or less and finite, got 0.8"
      ),
      (changed(MuonRule()) { $0.momentum = 1 }, "Muon: momentum must be in 0..<1, got 1.0"),
    ]
  }

  @Test func settingsOutOfRange() {
    for (found, expected) in Self.problems() { #expect(found == expected) }
  }

  /// A mistake with the message that it gets.
  struct Mistake: Sendable {
    let message: String
    let make: @Sendable (Parameter<Float>) -> Void

    init(_ message: String, _ make: @escaping @Sendable (Parameter<Float>) -> Void) {
      self.message = message
      self.make = make
    }
  }

  static let mistakes: [Mistake] = [
    .init("Adam: beta1 must be in 0..<1, got 1.0") { _ = Adam($0, beta1: 1) },
    .init("SGD: learningRate must be 0 or more and finite, got -1.0") {
      SGD($0, learningRate: 1).learningRate = -1
    },
    .init(
      "Muon: the parameter has shape [2]: only matrices can be updated; pass them alone, by "
        + "Parameters.filter"
    ) { _ = Muon($0) },
    .init("AdamW: no parameter is in the group *.biass; the names are w") {
      _ = AdamW(["w": $0], groups: [ParameterGroup("*.biass") { $0.weightDecay = 0 }])
    },
    .init("AdamW: weightDecay must be 0 or more and finite, got -1.0") {
      _ = AdamW($0, groups: [.vectors { $0.weightDecay = -1 }])
    },
  ]

  @Test(arguments: mistakes.indices)
  func mistakeStops(_ index: Int) async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [index] in
      OptimizerSettingTests.mistakes[index].make(Parameter(Tensor<Float>([1, 2])))
    }
    expectMessage(result, Self.mistakes[index].message)
  }

  // MARK: Groups

  @Test func groupsHaveSettingsOfTheirOwn() {
    let model = Sequential([Linear(3, 4), Linear(4, 2), Linear(2, 2)])
    let optimizer = AdamW(
      model, learningRate: 0.1, weightDecay: 0.5,
      groups: [
        .vectors { $0.weightDecay = 0 },
        ParameterGroup("1.*", "nothing") { $0.learningRate *= 0.5 },
        ParameterGroup("?.weight") { $0.beta1 = 0.5 },
      ])
    #expect(optimizer.settings(of: "0.bias")?.weightDecay == 0)
    #expect(optimizer.settings(of: "1.bias")?.learningRate == 0.1)
    #expect(optimizer.settings(of: "1.weight")?.learningRate == 0.05)
    #expect(optimizer.settings(of: "1.weight")?.beta1 == 0.9)
    #expect(optimizer.settings(of: "2.weight")?.beta1 == 0.5)
    #expect(optimizer.settings(of: "2.weight")?.weightDecay == 0.5)
    // A schedule changes the optimizer's rate; the factor stays.
    optimizer.learningRate = 0.01
    #expect(optimizer.settings(of: "1.weight")?.learningRate == 0.005)
    #expect(optimizer.settings(of: "0.bias")?.learningRate == 0.01)
    #expect(optimizer.settings(of: "3.bias") == nil)
  }

  // Each group's parameters step as they would under an optimizer of their own.
  @Test func groupsStepByTheirSettings() {
    let (a, b) = (Parameter(Tensor<Double>([1, 2])), Parameter(Tensor<Double>([3, 4])))
    let (c, d) = (Parameter(Tensor<Double>([1, 2])), Parameter(Tensor<Double>([3, 4])))
    let together = Adam(
      ["a": a, "b": b], learningRate: 0.1,
      groups: [ParameterGroup("b") { ($0.learningRate, $0.weightDecay) = ($0.learningRate / 2, 1) }]
    )
    let apart = [Adam(c, learningRate: 0.1), Adam(d, learningRate: 0.05, weightDecay: 1)]
    for _ in 0..<5 {
      together.update(
        along: valueAndGradients(of: [a, b]) { (a.variable * b.variable).sum() }.gradients)
      let gradients = valueAndGradients(of: [c, d]) { (c.variable * d.variable).sum() }.gradients
      for optimizer in apart { optimizer.update(along: gradients) }
    }
    #expect(a.value == c.value && b.value == d.value)
  }

  @Test(arguments: [
    ("", "", true), ("a", "", false), ("", "*", true), ("0.weight", "0.weight", true),
    ("0.weight", "*.weight", true), ("a.b.weight", "*.weight", true), ("weight", "*.weight", false),
    ("a.norm1.bias", "*.norm?.*", true), ("a.norm.bias", "*.norm?.*", false),
    ("abcabd", "*ab?", true), ("abcabde", "*ab?", false), ("aaa", "a*a*a*a", false),
    ("aaab", "*a*b", true), ("ab", "ab*", true), ("ab", "a", false), ("öß", "?ß", true),
  ])
  func patterns(_ name: String, _ pattern: String, _ fits: Bool) {
    let w = Parameter(Tensor<Float>(1))
    let parameters = Parameters(of: ["\(name)": w, "other": Parameter(Tensor<Float>(1))])
    let optimizer = SGD(
      parameters, learningRate: 1,
      groups: [ParameterGroup(pattern, "other") { $0.learningRate = 2 }])
    #expect(optimizer.settings(of: name)?.learningRate == (fits ? 2 : 1))
  }

  @Test func aRuleThatChangesTheShapeStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      struct Shrinking: UpdateRule {
        static let name = "Shrinking"
        static let settings: [RuleSetting<Self>] = []
        var learningRate = 1.0

        func update<Scalar>(
          _ parameter: inout Tensor<Scalar>, along gradient: Tensor<Scalar>,
          state: inout ParameterState<Scalar>
        ) { parameter = parameter[0..<1] }
      }
      let w = Parameter(Tensor<Float>([1, 2]))
      RuleOptimizer(["w": w], Shrinking()).update(
        along: valueAndGradients(of: w) { w.variable.sum() }.gradients)
    }
    expectMessage(result, "Shrinking: the update of w changed its shape from [2] to [1]")
  }

  @Test func aRuleOfOnesOwn() {
    struct SignDescent: UpdateRule {
      static let name = "SignDescent"
      static let settings: [RuleSetting<Self>] = [
        .number("learningRate", \.learningRate, .positive)
      ]
      var learningRate = 0.5

      func stateNames(for shape: Shape) -> [String] { ["sum"] }

      func update<Scalar>(
        _ parameter: inout Tensor<Scalar>, along gradient: Tensor<Scalar>,
        state: inout ParameterState<Scalar>
      ) {
        state.tensors[0] += gradient
        parameter -= state.tensors[0].sign() * Scalar(learningRate)
      }
    }
    let w = Parameter(Tensor<Float>([1, 2]))
    let optimizer = RuleOptimizer(w, SignDescent())
    optimizer.update(
      along: valueAndGradients(of: w) { (w.variable * Variable([3, -4])).sum() }.gradients)
    #expect(w.value.scalars == [0.5, 2.5])
    #expect(optimizer.state(named: "sum")?.scalars == [3, -4])
  }
}
