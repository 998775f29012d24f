/// Singular values, and what follows from them. The last two axes are matrices, the axes before them
/// batches; below rank 2 these functions stop with a message.
extension Tensor where Scalar: FloatingPointScalar {
  /// The singular value decomposition A = U · diag(s) · Vᵀ, by LAPACK's divide and conquer.
  ///
  /// Of […, m, n] and k = min(m, n), U is […, m, k], s […, k] and Vᵀ […, k, n]; with `full`, U is
  /// […, m, m] and Vᵀ […, n, n]. U and V have orthonormal columns, and the singular values
  /// descend and are not negative. O(m · n · k) for each matrix.
  ///
  /// - Throws: `LinearAlgebraError.notFinite`, `.notConverged`.
  public func svd(full: Bool = false) throws(LinearAlgebraError) -> (
    u: Tensor, s: Tensor, vt: Tensor
  ) {
    let matrices = self.matrices(of: "svd")
    let (m, n) = (matrices.rows, matrices.columns)
    let k = Swift.min(m, n)
    let u = Tensor(uninitialized: matrices.batch.appending([m, full ? m : k]))
    let vt = Tensor(uninitialized: matrices.batch.appending([full ? n : k, n]))
    let s = try matrices.singularValues(of: self, full ? .full : .reduced, u: u, vt: vt)
    return (u, s, vt)
  }

  /// The singular values alone, descending, of shape […, min(m, n)]; see `svd`.
  ///
  /// - Throws: `LinearAlgebraError.notFinite`, `.notConverged`.
  public func singularValues() throws(LinearAlgebraError) -> Tensor {
    try matrices(of: "singularValues").singularValues(of: self, .none, u: self, vt: self)
  }

  /// The condition number: the largest singular value over the smallest, of shape […]; infinite if
  /// that is 0, and 0 of a matrix without elements.
  ///
  /// About log₁₀ of it digits are lost when equations are solved. O(m · n · min(m, n)) for each.
  ///
  /// - Throws: `LinearAlgebraError.notFinite`, `.notConverged`.
  public func conditionNumber() throws(LinearAlgebraError) -> Tensor {
    let matrices = self.matrices(of: "conditionNumber")
    let s = try matrices.singularValues(of: self, .none, u: self, vt: self)
    let k = s.shape[-1]
    if k == 0 { return .zeros(matrices.batch) }
    let ratio = s.scalars
    // 0/0 of a matrix of zeros is infinite as well.
    return Tensor(
      (0..<matrices.count).map { number in
        let smallest = ratio[(number + 1) * k - 1]
        return smallest == 0 ? .infinity : ratio[number * k] / smallest
      }, shape: matrices.batch)
  }

  /// The number of singular values above `relativeTolerance` times the largest one, of shape […].
  ///
  /// The default tolerance is max(m, n) · ε, as in NumPy. O(m · n · min(m, n)) for each matrix.
  ///
  /// - Throws: `LinearAlgebraError.notFinite`, `.notConverged`.
  public func matrixRank(
    relativeTolerance: Scalar? = nil
  ) throws(LinearAlgebraError) -> Tensor<Int64> {
    let matrices = self.matrices(of: "matrixRank")
    let s = try matrices.singularValues(of: self, .none, u: self, vt: self)
    let k = s.shape[-1]
    let values = s.scalars
    let tolerance = relativeTolerance ?? matrices.tolerance()
    return Tensor<Int64>(
      (0..<matrices.count).map { number in
        let own = values[number * k..<(number + 1) * k]
        return Int64(own.count { $0 > tolerance * own[own.startIndex] })
      }, shape: matrices.batch)
  }

  /// The pseudo-inverses of Moore and Penrose, […, n, m]: V · diag(1 / s) · Uᵀ without the singular
  /// values up to `relativeTolerance` times the largest one.
  ///
  /// The default tolerance is max(m, n) · ε, as in PyTorch. O(m · n · min(m, n)) for each matrix.
  ///
  /// - Throws: `LinearAlgebraError.notFinite`, `.notConverged`.
  public func pseudoInverse(
    relativeTolerance: Scalar? = nil
  ) throws(LinearAlgebraError) -> Tensor {
    let matrices = self.matrices(of: "pseudoInverse")
    let (m, n) = (matrices.rows, matrices.columns)
    let k = Swift.min(m, n)
    let u = Tensor(uninitialized: matrices.batch.appending([m, k]))
    let vt = Tensor(uninitialized: matrices.batch.appending([k, n]))
    var s = try matrices.singularValues(of: self, .reduced, u: u, vt: vt)
    let tolerance = relativeTolerance ?? matrices.tolerance()
    s.withUnsafeMutableBufferPointer { s in
      for start in stride(from: 0, to: s.count, by: Swift.max(1, k)) {
        let cutoff = tolerance * s[start]
        for place in start..<start + k { s[place] = s[place] > cutoff ? 1 / s[place] : 0 }
      }
    }
    return (vt * s.expanded(at: -1)).transposed.matmul(u.transposed)
  }
}

extension MatrixBatch {
  /// The tolerance below which a singular value counts as 0, relative to the largest one.
  func tolerance<Scalar: FloatingPointScalar>() -> Scalar {
    Scalar(max(rows, columns)) * Scalar.ulpOfOne
  }

  /// The singular values; the vectors are written to contiguous tensors, if wanted.
  fileprivate func singularValues<Scalar: FloatingPointScalar>(
    of tensor: Tensor<Scalar>, _ vectors: LAPACK.Vectors, u: Tensor<Scalar>, vt: Tensor<Scalar>
  ) throws(LinearAlgebraError) -> Tensor<Scalar> {
    // To LAPACK a row-major matrix is Aᵀ = V · diag(s) · Uᵀ: what it calls U is our V, and its
    // columns are our rows.
    let (m, n) = (rows, columns)
    let k = min(m, n)
    let s = Tensor<Scalar>(uninitialized: batch.appending([k]))
    let copy = tensor.copied()
    try checkFinite(copy)
    if k == 0 {
      // All of a full basis belongs to the value 0.
      for basis in [u, vt] where vectors == .full && basis.count > 0 { fillWithIdentity(basis) }
      return s
    }
    let size = Scalar.dtype.byteCount
    let needed = LAPACK.workSizes(Scalar.dtype) { work, integers in
      LAPACK.gesdd(
        Scalar.dtype, vectors: vectors, m: n, n: m, a: work, s: work, u: work, vt: work, work: work,
        workSize: -1, integers: integers)
    }.work
    let start = copy.storage.pointer
    let (left, right, values) = (u.storage.pointer, vt.storage.pointer, s.storage.pointer)
    let (leftCount, rightCount) = (u.count / max(1, count), vt.count / max(1, count))
    // The integers stand behind the reals, aligned to 8 bytes.
    let realBytes = (needed * size + 7) / 8 * 8
    let failure = forEach(
      work: 10 * cube, byteCount: realBytes + 8 * k * LAPACK.integerByteCount
    ) { number, work in
      LAPACK.gesdd(
        Scalar.dtype, vectors: vectors, m: n, n: m, a: start + number * m * n * size,
        s: values + number * k * size, u: right + number * rightCount * size,
        vt: left + number * leftCount * size, work: work, workSize: needed,
        integers: work + realBytes)
    }
    withExtendedLifetime((copy, u, vt)) {}
    if let (number, _) = failure { throw .notConverged(place(number)) }
    return s
  }

  /// Makes every matrix of a contiguous tensor of squares the identity.
  private func fillWithIdentity<Scalar: FloatingPointScalar>(_ squares: Tensor<Scalar>) {
    let source = Tensor<Scalar>.identity(squares.shape[-1]).broadcast(to: squares.shape)
    StridedCopy.run(
      byteCount: Scalar.dtype.byteCount, shape: squares.shape, from: source.pointer,
      strides: source.layout.strides, to: squares.storage.pointer, strides: squares.layout.strides)
    source.withStorage {}
  }
}
