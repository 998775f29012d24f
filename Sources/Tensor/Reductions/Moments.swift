import CKernels

/// Means and sums of squared deviations over any set of axes, in double precision.
///
/// Pieces have moments of their own, which are combined by the formula of Chan, Golub and LeVeque
/// (1983); so nothing cancels, however large the mean is beside the spread.
struct Moments {
  /// The mean of each group of elements, and the sum of their squared deviations from it.
  let means: Storage
  let deviations: Storage
  /// The layout of both as tensors.
  let layout: Layout
  /// How many elements each group has.
  let count: Int

  init<Scalar: FloatingPointScalar>(
    of x: Tensor<Scalar>, axes: [Int]?, keepingDimensions: Bool, _ name: StaticString
  ) {
    let axes = AxisSet(axes, of: x.shape, name)
    let source = x.layout.isDense ? x : x.copied()
    let plan = ReductionPlan(source.layout, reducing: axes, keepingDimensions: keepingDimensions)
    layout = plan.result
    count = plan.reducedCount
    if plan.keptCount == 0 || plan.reducedCount == 0 {
      // NaN and 0 of nothing.
      means = Tensor<Double>(repeating: .nan, shape: layout.shape).storage
      deviations = Tensor<Double>(repeating: 0, shape: layout.shape).storage
      return
    }
    var moments: (means: Storage, deviations: Storage)?
    var groupCount = 1
    source.withStorage {
      plan.forEachStep { outer, reduced, inner, _ in
        guard let done = moments else {
          moments = Self.step(Scalar.dtype, source.pointer, outer, reduced, inner)
          groupCount = reduced
          return
        }
        // Groups of equal size: the deviations within them, and those of their means.
        let next = Self.step(.float64, done.means.pointer, outer, reduced, inner)
        let within = Storage(byteCount: outer * inner * 8)
        Reduction.step(
          .fold(APUS_REDUCE_SUM, .float64), done.deviations.pointer, outer, reduced, inner,
          within.pointer)
        apus_axpby_f64(
          Double(groupCount), next.deviations.pointer.bound(), 1, within.pointer.bound(),
          outer * inner)
        moments = (next.means, within)
        groupCount *= reduced
      }
    }
    // A plan has at least one step.
    (means, deviations) = moments!
  }

  /// The moments of elements `[outer, reduced, inner]`, as `[outer, inner]`.
  private static func step(
    _ dtype: DType, _ x: UnsafeRawPointer, _ outer: Int, _ reduced: Int, _ inner: Int
  ) -> (means: Storage, deviations: Storage) {
    let size = dtype.byteCount
    let grain = ReductionCut.pieceByteCount / size
    let matrix = reduced * inner
    let means = Storage(byteCount: outer * inner * 8)
    let deviations = Storage(byteCount: outer * inner * 8)
    if matrix <= grain {
      let to = (means.pointer, deviations.pointer)
      ThreadPool.forEachRange(of: outer, grain: grain / matrix) { range in
        let start = range.lowerBound * inner * 8
        kernel(
          dtype, x + range.lowerBound * matrix * size, stride: inner, batches: range.count,
          rows: reduced, columns: inner, to.0 + start, to.1 + start)
      }
      return (means, deviations)
    }
    let cut = ReductionCut(
      outer: outer, rows: reduced, columns: inner, grain: grain, fewRows: inner == 1 ? grain : 256)
    let heights = cut.heights
    let partialMeans = heights == 1 ? means : Storage(byteCount: outer * heights * inner * 8)
    let partialDeviations =
      heights == 1 ? deviations : Storage(byteCount: outer * heights * inner * 8)
    let to = (partialMeans.pointer, partialDeviations.pointer)
    cut.forEachPiece { index, height, rows, columns in
      let start = ((index * heights + height) * inner + columns.lowerBound) * 8
      kernel(
        dtype, x + (index * matrix + rows.lowerBound * inner + columns.lowerBound) * size,
        stride: inner, batches: 1, rows: rows.count, columns: columns.count, to.0 + start,
        to.1 + start)
    }
    if heights > 1 {
      combine(
        partialMeans, partialDeviations, cut: cut, into: means.pointer.bound(),
        deviations.pointer.bound())
    }
    return (means, deviations)
  }

  /// The moments of each column of pieces, one after the other.
  private static func combine(
    _ partialMeans: Storage, _ partialDeviations: Storage, cut: ReductionCut,
    into means: UnsafeMutablePointer<Double>, _ deviations: UnsafeMutablePointer<Double>
  ) {
    let columns = cut.columns
    let strip = 1_024
    let strips = (columns + strip - 1) / strip
    let nextMeans: UnsafeMutablePointer<Double> = partialMeans.pointer.bound()
    let nextDeviations: UnsafeMutablePointer<Double> = partialDeviations.pointer.bound()
    ThreadPool.forEachRange(of: cut.outer * strips, grain: 1) { range in
      for piece in range {
        let start = piece % strips * strip
        let count = Swift.min(strip, columns - start)
        let target = piece / strips * columns + start
        var source = piece / strips * cut.heights * columns + start
        for column in 0..<count {
          means[target + column] = nextMeans[source + column]
          deviations[target + column] = nextDeviations[source + column]
        }
        for height in 1..<cut.heights {
          source += columns
          let done = height * cut.rowsPerPiece
          let rows = Swift.min(cut.rowsPerPiece, cut.rows - done)
          let share = Double(rows) / Double(done + rows)
          let weight = share * Double(done)
          for column in 0..<count {
            let gap = nextMeans[source + column] - means[target + column]
            means[target + column] += gap * share
            deviations[target + column] += nextDeviations[source + column] + gap * gap * weight
          }
        }
      }
    }
    withExtendedLifetime((partialMeans, partialDeviations)) {}
  }

  private static func kernel(
    _ dtype: DType, _ x: UnsafeRawPointer, stride: Int, batches: Int, rows: Int, columns: Int,
    _ means: UnsafeMutableRawPointer, _ deviations: UnsafeMutableRawPointer
  ) {
    switch (dtype, columns == 1 && stride == 1) {
    case (.float32, true):
      apus_moment_rows_f32(x.bound(), rows, batches, rows, means.bound(), deviations.bound())
    case (.float32, false):
      apus_moment_columns_f32(
        x.bound(), stride, batches, rows, columns, means.bound(), deviations.bound())
    case (_, true):
      apus_moment_rows_f64(x.bound(), rows, batches, rows, means.bound(), deviations.bound())
    case (_, false):
      apus_moment_columns_f64(
        x.bound(), stride, batches, rows, columns, means.bound(), deviations.bound())
    }
  }

  /// deviations / max(count − correction, 0) as a tensor, or its square root.
  func variance<Scalar: FloatingPointScalar>(correction: Int, isRoot: Bool = false)
    -> Tensor<Scalar>
  {
    let divisor = Double(Swift.max(count - correction, 0))
    let source: UnsafeMutablePointer<Double> = deviations.pointer.bound()
    return tensor(source) { isRoot ? ($0 / divisor).squareRoot() : $0 / divisor }
  }

  /// The means as a tensor.
  func mean<Scalar: FloatingPointScalar>() -> Tensor<Scalar> {
    tensor(means.pointer.bound()) { $0 }
  }

  @inline(__always)
  private func tensor<Scalar: FloatingPointScalar>(
    _ source: UnsafeMutablePointer<Double>, _ transform: (Double) -> Double
  ) -> Tensor<Scalar> {
    let result = Storage(shape: layout.shape, dtype: Scalar.dtype)
    let count = layout.count
    if Scalar.dtype == .float32 {
      let target: UnsafeMutablePointer<Float> = result.pointer.bound()
      for index in 0..<count { target[index] = Float(transform(source[index])) }
    } else {
      let target: UnsafeMutablePointer<Double> = result.pointer.bound()
      for index in 0..<count { target[index] = transform(source[index]) }
    }
    withExtendedLifetime(self) {}
    return Tensor(storage: result, layout: layout)
  }
}
