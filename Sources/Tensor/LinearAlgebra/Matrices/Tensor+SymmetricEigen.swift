/// Eigenvalues of real symmetric matrices. The last two axes are square matrices, the axes before
/// them batches; a tensor of another shape stops with a message.
extension Tensor where Scalar: FloatingPointScalar {
  /// The eigenvalues and eigenvectors of symmetric matrices […, n, n]: A · V = V · diag(values), by
  /// LAPACK's divide and conquer.
  ///
  /// The values, […, n], ascend. Column i of the orthogonal matrix V, […, n, n], belongs to value i;
  /// its sign is not determined. Only the lower triangle is read, or the upper one if `upper`, and A
  /// taken to be symmetric. V is a transposed view. O(n³) for each matrix.
  ///
  /// - Throws: `LinearAlgebraError.notFinite`, `.notConverged`.
  public func symmetricEigen(
    upper: Bool = false
  ) throws(LinearAlgebraError) -> (values: Tensor, vectors: Tensor) {
    let (values, rows) = try squareMatrices(of: "symmetricEigen")
      .eigen(of: self, upper: upper, vectors: true)
    return (values, rows.transposed)
  }

  /// The eigenvalues alone, ascending, of shape […, n]; see `symmetricEigen`.
  ///
  /// - Throws: `LinearAlgebraError.notFinite`, `.notConverged`.
  public func symmetricEigenvalues(upper: Bool = false) throws(LinearAlgebraError) -> Tensor {
    try squareMatrices(of: "symmetricEigenvalues").eigen(of: self, upper: upper, vectors: false)
      .values
  }
}

extension MatrixBatch {
  /// The eigenvalues, and the eigenvectors as rows.
  fileprivate func eigen<Scalar: FloatingPointScalar>(
    of tensor: Tensor<Scalar>, upper: Bool, vectors: Bool
  ) throws(LinearAlgebraError) -> (values: Tensor<Scalar>, rows: Tensor<Scalar>) {
    let n = rows
    let values = Tensor<Scalar>(uninitialized: batch.appending([n]))
    let copy = tensor.copiedTriangle(upper: upper)
    try checkFinite(copy)
    if copy.count == 0 { return (values, copy) }
    let size = Scalar.dtype.byteCount
    let needed = LAPACK.workSizes(Scalar.dtype) { work, integers in
      LAPACK.syevd(
        Scalar.dtype, vectors: vectors, upper: !upper, n: n, a: work, values: work, work: work,
        workSize: -1, integers: integers, integersSize: -1)
    }
    let start = copy.storage.pointer
    let target = values.storage.pointer
    // The integers stand behind the reals, aligned to 8 bytes.
    let realBytes = (needed.work * size + 7) / 8 * 8
    let failure = forEach(
      work: 4 * cube, byteCount: realBytes + needed.integers * LAPACK.integerByteCount
    ) { number, work in
      // To LAPACK the rows are columns, and the triangle is the other one.
      LAPACK.syevd(
        Scalar.dtype, vectors: vectors, upper: !upper, n: n, a: start + number * n * n * size,
        values: target + number * n * size, work: work, workSize: needed.work,
        integers: work + realBytes, integersSize: needed.integers)
    }
    if let (number, _) = failure { throw .notConverged(place(number)) }
    return (values, copy)
  }
}
