import Foundation
import NN
import Tensor
import Testing

/// A folder that goes when the value does.
final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "apus-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path()
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// A path in the folder, holding `bytes` where there are any.
  func file(_ name: String, _ bytes: [UInt8]? = nil) throws -> String {
    let path = path + "/" + name
    guard let bytes else { return path }
    // Neither flushed nor cut in place, which would put each file of a fuzz test on the disk.
    unlink(path)
    let file = try #require(fopen(path, "wb"))
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count && fclose(file) == 0)
    return path
  }

  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

func bytes(ofFile path: String) throws -> [UInt8] {
  try [UInt8](Data(contentsOf: URL(filePath: path)))
}

/// A safetensors file of a header and data, with the header's true length unless told otherwise.
func safetensors(_ header: [UInt8], length: UInt64? = nil, data: [UInt8] = []) -> [UInt8] {
  let length = length ?? UInt64(header.count)
  return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + header + data
}

/// Reads every tensor of `file` as the type that fits; those of other types must be refused.
func readAll(_ file: SafetensorsFile) throws(SafetensorsError) {
  for entry in file.entries {
    switch entry.dtype {
    case .float64: _ = try file.tensor(named: entry.name, as: Double.self)
    case .int32: _ = try file.tensor(named: entry.name, as: Int32.self)
    case .int64: _ = try file.tensor(named: entry.name, as: Int64.self)
    case .uint8: _ = try file.tensor(named: entry.name, as: UInt8.self)
    case .bool: _ = try file.tensor(named: entry.name, as: Bool.self)
    default: _ = try file.tensor(named: entry.name, as: Float.self)
    }
  }
}

/// SplitMix64 (Steele, Lea & Flood 2014), so that a failing case comes again.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

func truncate(_ path: String, to byteCount: Int) throws {
  let handle = try FileHandle(forWritingTo: URL(filePath: path))
  try handle.truncate(atOffset: UInt64(byteCount))
  try handle.close()
}
