import Tensor

/// Steps scaled by running averages of gradients and of steps; see `AdadeltaRule`.
public typealias Adadelta = RuleOptimizer<AdadeltaRule>

/// The settings of Adadelta.
///
///     g ← ∂p + weightDecay · p + l1Penalty · sign(p)
///     v ← ρ · v + (1 − ρ) · g²
///     d ← √(u + ε) ÷ √(v + ε) · g
///     u ← ρ · u + (1 − ρ) · d²
///     p ← p − learningRate · d
///
/// with ρ = `decay`. Source: M. D. Zeiler, *ADADELTA: an adaptive learning rate method*, 2012, with
/// PyTorch's learning rate. State: `squareAverage`, `stepAverage` (PyTorch's `square_avg`,
/// `acc_delta`).
public struct AdadeltaRule: ElementwiseRule {
  public static let name = "Adadelta"
  public static let settings: [RuleSetting<AdadeltaRule>] =
    commonSettings + [
      .number("decay", \.decay, .fraction),
      .number("epsilon", \.epsilon, .positive),
    ]

  public var learningRate = 1.0
  public var decay = 0.9
  public var epsilon = 1e-6
  public var weightDecay = 0.0
  public var l1Penalty = 0.0
  public var maximizes = false

  public init() {}

  public func stateNames(for shape: Shape) -> [String] { ["squareAverage", "stepAverage"] }

  public func elementwiseStep<Scalar>(for state: inout ParameterState<Scalar>) -> ElementwiseStep {
    var result = commonCoefficients(decoupled: false)
    result.beta2 = decay
    result.epsilon = epsilon
    return ElementwiseStep(.adadelta, result)
  }
}

extension RuleOptimizer where Rule == AdadeltaRule {
  /// Creates an optimizer of a model's parameters; `maximizes` goes uphill.
  ///
  /// Stops with a message if the learning rate is negative, ε not positive, the decay of averages
  /// is outside 0..<1, or a penalty is negative.
  public convenience init(
    _ model: Any, learningRate: Double = 1, decay: Double = 0.9, epsilon: Double = 1e-6,
    weightDecay: Double = 0, l1Penalty: Double = 0, maximizes: Bool = false,
    groups: [ParameterGroup<Rule>] = []
  ) {
    var rule = AdadeltaRule()
    rule.learningRate = learningRate
    rule.decay = decay
    rule.epsilon = epsilon
    rule.weightDecay = weightDecay
    rule.l1Penalty = l1Penalty
    rule.maximizes = maximizes
    self.init(model, rule, groups: groups)
  }
}
