/// Views that drop, reverse, cut or slide along axes. None of them copies.
extension Tensor {
  /// The view without its axes of extent 1, or without the given ones; negative axes count from the
  /// last.
  ///
  /// Stops with a message if an axis is out of range, named twice, or has another extent than 1.
  public func squeezed(axes: [Int]? = nil) -> Tensor {
    let isDropped: AxisSet
    if let axes {
      isDropped = AxisSet(axes, of: shape, "squeezed")
      for axis in 0..<rank where isDropped[axis] && shape.dimensions[axis] != 1 {
        fatalError("squeezed: axis \(axis) of shape \(shape) has an extent other than 1")
      }
    } else {
      isDropped = AxisSet(of: shape) { shape.dimensions[$0] == 1 }
    }
    var extents = Dimensions()
    var strides = Dimensions()
    for axis in 0..<rank where !isDropped[axis] {
      extents.append(shape.dimensions[axis])
      strides.append(layout.strides[axis])
    }
    let view = Layout(shape: Shape(dimensions: extents), strides: strides, offset: layout.offset)
    return Tensor(storage: storage, layout: view)
  }

  /// The view with the order of the elements reversed along the given axes, or along all.
  ///
  /// Stops with a message if an axis is out of range or named twice.
  public func flipped(axes: [Int]? = nil) -> Tensor {
    let isReversed = AxisSet(axes, of: shape, "flipped")
    var view = layout
    for axis in 0..<rank where isReversed[axis] && shape.dimensions[axis] > 0 {
      view.offset += (shape.dimensions[axis] - 1) * view.strides[axis]
      view.strides[axis] = -view.strides[axis]
    }
    return Tensor(storage: storage, layout: view)
  }

  /// The view of every window of `length` positions along an axis, `step` positions apart: the axis
  /// then counts windows, ⌊(extent − length) / step⌋ + 1 of them, and a new last axis of extent
  /// `length` has their elements.
  ///
  /// Windows share elements, so that writing to the view first gives each element a place of its
  /// own. Stops with a message if the axis is out of range, `length` is not in 1…extent, or `step`
  /// is not positive.
  public func slidingWindows(length: Int, axis: Int = -1, step: Int = 1) -> Tensor {
    let axis = shape.axis(axis, of: "slidingWindows")
    let extent = shape.dimensions[axis]
    guard length >= 1 && length <= extent else {
      fatalError(
        "slidingWindows: a window of \(length) does not fit axis \(axis) of shape \(shape)")
    }
    guard step >= 1 else {
      fatalError("slidingWindows: the step must be positive, got \(step)")
    }
    var extents = shape.dimensions
    var strides = layout.strides
    extents[axis] = (extent - length) / step + 1
    extents.append(length)
    strides.append(strides[axis])
    // With one window the stride is never used, and its product might overflow.
    if extents[axis] > 1 { strides[axis] *= step }
    let view = Layout(shape: Shape(dimensions: extents), strides: strides, offset: layout.offset)
    return Tensor(storage: storage, layout: view)
  }

  /// Views of `parts` equal parts along an axis, in order.
  ///
  /// Stops with a message if `parts` is not positive or does not divide the extent; see `chunks`.
  public func split(into parts: Int, axis: Int = 0) -> [Tensor] {
    let axis = shape.axis(axis, of: "split")
    let extent = shape.dimensions[axis]
    guard parts >= 1 && extent % parts == 0 else {
      fatalError("split: axis \(axis) of shape \(shape) cannot be cut into \(parts) equal parts")
    }
    let length = extent / parts
    return (0..<parts).map { narrowed(axis, $0 * length..<($0 + 1) * length) }
  }

  /// Views of the parts between the given positions along an axis: [0, p₀), [p₀, p₁), …, [pₙ, extent).
  ///
  /// Negative positions count from the end. Stops with a message if a position is out of range or
  /// before the one ahead of it. No position gives one part, the whole.
  public func split(at positions: [Int], axis: Int = 0) -> [Tensor] {
    let axis = shape.axis(axis, of: "split")
    let extent = shape.dimensions[axis]
    var start = 0
    var parts: [Tensor] = []
    parts.reserveCapacity(positions.count + 1)
    for position in positions {
      let end = position < 0 ? position + extent : position
      guard end >= start && end <= extent else {
        fatalError(
          "split: positions \(positions) must ascend and lie within axis \(axis) of shape \(shape)")
      }
      parts.append(narrowed(axis, start..<end))
      start = end
    }
    parts.append(narrowed(axis, start..<extent))
    return parts
  }

  /// Views of at most `count` parts along an axis, each ⌈extent / count⌉ long but for the last, which
  /// may be shorter; there can be fewer of them, as in PyTorch. An axis of extent 0 gives `count` empty
  /// parts.
  ///
  /// Stops with a message if `count` is not positive.
  public func chunks(_ count: Int, axis: Int = 0) -> [Tensor] {
    let axis = shape.axis(axis, of: "chunks")
    guard count >= 1 else { fatalError("chunks: at least 1 part is needed, got \(count)") }
    let extent = shape.dimensions[axis]
    if extent == 0 { return Array(repeating: self, count: count) }
    let length = extent / count + (extent % count == 0 ? 0 : 1)
    let starts = stride(from: 0, to: extent, by: length)
    return starts.map { narrowed(axis, $0..<$0 + Swift.min(length, extent - $0)) }
  }

  /// The view of a range of positions along an axis, both checked by the caller.
  func narrowed(_ axis: Int, _ range: Range<Int>) -> Tensor {
    Tensor(storage: storage, layout: layout.narrowed(axis, range))
  }
}

extension Layout {
  /// The part within a range of positions along an axis.
  func narrowed(_ axis: Int, _ range: Range<Int>) -> Layout {
    var extents = shape.dimensions
    extents[axis] = range.count
    return Layout(
      shape: Shape(dimensions: extents), strides: strides,
      offset: offset + range.lowerBound * strides[axis])
  }
}
