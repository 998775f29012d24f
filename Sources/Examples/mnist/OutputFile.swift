import Foundation
import Tensor

/// Files that an option names, written whole or not at all.
enum OutputFile {
  /// Throws unless a file could be written at `path`.
  static func check(_ path: String, option: String) throws {
    do {
      _ = try AtomicFile(path: path)
    } catch {
      throw NotWritable(description: "\(option): \(error)")
    }
  }

  static func write(_ data: Data, to path: String, option: String) throws {
    do {
      var file = try AtomicFile(path: path)
      try file.write([UInt8](data))
      try file.commit()
    } catch {
      throw NotWritable(description: "\(option): \(error)")
    }
  }

  struct NotWritable: Error, CustomStringConvertible {
    var description: String
  }
}
