import Tensor

/// Steps of one size along the sign of an average gradient; see `LionRule`.
public typealias Lion = RuleOptimizer<LionRule>

/// The settings of Lion.
///
///     g ← ∂p + l1Penalty · sign(p)
///     p ← (1 − learningRate · weightDecay) · p − learningRate · sign(β₁ · m + (1 − β₁) · g)
///     m ← β₂ · m + (1 − β₂) · g
///
/// Source: X. Chen and others, *Symbolic discovery of optimization algorithms*, 2023. State:
/// `firstMoment`.
public struct LionRule: ElementwiseRule {
  public static let name = "Lion"
  public static let settings: [RuleSetting<LionRule>] =
    commonSettings + [
      .number("beta1", \.beta1, .fraction),
      .number("beta2", \.beta2, .fraction),
    ]

  public var learningRate = 1e-4
  public var beta1 = 0.9
  public var beta2 = 0.99
  public var weightDecay = 0.0
  public var l1Penalty = 0.0
  public var maximizes = false

  public init() {}

  public func stateNames(for shape: Shape) -> [String] { ["firstMoment"] }

  public func elementwiseStep<Scalar>(for state: inout ParameterState<Scalar>) -> ElementwiseStep {
    var result = commonCoefficients(decoupled: true)
    result.beta1 = beta1
    result.beta2 = beta2
    return ElementwiseStep(.lion, result)
  }
}

extension RuleOptimizer where Rule == LionRule {
  /// Creates an optimizer of a model's parameters; `maximizes` goes uphill.
  ///
  /// Stops with a message if the learning rate is negative or not finite, a β is outside 0..<1, or
  /// a penalty is negative.
  public convenience init(
    _ model: Any, learningRate: Double = 1e-4, beta1: Double = 0.9, beta2: Double = 0.99,
    weightDecay: Double = 0, l1Penalty: Double = 0, maximizes: Bool = false,
    groups: [ParameterGroup<Rule>] = []
  ) {
    var rule = LionRule()
    rule.learningRate = learningRate
    rule.beta1 = beta1
    rule.beta2 = beta2
    rule.weightDecay = weightDecay
    rule.l1Penalty = l1Penalty
    rule.maximizes = maximizes
    self.init(model, rule, groups: groups)
  }
}
