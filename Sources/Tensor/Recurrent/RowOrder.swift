/// The order of rows that belong to each step of each sequence of a batch: part by part of the batch, and
/// in each part step by step.
///
/// A thread takes a part of the batch through all steps. In this order of rows the products over all
/// steps, which are cut by rows, give it the same part again, so that it meets what it made itself.
/// With one part it is the order of `[steps, batch]`.
package struct RowOrder: Sendable {
  let steps: Int
  let batch: Int
  /// Sequences of a part; the last one may have fewer.
  let partSize: Int

  var hasOnePart: Bool { partSize >= batch }

  /// The place of the first of `count` sequences from `first` on, a part, at a step.
  func row(step: Int, part first: Int, _ count: Int) -> Int { first * steps + step * count }

  /// `[steps · batch, width]` from `[steps, batch, width]`.
  func rows<Scalar>(of sequences: Tensor<Scalar>) -> Tensor<Scalar> {
    let width = sequences.shape[2]
    if hasOnePart { return sequences.reshaped(to: [steps * batch, width] as Shape) }
    let result = Tensor<Scalar>(uninitialized: [steps * batch, width])
    let strides = sequences.layout.strides
    withExtendedLifetime(sequences) {
      copy(
        Scalar.dtype, width, from: sequences.pointer, (strides[0], strides[1], strides[2]),
        to: result.storage.pointer, isRestoring: false)
    }
    return result
  }

  /// `[steps, batch, width]` from `[steps · batch, width]`.
  package func sequences<Scalar>(of rows: Tensor<Scalar>) -> Tensor<Scalar> {
    let width = rows.shape[1]
    if hasOnePart { return rows.reshaped(to: [steps, batch, width] as Shape) }
    let result = Tensor<Scalar>(uninitialized: [steps, batch, width])
    let source = rows.contiguous
    withExtendedLifetime(source) {
      copy(
        Scalar.dtype, width, from: source.pointer, (batch * width, width, 1),
        to: result.storage.pointer, isRestoring: true)
    }
    return result
  }

  /// Copies between these strides of steps, sequences and elements, and rows in order.
  private func copy(
    _ dtype: DType, _ width: Int, from source: UnsafeRawPointer,
    _ strides: (step: Int, sequence: Int, element: Int), to target: UnsafeMutableRawPointer,
    isRestoring: Bool
  ) {
    let size = dtype.byteCount
    let whole = batch / partSize * partSize
    for (first, parts, count) in [(0, batch / partSize, partSize), (whole, 1, batch - whole)] {
      let shape: Shape = [parts, steps, count, width]
      let loose = Dimensions([
        count * strides.sequence, strides.step, strides.sequence, strides.element,
      ])
      let (looseStart, rowStart) = (first * strides.sequence * size, first * steps * width * size)
      StridedCopy.run(
        byteCount: size, shape: shape, from: source + (isRestoring ? rowStart : looseStart),
        strides: isRestoring ? shape.contiguousStrides : loose,
        to: target + (isRestoring ? looseStart : rowStart),
        strides: isRestoring ? loose : shape.contiguousStrides)
    }
  }
}
