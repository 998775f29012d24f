import Tensor

/// A function of one tensor, usually with parameters: a part of a network.
///
/// Any type can be a model; conforming to `Layer` lets it take its place in a `Sequential` and be
/// called with tensors as well as variables, with or without a context.
public protocol Layer<Scalar> {
  associatedtype Scalar: FloatingPointScalar

  /// The output for an input, in training or evaluation as the context says.
  func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar>
}

extension Layer {
  /// The output for an input in evaluation.
  public func callAsFunction(_ input: Variable<Scalar>) -> Variable<Scalar> {
    self(input, in: .evaluation)
  }

  /// The output for a constant input.
  public func callAsFunction(_ input: Tensor<Scalar>, in context: Context) -> Variable<Scalar> {
    self(Variable(input), in: context)
  }

  /// The output for a constant input in evaluation.
  public func callAsFunction(_ input: Tensor<Scalar>) -> Variable<Scalar> {
    self(Variable(input), in: .evaluation)
  }

  /// Draws every parameter anew by its initializer, in the order of the properties, so that a seed
  /// determines the model.
  public func initialize(using random: inout RandomGenerator) {
    Parameters(of: self).initialize(using: &random)
  }

  /// This layer under a name of its own in a `Sequential`.
  ///
  /// ```swift
  /// Sequential {
  ///   Linear(784, 64).named("hidden")  // its weights are hidden.weight and hidden.bias
  ///   ReLU()
  /// }
  /// ```
  public func named(_ name: String) -> NamedLayer<Self> { NamedLayer(name, self) }
}

/// A layer with the name that a `Sequential` gives to it.
public struct NamedLayer<Wrapped: Layer>: Layer, NamedParts {
  /// The name, one component of a path.
  public let name: String
  public let layer: Wrapped

  /// Stops with a message if the name is empty or has a dot in it.
  public init(_ name: String, _ layer: Wrapped) {
    guard !name.isEmpty && !name.contains(".") else {
      fatalError("named: a layer's name must be neither empty nor have a dot, got \"\(name)\"")
    }
    self.name = name
    self.layer = layer
  }

  public func callAsFunction(
    _ input: Variable<Wrapped.Scalar>, in context: Context
  ) -> Variable<Wrapped.Scalar> {
    layer(input, in: context)
  }

  /// The wrapped layer's own parts: the name stands before them already.
  public var namedParts: [(name: String, part: Any)] { [("", layer)] }
}

/// What `Sequential` asks of a layer that may have a name.
protocol Named {
  var name: String { get }
  var wrapped: Any { get }
}

extension NamedLayer: Named {
  var wrapped: Any { layer }
}
