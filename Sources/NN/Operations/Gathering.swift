import Tensor

/// Elements chosen by tensors of positions, which are constants. Choosing and adding at positions are
/// each other's gradients.
extension Variable {
  /// The parts at the given positions of an axis, as of an embedding; see `Tensor.take`;
  /// ∂x = g added at the positions to zeros
  public func take<Index: IndexScalar>(_ indices: Tensor<Index>, axis: Int = 0) -> Variable {
    let shape = shape
    return linearMap(.take, value.take(indices, axis: axis)) {
      Variable(Tensor.zeros(shape)).addingParts($0, at: indices, axis: axis)
    }
  }

  /// The parts at the given positions of an axis: `take` when read.
  ///
  /// When written, the parts are replaced by those of the assigned variable, which is broadcast to their
  /// shape; where a position is named more than once, the last one stays, and has the gradient.
  public subscript<Index: IndexScalar>(indices: Tensor<Index>, axis axis: Int = 0) -> Variable {
    get { take(indices, axis: axis) }
    set {
      let axis = shape.axis(axis, of: "subscript")
      let lead = Array(shape.prefix(axis))
      let rest = Array(shape.dropFirst(axis + 1))
      let part = newValue.assigned(to: Shape(lead + indices.shape + rest))
      let numbers = Tensor<Int64>.range(to: Int64(indices.count))
      var writers = Tensor<Int64>(repeating: -1, shape: [shape[axis]])
      writers.scatter(numbers, at: indices.flattened, axis: 0)
      let stays = writers.take(indices.flattened) .== numbers
      let ones = Array(repeating: 1, count: rest.count)
      let kept = Variable.where(stays.reshaped(to: Array(indices.shape) + ones), part, 0)
      let placed = Variable(Tensor.zeros(shape)).addingParts(kept, at: indices, axis: axis)
      self = .where((writers .>= 0).reshaped(to: [shape[axis]] + ones), placed, self)
    }
  }

  /// The elements at which a mask is true, `[n, rest…]`; see the subscript of `Tensor`;
  /// ∂x = g at these elements, else 0
  ///
  /// When written, they are replaced by those of the assigned variable, which is broadcast to their
  /// shape.
  public subscript(mask: Tensor<Bool>) -> Variable {
    get {
      let shown = value[mask]  // Stops with a message if the mask does not fit.
      guard isRecorded else { return Variable(shown) }
      let rows = reshaped(to: Shape([mask.count] + shape.dropFirst(mask.rank)))
      return rows.take(Self.positions(mask))
    }
    set {
      let part = newValue.assigned(to: value[mask].shape)
      let rest = Array(shape.dropFirst(mask.rank))
      let placed = Variable(Tensor.zeros(Shape([mask.count] + rest)))
        .addingParts(part, at: Self.positions(mask), axis: 0)
      let ones = Array(repeating: 1, count: rest.count)
      self = .where(
        mask.reshaped(to: Array(mask.shape) + ones), placed.reshaped(to: shape), self)
    }
  }

  /// The numbers of the true elements.
  private static func positions(_ mask: Tensor<Bool>) -> Tensor<Int64> {
    Tensor<Int64>.range(to: Int64(mask.count))[mask.flattened]
  }

  /// This, broadcast to the shape of a part that it is assigned to.
  func assigned(to part: Shape) -> Variable {
    guard Shape.broadcast(shape, part) == part else {
      stop("subscript: cannot assign shape \(shape) to a part of shape \(part)")
    }
    return broadcast(to: part)
  }

  /// Adds the parts of a variable to those at the given positions of an axis; see `Tensor.indexAdd`;
  /// ∂x = g, ∂source = g at the positions
  public mutating func indexAdd<Index: IndexScalar>(
    _ source: Variable, at indices: Tensor<Index>, axis: Int = 0
  ) {
    self = addingParts(source, at: indices, axis: axis)
  }

  private func addingParts<Index: IndexScalar>(
    _ source: Variable, at indices: Tensor<Index>, axis: Int
  ) -> Variable {
    var sum = value
    sum.indexAdd(source.value, at: indices, axis: axis)
    let (target, parts) = (operand, source.operand)
    return record(.indexAdd, sum, from: self, source) { g, backward in
      backward.add(to: target) { g }
      backward.add(to: parts) { g.take(indices, axis: axis) }
    }
  }

  /// One element for each index, chosen along an axis; see `Tensor.gather`;
  /// ∂x = g added at the indexed places to zeros
  public func gather<Index: IndexScalar>(_ indices: Tensor<Index>, axis: Int) -> Variable {
    let shape = shape
    return linearMap(.gather, value.gather(indices, axis: axis)) {
      Variable(Tensor.zeros(shape)).addingElements($0, at: indices, axis: axis)
    }
  }

  /// Adds one element to each indexed place; see `Tensor.scatterAdd`;
  /// ∂x = g, ∂source = g at the indexed places
  public mutating func scatterAdd<Index: IndexScalar>(
    _ source: Variable, at indices: Tensor<Index>, axis: Int
  ) {
    self = addingElements(source, at: indices, axis: axis)
  }

  private func addingElements<Index: IndexScalar>(
    _ source: Variable, at indices: Tensor<Index>, axis: Int
  ) -> Variable {
    var sum = value
    sum.scatterAdd(source.value, at: indices, axis: axis)
    let (target, elements) = (operand, source.operand)
    return record(.scatterAdd, sum, from: self, source) { g, backward in
      backward.add(to: target) { g }
      backward.add(to: elements) { g.gather(indices, axis: axis).fitted(to: elements.shape) }
    }
  }

  /// Writes one element to each indexed place; see `Tensor.scatter`;
  /// ∂x = g, but 0 at the indexed places, ∂source = g at the places where its element stayed, else 0
  public mutating func scatter<Index: IndexScalar>(
    _ source: Variable, at indices: Tensor<Index>, axis: Int
  ) {
    var result = value
    result.scatter(source.value, at: indices, axis: axis)
    guard isRecorded || source.isRecorded else {
      self = Variable(result)
      return
    }
    // Which of the elements for one place stays: numbers in order, written to the places and read back.
    let numbers = Tensor<Int64>.range(to: Int64(indices.count)).reshaped(to: indices.shape)
    var writers = Tensor<Int64>(repeating: -1, shape: shape)
    writers.scatter(numbers, at: indices, axis: axis)
    let isKept = writers .< 0
    let stays = writers.gather(indices, axis: axis) .== numbers
    let (target, elements) = (operand, source.operand)
    self = record(.scatter, result, from: self, source) { g, backward in
      backward.add(to: target) { .where(isKept, g, 0) }
      backward.add(to: elements) {
        Variable.where(stays, g.gather(indices, axis: axis), 0).fitted(to: elements.shape)
      }
    }
  }

  /// The gradient of a source of `shape` of which the elements of this shape were used: all of a
  /// scalar for each, or its first ones along each axis.
  private func fitted(to shape: Shape) -> Variable {
    if shape == self.shape { return self }
    if shape.rank == 0 { return sum() }
    let widths = zip(shape, self.shape).map { (0, $0 - $1) }
    return padded(widths, mode: .constant(0))
  }
}
