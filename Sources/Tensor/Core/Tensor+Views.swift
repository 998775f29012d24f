/// What of an axis a subscript takes: one position, or a range of positions with open ends.
///
/// Negative positions count from the end, as in NumPy: `t[-1]` is the last row.
public enum AxisSelection: Sendable, ExpressibleByIntegerLiteral {
  /// One position; the axis vanishes.
  case position(Int)
  /// From `lower` (the start if nil) up to, not including, `upper` (the end if nil).
  case span(lower: Int?, upper: Int?)

  public init(integerLiteral value: Int) { self = .position(value) }
}

/// Something that a tensor's subscript accepts for an axis: an `Int` or a range; `0...` is all of it.
public protocol AxisSelectionConvertible {
  var axisSelection: AxisSelection { get }
}

extension AxisSelection: AxisSelectionConvertible {
  public var axisSelection: AxisSelection { self }
}
extension Int: AxisSelectionConvertible {
  public var axisSelection: AxisSelection { .position(self) }
}
extension Range<Int>: AxisSelectionConvertible {
  public var axisSelection: AxisSelection { .span(lower: lowerBound, upper: upperBound) }
}
extension ClosedRange<Int>: AxisSelectionConvertible {
  public var axisSelection: AxisSelection {
    // -1 as the closed end is the last position: nothing comes after it.
    .span(lower: lowerBound, upper: upperBound == -1 ? nil : upperBound + 1)
  }
}
extension PartialRangeFrom<Int>: AxisSelectionConvertible {
  public var axisSelection: AxisSelection { .span(lower: lowerBound, upper: nil) }
}
extension PartialRangeUpTo<Int>: AxisSelectionConvertible {
  public var axisSelection: AxisSelection { .span(lower: nil, upper: upperBound) }
}
extension PartialRangeThrough<Int>: AxisSelectionConvertible {
  public var axisSelection: AxisSelection {
    .span(lower: nil, upper: upperBound == -1 ? nil : upperBound + 1)
  }
}

extension Layout {
  /// The layout of the selected part; axes without a selection are taken whole.
  func selecting(_ selections: [any AxisSelectionConvertible]) -> Layout {
    guard selections.count <= rank else {
      fatalError("subscript: \(selections.count) indices for a tensor of shape \(shape)")
    }
    var extents = Dimensions()
    var steps = Dimensions()
    var start = offset
    for axis in 0..<rank {
      let extent = shape.dimensions[axis]
      guard axis < selections.count else {
        extents.append(extent)
        steps.append(strides[axis])
        continue
      }
      switch selections[axis].axisSelection {
      case .position(let position):
        let resolved = position < 0 ? position + extent : position
        guard resolved >= 0 && resolved < extent else {
          fatalError("subscript: index \(position) is out of range for axis \(axis) of \(shape)")
        }
        start += resolved * strides[axis]
      case .span(let lower, let upper):
        let from = lower.map { $0 < 0 ? $0 + extent : $0 } ?? 0
        let to = upper.map { $0 < 0 ? $0 + extent : $0 } ?? extent
        guard from >= 0 && to <= extent && from <= to else {
          fatalError(
            "subscript: range \(lower.map(String.init) ?? "")..<\(upper.map(String.init) ?? "") "
              + "is out of range for axis \(axis) of \(shape)")
        }
        start += from * strides[axis]
        extents.append(to - from)
        steps.append(strides[axis])
      }
    }
    return Layout(shape: Shape(dimensions: extents), strides: steps, offset: start)
  }
}

extension Tensor {
  /// The part at the given positions and ranges, outermost axis first; a view when read.
  ///
  /// `t[0]` is the first row, `t[1..., -1]` the last column without its first element. Assigning
  /// writes into this tensor; the assigned tensor is broadcast to the shape of the part. Stops with
  /// a message if an index is out of range or the shapes do not fit.
  public subscript(selections: any AxisSelectionConvertible...) -> Tensor {
    get { Tensor(storage: storage, layout: layout.selecting(selections)) }
    set {
      let part = layout.selecting(selections)
      guard Shape.broadcast(newValue.shape, part.shape) == part.shape else {
        fatalError(
          "subscript: cannot assign shape \(newValue.shape) to a part of shape \(part.shape)")
      }
      // Copying may change the strides, so the part is selected again afterwards.
      let base = mutablePointer()
      let target = layout.selecting(selections)
      let source = newValue.layout.broadcast(to: part.shape)
      let byteCount = MemoryLayout<Scalar>.stride
      newValue.withStorage {
        StridedCopy.run(
          byteCount: byteCount, shape: part.shape, from: newValue.pointer, strides: source.strides,
          to: base + (target.offset - layout.offset) * byteCount, strides: target.strides)
      }
    }
  }

  /// The same elements with another shape: a view where the strides allow it, else a copy.
  ///
  /// One extent may be -1: it is then what the others leave. Stops with a message if the number of
  /// elements differs.
  public func reshaped(to extents: [Int]) -> Tensor {
    reshaped(to: resolve(extents))
  }

  /// The same elements with another shape: a view where the strides allow it, else a copy.
  public func reshaped(to shape: Shape) -> Tensor {
    guard shape.elementCount == count else {
      fatalError(
        "reshaped: \(self.shape) has \(count) elements, \(shape) needs \(shape.elementCount)")
    }
    if count == 0 { return Tensor(uninitialized: shape) }
    if let view = layout.reshaped(to: shape) { return Tensor(storage: storage, layout: view) }
    let copy = copied()
    return Tensor(storage: copy.storage, layout: Layout(contiguous: shape))
  }

  private func resolve(_ extents: [Int]) -> Shape {
    guard let open = extents.firstIndex(of: -1) else { return Shape(extents) }
    var rest = extents
    rest.remove(at: open)
    guard !rest.contains(-1) else {
      fatalError("reshaped: one extent may be -1, got \(extents)")
    }
    let known = Shape(rest).elementCount
    guard known > 0 && count % known == 0 else {
      fatalError(
        "reshaped: \(shape) has \(count) elements, which \(extents) cannot take; "
          + "the extents beside -1 must divide them")
    }
    rest.insert(count / known, at: open)
    return Shape(rest)
  }

  /// All elements as a vector, in row-major order: a view where the strides allow it, else a copy.
  public var flattened: Tensor { reshaped(to: [count] as Shape) }

  /// The view with the last two axes exchanged; stops with a message below rank 2.
  public var transposed: Tensor {
    guard rank >= 2 else {
      fatalError("transposed: at least 2 axes are needed, got shape \(shape)")
    }
    return Tensor(storage: storage, layout: layout.swappingAxes(rank - 2, rank - 1))
  }

  /// The view with its axes in another order: axis `i` of the result is axis `axes[i]` of this one.
  public func permuted(_ axes: [Int]) -> Tensor {
    let resolved = axes.map { shape.axis($0, of: "permuted") }
    guard Set(resolved).count == rank && axes.count == rank else {
      fatalError("permuted: \(axes) does not name each axis of shape \(shape) once")
    }
    let view = Layout(
      shape: Shape(resolved.map { shape.dimensions[$0] }),
      strides: Dimensions(resolved.map { layout.strides[$0] }), offset: layout.offset)
    return Tensor(storage: storage, layout: view)
  }

  /// The view with a new axis of extent 1 before the given one (-1: at the end).
  public func expanded(at axis: Int) -> Tensor {
    let resolved = axis < 0 ? axis + rank + 1 : axis
    guard resolved >= 0 && resolved <= rank else {
      fatalError("expanded: axis \(axis) is out of range for shape \(shape)")
    }
    var extents = shape.dimensions
    var strides = layout.strides
    extents.insert(1, at: resolved)
    strides.insert(0, at: resolved)
    let view = Layout(shape: Shape(dimensions: extents), strides: strides, offset: layout.offset)
    return Tensor(storage: storage, layout: view)
  }

  /// The view with the elements repeated along new axes and axes of extent 1, by NumPy's rule.
  ///
  /// Stops with a message if this shape does not broadcast to `shape`.
  public func broadcast(to shape: Shape) -> Tensor {
    guard Shape.broadcast(self.shape, shape) == shape else {
      fatalError("broadcast: shape \(self.shape) does not broadcast to \(shape)")
    }
    return Tensor(storage: storage, layout: layout.broadcast(to: shape))
  }
}
