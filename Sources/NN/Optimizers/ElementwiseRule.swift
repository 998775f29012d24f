import Tensor

/// A rule by which every element goes its own way: a kernel applies it to all parameters in one pass.
public protocol ElementwiseRule: UpdateRule {
  /// The factor of the parameters that is added to their gradients, or by which they shrink beside
  /// them, as the rule says.
  var weightDecay: Double { get set }

  /// The factor of the parameters' signs that is added to their gradients.
  var l1Penalty: Double { get set }

  /// Whether steps go uphill.
  var maximizes: Bool { get set }

  /// The kernel and its coefficients for the step that `state` counts.
  func elementwiseStep<Scalar>(for state: inout ParameterState<Scalar>) -> ElementwiseStep
}

/// A kernel of an optimizer with the coefficients of one step.
public struct ElementwiseStep: Sendable {
  let kernel: UpdateKernel
  let coefficients: UpdateCoefficients

  init(_ kernel: UpdateKernel, _ coefficients: UpdateCoefficients) {
    self.kernel = kernel
    self.coefficients = coefficients
  }
}

extension ElementwiseRule {
  /// The settings that all these rules have.
  static var commonSettings: [RuleSetting<Self>] {
    [
      RuleSetting(
        name: "learningRate", range: .nonNegative, isFlag: false, value: { $0.learningRate },
        set: { $0.learningRate = $1 }),
      RuleSetting(
        name: "weightDecay", range: .nonNegative, isFlag: false, value: { $0.weightDecay },
        set: { $0.weightDecay = $1 }),
      RuleSetting(
        name: "l1Penalty", range: .nonNegative, isFlag: false, value: { $0.l1Penalty },
        set: { $0.l1Penalty = $1 }),
      RuleSetting(
        name: "maximizes", range: .closedFraction, isFlag: true, value: { $0.maximizes ? 1 : 0 },
        set: { $0.maximizes = $1 != 0 }),
    ]
  }

  /// Coefficients with what all these rules share: weight decay as an L2 penalty, or beside the
  /// gradient (I. Loshchilov and F. Hutter, 2019).
  func commonCoefficients(decoupled: Bool) -> UpdateCoefficients {
    var result = UpdateCoefficients()
    result.learningRate = learningRate
    result.gradientScale = maximizes ? -1 : 1
    result.l1Penalty = l1Penalty
    if decoupled {
      result.keep = 1 - learningRate * weightDecay
    } else {
      result.weightDecay = weightDecay
    }
    return result
  }

  public func update<Scalar: FloatingPointScalar>(
    _ parameter: inout Tensor<Scalar>, along gradient: Tensor<Scalar>,
    state: inout ParameterState<Scalar>
  ) {
    let step = elementwiseStep(for: &state)
    var pass = UpdatePass()
    pass.add(step.kernel, &parameter, along: gradient, state: &state.tensors, step.coefficients)
    pass.run()
  }
}
