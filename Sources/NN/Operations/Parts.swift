import Tensor

/// Parts of variables. The gradients of parts are added up in one tensor of the whole shape.
extension Variable {
  /// The part at the given positions and ranges, outermost axis first; see the subscript of `Tensor`;
  /// ∂x = g at the part, else 0
  ///
  /// When assigned to, the elements of the part are replaced by those of the assigned variable, which
  /// is broadcast to its shape: their gradient is that variable's then.
  public subscript(selections: any AxisSelectionConvertible...) -> Variable {
    get { part(at: selections) }
    set { self = replacing(newValue) { $0.part(at: selections) } }
  }

  /// The part that subscripts with these selections show.
  func part(at selections: [any AxisSelectionConvertible]) -> Variable {
    viewed { $0.part(at: selections) }
  }

  /// The part within a range of positions along an axis.
  func narrowed(_ axis: Int, _ range: Range<Int>) -> Variable {
    var selections = [any AxisSelectionConvertible](repeating: 0..., count: axis)
    selections.append(range)
    return part(at: selections)
  }

  /// The diagonals of matrices, y[…, i] = x[…, i, i + offset]; see `Tensor.diagonal`;
  /// ∂x = g on the diagonals, else 0
  public func diagonal(
    offset: Int = 0, axes: (rows: Int, columns: Int) = (-2, -1)
  ) -> Variable {
    viewed { $0.diagonal(offset: offset, axes: axes) }
  }

  /// The matrix with the elements of a vector on a diagonal and zeros elsewhere; ∂x = that diagonal of
  /// g
  ///
  /// Stops with a message unless this is a vector.
  public func diagonalMatrix(offset: Int = 0) -> Variable {
    guard rank == 1 else { return Variable(value.diagonalMatrix(offset: offset)) }
    let side = count + Int(offset.magnitude)
    return placed(in: [side, side]) { $0.diagonal(offset: offset, axes: (0, 1)) }
  }

  /// What a view shows, which shows no element twice.
  private func viewed(_ view: @escaping (Tensor<Scalar>) -> Tensor<Scalar>) -> Variable {
    let operand = operand
    return record(.view, view(value), from: self) { g, backward in
      backward.add(g, to: operand, where: view)
    }
  }

  /// Zeros of a shape with the elements of this where a view shows them: the gradient of `viewed`.
  func placed(
    in shape: Shape, where view: @escaping (Tensor<Scalar>) -> Tensor<Scalar>
  ) -> Variable {
    linearMap(.place, value.placed(in: shape, where: view)) { $0.viewed(view) }
  }

  /// This with other elements where a view shows them.
  private func replacing(
    _ part: Variable, where view: @escaping (Tensor<Scalar>) -> Tensor<Scalar>
  ) -> Variable {
    let part = part.assigned(to: view(value).shape)
    let ones = Tensor<Scalar>.ones([]).broadcast(to: part.shape).placed(in: shape, where: view)
    return .where(ones .== 0, self, part.placed(in: shape, where: view))
  }
}

/// Variables cut along an axis.
extension Variable {
  /// `parts` equal parts along an axis, in order; see `Tensor.split`.
  public func split(into parts: Int, axis: Int = 0) -> [Variable] {
    pieces(value.split(into: parts, axis: axis), axis: axis)
  }

  /// The parts between the given positions along an axis; see `Tensor.split`.
  public func split(at positions: [Int], axis: Int = 0) -> [Variable] {
    pieces(value.split(at: positions, axis: axis), axis: axis)
  }

  /// At most `count` parts along an axis, each ⌈extent ÷ count⌉ long but for the last; see
  /// `Tensor.chunks`.
  public func chunks(_ count: Int, axis: Int = 0) -> [Variable] {
    pieces(value.chunks(count, axis: axis), axis: axis)
  }

  /// Pieces as long as those into which the value was cut.
  private func pieces(_ cut: [Tensor<Scalar>], axis: Int) -> [Variable] {
    let axis = axis < 0 ? axis + rank : axis
    var start = 0
    return cut.map { piece in
      defer { start += piece.shape[axis] }
      return narrowed(axis, start..<start + piece.shape[axis])
    }
  }

  /// The parts at the given positions of the first axis, in that order; see `Tensor.rows`.
  public func rows(_ indices: some RandomAccessCollection<Int>) -> Variable {
    let shown = value.rows(indices)  // Stops with a message if an index does not fit.
    return isRecorded ? take(Tensor<Int64>(indices.map { Int64($0) })) : Variable(shown)
  }

  /// Every window of `length` positions along an axis, `step` positions apart, as a new last axis; see
  /// `Tensor.slidingWindows`;  ∂x = the sum of g over the windows that have an element
  public func slidingWindows(length: Int, axis: Int = -1, step: Int = 1) -> Variable {
    let view = value.slidingWindows(length: length, axis: axis, step: step)
    let axis = axis < 0 ? axis + rank : axis
    let shape = shape
    return linearMap(.slidingWindows, view) { g in
      // Windows beside their axis are what `take` would give, and adding at positions its gradient.
      var order = Array(0..<g.rank - 1)
      order.insert(g.rank - 1, at: axis + 1)
      let positions = Tensor<Int64>.range(to: Int64(shape[axis]))
        .slidingWindows(length: length, step: step)
      var sum = Variable(Tensor.zeros(shape))
      sum.indexAdd(g.permuted(order), at: positions, axis: axis)
      return sum
    }
  }

  /// The elements on and below a diagonal of the last two axes, with zeros above it; ∂x = the same
  /// triangle of g
  public func lowerTriangle(diagonal: Int = 0) -> Variable {
    linearMap(.lowerTriangle, value.lowerTriangle(diagonal: diagonal)) {
      $0.lowerTriangle(diagonal: diagonal)
    }
  }

  /// The elements on and above a diagonal of the last two axes, with zeros below it; ∂x = the same
  /// triangle of g
  public func upperTriangle(diagonal: Int = 0) -> Variable {
    linearMap(.upperTriangle, value.upperTriangle(diagonal: diagonal)) {
      $0.upperTriangle(diagonal: diagonal)
    }
  }
}
