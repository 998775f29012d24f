import Tensor

/// Adam: steps scaled by running averages of the gradient and of its square; see `AdamRule`.
public typealias Adam = RuleOptimizer<AdamRule>

/// Adam with weight decay beside the gradient; see `AdamWRule`.
public typealias AdamW = RuleOptimizer<AdamWRule>

/// The settings of Adam and AMSGrad.
///
///     g ← ∂p + weightDecay · p + l1Penalty · sign(p)
///     m ← β₁ · m + (1 − β₁) · g
///     v ← β₂ · v + (1 − β₂) · g²
///     w ← amsgrad ? max(w, v) : v
///     p ← p − learningRate · (m ÷ (1 − β₁ᵗ)) ÷ (√(w ÷ (1 − β₂ᵗ)) + ε)
///
/// at step t of the parameter, counted from 1. Sources: D. P. Kingma and J. Ba, *Adam: a method for
/// stochastic optimization*, 2015; weight decay as an L2 penalty, as in PyTorch's `Adam`; S. Reddi,
/// S. Kale and S. Kumar, *On the convergence of Adam and beyond*, 2018. State: `firstMoment`,
/// `secondMoment`, `largestSecondMoment` (PyTorch's `exp_avg`, `exp_avg_sq`, `max_exp_avg_sq`).
public struct AdamRule: MomentRule {
  public static let name = "Adam"
  public static let settings: [RuleSetting<AdamRule>] =
    commonSettings + momentSettings + [.flag("amsgrad", \.amsgrad)]

  public var learningRate = 1e-3
  public var beta1 = 0.9
  public var beta2 = 0.999
  public var epsilon = 1e-8
  public var amsgrad = false
  public var weightDecay = 0.0
  public var l1Penalty = 0.0
  public var maximizes = false

  public init() {}

  public func stateNames(for shape: Shape) -> [String] { momentNames(amsgrad: amsgrad) }

  public func elementwiseStep<Scalar>(for state: inout ParameterState<Scalar>) -> ElementwiseStep {
    ElementwiseStep(.moments, momentCoefficients(step: state.step, decoupled: false))
  }
}

/// The settings of AdamW: Adam with p ← (1 − learningRate · weightDecay) · p in place of the penalty.
///
/// Source: I. Loshchilov and F. Hutter, *Decoupled weight decay regularization*, 2019, in PyTorch's
/// form, where the learning rate multiplies the decay. State as Adam's.
public struct AdamWRule: MomentRule {
  public static let name = "AdamW"
  public static let settings: [RuleSetting<AdamWRule>] =
    commonSettings + momentSettings + [.flag("amsgrad", \.amsgrad)]

  public var learningRate = 1e-3
  public var beta1 = 0.9
  public var beta2 = 0.999
  public var epsilon = 1e-8
  public var amsgrad = false
  public var weightDecay = 0.01
  public var l1Penalty = 0.0
  public var maximizes = false

  public init() {}

  public func stateNames(for shape: Shape) -> [String] { momentNames(amsgrad: amsgrad) }

  public func elementwiseStep<Scalar>(for state: inout ParameterState<Scalar>) -> ElementwiseStep {
    ElementwiseStep(.moments, momentCoefficients(step: state.step, decoupled: true))
  }
}

extension RuleOptimizer where Rule == AdamRule {
  /// Creates an optimizer of a model's parameters; `maximizes` goes uphill.
  ///
  /// Stops with a message if the learning rate is negative or not finite, a β is outside 0..<1, ε is
  /// not positive, or a penalty is negative.
  public convenience init(
    _ model: Any, learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0, l1Penalty: Double = 0, amsgrad: Bool = false,
    maximizes: Bool = false, groups: [ParameterGroup<Rule>] = []
  ) {
    var rule = AdamRule()
    rule.set(learningRate, beta1, beta2, epsilon, weightDecay, l1Penalty, maximizes)
    rule.amsgrad = amsgrad
    self.init(model, rule, groups: groups)
  }
}

extension RuleOptimizer where Rule == AdamWRule {
  /// Creates an optimizer of a model's parameters; `maximizes` goes uphill.
  ///
  /// Stops with a message as Adam's does.
  public convenience init(
    _ model: Any, learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0.01, l1Penalty: Double = 0,
    amsgrad: Bool = false, maximizes: Bool = false, groups: [ParameterGroup<Rule>] = []
  ) {
    var rule = AdamWRule()
    rule.set(learningRate, beta1, beta2, epsilon, weightDecay, l1Penalty, maximizes)
    rule.amsgrad = amsgrad
    self.init(model, rule, groups: groups)
  }
}
