import Tensor

/// Stochastic gradient descent with momentum, as PyTorch defines it.
///
///     g ← ∂p + weightDecay · p
///     v ← momentum · v + (1 − dampening) · g      (v ← g at the first step)
///     p ← p − learningRate · (nesterov ? g + momentum · v : v)
///
/// Without momentum, p ← p − learningRate · g. Source: I. Sutskever and others, *On the importance of
/// initialization and momentum in deep learning*, 2013, in PyTorch's form, where the learning rate
/// multiplies the velocity.
public final class SGD: Optimizer {
  public var learningRate: Double {
    didSet { Self.check(learningRate) }
  }

  public var allowsMissingGradients = false

  private let momentum: Double
  private let dampening: Double
  private let weightDecay: Double
  private let isNesterov: Bool
  private var state: OptimizerState

  /// Creates an optimizer of a model's parameters.
  ///
  /// Stops with a message if the learning rate is not positive and finite, momentum is outside 0..<1,
  /// dampening outside 0...1, the weight decay negative, or `nesterov` is asked for without momentum or
  /// with dampening.
  public init(
    _ model: Any, learningRate: Double, momentum: Double = 0, dampening: Double = 0,
    weightDecay: Double = 0, nesterov: Bool = false
  ) {
    Self.check(learningRate)
    requireHyperparameter(momentum >= 0 && momentum < 1, "SGD", "momentum", momentum, "in 0..<1")
    requireHyperparameter(
      dampening >= 0 && dampening <= 1, "SGD", "dampening", dampening, "in 0...1")
    requireHyperparameter(
      weightDecay >= 0 && weightDecay.isFinite, "SGD", "weightDecay", weightDecay,
      "0 or more and finite")
    guard !nesterov || (momentum > 0 && dampening == 0) else {
      fatalError("SGD: nesterov needs momentum above 0 and dampening 0")
    }
    self.learningRate = learningRate
    self.momentum = momentum
    self.dampening = dampening
    self.weightDecay = weightDecay
    isNesterov = nesterov
    state = OptimizerState(of: model)
  }

  public func update(along gradients: Gradients) {
    let rule = Rule(
      coefficients: SGDCoefficients(
        learningRate: learningRate, momentum: momentum, dampening: dampening,
        weightDecay: weightDecay, isNesterov: isNesterov, isFirstStep: false))
    state.update(along: gradients, by: rule, allowsMissing: allowsMissingGradients)
  }

  private static func check(_ learningRate: Double) {
    requireHyperparameter(
      learningRate > 0 && learningRate.isFinite, "SGD", "learningRate", learningRate,
      "positive and finite")
  }

  private struct Rule: UpdateRule {
    let coefficients: SGDCoefficients

    func apply<Scalar: FloatingPointScalar>(
      to parameter: inout Tensor<Scalar>, along gradient: Tensor<Scalar>,
      state: inout [Tensor<Scalar>], step: Int
    ) {
      var coefficients = coefficients
      coefficients.isFirstStep = step == 1
      var velocity: Tensor<Scalar>?
      if coefficients.momentum > 0 { velocity = state.popLast() ?? parameter.zerosAlike() }
      parameter.descend(along: gradient, velocity: &velocity, coefficients)
      state = velocity.map { [$0] } ?? []
    }
  }
}
