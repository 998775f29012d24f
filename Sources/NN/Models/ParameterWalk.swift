import Tensor

/// The depth-first search behind `Parameters`.
struct ParameterWalk {
  private(set) var entries: [Parameters.Entry] = []
  private(set) var buffers: [Parameters.BufferEntry] = []
  private(set) var owners: [Parameters.Owner] = []
  /// How many values were looked at.
  private(set) var visitCount = 0
  private var visited: Set<ObjectIdentifier> = []
  /// The place in `owners` of the innermost type that is visited; −1 outside of all.
  private var owner = -1

  mutating func visit(_ value: Any, path: String) {
    visitCount += 1
    if value is any ParameterFree { return }
    if !(type(of: value) is AnyObject.Type), let named = value as? any NamedParts {
      return within(value, path) { $0.visit(parts: named, path: path) }
    }
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
    case .struct, .enum:
      within(value, path) { $0.visitProperties(of: mirror, path: path) }
    case .tuple, .collection:
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
    if let holder = object as? any PathHolder { holder.setPath(path) }
    switch object {
    case let parameter as any AnyParameter:
      parameter.setName(path)
      entries.append(Parameters.Entry(name: path, parameter: parameter, owner: owner))
    case let buffer as any AnyState:
      buffers.append(Parameters.BufferEntry(name: path, buffer: buffer, owner: owner))
    case let named as any NamedParts:
      within(object, path) { $0.visit(parts: named, path: path) }
    default:
      within(object, path) { $0.visitProperties(of: Mirror(reflecting: object), path: path) }
    }
  }

  /// Visits the parts of a value, which owns what is found in them. A part without a name of its own is
  /// its owner's, and the name of a layer in a container is no type of its own.
  private mutating func within(
    _ value: Any, _ path: String, _ body: (inout ParameterWalk) -> Void
  ) {
    let outer = owner
    if !(value is any Named), owner < 0 || owners[owner].path != path {
      owner = owners.count
      owners.append(Parameters.Owner(path: path, type: type(of: value)))
    }
    body(&self)
    owner = outer
  }

  private mutating func visit(parts: any NamedParts, path: String) {
    for (name, part) in parts.namedParts {
      visit(part, path: name.isEmpty ? path : join(path, name))
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
extension Context: ParameterFree {}
extension Shape: ParameterFree {}
extension PerAxis: ParameterFree {}
extension WindowPadding: ParameterFree {}
extension PaddingMode: ParameterFree {}
extension ResizeMode: ParameterFree {}
extension WindowOptions: ParameterFree {}
extension String: ParameterFree {}
extension Bool: ParameterFree {}
extension Int: ParameterFree {}
extension Int32: ParameterFree {}
extension Int64: ParameterFree {}
extension UInt8: ParameterFree {}
extension Float: ParameterFree {}
extension Double: ParameterFree {}
extension Array: ParameterFree where Element: ParameterFree {}
