#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The few file operations that this module needs, over POSIX, which is as simple as Foundation here
/// and says what went wrong in `errno`.
package enum FileSystem {
  /// The last error of the C library in words.
  static var lastError: String { String(cString: strerror(errno)) }

  /// The path of `name` in `folder`.
  static func join(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }

  /// Whether the path leads to a regular file.
  static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && (status.st_mode & S_IFMT) == S_IFREG
  }

  /// Why a folder cannot be read, or nil.
  static func problem(withFolder path: String) -> String? {
    guard let folder = opendir(path) else { return lastError }
    closedir(folder)
    return nil
  }

  /// Opens a regular file for reading; the descriptor and the file's size in bytes.
  static func openForReading(_ path: String) throws(DatasetError) -> (descriptor: Int32, size: Int)
  {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .unreadable(file: path, reason: lastError) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, (status.st_mode & S_IFMT) == S_IFREG else {
      close(descriptor)
      throw .unreadable(file: path, reason: "Not a regular file")
    }
    return (descriptor, Int(status.st_size))
  }

  /// Makes a folder and those above it, readable by the user alone as the XDG specification asks.
  static func makeFolder(_ path: String) throws(DatasetError) {
    if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
      throw .unwritable(file: path, reason: lastError)
    }
    try makeFolder(String(path[..<slash]))
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw .unwritable(file: path, reason: lastError)
    }
  }

  /// Makes a file in `folder` under a temporary name, and gives it the name that `body` returns when
  /// that is done: under a true name there is the whole content or nothing.
  ///
  /// `body` gets the temporary path and a descriptor open for reading and writing. The temporary file
  /// is removed when it throws.
  static func writeAtomically(
    in folder: String, temporaryName: String,
    _ body: (_ path: String, _ descriptor: Int32) throws(DatasetError) -> String
  ) throws(DatasetError) {
    // A random name keeps programs and threads that download at once apart.
    let mark = String(UInt64.random(in: .min ... .max), radix: 16)
    let temporary = join(folder, "\(temporaryName).\(mark).partial")
    let descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .unwritable(file: temporary, reason: lastError) }
    let path: String
    do throws(DatasetError) {
      path = join(folder, try body(temporary, descriptor))
    } catch {
      close(descriptor)
      unlink(temporary)
      throw error
    }
    // Flushed before the rename, so that a power cut does not leave the name without the content.
    let flushed = fsync(descriptor) == 0
    guard close(descriptor) == 0, flushed, rename(temporary, path) == 0 else {
      let reason = lastError
      unlink(temporary)
      throw .unwritable(file: path, reason: reason)
    }
  }

  /// Writes all bytes to a descriptor; false with `errno` set when that fails.
  static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let chunk = UnsafeRawBufferPointer(rebasing: rest)
      #if canImport(Glibc)
        let written = Glibc.write(descriptor, chunk.baseAddress, chunk.count)
      #elseif canImport(Musl)
        let written = Musl.write(descriptor, chunk.baseAddress, chunk.count)
      #else
        let written = Darwin.write(descriptor, chunk.baseAddress, chunk.count)
      #endif
      if written < 0 {
        if errno == EINTR { continue }
        return false
      }
      rest = rest.dropFirst(written)
    }
    return true
  }

  /// Empties a file that is open for writing and goes to its start.
  static func truncate(_ descriptor: Int32) -> Bool {
    ftruncate(descriptor, 0) == 0 && lseek(descriptor, 0, SEEK_SET) == 0
  }

  /// The value of an environment variable.
  static func environmentVariable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// The folder of the running program.
  static var programFolder: String? {
    #if os(Linux)
      let path = realpath("/proc/self/exe", nil)
    #else
      let path = CommandLine.arguments.first.flatMap { realpath($0, nil) }
    #endif
    guard let path else { return nil }
    defer { free(path) }
    let name = String(cString: path)
    return name.lastIndex(of: "/").map { String(name[..<$0]) }
  }
}
