import Tensor

/// Adam with Nesterov's momentum; see `NAdamRule`.
public typealias NAdam = RuleOptimizer<NAdamRule>

/// The settings of NAdam.
///
///     μₜ = β₁ · (1 − 0.96^(t · momentumDecay) ÷ 2),  Mₜ = μ₁ · … · μₜ
///     g, m, v as Adam's
///     p ← p − learningRate · ((1 − μₜ) ÷ (1 − Mₜ) · g + μₜ₊₁ ÷ (1 − Mₜ₊₁) · m) ÷ (√(v ÷ (1 − β₂ᵗ)) + ε)
///
/// With `decouplesWeightDecay` weights decay as AdamW's. Source: T. Dozat, *Incorporating Nesterov
/// momentum into Adam*, 2016, with PyTorch's defaults. State: `firstMoment`, `secondMoment`,
/// `momentumProduct` (PyTorch's `exp_avg`, `exp_avg_sq`, `mu_product`; the last in `Double`).
public struct NAdamRule: MomentRule {
  public static let name = "NAdam"
  public static let settings: [RuleSetting<NAdamRule>] =
    commonSettings + momentSettings + [
      .number("momentumDecay", \.momentumDecay, .nonNegative),
      .flag("decouplesWeightDecay", \.decouplesWeightDecay),
    ]

  public var learningRate = 2e-3
  public var beta1 = 0.9
  public var beta2 = 0.999
  public var epsilon = 1e-8
  public var momentumDecay = 4e-3
  public var decouplesWeightDecay = false
  public var weightDecay = 0.0
  public var l1Penalty = 0.0
  public var maximizes = false

  public init() {}

  public func stateNames(for shape: Shape) -> [String] { momentNames() }

  public func elementwiseStep<Scalar>(for state: inout ParameterState<Scalar>) -> ElementwiseStep {
    var result = momentCoefficients(step: state.step, decoupled: decouplesWeightDecay)
    let (momentum, next) = (momentum(at: state.step), momentum(at: state.step + 1))
    state.product *= momentum
    result.gradientStep = learningRate * (1 - momentum) / (1 - state.product)
    result.learningRate = learningRate * next / (1 - state.product * next)
    return ElementwiseStep(.moments, result)
  }

  private func momentum(at step: Int) -> Double {
    beta1 * (1 - 0.5 * power(0.96, Double(step) * momentumDecay))
  }
}

extension RuleOptimizer where Rule == NAdamRule {
  /// Creates an optimizer of a model's parameters; `maximizes` goes uphill.
  ///
  /// Stops with a message as Adam's does, and if the momentum decay is negative.
  public convenience init(
    _ model: Any, learningRate: Double = 2e-3, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0, l1Penalty: Double = 0,
    momentumDecay: Double = 4e-3, decouplesWeightDecay: Bool = false, maximizes: Bool = false,
    groups: [ParameterGroup<Rule>] = []
  ) {
    var rule = NAdamRule()
    rule.set(learningRate, beta1, beta2, epsilon, weightDecay, l1Penalty, maximizes)
    rule.momentumDecay = momentumDecay
    rule.decouplesWeightDecay = decouplesWeightDecay
    self.init(model, rule, groups: groups)
  }
}
