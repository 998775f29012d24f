/// A tensor of any scalar type with the name that it has in an `.npz` file.
public struct NPZArray: Sendable {
  public let name: String
  let content: NPYContent

  public init<Scalar: TensorScalar>(_ name: String, _ tensor: Tensor<Scalar>) {
    self.name = name
    content = NPYContent(tensor)
  }
}

extension NPZFile {
  /// Writes `arrays` to a file at `path`, which appears complete or not at all: after an error, what
  /// was there before is untouched.
  ///
  /// Members are stored without compression, as `numpy.savez` does, in the order given and with a
  /// fixed date, so that the same arrays always give the same bytes. Beyond 4 GiB or 65,534 arrays
  /// the ZIP64 fields are used.
  ///
  /// - Throws: `NPYError.unwritable` where a name comes twice, is empty, holds a control character or
  ///   backslash, or leads out of its folder; `.file` where the system refuses.
  public static func write(_ arrays: [NPZArray], to path: String) throws(NPYError) {
    var names: Set<String> = []
    for array in arrays {
      let place = NPYError.Place(path: path, member: array.name)
      if let reason = ZipEntry.fault(inName: array.name + suffix) ?? emptyFault(array.name) {
        throw .unwritable(place, reason: "its name " + reason)
      }
      guard names.insert(array.name).inserted else {
        throw .unwritable(place, reason: "its name comes twice")
      }
    }
    do throws(FileError) {
      var file = try AtomicFile(path: path)
      var writer = ZipWriter()
      for array in arrays {
        try file.write(writer.header(name: array.name + suffix, array.content))
        try file.write(array.content.header)
        try array.content.writeElements(&file)
      }
      try file.write(writer.directory())
      try file.commit()
    } catch {
      throw .file(error)
    }
  }

  private static func emptyFault(_ name: String) -> String? { name.isEmpty ? "is empty" : nil }
}

/// The records of a ZIP archive of stored members.
struct ZipWriter {
  private var entries: [UInt8] = []
  private var count = 0
  private var offset = 0

  private static let largestNumber = 0xFFFF_FFFF
  /// 1 January 1980, the first day that the format can write.
  private static let date = 0x0021

  /// The header of a member that comes next, whose content follows it.
  mutating func header(name: String, _ content: NPYContent) -> [UInt8] {
    var checksum = content.header.withUnsafeBytes { ZipMember.checksum(0, $0) }
    content.withElementBytes { checksum = ZipMember.checksum(checksum, $0) }
    let size = content.header.count + content.dataByteCount
    let name = Array(name.utf8)
    // Bit 11: the name is UTF-8.
    let flags = name.allSatisfy { $0 < 0x80 } ? 0 : 0x800
    let isLarge = size >= Self.largestNumber
    let isFar = offset >= Self.largestNumber
    let sizeField = isLarge ? Self.largestNumber : size
    func common(extra: [UInt8]) -> [UInt8] {
      bytes(45, 2) + bytes(flags, 2) + bytes(0, 2) + bytes(0, 2) + bytes(Self.date, 2)
        + bytes(Int(checksum), 4) + bytes(sizeField, 4) + bytes(sizeField, 4)
        + bytes(name.count, 2) + bytes(extra.count, 2)
    }
    let sizes = isLarge ? bytes(size, 8) + bytes(size, 8) : []
    let localExtra = Self.wideField(sizes)
    let local = bytes(ZipEntry.localSignature, 4) + common(extra: localExtra) + name + localExtra
    let extra = Self.wideField(sizes + (isFar ? bytes(offset, 8) : []))
    // Made by version 4.5 on Unix, with the permissions rw-r--r-- of a regular file.
    entries += bytes(ZipEntry.centralSignature, 4) + bytes(3 << 8 | 45, 2) + common(extra: extra)
    entries += bytes(0, 2) + bytes(0, 2) + bytes(0, 2) + bytes(0o100644 << 16, 4)
    entries += bytes(isFar ? Self.largestNumber : offset, 4) + name + extra
    offset += local.count + size
    count += 1
    return local
  }

  /// The directory and the records that end the archive.
  func directory() -> [UInt8] {
    let size = entries.count
    var result = entries
    if count >= 0xFFFF || size >= Self.largestNumber || offset >= Self.largestNumber {
      result +=
        bytes(ZipDirectory.wideEndSignature, 4) + bytes(ZipDirectory.wideEndByteCount - 12, 8)
      result += bytes(45, 2) + bytes(45, 2) + bytes(0, 4) + bytes(0, 4)
      result += bytes(count, 8) + bytes(count, 8) + bytes(size, 8) + bytes(offset, 8)
      result += bytes(ZipDirectory.wideLocatorSignature, 4) + bytes(0, 4) + bytes(offset + size, 8)
      result += bytes(1, 4)
    }
    let shownCount = min(count, 0xFFFF)
    result += bytes(ZipDirectory.endSignature, 4) + bytes(0, 4)
    result += bytes(shownCount, 2) + bytes(shownCount, 2)
    result += bytes(min(size, Self.largestNumber), 4) + bytes(min(offset, Self.largestNumber), 4)
    return result + bytes(0, 2)
  }

  private static func wideField(_ content: [UInt8]) -> [UInt8] {
    content.isEmpty ? [] : bytes(1, 2) + bytes(content.count, 2) + content
  }
}

/// `value` in `width` bytes, the least significant first.
private func bytes(_ value: Int, _ width: Int) -> [UInt8] {
  (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}
