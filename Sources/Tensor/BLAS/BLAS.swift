import CBLAS

/// The one place that calls OpenBLAS: GEMM in both precisions, queries, and the thread policy.
///
/// OpenBLAS's own threads stay off. Apus cuts products into tiles and runs them on its own pool,
/// because native threading changes the bits with the number of threads (measured with 0.3.21 where
/// K is above about 500), wakes all threads for products far too small for it, and serialises
/// callers. The setting is process-wide: a host program that calls OpenBLAS itself, and wants its
/// threads, has to set them again after the first product of Apus.
package enum BLAS {
  /// OpenBLAS's version and build options, such as `OpenBLAS 0.3.21 DYNAMIC_ARCH …`.
  package static var configuration: String { String(cString: openblas_get_config()) }

  /// The name of the processor core whose kernels OpenBLAS chose.
  package static var coreName: String { String(cString: openblas_get_corename()) }

  /// How many threads OpenBLAS itself would use for a product.
  package static var nativeThreadCount: Int { Int(openblas_get_num_threads()) }

  static let singleThreaded: Void = openblas_set_num_threads(1)

  /// Runs `body` while OpenBLAS uses `count` threads of its own, for comparison with its native
  /// threading. Not to be used while other threads multiply.
  package static func withNativeThreads<Result>(_ count: Int, _ body: () throws -> Result) rethrows
    -> Result
  {
    _ = singleThreaded
    openblas_set_num_threads(Int32(count))
    defer { openblas_set_num_threads(1) }
    return try body()
  }

  /// C ← α·op(A)·op(B) + β·C by one call of `cblas_sgemm`, row-major.
  ///
  /// op(A) is m×k, op(B) is k×n, C is m×n. The leading dimensions count elements between rows as
  /// stored. With β = 0, C need not be initialised. Stops with a message where a dimension does not
  /// fit OpenBLAS's 32-bit integers.
  package static func gemm(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int,
    alpha: Float, a: UnsafePointer<Float>, lda: Int, b: UnsafePointer<Float>, ldb: Int,
    beta: Float, c: UnsafeMutablePointer<Float>, ldc: Int
  ) {
    _ = singleThreaded
    cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
      integer(m), integer(n), integer(k), alpha, a, integer(lda), b, integer(ldb), beta, c,
      integer(ldc))
  }

  /// C ← α·op(A)·op(B) + β·C by one call of `cblas_dgemm`; see the single precision form.
  package static func gemm(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int,
    alpha: Double, a: UnsafePointer<Double>, lda: Int, b: UnsafePointer<Double>, ldb: Int,
    beta: Double, c: UnsafeMutablePointer<Double>, ldc: Int
  ) {
    _ = singleThreaded
    cblas_dgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
      integer(m), integer(n), integer(k), alpha, a, integer(lda), b, integer(ldb), beta, c,
      integer(ldc))
  }

  private static func integer(_ value: Int) -> blasint {
    guard let result = blasint(exactly: value) else {
      fatalError(
        "matmul: dimension \(value) does not fit OpenBLAS's 32-bit integers; "
          + "cut the product into smaller ones")
    }
    return result
  }
}
