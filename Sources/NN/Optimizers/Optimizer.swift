import Tensor

/// Changes the parameters of a model along the gradients of a loss.
///
/// An optimizer borrows the model: it keeps its parameters and what it remembers of each of them,
/// never the model itself.
public protocol Optimizer: AnyObject {
  /// The step size; it may be changed between steps.
  var learningRate: Double { get set }

  /// Whether parameters without a gradient are left as they are; false by default.
  var allowsMissingGradients: Bool { get set }

  /// Makes one step.
  ///
  /// Stops with a message that names the parameters for which there is no gradient, unless
  /// `allowsMissingGradients` is set; those stay as they are.
  func update(along gradients: Gradients)
}

/// What an optimizer does to one parameter.
protocol UpdateRule {
  /// Changes a parameter in place. `step` counts the steps of this parameter from 1; at the first
  /// one `state` is empty.
  func apply<Scalar: FloatingPointScalar>(
    to parameter: inout Tensor<Scalar>, along gradient: Tensor<Scalar>,
    state: inout [Tensor<Scalar>], step: Int)
}

/// What an optimizer remembers of one parameter.
struct ParameterState {
  var tensors: [ErasedTensor] = []
  var step = 0
}

/// The parameters of an optimizer with the state of each.
struct OptimizerState {
  let parameters: Parameters
  private var states: [ParameterState]

  init(of model: Any) {
    parameters = Parameters(of: model)
    states = Array(repeating: ParameterState(), count: parameters.count)
  }

  mutating func update(along gradients: Gradients, by rule: some UpdateRule, allowsMissing: Bool) {
    let values = parameters.entries.map { gradients.value(of: $0.parameter) }
    if !allowsMissing {
      let missing = zip(parameters.entries, values).filter { $1 == nil }.map(\.0.name)
      guard missing.isEmpty else {
        fatalError(
          "update(along:): no gradient for \(missing.joined(separator: ", ")): the loss does not "
            + "depend on it; set allowsMissingGradients to leave such parameters as they are")
      }
    }
    for (index, value) in values.enumerated() {
      guard let value else { continue }
      parameters.entries[index].parameter.update(along: value, by: rule, state: &states[index])
    }
  }
}

/// Stops unless a hyperparameter is in range; NaN never is.
func requireHyperparameter(
  _ condition: Bool, _ optimizer: StaticString, _ name: StaticString, _ value: Double,
  _ expected: StaticString
) {
  guard condition else {
    fatalError("\(optimizer): \(name) must be \(expected), got \(value)")
  }
}
