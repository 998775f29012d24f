extension Tensor where Scalar: SignedScalar {
  /// Einstein's summation: products of elements with equal indices, summed over the indices that
  /// the result does not have.
  ///
  ///     C[b, i, k] = Σⱼ A[b, i, j] · B[b, j, k]    Tensor.einsum("bij,bjk->bik", a, b)
  ///
  /// The equation has a term of letters for each operand, a letter for each axis, separated by
  /// commas; behind `->` stand the axes of the result. Without an arrow these are the letters that
  /// occur once, in alphabetical order. A letter twice in a term takes a diagonal: `"ii->i"`, and
  /// `"ii"` is the trace. `...` stands for any axes, which broadcast; if the result leaves them out
  /// they are summed too. Axes of extent 1 broadcast under a letter as well, as in NumPy. Spaces do
  /// not matter. A sum of nothing is 0.
  ///
  /// More than two operands are multiplied pair by pair, each time the cheapest pair by
  /// multiplications, then by size of the product. A pair that shares summed indices is a batched
  /// matrix product: `matmul` of the indices that both keep, only the left has, both lose, and only
  /// the right has. An operand is copied only where the axes of one of these groups cannot be
  /// stepped through with one stride, or GEMM has no stride of 1 to read along. One operand that
  /// nothing is summed of gives a view. The result may be a permuted view of its storage.
  ///
  /// Stops with a message that names the equation and the shapes if it cannot be read, names
  /// another number of operands or axes than there are, gives a letter different extents, or has a
  /// letter of the result in no operand or in the result twice; also if the result, or every product
  /// of a pair on the way to it, would have more than eight axes.
  public static func einsum(_ equation: String, _ operands: Tensor...) -> Tensor {
    Einsum.run(equation, operands)
  }

  /// Einstein's summation over a list of operands.
  public static func einsum(_ equation: String, _ operands: [Tensor]) -> Tensor {
    Einsum.run(equation, operands)
  }

  /// The sum of products over pairs of axes, of this tensor and of the other one, in order:
  /// C[i…, j…] = Σₖ A[i…, k…] · B[k…, j…].
  ///
  /// The axes that are left are those of this tensor and then those of the other, each in its order.
  /// Stops with a message if the lists differ in length, an axis is out of range or named twice,
  /// or the extents of a pair differ.
  public func tensordot(_ other: Tensor, axes: ([Int], [Int])) -> Tensor {
    let (first, second) = axes
    let left = first.map { shape.axis($0, of: "tensordot") }
    let right = second.map { other.shape.axis($0, of: "tensordot") }
    guard left.count == right.count, Set(left).count == left.count,
      Set(right).count == right.count,
      zip(left, right).allSatisfy({ shape[$0] == other.shape[$1] })
    else {
      fatalError(
        "tensordot: axes \(first) of shape \(shape) and \(second) of shape \(other.shape) do not "
          + "pair; each is named once, and both of a pair have the same extent")
    }
    var indices = Array(rank..<rank + other.rank)
    for (mine, its) in zip(left, right) { indices[its] = mine }
    let kept = (0..<rank).filter { !left.contains($0) } + indices.filter { $0 >= rank }
    guard kept.count <= Dimensions.capacity else {
      fatalError(
        "tensordot: the result of shapes \(shape) and \(other.shape) would have \(kept.count) axes, "
          + "tensors have at most \(Dimensions.capacity)")
    }
    return Einsum.product(self, Array(0..<rank), other, indices, output: kept)
  }

  /// The sum of products over the last `axes` axes of this tensor and the first ones of the other.
  ///
  /// Stops with a message if there are not that many, or their extents differ.
  public func tensordot(_ other: Tensor, axes: Int = 2) -> Tensor {
    guard axes >= 0 && axes <= Swift.min(rank, other.rank) else {
      fatalError("tensordot: \(axes) axes of shapes \(shape) and \(other.shape)")
    }
    return tensordot(other, axes: (Array(rank - axes..<rank), Array(0..<axes)))
  }
}
