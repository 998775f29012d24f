#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Bytes handed to one call of `pread` or `write`: Darwin refuses 2 GiB and Linux cuts there.
let largestTransfer = 1 << 30

/// The result of `call`, made again as long as a signal interrupts it.
func retryingInterrupts<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}

extension FileError {
  /// The error that `errno` names.
  init(path: String, operation: Operation, code: Int32 = errno) {
    // strerror returns constant text for every code that the system itself sets.
    self.init(path: path, operation: operation, reason: String(cString: strerror(code)))
  }
}

extension stat {
  var isRegularFile: Bool { st_mode & S_IFMT == S_IFREG }

  /// Why something that is not a regular file is refused.
  var kindMessage: String {
    switch st_mode & S_IFMT {
    case S_IFDIR: "it is a folder, expected a file"
    case S_IFIFO: "it is a pipe, expected a file"
    case S_IFCHR, S_IFBLK: "it is a device, expected a file"
    default: "it is not a regular file"
    }
  }
}
