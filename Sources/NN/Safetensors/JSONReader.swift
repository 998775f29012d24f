/// A strict reader of the JSON that a safetensors header may hold: objects, arrays, strings and
/// whole numbers without a sign (RFC 8259).
///
/// The caller asks for the value that must come next, so that nesting in the input never drives
/// recursion here: a container is entered only where the format has one.
struct JSONReader {
  private let bytes: [UInt8]
  private var position = 0
  /// Where `bytes` begin in the file; positions in messages count from the file's start.
  private let base: Int

  init(_ bytes: [UInt8], base: Int) {
    self.bytes = bytes
    self.base = base
  }

  /// Reads an object and calls `member` with each key, which must read the key's value. A key
  /// that comes twice is an error.
  mutating func object(
    _ member: (inout JSONReader, _ key: String) throws(MalformedHeader) -> Void
  ) throws(MalformedHeader) {
    try expect("{", "an object")
    var keys: Set<String> = []
    if skip("}") { return }
    repeat {
      skipWhitespace()
      let start = position
      let key = try string("a key")
      guard keys.insert(key).inserted else {
        throw malformed(at: start, "the key \"\(key.onOneLine())\" comes twice")
      }
      try expect(":", "':'")
      try member(&self, key)
    } while skip(",")
    try expect("}", "',' or '}'")
  }

  /// Reads an array and calls `element` for each element, which must read it.
  mutating func array(
    _ element: (inout JSONReader) throws(MalformedHeader) -> Void
  ) throws(MalformedHeader) {
    try expect("[", "an array")
    if skip("]") { return }
    repeat { try element(&self) } while skip(",")
    try expect("]", "',' or ']'")
  }

  /// Reads a whole number from 0 to `Int.max`.
  mutating func nonNegativeInteger() throws(MalformedHeader) -> Int {
    skipWhitespace()
    let start = position
    guard let first = peek(), first.isDigit else { throw unexpected("a non-negative integer") }
    var value = 0
    while let byte = peek(), byte.isDigit {
      let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = shifted.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
      guard !overflow, !carry else {
        throw malformed(at: start, "a number is larger than \(Int.max)")
      }
      value = sum
      position += 1
    }
    if first == UInt8(ascii: "0"), position > start + 1 {
      throw malformed(at: start, "a number begins with a needless 0")
    }
    if let next = peek(), ".eE".utf8.contains(next) {
      throw malformed(at: start, "expected an integer, found a fraction or an exponent")
    }
    return value
  }

  /// Reads a string; `expected` says what it stands for in messages.
  mutating func string(_ expected: String = "a string") throws(MalformedHeader) -> String {
    try expect("\"", expected)
    let start = position
    // Without escapes, as nearly all strings are, the text is a slice of the header.
    while let byte = peek(), byte >= 0x20, !"\"\\".utf8.contains(byte) { position += 1 }
    if peek() == UInt8(ascii: "\"") {
      position += 1
      return try text(bytes[start..<position - 1], at: start)
    }
    var content = Array(bytes[start..<position])
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return try text(content[...], at: start)
      case UInt8(ascii: "\\"):
        content += UTF8.encode(try escape())!
      case ..<0x20:
        throw malformed(at: position, "a string holds the raw control character \(hex(byte))")
      default:
        content.append(byte)
        position += 1
      }
    }
    throw malformed(at: start - 1, "a string does not end")
  }

  /// Checks that nothing but white space is left.
  mutating func end() throws(MalformedHeader) {
    skipWhitespace()
    if position < bytes.count { throw unexpected("nothing more after the object") }
  }

  // MARK: - Tokens

  private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipWhitespace() {
    while let byte = peek(), " \n\r\t".utf8.contains(byte) { position += 1 }
  }

  /// Steps over `token`, where it is the next one.
  private mutating func skip(_ token: Unicode.Scalar) -> Bool {
    skipWhitespace()
    guard peek() == UInt8(ascii: token) else { return false }
    position += 1
    return true
  }

  private mutating func expect(
    _ token: Unicode.Scalar, _ expected: String
  ) throws(MalformedHeader) {
    guard skip(token) else { throw unexpected(expected) }
  }

  /// Reads an escape from its backslash on, both halves of a surrogate pair together.
  private mutating func escape() throws(MalformedHeader) -> Unicode.Scalar {
    let start = position
    position += 1
    guard let letter = peek() else { throw malformed(at: start, "an escape does not end") }
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): break
    default: throw malformed(at: start, "an unknown escape in a string")
    }
    let unit = try hexDigits(of: start)
    if let scalar = Unicode.Scalar(unit) { return scalar }
    // Only surrogates are left: a high one must be followed by the escape of a low one.
    if unit < 0xDC00, bytes[position...].starts(with: "\\u".utf8) {
      position += 2
      let low = try hexDigits(of: start)
      if (0xDC00...0xDFFF).contains(low) {
        return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))!
      }
    }
    throw malformed(at: start, "half of a surrogate pair in a string")
  }

  private mutating func hexDigits(of escapeStart: Int) throws(MalformedHeader) -> UInt32 {
    let digits = bytes[position...].prefix(4)
    var value: UInt32 = 0
    for digit in digits {
      guard let digitValue = Character(Unicode.Scalar(digit)).hexDigitValue else { break }
      value = value << 4 + UInt32(digitValue)
      position += 1
    }
    guard digits.count == 4, position == digits.endIndex else {
      throw malformed(at: escapeStart, "an escape in a string needs four hexadecimal digits")
    }
    return value
  }

  private func text(_ utf8: ArraySlice<UInt8>, at start: Int) throws(MalformedHeader) -> String {
    guard let text = String(validating: utf8, as: UTF8.self) else {
      throw malformed(at: start, "a string is not valid UTF-8")
    }
    return text
  }

  // MARK: - Errors

  private func malformed(at position: Int, _ reason: String) -> MalformedHeader {
    MalformedHeader(reason: "byte \(base + position): \(reason)")
  }

  private func unexpected(_ expected: String) -> MalformedHeader {
    let found =
      switch peek() {
      case nil: "the end of the header"
      case UInt8(ascii: "-"): "a negative number"
      case let byte? where byte.isDigit: "a number"
      case UInt8(ascii: "\""): "a string"
      case let byte? where (0x21..<0x7F).contains(byte): "'\(Character(Unicode.Scalar(byte)))'"
      case let byte?: hex(byte)
      }
    return malformed(at: position, "expected \(expected), found \(found)")
  }

  private func hex(_ byte: UInt8) -> String {
    "0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
