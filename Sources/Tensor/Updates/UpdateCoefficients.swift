import CKernels

/// The elementwise rules of optimizers; `apus_optimizers.h` has the equations.
package enum UpdateKernel: Sendable {
  case sgd, moments, rmsProp, adagrad, adadelta, adamax, lion, direction

  var rule: apus_update_rule {
    switch self {
    case .sgd: APUS_UPDATE_SGD
    case .moments: APUS_UPDATE_MOMENTS
    case .rmsProp: APUS_UPDATE_RMSPROP
    case .adagrad: APUS_UPDATE_ADAGRAD
    case .adadelta: APUS_UPDATE_ADADELTA
    case .adamax: APUS_UPDATE_ADAMAX
    case .lion: APUS_UPDATE_LION
    case .direction: APUS_UPDATE_DIRECTION
    }
  }
}

/// The coefficients of one step of one parameter, as `apus_update_options` names them.
package struct UpdateCoefficients: Sendable {
  /// 1, or −1 to go uphill.
  package var gradientScale = 1.0
  package var weightDecay = 0.0
  package var l1Penalty = 0.0
  /// What is kept of the parameter: 1, or less where weights decay beside the gradient.
  package var keep = 1.0
  package var learningRate = 0.0
  /// The part of the step that goes along the gradient itself, in NAdam.
  package var gradientStep = 0.0
  package var beta1 = 0.0
  package var beta2 = 0.0
  package var dampening: Double?
  package var rootScale = 1.0
  package var epsilon = 0.0
  package var isNesterov = false
  package var isFirstStep = false
  package var isAdaptive = true
  /// Whether the first state is followed by the third: RMSProp with momentum, not centered.
  package var lacksSecondState = false

  package init() {}

  var options: apus_update_options {
    apus_update_options(
      gradient_scale: gradientScale, weight_decay: weightDecay, l1: l1Penalty, keep: keep,
      learning_rate: learningRate, gradient_step: gradientStep, beta1: beta1,
      one_minus_beta1: 1 - (dampening ?? beta1), beta2: beta2, one_minus_beta2: 1 - beta2,
      root_scale: rootScale, epsilon: epsilon, nesterov: isNesterov, first_step: isFirstStep,
      adaptive: isAdaptive)
  }
}
