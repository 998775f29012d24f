/// Factors of matrices. The last two axes are matrices, the axes before them batches; below rank 2
/// these functions stop with a message.
extension Tensor where Scalar: FloatingPointScalar {
  /// The Cholesky factors of symmetric positive definite matrices […, n, n]: the lower triangular L
  /// with A = L · Lᵀ, or the upper triangular U with A = Uᵀ · U if `upper`. O(n³) for each matrix.
  ///
  /// Only the triangle of that name is read, and A taken to be symmetric.
  ///
  /// - Throws: `LinearAlgebraError.notPositiveDefinite`, `.notFinite`. Stops with a message unless
  ///   the matrices are square.
  public func cholesky(upper: Bool = false) throws(LinearAlgebraError) -> Tensor {
    let matrices = squareMatrices(of: "cholesky")
    let n = matrices.rows
    let result = copiedTriangle(upper: upper)
    try matrices.checkFinite(result)
    if result.count == 0 { return result }
    let start = result.storage.pointer
    let failure = matrices.forEach(work: matrices.cube / 3, byteCount: 0) {
      number, _ in
      // To LAPACK the rows are columns, and the triangle is the other one.
      LAPACK.potrf(
        Scalar.dtype, upper: !upper, n: n, a: start + number * n * n * Scalar.dtype.byteCount)
    }
    if let (number, order) = failure {
      throw .notPositiveDefinite(matrices.place(number), order: order)
    }
    return result
  }

  /// A = Q · R with orthonormal columns in Q and an upper triangular R, by Householder's reflections.
  ///
  /// Of […, m, n] and k = min(m, n), Q is […, m, k] and R […, k, n]; if `complete`, Q is […, m, m]
  /// and R […, m, n]. The diagonal of R may be negative, as LAPACK leaves it. Both are NaN for a
  /// matrix with an element that is NaN or infinite. Q is a transposed view. O(m · n · k) for each
  /// matrix, with `complete` O(m² · n).
  public func qr(complete: Bool = false) -> (q: Tensor, r: Tensor) {
    let matrices = self.matrices(of: "qr")
    let (m, n) = (matrices.rows, matrices.columns)
    let reflections = Swift.min(m, n)
    let width = complete ? m : reflections
    let size = Scalar.dtype.byteCount
    // Column-major: [batch…, n, m].
    let factors = transposed.copied()
    let broken = matrices.notFinite(factors)
    let tau = Storage(byteCount: matrices.count * reflections * size)
    if reflections > 0 {
      let start = factors.storage.pointer
      let workSize = LAPACK.workSizes(Scalar.dtype) { work, _ in
        LAPACK.geqrf(Scalar.dtype, m: m, n: n, a: work, tau: work, work: work, workSize: -1)
      }.work
      matrices.forEach(
        work: 2 * matrices.cube, byteCount: workSize * size
      ) { number, work in
        LAPACK.geqrf(
          Scalar.dtype, m: m, n: n, a: start + number * m * n * size,
          tau: tau.pointer + number * reflections * size, work: work, workSize: workSize)
      }
    }
    let r = factors.narrowed(factors.rank - 1, 0..<width).transposed.copiedTriangle(upper: true)

    // The reflections, and room for the columns beyond them.
    var q = factors
    if width != n {
      q = Tensor(uninitialized: matrices.batch.appending([width, m]))
      q[.ellipsis, 0..<reflections, 0...] = factors[.ellipsis, 0..<reflections, 0...]
    }
    if m > 0 && width > 0 {
      let start = q.storage.pointer
      let workSize = LAPACK.workSizes(Scalar.dtype) { work, _ in
        LAPACK.orgqr(
          Scalar.dtype, m: m, n: width, k: reflections, a: work, tau: work, work: work,
          workSize: -1)
      }.work
      matrices.forEach(
        work: 2 * Double(m) * Double(width) * Double(reflections), byteCount: workSize * size
      ) { number, work in
        LAPACK.orgqr(
          Scalar.dtype, m: m, n: width, k: reflections, a: start + number * m * width * size,
          tau: tau.pointer + number * reflections * size, work: work, workSize: workSize)
      }
    }
    withExtendedLifetime((tau, factors)) {}
    matrices.fill(broken, of: q, with: .nan)
    matrices.fill(broken, of: r, with: .nan)
    return (q.transposed, r)
  }
}
