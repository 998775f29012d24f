extension Layout {
  /// The diagonal of two different axes, both counted from the front: they vanish, and a last axis
  /// steps along both.
  func diagonal(_ first: Int, _ second: Int, offset diagonal: Int = 0) -> Layout {
    // `Int.min` has no magnitude; no axis is that long.
    let below = Swift.max(0, diagonal == .min ? .max : -diagonal)
    let right = Swift.max(0, diagonal)
    let rows = shape.dimensions[first]
    let columns = shape.dimensions[second]
    let length = Swift.min(
      rows - Swift.min(rows, below), columns - Swift.min(columns, right))
    var extents = shape.dimensions
    var steps = strides
    for axis in [Swift.max(first, second), Swift.min(first, second)] {
      extents.remove(at: axis)
      steps.remove(at: axis)
    }
    extents.append(length)
    steps.append(strides[first] + strides[second])
    let start = length == 0 ? offset : offset + below * strides[first] + right * strides[second]
    return Layout(shape: Shape(dimensions: extents), strides: steps, offset: start)
  }
}

extension Tensor {
  /// The view of the diagonals of matrices: y[…, i] = x[…, i, i + offset].
  ///
  /// `axes` names the rows and the columns, by default the last two axes. They vanish, and the
  /// diagonal becomes the last axis. It starts `offset` columns right of the corner, or −`offset`
  /// rows below it; one that lies outside has extent 0. Stops with a message if the axes are equal
  /// or out of range, so below rank 2.
  public func diagonal(offset: Int = 0, axes: (rows: Int, columns: Int) = (-2, -1)) -> Tensor {
    Tensor(storage: storage, layout: diagonalLayout(offset, axes, of: "diagonal"))
  }

  fileprivate func diagonalLayout(
    _ offset: Int, _ axes: (rows: Int, columns: Int), of name: StaticString
  ) -> Layout {
    guard rank >= 2 else {
      fatalError("\(name): at least 2 axes are needed, got shape \(shape)")
    }
    let rows = shape.axis(axes.rows, of: name)
    let columns = shape.axis(axes.columns, of: name)
    guard rows != columns else {
      fatalError("\(name): axes \(axes.rows) and \(axes.columns) of shape \(shape) are the same")
    }
    return layout.diagonal(rows, columns, offset: offset)
  }
}

extension Tensor where Scalar: SignedScalar {
  /// The sums of the diagonals of matrices: y[…] = Σᵢ x[…, i, i + offset]; 0 of nothing.
  ///
  /// `axes` and `offset` are those of `diagonal`, by default the last two axes and their main
  /// diagonal.
  public func trace(offset: Int = 0, axes: (rows: Int, columns: Int) = (-2, -1)) -> Tensor {
    Tensor(storage: storage, layout: diagonalLayout(offset, axes, of: "trace")).sum(axes: [-1])
  }
}
