/// Systems of linear equations, by LU factors with partial pivoting. The last two axes are square
/// matrices, the axes before them batches; a tensor of another shape stops with a message.
extension Tensor where Scalar: FloatingPointScalar {
  /// The solutions X of A · X = B, where A is this tensor: shape […, n, n].
  ///
  /// `rightHandSides` of rank 1 is one vector of length n, for every matrix; the result has shape
  /// […, n]. Otherwise it holds matrices […, n, k], and so does the result, by NumPy 2's rule. The
  /// batches broadcast. NaN on the right goes where it goes; the result may be a transposed view.
  /// O(n³ + n² · k) for each matrix.
  ///
  /// - Throws: `LinearAlgebraError.singular` if a pivot is 0, `.notFinite`. Stops with a message if
  ///   the shapes do not fit.
  public func solve(_ rightHandSides: Tensor) throws(LinearAlgebraError) -> Tensor {
    let matrices = squareMatrices(of: "solve")
    let (sides, batch, isVector) = self.rightHandSides(rightHandSides, of: "solve")
    let (n, k) = (matrices.rows, sides.shape[-1])
    let factors = try LUFactors.invertible(self, matrices)
    // Column-major: the rows of the transposes.
    let x = sides.broadcast(to: batch.appending([n, k])).transposed.copied()
    factors.solve(
      x.storage.pointer, columns: k,
      places: factors.factors.layout.batchOffsets(in: batch).map { $0 / Swift.max(1, n * n) })
    return isVector ? x.reshaped(to: batch.appending([n])) : x.transposed
  }

  /// The inverses: A · A⁻¹ = 1. O(n³) for each matrix.
  ///
  /// To solve equations `solve` is quicker and more accurate.
  ///
  /// - Throws: `LinearAlgebraError.singular` if a pivot is 0, `.notFinite`.
  public func inverse() throws(LinearAlgebraError) -> Tensor {
    try LUFactors.invertible(self, squareMatrices(of: "inverse")).inverse()
  }

  /// The determinants, of shape […]: 0 of a singular matrix, 1 of one of no rows. O(n³) for each.
  ///
  /// The product of the pivots is taken with an exponent of its own, so that it neither overflows
  /// nor vanishes on the way. NaN if an element is NaN or infinite. See `logDeterminant` for those
  /// beyond the range of numbers.
  public func determinant() -> Tensor {
    let matrices = squareMatrices(of: "determinant")
    return Tensor(LUFactors(self, matrices).determinants(), shape: matrices.batch)
  }

  /// The signs of the determinants and the natural logarithms of their magnitudes, of shape […]
  /// each: det A = sign · e^logMagnitude. O(n³) for each matrix.
  ///
  /// The sign is −1, 0 or 1. A singular matrix has sign 0 and −∞, one of no rows 1 and 0. Both are
  /// NaN if an element is NaN or infinite.
  public func logDeterminant() -> (sign: Tensor, logMagnitude: Tensor) {
    let matrices = squareMatrices(of: "logDeterminant")
    let (signs, logs) = LUFactors(self, matrices).logDeterminants()
    return (Tensor(signs, shape: matrices.batch), Tensor(logs, shape: matrices.batch))
  }

  /// The solutions X of A · X = B for triangular A, of shape […, n, n], by substitution.
  ///
  /// Only the lower triangle is read, or the upper one if `upper`; with `unitDiagonal` the diagonal
  /// is taken to be 1 and not read. Right-hand sides and result have the shapes that they have in
  /// `solve`. For Aᵀ pass `transposed`, with the other `upper`: it is read in place. NaN and
  /// infinities go where they go. O(n² · k) for each matrix.
  ///
  /// - Throws: `LinearAlgebraError.singular` if a diagonal has a 0. Stops with a message if the
  ///   shapes do not fit.
  public func solveTriangular(
    _ rightHandSides: Tensor, upper: Bool = false, unitDiagonal: Bool = false
  ) throws(LinearAlgebraError) -> Tensor {
    let matrices = squareMatrices(of: "solveTriangular")
    let (sides, batch, isVector) = self.rightHandSides(rightHandSides, of: "solveTriangular")
    let (n, k) = (matrices.rows, sides.shape[-1])
    if !unitDiagonal, let place = diagonal().scalars.firstIndex(of: 0) {
      throw .singular(matrices.place(place / n))
    }
    let x = sides.broadcast(to: batch.appending([n, k])).copied()
    let source = MatrixOperand(layout) == nil ? copied() : self
    if let a = MatrixOperand(source.layout), x.count > 0 {
      let offsets = source.layout.batchOffsets(in: batch)
      let size = Scalar.dtype.byteCount
      let start = source.pointer
      let target = x.storage.pointer
      MatrixBatch("solveTriangular", x.shape).forEach(
        work: Double(n) * Double(n) * Double(k), byteCount: 0
      ) { number, _ in
        LAPACK.triangularSolve(
          Scalar.dtype, upper: upper, unitDiagonal: unitDiagonal, isTransposed: a.isTransposed,
          n: n, k: k, a: start + offsets[number] * size, lda: a.leading,
          b: target + number * n * k * size)
        return 0
      }
      source.withStorage {}
    }
    return isVector ? x.reshaped(to: batch.appending([n])) : x
  }

  /// The product of `exponent` copies of each matrix: A · A · …; the identity for 0, and the powers
  /// of the inverse for negative exponents. O(n³ · log |exponent|) for each matrix.
  ///
  /// - Throws: what `inverse` throws, for a negative exponent.
  public func matrixPower(_ exponent: Int) throws(LinearAlgebraError) -> Tensor {
    let matrices = squareMatrices(of: "matrixPower")
    var square = self
    if exponent < 0 { square = try LUFactors.invertible(self, matrices).inverse() }
    var rest = exponent.magnitude
    if rest == 0 { return Tensor.identity(matrices.rows).broadcast(to: shape) }
    var result: Tensor?
    while true {
      if rest & 1 == 1 { result = result?.matmul(square) ?? square }
      rest >>= 1
      if rest == 0 { return result ?? square }
      square = square.matmul(square)
    }
  }
}
