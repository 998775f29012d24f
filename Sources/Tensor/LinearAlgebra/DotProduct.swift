import CKernels

/// Dot products of the rows of two matrices.
enum DotProduct {
  /// result[i] ← Σⱼ left[i, j] · right[i, j], where `result` is contiguous and of `rows` elements.
  ///
  /// Pieces depend on the counts alone: long rows are cut, and their parts summed.
  static func rows(
    _ dtype: DType, _ left: UnsafeRawPointer, stride leftStride: Int, _ right: UnsafeRawPointer,
    stride rightStride: Int, rows: Int, columns: Int, into result: UnsafeMutableRawPointer
  ) {
    let size = dtype.byteCount
    let grain = ReductionKernel.fold(APUS_REDUCE_SUM, dtype).grain
    guard columns > grain else {
      ThreadPool.forEachRange(of: rows, grain: max(1, grain / max(columns, 1))) { range in
        let start = range.lowerBound
        Kernels.dotRows(
          dtype, left + start * leftStride * size, stride: leftStride,
          right + start * rightStride * size, stride: rightStride, rows: range.count,
          columns: columns, result + start * size)
      }
      return
    }
    let pieces = (columns + grain - 1) / grain
    let partials = Storage(byteCount: rows * pieces * size)
    ThreadPool.forEachRange(of: rows * pieces, grain: 1) { range in
      for piece in range {
        let row = piece / pieces
        let start = piece % pieces * grain
        Kernels.dotRows(
          dtype, left + (row * leftStride + start) * size, stride: 0,
          right + (row * rightStride + start) * size, stride: 0, rows: 1,
          columns: min(grain, columns - start), partials.pointer + piece * size)
      }
    }
    ReductionKernel.fold(APUS_REDUCE_SUM, dtype).rows(
      partials.pointer, rows: rows, columns: pieces, result)
    withExtendedLifetime(partials) {}
  }

  /// Σⱼ left[…, j] · right[…, j] of two tensors of one shape.
  static func lastAxis<Scalar: SignedScalar>(
    _ left: Tensor<Scalar>, _ right: Tensor<Scalar>
  ) -> Tensor<Scalar> {
    var extents = left.shape.dimensions
    let columns = extents.remove(at: extents.count - 1)
    let result = Tensor<Scalar>(uninitialized: Shape(dimensions: extents))
    Multiplications.add(left.count)
    let a = left.contiguous
    let b = right.contiguous
    a.withStorage {
      b.withStorage {
        rows(
          Scalar.dtype, a.pointer, stride: columns, b.pointer, stride: columns,
          rows: result.count, columns: columns, into: result.storage.pointer)
      }
    }
    return result
  }

  /// left · right of batches of matrices [batch…, m, k] and [batch…, k, n] with the same batch: for
  /// integers, which BLAS lacks.
  static func matrices<Scalar: SignedScalar>(
    _ left: Tensor<Scalar>, _ right: Tensor<Scalar>
  ) -> Tensor<Scalar> {
    let (m, k, n) = (left.shape[-2], left.shape[-1], right.shape[-1])
    let result = Tensor<Scalar>(uninitialized: Shape(left.shape.dropLast() + [n]))
    Multiplications.add(result.count &* k)
    let a = left.contiguous
    let b = right.transposed.contiguous
    let size = Scalar.dtype.byteCount
    a.withStorage {
      b.withStorage {
        let pieceSize = ReductionKernel.fold(APUS_REDUCE_SUM, Scalar.dtype).grain
        let grain = max(1, pieceSize / max(1, n * k))
        ThreadPool.forEachRange(of: result.count / max(1, n), grain: grain) { range in
          for row in range {
            Kernels.dotRows(
              Scalar.dtype, a.pointer + row * k * size, stride: 0,
              b.pointer + row / m * n * k * size, stride: k, rows: n, columns: k,
              result.storage.pointer + row * n * size)
          }
        }
      }
    }
    return result
  }
}
