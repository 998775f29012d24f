/// Joining tensors and repeating them. The results are contiguous copies, save where noted.
extension Tensor {
  /// The tensors one after another along an axis, whose extents add up; the others must be equal.
  ///
  /// Stops with a message if there is no tensor, a scalar is among them, the axis is out of range or
  /// the shapes do not fit.
  public static func concatenated(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
    guard let first = tensors.first else {
      fatalError("concatenated: at least 1 tensor is needed, got none")
    }
    let axis = first.shape.axis(axis, of: "concatenated")
    var extents = first.shape.dimensions
    extents[axis] = 0
    for tensor in tensors {
      guard tensor.rank == first.rank,
        (0..<first.rank).allSatisfy({
          $0 == axis || tensor.shape.dimensions[$0] == extents[$0]
        })
      else {
        fatalError(
          "concatenated: shapes \(first.shape) and \(tensor.shape) do not fit; "
            + "extents must be equal but for axis \(axis)")
      }
      extents[axis] += tensor.shape.dimensions[axis]
    }
    let result = Tensor(uninitialized: Shape(dimensions: extents))
    var start = 0
    for tensor in tensors {
      let end = start + tensor.shape.dimensions[axis]
      result.initialize(result.layout.narrowed(axis, start..<end), from: tensor)
      start = end
    }
    return result
  }

  /// Tensors of one shape along a new axis, before the given one of theirs (-1: at the end).
  ///
  /// Stops with a message if there is no tensor, the shapes differ or the axis is out of range.
  public static func stacked(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
    guard let first = tensors.first else {
      fatalError("stacked: at least 1 tensor is needed, got none")
    }
    let resolved = axis < 0 ? axis + first.rank + 1 : axis
    guard resolved >= 0 && resolved <= first.rank else {
      fatalError("stacked: axis \(axis) is out of range for shape \(first.shape)")
    }
    for tensor in tensors where tensor.shape != first.shape {
      fatalError("stacked: shapes \(first.shape) and \(tensor.shape) differ")
    }
    return concatenated(tensors.map { $0.expanded(at: resolved) }, axis: resolved)
  }

  /// The tensor laid side by side `counts[i]` times along axis i.
  ///
  /// As in NumPy, the shorter of the counts and the shape gets ones in front. Stops with a message
  /// if a count is negative.
  public func tiled(_ counts: [Int]) -> Tensor {
    for count in counts where count < 0 {
      fatalError("tiled: counts must not be negative, got \(counts)")
    }
    let lead = Swift.max(0, counts.count - rank)
    var result = reshaped(to: Shape([Int](repeating: 1, count: lead) + Array(shape)))
    for (place, count) in counts.enumerated() where count != 1 {
      let axis = place + result.rank - counts.count
      result = result.repeatingBlocks(from: axis, count, of: axis)
    }
    return result
  }

  /// Each position along an axis `count` times in a row: [a, b] becomes [a, a, b, b].
  ///
  /// Stops with a message if the count is negative or the axis out of range.
  public func repeated(_ count: Int, axis: Int = 0) -> Tensor {
    let axis = shape.axis(axis, of: "repeated")
    guard count >= 0 else { fatalError("repeated: the count must not be negative, got \(count)") }
    return repeatingBlocks(from: axis + 1, count, of: axis)
  }

  /// Position i along an axis `counts[i]` times in a row.
  ///
  /// Stops with a message if there is not one count for each position, or one is negative.
  public func repeated(_ counts: [Int], axis: Int = 0) -> Tensor {
    let axis = shape.axis(axis, of: "repeated")
    guard counts.count == shape.dimensions[axis] && counts.allSatisfy({ $0 >= 0 }) else {
      fatalError(
        "repeated: axis \(axis) of shape \(shape) needs \(shape.dimensions[axis]) counts of 0 or "
          + "more, got \(counts)")
    }
    let positions = counts.enumerated().flatMap { position, count in
      repeatElement(Int64(position), count: count)
    }
    return take(Tensor<Int64>(positions), axis: axis)
  }

  /// Every block made of the axes from `inner` on `count` times in a row, which makes axis `axis`
  /// that much longer.
  private func repeatingBlocks(from inner: Int, _ count: Int, of axis: Int) -> Tensor {
    var extents = shape.dimensions
    let (extent, overflow) = extents[axis].multipliedReportingOverflow(by: count)
    guard !overflow else {
      fatalError("repeated: \(count) times axis \(axis) of shape \(shape) overflows Int")
    }
    extents[axis] = extent
    let target = Shape(dimensions: extents)
    if target.elementCount == 0 { return Tensor(uninitialized: target) }
    let outer = shape.dimensions[..<inner].reduce(1, *)
    let blocks = reshaped(to: [outer, 1, self.count / outer] as Shape)
    return blocks.broadcast(to: [outer, count, self.count / outer]).copied().reshaped(to: target)
  }

  /// The tensor moved along axes by `shifts[i]` positions along `axes[i]`; what leaves at one end
  /// enters at the other.
  ///
  /// Stops with a message if an axis is out of range or there is not one shift for each axis.
  public func rolled(_ shifts: [Int], axes: [Int]) -> Tensor {
    guard shifts.count == axes.count else {
      fatalError("rolled: \(shifts.count) shifts for \(axes.count) axes")
    }
    var result = self
    for (shift, axis) in zip(shifts, axes) { result = result.rolled(shift, axis: axis) }
    return result
  }

  /// The tensor moved by `shift` positions along an axis; what leaves at one end enters at the other.
  ///
  /// A shift by a multiple of the extent returns the tensor itself, without a copy.
  public func rolled(_ shift: Int, axis: Int) -> Tensor {
    let axis = shape.axis(axis, of: "rolled")
    let extent = shape.dimensions[axis]
    guard extent > 0, shift % extent != 0 else { return self }
    let cut = extent - (shift % extent + (shift < 0 ? extent : 0))
    return Tensor.concatenated(
      [narrowed(axis, cut..<extent), narrowed(axis, 0..<cut)], axis: axis)
  }

  /// The tensor moved by `shift` positions in row-major order, its shape unchanged.
  public func rolled(_ shift: Int) -> Tensor {
    flattened.rolled(shift, axis: 0).reshaped(to: shape)
  }

  /// Copies `source`, of the same shape, to a part of this tensor, whose elements are being set for
  /// the first time.
  func initialize(_ part: Layout, from source: Tensor) {
    source.withStorage {
      StridedCopy.run(
        byteCount: MemoryLayout<Scalar>.stride, shape: part.shape, from: source.pointer,
        strides: source.layout.strides,
        to: storage.pointer + part.offset * MemoryLayout<Scalar>.stride, strides: part.strides)
    }
    withStorage {}
  }
}

/// Which of two vectors runs along which axis of the grids of `meshgrid`.
public enum GridIndexing: Sendable, Hashable {
  /// "ij": vector i runs along axis i.
  case matrix
  /// "xy": the first vector runs along axis 1 and the second along axis 0, as x and y in an image.
  case cartesian
}

extension Tensor {
  /// A grid for each vector, all of one shape, on which grid i has the coordinates of vector i.
  ///
  /// The grids are views that repeat the vectors, without a copy. Stops with a message if an operand
  /// is not a vector.
  public static func meshgrid(
    _ vectors: [Tensor], indexing: GridIndexing = .matrix
  ) -> [Tensor] {
    for vector in vectors where vector.rank != 1 {
      fatalError("meshgrid: vectors are needed, got shape \(vector.shape)")
    }
    var axes = Array(vectors.indices)
    if indexing == .cartesian && axes.count >= 2 { axes.swapAt(0, 1) }
    var extents = Dimensions(repeating: 1, count: vectors.count)
    for (vector, axis) in zip(vectors, axes) { extents[axis] = vector.count }
    let shape = Shape(dimensions: extents)
    return zip(vectors, axes).map { vector, axis in
      var own = Dimensions(repeating: 1, count: vectors.count)
      own[axis] = vector.count
      return vector.reshaped(to: Shape(dimensions: own)).broadcast(to: shape)
    }
  }
}
