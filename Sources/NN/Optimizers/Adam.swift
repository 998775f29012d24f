import Tensor

/// Adam: steps scaled by running averages of the gradient and of its square.
///
///     g ← ∂p + weightDecay · p
///     m ← β₁ · m + (1 − β₁) · g
///     v ← β₂ · v + (1 − β₂) · g²
///     p ← p − learningRate · (m ÷ (1 − β₁ᵗ)) ÷ (√(v ÷ (1 − β₂ᵗ)) + ε)
///
/// at step t, counted from 1. Source: D. P. Kingma and J. Ba, *Adam: a method for stochastic
/// optimization*, 2015; weight decay as an L2 penalty, as in PyTorch's `Adam`.
public final class Adam: Optimizer {
  public var learningRate: Double {
    didSet { Self.check(learningRate) }
  }

  public var allowsMissingGradients = false

  private let beta1: Double
  private let beta2: Double
  private let epsilon: Double
  private let weightDecay: Double
  private var state: OptimizerState

  /// Creates an optimizer of a model's parameters.
  ///
  /// Stops with a message if the learning rate is not positive and finite, a β is outside 0..<1, ε is
  /// not positive, or the weight decay is negative.
  public init(
    _ model: Any, learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0
  ) {
    Self.check(learningRate)
    requireHyperparameter(beta1 >= 0 && beta1 < 1, "Adam", "beta1", beta1, "in 0..<1")
    requireHyperparameter(beta2 >= 0 && beta2 < 1, "Adam", "beta2", beta2, "in 0..<1")
    requireHyperparameter(
      epsilon > 0 && epsilon.isFinite, "Adam", "epsilon", epsilon, "positive and finite")
    requireHyperparameter(
      weightDecay >= 0 && weightDecay.isFinite, "Adam", "weightDecay", weightDecay,
      "0 or more and finite")
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    state = OptimizerState(of: model)
  }

  public func update(along gradients: Gradients) {
    let rule = Rule(
      coefficients: AdamCoefficients(
        learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
        weightDecay: weightDecay, step: 1))
    state.update(along: gradients, by: rule, allowsMissing: allowsMissingGradients)
  }

  private static func check(_ learningRate: Double) {
    requireHyperparameter(
      learningRate > 0 && learningRate.isFinite, "Adam", "learningRate", learningRate,
      "positive and finite")
  }

  private struct Rule: UpdateRule {
    let coefficients: AdamCoefficients

    func apply<Scalar: FloatingPointScalar>(
      to parameter: inout Tensor<Scalar>, along gradient: Tensor<Scalar>,
      state: inout [Tensor<Scalar>], step: Int
    ) {
      var coefficients = coefficients
      coefficients.step = step
      if state.isEmpty { state = [parameter.zerosAlike(), parameter.zerosAlike()] }
      var second = state.removeLast()
      var first = state.removeLast()
      parameter.descendByAdam(
        along: gradient, firstMoment: &first, secondMoment: &second, coefficients)
      state = [first, second]
    }
  }
}
