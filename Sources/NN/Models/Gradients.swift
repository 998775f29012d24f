import Tensor

/// The gradients of a loss with respect to the parameters of a model, as a value.
public struct Gradients {
  let parameters: Parameters
  let values: [ErasedVariable?]

  /// The gradient of a parameter; nil if the loss does not depend on it, or if the transform did not
  /// differentiate by it.
  public subscript<Scalar>(parameter: Parameter<Scalar>) -> Variable<Scalar>? {
    parameters.index(of: parameter).flatMap { values[$0] }.map { $0.typed() }
  }

  func value(of parameter: any AnyParameter) -> ErasedVariable? {
    parameters.index(of: parameter).flatMap { values[$0] }
  }

  /// The names of the parameters that the loss does not depend on.
  public var missing: [String] {
    zip(parameters.entries, values).compactMap { $1 == nil ? $0.name : nil }
  }
}
