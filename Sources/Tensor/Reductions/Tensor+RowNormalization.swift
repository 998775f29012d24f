import CKernels

/// Rows normalised, with what their gradient needs.
package struct RowNormalization<Scalar: FloatingPointScalar>: Sendable {
  /// (x − mean) · inverse · scale + shift
  package var values: Tensor<Scalar>
  /// The mean of each row, with extent 1 along the normalised axes; nil where it is not taken off.
  package var means: Tensor<Scalar>?
  /// 1 / √(variance + ε) of each row, with extent 1 along the normalised axes.
  package var inverses: Tensor<Scalar>
}

extension Tensor where Scalar: FloatingPointScalar {
  /// Normalises rows, of which each is made of the last `axisCount` axes:
  /// y = (x − mean) / √(variance + ε) · scale + shift (Ba, Kiros and Hinton, 2016), with the
  /// variance divided by the length of the row; or, if not `isCentered`, y = x / √(mean of x² + ε)
  /// · scale (Zhang and Sennrich, 2019). One pass over rows in the cache.
  ///
  /// `scale` and `shift` have the shape of a row; nil means 1 and 0. A row without elements stays
  /// so. Stops with a message if the shapes do not fit.
  package func normalizedRows(
    axisCount: Int = 1, scale: Tensor? = nil, shift: Tensor? = nil, epsilon: Double = 1e-5,
    isCentered: Bool = true
  ) -> RowNormalization<Scalar> {
    let rows = Rows(shape, axisCount: axisCount, "normalizedRows")
    let scale = scale.map { rows.parameter($0, "scale") }
    let shift = shift.map { rows.parameter($0, "shift") }
    let source = contiguous
    let result = Tensor(uninitialized: shape)
    let means = isCentered ? Tensor(uninitialized: rows.statistics) : nil
    let inverses = Tensor(uninitialized: rows.statistics)
    withExtendedLifetime((source, scale, shift)) {
      let x = source.pointer
      let gamma = scale?.pointer
      let beta = shift?.pointer
      let out = result.storage.pointer
      let mean = means?.storage.pointer
      let inverse = inverses.storage.pointer
      rows.forEachPiece { row, count in
        let start = row * rows.length * Scalar.dtype.byteCount
        let statistic = row * Scalar.dtype.byteCount
        if Scalar.dtype == .float32 {
          apus_normalize_rows_f32(
            (x + start).bound(), gamma?.bound(), beta?.bound(), Float(epsilon), isCentered,
            (out + start).bound(), mean.map { ($0 + statistic).bound() },
            (inverse + statistic).bound(), count, rows.length)
        } else {
          apus_normalize_rows_f64(
            (x + start).bound(), gamma?.bound(), beta?.bound(), epsilon, isCentered,
            (out + start).bound(), mean.map { ($0 + statistic).bound() },
            (inverse + statistic).bound(), count, rows.length)
        }
      }
    }
    return RowNormalization(values: result, means: means, inverses: inverses)
  }

  /// The gradient of x, where self is that of `normalization.values`: with n = (x − mean) · inverse
  /// and h = self · scale, (h − mean h − n · mean (h · n)) · inverse; without mean h if the rows
  /// were not centred.
  package func throughNormalizedRows(
    of x: Tensor, _ normalization: RowNormalization<Scalar>, axisCount: Int = 1,
    scale: Tensor? = nil
  ) -> Tensor {
    let rows = Rows(x.shape, axisCount: axisCount, "throughNormalizedRows")
    let scale = scale.map { rows.parameter($0, "scale") }
    let source = x.contiguous
    let gradient = broadcast(to: x.shape).contiguous
    let result = Tensor(uninitialized: x.shape)
    withExtendedLifetime((source, gradient, scale, normalization)) {
      let x = source.pointer
      let g = gradient.pointer
      let gamma = scale?.pointer
      let mean = normalization.means?.pointer
      let inverse = normalization.inverses.pointer
      let out = result.storage.pointer
      rows.forEachPiece { row, count in
        let start = row * rows.length * Scalar.dtype.byteCount
        let statistic = row * Scalar.dtype.byteCount
        if Scalar.dtype == .float32 {
          apus_normalize_rows_grad_f32(
            (x + start).bound(), (g + start).bound(), gamma?.bound(),
            mean.map { ($0 + statistic).bound() }, (inverse + statistic).bound(),
            (out + start).bound(), count, rows.length)
        } else {
          apus_normalize_rows_grad_f64(
            (x + start).bound(), (g + start).bound(), gamma?.bound(),
            mean.map { ($0 + statistic).bound() }, (inverse + statistic).bound(),
            (out + start).bound(), count, rows.length)
        }
      }
    }
    return result
  }

  /// The gradients of scale and shift, where self is that of `normalization.values`: Σ self · n and
  /// Σ self over the rows, in the shape of a row.
  package func throughNormalizedRowParameters(
    of x: Tensor, _ normalization: RowNormalization<Scalar>, axisCount: Int = 1
  ) -> (scale: Tensor, shift: Tensor) {
    let rows = Rows(x.shape, axisCount: axisCount, "throughNormalizedRowParameters")
    let source = x.contiguous
    let gradient = broadcast(to: x.shape).contiguous
    // Each piece of rows has sums of its own, which are then summed.
    let pieces = rows.pieceCount
    let partials = Tensor(uninitialized: [2, pieces, rows.length])
    withExtendedLifetime((source, gradient, normalization)) {
      let x = source.pointer
      let g = gradient.pointer
      let mean = normalization.means?.pointer
      let inverse = normalization.inverses.pointer
      let out = partials.storage.pointer
      let size = Scalar.dtype.byteCount
      rows.forEachPiece { row, count in
        let start = row * rows.length * size
        let statistic = row * size
        let scaleTarget = out + row / rows.rowsPerPiece * rows.length * size
        let shiftTarget = scaleTarget + pieces * rows.length * size
        if Scalar.dtype == .float32 {
          apus_normalize_rows_parameter_grad_f32(
            (x + start).bound(), (g + start).bound(), mean.map { ($0 + statistic).bound() },
            (inverse + statistic).bound(), scaleTarget.bound(), shiftTarget.bound(), count,
            rows.length)
        } else {
          apus_normalize_rows_parameter_grad_f64(
            (x + start).bound(), (g + start).bound(), mean.map { ($0 + statistic).bound() },
            (inverse + statistic).bound(), scaleTarget.bound(), shiftTarget.bound(), count,
            rows.length)
        }
      }
    }
    let sums = partials.sum(axes: [1])
    return (sums[0].reshaped(to: rows.row), sums[1].reshaped(to: rows.row))
  }
}

/// A tensor as rows of its last axes.
private struct Rows {
  let name: StaticString
  /// The shape of a row, and of one number for each row.
  let row: Shape
  let statistics: Shape
  let length: Int
  let count: Int
  let rowsPerPiece: Int

  init(_ shape: Shape, axisCount: Int, _ name: StaticString) {
    guard axisCount >= 1 && axisCount <= shape.rank else {
      fatalError(
        "\(name): 1 to \(shape.rank) axes of shape \(shape) can be rows, got \(axisCount)")
    }
    self.name = name
    let lead = shape.rank - axisCount
    row = Shape(shape.dropFirst(lead))
    statistics = Shape(shape.prefix(lead) + Array(repeating: 1, count: axisCount))
    length = row.elementCount
    count = statistics.elementCount
    rowsPerPiece = max(1, ReductionCut.pieceByteCount / 16 / max(length, 1))
  }

  var pieceCount: Int { (count + rowsPerPiece - 1) / rowsPerPiece }

  /// Calls `body` with the first row and the number of rows of each piece, on any thread.
  func forEachPiece(_ body: (_ row: Int, _ count: Int) -> Void) {
    ThreadPool.forEachRange(of: pieceCount, grain: 1) { pieces in
      for piece in pieces {
        let row = piece * rowsPerPiece
        body(row, min(rowsPerPiece, count - row))
      }
    }
  }

  /// A parameter of the shape of a row, contiguous.
  func parameter<Scalar>(_ parameter: Tensor<Scalar>, _ role: String) -> Tensor<Scalar> {
    guard parameter.shape == row else {
      fatalError(
        "\(name): rows of shape \(row) need a \(role) of that shape, got \(parameter.shape)")
    }
    return parameter.contiguous
  }
}
