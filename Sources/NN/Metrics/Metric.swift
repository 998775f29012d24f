import Tensor

/// A figure that is gathered over batches: `update` for each, then `value`.
///
/// ```swift
/// var accuracy = Accuracy()
/// for batch in test.batches(of: 256) { accuracy.update(model(batch.images).value, batch.labels) }
/// print(accuracy.value)
/// ```
///
/// Metrics are values. Each thread or worker can gather its own, and `merge` puts them together; the
/// result is that of one metric which saw all batches, up to the rounding of sums in another order.
/// Sums are kept in `Double`. A figure of no samples is NaN.
public protocol Metric: Sendable {
  associatedtype Value: Sendable
  /// The figure of all that was seen since the start or the last `reset`.
  var value: Value { get }
  /// Forgets what was seen.
  mutating func reset()
  /// Adds what another metric saw. Stops with a message if the two have different settings.
  mutating func merge(_ other: Self)
}

/// A metric of scores for classes against integer labels.
public protocol LabelMetric: Metric {
  /// Adds a batch.
  ///
  /// `scores`, such as logits or probabilities, are [n, classes] or [n, classes, d1, …] and `labels`
  /// are [n] or [n, d1, …], as in `softmaxCrossEntropy`. Stops with a message if shapes do not fit or
  /// a label is neither in range nor the ignored one.
  mutating func update<Scalar: FloatingPointScalar, Index: IndexScalar>(
    _ scores: Tensor<Scalar>, _ labels: Tensor<Index>)
}

/// A metric of predictions against targets of the same shape.
public protocol ValueMetric: Metric {
  /// Adds a batch. Stops with a message if the shapes differ.
  mutating func update<Scalar: FloatingPointScalar>(
    _ predictions: Tensor<Scalar>, _ targets: Tensor<Scalar>)
}

/// The mean of numbers, such as the losses of batches, weighted by how many samples each stands for.
public struct Mean: Metric {
  private var total = 0.0
  private var count = 0.0

  public init() {}

  /// Σ value · count ÷ Σ count; NaN if nothing was seen.
  public var value: Double { total / count }

  /// Adds the mean of `count` samples.
  public mutating func update(_ mean: Double, count: Int = 1) {
    total += mean * Double(count)
    self.count += Double(count)
  }

  public mutating func reset() { self = Mean() }

  public mutating func merge(_ other: Mean) {
    total += other.total
    count += other.count
  }
}
