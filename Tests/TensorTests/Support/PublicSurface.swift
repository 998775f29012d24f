import Foundation

/// What the sources of `Tensor` declare as public, and what its tests call: both are read from the texts,
/// as `swift format` lays them out.
enum PublicSurface {
  /// A public function, operator, initializer, property, subscript or case.
  struct Member: Hashable {
    /// The type that it is a member of; empty if there is none.
    var type: String
    /// `init` and `subscript` for those.
    var name: String
    /// The labels of its parameters, without those of closures, which may trail.
    var labels: [String]
  }

  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Everything that the sources in a folder declare as public, but types, and names that start with `_`;
  /// each with its text up to the brace.
  static func declarations(in folder: String = "Sources/Tensor") throws -> [(Member, String)] {
    var declarations: [(Member, String)] = []
    for text in try texts(in: folder) {
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      // The types around a line, by their indentation.
      var types: [(indentation: Int, name: String, isPublicEnum: Bool)] = []
      for (number, line) in lines.enumerated() {
        let indentation = line.prefix { $0 == " " }.count
        let words = line.split(separator: " ")
        guard let first = words.first, !first.hasPrefix("//") else { continue }
        if first != ")" { types.removeAll { $0.indentation >= indentation } }
        if let place = words.prefix(4).firstIndex(where: typeWords.contains) {
          let name = words[place + 1].prefix { $0.isLetter || $0.isNumber }
          let isPublicEnum = words[place] == "enum" && words[..<place].contains("public")
          types.append((indentation, String(name), isPublicEnum))
        }
        let type = types.last { $0.indentation < indentation }
        let isCase =
          first == "case" && type?.isPublicEnum == true && !line.contains("case .")
          && !line.hasSuffix(":")
        guard isCase || words.contains("public") else { continue }
        let declaration = declaration(from: number, in: lines)
        for member in parsed(declaration, in: type?.name ?? "") where !member.name.hasPrefix("_") {
          declarations.append((member, declaration))
        }
      }
    }
    return declarations
  }

  private static let typeWords: Set<Substring> = [
    "extension", "struct", "enum", "class", "protocol",
  ]

  /// A line and those after it, up to where its parentheses are closed.
  private static func declaration(from number: Int, in lines: [Substring]) -> String {
    var text = ""
    var depth = 0
    for line in lines[number...] {
      text += line.drop { $0 == " " } + " "
      for character in line.utf8 {
        if character == UInt8(ascii: "(") { depth += 1 }
        if character == UInt8(ascii: ")") { depth -= 1 }
      }
      if depth <= 0 { break }
    }
    return text
  }

  private static func parsed(_ text: String, in type: String) -> [Member] {
    let words = text.split(separator: " ")
    if words[0] == "case" {
      // `case a, b` and `case a(label: Int)`.
      return pieces(of: text.dropFirst(5)).map { piece in
        let name = piece.prefix { $0.isLetter || $0.isNumber }
        return Member(type: type, name: String(name), labels: labels(of: piece, isSubscript: false))
      }
    }
    var name: Substring
    if let place = words.firstIndex(where: { ["func", "var", "let"].contains($0) }) {
      name = words[place + 1].drop { $0 == "`" }
      // The operator `<<` is named by signs that end other names.
      let isOperator = name.first.map { !$0.isLetter && $0 != "_" } ?? false
      name = isOperator ? name : name.prefix { !"(<:`".contains($0) }
    } else if let word = words.first(where: { $0.hasPrefix("init") || $0.hasPrefix("subscript") }) {
      name = word.prefix { $0.isLetter }
    } else {
      return []
    }
    let isVariable = words.contains("var") || words.contains("let")
    let rest = isVariable ? "" : text.drop { $0 != "(" }
    return [
      Member(
        type: type, name: String(name), labels: labels(of: rest, isSubscript: name == "subscript"))
    ]
  }

  private static func labels(of text: Substring, isSubscript: Bool) -> [String] {
    guard let start = text.firstIndex(of: "(") else { return [] }
    var depth = 0
    let end = text[start...].firstIndex { character in
      depth += character == "(" ? 1 : character == ")" ? -1 : 0
      return depth == 0
    }
    return pieces(of: text[text.index(after: start)..<(end ?? text.endIndex)]).compactMap { piece in
      guard let colon = piece.firstIndex(of: ":"), !piece.contains("->") else { return nil }
      let names = piece[..<colon].split(separator: " ")
      guard let label = names.first, label != "_", !isSubscript || names.count > 1 else {
        return nil
      }
      return String(label)
    }
  }

  /// The parts between commas that no bracket encloses.
  private static func pieces(of text: Substring) -> [Substring] {
    var depth = 0
    return text.split { character in
      depth += "([<".contains(character) ? 1 : ")]>".contains(character) ? -1 : 0
      return character == "," && depth == 0
    }.map { $0.drop { $0 == " " } }
  }

  /// The names before opening parentheses in the tests, each with the labels that it is given there;
  /// `subscript` stands for brackets.
  static func calls() throws -> [String: Set<String>] {
    var calls: [String: Set<String>] = [:]
    for text in try texts(in: "Tests/TensorTests", where: { $0 != "PublicSurfaceTests.swift" }) {
      let scanner = CallScanner(text)
      scanner.run(&calls)
    }
    return calls
  }

  /// The words of all tests.
  static func words() throws -> Set<String> {
    var words: Set<String> = []
    for text in try texts(in: "Tests/TensorTests", where: { $0 != "PublicSurfaceTests.swift" }) {
      for word in text.utf8.split(whereSeparator: { !CallScanner.isName($0) }) {
        words.insert(String(decoding: word, as: UTF8.self))
      }
    }
    return words
  }

  /// The text of a file of `Tests/TensorTests`.
  static func testText(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: "Tests/TensorTests/\(path)"), encoding: .utf8)
  }

  private static func texts(
    in folder: String, where isWanted: (_ file: String) -> Bool = { _ in true }
  ) throws -> [String] {
    let walker = FileManager.default.enumerator(
      at: root.appending(path: folder), includingPropertiesForKeys: nil)
    return try (walker?.allObjects as? [URL] ?? [])
      .filter { $0.pathExtension == "swift" && isWanted($0.lastPathComponent) }
      .map { try String(contentsOf: $0, encoding: .utf8) }
  }
}

/// Finds calls and their labels in a text, in one pass.
private struct CallScanner {
  private let text: [UInt8]

  init(_ text: String) { self.text = Array(text.utf8) }

  static func isName(_ character: UInt8) -> Bool {
    switch character {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  func run(_ calls: inout [String: Set<String>]) {
    // The calls around a place; nil for other brackets, `\` for values inside a string.
    var open: [String?] = []
    var isInString = false
    var place = 0
    while place < text.count {
      let character = text[place]
      switch Character(UnicodeScalar(character)) {
      case "\\" where isInString:
        place += 1
        if place < text.count && text[place] == UInt8(ascii: "(") {
          open.append("\\")
          isInString = false
        }
      case "\"": isInString.toggle()
      case _ where isInString: break
      case "/" where place + 1 < text.count && text[place + 1] == character:
        while place < text.count && text[place] != UInt8(ascii: "\n") { place += 1 }
      case "(":
        let name = name(before: place)
        open.append(name)
        if calls[name] == nil { calls[name] = [] }
      case "[": open.append("subscript")
      case "{": open.append(nil)
      case ")", "]", "}":
        if let last = open.popLast(), last == "\\" { isInString = true }
      case ":":
        if let call = open.last, let call, place > 0, Self.isName(text[place - 1]) {
          calls[call, default: []].insert(self.name(before: place))
        }
      default: break
      }
      place += 1
    }
  }

  /// The name that ends before a place, without the types in angle brackets behind it.
  private func name(before place: Int) -> String {
    var end = place
    if end > 0 && text[end - 1] == UInt8(ascii: ">") {
      var depth = 0
      repeat {
        end -= 1
        depth += text[end] == UInt8(ascii: ">") ? 1 : text[end] == UInt8(ascii: "<") ? -1 : 0
      } while end > 0 && depth > 0
    }
    var start = end
    while start > 0 && Self.isName(text[start - 1]) { start -= 1 }
    return String(decoding: text[start..<end], as: UTF8.self)
  }
}
