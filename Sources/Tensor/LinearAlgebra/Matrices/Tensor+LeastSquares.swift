/// What `leastSquares` finds.
public struct LeastSquaresSolution<Scalar: FloatingPointScalar>: Sendable {
  /// X, of shape […, n, k], or […, n] if the right-hand side was a vector.
  public let solution: Tensor<Scalar>

  /// ‖B − A · X‖² of each column, of shape […, k] or […]: also where NumPy leaves it out.
  public let residuals: Tensor<Scalar>

  /// The number of singular values that count, of shape […].
  public let rank: Tensor<Int64>

  /// The singular values of A, descending, of shape […, min(m, n)].
  public let singularValues: Tensor<Scalar>
}

extension Tensor where Scalar: FloatingPointScalar {
  /// The X that minimise ‖A · X − B‖² for matrices A […, m, n], and of all these the ones of the
  /// least norm, by the singular value decomposition.
  ///
  /// `rightHandSides` of rank 1 is one vector of length m, for every matrix; otherwise it holds
  /// matrices […, m, k]. The batches broadcast, and all results have the common batch. Singular
  /// values up to `relativeTolerance` times the largest one count as 0; the default is
  /// max(m, n) · ε, as in NumPy. O(m · n · min(m, n) + m · n · k) for each matrix.
  ///
  /// - Throws: `LinearAlgebraError.notFinite`, for a NaN on the right as well, `.notConverged`. Stops
  ///   with a message if the shapes do not fit.
  public func leastSquares(
    _ rightHandSides: Tensor, relativeTolerance: Scalar? = nil
  ) throws(LinearAlgebraError) -> LeastSquaresSolution<Scalar> {
    let own = matrices(of: "leastSquares")
    let (sides, batch, isVector) = self.rightHandSides(rightHandSides, of: "leastSquares")
    let (m, n, k) = (own.rows, own.columns, sides.shape[-1])
    try own.checkFinite(contiguous)
    try MatrixBatch("leastSquares", sides.shape).checkFinite(sides.contiguous)

    // Column-major copies that LAPACK overwrites: A, and B with room for X. Without a column LAPACK
    // would find no rank.
    let a = broadcast(to: batch.appending([m, n])).transposed.copied()
    var b = Tensor.zeros(batch.appending([Swift.max(1, k), Swift.max(m, n)]))
    b[.ellipsis, 0..<k, 0..<m] = sides.broadcast(to: batch.appending([m, k])).transposed
    let s = Tensor(uninitialized: batch.appending([Swift.min(m, n)]))
    let ranks = try MatrixBatch("leastSquares", batch.appending([m, n])).leastSquares(
      a, b, s: s, tolerance: relativeTolerance ?? own.tolerance())

    let x = b[.ellipsis, 0..<k, 0..<n].transposed
    let residuals = (sides - matmul(x)).sumOfSquares(axes: [-2])
    return LeastSquaresSolution(
      solution: isVector ? x.reshaped(to: batch.appending([n])) : x,
      residuals: isVector ? residuals.reshaped(to: batch) : residuals, rank: ranks,
      singularValues: s)
  }
}

extension MatrixBatch {
  /// X in place of column-major B, which overwrites A too, the singular values, and the ranks.
  fileprivate func leastSquares<Scalar: FloatingPointScalar>(
    _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, s: Tensor<Scalar>, tolerance: Scalar
  ) throws(LinearAlgebraError) -> Tensor<Int64> {
    let (m, n, k) = (rows, columns, b.shape[-2])
    let height = max(m, n)
    let ranks = Tensor<Int64>.zeros(batch)
    if m == 0 || n == 0 { return ranks }
    let size = Scalar.dtype.byteCount
    let needed = LAPACK.workSizes(Scalar.dtype) { work, integers in
      var rank = 0
      return LAPACK.gelsd(
        Scalar.dtype, m: m, n: n, k: k, a: work, b: work, s: work, tolerance: 0, rank: &rank,
        work: work, workSize: -1, integers: integers)
    }
    // The integers stand behind the reals, aligned to 8 bytes.
    let realBytes = (needed.work * size + 7) / 8 * 8
    let (left, right, values) = (a.storage.pointer, b.storage.pointer, s.storage.pointer)
    let found: UnsafeMutablePointer<Int64> = ranks.storage.pointer.bound()
    let failure = forEach(
      work: 10 * cube, byteCount: realBytes + needed.integers * LAPACK.integerByteCount
    ) { number, work in
      var rank = 0
      let info = LAPACK.gelsd(
        Scalar.dtype, m: m, n: n, k: k, a: left + number * m * n * size,
        b: right + number * k * height * size, s: values + number * min(m, n) * size,
        tolerance: Double(tolerance), rank: &rank, work: work, workSize: needed.work,
        integers: work + realBytes)
      found[number] = Int64(rank)
      return info
    }
    withExtendedLifetime((a, b, s)) {}
    if let (number, _) = failure { throw .notConverged(place(number)) }
    return ranks
  }
}
