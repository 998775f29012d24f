import Tensor

extension Parameters {
  /// Calls a closure with the name of each parameter and the parameter, in order.
  ///
  /// ```swift
  /// model.parameters.apply { name, weight in
  ///   if weight.shape.rank > 1 { weight.value *= 0.5 }
  /// }
  /// ```
  ///
  /// Parameters of another scalar type than `Float` are passed over.
  public func apply(
    _ body: (_ name: String, _ parameter: Parameter<Float>) throws -> Void
  ) rethrows { try apply(of: Float.self, body) }

  /// Calls a closure with the name of each parameter of a scalar type and the parameter, in order.
  public func apply<Scalar: FloatingPointScalar>(
    of scalar: Scalar.Type,
    _ body: (_ name: String, _ parameter: Parameter<Scalar>) throws -> Void
  ) rethrows {
    for entry in entries {
      if let parameter = entry.parameter as? Parameter<Scalar> { try body(entry.name, parameter) }
    }
  }

  /// Sets every parameter and buffer to the value that it has, under the same name, in another model:
  /// `target.parameters.copyValues(from: model.parameters)`. Each keeps its memory layout.
  ///
  /// Stops with a message, before anything is changed, if names, scalar types or shapes differ.
  public func copyValues(from other: Parameters) {
    if let difference = differenceOfStates(from: other) {
      fatalError("copyValues(from:): the models differ: \(difference)")
    }
    let values = Dictionary(uniqueKeysWithValues: other.states.map { ($0.name, $0.state) })
    for (name, state) in states { values[name].map(state.copyValue) }
  }
}

/// A second model with the structure and values of a first, and parameters of its own: what training
/// does to one leaves the other as it is.
///
/// ```swift
/// let target = copy(of: network) { QNetwork(inputs: 4, actions: 2) }
/// ```
///
/// `make` makes a model of the same structure, which then gets the values of all parameters and buffers,
/// and which of them are frozen. Layers that share a parameter share one in the copy too. Stops with a
/// message if the structure differs (see `Parameters.structuralDifference(from:)`), or if both models
/// have a parameter or buffer in common.
public func copy<Model>(of model: Model, _ make: () throws -> Model) rethrows -> Model {
  let result = try make()
  let (source, target) = (Parameters(of: model), Parameters(of: result))
  if let difference = source.structuralDifference(from: target) {
    fatalError("copy(of:): the model that was made is another: \(difference)")
  }
  let originals = Set(source.states.map { ObjectIdentifier($0.state) })
  if let shared = target.states.first(where: { originals.contains(ObjectIdentifier($0.state)) }) {
    fatalError("copy(of:): both models have \(shared.name) in common; make a new one")
  }
  target.copyValues(from: source)
  let isFrozen = Dictionary(
    uniqueKeysWithValues: source.entries.map { ($0.name, $0.parameter.isFrozen) })
  for entry in target.entries { entry.parameter.isFrozen = isFrozen[entry.name] ?? false }
  return result
}
