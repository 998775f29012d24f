extension Tensor {
  /// The part at the given positions and ranges, outermost axis first; a view when read.
  ///
  /// `t[0]` is the first row, `t[1..., -1]` the last column without its first element,
  /// `t[(0...).by(-2)]` every second row from the last on, `t[.newAxis]` the same
  /// elements with an axis of extent 1 in front, `t[.ellipsis, 0]` the first position of the last
  /// axis. Axes that are not named are taken whole. Assigning writes into this tensor;
  /// the assigned tensor is broadcast to the shape of the part. Stops with a message if an index is
  /// out of range or the shapes do not fit.
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
    var result = self
    result.layout.swapAxes(rank - 2, rank - 1)
    return result
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
