#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A regular file open for reading at any offset, from any thread.
///
/// Reads go through `pread`, not `mmap`: a file that shrinks while it is used is then an error
/// to catch rather than a signal that ends the process, and bytes land where they are wanted.
package final class InputFile: Sendable {
  package let path: String
  /// The size at the time of opening.
  package let byteCount: Int
  private let descriptor: Int32

  package init(path: String) throws(FileError) {
    self.path = path
    guard !path.utf8.contains(0) else {
      throw FileError(path: path, operation: .open, reason: "the path holds a NUL character")
    }
    // O_NONBLOCK keeps a named pipe without a writer from blocking here.
    descriptor = retryingInterrupts { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw FileError(path: path, operation: .open) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let error = FileError(path: path, operation: .open)
      close(descriptor)
      throw error
    }
    guard status.isRegularFile else {
      close(descriptor)
      throw FileError(path: path, operation: .open, reason: status.kindMessage)
    }
    byteCount = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Fills `buffer` with the bytes from `offset` on.
  ///
  /// - Throws: `FileError` where reading fails or the file ends before the buffer is full.
  package func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(FileError) {
    var done = 0
    while done < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...].prefix(largestTransfer))
      let count = retryingInterrupts {
        pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
      }
      guard count >= 0 else { throw FileError(path: path, operation: .read) }
      guard count > 0 else {
        throw FileError(
          path: path, operation: .read,
          reason: "it ends at byte \(offset + done), expected \(offset + buffer.count) bytes")
      }
      done += count
    }
  }

  /// The `count` bytes from `offset` on.
  package func bytes(at offset: Int, count: Int) throws(FileError) -> [UInt8] {
    var failure: FileError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      do throws(FileError) {
        try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
        initialized = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// The whole content of the file at `path`.
  package static func contents(of path: String) throws(FileError) -> [UInt8] {
    let file = try InputFile(path: path)
    return try file.bytes(at: 0, count: file.byteCount)
  }
}
