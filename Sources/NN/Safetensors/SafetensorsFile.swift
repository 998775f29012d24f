import Tensor

/// Named tensors in a file of the safetensors format.
///
/// Opening reads and checks the header alone; each tensor's bytes are read when it is asked for.
///
///     let file = try SafetensorsFile(path: "model.safetensors")
///     let weight = try file.tensor(named: "layers.0.weight", as: Float.self)
///
/// Names are equal where Swift's strings are, that is by canonical equivalence.
///
/// Source: the format's specification, https://github.com/huggingface/safetensors#format
public struct SafetensorsFile: Sendable {
  public let path: String
  /// The free-form strings stored beside the tensors.
  public let metadata: [String: String]
  /// What the file holds, in the order of the data.
  public let entries: [SafetensorsEntry]
  private let indices: [String: Int]
  private let file: InputFile
  private let dataStart: Int

  /// Opens the file at `path` and checks its header against the format and the file's size.
  ///
  /// - Throws: `SafetensorsError.file` where it cannot be read, `.malformed` where it breaks a rule
  ///   of the format: the header's length and JSON, names that come twice, unknown element types,
  ///   shapes of more than 8 dimensions, sizes that differ from the shape, bytes that belong to two
  ///   tensors or to none.
  public init(path: String) throws(SafetensorsError) {
    self.path = path
    file = try Self.reading { () throws(FileError) in try InputFile(path: path) }
    let json = try Self.headerJSON(of: file)
    dataStart = SafetensorsHeader.lengthByteCount + json.count
    let header: SafetensorsHeader
    do throws(MalformedHeader) {
      header = try SafetensorsHeader(json: json, dataByteCount: file.byteCount - dataStart)
    } catch {
      throw .malformed(path: path, tensor: error.tensor, reason: error.reason)
    }
    metadata = header.metadata
    entries = header.entries
    indices = Dictionary(
      uniqueKeysWithValues: entries.enumerated().map { ($0.element.name, $0.offset) })
  }

  /// What the file says of the tensor called `name`, or nil where there is none.
  public func entry(named name: String) -> SafetensorsEntry? {
    indices[name].map { entries[$0] }
  }

  /// Reads the tensor called `name`.
  ///
  /// Elements of type F16 and BF16 become `Float`, without loss; all others must be of type
  /// `Scalar` in the file.
  ///
  /// - Throws: `SafetensorsError.missingTensor`, `.dtypeMismatch`, `.malformed` where a BOOL is
  ///   neither 0 nor 1, `.file` where reading fails.
  public func tensor<Scalar: TensorScalar>(
    named name: String, as type: Scalar.Type = Scalar.self
  ) throws(SafetensorsError) -> Tensor<Scalar> {
    guard let entry = entry(named: name) else {
      throw .missingTensor(path: path, tensor: name)
    }
    let widening: HalfFormat?
    switch (entry.dtype, Scalar.dtype) {
    case (SafetensorsDType(Scalar.dtype), _): widening = nil
    case (.float16, .float32): widening = .float16
    case (.bfloat16, .float32): widening = .bfloat16
    default:
      let readable = SafetensorsDType(Scalar.dtype)
      throw .dtypeMismatch(
        path: path, tensor: name, found: entry.dtype,
        expected: readable == .float32 ? [readable, .float16, .bfloat16] : [readable])
    }
    // The closure keeps its error to itself, since Tensor's initializer would lose its type.
    var failure: SafetensorsError?
    let tensor = Tensor<Scalar>(unsafeUninitialized: entry.shape) { elements in
      do throws(SafetensorsError) {
        try read(entry, widening, into: UnsafeMutableRawBufferPointer(elements))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return tensor
  }

  private func read(
    _ entry: SafetensorsEntry, _ widening: HalfFormat?,
    into elements: UnsafeMutableRawBufferPointer
  ) throws(SafetensorsError) {
    // Halves are read into the upper half of their place and widened towards it from the front.
    let bytes = UnsafeMutableRawBufferPointer(
      rebasing: elements[(elements.count - entry.range.count)...])
    try Self.reading { () throws(FileError) in
      try file.read(into: bytes, at: dataStart + entry.range.lowerBound)
    }
    widening?.widen(elements)
    // A Bool of any other byte would be undefined behaviour.
    if entry.dtype == .bool, let index = bytes.firstIndex(where: { $0 > 1 }) {
      throw .malformed(
        path: path, tensor: entry.name,
        reason: "element \(index) is \(bytes[index]), expected 0 or 1 in a BOOL")
    }
  }

  private static func headerJSON(of file: InputFile) throws(SafetensorsError) -> [UInt8] {
    let prefix = SafetensorsHeader.lengthByteCount
    guard file.byteCount >= prefix else {
      throw .malformed(
        path: file.path, tensor: nil,
        reason: "the file has \(file.byteCount) bytes, expected at least the \(prefix) of the "
          + "header's length")
    }
    let lengthBytes = try reading { () throws(FileError) in
      try file.bytes(at: 0, count: prefix)
    }
    let length = lengthBytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= SafetensorsHeader.byteLimit else {
      throw .malformed(
        path: file.path, tensor: nil,
        reason: "the header claims \(length) bytes, expected at most "
          + "\(SafetensorsHeader.byteLimit)")
    }
    guard length <= file.byteCount - prefix else {
      throw .malformed(
        path: file.path, tensor: nil,
        reason: "the header claims \(length) bytes, but \(file.byteCount - prefix) follow")
    }
    return try reading { () throws(FileError) in
      try file.bytes(at: prefix, count: Int(length))
    }
  }

  private static func reading<Result>(
    _ body: () throws(FileError) -> Result
  ) throws(SafetensorsError) -> Result {
    do throws(FileError) {
      return try body()
    } catch {
      throw .file(error)
    }
  }
}
