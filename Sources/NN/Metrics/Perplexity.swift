import Tensor

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The perplexity, exp of the mean cross-entropy of labels, over batches.
///
/// The scores are logits. Labels that are ignored count nowhere. NaN without labels.
public struct Perplexity: LabelMetric {
  private let ignoredLabel: Int?
  private var mean = Mean()

  public init(ignoredLabel: Int? = -100) { self.ignoredLabel = ignoredLabel }

  public var value: Double { exp(mean.value) }

  public mutating func update<Scalar: FloatingPointScalar, Index: IndexScalar>(
    _ scores: Tensor<Scalar>, _ labels: Tensor<Index>
  ) {
    let losses = softmaxCrossEntropy(
      Variable(scores), labels, ignoredLabel: ignoredLabel, reduction: .none)
    var count = labels.count
    if let ignoredLabel { count = Int((labels .!= Index(ignoredLabel)).countNonzero().item) }
    if count > 0 {
      update(loss: Tensor<Double>(losses.value).sum().item / Double(count), count: count)
    }
  }

  /// Adds the mean cross-entropy, in natural units, of `count` labels.
  public mutating func update(loss: Double, count: Int) { mean.update(loss, count: count) }

  public mutating func reset() { mean.reset() }

  public mutating func merge(_ other: Perplexity) {
    checkMerge(ignoredLabel == other.ignoredLabel, in: "Perplexity", "ignored labels")
    mean.merge(other.mean)
  }
}
