import Tensor

/// Joining variables and repeating them. A gradient is cut, or summed, as the elements were joined.
extension Variable {
  /// The variables one after another along an axis; see `Tensor.concatenated`; the gradient of each
  /// is its part of g
  public static func concatenated(_ variables: [Variable], axis: Int = 0) -> Variable {
    let value = Tensor.concatenated(variables.map(\.value), axis: axis)
    let axis = axis < 0 ? axis + value.rank : axis
    let operands = variables.map(\.operand)
    return record(.concatenate, value, fromAll: variables) { g, backward in
      var start = 0
      for operand in operands {
        let end = start + operand.shape[axis]
        backward.add(to: operand) { g.narrowed(axis, start..<end) }
        start = end
      }
    }
  }

  /// Variables of one shape along a new axis, before the given one of theirs (−1: at the end); see
  /// `Tensor.stacked`.
  public static func stacked(_ variables: [Variable], axis: Int = 0) -> Variable {
    guard let first = variables.first, variables.allSatisfy({ $0.shape == first.shape }),
      axis >= -first.rank - 1 && axis <= first.rank
    else {
      return Variable(.stacked(variables.map(\.value), axis: axis))  // Stops with a message.
    }
    let axis = axis < 0 ? axis + first.rank + 1 : axis
    return .concatenated(variables.map { $0.expanded(at: axis) }, axis: axis)
  }

  /// The variable laid side by side `counts[i]` times along axis i; see `Tensor.tiled`.
  public func tiled(_ counts: [Int]) -> Variable {
    guard counts.allSatisfy({ $0 >= 0 }) else {
      return Variable(value.tiled(counts))  // Stops with a message.
    }
    let axes = Swift.max(rank, counts.count)
    let repetitions = Array(repeating: 1, count: axes - counts.count) + counts
    var result = reshaped(to: Shape(Array(repeating: 1, count: axes - rank) + shape))
    for (axis, count) in repetitions.enumerated() where count != 1 {
      result = result.repeatingBlocks(from: axis, count, of: axis)
    }
    return result
  }

  /// Each position along an axis `count` times in a row: [a, b] becomes [a, a, b, b].
  public func repeated(_ count: Int, axis: Int = 0) -> Variable {
    let axis = shape.axis(axis, of: "repeated")
    guard count >= 0 else { return Variable(value.repeated(count, axis: axis)) }
    return repeatingBlocks(from: axis + 1, count, of: axis)
  }

  /// Position i along an axis `counts[i]` times in a row; see `Tensor.repeated`.
  public func repeated(_ counts: [Int], axis: Int = 0) -> Variable {
    let axis = shape.axis(axis, of: "repeated")
    let result = value.repeated(counts, axis: axis)
    guard isRecorded else { return Variable(result) }
    return take(Tensor<Int64>.range(to: Int64(counts.count)).repeated(counts), axis: axis)
  }

  /// Every block made of the axes from `inner` on `count` times in a row, which makes axis `axis` that
  /// much longer.
  private func repeatingBlocks(from inner: Int, _ count: Int, of axis: Int) -> Variable {
    var extents = Array(shape)
    extents[axis] *= count
    let outer = shape.prefix(inner).reduce(1, *)
    let length = shape.dropFirst(inner).reduce(1, *)
    return reshaped(to: [outer, 1, length] as Shape)
      .broadcast(to: [outer, count, length])
      .reshaped(to: Shape(extents))
  }

  /// The variable moved along axes by `shifts[i]` positions along `axes[i]`; see `Tensor.rolled`.
  public func rolled(_ shifts: [Int], axes: [Int]) -> Variable {
    guard shifts.count == axes.count else {
      return Variable(value.rolled(shifts, axes: axes))  // Stops with a message.
    }
    return zip(shifts, axes).reduce(self) { $0.rolled($1.0, axis: $1.1) }
  }

  /// The variable moved by `shift` positions along an axis; what leaves at one end enters at the
  /// other.  ∂x = g moved back
  public func rolled(_ shift: Int, axis: Int) -> Variable {
    linearMap(.roll, value.rolled(shift, axis: axis)) { g in
      // A shift counts modulo the extent, so that it has an opposite.
      g.rolled(-(shift % Swift.max(1, g.shape[axis])), axis: axis)
    }
  }

  /// The variable moved by `shift` positions in row-major order, its shape unchanged.
  public func rolled(_ shift: Int) -> Variable {
    flattened.rolled(shift, axis: 0).reshaped(to: shape)
  }

  /// A grid for each vector, all of one shape, on which grid i has the coordinates of vector i; see
  /// `Tensor.meshgrid`.
  public static func meshgrid(
    _ vectors: [Variable], indexing: GridIndexing = .matrix
  ) -> [Variable] {
    let grids = Tensor.meshgrid(vectors.map(\.value), indexing: indexing)
    var axes = Array(vectors.indices)
    if indexing == .cartesian && axes.count >= 2 { axes.swapAt(0, 1) }
    return grids.indices.map { index in
      let extents = axes.indices.map { $0 == axes[index] ? vectors[index].count : 1 }
      return vectors[index].reshaped(to: Shape(extents)).broadcast(to: grids[index].shape)
    }
  }

  /// The variable with `widths[i].before` elements more in front along axis i, and `widths[i].after`
  /// more behind; see `Tensor.padded`;  ∂x = g at the elements, and where they were repeated the sum
  public func padded(
    _ widths: [(before: Int, after: Int)], mode: PaddingMode<Scalar>
  ) -> Variable {
    let positions: PaddingMode<Int64>
    switch mode {
    case .constant:
      let inner = zip(widths, shape).map { width, extent in width.before..<width.before + extent }
      return linearMap(.pad, value.padded(widths, mode: mode)) { $0.part(at: inner) }
    case .reflect: positions = .reflect
    case .replicate: positions = .replicate
    case .circular: positions = .circular
    }
    guard isRecorded, widths.count == rank else {
      return Variable(value.padded(widths, mode: mode))
    }
    var result = self
    for (axis, width) in widths.enumerated() where width != (0, 0) {
      let places = Tensor<Int64>.range(to: Int64(shape[axis])).padded([width], mode: positions)
      result = result.take(places, axis: axis)
    }
    return result
  }
}

/// Order along an axis. The gradient goes where the elements came from.
extension Variable {
  /// The elements along an axis in ascending order, or in descending order; see `Tensor.sorted`.
  public func sorted(axis: Int = -1, descending: Bool = false) -> Variable {
    guard isRecorded else { return Variable(value.sorted(axis: axis, descending: descending)) }
    return gather(value.argsort(axis: axis, descending: descending), axis: axis)
  }

  /// The `k` largest elements along an axis in descending order, or the smallest in ascending order,
  /// with their positions; see `Tensor.topK`.
  public func topK(
    _ k: Int, axis: Int = -1, largest: Bool = true
  ) -> (values: Variable, indices: Tensor<Int64>) {
    let (values, indices) = value.topK(k, axis: axis, largest: largest)
    return (isRecorded ? gather(indices, axis: axis) : Variable(values), indices)
  }
}
