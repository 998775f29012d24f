import CKernels

/// The right operand of many products with few rows, such as the weight of a recurrent layer: laid out
/// once as Apus's own kernels read it, in panels of columns that stay in the level 1 cache.
///
/// A product would otherwise lay it out each time.
struct ProductPanels<Scalar: FloatingPointScalar>: Sendable {
  /// `[panels, rows, width]`; columns of the last panel beyond the matrix are 0.
  private let panels: Tensor<Scalar>
  private let rows: Int
  private let columns: Int

  /// Columns of a panel: two vectors of the kernels, which read A half as often as one does (16 rows run
  /// at 111 GFLOP/s with AVX-512, and at 101). In whole cache lines, so that rows of it that follow each
  /// other share no cache set.
  private let width: Int

  init(_ matrix: Tensor<Scalar>) {
    // Threads may differ in their kernels; whoever reads the panels takes them as they are.
    width = (apus_isa_active() == APUS_ISA_AVX512 ? 128 : 64) / Scalar.dtype.byteCount
    rows = matrix.shape[0]
    columns = matrix.shape[1]
    let count = (columns + width - 1) / width
    let padding = count * width - columns
    let padded = padding == 0 ? matrix : matrix.padded([(0, 0), (0, padding)])
    panels =
      padded.reshaped(to: [rows, count, width] as Shape).permuted([1, 0, 2] as [Int])
      .contiguous
  }

  /// C ← A · this, or C + A · this, for `count` rows of A, which follow each other as those of C do. On
  /// the calling thread.
  func multiply(
    _ a: UnsafeRawPointer, count: Int, into c: UnsafeMutableRawPointer, adding: Bool
  ) {
    let whole = columns / width
    let rest = columns - whole * width
    if whole > 0 { run(a, count, width, from: 0, panels: whole, c, adding) }
    if rest > 0 { run(a, count, rest, from: whole, panels: 1, c, adding) }
  }

  private func run(
    _ a: UnsafeRawPointer, _ count: Int, _ columnCount: Int, from first: Int,
    panels panelCount: Int, _ c: UnsafeMutableRawPointer, _ adding: Bool
  ) {
    let next = width
    var product = apus_product(
      m: count, n: columnCount, k: rows, a_row: rows, a_step: 1, b_step: next, b_column: 1,
      c_row: columns, count: panelCount, a_next: 0, b_next: rows * next, c_next: next,
      bias: nil, rectifies: false)
    let size = Scalar.dtype.byteCount
    let b = panels.pointer + first * rows * next * size
    let c = c + first * next * size
    if Scalar.dtype == .float32 {
      let bytes = apus_gemm_workspace_f32(&product)
      let workspace = bytes == 0 ? nil : Storage(byteCount: bytes)
      apus_gemm_f32(
        &product, 1, a.bound(), b.bound(), adding ? 1 : 0, c.bound(), workspace?.pointer.bound())
      withExtendedLifetime(workspace) {}
    } else {
      let bytes = apus_gemm_workspace_f64(&product)
      let workspace = bytes == 0 ? nil : Storage(byteCount: bytes)
      apus_gemm_f64(
        &product, 1, a.bound(), b.bound(), adding ? 1 : 0, c.bound(), workspace?.pointer.bound())
      withExtendedLifetime(workspace) {}
    }
    withExtendedLifetime(panels) {}
  }
}
