import ArgumentParser
import Tensor

/// The options of every command.
struct CommonOptions: ParsableArguments {
  @Option(help: "Threads (default: all processors).")
  var threads: Int?

  @Option(help: ArgumentHelp("Writes the figures as JSON.", valueName: "file"))
  var json: String?

  func validate() throws {
    if let threads, threads < 1 || threads > 1024 {
      throw ValidationError("--threads must be between 1 and 1024, got \(threads)")
    }
    if let json, json.isEmpty { throw ValidationError("--json needs the name of a file") }
  }

  /// Sets the number of threads. A file that cannot be written is an error before the measurement,
  /// not after it.
  func apply() throws {
    if let threads { ThreadPool.threadCount = threads }
    if let json { try JSONFile.checkWritable(json) }
  }
}
