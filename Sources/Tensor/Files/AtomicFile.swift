#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A file that appears at its path complete or not at all.
///
/// Bytes go to a temporary file in the same folder; `commit()` flushes it to the disk and renames
/// it over the destination. Until then, and after any error, what was at the path is untouched;
/// the temporary file goes when the value does.
package struct AtomicFile: ~Copyable {
  /// The path as the caller gave it.
  package let path: String
  /// The path with symbolic links resolved, so that a link stays and its target is replaced.
  private let destination: String
  private let temporaryPath: String
  private let descriptor: Int32
  private var isTemporary = true

  /// Creates the temporary file beside `path`.
  ///
  /// - Throws: `FileError` where the folder is missing or not writable, or where something that
  ///   is not a regular file is at `path`.
  package init(path: String) throws(FileError) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw FileError(
        path: path, operation: .write,
        reason: path.isEmpty ? "the path is empty" : "the path holds a NUL character")
    }
    var status = stat()
    let replaces = stat(path, &status) == 0
    if replaces, !status.isRegularFile {
      throw FileError(path: path, operation: .write, reason: status.kindMessage)
    }
    var link = stat()
    if !replaces, lstat(path, &link) == 0 {
      throw FileError(
        path: path, operation: .write, reason: "it is a symbolic link that leads nowhere")
    }
    let destination = replaces ? try AtomicFile.resolve(path) : path
    let temporary = try AtomicFile.createTemporary(beside: destination, reportedAs: path)
    // What replaces a private file stays private.
    if replaces { fchmod(temporary.descriptor, status.st_mode & 0o777) }
    self.path = path
    self.destination = destination
    temporaryPath = temporary.path
    descriptor = temporary.descriptor
  }

  deinit {
    guard isTemporary else { return }
    close(descriptor)
    unlink(temporaryPath)
  }

  /// Appends `bytes`.
  package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var done = 0
    while done < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[done...].prefix(largestTransfer))
      let count = posixWrite(descriptor, rest)
      guard count >= 0 else { throw FileError(path: path, operation: .write) }
      done += count
    }
  }

  /// Appends `bytes`.
  package mutating func write(_ bytes: [UInt8]) throws(FileError) {
    var failure: FileError?
    bytes.withUnsafeBytes { buffer in
      do throws(FileError) { try write(buffer) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Puts the file at its path, durable against a crash of the machine.
  package consuming func commit() throws(FileError) {
    guard retryingInterrupts({ fsync(descriptor) }) == 0 else {
      throw FileError(path: path, operation: .write)
    }
    guard rename(temporaryPath, destination) == 0 else {
      throw FileError(path: path, operation: .replace)
    }
    isTemporary = false
    close(descriptor)
    // The name itself is durable once the folder is flushed; some file systems cannot, and the
    // file is in place by now, so that no error follows.
    let folder = open(AtomicFile.folder(of: destination), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
  }

  private static func resolve(_ path: String) throws(FileError) -> String {
    guard let resolved = realpath(path, nil) else {
      throw FileError(path: path, operation: .write)
    }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func createTemporary(
    beside destination: String, reportedAs path: String
  ) throws(FileError) -> (descriptor: Int32, path: String) {
    var code: Int32 = 0
    for _ in 0..<100 {
      // The name does not grow from the destination's, which may be as long as names can be.
      let name = ".apus-\(getpid())-\(String(UInt64.random(in: 0 ... .max), radix: 36)).tmp"
      let temporaryPath = folder(of: destination) + "/" + name
      let descriptor = retryingInterrupts {
        open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      }
      if descriptor >= 0 { return (descriptor, temporaryPath) }
      code = errno
      guard code == EEXIST else { break }
    }
    throw FileError(path: path, operation: .create, code: code)
  }
}

/// `write(2)`, under a name that the methods of `AtomicFile` do not shadow.
private func posixWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  retryingInterrupts { write(descriptor, bytes.baseAddress, bytes.count) }
}
