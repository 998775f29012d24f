import Tensor

/// Products of vectors and tensors.
extension Variable {
  /// The dot product of two vectors;  ∂a = g · b, ∂b = g · a
  public func dot(_ other: Variable) -> Variable {
    record(.dot, value.dot(other.value), from: self, other) { g, backward in
      backward.add(to: self) { g * other }
      backward.add(to: other) { g * self }
    }
  }

  /// The outer product of two vectors, a matrix: C[i, j] = aᵢ · bⱼ.
  public func outer(_ other: Variable) -> Variable {
    guard rank == 1 && other.rank == 1 else {
      return Variable(value.outer(other.value))  // Stops with a message.
    }
    return expanded(at: 1) * other.expanded(at: 0)
  }

  /// The Kronecker product; see `Tensor.kronecker`.
  public func kronecker(_ other: Variable) -> Variable {
    let axes = Swift.max(rank, other.rank)
    guard isRecorded || other.isRecorded, 2 * axes <= 8 else {
      return Variable(value.kronecker(other.value))
    }
    func extents(_ operand: Variable, first: Bool) -> Shape {
      let padded = Array(repeating: 1, count: axes - operand.rank) + operand.shape
      return Shape(padded.flatMap { first ? [$0, 1] : [1, $0] })
    }
    let left = reshaped(to: extents(self, first: true))
    let right = other.reshaped(to: extents(other, first: false))
    let product = left * right
    let merged = (0..<axes).map { product.shape[2 * $0] * product.shape[2 * $0 + 1] }
    return product.reshaped(to: Shape(merged))
  }

  /// The cross product of vectors of three elements along an axis; see `Tensor.cross`;
  /// ∂a = b × g, ∂b = g × a
  public func cross(_ other: Variable, axis: Int = -1) -> Variable {
    let result = value.cross(other.value, axis: axis)
    // The same axis in operands that broadcast, counted from the last.
    let axis = axis < 0 ? axis : axis - rank
    return record(.cross, result, from: self, other) { g, backward in
      backward.add(to: self) { other.cross(g, axis: axis).reduced(to: self.shape) }
      backward.add(to: other) { g.cross(self, axis: axis).reduced(to: other.shape) }
    }
  }

  /// The sums of the diagonals of matrices; see `Tensor.trace`;  ∂x = g on the diagonals, else 0
  public func trace(
    offset: Int = 0, axes: (rows: Int, columns: Int) = (-2, -1)
  ) -> Variable {
    diagonal(offset: offset, axes: axes).sum(axes: [-1])
  }

  /// Einstein's summation; see `Tensor.einsum`.
  ///
  /// The gradient of an operand is the sum of products of g and the other operands over the indices
  /// that the operand does not have.
  public static func einsum(_ equation: String, _ operands: Variable...) -> Variable {
    einsum(equation, operands)
  }

  /// Einstein's summation over a list of operands.
  public static func einsum(_ equation: String, _ operands: [Variable]) -> Variable {
    let value = Tensor.einsum(equation, operands.map(\.value))
    guard operands.contains(where: \.isRecorded) else { return unrecorded(.contract, value) }
    let (inputs, output) = Tensor<Scalar>.einsumIndices(equation, operands.map(\.shape))
    return contracted(operands, inputs, output, value)
  }

  /// The sum of products over pairs of axes; see `Tensor.tensordot`.
  public func tensordot(_ other: Variable, axes: ([Int], [Int])) -> Variable {
    let value = value.tensordot(other.value, axes: axes)
    let first = axes.0.map { $0 < 0 ? $0 + rank : $0 }
    let second = axes.1.map { $0 < 0 ? $0 + other.rank : $0 }
    var indices = Array(rank..<rank + other.rank)
    for (mine, its) in zip(first, second) { indices[its] = mine }
    let kept = (0..<rank).filter { !first.contains($0) } + indices.filter { $0 >= rank }
    return .contracted([self, other], [Array(0..<rank), indices], kept, value)
  }

  /// The sum of products over the last `axes` axes of this and the first ones of the other.
  public func tensordot(_ other: Variable, axes: Int = 2) -> Variable {
    guard axes >= 0 && axes <= Swift.min(rank, other.rank) else {
      return Variable(value.tensordot(other.value, axes: axes))  // Stops with a message.
    }
    return tensordot(other, axes: (Array(rank - axes..<rank), Array(0..<axes)))
  }

  /// Records the sum of products with a number for the index of each axis.
  private static func contracted(
    _ operands: [Variable], _ inputs: [[Int]], _ output: [Int], _ value: Tensor<Scalar>
  ) -> Variable {
    record(.contract, value, fromAll: operands) { g, backward in
      for (number, operand) in operands.enumerated() {
        backward.add(to: operand) {
          var others = operands
          var terms = inputs
          others[number] = g
          terms[number] = output
          return gradient(of: operand, inputs[number], others, terms)
        }
      }
    }
  }

  /// The gradient of an operand, where the gradient of the result stands in its place.
  private static func gradient(
    of operand: Variable, _ indices: [Int], _ others: [Variable], _ terms: [[Int]]
  ) -> Variable {
    // A repeated index is one axis, its diagonal; one of extent 1 is summed over if it was broadcast.
    let own = indices.indices.filter { indices.firstIndex(of: indices[$0]) == $0 }
    let present = Set(terms.joined())
    let wanted = own.filter { operand.shape[$0] != 1 && present.contains(indices[$0]) }
    var part = Variable.einsum(text(terms, wanted.map { indices[$0] }), others)
    // An index that only this operand has, or that is broadcast in all others, is repeated.
    let kept = own.map { axis in
      wanted.firstIndex(of: axis).map { part.shape[$0] } ?? 1
    }
    part = part.reshaped(to: Shape(kept)).broadcast(to: Shape(own.map { operand.shape[$0] }))
    if own.count == indices.count { return part }
    let diagonal = text([indices], own.map { indices[$0] })
    return part.placed(in: operand.shape) { .einsum(diagonal, $0) }
  }

  /// The equation with a letter for each index.
  private static func text(_ terms: [[Int]], _ output: [Int]) -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    var used: [Int: Character] = [:]
    func letter(_ index: Int) -> Character {
      if used[index] == nil { used[index] = letters[used.count] }
      return used[index]!
    }
    let inputs = terms.map { String($0.map(letter)) }.joined(separator: ",")
    return inputs + "->" + String(output.map(letter))
  }
}
