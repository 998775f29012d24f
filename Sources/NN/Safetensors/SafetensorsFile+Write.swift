import Tensor

/// A tensor of any scalar type with the name that it has in a file.
public struct NamedTensor: Sendable {
  public let name: String
  public let dtype: SafetensorsDType
  public let shape: Shape
  fileprivate let byteCount: Int
  fileprivate let write: @Sendable (inout AtomicFile) throws(FileError) -> Void

  public init<Scalar: TensorScalar>(_ name: String, _ tensor: Tensor<Scalar>) {
    self.name = name
    dtype = SafetensorsDType(Scalar.dtype)
    shape = tensor.shape
    byteCount = tensor.shape.elementCount * Scalar.dtype.byteCount
    write = { file throws(FileError) in
      var failure: FileError?
      tensor.withUnsafeBufferPointer { elements in
        do throws(FileError) {
          try file.write(UnsafeRawBufferPointer(elements))
        } catch {
          failure = error
        }
      }
      if let failure { throw failure }
    }
  }
}

extension SafetensorsFile {
  /// Writes `tensors` and `metadata` to a file at `path`, which appears complete or not at all:
  /// after an error, what was there before is untouched.
  ///
  /// The layout is that of the reference implementation: types of stricter alignment first, then
  /// by name, the data beginning at a multiple of 8 bytes; the same tensors always give the same
  /// bytes.
  ///
  /// - Throws: `SafetensorsError.unwritable` where a name comes twice or is `__metadata__`, or where
  ///   the header grows beyond 100,000,000 bytes; `.file` where the system refuses.
  public static func write(
    _ tensors: [NamedTensor], metadata: [String: String] = [:], to path: String
  ) throws(SafetensorsError) {
    var names: Set<String> = []
    for tensor in tensors {
      guard tensor.name != SafetensorsHeader.metadataKey else {
        throw .unwritable(
          path: path, tensor: tensor.name, reason: "the format keeps this name for itself")
      }
      guard names.insert(tensor.name).inserted else {
        throw .unwritable(path: path, tensor: tensor.name, reason: "the name comes twice")
      }
    }
    let ordered = tensors.sorted {
      $0.dtype == $1.dtype
        ? $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) : $0.dtype.rank > $1.dtype.rank
    }
    var end = 0
    let entries = ordered.map { tensor in
      let start = end
      end += tensor.byteCount
      return SafetensorsEntry(
        name: tensor.name, dtype: tensor.dtype, shape: tensor.shape, range: start..<end)
    }
    let json = SafetensorsHeader.json(metadata: metadata, entries: entries)
    guard json.count <= SafetensorsHeader.byteLimit else {
      throw .unwritable(
        path: path, tensor: nil,
        reason: "the header takes \(json.count) bytes, expected at most "
          + "\(SafetensorsHeader.byteLimit)")
    }
    do throws(FileError) {
      var file = try AtomicFile(path: path)
      try file.write((0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) })
      try file.write(json)
      for tensor in ordered { try tensor.write(&file) }
      try file.commit()
    } catch {
      throw .file(error)
    }
  }
}
