import Tensor

/// Adam that trusts its second moment only when enough gradients are in it; see `RAdamRule`.
public typealias RAdam = RuleOptimizer<RAdamRule>

/// The settings of RAdam.
///
///     g, m, v as Adam's;  m̂ = m ÷ (1 − β₁ᵗ)
///     ρ∞ = 2 ÷ (1 − β₂) − 1,  ρ = ρ∞ − 2 · t · β₂ᵗ ÷ (1 − β₂ᵗ)
///     r = √((ρ − 4)(ρ − 2)ρ∞ ÷ ((ρ∞ − 4)(ρ∞ − 2)ρ))
///     p ← p − learningRate · m̂ · (ρ > 5 ? r · √(1 − β₂ᵗ) ÷ (√v + ε) : 1)
///
/// With `decouplesWeightDecay` weights decay as AdamW's. Source: L. Liu and others, *On the variance of
/// the adaptive learning rate and beyond*, 2020, with PyTorch's bound of 5 and place of ε. State:
/// `firstMoment`, `secondMoment` (PyTorch's `exp_avg`, `exp_avg_sq`).
public struct RAdamRule: MomentRule {
  public static let name = "RAdam"
  public static let settings: [RuleSetting<RAdamRule>] =
    commonSettings + momentSettings + [.flag("decouplesWeightDecay", \.decouplesWeightDecay)]

  public var learningRate = 1e-3
  public var beta1 = 0.9
  public var beta2 = 0.999
  public var epsilon = 1e-8
  public var decouplesWeightDecay = false
  public var weightDecay = 0.0
  public var l1Penalty = 0.0
  public var maximizes = false

  public init() {}

  public func stateNames(for shape: Shape) -> [String] { momentNames() }

  public func elementwiseStep<Scalar>(for state: inout ParameterState<Scalar>) -> ElementwiseStep {
    var result = momentCoefficients(step: state.step, decoupled: decouplesWeightDecay)
    result.rootScale = 1
    let correction = correction2(state.step)
    let limit = 2 / (1 - beta2) - 1
    let length = limit - 2 * Double(state.step) * (1 - correction) / correction
    result.isAdaptive = length > 5
    if result.isAdaptive {
      let rectification =
        (length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length)
      result.learningRate *= (rectification * correction).squareRoot()
    }
    return ElementwiseStep(.moments, result)
  }
}

extension RuleOptimizer where Rule == RAdamRule {
  /// Creates an optimizer of a model's parameters; `maximizes` goes uphill.
  ///
  /// Stops with a message as Adam's does.
  public convenience init(
    _ model: Any, learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0, l1Penalty: Double = 0,
    decouplesWeightDecay: Bool = false, maximizes: Bool = false,
    groups: [ParameterGroup<Rule>] = []
  ) {
    var rule = RAdamRule()
    rule.set(learningRate, beta1, beta2, epsilon, weightDecay, l1Penalty, maximizes)
    rule.decouplesWeightDecay = decouplesWeightDecay
    self.init(model, rule, groups: groups)
  }
}
