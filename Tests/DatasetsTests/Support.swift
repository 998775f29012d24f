import CZlib
import Datasets
import Tensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A folder for one test, removed with it.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/apus-tests-XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
  }

  deinit {
    Self.remove(path)
  }

  /// Writes a file, with the folders above it; its path.
  @discardableResult
  func write(_ bytes: [UInt8], as name: String) -> String {
    var folder = path
    for part in name.split(separator: "/").dropLast() {
      folder += "/" + part
      mkdir(folder, 0o755)
    }
    let file = fopen("\(path)/\(name)", "wb")!
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
    return "\(path)/\(name)"
  }

  /// The names of all files in a folder below this one, sorted.
  func list(_ name: String = "") -> [String] {
    Self.list("\(path)/\(name)").sorted()
  }

  private static func list(_ path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  private static func remove(_ path: String) {
    if unlink(path) == 0 { return }
    for name in list(path) { remove("\(path)/\(name)") }
    rmdir(path)
  }
}

/// The bytes of an IDX file.
func idx(_ dimensions: [Int], _ data: [UInt8], type: UInt8 = 0x08) -> [UInt8] {
  var bytes: [UInt8] = [0, 0, type, UInt8(dimensions.count)]
  for extent in dimensions {
    let word = UInt32(bitPattern: Int32(truncatingIfNeeded: extent))
    bytes += (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * $0)) }
  }
  return bytes + data
}

/// One gzip member with these bytes.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var stream = z_stream()
  var input = bytes
  var output = [UInt8](repeating: 0, count: bytes.count + bytes.count / 100 + 64)
  let written = input.withUnsafeMutableBufferPointer { input in
    output.withUnsafeMutableBufferPointer { output in
      deflateInit2_(
        &stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size))
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      stream.next_out = output.baseAddress
      stream.avail_out = UInt32(output.count)
      let status = deflate(&stream, Z_FINISH)
      guard status == Z_STREAM_END else { fatalError("deflate: \(status)") }
      deflateEnd(&stream)
      return output.count - Int(stream.avail_out)
    }
  }
  return Array(output[..<written])
}

/// Bytes that deflate can shrink, but not to nothing.
func sampleBytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
  var generator = RandomGenerator(seed: seed)
  return (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next() & 0x1F) }
}

/// The SHA-256 of bytes in memory.
func sha256(_ bytes: [UInt8]) -> String {
  var hash = SHA256()
  bytes.withUnsafeBytes { hash.update($0) }
  return hash.finalize()
}

/// The whole content of a file.
func content(of path: String, capacity: Int, chunk: Int? = nil) throws(DatasetError) -> [UInt8] {
  let file = try GzipFile(path: path)
  var bytes = [UInt8](repeating: 0, count: capacity)
  var position = 0
  while position < capacity {
    let end = min(capacity, position + (chunk ?? capacity))
    var count = 0
    var failure: DatasetError?
    bytes.withUnsafeMutableBytes { buffer in
      do throws(DatasetError) {
        count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[position..<end]))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    if count == 0 { break }
    position += count
  }
  return Array(bytes[..<position])
}

/// The error that `body` throws, or nil.
func error(of body: () throws(DatasetError) -> Void) -> DatasetError? {
  do throws(DatasetError) {
    try body()
    return nil
  } catch {
    return error
  }
}
