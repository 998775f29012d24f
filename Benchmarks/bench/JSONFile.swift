import Foundation
import Tensor

/// The file of `--json`, written whole or not at all.
enum JSONFile {
  /// Throws unless a file could be written at `path`.
  static func checkWritable(_ path: String) throws {
    do {
      _ = try AtomicFile(path: path)
    } catch {
      throw NotWritable(description: "--json: \(error)")
    }
  }

  static func write(_ value: some Encodable, to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let bytes = try [UInt8](encoder.encode(value))
    do {
      var file = try AtomicFile(path: path)
      try file.write(bytes)
      try file.commit()
    } catch {
      throw NotWritable(description: "--json: \(error)")
    }
  }

  struct NotWritable: Error, CustomStringConvertible {
    var description: String
  }
}
