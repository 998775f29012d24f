/// The bytes of one `.npy`, read from front to back: a file, or a member of an archive.
protocol NPYSource: AnyObject {
  var place: NPYError.Place { get }
  /// All bytes, from the first of the header on.
  var byteCount: Int { get }

  /// Fills `buffer` with the next bytes; the caller asks for no more than there are.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(NPYError)

  /// Checks what can be checked after the last byte alone.
  func finish() throws(NPYError)
}

extension NPYSource {
  /// The next `count` bytes.
  func bytes(_ count: Int) throws(NPYError) -> [UInt8] {
    var failure: NPYError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      do throws(NPYError) {
        try read(into: UnsafeMutableRawBufferPointer(buffer))
        initialized = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// The array that `header`, just read, describes.
  ///
  /// Fortran order is read into memory as it is, and seen through a transposed view.
  func tensor<Scalar: TensorScalar>(
    _ header: NPYHeader, as type: Scalar.Type
  ) throws(NPYError) -> Tensor<Scalar> {
    guard header.dtype == Scalar.dtype else {
      throw .dtypeMismatch(place, found: header.dtype, expected: Scalar.dtype)
    }
    let axes = Array((0..<header.shape.rank).reversed())
    let shape = header.isFortranOrder ? Shape(header.shape.reversed()) : header.shape
    // The closure keeps its error to itself, since Tensor's initializer would lose its type.
    var failure: NPYError?
    let tensor = Tensor<Scalar>(unsafeUninitialized: shape) { elements in
      do throws(NPYError) {
        try fill(UnsafeMutableRawBufferPointer(elements), header)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return header.isFortranOrder ? tensor.permuted(axes) : tensor
  }

  private func fill(
    _ bytes: UnsafeMutableRawBufferPointer, _ header: NPYHeader
  ) throws(NPYError) {
    try read(into: bytes)
    try finish()
    if header.isBigEndian {
      switch header.dtype.byteCount {
      case 4: swapBytes(of: bytes.assumingMemoryBound(to: UInt32.self))
      default: swapBytes(of: bytes.assumingMemoryBound(to: UInt64.self))
      }
    }
    // A Bool of any other byte would be undefined behaviour.
    if header.dtype == .bool, let index = bytes.firstIndex(where: { $0 > 1 }) {
      throw .malformed(
        place, reason: "element \(index) is \(bytes[index]), expected 0 or 1 in a bool")
    }
  }
}

private func swapBytes<Word: FixedWidthInteger>(of words: UnsafeMutableBufferPointer<Word>) {
  for index in words.indices { words[index] = words[index].byteSwapped }
}

/// An `.npy` file from its start, or from a later byte.
final class NPYFileSource: NPYSource {
  private let file: InputFile
  private(set) var position: Int

  init(_ file: InputFile, from position: Int = 0) {
    self.file = file
    self.position = position
  }

  var place: NPYError.Place { .init(path: file.path) }
  var byteCount: Int { file.byteCount }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(NPYError) {
    do throws(FileError) {
      try file.read(into: buffer, at: position)
    } catch {
      throw .file(error)
    }
    position += buffer.count
  }

  func finish() {}
}
