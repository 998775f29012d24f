import CKernels

extension Tensor where Scalar: IndexScalar {
  /// The indices counted from the front, contiguous; stops with a message if one is out of range.
  func positions(along axis: Int, of target: Shape, _ name: StaticString) -> Tensor<Int64> {
    let source = contiguous
    let extent = Int64(target.dimensions[axis])
    guard
      let storage = Positions.resolve(
        source.storage, source.layout, isWide: Scalar.dtype == .int64, below: extent)
    else {
      source.stopAtIndexOutside(extent, axis, of: target, name)
    }
    return Tensor<Int64>(
      storage: storage,
      layout: storage === source.storage ? source.layout : Layout(contiguous: shape))
  }

  /// Calls `body` with the indices counted from the front, contiguous, and their storage: first as they are, which saves
  /// a pass over them where none is negative, then, if it says that one is out of range, counted
  /// again. Stops with a message if one is.
  func withPositions(
    along axis: Int, of target: Shape, _ name: StaticString,
    _ body: (Storage, UnsafeBufferPointer<Int64>) -> Bool
  ) {
    if Scalar.dtype == .int64 && target.dimensions[axis] > 0 {
      let source = contiguous
      let isDone = source.withStorage {
        body(source.storage, UnsafeBufferPointer(start: source.pointer.bound(), count: count))
      }
      if isDone { return }
    }
    let resolved = positions(along: axis, of: target, name)
    _ = resolved.withUnsafeBufferPointer { body(resolved.storage, $0) }
  }

  private func stopAtIndexOutside(
    _ extent: Int64, _ axis: Int, of target: Shape, _ name: StaticString
  ) -> Never {
    let indices = scalars
    let wrong = indices.firstIndex { Int64($0) >= extent || Int64($0) < -extent }!
    var place: [Int] = []
    var rest = wrong
    for extent in shape.reversed() {
      place.insert(rest % extent, at: 0)
      rest /= extent
    }
    fatalError(
      "\(name): index \(indices[wrong]) at position \(place) is out of range for axis "
        + "\(axis) of shape \(target)")
  }
}

private enum Positions {
  /// Indices of one piece of work.
  private static let grain = 32_768

  /// The storage of contiguous indices counted from the front: that of the indices where they are
  /// so already. Nil if one is out of range.
  static func resolve(
    _ storage: Storage, _ layout: Layout, isWide: Bool, below extent: Int64
  ) -> Storage? {
    let count = layout.count
    let start = storage.pointer + layout.offset * (isWide ? 8 : 4)
    if isWide {
      let indices: UnsafePointer<Int64> = UnsafeRawPointer(start).bound()
      if ThreadPool.holds(
        forEachRangeOf: count, grain: grain,
        { apus_all_below(indices + $0.lowerBound, extent, $0.count) })
      {
        return storage
      }
    }
    let result = Storage(shape: layout.shape, dtype: .int64)
    let target: UnsafeMutablePointer<Int64> = result.pointer.bound()
    let isInside = ThreadPool.holds(forEachRangeOf: count, grain: grain) { range in
      let first = range.lowerBound
      return isWide
        ? apus_positions_i64(start.bound() + first, extent, target + first, range.count)
        : apus_positions_i32(start.bound() + first, extent, target + first, range.count)
    }
    return isInside ? result : nil
  }
}
