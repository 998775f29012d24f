import CKernels

/// A matrix product cut into tiles, which the thread pool computes: each by kernels of Apus's own, or
/// by single-threaded OpenBLAS.
///
/// The cut depends on the dimensions alone, so the result has the same bits for any thread count.
/// Inside a piece of work of the pool the tiles are computed one after the other.
package struct GEMM {
  package var m: Int
  package var n: Int
  package var k: Int
  package var transposeA = false
  package var transposeB = false
  package var lda: Int
  package var ldb: Int
  package var ldc: Int

  package init(
    m: Int, n: Int, k: Int, transposeA: Bool = false, transposeB: Bool = false,
    lda: Int, ldb: Int, ldc: Int
  ) {
    self.m = m
    self.n = n
    self.k = k
    self.transposeA = transposeA
    self.transposeB = transposeB
    self.lda = lda
    self.ldb = ldb
    self.ldc = ldc
  }

  /// What computes a tile.
  package enum Engine {
    case kernels, openBLAS
  }

  /// Into tiles of which extents C is cut, and what computes them.
  package struct Plan: Equatable {
    package var engine: Engine
    package var rows: Int
    package var columns: Int
    /// Whether each tile is computed twice, from either half of k; see `runBothHalves`.
    package var splitsK: Bool

    package init(engine: Engine, rows: Int, columns: Int, splitsK: Bool = false) {
      self.engine = engine
      self.rows = rows
      self.columns = columns
      self.splitsK = splitsK
    }
  }

  /// What happens to each element of C last.
  package struct Finish {
    /// A row of n elements, added to each row of C.
    package var bias: UnsafeRawPointer?
    /// Whether what is negative becomes 0; NaN stays.
    package var rectifies = false

    package init(bias: UnsafeRawPointer? = nil, rectifies: Bool = false) {
      self.bias = bias
      self.rectifies = rectifies
    }

    var isNothing: Bool { bias == nil && !rectifies }

    fileprivate func from(column: Int, _ dtype: DType) -> Finish {
      Finish(bias: bias.map { $0 + column * dtype.byteCount }, rectifies: rectifies)
    }
  }

  /// C ← α·op(A)·op(B) + β·C for matrices of `dtype` (float32 or float64) at the given addresses,
  /// by `plan`, or by the one that measuring found best for these extents.
  ///
  /// With β = 0, C need not be initialised. A tile, while it is in the caches, gets what `finish`
  /// says.
  package func run(
    _ dtype: DType, alpha: Double = 1, a: UnsafeRawPointer, b: UnsafeRawPointer,
    beta: Double = 0, c: UnsafeMutableRawPointer, finish: Finish = Finish(), by plan: Plan? = nil
  ) {
    guard m > 0 && n > 0 else { return }
    let plan = plan ?? self.plan(dtype)
    if plan.splitsK {
      return runBothHalves(dtype, plan, alpha: alpha, a: a, b: b, beta: beta, c: c, finish: finish)
    }
    let tileRows = plan.rows >= m ? 1 : (m + plan.rows - 1) / plan.rows
    let tileColumns = plan.columns >= n ? 1 : (n + plan.columns - 1) / plan.columns
    if tileRows == 1 && tileColumns == 1 {
      return compute(
        dtype, plan.engine, alpha: alpha, a: a, b: b, beta: beta, c: c, finish: finish)
    }
    ThreadPool.forEachPiece(tileRows * tileColumns, isBrief: isBrief) { piece in
      let row = piece % tileRows * plan.rows
      let column = piece / tileRows * plan.columns
      var tile = self
      tile.m = min(plan.rows, m - row)
      tile.n = min(plan.columns, n - column)
      tile.compute(
        dtype, plan.engine, alpha: alpha,
        a: a + (transposeA ? row : row * lda) * dtype.byteCount,
        b: b + (transposeB ? column * ldb : column) * dtype.byteCount,
        beta: beta, c: c + (row * ldc + column) * dtype.byteCount,
        finish: finish.from(column: column, dtype))
    }
  }

  /// The same within a piece of the thread pool's work, where a split of k would serve nobody.
  func runInPiece(
    _ dtype: DType, alpha: Double = 1, a: UnsafeRawPointer, b: UnsafeRawPointer,
    beta: Double = 0, c: UnsafeMutableRawPointer
  ) {
    run(dtype, alpha: alpha, a: a, b: b, beta: beta, c: c, by: wholePlan(dtype))
  }

  /// The finish of some rows of C: a product of no terms, added to them.
  func finish(
    _ rows: Range<Int>, _ dtype: DType, c: UnsafeMutableRawPointer, _ finish: Finish
  ) {
    if finish.isNothing { return }
    var nothing = self
    nothing.m = rows.count
    nothing.k = 0
    let start = c + rows.lowerBound * ldc * dtype.byteCount
    nothing.compute(
      dtype, .kernels, alpha: 1, a: start, b: start, beta: 1, c: start, finish: finish)
  }

  /// `count` products into matrices that follow each other, where A and B are the given distances,
  /// in elements, from the next ones.
  func run(
    _ dtype: DType, count: Int, a: UnsafeRawPointer, next aNext: Int, b: UnsafeRawPointer,
    next bNext: Int, c: UnsafeMutableRawPointer
  ) {
    guard m > 0 && n > 0 else { return }
    let plan = wholePlan(dtype)
    if plan.engine == .kernels && plan.rows >= m && plan.columns >= n {
      return compute(
        dtype, plan.engine, count: count, aNext, bNext, m * n, alpha: 1, a: a, b: b, beta: 0, c: c)
    }
    let size = dtype.byteCount
    for index in 0..<count {
      run(
        dtype, a: a + index * aNext * size, b: b + index * bNext * size,
        c: c + index * m * n * size, by: plan)
    }
  }

  /// As the kernels take it.
  var kernelProduct: apus_product {
    apus_product(
      m: m, n: n, k: k, a_row: transposeA ? 1 : lda, a_step: transposeA ? lda : 1,
      b_step: transposeB ? 1 : ldb, b_column: transposeB ? ldb : 1, c_row: ldc, count: 1,
      a_next: 0, b_next: 0, c_next: 0, bias: nil, rectifies: false)
  }

  /// The whole product on the calling thread; the kernels take batches as well.
  func compute(
    _ dtype: DType, _ engine: Engine, count: Int = 1, _ aNext: Int = 0, _ bNext: Int = 0,
    _ cNext: Int = 0, alpha: Double, a: UnsafeRawPointer, b: UnsafeRawPointer, beta: Double,
    c: UnsafeMutableRawPointer, finish: Finish = Finish()
  ) {
    if engine == .kernels {
      var product = kernelProduct
      product.count = count
      product.a_next = aNext
      product.b_next = bNext
      product.c_next = cNext
      product.bias = finish.bias
      product.rectifies = finish.rectifies
      if dtype == .float32 {
        let bytes = apus_gemm_workspace_f32(&product)
        let workspace = bytes == 0 ? nil : Storage(byteCount: bytes)
        apus_gemm_f32(
          &product, Float(alpha), a.bound(), b.bound(), Float(beta), c.bound(),
          workspace?.pointer.bound())
        withExtendedLifetime(workspace) {}
      } else {
        let bytes = apus_gemm_workspace_f64(&product)
        let workspace = bytes == 0 ? nil : Storage(byteCount: bytes)
        apus_gemm_f64(
          &product, alpha, a.bound(), b.bound(), beta, c.bound(), workspace?.pointer.bound())
        withExtendedLifetime(workspace) {}
      }
    } else if dtype == .float32 {
      BLAS.gemm(
        transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, alpha: Float(alpha),
        a: a.bound(), lda: lda, b: b.bound(), ldb: ldb, beta: Float(beta), c: c.bound(), ldc: ldc)
    } else {
      BLAS.gemm(
        transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, alpha: alpha,
        a: a.bound(), lda: lda, b: b.bound(), ldb: ldb, beta: beta, c: c.bound(), ldc: ldc)
    }
    if engine == .openBLAS { self.finish(0..<m, dtype, c: c, finish) }
  }
}
