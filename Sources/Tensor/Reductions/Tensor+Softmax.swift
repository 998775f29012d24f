import CKernels

/// Softmax and its relatives, each a fused pass over rows.
extension Tensor where Scalar: FloatingPointScalar {
  /// exp(x − max x) ÷ Σ exp(x − max x) along an axis, the last one by default.
  ///
  /// NaN, ∞, or nothing but −∞ along the axis make it NaN there.
  public func softmax(axis: Int = -1) -> Tensor {
    let axis = shape.axis(axis, of: "softmax")
    return axis == rank - 1
      ? alongRows { source, target, rows, columns in
        if Scalar.dtype == .float32 {
          apus_softmax_rows_f32(source.bound(), target.bound(), rows, columns)
        } else {
          apus_softmax_rows_f64(source.bound(), target.bound(), rows, columns)
        }
      }
      : alongColumns(axis) { source, target, stride, rows, columns in
        if Scalar.dtype == .float32 {
          apus_softmax_columns_f32(source.bound(), target.bound(), stride, rows, columns)
        } else {
          apus_softmax_columns_f64(source.bound(), target.bound(), stride, rows, columns)
        }
      }
  }

  /// ln softmax(x) along an axis, the last one by default, without cancellation; NaN where `softmax`
  /// is.
  public func logSoftmax(axis: Int = -1) -> Tensor {
    let axis = shape.axis(axis, of: "logSoftmax")
    return axis == rank - 1
      ? alongRows { source, target, rows, columns in
        if Scalar.dtype == .float32 {
          apus_log_softmax_rows_f32(source.bound(), target.bound(), rows, columns)
        } else {
          apus_log_softmax_rows_f64(source.bound(), target.bound(), rows, columns)
        }
      }
      : alongColumns(axis) { source, target, stride, rows, columns in
        if Scalar.dtype == .float32 {
          apus_log_softmax_columns_f32(source.bound(), target.bound(), stride, rows, columns)
        } else {
          apus_log_softmax_columns_f64(source.bound(), target.bound(), stride, rows, columns)
        }
      }
  }

  /// Calls `kernel` with pieces of whole rows.
  private func alongRows(
    _ kernel: (UnsafeRawPointer, UnsafeMutableRawPointer, _ rows: Int, _ columns: Int) -> Void
  ) -> Tensor {
    let source = contiguous
    let result = Tensor(uninitialized: shape)
    source.withStorage {
      Self.forEachRows(count: count, columns: shape[-1]) { rows, start in
        kernel(
          source.pointer + start, result.storage.pointer + start, rows.count, shape[-1])
      }
    }
    return result
  }

  /// Calls `kernel` with strips of the matrices whose columns go along an axis before the last.
  private func alongColumns(
    _ axis: Int,
    _ kernel: (
      UnsafeRawPointer, UnsafeMutableRawPointer, _ stride: Int, _ rows: Int, _ columns: Int
    ) -> Void
  ) -> Tensor {
    let source = contiguous
    let result = Tensor(uninitialized: shape)
    if count == 0 { return result }
    let rows = shape.dimensions[axis]
    let columns = shape.contiguousStrides[axis]
    let grain = Elementwise.Weight.heavy.grain
    // Whole vectors of columns, and wide enough for the strides to be worth it.
    let width = Swift.min(columns, Swift.max(128, grain / rows / 128 * 128))
    let strips = (columns + width - 1) / width
    let size = MemoryLayout<Scalar>.stride
    let from = source.pointer
    let to = result.storage.pointer
    source.withStorage {
      ThreadPool.forEachRange(
        of: count / (rows * columns) * strips, grain: Swift.max(1, grain / (rows * width))
      ) { range in
        for piece in range {
          let column = piece % strips * width
          let start = (piece / strips * rows * columns + column) * size
          kernel(from + start, to + start, columns, rows, Swift.min(width, columns - column))
        }
      }
    }
    return result
  }

  /// Hands out rows of `columns` elements, with the byte offset of the first.
  private static func forEachRows(
    count: Int, columns: Int, _ body: (_ rows: Range<Int>, _ byteOffset: Int) -> Void
  ) {
    guard columns > 0 else { return }
    let grain = Swift.max(1, Elementwise.Weight.heavy.grain(of: count) / columns)
    ThreadPool.forEachRange(of: count / columns, grain: grain) { rows in
      body(rows, rows.lowerBound * columns * Scalar.dtype.byteCount)
    }
  }

  /// The gradient of softmax along the last axis: y · (g − Σ g · y), where self is g.
  package func throughSoftmax(_ y: Tensor) -> Tensor {
    throughRows(y) { y, g, out, rows, columns in
      if Scalar.dtype == .float32 {
        apus_softmax_grad_rows_f32(y.bound(), g.bound(), out.bound(), rows, columns)
      } else {
        apus_softmax_grad_rows_f64(y.bound(), g.bound(), out.bound(), rows, columns)
      }
    }
  }

  /// The gradient of log-softmax along the last axis: g − eʸ · Σ g, where self is g.
  package func throughLogSoftmax(_ y: Tensor) -> Tensor {
    throughRows(y) { y, g, out, rows, columns in
      if Scalar.dtype == .float32 {
        apus_log_softmax_grad_rows_f32(y.bound(), g.bound(), out.bound(), rows, columns)
      } else {
        apus_log_softmax_grad_rows_f64(y.bound(), g.bound(), out.bound(), rows, columns)
      }
    }
  }

  private func throughRows(
    _ y: Tensor,
    _ kernel: (
      _ y: UnsafeRawPointer, _ g: UnsafeRawPointer, UnsafeMutableRawPointer, _ rows: Int,
      _ columns: Int
    ) -> Void
  ) -> Tensor {
    let g = broadcast(to: y.shape).contiguous
    let y = y.contiguous
    let result = Tensor(uninitialized: y.shape)
    y.withStorage {
      g.withStorage {
        Self.forEachRows(count: y.count, columns: y.shape[-1]) { rows, start in
          kernel(
            y.pointer + start, g.pointer + start, result.storage.pointer + start, rows.count,
            y.shape[-1])
        }
      }
    }
    return result
  }

  /// The cross-entropy of each row of logits `[rows, classes]` with its label, and the softmax.
  ///
  /// loss = ln Σ exp(row) − row[label], without overflow. Labels must be in range: the caller has
  /// checked them.
  package func softmaxCrossEntropy(labels: Tensor<Int32>) -> (losses: Tensor, probabilities: Tensor)
  {
    let source = contiguous
    let labels = labels.contiguous
    let losses = Tensor(uninitialized: [shape[0]])
    let probabilities = Tensor(uninitialized: shape)
    source.withStorage {
      labels.withStorage {
        Self.forEachRows(count: count, columns: shape[1]) { rows, start in
          let firstLabel = labels.typedPointer + rows.lowerBound
          let firstLoss = losses.storage.pointer + rows.lowerBound * Scalar.dtype.byteCount
          let target = probabilities.storage.pointer + start
          if Scalar.dtype == .float32 {
            apus_softmax_cross_entropy_f32(
              (source.pointer + start).bound(), firstLabel, firstLoss.bound(), target.bound(),
              rows.count, shape[1])
          } else {
            apus_softmax_cross_entropy_f64(
              (source.pointer + start).bound(), firstLabel, firstLoss.bound(), target.bound(),
              rows.count, shape[1])
          }
        }
      }
    }
    return (losses, probabilities)
  }

  /// (p − onehot(label)) · scale for each row, where self is p; `scales` has one element or one a row.
  package func throughSoftmaxCrossEntropy(labels: Tensor<Int32>, scales: Tensor) -> Tensor {
    let source = contiguous
    let labels = labels.contiguous
    let scales = scales.contiguous
    let result = Tensor(uninitialized: shape)
    let scaleStep = scales.count == 1 ? 0 : 1
    source.withStorage {
      scales.withStorage {
        labels.withStorage {
          Self.forEachRows(count: count, columns: shape[1]) { rows, start in
            let firstLabel = labels.typedPointer + rows.lowerBound
            let firstScale =
              scales.pointer + rows.lowerBound * scaleStep * Scalar.dtype.byteCount
            let target = result.storage.pointer + start
            if Scalar.dtype == .float32 {
              apus_softmax_cross_entropy_grad_f32(
                (source.pointer + start).bound(), firstLabel, firstScale.bound(), scaleStep,
                target.bound(), rows.count, shape[1])
            } else {
              apus_softmax_cross_entropy_grad_f64(
                (source.pointer + start).bound(), firstLabel, firstScale.bound(), scaleStep,
                target.bound(), rows.count, shape[1])
            }
          }
        }
      }
    }
    return result
  }
}
