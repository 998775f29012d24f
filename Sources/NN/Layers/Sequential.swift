import Tensor

/// Layers applied one after another.
///
/// ```swift
/// let model = Sequential {
///   Linear(784, 64)
///   ReLU()
///   Linear(64, 10)
/// }
/// ```
///
/// The layers are named by their position, as in PyTorch: `0.weight`, `0.bias`, `2.weight`, …
public final class Sequential<Scalar: FloatingPointScalar>: Layer, ParameterCaching,
  ParameterContainer
{
  /// The layers, first to last.
  public let layers: [any Layer<Scalar>]

  /// The parameters of all layers, found once, when the network is made.
  public let parameters: Parameters

  /// Creates a network from a list of layers.
  public init(_ layers: [any Layer<Scalar>]) {
    self.layers = layers
    parameters = Parameters(walking: layers)  // An array names its elements as a network does.
  }

  /// Creates a network from the layers that the closure lists, one a line; `if` and `for` work.
  public convenience init(@LayerBuilder<Scalar> _ layers: () -> [any Layer<Scalar>]) {
    self.init(layers())
  }

  public func callAsFunction(_ input: Variable<Scalar>) -> Variable<Scalar> {
    layers.reduce(input) { $1($0) }
  }

  var parameterChildren: [(name: String, child: Any)] {
    layers.enumerated().map { ("\($0.offset)", $0.element) }
  }
}

/// Collects the layers of a `Sequential`.
@resultBuilder
public enum LayerBuilder<Scalar: FloatingPointScalar> {
  public static func buildExpression(_ layer: any Layer<Scalar>) -> [any Layer<Scalar>] { [layer] }
  public static func buildBlock(_ parts: [any Layer<Scalar>]...) -> [any Layer<Scalar>] {
    parts.flatMap { $0 }
  }
  public static func buildOptional(_ part: [any Layer<Scalar>]?) -> [any Layer<Scalar>] {
    part ?? []
  }
  public static func buildEither(first part: [any Layer<Scalar>]) -> [any Layer<Scalar>] { part }
  public static func buildEither(second part: [any Layer<Scalar>]) -> [any Layer<Scalar>] { part }
  public static func buildArray(_ parts: [[any Layer<Scalar>]]) -> [any Layer<Scalar>] {
    parts.flatMap { $0 }
  }
}
