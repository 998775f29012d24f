#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Where in a model the calling thread computes, for messages, profiles and graphs.
///
/// Containers name the layer that they call; layers with parameters name themselves by the path that
/// the last search for parameters found.
final class LayerScope {
  private(set) var path = ""
  private(set) var kind = ""

  /// Who watches the operations of the thread.
  var observer: OperationObserver?

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key) { scope in
      #if canImport(Darwin)
        Unmanaged<LayerScope>.fromOpaque(scope).release()
      #else
        if let scope { Unmanaged<LayerScope>.fromOpaque(scope).release() }
      #endif
    }
    return key
  }()

  /// The scope of the calling thread.
  static var current: LayerScope {
    if let known = pthread_getspecific(key) {
      return Unmanaged<LayerScope>.fromOpaque(known).takeUnretainedValue()
    }
    let made = LayerScope()
    pthread_setspecific(key, Unmanaged.passRetained(made).toOpaque())
    return made
  }

  /// Runs the work of the layer of type `kind` at `path`.
  static func within<Result>(
    _ path: String, _ kind: String, _ body: () throws -> Result
  ) rethrows -> Result {
    let scope = current
    let (outerPath, outerKind) = (scope.path, scope.kind)
    scope.path = path
    scope.kind = kind
    defer {
      scope.path = outerPath
      scope.kind = outerKind
    }
    guard let observer = scope.observer else { return try body() }
    return try observer.within(path, kind, body)
  }

  /// Runs the work of a layer of type `kind` that has no parameter to know its path by: that of the
  /// container which calls it stays.
  static func within<Result>(_ kind: String, _ body: () throws -> Result) rethrows -> Result {
    try within(current.path, kind, body)
  }

  /// Runs the work of a layer of type `kind` that may have a parameter.
  static func within<Scalar, Result>(
    of parameter: Parameter<Scalar>?, _ kind: String, _ body: () throws -> Result
  ) rethrows -> Result {
    guard let parameter else { return try within(kind, body) }
    return try within(parameter.layerPath, kind, body)
  }

  /// The layer, as messages name it: its path and its type; empty outside of layers.
  var description: String {
    switch (path.isEmpty, kind.isEmpty) {
    case (true, true): ""
    case (true, false): kind
    case (false, true): path
    case (false, false): "\(path) (\(kind))"
    }
  }

  /// The path without its last component: that of what holds a layer or parameter.
  static func parent(of path: String) -> String {
    path.lastIndex(of: ".").map { String(path[..<$0]) } ?? ""
  }

  /// The name of a layer's type without its scalar.
  static func kind(of layer: Any) -> String { kind(ofType: type(of: layer)) }

  static func kind(ofType type: Any.Type) -> String { String("\(type)".prefix { $0 != "<" }) }
}

/// Stops with a message that names the layer at work, if there is one.
func stop(
  _ message: @autoclosure () -> String, file: StaticString = #file, line: UInt = #line
) -> Never {
  let layer = LayerScope.current.description
  fatalError(layer.isEmpty ? message() : "\(layer): \(message())", file: file, line: line)
}
