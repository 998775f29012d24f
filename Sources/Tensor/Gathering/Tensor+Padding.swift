/// What `padded` writes around the elements.
public enum PaddingMode<Scalar: TensorScalar>: Sendable {
  /// One value everywhere.
  case constant(Scalar)
  /// The elements mirrored at the first and last one, which are not repeated: c b | a b c | b a.
  case reflect
  /// The first and last element again and again: a a | a b c | c c.
  case replicate
  /// The elements from the other end, as on a ring: b c | a b c | a b.
  case circular
}

extension Tensor {
  /// The tensor with `widths[i].before` elements more in front along axis i, and `widths[i].after`
  /// more behind, as a copy.
  ///
  /// Widths beyond the extent go on mirroring or around, as in NumPy. Stops with a message if there is
  /// not one pair for each axis, a width is negative (slices cut), or an axis without elements is to
  /// be padded by other than a constant.
  public func padded(
    _ widths: [(before: Int, after: Int)], mode: PaddingMode<Scalar>
  ) -> Tensor {
    guard widths.count == rank && widths.allSatisfy({ $0.before >= 0 && $0.after >= 0 }) else {
      fatalError(
        "padded: shape \(shape) needs \(rank) pairs of widths of 0 or more, got "
          + "\(widths.map { [$0.before, $0.after] })")
    }
    if case .constant(let value) = mode {
      var extents = shape.dimensions
      for axis in 0..<rank { extents[axis] = paddedExtent(axis, widths[axis]) }
      let result = Tensor(repeating: value, shape: Shape(dimensions: extents))
      var part = result.layout
      part.shape = shape
      for axis in 0..<rank { part.offset += widths[axis].before * part.strides[axis] }
      result.initialize(part, from: self)
      return result
    }
    var result = contiguous
    for (axis, width) in widths.enumerated() where width.before > 0 || width.after > 0 {
      let extent = shape.dimensions[axis]
      guard extent > 0 else {
        fatalError("padded: axis \(axis) of shape \(shape) has no element to pad with")
      }
      let positions = Tensor<Int64>(unsafeUninitialized: [paddedExtent(axis, width)]) { buffer in
        for place in buffer.indices {
          buffer[place] = Int64(mode.source(of: place - width.before, extent: extent))
        }
      }
      result = result.take(positions, axis: axis)
    }
    return result
  }

  private func paddedExtent(_ axis: Int, _ width: (before: Int, after: Int)) -> Int {
    let (sum, overflow) = width.before.addingReportingOverflow(width.after)
    let (extent, overflows) = sum.addingReportingOverflow(shape.dimensions[axis])
    guard !overflow && !overflows else {
      fatalError("padded: the extent of axis \(axis) overflows Int")
    }
    return extent
  }
}

extension PaddingMode {
  /// The position whose element stands at `position`, which may lie outside of the extent.
  fileprivate func source(of position: Int, extent: Int) -> Int {
    switch self {
    case .constant, .replicate:
      return Swift.min(Swift.max(position, 0), extent - 1)
    case .circular:
      let rest = position % extent
      return rest < 0 ? rest + extent : rest
    case .reflect:
      // The mirrored elements repeat after going there and back.
      let period = Swift.max(1, 2 * (extent - 1))
      let rest = position % period
      let place = rest < 0 ? rest + period : rest
      return place < extent ? place : period - place
    }
  }
}

extension Tensor where Scalar: NumericScalar {
  /// The tensor with `widths[i].before` zeros more in front along axis i, and `widths[i].after` more
  /// behind, as a copy; `padded(_:mode:)` has other modes.
  public func padded(_ widths: [(before: Int, after: Int)]) -> Tensor {
    padded(widths, mode: .constant(0))
  }
}
