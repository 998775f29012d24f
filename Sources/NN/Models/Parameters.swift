import Tensor

/// The parameters of a model, found once, in the order of its stored properties.
///
/// The walk goes through structs, classes, enums, optionals, arrays, dictionaries and tuples.
/// A parameter's name is the path to it, such as `encoder.layers.0.weight`; the layers of a
/// `Sequential` count without a property name before them, as in PyTorch. A parameter that can be
/// reached in several ways counts once, under its first name. Stops with a message where the walk
/// meets something it cannot look into, such as a closure or a lazy property that is not made yet,
/// because parameters could hide there; where parameters are in a set, which has no order; and where
/// two parameters have one name.
///
/// A walk takes some microseconds per property. `Sequential` remembers its result; in a hot loop over
/// another type of model, walk once and pass the result in place of the model:
///
/// ```swift
/// let parameters = Parameters(of: model)
/// ```
public final class Parameters {
  struct Entry {
    let name: String
    let parameter: any AnyParameter
    /// The place of its owner in `owners`; −1 if it has none.
    var owner = -1
  }

  struct BufferEntry {
    let name: String
    let buffer: any AnyState
    var owner = -1
  }

  /// A part of the model, such as a layer.
  struct Owner {
    let path: String
    let type: Any.Type

    /// The name of the type without its scalar.
    var kind: String { LayerScope.kind(ofType: type) }

    var isLayer: Bool { type is any Layer.Type }
  }

  let entries: [Entry]
  let buffers: [BufferEntry]
  /// The parts that the search went through, outermost first.
  let owners: [Owner]
  private let indices: [ObjectIdentifier: Int]

  init(entries: [Entry], buffers: [BufferEntry], owners: [Owner] = []) {
    var names: Set<String> = []
    let all = entries.map(\.name) + buffers.map(\.name)
    if let twice = all.first(where: { !names.insert($0).inserted }) {
      fatalError(
        "Parameters: two parameters are named \(twice); rename a property or key, since "
          + "weights are saved by name")
    }
    self.entries = entries
    self.buffers = buffers
    self.owners = owners
    indices = Dictionary(
      uniqueKeysWithValues: entries.enumerated().map {
        (ObjectIdentifier($0.element.parameter), $0.offset)
      })
  }

  /// Finds the parameters of a model. If `model` is a `Parameters` already, takes what it holds.
  public convenience init(of model: Any) {
    self.init(Self.found(in: model))
  }

  /// The parameters of a model: if it is a `Parameters` or remembers its own, these.
  static func found(in model: Any) -> Parameters {
    if let known = model as? Parameters { return known }
    // Values that are no objects are not cast, since that would bridge them to one.
    if type(of: model) is AnyObject.Type, let caching = model as? any ParameterCaching {
      return caching.parameters
    }
    return Parameters(walking: model)
  }

  private init(_ other: Parameters) {
    entries = other.entries
    buffers = other.buffers
    owners = other.owners
    indices = other.indices
  }

  convenience init(walking model: Any) {
    var walk = ParameterWalk()
    walk.visit(model, path: "")
    self.init(entries: walk.entries, buffers: walk.buffers, owners: walk.owners)
  }

  /// How many values a walk through a model looks at.
  package static func visitCount(walking model: Any) -> Int {
    var walk = ParameterWalk()
    walk.visit(model, path: "")
    return walk.visitCount
  }

  /// The number of parameters (tensors, not elements).
  public var count: Int { entries.count }

  /// The names, in order.
  public var names: [String] { entries.map(\.name) }

  /// The names of the buffers: what is saved and not trained, such as running means.
  public var bufferNames: [String] { buffers.map(\.name) }

  /// Makes every parameter a constant for training, or trainable again.
  public func freeze(_ isFrozen: Bool = true) {
    for entry in entries { entry.parameter.isFrozen = isFrozen }
  }

  /// The number of elements of all parameters together.
  public var elementCount: Int { entries.reduce(0) { $0 + $1.parameter.shape.elementCount } }

  func index(of parameter: AnyObject) -> Int? { indices[ObjectIdentifier(parameter)] }

  /// Draws every parameter anew by its initializer, in order.
  public func initialize(using random: inout RandomGenerator) {
    for entry in entries { entry.parameter.initialize(using: &random) }
  }
}

/// A model that walks itself once and remembers the result.
protocol ParameterCaching: AnyObject {
  var parameters: Parameters { get }
}

/// A type that names the parts in which its parameters are, in place of its stored properties.
///
/// A part with an empty name stands for its owner: no component is added to the path.
///
/// ```swift
/// struct Norm: NamedParts {
///   let scale = Parameter(Tensor<Float>.ones([8]))
///   var namedParts: [(name: String, part: Any)] { [("gamma", scale)] }
/// }
/// ```
public protocol NamedParts {
  /// The names of the parts, each a component of a path, and the parts.
  var namedParts: [(name: String, part: Any)] { get }
}

/// A container that wants to know under which path it was found.
protocol PathHolder: AnyObject {
  func setPath(_ path: String)
}

extension Parameters: NamedParts {
  public var namedParts: [(name: String, part: Any)] {
    entries.map { ($0.name, $0.parameter) } + buffers.map { ($0.name, $0.buffer) }
  }
}
