import Tensor

/// Steps scaled by the root of the mean square of the gradient; see `RMSPropRule`.
public typealias RMSProp = RuleOptimizer<RMSPropRule>

/// The settings of RMSProp.
///
///     g ← ∂p + weightDecay · p + l1Penalty · sign(p)
///     v ← α · v + (1 − α) · g²,  a ← α · a + (1 − α) · g
///     d ← g ÷ (√(centered ? v − a² : v) + ε)
///     b ← momentum · b + d
///     p ← p − learningRate · (momentum > 0 ? b : d)
///
/// with α = `decay`. Sources: T. Tieleman and G. Hinton, *Lecture 6.5*, 2012; centered as in A. Graves,
/// *Generating sequences with recurrent neural networks*, 2013; ε outside the root, as in PyTorch. Where
/// rounding makes v − a² negative it counts as 0, whereas PyTorch gets NaN. State: `squareAverage`,
/// `gradientAverage`, `velocity` (PyTorch's `square_avg`, `grad_avg`, `momentum_buffer`).
public struct RMSPropRule: ElementwiseRule {
  public static let name = "RMSProp"
  public static let settings: [RuleSetting<RMSPropRule>] =
    commonSettings + [
      .number("decay", \.decay, .fraction),
      .number("momentum", \.momentum, .fraction),
      .number("epsilon", \.epsilon, .positive),
      .flag("centered", \.centered),
    ]

  public var learningRate = 1e-2
  public var decay = 0.99
  public var momentum = 0.0
  public var epsilon = 1e-8
  public var centered = false
  public var weightDecay = 0.0
  public var l1Penalty = 0.0
  public var maximizes = false

  public init() {}

  public func stateNames(for shape: Shape) -> [String] {
    ["squareAverage"] + (centered ? ["gradientAverage"] : []) + (momentum > 0 ? ["velocity"] : [])
  }

  public func elementwiseStep<Scalar>(for state: inout ParameterState<Scalar>) -> ElementwiseStep {
    var result = commonCoefficients(decoupled: false)
    result.beta1 = momentum
    result.beta2 = decay
    result.epsilon = epsilon
    result.lacksSecondState = !centered
    return ElementwiseStep(.rmsProp, result)
  }
}

extension RuleOptimizer where Rule == RMSPropRule {
  /// Creates an optimizer of a model's parameters; `maximizes` goes uphill.
  ///
  /// Stops with a message if the learning rate is negative, ε not positive, the decay of averages
  /// or momentum is outside 0..<1, or a penalty is negative.
  public convenience init(
    _ model: Any, learningRate: Double = 1e-2, decay: Double = 0.99, momentum: Double = 0,
    epsilon: Double = 1e-8, centered: Bool = false, weightDecay: Double = 0,
    l1Penalty: Double = 0, maximizes: Bool = false, groups: [ParameterGroup<Rule>] = []
  ) {
    var rule = RMSPropRule()
    rule.learningRate = learningRate
    rule.decay = decay
    rule.momentum = momentum
    rule.epsilon = epsilon
    rule.centered = centered
    rule.weightDecay = weightDecay
    rule.l1Penalty = l1Penalty
    rule.maximizes = maximizes
    self.init(model, rule, groups: groups)
  }
}
