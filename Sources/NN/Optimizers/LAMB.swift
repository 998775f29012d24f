import Tensor

/// Adam whose step of each tensor is as long as the tensor itself asks for; see `LAMBRule`.
public typealias LAMB = RuleOptimizer<LAMBRule>

/// The settings of LAMB, for large batches.
///
///     g ← ∂p + l1Penalty · sign(p);  m and v as Adam's
///     u ← (m ÷ (1 − β₁ᵗ)) ÷ (√(v ÷ (1 − β₂ᵗ)) + ε) + weightDecay · p
///     p ← p − learningRate · ‖p‖ ÷ ‖u‖ · u           (the ratio is 1 where a norm is 0)
///
/// for each tensor. Source: Y. You and others, *Large batch optimization for deep learning: training
/// BERT in 76 minutes*, 2020, algorithm 2, with φ(z) = z. PyTorch has no LAMB. State: `firstMoment`,
/// `secondMoment`.
public struct LAMBRule: UpdateRule {
  public static let name = "LAMB"
  public static let settings: [RuleSetting<LAMBRule>] = [
    .number("learningRate", \.learningRate, .nonNegative),
    .number("beta1", \.beta1, .fraction),
    .number("beta2", \.beta2, .fraction),
    .number("epsilon", \.epsilon, .positive),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .number("l1Penalty", \.l1Penalty, .nonNegative),
    .flag("maximizes", \.maximizes),
  ]

  public var learningRate = 1e-3
  public var beta1 = 0.9
  public var beta2 = 0.999
  public var epsilon = 1e-6
  public var weightDecay = 0.01
  public var l1Penalty = 0.0
  public var maximizes = false

  public init() {}

  public func stateNames(for shape: Shape) -> [String] { ["firstMoment", "secondMoment"] }

  public func update<Scalar: FloatingPointScalar>(
    _ parameter: inout Tensor<Scalar>, along gradient: Tensor<Scalar>,
    state: inout ParameterState<Scalar>
  ) {
    var coefficients = UpdateCoefficients()
    coefficients.gradientScale = maximizes ? -1 : 1
    coefficients.l1Penalty = l1Penalty
    coefficients.weightDecay = weightDecay
    coefficients.beta1 = beta1
    coefficients.beta2 = beta2
    coefficients.learningRate = 1 / (1 - power(beta1, Double(state.step)))
    coefficients.rootScale = 1 / (1 - power(beta2, Double(state.step))).squareRoot()
    coefficients.epsilon = epsilon
    state.tensors.append(parameter.zerosAlike())
    var pass = UpdatePass()
    pass.add(.direction, &parameter, along: gradient, state: &state.tensors, coefficients)
    pass.run()
    var direction = state.tensors.removeLast()
    let (size, length) = (Double(parameter.norm().item), Double(direction.norm().item))
    direction *= Scalar(learningRate * (size > 0 && length > 0 ? size / length : 1))
    parameter -= direction
  }
}

extension RuleOptimizer where Rule == LAMBRule {
  /// Creates an optimizer of a model's parameters; `maximizes` goes uphill.
  ///
  /// Stops with a message as Adam's does.
  public convenience init(
    _ model: Any, learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-6, weightDecay: Double = 0.01, l1Penalty: Double = 0,
    maximizes: Bool = false, groups: [ParameterGroup<Rule>] = []
  ) {
    var rule = LAMBRule()
    rule.learningRate = learningRate
    rule.beta1 = beta1
    rule.beta2 = beta2
    rule.epsilon = epsilon
    rule.weightDecay = weightDecay
    rule.l1Penalty = l1Penalty
    rule.maximizes = maximizes
    self.init(model, rule, groups: groups)
  }
}
