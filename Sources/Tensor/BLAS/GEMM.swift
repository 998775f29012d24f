/// A matrix product cut into tiles, which the thread pool computes with single-threaded OpenBLAS.
///
/// The cut depends on the dimensions alone, so the result has the same bits for any thread count.
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

  /// The extents of a tile of C.
  struct Tile: Equatable {
    var rows: Int
    var columns: Int
  }

  /// OpenBLAS runs a product of up to this many multiplications without packing its operands
  /// (on AVX-512 cores, and not for A·Bᵀ), which is the faster way for thin or small tiles.
  private static let unpackedLimit = 1_000_000

  /// Below this many multiplications a product is one tile: it takes a few microseconds, and
  /// sharing it costs as much. Measured on two cores.
  static let splitThreshold = 300_000

  /// Which tiles to cut C into.
  var tile: Tile {
    let whole = Tile(rows: m, columns: n)
    let work = m.multipliedReportingOverflow(by: n).partialValue &* k
    if work <= Self.splitThreshold { return whole }
    if work <= 8 * Self.unpackedLimit {
      // A few small tiles, each below the limit of the unpacked kernels.
      return halved(whole, until: Self.unpackedLimit / 2)
    }
    // Tiles that amortise packing and still leave every thread enough of them.
    let rows = m >= 2 * n ? 512 : 256
    return Tile(rows: min(m, rows), columns: min(n, 512))
  }

  /// Halves the longer side, in steps of 16 columns or 8 rows, until a tile has at most `limit`
  /// multiplications.
  private func halved(_ tile: Tile, until limit: Int) -> Tile {
    var tile = tile
    while tile.rows * tile.columns * k > limit {
      if tile.rows >= tile.columns && tile.rows > 8 {
        tile.rows = (tile.rows / 2 + 7) / 8 * 8
      } else if tile.columns > 16 {
        tile.columns = (tile.columns / 2 + 15) / 16 * 16
      } else {
        break
      }
    }
    return tile
  }

  /// C ← α·op(A)·op(B) + β·C for matrices of `dtype` (float32 or float64) at the given addresses.
  package func run(
    _ dtype: DType, alpha: Double = 1, a: UnsafeRawPointer, b: UnsafeRawPointer,
    beta: Double = 0, c: UnsafeMutableRawPointer
  ) {
    guard m > 0 && n > 0 else { return }
    let tile = self.tile
    let tileRows = (m + tile.rows - 1) / tile.rows
    let tileColumns = (n + tile.columns - 1) / tile.columns
    ThreadPool.forEachPiece(tileRows * tileColumns) { piece in
      let row = piece % tileRows * tile.rows
      let column = piece / tileRows * tile.columns
      call(
        dtype, rows: min(tile.rows, m - row), columns: min(tile.columns, n - column), alpha: alpha,
        a: a + (transposeA ? row : row * lda) * dtype.byteCount,
        b: b + (transposeB ? column * ldb : column) * dtype.byteCount,
        beta: beta, c: c + (row * ldc + column) * dtype.byteCount)
    }
  }

  /// One product on the calling thread.
  private func call(
    _ dtype: DType, rows: Int, columns: Int, alpha: Double, a: UnsafeRawPointer,
    b: UnsafeRawPointer, beta: Double, c: UnsafeMutableRawPointer
  ) {
    if dtype == .float32 {
      BLAS.gemm(
        transposeA: transposeA, transposeB: transposeB, m: rows, n: columns, k: k,
        alpha: Float(alpha), a: a.assumingMemoryBound(to: Float.self), lda: lda,
        b: b.assumingMemoryBound(to: Float.self), ldb: ldb,
        beta: Float(beta), c: c.assumingMemoryBound(to: Float.self), ldc: ldc)
    } else {
      BLAS.gemm(
        transposeA: transposeA, transposeB: transposeB, m: rows, n: columns, k: k,
        alpha: alpha, a: a.assumingMemoryBound(to: Double.self), lda: lda,
        b: b.assumingMemoryBound(to: Double.self), ldb: ldb,
        beta: beta, c: c.assumingMemoryBound(to: Double.self), ldc: ldc)
    }
  }
}
