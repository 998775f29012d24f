/// A strict reader of the Python dictionary in an `.npy` header.
///
/// It knows what NumPy writes and nothing more of Python: an object of the keys `descr`,
/// `fortran_order` and `shape`, each once and in any order, a string, `True` or `False`, and a tuple
/// of whole numbers. Nothing is evaluated, and nothing in the input drives recursion.
struct NPYHeaderParser {
  private let bytes: [UInt8]
  private var position = 0
  /// Where `bytes` begin in the file; positions in messages count from the file's start.
  private let base: Int
  /// Whether numbers may end in `L`, as Python 2 wrote them.
  private let allowsLongSuffix: Bool
  private let place: NPYError.Place

  init(_ bytes: [UInt8], base: Int, allowsLongSuffix: Bool, place: NPYError.Place) {
    self.bytes = bytes
    self.base = base
    self.allowsLongSuffix = allowsLongSuffix
    self.place = place
  }

  /// Reads the whole dictionary.
  mutating func header() throws(NPYError) -> NPYHeader {
    var type: (dtype: DType, isBigEndian: Bool)?
    var isFortranOrder: Bool?
    var extents: [Int]?
    try expect("{", "'{'")
    while !skip("}") {
      skipSpace()
      let start = position
      let key = try string("a key")
      let isNew =
        switch key {
        case "descr": type == nil
        case "fortran_order": isFortranOrder == nil
        case "shape": extents == nil
        default: throw malformed(at: start, "the key \"\(key.onOneLine())\" is unknown")
        }
      guard isNew else { throw malformed(at: start, "the key \"\(key)\" comes twice") }
      try expect(":", "':'")
      switch key {
      case "descr": type = try elementType()
      case "shape": extents = try tuple()
      default: isFortranOrder = try boolean()
      }
      if skip(",") { continue }
      try expect("}", "',' or '}'")
      break
    }
    skipSpace()
    if position < bytes.count { throw unexpected("nothing more after the dictionary") }
    guard let type else { throw missing("descr") }
    guard let isFortranOrder else { throw missing("fortran_order") }
    guard let extents else { throw missing("shape") }
    return NPYHeader(
      dtype: type.dtype, shape: try shape(extents, of: type.dtype),
      isFortranOrder: isFortranOrder, isBigEndian: type.isBigEndian)
  }

  private func shape(_ extents: [Int], of dtype: DType) throws(NPYError) -> Shape {
    guard extents.count <= Dimensions.capacity else {
      throw .unsupportedRank(place, rank: extents.count)
    }
    // Empty extents count as one in the check, because strides are products of the others.
    var size = dtype.byteCount
    for extent in extents {
      let (product, overflow) = size.multipliedReportingOverflow(by: max(extent, 1))
      guard !overflow else {
        throw .malformed(
          place, reason: "the header's shape \(extents) of \(dtype) is too large to address")
      }
      size = product
    }
    return Shape(extents)
  }

  // MARK: - Values

  private mutating func elementType() throws(NPYError) -> (dtype: DType, isBigEndian: Bool) {
    skipSpace()
    if let byte = peek(), "[(".utf8.contains(byte) {
      throw .unsupportedDType(place, found: "of a structure with fields")
    }
    let text = try string("a dtype string")
    guard let order = text.utf8.first, "<>=|".utf8.contains(order),
      let dtype = DType.allCases.first(where: { $0.npyCode == text.dropFirst() })
    else {
      throw .unsupportedDType(place, found: "'\(text)'")
    }
    let isBigEndian = order == UInt8(ascii: ">") && dtype.byteCount > 1
    // The other marks are of this machine's order, and every platform of Apus is little-endian.
    return (dtype, isBigEndian)
  }

  private mutating func boolean() throws(NPYError) -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)]
    where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw unexpected("True or False")
  }

  /// A tuple of whole numbers; as in Python, a single one needs a comma after it.
  private mutating func tuple() throws(NPYError) -> [Int] {
    try expect("(", "a tuple")
    var values: [Int] = []
    while !skip(")") {
      values.append(try extent())
      if skip(",") { continue }
      guard values.count > 1 else { throw unexpected("','") }
      try expect(")", "',' or ')'")
      break
    }
    return values
  }

  private mutating func extent() throws(NPYError) -> Int {
    skipSpace()
    let start = position
    guard let first = peek() else { throw unexpected("an extent") }
    if first == UInt8(ascii: "-") {
      throw malformed(at: start, "expected an extent of 0 or more, found a negative one")
    }
    guard first.isDigit else { throw unexpected("an extent") }
    var value = 0
    while let byte = peek(), byte.isDigit {
      let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = shifted.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
      guard !overflow, !carry else {
        throw malformed(at: start, "an extent is larger than \(Int.max)")
      }
      value = sum
      position += 1
    }
    if first == UInt8(ascii: "0"), position > start + 1 {
      throw malformed(at: start, "an extent begins with a needless 0")
    }
    if allowsLongSuffix, peek() == UInt8(ascii: "L") { position += 1 }
    return value
  }

  /// A string in single or double quotes; none that NumPy writes here has an escape.
  private mutating func string(_ expected: String) throws(NPYError) -> String {
    skipSpace()
    let start = position
    guard let quote = peek(), "'\"".utf8.contains(quote) else { throw unexpected(expected) }
    position += 1
    while let byte = peek(), byte != quote {
      guard (0x20..<0x7F).contains(byte), byte != UInt8(ascii: "\\") else {
        throw malformed(at: position, "a string holds the byte 0x\(byte.hex)")
      }
      position += 1
    }
    guard peek() == quote else { throw malformed(at: start, "a string does not end") }
    position += 1
    return String(decoding: bytes[(start + 1)..<(position - 1)], as: UTF8.self)
  }

  // MARK: - Tokens

  private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = peek(), " \n".utf8.contains(byte) { position += 1 }
  }

  /// Steps over `token`, where it is the next one.
  private mutating func skip(_ token: Unicode.Scalar) -> Bool {
    skipSpace()
    guard peek() == UInt8(ascii: token) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ token: Unicode.Scalar, _ expected: String) throws(NPYError) {
    guard skip(token) else { throw unexpected(expected) }
  }

  // MARK: - Errors

  private func missing(_ key: String) -> NPYError {
    .malformed(place, reason: "the header lacks the key \"\(key)\"")
  }

  private func malformed(at position: Int, _ reason: String) -> NPYError {
    .malformed(place, reason: "byte \(base + position): \(reason)")
  }

  private func unexpected(_ expected: String) -> NPYError {
    let found =
      switch peek() {
      case nil: "the end of the header"
      case let byte? where byte.isDigit: "a number"
      case let byte? where (0x21..<0x7F).contains(byte): "'\(Character(Unicode.Scalar(byte)))'"
      case let byte?: "0x\(byte.hex)"
      }
    return malformed(at: position, "expected \(expected), found \(found)")
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
