import Tensor

/// The mean of |prediction − target| over all elements of all batches.
public struct MeanAbsoluteError: ValueMetric {
  private var mean = Mean()
  public init() {}
  public var value: Double { mean.value }

  public mutating func update<Scalar: FloatingPointScalar>(
    _ predictions: Tensor<Scalar>, _ targets: Tensor<Scalar>
  ) {
    let errors = differences(predictions, targets, in: "MeanAbsoluteError").magnitude()
    mean.update(sumOf: errors)
  }

  public mutating func reset() { mean.reset() }
  public mutating func merge(_ other: MeanAbsoluteError) { mean.merge(other.mean) }
}

/// The mean of (prediction − target)² over all elements of all batches.
public struct MeanSquaredError: ValueMetric {
  private var mean = Mean()
  public init() {}
  public var value: Double { mean.value }

  public mutating func update<Scalar: FloatingPointScalar>(
    _ predictions: Tensor<Scalar>, _ targets: Tensor<Scalar>
  ) {
    mean.update(sumOf: differences(predictions, targets, in: "MeanSquaredError").squared())
  }

  public mutating func reset() { mean.reset() }
  public mutating func merge(_ other: MeanSquaredError) { mean.merge(other.mean) }
}

/// The square root of the mean of (prediction − target)² over all elements of all batches.
public struct RootMeanSquaredError: ValueMetric {
  private var mean = Mean()
  public init() {}
  public var value: Double { mean.value.squareRoot() }

  public mutating func update<Scalar: FloatingPointScalar>(
    _ predictions: Tensor<Scalar>, _ targets: Tensor<Scalar>
  ) {
    mean.update(sumOf: differences(predictions, targets, in: "RootMeanSquaredError").squared())
  }

  public mutating func reset() { mean.reset() }
  public mutating func merge(_ other: RootMeanSquaredError) { mean.merge(other.mean) }
}

/// The coefficient of determination, over batches:
///
///     R² = 1 − Σ (target − prediction)² ÷ Σ (target − mean of targets)²
///
/// Predictions and targets are [n], or [n, d…] with a figure for each output; `value` is then their
/// mean. As in scikit-learn an output whose targets are all equal has 1 if every prediction is right
/// and 0 otherwise. NaN with fewer than two samples. The spread is gathered by updating means (T. F.
/// Chan, G. H. Golub, R. J. LeVeque, 1979), so that targets far from 0 lose no digits.
public struct R2Score: ValueMetric {
  private var count = 0.0
  private var residuals: [Double] = []
  // Means are kept as differences from the first target: their digits are then those of the spread.
  private var origins: [Double] = []
  private var means: [Double] = []
  private var spreads: [Double] = []

  public init() {}

  public var value: Double {
    let each = perOutput
    return each.isEmpty ? .nan : each.reduce(0, +) / Double(each.count)
  }

  /// The figure of each output; one for predictions of shape [n], none before the first batch.
  public var perOutput: [Double] {
    zip(residuals, spreads).map { residual, spread in
      if count < 2 { return .nan }
      return spread == 0 ? (residual == 0 ? 1 : 0) : 1 - residual / spread
    }
  }

  public mutating func update<Scalar: FloatingPointScalar>(
    _ predictions: Tensor<Scalar>, _ targets: Tensor<Scalar>
  ) {
    let errors = differences(predictions, targets, in: "R2Score")
    guard errors.rank > 0 else { stop("R2Score: predictions of shape [] have no axis of samples") }
    let n = errors.shape[0]
    if n == 0 { return }
    let rows: Shape = [n, errors.count / n]
    let origins = Tensor<Double>(targets).reshaped(to: rows)[0]
    let values = Tensor<Double>(targets).reshaped(to: rows) - origins
    let mean = values.mean(axes: [0])
    var batch = R2Score()
    batch.count = Double(n)
    batch.residuals = errors.reshaped(to: rows).squared().sum(axes: [0]).scalars
    batch.origins = origins.scalars
    batch.means = mean.scalars
    batch.spreads = (values - mean).squared().sum(axes: [0]).scalars
    merge(batch)
  }

  public mutating func reset() { self = R2Score() }

  public mutating func merge(_ other: R2Score) {
    if other.count == 0 { return }
    if count == 0 {
      self = other
      return
    }
    checkMerge(
      means.count == other.means.count, in: "R2Score",
      "\(means.count) and \(other.means.count) outputs")
    let total = count + other.count
    for output in means.indices {
      let origin = other.origins[output] - origins[output]
      let step = origin + other.means[output] - means[output]
      residuals[output] += other.residuals[output]
      spreads[output] += other.spreads[output] + step * step * count * other.count / total
      means[output] += step * other.count / total
    }
    count = total
  }
}

/// Predictions − targets in double precision.
private func differences<Scalar: FloatingPointScalar>(
  _ predictions: Tensor<Scalar>, _ targets: Tensor<Scalar>, in metric: StaticString
) -> Tensor<Double> {
  checkSameShape(predictions.shape, targets.shape, in: metric, "predictions and targets")
  return Tensor<Double>(predictions) - Tensor<Double>(targets)
}

extension Mean {
  /// Adds each element of a tensor.
  fileprivate mutating func update(sumOf elements: Tensor<Double>) {
    if elements.count > 0 { update(elements.mean().item, count: elements.count) }
  }
}
