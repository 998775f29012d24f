import Foundation

/// The public members of `Tensor`, read from its sources.
enum PublicSurface {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The names of the functions, operators, properties and subscripts that `Tensor` declares as public;
  /// initializers and subscripts are named by their labels, such as `init(_:shape:)`.
  static func memberNames() throws -> Set<String> {
    var names: Set<String> = []
    for file in try files(in: "Sources/Tensor") {
      var isInTensor = false
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        if let type = line.firstMatch(
          of: /^(?:public )?(?:extension|struct|enum|class|protocol|final class) (\w+)/)
        {
          isInTensor = type.1 == "Tensor"
        }
        guard isInTensor, line.hasPrefix("  public ") else { continue }
        if let member = line.firstMatch(
          of: /^  public (?:static |mutating |prefix |consuming )*(?:func|var) `?([^\s(<:`]+)/)
        {
          names.insert(String(member.1))
        } else if let member = line.firstMatch(of: /^  public (init|subscript)/) {
          names.insert(String(member.1))
        }
      }
    }
    return names
  }

  /// The text of a file of `Tests/TensorTests`.
  static func testText(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: "Tests/TensorTests/\(path)"), encoding: .utf8)
  }

  private static func files(in folder: String) throws -> [URL] {
    let walker = FileManager.default.enumerator(
      at: root.appending(path: folder), includingPropertiesForKeys: nil)
    return (walker?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
  }
}
