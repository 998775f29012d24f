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
  }

  let entries: [Entry]
  private let indices: [ObjectIdentifier: Int]

  private init(entries: [Entry]) {
    var names: Set<String> = []
    if let twice = entries.first(where: { !names.insert($0.name).inserted }) {
      fatalError(
        "Parameters: two parameters are named \(twice.name); rename a property or key, since "
          + "weights are saved by name")
    }
    self.entries = entries
    indices = Dictionary(
      uniqueKeysWithValues: entries.enumerated().map {
        (ObjectIdentifier($0.element.parameter), $0.offset)
      })
  }

  /// Finds the parameters of a model. If `model` is a `Parameters` already, takes what it holds.
  public convenience init(of model: Any) {
    // Values that are no objects are not cast, since that would bridge them to one.
    let object = type(of: model) is AnyObject.Type ? model as AnyObject : nil
    switch object {
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
protocol ParameterCaching: AnyObject {
  var parameters: Parameters { get }
}

/// A container whose children are named by the container itself and not by its stored properties.
protocol ParameterContainer: AnyObject {
  var parameterChildren: [(name: String, child: Any)] { get }
}

extension Parameters: ParameterContainer {
  var parameterChildren: [(name: String, child: Any)] { entries.map { ($0.name, $0.parameter) } }
}

/// The depth-first search behind `Parameters`.
private struct ParameterWalk {
  var entries: [Parameters.Entry] = []
  private var visited: Set<ObjectIdentifier> = []

  mutating func visit(_ value: Any, path: String) {
    if value is any ParameterFree { return }
    // Asked first, since casting a value to a class protocol would bridge it to an object.
    if type(of: value) is AnyObject.Type { return visit(object: value as AnyObject, path: path) }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional:
      if let some = mirror.children.first { visit(some.value, path: path) }
    case .dictionary:
      visitDictionary(mirror, path: path)
    case .set:
      visitSet(mirror, path: path)
    case .struct, .tuple, .enum, .collection:
      visitProperties(of: mirror, path: path)
    case .none where String(reflecting: type(of: value)).contains("->"):
      fatalError(
        "Parameters: cannot look into the closure at \(path) for parameters; "
          + "hold them in stored properties and let the closure's type conform to a layer")
    default:
      break  // Metatypes and other values without parts.
    }
  }

  private mutating func visit(object: AnyObject, path: String) {
    guard visited.insert(ObjectIdentifier(object)).inserted else { return }
    switch object {
    case let parameter as any AnyParameter:
      entries.append(Parameters.Entry(name: path, parameter: parameter))
    case let container as any ParameterContainer:
      for (name, child) in container.parameterChildren { visit(child, path: join(path, name)) }
    default:
      visitProperties(of: Mirror(reflecting: object), path: path)
    }
  }

  private mutating func visitProperties(of mirror: Mirror, path: String) {
    if let superclass = mirror.superclassMirror { visitProperties(of: superclass, path: path) }
    for (index, child) in mirror.children.enumerated() {
      let path = join(path, name(of: child.label, at: index))
      if isLazy(child.label), Mirror(reflecting: child.value).children.isEmpty {
        fatalError(
          "Parameters: the lazy property \(path) is not made yet; read it once before, or make it "
            + "a plain stored property")
      }
      visit(child.value, path: path)
    }
  }

  private mutating func visitSet(_ mirror: Mirror, path: String) {
    let count = entries.count
    visitProperties(of: mirror, path: path)
    guard entries.count == count else {
      fatalError(
        "Parameters: the set at \(path) holds parameters in no order; hold them in an array or a "
          + "dictionary")
    }
  }

  private mutating func visitDictionary(_ mirror: Mirror, path: String) {
    // A dictionary has no order of its own: the names give it one.
    let pairs = mirror.children.compactMap { child -> (key: String, value: Any)? in
      let pair = Array(Mirror(reflecting: child.value).children)
      return pair.count == 2 ? ("\(pair[0].value)", pair[1].value) : nil
    }
    for (key, value) in pairs.sorted(by: { $0.key < $1.key }) {
      visit(value, path: join(path, key))
    }
  }

  private static let lazyPrefix = "$__lazy_storage_$_"

  private func isLazy(_ label: String?) -> Bool { label?.hasPrefix(Self.lazyPrefix) ?? false }

  /// `.0` of a tuple counts as `0`; what the compiler adds to the name of a lazy property goes.
  private func name(of label: String?, at index: Int) -> String {
    guard let label else { return "\(index)" }
    if isLazy(label) { return String(label.dropFirst(Self.lazyPrefix.count)) }
    return label.hasPrefix(".") ? String(label.dropFirst()) : label
  }

  private func join(_ path: String, _ name: String) -> String {
    path.isEmpty ? name : "\(path).\(name)"
  }
}

/// Values that hold no parameters, whatever their parts look like. Long arrays of them are not
/// walked through.
private protocol ParameterFree {}
extension Tensor: ParameterFree {}
extension Variable: ParameterFree {}
extension RandomGenerator: ParameterFree {}
extension Initializer: ParameterFree {}
extension String: ParameterFree {}
extension Bool: ParameterFree {}
extension Int: ParameterFree {}
extension Int32: ParameterFree {}
extension Int64: ParameterFree {}
extension UInt8: ParameterFree {}
extension Float: ParameterFree {}
extension Double: ParameterFree {}
extension Array: ParameterFree where Element: ParameterFree {}
