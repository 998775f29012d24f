extension Tensor where Scalar: SignedScalar {
  /// The dot product of two vectors, a scalar tensor: Σᵢ aᵢ · bᵢ; 0 of nothing.
  ///
  /// Summed in blocks and pairwise, as `sum` does, so that a million floats keep their digits;
  /// integers wrap around. Vectors whose elements do not lie side by side are copied first. Stops
  /// with a message unless both are vectors of the same length; see `einsum` for other products.
  public func dot(_ other: Tensor) -> Tensor {
    guard rank == 1 && shape == other.shape else {
      fatalError(
        "dot: two vectors of the same length are needed, got shapes \(shape) and \(other.shape)")
    }
    return DotProduct.lastAxis(self, other)
  }

  /// The outer product of two vectors, a matrix: C[i, j] = aᵢ · bⱼ.
  ///
  /// Stops with a message unless both are vectors.
  public func outer(_ other: Tensor) -> Tensor {
    guard rank == 1 && other.rank == 1 else {
      fatalError("outer: two vectors are needed, got shapes \(shape) and \(other.shape)")
    }
    return expanded(at: 1) * other.expanded(at: 0)
  }

  /// The Kronecker product: every element of this tensor times the whole of the other one.
  ///
  ///     C[i · p + k, j · q + l] = A[i, j] · B[k, l]    for B of shape [p, q]
  ///
  /// and likewise for any number of axes; the operand with fewer gets axes of extent 1 in front.
  /// Each extent of the result is the product of both extents. Stops with a message if an operand
  /// has more than four axes.
  public func kronecker(_ other: Tensor) -> Tensor {
    let axes = Swift.max(rank, other.rank)
    guard 2 * axes <= Dimensions.capacity else {
      fatalError(
        "kronecker: operands have at most \(Dimensions.capacity / 2) axes, got shapes "
          + "\(shape) and \(other.shape)")
    }
    var left = self
    var right = other
    while left.rank < axes { left = left.expanded(at: 0) }
    while right.rank < axes { right = right.expanded(at: 0) }
    let extents = (0..<axes).map { left.shape[$0] * right.shape[$0] }
    for axis in 0..<axes {
      left = left.expanded(at: 2 * axis + 1)
      right = right.expanded(at: 2 * axis)
    }
    return (left * right).reshaped(to: Shape(extents))
  }
}
