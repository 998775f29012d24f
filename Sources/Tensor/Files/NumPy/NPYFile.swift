/// One array in a file of NumPy's `.npy` format.
///
/// Opening reads and checks the header alone, so that type and shape can be asked before the elements
/// are read:
///
///     let file = try NPYFile(path: "images.npy")
///     print(file.header.dtype, file.header.shape)
///     let images = try file.tensor(as: UInt8.self)
///
/// Format versions 1.0, 2.0 and 3.0, C and Fortran order, both byte orders, and the types f4, f8,
/// i4, i8, u1 and b1 are read. Nothing in a file is evaluated or executed.
///
/// Source: NumPy's format description, https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
public struct NPYFile: Sendable {
  public let path: String
  /// The type, shape and layout of the array.
  public let header: NPYHeader
  private let file: InputFile
  private let dataStart: Int

  /// Opens the file at `path` and checks its header against the format and the file's size.
  ///
  /// - Throws: `NPYError.file` where it cannot be read; `.wrongFormat`, `.unknownVersion` and
  ///   `.malformed` where it breaks a rule of the format, which includes data that are too few or
  ///   too many for the shape, and a header of more than 65,535 bytes; `.unsupportedDType` and
  ///   `.unsupportedRank` where a tensor cannot hold the array.
  public init(path: String) throws(NPYError) {
    self.path = path
    do throws(FileError) { file = try InputFile(path: path) } catch { throw .file(error) }
    let source = NPYFileSource(file)
    header = try NPYHeader(from: source)
    dataStart = source.position
  }

  /// Reads the array.
  ///
  /// An array in Fortran order becomes a view with its axes reversed, without a copy.
  ///
  /// - Throws: `NPYError.dtypeMismatch` where the elements are not of type `Scalar`, `.malformed`
  ///   where a bool is neither 0 nor 1, `.file` where reading fails.
  public func tensor<Scalar: TensorScalar>(
    as type: Scalar.Type = Scalar.self
  ) throws(NPYError) -> Tensor<Scalar> {
    try NPYFileSource(file, from: dataStart).tensor(header, as: type)
  }
}

extension Tensor {
  /// Reads the array in the `.npy` file at `path`, whose elements must be of type `Scalar`.
  ///
  /// - Throws: `NPYError`, as `NPYFile` does, which also tells type and shape before reading.
  public init(npy path: String) throws(NPYError) {
    self = try NPYFile(path: path).tensor()
  }

  /// Writes the tensor to a file of NumPy's `.npy` format at `path`, which appears complete or not
  /// at all: after an error, what was there before is untouched.
  ///
  /// The bytes are those that `numpy.save` writes of the same array: format version 1.0,
  /// little-endian. As there, a tensor whose axes lie in reverse in memory, such as a transposed
  /// matrix, is written in Fortran order, without a copy; other views are copied first.
  ///
  /// - Throws: `NPYError.file` where the system refuses.
  public func writeNPY(to path: String) throws(NPYError) {
    let content = NPYContent(self)
    do throws(FileError) {
      var file = try AtomicFile(path: path)
      try file.write(content.header)
      try content.writeElements(&file)
      try file.commit()
    } catch {
      throw .file(error)
    }
  }
}

/// A tensor of any scalar type as the bytes of an `.npy` file.
struct NPYContent: Sendable {
  let header: [UInt8]
  let dataByteCount: Int
  /// Calls its argument with the bytes of the elements, in the order of the file.
  private let withElements: @Sendable ((UnsafeRawBufferPointer) -> Void) -> Void

  init<Scalar: TensorScalar>(_ tensor: Tensor<Scalar>) {
    var stored = tensor
    var isFortranOrder = false
    if !tensor.isContiguous {
      let reversed = tensor.permuted(Array((0..<tensor.rank).reversed()))
      isFortranOrder = reversed.isContiguous
      stored = isFortranOrder ? reversed : tensor.copied()
    }
    let description = NPYHeader(
      dtype: Scalar.dtype, shape: tensor.shape, isFortranOrder: isFortranOrder, isBigEndian: false)
    header = description.bytes
    dataByteCount = description.dataByteCount
    withElements = { [stored] body in
      stored.withUnsafeBufferPointer { body(UnsafeRawBufferPointer($0)) }
    }
  }

  func withElementBytes(_ body: (UnsafeRawBufferPointer) -> Void) { withElements(body) }

  func writeElements(_ file: inout AtomicFile) throws(FileError) {
    var failure: FileError?
    withElements { bytes in
      do throws(FileError) { try file.write(bytes) } catch { failure = error }
    }
    if let failure { throw failure }
  }
}
