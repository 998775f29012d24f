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
        func add<Element: BitwiseCopyable>(
          _: Element.Type, _ combine: (Element, Element) -> Element
        ) {
          IndexedCopy.add(
            positions, from: elements.pointer.bound() as UnsafePointer<Element>,
            to: target.bound() as UnsafeMutablePointer<Element>, extent: blocks.extent,
            outer: blocks.outer, inner: blocks.inner, combine)
        }
        switch Scalar.dtype {
        case .float32: add(Float.self, +)
        case .float64: add(Double.self, +)
        case .int32: add(Int32.self, &+)
        case .int64: add(Int64.self, &+)
        case .uint8: add(UInt8.self, &+)
        case .bool: fatalError("indexAdd: bool is no number")
        }
      }
    }
  }
}

extension IndexedCopy {
  /// target[o, positions[i], j] ← combine(target[o, positions[i], j], source[o, i, j]), one i after
  /// another. Pieces of work are blocks of o and of j, so that no two of them meet.
  @inline(__always)
  static func add<Element: BitwiseCopyable>(
    _ positions: UnsafeBufferPointer<Int64>, from source: UnsafePointer<Element>,
    to target: UnsafeMutablePointer<Element>, extent: Int, outer: Int, inner: Int,
    _ combine: (Element, Element) -> Element
  ) {
    // Narrow blocks go through the indices too often, wide ones leave threads without work.
    let width = min(inner, 64)
    let blocks = (inner + width - 1) / width
    let count = positions.count
    let grain = max(1, 16_384 / max(1, count * width))
    ThreadPool.forEachRange(of: outer * blocks, grain: grain) { range in
      for piece in range {
        let first = piece % blocks * width
        let width = min(width, inner - first)
        var from = source + piece / blocks * count * inner + first
        let row = target + piece / blocks * extent * inner + first
        for position in positions {
          let to = row + Int(position) * inner
          for place in 0..<width { to[place] = combine(to[place], from[place]) }
          from += inner
        }
      }
    }
  }
}
