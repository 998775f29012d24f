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

}

extension Tensor where Scalar == Float {
  /// The parts at the given positions of the first axis of a tensor of bytes, in that order, as
  /// element × `scale`: `rows(_:)` and the conversion in one pass.
  ///
  /// Threads share the columns, as a product with a deep weight does whose k is split: each of two then
  /// reads what it made itself. Parts at `next` are asked for, so that they come to the cache of the
  /// thread that will convert them; nobody waits for them.
  ///
  /// Stops with a message if an index is out of range or the tensor is a scalar.
  @_specialize(where Indices == ArraySlice<Int>)
  @_specialize(where Indices == Range<Int>)
  package init<Indices: RandomAccessCollection<Int>>(
    rows indices: Indices, of bytes: Tensor<UInt8>, scale: Float, thenNeeding next: Indices
  ) {
    guard bytes.rank >= 1 else { fatalError("rows: a scalar tensor has no rows") }
    var extents = bytes.shape.dimensions
    let rowCount = extents[0]
    for (place, index) in indices.enumerated() where index < 0 || index >= rowCount {
      fatalError("rows: index \(index) at position \(place) is out of range for \(bytes.shape)")
    }
    extents[0] = indices.count
    self.init(uninitialized: Shape(dimensions: extents))
    let source = bytes.contiguous
    let width = bytes.count / Swift.max(rowCount, 1)
    let target = storage.pointer
    source.withStorage {
      let first = source.pointer
      // Whole cache lines of floats, and a few microseconds of work in each piece.
      let pieces = Swift.max(1, Swift.min(ThreadPool.threadCount, count / 8192, width / 64))
      func cut(_ piece: Int) -> Int { piece == pieces ? width : width * piece / pieces & ~15 }
      ThreadPool.forEachPiece(pieces, isBrief: count < 100_000) { piece in
        let start = cut(piece)
        let part = cut(piece + 1) - start
        var row = target + start * MemoryLayout<Float>.stride
        for index in indices {
          apus_u8_to_f32((first + index * width + start).bound(), scale, 0, row.bound(), part)
          row += width * MemoryLayout<Float>.stride
        }
        for index in next { apus_prefetch(first + index * width + start, part) }
      }
    }
  }
}
