import CZlib

/// The content of one member of a ZIP archive, inflated on the way where it is deflated; its size and
/// checksum are checked.
///
/// zlib is linked for this, because `numpy.savez_compressed` deflates and an inflater that meets
/// untrusted bytes should be one that has met them for decades.
final class ZipMember: NPYSource {
  private static let inputCapacity = 1 << 16

  let place: NPYError.Place
  var byteCount: Int { entry.byteCount }

  private let entry: ZipEntry
  private let file: InputFile
  /// What of the data in the archive is still to be read.
  private var rest: Range<Int>
  private var checksum: UInt = crc32(0, nil, 0)
  private let input: UnsafeMutablePointer<UInt8>
  // On the heap, because zlib keeps and checks the address of its stream.
  private let stream: UnsafeMutablePointer<z_stream>
  private var streamEnded = false

  init(_ entry: ZipEntry, data: Range<Int>, in file: InputFile) {
    self.entry = entry
    self.file = file
    place = .init(path: file.path, member: entry.name)
    rest = data
    input = .allocate(capacity: entry.method == .deflated ? Self.inputCapacity : 0)
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard entry.method == .deflated else { return }
    // A negative window size asks for the bare stream, as archives hold it.
    let status = inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      fatalError("NPZFile: zlib cannot start (status \(status)): version or memory")
    }
  }

  deinit {
    if entry.method == .deflated { inflateEnd(stream) }
    stream.deallocate()
    input.deallocate()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(NPYError) {
    var done = 0
    while done < buffer.count {
      // zlib counts in 32 bits.
      let part = UnsafeMutableRawBufferPointer(rebasing: buffer[done...].prefix(1 << 30))
      switch entry.method {
      case .stored: try copy(into: part)
      case .deflated:
        guard try inflate(into: part) == part.count else {
          throw malformed("it inflates to fewer bytes than the \(byteCount) it claims")
        }
      }
      checksum = crc32(
        checksum, part.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32(part.count))
      done += part.count
    }
  }

  func finish() throws(NPYError) {
    if entry.method == .deflated {
      var byte: UInt8 = 0
      let count = try withUnsafeMutableBytes(of: &byte) { (buffer) throws(NPYError) in
        try inflate(into: buffer)
      }
      guard count == 0 else {
        throw malformed("it inflates to more bytes than the \(byteCount) it claims")
      }
      guard rest.isEmpty, stream.pointee.avail_in == 0 else {
        throw malformed("bytes follow the end of its deflate stream")
      }
    }
    guard checksum == UInt(entry.crc32) else {
      throw malformed(
        "its CRC-32 is \(Self.hex(UInt32(checksum))), expected \(Self.hex(entry.crc32))")
    }
  }

  private func copy(into buffer: UnsafeMutableRawBufferPointer) throws(NPYError) {
    do throws(FileError) {
      try file.read(into: buffer, at: rest.lowerBound)
    } catch {
      throw .file(error)
    }
    rest = rest.lowerBound + buffer.count..<rest.upperBound
  }

  /// Inflates until `buffer` is full or the stream ends; the number of bytes inflated.
  private func inflate(into buffer: UnsafeMutableRawBufferPointer) throws(NPYError) -> Int {
    stream.pointee.next_out = buffer.baseAddress!.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(buffer.count)
    while stream.pointee.avail_out > 0, !streamEnded {
      if stream.pointee.avail_in == 0 {
        let count = min(rest.count, Self.inputCapacity)
        guard count > 0 else { throw malformed("its deflate stream is cut short") }
        try copy(into: UnsafeMutableRawBufferPointer(start: input, count: count))
        stream.pointee.next_in = input
        stream.pointee.avail_in = UInt32(count)
      }
      let status = CZlib.inflate(stream, Z_NO_FLUSH)
      switch status {
      case Z_OK, Z_BUF_ERROR: break
      case Z_STREAM_END: streamEnded = true
      case Z_MEM_ERROR: fatalError("NPZFile: zlib has no memory to inflate \(place)")
      default:
        let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib status \(status)"
        throw malformed("its deflate stream is broken (\(reason))")
      }
    }
    return buffer.count - Int(stream.pointee.avail_out)
  }

  private func malformed(_ reason: String) -> NPYError { .malformed(place, reason: reason) }

  private static func hex(_ value: UInt32) -> String {
    stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0).hex }.joined()
  }

  /// The CRC-32 of bytes that go on from those of `checksum`.
  static func checksum(_ checksum: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
    guard let base = bytes.baseAddress else { return checksum }
    return UInt32(crc32_z(UInt(checksum), base.assumingMemoryBound(to: UInt8.self), bytes.count))
  }
}
