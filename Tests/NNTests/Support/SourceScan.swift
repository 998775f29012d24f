import Foundation

/// What the sources declare as public, found by their lines, as `swift format` lays them out.
enum SourceScan {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The texts of the Swift files in a folder of the package.
  static func texts(
    in folder: String, where isWanted: (_ file: String) -> Bool = { _ in true }
  ) throws -> [String] {
    let walker = FileManager.default.enumerator(
      at: root.appending(path: folder), includingPropertiesForKeys: nil)
    return try (walker?.allObjects ?? []).compactMap {
      guard let file = $0 as? URL, file.pathExtension == "swift", isWanted(file.lastPathComponent)
      else { return nil }
      return try String(contentsOf: file, encoding: .utf8)
    }
  }

  /// Calls a closure with each public function, operator, property and subscript, and the type or
  /// extension that it is in; an empty one for those that are in none.
  static func eachDeclaration(
    in folder: String, _ body: (_ type: String, _ member: String) -> Void
  ) throws {
    let types: Set<Substring> = ["extension", "struct", "enum", "class", "protocol"]
    for text in try texts(in: folder) {
      var type = ""
      for line in text.split(separator: "\n") where !line.hasPrefix("   ") {
        let words = line.split(separator: " ")
        if line.hasPrefix("}") {
          type = ""
        } else if !line.hasPrefix(" "),
          let place = words.prefix(3).firstIndex(where: types.contains)
        {
          type = words[place + 1].prefix { $0.isLetter || $0.isNumber }.description
        }
        guard line.hasPrefix("public ") || line.hasPrefix("  public ") else { continue }
        if let place = words.firstIndex(where: { ["func", "var", "let"].contains($0) }) {
          let name = words[place + 1].drop { $0 == "`" }.prefix { !"(<:`".contains($0) }
          if !name.isEmpty { body(type, name.description) }
        } else if words.contains(where: { $0.hasPrefix("subscript") }) {
          body(type, "subscript")
        }
      }
    }
  }
}
