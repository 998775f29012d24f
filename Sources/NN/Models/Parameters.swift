import Tensor

/// The parameters of a model, found once, in the order of its stored properties.
///
/// The walk goes through structs, classes, enums, arrays, sets of optionals, dictionaries and tuples.
/// A parameter's name is the path to it, such as `encoder.layers.0.weight`; the layers of a
/// `Sequential` count without a property name before them, as in PyTorch. A parameter that can be
/// reached in several ways counts once, under its first name. Stops with a message where the walk
/// meets something it cannot look into, such as a closure, because parameters could hide there.
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
  }

  let entries: [Entry]
  private let indices: [ObjectIdentifier: Int]

  private init(entries: [Entry]) {
    self.entries = entries
    indices = Dictionary(
      uniqueKeysWithValues: entries.enumerated().map {
        (ObjectIdentifier($0.element.parameter), $0.offset)
      })
  }

  /// Finds the parameters of a model. If `model` is a `Parameters` already, takes what it holds.
  public convenience init(of model: Any) {
    switch model {
    case let known as Parameters:
      self.init(known)
    case let caching as any ParameterCaching:
      self.init(caching.parameters)
    default:
      self.init(walking: model)
    }
  }

  private init(_ other: Parameters) {
    entries = other.entries
    indices = other.indices
  }

  convenience init(walking model: Any) {
    var walk = ParameterWalk()
    walk.visit(model, path: "")
    self.init(entries: walk.entries)
  }

  /// The number of parameters (tensors, not elements).
  public var count: Int { entries.count }

  /// The names, in order.
  public var names: [String] { entries.map(\.name) }

  /// The number of elements of all parameters together.
  public var elementCount: Int { entries.reduce(0) { $0 + $1.parameter.shape.elementCount } }

  func index(of parameter: AnyObject) -> Int? { indices[ObjectIdentifier(parameter)] }

  /// Draws every parameter anew by its initializer, in order.
  public func initialize(using random: inout RandomGenerator) {
    for entry in entries { entry.parameter.initialize(using: &random) }
  }
}

/// A model that walks itself once and remembers the result.
protocol ParameterCaching {
  var parameters: Parameters { get }
}

/// A container whose children are named by the container itself and not by its stored properties.
protocol ParameterContainer {
  var parameterChildren: [(name: String, child: Any)] { get }
}

/// The depth-first search behind `Parameters`.
private struct ParameterWalk {
  var entries: [Parameters.Entry] = []
  private var visited: Set<ObjectIdentifier> = []

  mutating func visit(_ value: Any, path: String) {
    if let parameter = value as? any AnyParameter {
      if visited.insert(ObjectIdentifier(parameter)).inserted {
        entries.append(Parameters.Entry(name: path, parameter: parameter))
      }
      return
    }
    if let container = value as? any ParameterContainer {
      for (name, child) in container.parameterChildren { visit(child, path: join(path, name)) }
      return
    }
    if value is any ParameterFree { return }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .class:
      guard visited.insert(ObjectIdentifier(value as AnyObject)).inserted else { return }
      visitProperties(of: mirror, path: path)
    case .optional:
      if let some = mirror.children.first { visit(some.value, path: path) }
    case .dictionary:
      visitDictionary(mirror, path: path)
    case .struct, .tuple, .enum, .collection, .set:
      visitProperties(of: mirror, path: path)
    case .none where String(reflecting: type(of: value)).contains("->"):
      fatalError(
        "Parameters: cannot look into the closure at \(path) for parameters; "
          + "hold them in stored properties and let the closure's type conform to a layer")
    default:
      break  // Numbers, strings and other values without parts.
    }
  }

  private mutating func visitProperties(of mirror: Mirror, path: String) {
    if let superclass = mirror.superclassMirror { visitProperties(of: superclass, path: path) }
    for (index, child) in mirror.children.enumerated() {
      visit(child.value, path: join(path, name(of: child.label, at: index)))
    }
  }

  private mutating func visitDictionary(_ mirror: Mirror, path: String) {
    // A dictionary has no order of its own: the names give it one.
    let pairs = mirror.children.compactMap { child -> (key: String, value: Any)? in
      let pair = Array(Mirror(reflecting: child.value).children)
      return pair.count == 2 ? ("\(pair[0].value)", pair[1].value) : nil
    }
    for (key, value) in pairs.sorted(by: { $0.key < $1.key }) { visit(value, path: join(path, key)) }
  }

  /// `.0` of a tuple counts as `0`; what lazy properties and wrappers add to a name is taken off.
  private func name(of label: String?, at index: Int) -> String {
    guard let label else { return "\(index)" }
    if label.hasPrefix("$__lazy_storage_$_") { return String(label.dropFirst(18)) }
    return label.hasPrefix(".") ? String(label.dropFirst()) : label
  }

  private func join(_ path: String, _ name: String) -> String {
    path.isEmpty ? name : "\(path).\(name)"
  }
}

/// Values that hold no parameters, whatever their parts look like.
private protocol ParameterFree {}
extension Tensor: ParameterFree {}
extension Variable: ParameterFree {}
extension RandomGenerator: ParameterFree {}
extension Initializer: ParameterFree {}
extension String: ParameterFree {}
