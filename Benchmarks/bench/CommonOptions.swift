import ArgumentParser
import Tensor

/// The options of every command that measures with one number of threads.
struct CommonOptions: ParsableArguments {
  @Option(help: "Threads (default: all processors).")
  var threads: Int?

  @OptionGroup var file: FileOptions

  var json: String? { file.json }

  func validate() throws {
    if let threads, threads < 1 || threads > 1024 {
      throw ValidationError("--threads must be between 1 and 1024, got \(threads)")
    }
  }

  /// Sets the number of threads. A file that cannot be written is an error before the measurement,
  /// not after it.
  func apply() throws {
    if let threads { ThreadPool.threadCount = threads }
    try file.check()
  }
}

/// Where the figures go.
struct FileOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Writes the figures as JSON.", valueName: "file"))
  var json: String?

  func validate() throws {
    if let json, json.isEmpty { throw ValidationError("--json needs the name of a file") }
  }

  /// Throws if the file cannot be written.
  func check() throws {
    if let json { try JSONFile.checkWritable(json) }
  }

  /// Writes the figures, and says so, if a file is wanted.
  func write(_ report: some Encodable) throws {
    guard let json else { return }
    try JSONFile.write(report, to: json)
    print("\nfigures written to \(json)")
  }
}
