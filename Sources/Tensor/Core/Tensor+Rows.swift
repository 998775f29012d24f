import CKernels

extension Tensor {
  /// The parts at the given positions of the first axis, in that order: shape `[indices.count, …]`.
  ///
  /// Stops with a message if an index is out of range or the tensor is a scalar.
  public func rows(_ indices: some RandomAccessCollection<Int>) -> Tensor {
    guard rank >= 1 else { fatalError("rows: a scalar tensor has no rows") }
    let source = contiguous
    var extents = shape.dimensions
    let rowCount = extents[0]
    extents[0] = indices.count
    let result = Tensor(uninitialized: Shape(dimensions: extents))
    let byteCount = count / Swift.max(rowCount, 1) * MemoryLayout<Scalar>.stride
    source.withStorage {
      var target = result.storage.pointer
      for (place, index) in indices.enumerated() {
        guard index >= 0 && index < rowCount else {
          fatalError("rows: index \(index) at position \(place) is out of range for \(shape)")
        }
        target.copyMemory(from: source.pointer + index * byteCount, byteCount: byteCount)
        target += byteCount
      }
    }
    return result
  }

  /// Asks the processor for a part of the first axis, if it lies together, before it is read; waits for
  /// nothing.
  package func prefetchRow(_ row: Int) {
    guard layout.isContiguous else { return }
    let byteCount = count / shape[0] * MemoryLayout<Scalar>.stride
    withStorage { apus_prefetch(pointer + row * byteCount, byteCount) }
  }
}
