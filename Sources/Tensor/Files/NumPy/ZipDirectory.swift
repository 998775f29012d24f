/// The members of a ZIP archive, checked to lie apart from each other and within it.
///
/// Strict where ZIP is lax: the archive begins at the file's first byte, its directory reaches to the
/// end record, which ends the file, and no byte belongs to two members.
struct ZipDirectory {
  /// In the order of the directory, each with the place of its data.
  private(set) var members: [(entry: ZipEntry, data: Range<Int>)] = []

  static let endSignature = 0x0605_4B50
  private static let endByteCount = 22
  static let wideLocatorSignature = 0x0706_4B50
  static let wideLocatorByteCount = 20
  static let wideEndSignature = 0x0606_4B50
  static let wideEndByteCount = 56
  /// More than a million arrays; what claims more would only fill the memory.
  private static let byteLimit = 1 << 27

  init(of file: InputFile) throws(NPYError) {
    let place = NPYError.Place(path: file.path)
    let (directory, count) = try Self.directory(of: file)
    guard directory.count <= Self.byteLimit else {
      throw .malformed(
        place,
        reason: "the archive's directory takes \(directory.count) bytes, expected at most "
          + "\(Self.byteLimit)")
    }
    let bytes = try file.npyBytes(at: directory.lowerBound, count: directory.count)
    var fields = ZipFields(bytes[...])
    var names: Set<String> = []
    while fields.rest > 0 {
      let entry = try ZipEntry(from: &fields, archive: file.path)
      guard names.insert(entry.name).inserted else {
        throw .malformed(
          place, reason: "the member \"\(entry.name.onOneLine())\" comes twice in the archive")
      }
      members.append((entry, try entry.dataRange(in: file, before: directory.lowerBound)))
    }
    guard members.count == count else {
      throw .malformed(
        place,
        reason: "the archive claims \(count) members, but its directory holds \(members.count)")
    }
    var end = 0
    for (entry, data) in members.sorted(by: { $0.entry.headerOffset < $1.entry.headerOffset }) {
      guard entry.headerOffset >= end else {
        throw .malformed(
          .init(path: file.path, member: entry.name),
          reason: "it begins at byte \(entry.headerOffset), within another member, which ends at "
            + "\(end)")
      }
      end = data.upperBound
    }
  }

  /// Where the directory lies and how many members it claims, from the record at the end.
  private static func directory(
    of file: InputFile
  ) throws(NPYError) -> (range: Range<Int>, count: Int) {
    let place = NPYError.Place(path: file.path)
    let start = try file.npyBytes(at: 0, count: min(4, file.byteCount))
    // An archive without members is the end record alone.
    guard start == [0x50, 0x4B, 3, 4] || start == [0x50, 0x4B, 5, 6] else {
      let found = start.isEmpty ? "nothing" : start.map(\.hex).joined(separator: " ")
      throw .wrongFormat(place, found: found, expected: "50 4B 03 04 (a ZIP archive)")
    }
    let tailCount = min(file.byteCount, endByteCount + 65_535)
    let tail = try file.npyBytes(at: file.byteCount - tailCount, count: tailCount)
    guard let end = endRecord(in: tail) else {
      throw .malformed(place, reason: "the archive's end record is missing, or bytes follow it")
    }
    var fields = ZipFields(tail[(end + 4)...])
    let (disk, firstDisk) = (fields.number(2), fields.number(2))
    var counts = [fields.number(2), fields.number(2)]
    var (size, offset) = (fields.number(4), fields.number(4))
    var limit = file.byteCount - tailCount + end
    let locator = limit - wideLocatorByteCount
    let isWide =
      counts.contains(0xFFFF) || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF
    var disks = [disk, firstDisk]
    if isWide, locator >= wideEndByteCount {
      let bytes = try file.npyBytes(at: locator, count: wideLocatorByteCount)
      var fields = ZipFields(bytes[...])
      if fields.number(4) == wideLocatorSignature {
        _ = fields.take(4)  // disk
        let record = try wideRecord(at: fields.wideNumber(), before: locator, in: file)
        (counts, size, offset, limit) =
          (record.counts, record.size, record.offset, locator - wideEndByteCount)
        disks = record.disks
      }
    }
    guard disks == [0, 0], counts[0] == counts[1] else {
      throw .unsupportedArchive(
        place, found: "a part of an archive", expected: "an archive of one file")
    }
    guard offset <= limit, size == limit - offset else {
      throw .malformed(
        place,
        reason: "the archive's directory claims \(size) bytes from byte \(offset), expected it to "
          + "end at \(limit)")
    }
    return (offset..<limit, counts[0])
  }

  private static func wideRecord(
    at offset: Int?, before locator: Int, in file: InputFile
  ) throws(NPYError) -> (disks: [Int], counts: [Int], size: Int, offset: Int) {
    let place = NPYError.Place(path: file.path)
    let bytes = try file.npyBytes(at: locator - wideEndByteCount, count: wideEndByteCount)
    var fields = ZipFields(bytes[...])
    guard offset == locator - wideEndByteCount, fields.number(4) == wideEndSignature,
      fields.wideNumber() == wideEndByteCount - 12
    else {
      throw .malformed(place, reason: "the archive's ZIP64 end record is not where it should be")
    }
    _ = fields.take(4)  // versions
    let disks = [fields.number(4), fields.number(4)]
    guard let own = fields.wideNumber(), let all = fields.wideNumber(),
      let size = fields.wideNumber(), let start = fields.wideNumber()
    else {
      throw .malformed(place, reason: "the archive's ZIP64 end record holds a number too large")
    }
    return (disks, [own, all], size, start)
  }

  /// Where the end record begins in the file's tail: its comment ends where the file does.
  private static func endRecord(in tail: [UInt8]) -> Int? {
    var start = tail.count - endByteCount
    while start >= 0 {
      var fields = ZipFields(tail[start...])
      if fields.number(4) == endSignature {
        fields = ZipFields(tail[(start + 20)...])
        if fields.number(2) == tail.count - start - endByteCount { return start }
      }
      start -= 1
    }
    return nil
  }
}
