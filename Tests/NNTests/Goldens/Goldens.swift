import NN
import Testing

/// Ten steps of an optimizer of PyTorch; the numbers are in `OptimizerGoldens.swift`.
struct OptimizerGolden: Sendable, CustomTestStringConvertible {
  enum Kind: Sendable {
    case sgd(
      learningRate: Double, momentum: Double, dampening: Double, weightDecay: Double,
      nesterov: Bool)
    case adam(
      learningRate: Double, beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double)

    func optimizer(of model: Any) -> any Optimizer {
      switch self {
      case .sgd(let learningRate, let momentum, let dampening, let weightDecay, let nesterov):
        SGD(
          model, learningRate: learningRate, momentum: momentum, dampening: dampening,
          weightDecay: weightDecay, nesterov: nesterov)
      case .adam(let learningRate, let beta1, let beta2, let epsilon, let weightDecay):
        Adam(
          model, learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
          weightDecay: weightDecay)
      }
    }
  }

  let kind: Kind
  /// The parameter after each step, one step after another.
  let values: [Double]

  var testDescription: String { "\(kind)" }
}
