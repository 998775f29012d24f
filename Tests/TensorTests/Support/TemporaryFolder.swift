import Foundation
import Tensor

/// A folder that goes when the value does.
final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "apus-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path()
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }

  /// The path of a file in the folder that holds `bytes`.
  func file(_ bytes: [UInt8], named name: String = "file") throws -> String {
    let path = path + "/" + name
    var file = try AtomicFile(path: path)
    try file.write(bytes)
    try file.commit()
    return path
  }
}
