import Tensor

/// Steps along the nearest orthogonal matrix of an average gradient; see `MuonRule`.
public typealias Muon = RuleOptimizer<MuonRule>

/// The settings of Muon, for the matrices of hidden layers.
///
///     g ← ∂p + l1Penalty · sign(p)
///     b ← momentum · b + (1 − momentum) · g
///     u = nesterov ? (1 − momentum) · g + momentum · b : b
///     X = u ÷ max(‖u‖, ε), transposed where it has more rows than columns; then five times
///     X ← 3.4445 · X + (−4.775 · A + 2.0315 · A²) · X,  A = X · Xᵀ
///     p ← (1 − learningRate · weightDecay) · p − learningRate · scale · X
///
/// The iteration (Newton's and Schulz's, with coefficients for speed) brings the singular values of X
/// near 1. The scale is √max(1, rows ÷ columns), or 0.2 · √max(rows, columns) with `matchesAdamW`, so
/// that a learning rate found for AdamW fits. Other parameters than matrices belong to another
/// optimizer:
///
/// ```swift
/// let matrices = Parameters(of: model).filter { $1.rank == 2 }
/// let others = Parameters(of: model).filter { $1.rank != 2 }
/// let optimizers: [any Optimizer] = [Muon(matrices), AdamW(others)]
/// ```
///
/// Source: K. Jordan and others, *Muon: an optimizer for hidden layers in neural networks*, 2024; J. Liu
/// and others, *Muon is scalable for LLM training*, 2025. The coefficients and their number are PyTorch's
/// defaults. PyTorch iterates in bfloat16, Apus in the parameter's precision. State: `velocity` (PyTorch's
/// `momentum_buffer`).
public struct MuonRule: UpdateRule {
  public static let name = "Muon"
  public static let settings: [RuleSetting<MuonRule>] = [
    .number("learningRate", \.learningRate, .nonNegative),
    .number("momentum", \.momentum, .fraction),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .number("l1Penalty", \.l1Penalty, .nonNegative),
    .number("epsilon", \.epsilon, .positive),
    .flag("nesterov", \.nesterov),
    .flag("matchesAdamW", \.matchesAdamW),
    .flag("maximizes", \.maximizes),
  ]

  public var learningRate = 1e-3
  public var momentum = 0.95
  public var weightDecay = 0.1
  public var l1Penalty = 0.0
  public var epsilon = 1e-7
  public var nesterov = true
  public var matchesAdamW = false
  public var maximizes = false

  public init() {}

  public func stateNames(for shape: Shape) -> [String] { ["velocity"] }

  public func objection(to shape: Shape) -> String? {
    shape.rank == 2 ? nil : "only matrices can be updated; pass them alone, by Parameters.filter"
  }

  public func update<Scalar: FloatingPointScalar>(
    _ parameter: inout Tensor<Scalar>, along gradient: Tensor<Scalar>,
    state: inout ParameterState<Scalar>
  ) {
    if parameter.count == 0 { return }
    var gradient = maximizes ? -gradient : gradient
    if l1Penalty > 0 { gradient += parameter.sign() * Scalar(l1Penalty) }
    state.tensors[0] *= Scalar(momentum)
    state.tensors[0] += gradient * Scalar(1 - momentum)
    var update = state.tensors[0]
    if nesterov {
      update *= Scalar(momentum)
      update += gradient * Scalar(1 - momentum)
    }
    var step = orthogonalized(update)
    let (rows, columns) = (Double(parameter.shape[0]), Double(parameter.shape[1]))
    let scale =
      matchesAdamW ? 0.2 * max(rows, columns).squareRoot() : max(1, rows / columns).squareRoot()
    step *= Scalar(learningRate * scale)
    parameter *= Scalar(1 - learningRate * weightDecay)
    parameter -= step
  }

  private func orthogonalized<Scalar: FloatingPointScalar>(
    _ matrix: Tensor<Scalar>
  ) -> Tensor<Scalar> {
    let isTall = matrix.shape[0] > matrix.shape[1]
    var x = isTall ? matrix.transposed : matrix
    x = x / max(x.norm().item, Scalar(epsilon))
    for _ in 0..<5 {
      let gram = x.matmul(x.transposed)
      let polynomial = gram * Scalar(-4.775) + gram.matmul(gram) * Scalar(2.0315)
      x = x * Scalar(3.4445) + polynomial.matmul(x)
    }
    return isTall ? x.transposed : x
  }
}

extension RuleOptimizer where Rule == MuonRule {
  /// Creates an optimizer of a model's parameters; `maximizes` goes uphill.
  ///
  /// Stops with a message if the learning rate is negative, ε not positive, momentum is outside
  /// 0..<1, a penalty negative, or a parameter no matrix.
  public convenience init(
    _ model: Any, learningRate: Double = 1e-3, momentum: Double = 0.95,
    weightDecay: Double = 0.1, l1Penalty: Double = 0, epsilon: Double = 1e-7,
    nesterov: Bool = true, matchesAdamW: Bool = false, maximizes: Bool = false,
    groups: [ParameterGroup<Rule>] = []
  ) {
    var rule = MuonRule()
    rule.learningRate = learningRate
    rule.momentum = momentum
    rule.weightDecay = weightDecay
    rule.l1Penalty = l1Penalty
    rule.epsilon = epsilon
    rule.nesterov = nesterov
    rule.matchesAdamW = matchesAdamW
    rule.maximizes = maximizes
    self.init(model, rule, groups: groups)
  }
}
