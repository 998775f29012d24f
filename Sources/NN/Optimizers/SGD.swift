import Tensor

/// Stochastic gradient descent with momentum, as PyTorch defines it; see `SGDRule`.
public typealias SGD = RuleOptimizer<SGDRule>

/// The settings of stochastic gradient descent.
///
///     g ← ∂p + weightDecay · p + l1Penalty · sign(p)
///     v ← momentum · v + (1 − dampening) · g      (v ← g at the first step)
///     p ← p − learningRate · (nesterov ? g + momentum · v : v)
///
/// Without momentum, p ← p − learningRate · g. Source: I. Sutskever and others, *On the importance of
/// initialization and momentum in deep learning*, 2013, in PyTorch's form, where the learning rate
/// multiplies the velocity. State: `velocity` (PyTorch's `momentum_buffer`).
public struct SGDRule: ElementwiseRule {
  public static let name = "SGD"
  public static let settings: [RuleSetting<SGDRule>] =
    commonSettings + [
      .number("momentum", \.momentum, .fraction),
      .number("dampening", \.dampening, .closedFraction),
      .flag("nesterov", \.nesterov),
    ]
  public var learningRate: Double
  public var momentum = 0.0
  public var dampening = 0.0
  public var nesterov = false
  public var weightDecay = 0.0
  public var l1Penalty = 0.0
  public var maximizes = false

  public init(learningRate: Double) {
    self.learningRate = learningRate
  }

  public var conflict: String? {
    nesterov && !(momentum > 0 && dampening == 0)
      ? "nesterov needs momentum above 0 and dampening 0" : nil
  }

  public func stateNames(for shape: Shape) -> [String] { momentum > 0 ? ["velocity"] : [] }

  public func elementwiseStep<Scalar>(for state: inout ParameterState<Scalar>) -> ElementwiseStep {
    var result = commonCoefficients(decoupled: false)
    result.beta1 = momentum
    result.dampening = dampening
    result.isNesterov = nesterov
    result.isFirstStep = state.isFresh
    return ElementwiseStep(.sgd, result)
  }
}

extension RuleOptimizer where Rule == SGDRule {
  /// Creates an optimizer of a model's parameters; `maximizes` goes uphill.
  ///
  /// Stops with a message if the learning rate is negative or not finite, momentum is outside 0..<1,
  /// dampening outside 0...1, a penalty negative, or `nesterov` is asked for without momentum or with
  /// dampening.
  public convenience init(
    _ model: Any, learningRate: Double, momentum: Double = 0, dampening: Double = 0,
    weightDecay: Double = 0, l1Penalty: Double = 0, nesterov: Bool = false,
    maximizes: Bool = false, groups: [ParameterGroup<Rule>] = []
  ) {
    var rule = SGDRule(learningRate: learningRate)
    rule.momentum = momentum
    rule.dampening = dampening
    rule.weightDecay = weightDecay
    rule.l1Penalty = l1Penalty
    rule.nesterov = nesterov
    rule.maximizes = maximizes
    self.init(model, rule, groups: groups)
  }
}
