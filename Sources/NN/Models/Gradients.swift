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

  /// The gradient of a parameter, which is probably the one at `place`.
  func value(of parameter: any AnyParameter, at place: Int) -> ErasedVariable? {
    if place < values.count, parameters.entries[place].parameter === parameter {
      return values[place]
    }
    return parameters.index(of: parameter).flatMap { values[$0] }
  }

  /// The gradient of the parameter of a name; nil if there is no such parameter, or no gradient.
  ///
  /// Stops with a message if the parameter's scalar type is another.
  public subscript<Scalar: FloatingPointScalar>(
    name: String, as scalar: Scalar.Type = Float.self
  ) -> Variable<Scalar>? {
    guard let index = parameters.entries.firstIndex(where: { $0.name == name }) else { return nil }
    guard parameters.entries[index].parameter is Parameter<Scalar> else {
      fatalError("Gradients: the parameter \(name) is not of \(Scalar.self)")
    }
    return values[index].map { $0.typed() }
  }

  /// The names of the parameters that the loss does not depend on, without the frozen ones.
  public var missing: [String] {
    zip(parameters.entries, values).compactMap {
      $1 == nil && !$0.parameter.isFrozen ? $0.name : nil
    }
  }

  /// These gradients, if the loss depends on every parameter that is not frozen.
  ///
  /// An optimizer stops at a missing gradient; where the data decide which parameters take part, as in
  /// a model with branches, this tells before.
  ///
  /// - Throws: `MissingGradientError` with the names of the others.
  @discardableResult
  public func checkedComplete() throws(MissingGradientError) -> Gradients {
    let missing = missing
    guard missing.isEmpty else { throw MissingGradientError(parameters: missing) }
    return self
  }
}

/// Parameters that a loss does not depend on; `description` is one line.
public struct MissingGradientError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The names of the parameters.
  public let parameters: [String]

  public init(parameters: [String]) {
    self.parameters = parameters
  }

  public var description: String {
    "no gradient for \(parameters.map { $0.onOneLine() }.joined(separator: ", ")): the loss does not "
      + "depend on it"
  }
}
