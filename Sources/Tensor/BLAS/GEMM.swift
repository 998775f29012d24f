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
  package struct Tile: Equatable {
    package var rows: Int
    package var columns: Int
  }

  /// OpenBLAS's AVX-512 cores have kernels that read their operands where they lie, for products of
  /// up to this many multiplications with B not transposed. A tile of that size runs at 100 to 115 of
  /// a core's 117 GFLOP/s; packing the operands first leaves 95 to 100 (measured on AMD Zen 4).
  private static let unpackedLimit = 1_000_000

  /// Where those kernels pay: beyond, the rows of B are too far apart for the caches.
  private static let unpackedDepth = 976
  private static let unpackedElements = 800_000

  /// Multiplications from which a product is shared: about 4 µs of work without packing. Two cores
  /// take a product of 64 × 64 × 64 from 5.2 to 3.4 µs (measured).
  package static let splitThreshold = 200_000
  private static let packedSplitThreshold = 1_500_000

  /// Which tiles to cut C into. Measured on two cores; see the table of `bench`.
  package var tile: Tile {
    let work = m.multipliedReportingOverflow(by: n).partialValue &* k
    if work < Self.splitThreshold { return Tile(rows: m, columns: n) }
    if BLAS.hasUnpackedKernels && !transposeB && k <= Self.unpackedDepth
      && k * n <= Self.unpackedElements
    {
      return unpackedTile
    }
    return work < Self.packedSplitThreshold ? Tile(rows: m, columns: n) : packedTile(work: work)
  }

  /// About 64 columns, and as many rows as give half the limit of the unpacked kernels, in an even
  /// number of tiles.
  private var unpackedTile: Tile {
    let columnParts = n <= 96 ? 1 : (n + 63) / 64
    let columns = columnParts == 1 ? n : Self.roundedUp((n + columnParts - 1) / columnParts, to: 16)
    let perRow = max(1, columns * k)
    let target = Self.unpackedLimit / 2 / perRow
    // Where few rows are left to a tile, two vectors of them use the registers best.
    let wanted = target >= 64 ? target : Self.unpackedLimit / perRow >= 32 ? 32 : 16
    var rowParts = max(1, (m + wanted - 1) / wanted)
    if rowParts * columnParts % 2 == 1 { rowParts += 1 }
    return Tile(
      rows: min(m, Self.roundedUp((m + rowParts - 1) / rowParts, to: 8)), columns: columns)
  }

  /// Tiles that amortise packing: halves of C or, from 256 million multiplications, quarters, and
  /// never more than stays in the cache.
  private func packedTile(work: Int) -> Tile {
    var tile = Tile(rows: m, columns: n)
    for _ in 0..<(work < 256_000_000 ? 1 : 2) {
      if tile.rows >= tile.columns {
        tile.rows = Self.roundedUp((tile.rows + 1) / 2, to: 16)
      } else {
        tile.columns = Self.roundedUp((tile.columns + 1) / 2, to: 16)
      }
    }
    return Tile(rows: min(m, tile.rows, 1024), columns: min(n, tile.columns, 2048))
  }

  private static func roundedUp(_ value: Int, to multiple: Int) -> Int {
    (value + multiple - 1) / multiple * multiple
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
