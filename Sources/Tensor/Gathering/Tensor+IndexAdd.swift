import CKernels

extension Tensor where Scalar: NumericScalar {
  /// Adds the parts of a tensor to those at the given positions of an axis: the gradient of `take`, and
  /// so of an embedding (PyTorch's `index_add_`).
  ///
  ///     self[a…, indices[i…], b…] += source[a…, i…, b…]
  ///
  /// `source` has the shape that `take` gives, with that of `indices` in place of the axis. Parts for
  /// one position are added one after another in the order of the indices, whatever the number of
  /// threads; integers wrap around. Negative indices count from the end. Stops with a message if
  /// shapes do not fit, or an index is out of range: it names the index and its position.
  public mutating func indexAdd<Index: IndexScalar>(
    _ source: Tensor, at indices: Tensor<Index>, axis: Int = 0
  ) {
    let axis = shape.axis(axis, of: "indexAdd")
    let positions = indices.positions(along: axis, of: shape, "indexAdd")
    let blocks = Blocks(shape, axis: axis)
    guard source.shape == blocks.shape(of: indices.shape) else {
      fatalError(
        "indexAdd: a source of shape \(blocks.shape(of: indices.shape)) is needed for indices of "
          + "shape \(indices.shape) along axis \(axis) of shape \(shape), got \(source.shape)")
    }
    if source.count == 0 { return }
    let elements = source.contiguous
    if !isContiguous { self = copied() }
    let target = mutablePointer()
    elements.withStorage {
      positions.withUnsafeBufferPointer { positions in
        IndexedCopy.add(
          Scalar.dtype, positions, from: elements.pointer, to: target, extent: blocks.extent,
          outer: blocks.outer, inner: blocks.inner)
      }
    }
  }
}

extension IndexedCopy {
  /// target[o, positions[i], j] += source[o, i, j], one i after another. Pieces of work are blocks of o
  /// and of j, so that no two of them meet.
  static func add(
    _ dtype: DType, _ positions: UnsafeBufferPointer<Int64>, from source: UnsafeRawPointer,
    to target: UnsafeMutableRawPointer, extent: Int, outer: Int, inner: Int
  ) {
    // Narrow blocks go through the indices too often, wide ones leave threads without work.
    let width = min(inner, 64)
    let blocks = (inner + width - 1) / width
    let count = positions.count
    let grain = max(1, 16_384 / max(1, count * width))
    let size = dtype.byteCount
    guard let places = positions.baseAddress else { return }
    ThreadPool.forEachRange(of: outer * blocks, grain: grain) { range in
      for piece in range {
        let first = piece % blocks * width
        let width = min(width, inner - first)
        let from = source + (piece / blocks * count * inner + first) * size
        let to = target + (piece / blocks * extent * inner + first) * size
        switch dtype {
        case .float32: apus_index_add_f32(places, from.bound(), to.bound(), inner, width, count)
        case .float64: apus_index_add_f64(places, from.bound(), to.bound(), inner, width, count)
        case .int32: apus_index_add_u32(places, from.bound(), to.bound(), inner, width, count)
        case .int64: apus_index_add_u64(places, from.bound(), to.bound(), inner, width, count)
        case .uint8: apus_index_add_u8(places, from.bound(), to.bound(), inner, width, count)
        case .bool: fatalError("indexAdd: bool is no number")
        }
      }
    }
  }
}
