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
/// The layers are named by their position, as in PyTorch (`0.weight`, `0.bias`, `2.weight`, …), or
/// by `named(_:)`. A ReLU just before a maximum pooling is computed after it: that gives the same values
/// and gradients from fewer elements.
public final class Sequential<Scalar: FloatingPointScalar>: Layer, ParameterCaching, NamedParts,
  PathHolder
{
  /// The layers, first to last.
  public let layers: [any Layer<Scalar>]

  /// The parameters of all layers, found once, when the network is made.
  public private(set) var parameters = Parameters(entries: [], buffers: [])

  public let namedParts: [(name: String, part: Any)]

  private let kinds: [String]
  /// In which order the layers are computed.
  private let order: [Int]
  private var paths: [String]

  /// Creates a network from a list of layers.
  ///
  /// Stops with a message if two layers have one name.
  public init(_ layers: [any Layer<Scalar>]) {
    self.layers = layers
    namedParts = layers.enumerated().map { index, layer in
      guard let named = layer as? any Named else { return ("\(index)", layer) }
      return (named.name, named.wrapped)
    }
    kinds = namedParts.map { LayerScope.kind(of: $0.part) }
    order = LayerOrder.of(namedParts.map(\.part))
    paths = namedParts.map(\.name)
    var names: Set<String> = []
    if let twice = paths.first(where: { !names.insert($0).inserted }) {
      fatalError("Sequential: two layers are named \(twice); names must differ")
    }
    parameters = Parameters(walking: self)
  }

  /// Creates a network from the layers that the closure lists, one a line; `if` and `for` work.
  public convenience init(@LayerBuilder<Scalar> _ layers: () -> [any Layer<Scalar>]) {
    self.init(layers())
  }

  @_specialize(where Scalar == Float)
  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    if LayerScope.current.observer?.wantsWrittenOrder ?? false {
      return layers.indices.reduce(input) { x, index in apply(index, to: x, in: context) }
    }
    return order.reduce(input) { x, index in apply(index, to: x, in: context) }
  }

  /// The output of one of the layers, under its name.
  @_specialize(where Scalar == Float)
  func apply(_ index: Int, to input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    LayerScope.within(paths[index], kinds[index]) { layers[index](input, in: context) }
  }

  /// Where a search for parameters met this network.
  func setPath(_ path: String) {
    paths = namedParts.map { path.isEmpty ? $0.name : "\(path).\($0.name)" }
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
