import Tensor

/// Steps scaled by mean squares that are kept as a row and a column; see `AdafactorRule`.
public typealias Adafactor = RuleOptimizer<AdafactorRule>

/// The settings of Adafactor, which remembers little of large matrices.
///
///     g ← ∂p + l1Penalty · sign(p)
///     α = max(ε₂, ‖p‖ ÷ √n) · min(learningRate, 1 ÷ √t),  κ = t^beta2Decay
///     p ← (1 − learningRate · weightDecay) · p
///     r ← r + κ · (mean of g² over columns − r),  c ← c + κ · (mean of g² over rows − c)
///     v = r · c ÷ max(mean of r, ε₁)
///     u = g ÷ √max(v, ε₁²)
///     p ← p − α ÷ max(1, ‖u‖ ÷ (√n · clippingThreshold)) · u
///
/// for a tensor of n elements, over its last two axes; of a vector v ← v + κ · (g² − v) is kept itself.
/// ε₁ is the scalar's `ulpOfOne` unless given. Source: N. Shazeer and M. Stern, *Adafactor: adaptive
/// learning rates with sublinear memory cost*, 2018, with PyTorch's defaults. State: `rowVariance`
/// `[…, m, 1]`, `columnVariance` `[…, 1, n]`, or `variance` (PyTorch's `row_var`, `col_var`,
/// `variance`).
public struct AdafactorRule: UpdateRule {
  public static let name = "Adafactor"
  public static let settings: [RuleSetting<AdafactorRule>] = [
    .number("learningRate", \.learningRate, .nonNegative),
    .number("beta2Decay", \.beta2Decay, .nonPositive),
    .number("epsilon1", \.epsilon1, .nonNegative),
    .number("epsilon2", \.epsilon2, .nonNegative),
    .number("clippingThreshold", \.clippingThreshold, .positive),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .number("l1Penalty", \.l1Penalty, .nonNegative),
    .flag("maximizes", \.maximizes),
  ]

  public var learningRate = 1e-2
  public var beta2Decay = -0.8
  /// 0 stands for the scalar's `ulpOfOne`.
  public var epsilon1 = 0.0
  public var epsilon2 = 1e-3
  public var clippingThreshold = 1.0
  public var weightDecay = 0.0
  public var l1Penalty = 0.0
  public var maximizes = false

  public init() {}

  public func stateNames(for shape: Shape) -> [String] {
    shape.rank >= 2 ? ["rowVariance", "columnVariance"] : ["variance"]
  }

  public func initialState<Scalar: FloatingPointScalar>(
    _ name: String, of parameter: Tensor<Scalar>
  ) -> Tensor<Scalar> {
    var extents = Array(parameter.shape)
    if name == "rowVariance" { extents[extents.count - 1] = 1 }
    if name == "columnVariance" { extents[extents.count - 2] = 1 }
    return .zeros(Shape(extents))
  }

  public func update<Scalar: FloatingPointScalar>(
    _ parameter: inout Tensor<Scalar>, along gradient: Tensor<Scalar>,
    state: inout ParameterState<Scalar>
  ) {
    if parameter.count == 0 { return }
    var gradient = maximizes ? -gradient : gradient
    if l1Penalty > 0 { gradient += parameter.sign() * Scalar(l1Penalty) }
    let step = Double(state.step)
    let weight = Scalar(power(step, beta2Decay))
    let floor = epsilon1 > 0 ? Scalar(epsilon1) : Scalar.ulpOfOne
    let root = Double(parameter.count).squareRoot()
    let size = max(epsilon2, Double(parameter.norm().item) / root)
    let rate = size * min(learningRate, 1 / step.squareRoot())
    if weightDecay > 0 { parameter *= Scalar(1 - learningRate * weightDecay) }

    let squares = gradient * gradient
    var variance: Tensor<Scalar>
    if parameter.rank >= 2 {
      for (place, axis) in [(0, -1), (1, -2)] {
        let mean = squares.mean(axes: [axis], keepingDimensions: true)
        state.tensors[place] += (mean - state.tensors[place]) * weight
      }
      let (rows, columns) = (state.tensors[0], state.tensors[1])
      variance = rows * columns
      variance /= Tensor.maximum(rows.mean(axes: [-2], keepingDimensions: true), floor)
    } else {
      state.tensors[0] += (squares - state.tensors[0]) * weight
      variance = state.tensors[0]
    }
    var update = gradient / Tensor.maximum(variance, floor * floor).squareRoot()
    let length = Double(update.norm().item) / (root * clippingThreshold)
    update *= Scalar(rate / max(1, length))
    parameter -= update
  }
}

extension RuleOptimizer where Rule == AdafactorRule {
  /// Creates an optimizer of a model's parameters; `maximizes` goes uphill.
  ///
  /// Stops with a message if the learning rate is negative, the threshold not positive, the decay
  /// of β₂ is positive, or another number is negative.
  public convenience init(
    _ model: Any, learningRate: Double = 1e-2, beta2Decay: Double = -0.8,
    epsilon1: Double? = nil, epsilon2: Double = 1e-3, clippingThreshold: Double = 1,
    weightDecay: Double = 0, l1Penalty: Double = 0, maximizes: Bool = false,
    groups: [ParameterGroup<Rule>] = []
  ) {
    var rule = AdafactorRule()
    rule.learningRate = learningRate
    rule.beta2Decay = beta2Decay
    rule.epsilon1 = epsilon1 ?? 0
    rule.epsilon2 = epsilon2
    rule.clippingThreshold = clippingThreshold
    rule.weightDecay = weightDecay
    rule.l1Penalty = l1Penalty
    rule.maximizes = maximizes
    self.init(model, rule, groups: groups)
  }
}
