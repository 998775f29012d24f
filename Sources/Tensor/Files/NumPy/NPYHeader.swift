/// What an `.npy` file says of its array.
///
/// Source: NumPy's format description, https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
public struct NPYHeader: Equatable, Sendable {
  /// The type of the elements.
  public let dtype: DType
  public let shape: Shape
  /// Whether the first index changes fastest in the file, rather than the last.
  public let isFortranOrder: Bool
  /// Whether the elements are stored with their most significant byte first.
  public let isBigEndian: Bool

  package init(dtype: DType, shape: Shape, isFortranOrder: Bool, isBigEndian: Bool) {
    self.dtype = dtype
    self.shape = shape
    self.isFortranOrder = isFortranOrder
    self.isBigEndian = isBigEndian
  }

  /// The bytes of the elements.
  var dataByteCount: Int { shape.elementCount * dtype.byteCount }

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// The longest dictionary that is read, in bytes: all that version 1.0 can hold. Versions 2.0
  /// and 3.0 exist for structures with many fields, which tensors cannot hold anyway.
  static let byteLimit = 65_535
  /// NumPy begins the data at a multiple of this, so that files can be mapped.
  private static let alignment = 64
  /// NumPy leaves so much room for the slowest extent, so that arrays can grow in place.
  private static let growthDigits = 21

  // MARK: - Reading

  /// Reads a header from the start of `source`, which is then at the first element, and checks it
  /// against the number of bytes that follow.
  init(from source: some NPYSource) throws(NPYError) {
    let place = source.place
    let start = try source.bytes(min(8, source.byteCount))
    guard start.starts(with: Self.magic) else {
      let found = start.isEmpty ? "nothing" : start.prefix(6).map(\.hex).joined(separator: " ")
      throw .wrongFormat(place, found: found, expected: "93 4E 55 4D 50 59 (\\x93NUMPY)")
    }
    guard start.count == 8 else {
      throw .malformed(place, reason: "it ends at byte \(start.count), within the npy version")
    }
    let (major, minor) = (Int(start[6]), Int(start[7]))
    guard (1...3).contains(major), minor == 0 else {
      throw .unknownVersion(place, major: major, minor: minor)
    }
    let width = major == 1 ? 2 : 4
    guard source.byteCount >= 8 + width else {
      throw .malformed(
        place, reason: "it ends at byte \(source.byteCount), within the header's length")
    }
    let length = Int(littleEndian: try source.bytes(width)[...])
    guard length <= Self.byteLimit else {
      throw .malformed(
        place, reason: "the header claims \(length) bytes, expected at most \(Self.byteLimit)")
    }
    let rest = source.byteCount - 8 - width
    guard length <= rest else {
      throw .malformed(place, reason: "the header claims \(length) bytes, but \(rest) follow")
    }
    var parser = NPYHeaderParser(
      try source.bytes(length), base: 8 + width, allowsLongSuffix: major < 3, place: place)
    self = try parser.header()
    let found = rest - length
    guard found == dataByteCount else {
      throw .malformed(
        place,
        reason: "\(dtype) of shape \(shape) takes \(dataByteCount) bytes, but \(found) follow "
          + "the header")
    }
  }

  // MARK: - Writing

  /// The header as NumPy writes it: version 1.0, padded so that the data begin at a multiple of 64.
  var bytes: [UInt8] {
    let extents = shape.map(String.init)
    let tuple = extents.count == 1 ? "(\(extents[0]),)" : "(\(extents.joined(separator: ", ")))"
    let order = isBigEndian ? ">" : dtype.byteCount == 1 ? "|" : "<"
    var text =
      "{'descr': '\(order)\(dtype.npyCode)', 'fortran_order': \(isFortranOrder ? "True" : "False"),"
      + " 'shape': \(tuple), }"
    if let slowest = isFortranOrder ? extents.last : extents.first {
      text += String(repeating: " ", count: Self.growthDigits - slowest.utf8.count)
    }
    let prefix = Self.magic.count + 4
    // A header that would fit exactly gets a whole 64 bytes more, as in NumPy.
    let padding = Self.alignment - (prefix + text.utf8.count + 1) % Self.alignment
    text += String(repeating: " ", count: padding) + "\n"
    // At most 8 extents of 19 digits: the length fits two bytes by far.
    let length = text.utf8.count
    return Self.magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8)
  }
}

extension DType {
  /// Kind and size as NumPy's array interface writes them.
  var npyCode: String {
    switch self {
    case .float32: "f4"
    case .float64: "f8"
    case .int32: "i4"
    case .int64: "i8"
    case .uint8: "u1"
    case .bool: "b1"
    }
  }
}

extension UInt8 {
  /// Two hexadecimal digits.
  var hex: String { (self < 16 ? "0" : "") + String(self, radix: 16, uppercase: true) }
}

extension Int {
  /// The value of at most 7 bytes, the least significant first.
  init(littleEndian bytes: ArraySlice<UInt8>) {
    self = bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
