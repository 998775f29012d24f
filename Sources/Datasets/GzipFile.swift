import CZlib

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file read from start to end as bytes: gzip (RFC 1952) is inflated on the way, anything else is
/// read as it is. The first two bytes decide, not the name.
///
/// Bytes go straight to the memory that the caller names; a gzip stream may have several members, and
/// its checksums are checked.
package final class GzipFile {
  /// The path, for messages.
  package let path: String
  /// The size of the file itself, in bytes.
  package let fileSize: Int
  /// Whether the file is gzip.
  package let isCompressed: Bool

  /// Deflate's best case is 258 bytes from two bits, so no stream of n bytes expands past 1032 n.
  package static let largestExpansion = 1032

  private static let inputCapacity = 1 << 16

  private let descriptor: Int32
  private let input: UnsafeMutablePointer<UInt8>
  private var inputCount = 0
  private var inputPosition = 0
  // On the heap, because zlib keeps and checks the address of its stream.
  private let stream: UnsafeMutablePointer<z_stream>
  private var memberEnded = false

  /// Opens a file.
  package init(path: String) throws(DatasetError) {
    self.path = path
    (descriptor, fileSize) = try FileSystem.openForReading(path)
    input = .allocate(capacity: Self.inputCapacity)
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    do throws(DatasetError) {
      inputCount = try Self.fill(input, from: descriptor, path: path)
    } catch {
      close(descriptor)
      input.deallocate()
      stream.deallocate()
      throw error
    }
    isCompressed = inputCount >= 2 && input[0] == 0x1F && input[1] == 0x8B
    if isCompressed {
      // 15 is the largest window, 16 asks for gzip's header and trailer.
      let status = inflateInit2_(
        stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
      guard status == Z_OK else {
        fatalError("GzipFile: zlib cannot start (status \(status)): version or memory")
      }
    }
  }

  deinit {
    if isCompressed { inflateEnd(stream) }
    stream.deallocate()
    input.deallocate()
    close(descriptor)
  }

  /// Reads until `destination` is full or the content ends; the number of bytes read.
  package func read(into destination: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int {
    var position = 0
    while position < destination.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: destination[position...])
      let count = isCompressed ? try inflate(into: rest) : try copy(into: rest)
      if count == 0 { break }
      position += count
    }
    return position
  }

  /// Whether the content ends here, with the checksum of the gzip member checked.
  package func isAtEnd() throws(DatasetError) -> Bool {
    var byte: UInt8 = 0
    return try withUnsafeMutableBytes(of: &byte) { (buffer) throws(DatasetError) in
      try read(into: buffer) == 0
    }
  }

  private static func fill(
    _ buffer: UnsafeMutablePointer<UInt8>, from descriptor: Int32, path: String
  ) throws(DatasetError) -> Int {
    while true {
      let count = Self.readBytes(descriptor, buffer, inputCapacity)
      if count >= 0 { return count }
      if errno != EINTR { throw .unreadable(file: path, reason: FileSystem.lastError) }
    }
  }

  private static func readBytes(
    _ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int
  ) -> Int {
    #if canImport(Glibc)
      Glibc.read(descriptor, buffer, count)
    #elseif canImport(Musl)
      Musl.read(descriptor, buffer, count)
    #else
      Darwin.read(descriptor, buffer, count)
    #endif
  }

  private func copy(
    into destination: UnsafeMutableRawBufferPointer
  ) throws(DatasetError) -> Int {
    if inputPosition < inputCount {
      let count = min(inputCount - inputPosition, destination.count)
      destination.baseAddress!.copyMemory(from: input + inputPosition, byteCount: count)
      inputPosition += count
      return count
    }
    while true {
      let count = Self.readBytes(descriptor, destination.baseAddress!, destination.count)
      if count >= 0 { return count }
      if errno != EINTR { throw .unreadable(file: path, reason: FileSystem.lastError) }
    }
  }

  private func refill() throws(DatasetError) {
    inputCount = try Self.fill(input, from: descriptor, path: path)
    inputPosition = 0
  }

  /// Inflates one byte or more, or none at the end of the content.
  private func inflate(
    into destination: UnsafeMutableRawBufferPointer
  ) throws(DatasetError) -> Int {
    let capacity = min(destination.count, 1 << 30)
    stream.pointee.next_out = destination.baseAddress!.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(capacity)
    while stream.pointee.avail_out == UInt32(capacity) {
      if inputPosition == inputCount { try refill() }
      if memberEnded {
        if inputCount == 0 { return 0 }
        try startNextMember()
      }
      guard inputCount > 0 else { throw .truncatedGzip(file: path) }
      stream.pointee.next_in = input + inputPosition
      stream.pointee.avail_in = UInt32(inputCount - inputPosition)
      let status = CZlib.inflate(stream, Z_NO_FLUSH)
      inputPosition = inputCount - Int(stream.pointee.avail_in)
      switch status {
      case Z_OK, Z_BUF_ERROR: break
      case Z_STREAM_END: memberEnded = true
      case Z_MEM_ERROR: fatalError("GzipFile: zlib has no memory to inflate \(path)")
      default:
        let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib status \(status)"
        throw .corruptGzip(file: path, reason: reason)
      }
    }
    return capacity - Int(stream.pointee.avail_out)
  }

  /// Goes on behind the end of a member: another one begins, or the bytes are none of gzip's.
  private func startNextMember() throws(DatasetError) {
    guard input[inputPosition] == 0x1F else { throw .trailingBytes(file: path) }
    guard inflateReset(stream) == Z_OK else {
      fatalError("GzipFile: zlib refuses to go on with the next member of \(path)")
    }
    memberEnded = false
  }
}
