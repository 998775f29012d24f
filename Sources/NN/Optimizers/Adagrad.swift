import Tensor

/// Steps scaled by all gradients so far; see `AdagradRule`.
public typealias Adagrad = RuleOptimizer<AdagradRule>

/// The settings of Adagrad.
///
///     g ← ∂p + weightDecay · p + l1Penalty · sign(p)
///     s ← s + g²                                     (s begins at initialSum)
///     p ← p − learningRate ÷ (1 + (t − 1) · learningRateDecay) · g ÷ (√s + ε)
///
/// Source: J. Duchi, E. Hazan and Y. Singer, *Adaptive subgradient methods for online learning and
/// stochastic optimization*, 2011, with PyTorch's defaults. State: `squareSum` (PyTorch's `sum`).
public struct AdagradRule: ElementwiseRule {
  public static let name = "Adagrad"
  public static let settings: [RuleSetting<AdagradRule>] =
    commonSettings + [
      .number("learningRateDecay", \.learningRateDecay, .nonNegative),
      .number("initialSum", \.initialSum, .nonNegative),
      .number("epsilon", \.epsilon, .positive),
    ]

  public var learningRate = 1e-2
  public var learningRateDecay = 0.0
  public var initialSum = 0.0
  public var epsilon = 1e-10
  public var weightDecay = 0.0
  public var l1Penalty = 0.0
  public var maximizes = false

  public init() {}

  public func stateNames(for shape: Shape) -> [String] { ["squareSum"] }

  public func initialState<Scalar: FloatingPointScalar>(
    _ name: String, of parameter: Tensor<Scalar>
  ) -> Tensor<Scalar> {
    var sum = parameter.zerosAlike()
    sum += Scalar(initialSum)
    return sum
  }

  public func elementwiseStep<Scalar>(for state: inout ParameterState<Scalar>) -> ElementwiseStep {
    var result = commonCoefficients(decoupled: false)
    result.learningRate /= 1 + Double(state.step - 1) * learningRateDecay
    result.epsilon = epsilon
    return ElementwiseStep(.adagrad, result)
  }
}

extension RuleOptimizer where Rule == AdagradRule {
  /// Creates an optimizer of a model's parameters; `maximizes` goes uphill.
  ///
  /// Stops with a message if the learning rate is negative, ε not positive, or if another number
  /// is negative.
  public convenience init(
    _ model: Any, learningRate: Double = 1e-2, learningRateDecay: Double = 0,
    initialSum: Double = 0, epsilon: Double = 1e-10, weightDecay: Double = 0,
    l1Penalty: Double = 0, maximizes: Bool = false, groups: [ParameterGroup<Rule>] = []
  ) {
    var rule = AdagradRule()
    rule.learningRate = learningRate
    rule.learningRateDecay = learningRateDecay
    rule.initialSum = initialSum
    rule.epsilon = epsilon
    rule.weightDecay = weightDecay
    rule.l1Penalty = l1Penalty
    rule.maximizes = maximizes
    self.init(model, rule, groups: groups)
  }
}
