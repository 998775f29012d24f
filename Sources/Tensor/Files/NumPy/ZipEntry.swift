/// One member of a ZIP archive as its central directory declares it.
///
/// Source: APPNOTE.TXT, ZIP File Format Specification 6.3.10, PKWARE.
struct ZipEntry: Sendable {
  enum Method: Int, Sendable {
    case stored = 0
    case deflated = 8
  }

  let name: String
  let method: Method
  let crc32: UInt32
  /// The bytes in the archive and the bytes that they stand for.
  let compressedByteCount: Int
  let byteCount: Int
  /// Where the local header begins.
  let headerOffset: Int
  /// Whether sizes and checksum follow the data, and are zero in the local header.
  let hasDescriptor: Bool
  /// The bytes of the name, as both headers hold them.
  fileprivate let nameBytes: ArraySlice<UInt8>

  /// Deflate's best case is 258 bytes from two bits, so that no stream of n bytes expands past 1032 n.
  static let largestExpansion = 1032
}

/// Fields of a ZIP structure, least significant byte first.
struct ZipFields {
  let bytes: ArraySlice<UInt8>
  private(set) var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  var rest: Int { bytes.endIndex - position }

  /// The next `count` bytes, or nil where fewer are left.
  mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard count <= rest else { return nil }
    defer { position += count }
    return bytes[position..<position + count]
  }

  /// The next number of 2 or 4 bytes; the caller has checked that they are there.
  mutating func number(_ width: Int) -> Int {
    defer { position += width }
    return Int(littleEndian: bytes[position..<position + width])
  }

  /// The next number of 8 bytes, or nil where it is more than `Int.max` or fewer bytes are left.
  mutating func wideNumber() -> Int? {
    guard let bytes = take(8) else { return nil }
    return Int(exactly: bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }
}

extension ZipEntry {
  static let centralSignature = 0x0201_4B50
  static let localSignature = 0x0403_4B50
  static let centralByteCount = 46
  static let localByteCount = 30

  /// Reads an entry of the central directory of the archive at `path`.
  init(from fields: inout ZipFields, archive path: String) throws(NPYError) {
    let archive = NPYError.Place(path: path)
    let start = fields.position - fields.bytes.startIndex
    guard fields.rest >= Self.centralByteCount, fields.number(4) == Self.centralSignature else {
      throw .malformed(archive, reason: "the archive's directory has no entry at its byte \(start)")
    }
    _ = fields.take(4)  // versions
    let flags = fields.number(2)
    let method = fields.number(2)
    _ = fields.take(4)  // time and date
    let crc32 = UInt32(fields.number(4))
    let compressed = fields.number(4)
    let size = fields.number(4)
    let (nameCount, extraCount, commentCount) =
      (fields.number(2), fields.number(2), fields.number(2))
    let disk = fields.number(2)
    _ = fields.take(6)  // attributes
    let offset = fields.number(4)
    guard let nameBytes = fields.take(nameCount), let extra = fields.take(extraCount),
      fields.take(commentCount) != nil
    else {
      throw .malformed(
        archive, reason: "the archive's directory ends within the entry at its byte \(start)")
    }
    let name = try Self.name(nameBytes, flags: flags, in: archive)
    let place = NPYError.Place(path: path, member: name)
    guard let wide = Self.widened([size, compressed, offset], from: extra) else {
      throw .malformed(place, reason: "its ZIP64 sizes are missing or too large")
    }
    // Bits 0, 6 and 13 are of encryption, bit 5 of patches.
    guard flags & 0x2061 == 0 else {
      throw .unsupportedArchive(
        place, found: "an encrypted or patched member", expected: "a plain one")
    }
    guard let method = Method(rawValue: method) else {
      throw .unsupportedArchive(
        place, found: "compression method \(method)", expected: "0 (stored) or 8 (deflated)")
    }
    guard disk == 0 || disk == 0xFFFF else {
      throw .unsupportedArchive(
        place, found: "a member on disk \(disk)", expected: "an archive of one file")
    }
    self.init(
      name: name, method: method, crc32: crc32, compressedByteCount: wide[1], byteCount: wide[0],
      headerOffset: wide[2], hasDescriptor: flags & 8 != 0, nameBytes: nameBytes)
    try checkSizes(place)
  }

  private func checkSizes(_ place: NPYError.Place) throws(NPYError) {
    switch method {
    case .stored:
      guard byteCount == compressedByteCount else {
        throw .malformed(
          place,
          reason: "it is stored in \(compressedByteCount) bytes, but claims \(byteCount)")
      }
    case .deflated:
      guard byteCount / Self.largestExpansion <= compressedByteCount else {
        throw .malformed(
          place,
          reason: "it claims to expand from \(compressedByteCount) to \(byteCount) bytes, "
            + "more than deflate can")
      }
    }
  }

  private static func name(
    _ bytes: ArraySlice<UInt8>, flags: Int, in archive: NPYError.Place
  ) throws(NPYError) -> String {
    // Bit 11 says UTF-8; without it the code page is the writer's, and ASCII alone is certain.
    guard let name = String(validating: bytes, as: UTF8.self),
      flags & 0x800 != 0 || bytes.allSatisfy({ $0 < 0x80 })
    else {
      throw .malformed(archive, reason: "the name of a member is not UTF-8")
    }
    if let reason = fault(inName: name) {
      throw .malformed(
        archive, reason: "the name of member \"\(name.onOneLine())\" \(reason)")
    }
    return name
  }

  /// What is wrong with a member's name, or nil.
  ///
  /// Nothing is unpacked to the disk here, but a name that would escape is never innocent.
  static func fault(inName name: String) -> String? {
    if name.isEmpty { return "is empty" }
    if name.utf8.count > 65_535 { return "is longer than 65535 bytes" }
    if name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return "holds a control character" }
    if name.utf8.contains(UInt8(ascii: "\\")) { return "holds a backslash" }
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    if parts[0].isEmpty || parts[0].dropFirst().first == ":" { return "is an absolute path" }
    if parts.contains("..") { return "leads out of its folder" }
    return nil
  }

  /// The numbers with those that do not fit four bytes replaced from the ZIP64 field, which holds
  /// them in the same order; nil where they are not there or are too large.
  private static func widened(_ numbers: [Int], from extra: ArraySlice<UInt8>) -> [Int]? {
    var field: ZipFields?
    var fields = ZipFields(extra)
    while field == nil, fields.rest >= 4 {
      let kind = fields.number(2)
      guard let content = fields.take(fields.number(2)) else { break }
      if kind == 1 { field = ZipFields(content) }
    }
    var result = numbers
    for index in numbers.indices where numbers[index] == 0xFFFF_FFFF {
      guard let wide = field?.wideNumber() else { return nil }
      result[index] = wide
    }
    return result
  }

  /// Where the data lie, after checking that the local header says what the directory says and
  /// that all is before `end`.
  func dataRange(in file: InputFile, before end: Int) throws(NPYError) -> Range<Int> {
    let place = NPYError.Place(path: file.path, member: name)
    let beyond = NPYError.malformed(
      place, reason: "it reaches beyond the members, which end at byte \(end)")
    let fixedCount = Self.localByteCount + nameBytes.count
    guard headerOffset <= end - fixedCount else { throw beyond }
    let header = try file.npyBytes(at: headerOffset, count: fixedCount)
    var fields = ZipFields(header[...])
    guard fields.number(4) == Self.localSignature else {
      throw .malformed(place, reason: "no member begins at byte \(headerOffset)")
    }
    _ = fields.take(2)  // version
    let flags = fields.number(2)
    let method = fields.number(2)
    _ = fields.take(4)  // time and date
    let crc32 = fields.number(4)
    let sizes = [fields.number(4), fields.number(4)]
    let (nameCount, extraCount) = (fields.number(2), fields.number(2))
    let start = headerOffset + fixedCount + extraCount
    guard start <= end, compressedByteCount <= end - start else { throw beyond }
    let extra = try file.npyBytes(at: start - extraCount, count: extraCount)
    let local = Self.widened([sizes[1], sizes[0]], from: extra[...])
    let name = header.dropFirst(Self.localByteCount)
    guard nameCount == nameBytes.count, name.elementsEqual(nameBytes),
      method == self.method.rawValue, flags & 0x2061 == 0, (flags & 8 != 0) == hasDescriptor,
      hasDescriptor || crc32 == Int(self.crc32) && local == [byteCount, compressedByteCount]
    else {
      throw .malformed(place, reason: "its own header and the archive's directory disagree")
    }
    return start..<start + compressedByteCount
  }
}

extension InputFile {
  /// The `count` bytes from `offset` on, with the error of the formats here.
  func npyBytes(at offset: Int, count: Int) throws(NPYError) -> [UInt8] {
    do throws(FileError) { return try bytes(at: offset, count: count) } catch {
      throw .file(error)
    }
  }
}
