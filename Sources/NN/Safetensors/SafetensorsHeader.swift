import Tensor

/// A broken rule of the format, before the file's path is put to it.
package struct MalformedHeader: Error, Equatable {
  package var tensor: String?
  package let reason: String

  init(tensor: String? = nil, reason: String) {
    self.tensor = tensor
    self.reason = reason
  }
}

/// The JSON header of a safetensors file: what tensors there are and where their bytes lie.
///
/// Source: the format's specification, https://github.com/huggingface/safetensors#format
package struct SafetensorsHeader {
  /// The longest header that the format allows, in bytes.
  package static let byteLimit = 100_000_000
  /// The bytes before the header: its length, little-endian.
  package static let lengthByteCount = 8
  static let metadataKey = "__metadata__"

  package private(set) var metadata: [String: String] = [:]
  /// By position in the data.
  package private(set) var entries: [SafetensorsEntry] = []

  /// Reads a header and checks it against the size of the data that follow it.
  ///
  /// - Throws: `MalformedHeader` with the first rule that is broken.
  package init(json: [UInt8], dataByteCount: Int) throws(MalformedHeader) {
    guard json.first == UInt8(ascii: "{") else {
      throw MalformedHeader(reason: "the header does not begin with '{'")
    }
    var metadata: [String: String] = [:]
    var entries: [SafetensorsEntry] = []
    var reader = JSONReader(json, base: Self.lengthByteCount)
    try reader.object { reader, key throws(MalformedHeader) in
      do throws(MalformedHeader) {
        guard key == Self.metadataKey else {
          entries.append(try SafetensorsEntry(name: key, from: &reader))
          return
        }
        try reader.object { reader, key throws(MalformedHeader) in
          metadata[key] = try reader.string()
        }
      } catch {
        throw MalformedHeader(
          tensor: key == Self.metadataKey ? nil : key, reason: error.reason)
      }
    }
    try reader.end()
    try Self.order(&entries, dataByteCount: dataByteCount)
    self.metadata = metadata
    self.entries = entries
  }

  /// Sorts `entries` by position and checks that together they cover the data, each byte once.
  private static func order(
    _ entries: inout [SafetensorsEntry], dataByteCount: Int
  ) throws(MalformedHeader) {
    entries.sort {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    var end = 0
    for (index, entry) in entries.enumerated() {
      if entry.range.lowerBound < end {
        throw MalformedHeader(
          tensor: entry.name,
          reason: "it begins at data byte \(entry.range.lowerBound), within tensor "
            + "\"\(entries[index - 1].name.onOneLine())\", which ends at \(end)")
      }
      if entry.range.lowerBound > end {
        throw MalformedHeader(
          tensor: entry.name,
          reason: "it begins at data byte \(entry.range.lowerBound), which leaves a hole from "
            + "\(end) on")
      }
      end = entry.range.upperBound
    }
    if end != dataByteCount {
      throw MalformedHeader(
        reason: "the tensors take \(end) bytes of data, but the file holds \(dataByteCount)")
    }
  }

  // MARK: - Writing

  /// The header of `entries` in their order, in the reference implementation's spelling, padded
  /// by spaces so that the data begin at a multiple of 8 bytes.
  static func json(metadata: [String: String], entries: [SafetensorsEntry]) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      let strings = pairs.map { "\(jsonString($0.key)):\(jsonString($0.value))" }
      members.append("\"\(metadataKey)\":{\(strings.joined(separator: ","))}")
    }
    for entry in entries {
      let shape = entry.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(jsonString(entry.name)):{\"dtype\":\"\(entry.dtype.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(entry.range.lowerBound),\(entry.range.upperBound)]}")
    }
    var json = Array("{\(members.joined(separator: ","))}".utf8)
    json += repeatElement(UInt8(ascii: " "), count: (8 - json.count % 8) % 8)
    return json
  }
}
