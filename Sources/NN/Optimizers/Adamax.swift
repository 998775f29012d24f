import Tensor

/// Adam with the largest gradient in place of the mean square; see `AdamaxRule`.
public typealias Adamax = RuleOptimizer<AdamaxRule>

/// The settings of Adamax.
///
///     g, m as Adam's
///     u ← max(β₂ · u, |g| + ε)
///     p ← p − learningRate ÷ (1 − β₁ᵗ) · m ÷ u
///
/// Source: D. P. Kingma and J. Ba, *Adam: a method for stochastic optimization*, 2015, section 7.1, with
/// PyTorch's ε. State: `firstMoment`, `infinityNorm` (PyTorch's `exp_avg`, `exp_inf`).
public struct AdamaxRule: MomentRule {
  public static let name = "Adamax"
  public static let settings: [RuleSetting<AdamaxRule>] = commonSettings + momentSettings

  public var learningRate = 2e-3
  public var beta1 = 0.9
  public var beta2 = 0.999
  public var epsilon = 1e-8
  public var weightDecay = 0.0
  public var l1Penalty = 0.0
  public var maximizes = false

  public init() {}

  public func stateNames(for shape: Shape) -> [String] { ["firstMoment", "infinityNorm"] }

  public func elementwiseStep<Scalar>(for state: inout ParameterState<Scalar>) -> ElementwiseStep {
    ElementwiseStep(.adamax, momentCoefficients(step: state.step, decoupled: false))
  }
}

extension RuleOptimizer where Rule == AdamaxRule {
  /// Creates an optimizer of a model's parameters; `maximizes` goes uphill.
  ///
  /// Stops with a message as Adam's does.
  public convenience init(
    _ model: Any, learningRate: Double = 2e-3, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0, l1Penalty: Double = 0,
    maximizes: Bool = false, groups: [ParameterGroup<Rule>] = []
  ) {
    var rule = AdamaxRule()
    rule.set(learningRate, beta1, beta2, epsilon, weightDecay, l1Penalty, maximizes)
    self.init(model, rule, groups: groups)
  }
}
