import CBLAS

/// The one place that calls OpenBLAS's LAPACK, in both precisions, on one thread.
///
/// Matrices are in column-major order, as Fortran has them: a row-major matrix is its transpose.
/// Each function returns LAPACK's `info`: 0, or a positive number that means what the function says.
/// LAPACK overwrites its operands. Sizes of `work` count elements.
enum LAPACK {
  /// A LAPACK integer: pivots and the integer workspace have this size.
  static let integerByteCount = MemoryLayout<blasint>.stride

  /// A = P · L · U of an m×n matrix; positive: U is singular, its diagonal is 0 there.
  static func getrf(
    _ dtype: DType, m: Int, n: Int, a: UnsafeMutableRawPointer, pivots: UnsafeMutableRawPointer
  ) -> Int {
    _ = BLAS.singleThreaded
    var rows = integer(m)
    var columns = integer(n)
    var lda = integer(max(1, m))
    var info: blasint = 0
    if dtype == .float32 {
      sgetrf_(&rows, &columns, a.bound(), &lda, pivots.bound(), &info)
    } else {
      dgetrf_(&rows, &columns, a.bound(), &lda, pivots.bound(), &info)
    }
    return checked(info, "getrf")
  }

  /// B ← (Aᵀ)⁻¹ · B for n×k B, from the factors of A.
  static func getrsTransposed(
    _ dtype: DType, n: Int, k: Int, factors: UnsafeRawPointer, pivots: UnsafeRawPointer,
    b: UnsafeMutableRawPointer
  ) -> Int {
    _ = BLAS.singleThreaded
    var order = integer(n)
    var columns = integer(k)
    var lda = integer(max(1, n))
    var ldb = integer(max(1, n))
    var transpose = letter("T")
    var info: blasint = 0
    if dtype == .float32 {
      sgetrs_(
        &transpose, &order, &columns, factors.bound(), &lda, pivots.bound(), b.bound(), &ldb, &info,
        1)
    } else {
      dgetrs_(
        &transpose, &order, &columns, factors.bound(), &lda, pivots.bound(), b.bound(), &ldb, &info,
        1)
    }
    return checked(info, "getrs")
  }

  /// A ← A⁻¹ from the factors of A.
  static func getri(
    _ dtype: DType, n: Int, a: UnsafeMutableRawPointer, pivots: UnsafeRawPointer,
    work: UnsafeMutableRawPointer,
    workSize: Int
  ) -> Int {
    _ = BLAS.singleThreaded
    var order = integer(n)
    var lda = integer(max(1, n))
    var size = integer(workSize)
    var info: blasint = 0
    if dtype == .float32 {
      sgetri_(&order, a.bound(), &lda, pivots.bound(), work.bound(), &size, &info)
    } else {
      dgetri_(&order, a.bound(), &lda, pivots.bound(), work.bound(), &size, &info)
    }
    return checked(info, "getri")
  }

  /// The Cholesky factor of a triangle of A; positive: that leading minor is not positive.
  static func potrf(
    _ dtype: DType, upper: Bool, n: Int, a: UnsafeMutableRawPointer
  ) -> Int {
    _ = BLAS.singleThreaded
    var order = integer(n)
    var lda = integer(max(1, n))
    var triangle = letter(upper ? "U" : "L")
    var info: blasint = 0
    if dtype == .float32 {
      spotrf_(&triangle, &order, a.bound(), &lda, &info, 1)
    } else {
      dpotrf_(&triangle, &order, a.bound(), &lda, &info, 1)
    }
    return checked(info, "potrf")
  }

  /// A = Q · R, with R in the upper triangle and Q as reflections below it and in `tau`.
  static func geqrf(
    _ dtype: DType, m: Int, n: Int, a: UnsafeMutableRawPointer, tau: UnsafeMutableRawPointer,
    work: UnsafeMutableRawPointer, workSize: Int
  ) -> Int {
    _ = BLAS.singleThreaded
    var rows = integer(m)
    var columns = integer(n)
    var lda = integer(max(1, m))
    var size = integer(workSize)
    var info: blasint = 0
    if dtype == .float32 {
      sgeqrf_(&rows, &columns, a.bound(), &lda, tau.bound(), work.bound(), &size, &info)
    } else {
      dgeqrf_(&rows, &columns, a.bound(), &lda, tau.bound(), work.bound(), &size, &info)
    }
    return checked(info, "geqrf")
  }

  /// The first n columns of Q from the k reflections that `geqrf` left.
  static func orgqr(
    _ dtype: DType, m: Int, n: Int, k: Int, a: UnsafeMutableRawPointer, tau: UnsafeRawPointer,
    work: UnsafeMutableRawPointer, workSize: Int
  ) -> Int {
    _ = BLAS.singleThreaded
    var rows = integer(m)
    var columns = integer(n)
    var reflections = integer(k)
    var lda = integer(max(1, m))
    var size = integer(workSize)
    var info: blasint = 0
    if dtype == .float32 {
      sorgqr_(
        &rows, &columns, &reflections, a.bound(), &lda, tau.bound(), work.bound(), &size, &info)
    } else {
      dorgqr_(
        &rows, &columns, &reflections, a.bound(), &lda, tau.bound(), work.bound(), &size, &info)
    }
    return checked(info, "orgqr")
  }

  /// Which singular vectors are wanted.
  enum Vectors: Character {
    case none = "N"
    case reduced = "S"
    case full = "A"
  }

  /// A = U · diag(s) · Vᵀ; positive: the iteration did not converge.
  static func gesdd(
    _ dtype: DType, vectors: Vectors, m: Int, n: Int, a: UnsafeMutableRawPointer,
    s: UnsafeMutableRawPointer, u: UnsafeMutableRawPointer, vt: UnsafeMutableRawPointer,
    work: UnsafeMutableRawPointer, workSize: Int, integers: UnsafeMutableRawPointer
  ) -> Int {
    _ = BLAS.singleThreaded
    var rows = integer(m)
    var columns = integer(n)
    var lda = integer(max(1, m))
    var ldu = integer(max(1, m))
    var ldvt = integer(max(1, vectors == .full ? n : min(m, n)))
    var size = integer(workSize)
    var job = letter(vectors.rawValue)
    var info: blasint = 0
    if dtype == .float32 {
      sgesdd_(
        &job, &rows, &columns, a.bound(), &lda, s.bound(), u.bound(), &ldu, vt.bound(), &ldvt,
        work.bound(), &size, integers.bound(), &info, 1)
    } else {
      dgesdd_(
        &job, &rows, &columns, a.bound(), &lda, s.bound(), u.bound(), &ldu, vt.bound(), &ldvt,
        work.bound(), &size, integers.bound(), &info, 1)
    }
    return checked(info, "gesdd")
  }

  /// Ascending eigenvalues, and eigenvectors in place of A; positive: it did not converge.
  static func syevd(
    _ dtype: DType, vectors: Bool, upper: Bool, n: Int, a: UnsafeMutableRawPointer,
    values: UnsafeMutableRawPointer, work: UnsafeMutableRawPointer, workSize: Int,
    integers: UnsafeMutableRawPointer, integersSize: Int
  ) -> Int {
    _ = BLAS.singleThreaded
    var order = integer(n)
    var lda = integer(max(1, n))
    var size = integer(workSize)
    var otherSize = integer(integersSize)
    var job = letter(vectors ? "V" : "N")
    var triangle = letter(upper ? "U" : "L")
    var info: blasint = 0
    if dtype == .float32 {
      ssyevd_(
        &job, &triangle, &order, a.bound(), &lda, values.bound(), work.bound(), &size,
        integers.bound(), &otherSize, &info, 1, 1)
    } else {
      dsyevd_(
        &job, &triangle, &order, a.bound(), &lda, values.bound(), work.bound(), &size,
        integers.bound(), &otherSize, &info, 1, 1)
    }
    return checked(info, "syevd")
  }

  /// X that minimises ‖A · X − B‖, of the least norm, in the first n rows of B, which has max(m, n)
  /// of them; positive: the iteration did not converge.
  static func gelsd(
    _ dtype: DType, m: Int, n: Int, k: Int, a: UnsafeMutableRawPointer, b: UnsafeMutableRawPointer,
    s: UnsafeMutableRawPointer, tolerance: Double, rank: inout Int, work: UnsafeMutableRawPointer,
    workSize: Int, integers: UnsafeMutableRawPointer
  ) -> Int {
    _ = BLAS.singleThreaded
    var rows = integer(m)
    var columns = integer(n)
    var sides = integer(k)
    var lda = integer(max(1, m))
    var ldb = integer(max(1, m, n))
    var size = integer(workSize)
    var found: blasint = 0
    var info: blasint = 0
    if dtype == .float32 {
      var tolerance = Float(tolerance)
      sgelsd_(
        &rows, &columns, &sides, a.bound(), &lda, b.bound(), &ldb, s.bound(), &tolerance, &found,
        work.bound(), &size, integers.bound(), &info)
    } else {
      var tolerance = tolerance
      dgelsd_(
        &rows, &columns, &sides, a.bound(), &lda, b.bound(), &ldb, s.bound(), &tolerance, &found,
        work.bound(), &size, integers.bound(), &info)
    }
    rank = Int(found)
    return checked(info, "gelsd")
  }

  /// B ← op(A)⁻¹ · B for a triangular n×n A and a row-major n×k B, by BLAS's `trsm`; A is row-major,
  /// or column-major if `isTransposed`. `upper` is where A has its elements.
  static func triangularSolve(
    _ dtype: DType, upper: Bool, unitDiagonal: Bool, isTransposed: Bool, n: Int, k: Int,
    a: UnsafeRawPointer, lda: Int, b: UnsafeMutableRawPointer
  ) {
    _ = BLAS.singleThreaded
    // What is stored row by row is Aᵀ if A is column-major, and has the other triangle.
    let triangle = upper != isTransposed ? CblasUpper : CblasLower
    let transpose = isTransposed ? CblasTrans : CblasNoTrans
    let diagonal = unitDiagonal ? CblasUnit : CblasNonUnit
    if dtype == .float32 {
      cblas_strsm(
        CblasRowMajor, CblasLeft, triangle, transpose, diagonal, integer(n), integer(k), 1,
        a.bound(), integer(lda), b.bound(), integer(max(1, k)))
    } else {
      cblas_dtrsm(
        CblasRowMajor, CblasLeft, triangle, transpose, diagonal, integer(n), integer(k), 1,
        a.bound(), integer(lda), b.bound(), integer(max(1, k)))
    }
  }

  /// The size of `work`, and of the integer workspace, that a function asks for when called with a
  /// size of −1: it then leaves them in the first element of each.
  static func workSizes(
    _ dtype: DType,
    _ query: (_ work: UnsafeMutableRawPointer, _ integers: UnsafeMutableRawPointer) -> Int
  ) -> (work: Int, integers: Int) {
    withUnsafeTemporaryAllocation(byteCount: 16, alignment: 8) { buffer in
      let work = buffer.baseAddress!
      work.storeBytes(of: 0, as: Int.self)
      (work + 8).storeBytes(of: 0, as: Int.self)
      _ = query(work, work + 8)
      // A size above 2²⁴ may have been rounded down to a float.
      let wanted =
        dtype == .float32
        ? Double(work.load(as: Float.self).nextUp) : work.load(as: Double.self)
      return (max(1, Int(wanted.rounded(.up))), max(1, Int((work + 8).load(as: blasint.self))))
    }
  }

  /// A pivot as `getrf` counts them, from 1.
  static func pivot(_ pivots: UnsafeRawPointer, _ index: Int) -> Int {
    Int(pivots.load(fromByteOffset: index * integerByteCount, as: blasint.self))
  }

  private static func letter(_ character: Character) -> CChar {
    CChar(bitPattern: character.asciiValue!)
  }

  private static func checked(_ info: blasint, _ name: StaticString) -> Int {
    guard info >= 0 else {
      fatalError(
        "linear algebra: LAPACK's \(name) refuses its argument \(-info); the matrix is too large for "
          + "32-bit integers")
    }
    return Int(info)
  }

  private static func integer(_ value: Int) -> blasint {
    guard let result = blasint(exactly: value) else {
      fatalError("linear algebra: size \(value) does not fit OpenBLAS's 32-bit integers")
    }
    return result
  }
}
