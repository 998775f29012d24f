extension Tensor where Scalar: SignedScalar & FixedWidthInteger {
  /// The matrix product of integers, by the rules of that of reals; sums and products wrap around.
  ///
  /// The right operand is copied column by column, and operands with broadcast batches are copied
  /// whole. Stops with a message if the inner extents differ, the batches do not broadcast, or an
  /// operand is a scalar. O(m · n · k) for each product.
  public func matmul(_ other: Tensor) -> Tensor {
    let left = rank == 1 ? expanded(at: 0) : self
    let right = other.rank == 1 ? other.expanded(at: 1) : other
    guard left.rank >= 2 && right.rank >= 2, left.shape[-1] == right.shape[-2],
      let batch = Shape.broadcast(left.shape.batch, right.shape.batch)
    else {
      fatalError(
        "matmul: shapes \(shape) and \(other.shape) do not fit; the last extent of the first must "
          + "equal the last but one of the second, and batches must broadcast")
    }
    let (m, k, n) = (left.shape[-2], left.shape[-1], right.shape[-1])
    let product = DotProduct.matrices(
      left.broadcast(to: batch.appending([m, k])), right.broadcast(to: batch.appending([k, n])))
    return product.reshaped(
      to: batch.appending((rank == 1 ? [] : [m]) + (other.rank == 1 ? [] : [n])))
  }
}
