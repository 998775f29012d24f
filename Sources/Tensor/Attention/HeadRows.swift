/// The rows of each head of an operand of attention, where they lie.
struct HeadRows {
  private let base: UnsafeMutableRawPointer
  /// Where each head begins, in bytes.
  private let starts: [Int]
  private let size: Int
  /// Elements from a row to the next one.
  let step: Int

  /// The heads of `[…, rows, width]`, which `fits`.
  init<Scalar: FloatingPointScalar>(_ tensor: Tensor<Scalar>) {
    size = Scalar.dtype.byteCount
    let strides = tensor.layout.strides
    var starts = [tensor.layout.offset]
    for axis in 0..<tensor.rank - 2 {
      starts = starts.flatMap { start in
        (0..<tensor.shape[axis]).map { start + $0 * strides[axis] }
      }
    }
    base = tensor.storage.pointer
    self.starts = starts.map { [size] in $0 * size }
    step = tensor.shape[-2] > 1 ? strides[tensor.rank - 2] : max(1, tensor.shape[-1])
  }

  /// The tensor itself, if products can read its rows where they are, or else a copy.
  static func readable<Scalar: FloatingPointScalar>(_ tensor: Tensor<Scalar>) -> Tensor<Scalar> {
    let strides = tensor.layout.strides
    let width = tensor.shape[-1]
    let fits =
      (width <= 1 || strides[tensor.rank - 1] == 1)
      && (tensor.shape[-2] <= 1 || strides[tensor.rank - 2] >= max(1, width))
    return fits ? tensor : tensor.copied()
  }

  /// A tensor `[…, rows, width]` to be written. Of `[batch, heads, rows, width]` a row of all heads lies
  /// together, so that to join the heads again is a view.
  static func writable<Scalar: FloatingPointScalar>(_ shape: Shape, _: Scalar.Type) -> Tensor<
    Scalar
  > {
    guard shape.rank == 4 else { return Tensor(uninitialized: shape) }
    return Tensor(uninitialized: [shape[0], shape[2], shape[1], shape[3]] as Shape)
      .permuted([0, 2, 1, 3])
  }

  /// The address of a row of a head.
  func row(_ row: Int, of head: Int) -> UnsafeMutableRawPointer {
    base + starts[head] + row * step * size
  }

  /// Zeros in some rows of a head.
  func clear(_ rows: Range<Int>, of head: Int, width: Int) {
    for row in rows {
      self.row(row, of: head).initializeMemory(as: UInt8.self, repeating: 0, count: width * size)
    }
  }
}
