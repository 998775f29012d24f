extension Tensor where Scalar: FloatingPointScalar {
  /// The matrix product, by NumPy's rules.
  ///
  ///     C[…, i, j] = Σₖ A[…, i, k] · B[…, k, j]
  ///
  /// The last two axes are matrices, the axes before them batches, which broadcast. A vector on the
  /// left is a row, a vector on the right a column, and that axis vanishes from the result.
  /// An operand is read where it lies if one of its last two axes has stride 1 and the other a
  /// stride that is not less than the extent of the first, as in transposed, permuted and sliced
  /// views; others are copied first. Stops with a message if the inner extents differ, the batches
  /// do not broadcast, or an operand is a scalar. O(m·n·k) for each product of the batch.
  @_specialize(where Scalar == Float)
  public func matmul(_ other: Tensor) -> Tensor {
    if rank == 2 && other.rank == 2 { return matrixProduct(other) }
    var left = self
    var right = other
    guard rank >= 1 && other.rank >= 1 else { Self.stop(self, other) }
    if rank == 1 { left = left.expanded(at: 0) }
    if other.rank == 1 { right = right.expanded(at: 1) }
    guard left.shape[-1] == right.shape[-2],
      let batch = Shape.broadcast(left.batchShape, right.batchShape)
    else { Self.stop(self, other) }

    var extents = batch.dimensions
    extents.append(left.shape[-2])
    extents.append(right.shape[-1])
    let result = Tensor(uninitialized: Shape(dimensions: extents))
    MatrixProduct.run(left, right, batch: batch, into: result)

    if rank > 1 && other.rank > 1 { return result }
    if rank == 1 { extents.remove(at: extents.count - 2) }
    if other.rank == 1 { extents.remove(at: extents.count - 1) }
    return Tensor(storage: result.storage, layout: Layout(contiguous: Shape(dimensions: extents)))
  }

  /// The product of two matrices, straight to GEMM: for small ones every nanosecond before it counts.
  @_specialize(where Scalar == Float)
  private func matrixProduct(_ other: Tensor) -> Tensor {
    guard layout.shape.dimensions[1] == other.layout.shape.dimensions[0] else {
      Self.stop(self, other)
    }
    guard let a = MatrixOperand(layout) else { return copied().matrixProduct(other) }
    guard let b = MatrixOperand(other.layout) else { return matrixProduct(other.copied()) }
    var extents = Dimensions()
    extents.append(a.rows)
    extents.append(b.columns)
    let result = Tensor(uninitialized: Shape(dimensions: extents))
    let dtype = Scalar.dtype
    Multiplications.add(a.rows &* b.columns &* a.columns)
    GEMM(a, b).run(
      dtype, a: storage.pointer + layout.offset * dtype.byteCount,
      b: other.storage.pointer + other.layout.offset * dtype.byteCount,
      c: result.storage.pointer)
    withExtendedLifetime((storage, other.storage)) {}
    return result
  }

  /// self · weightᵀ + bias for rows `[n, inputs]`, a weight `[outputs, inputs]` and a bias
  /// `[outputs]`, and of that max(0, x) if `rectified`; NaN stays NaN. GEMM does both as it stores its
  /// last terms, which saves the passes over the result.
  @_specialize(where Scalar == Float)
  package func affine(weight: Tensor, bias: Tensor?, rectified: Bool = false) -> Tensor {
    let result = Tensor(uninitialized: [shape[0], weight.shape[0]])
    let bias = bias?.contiguous
    MatrixProduct.run(
      self, weight.transposed, batch: [], into: result,
      finish: GEMM.Finish(bias: bias?.pointer, rectifies: rectified))
    withExtendedLifetime(bias) {}
    return result
  }

  private var batchShape: Shape {
    var extents = shape.dimensions
    extents.remove(at: rank - 1)
    extents.remove(at: rank - 2)
    return Shape(dimensions: extents)
  }

  private static func stop(_ left: Tensor, _ right: Tensor) -> Never {
    fatalError(
      "matmul: shapes \(left.shape) and \(right.shape) do not fit; the last extent of the first "
        + "must equal the last but one of the second, and batches must broadcast")
  }
}

/// How GEMM reads a matrix: its extents, the distance between stored rows, and whether the stored
/// rows are the columns of the matrix.
struct MatrixOperand {
  let rows: Int
  let columns: Int
  let leading: Int
  let isTransposed: Bool

  /// The last two axes of a layout; nil if neither has stride 1, as GEMM needs.
  init?(_ layout: borrowing Layout) {
    let last = layout.rank - 1
    rows = layout.shape.dimensions[last - 1]
    columns = layout.shape.dimensions[last]
    let rowStride = layout.strides[last - 1]
    let columnStride = layout.strides[last]
    if (columnStride == 1 || columns <= 1) && (rowStride >= columns || rows <= 1) {
      isTransposed = false
      leading = rows <= 1 ? max(1, columns) : max(1, rowStride)
    } else if (rowStride == 1 || rows <= 1) && (columnStride >= rows || columns <= 1) {
      isTransposed = true
      leading = columns <= 1 ? max(1, rows) : max(1, columnStride)
    } else {
      return nil
    }
  }
}

extension GEMM {
  /// The product of two operands into a contiguous matrix.
  init(_ a: MatrixOperand, _ b: MatrixOperand) {
    self.init(
      m: a.rows, n: b.columns, k: a.columns, transposeA: a.isTransposed,
      transposeB: b.isTransposed, lda: a.leading, ldb: b.leading, ldc: max(1, b.columns))
  }
}

/// Batches of products on strided operands.
enum MatrixProduct {
  /// result ← left · right, where the operands have at least two axes that fit, and the result is
  /// contiguous. A single product gets the finish.
  @_specialize(where Scalar == Float)
  static func run<Scalar: FloatingPointScalar>(
    _ left: Tensor<Scalar>, _ right: Tensor<Scalar>, batch: Shape, into result: Tensor<Scalar>,
    finish: GEMM.Finish = GEMM.Finish()
  ) {
    if let (left, result) = foldedBatch(left, right, result) {
      return run(left, right, batch: [], into: result, finish: finish)
    }
    var left = left
    var right = right
    var a = MatrixOperand(left.layout)
    if a == nil {
      left = left.copied()
      a = MatrixOperand(left.layout)
    }
    var b = MatrixOperand(right.layout)
    if b == nil {
      right = right.copied()
      b = MatrixOperand(right.layout)
    }
    guard let a, let b else { fatalError("matmul: a contiguous copy is a valid operand") }

    let gemm = GEMM(a, b)
    let (m, n, k) = (gemm.m, gemm.n, gemm.k)
    Multiplications.add(batch.elementCount &* m &* n &* k)
    let size = Scalar.dtype.byteCount
    let aStart = left.pointer
    let bStart = right.pointer
    let target = result.storage.pointer + result.layout.offset * size
    left.withStorage {
      right.withStorage {
        if batch.elementCount == 1 {
          gemm.run(Scalar.dtype, a: aStart, b: bStart, c: target, finish: finish)
          return
        }
        let loops = StridedLoops(
          shape: batch, strides: batchStrides(left.layout, batch),
          batchStrides(right.layout, batch))
        let steps = loops.innerSteps
        let inner = loops.innerCount
        // A few large products share the threads one after the other. Small ones are handed out
        // several at a time; within a piece they are not split again.
        let work = max(1, m &* n &* k)
        let isShared = batch.elementCount < 8 && work >= GEMM.splitThreshold
        let grain =
          isShared
          ? batch.elementCount : max(1, 2 * GEMM.splitThreshold / (work + GEMM.smallProduct))
        ThreadPool.forEachRange(of: batch.elementCount, grain: grain) { range in
          var index = range.lowerBound
          while index < range.upperBound {
            let outer = index / inner
            let position = index % inner
            let count = min(inner - position, range.upperBound - index)
            loops.forEachRun(in: outer..<outer + 1) { first, second in
              gemm.run(
                Scalar.dtype, count: count, a: aStart + (first + position * steps.first) * size,
                next: steps.first, b: bStart + (second + position * steps.second) * size,
                next: steps.second, c: target + index * m * n * size)
            }
            index += count
          }
        }
      }
    }
  }

  private static func batchStrides(_ layout: Layout, _ batch: Shape) -> Dimensions {
    let lead = batch.rank - (layout.rank - 2)
    var strides = Dimensions(repeating: 0, count: batch.rank)
    for axis in 0..<(layout.rank - 2) where layout.shape.dimensions[axis] != 1 {
      strides[axis + lead] = layout.strides[axis]
    }
    return strides
  }

  /// One product [batch·m, k] × [k, n] in place of a batch of them, where every product has the same
  /// right operand and the rows on the left can be stepped through with one stride.
  private static func foldedBatch<Scalar: FloatingPointScalar>(
    _ left: Tensor<Scalar>, _ right: Tensor<Scalar>, _ result: Tensor<Scalar>
  ) -> (Tensor<Scalar>, Tensor<Scalar>)? {
    guard left.rank > 2, right.rank == 2 || right.shape.dropLast(2).allSatisfy({ $0 == 1 }),
      left.rank >= right.rank, left.count > 0
    else { return nil }
    let k = left.shape[-1]
    let n = right.shape[-1]
    guard let folded = left.layout.reshaped(to: [left.count / k, k]), MatrixOperand(folded) != nil
    else {
      return nil
    }
    return (
      Tensor(storage: left.storage, layout: folded),
      Tensor(storage: result.storage, layout: Layout(contiguous: [left.count / k, n]))
    )
  }
}
