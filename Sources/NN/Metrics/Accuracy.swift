import Tensor

/// The share of rows whose largest element stands at the label.
///
/// `scores`, such as logits or probabilities, is `[n, classes]` and `labels` is `[n]`. Of equal largest
/// elements the first counts. Stops with a message if the shapes do not fit or there is no row.
public func accuracy<Scalar: FloatingPointScalar>(
  _ scores: Tensor<Scalar>, _ labels: Tensor<Int32>
) -> Double {
  guard scores.rank == 2, labels.shape == [scores.shape[0]], labels.count > 0 else {
    fatalError(
      "accuracy: scores \(scores.shape) and labels \(labels.shape) do not fit; "
        + "scores are [n, classes] and labels [n], with n at least 1")
  }
  let best = scores.argmax()
  let hits = best.withUnsafeBufferPointer { best in
    labels.withUnsafeBufferPointer { labels in
      var hits = 0
      for row in 0..<labels.count where best[row] == Int64(labels[row]) { hits += 1 }
      return hits
    }
  }
  return Double(hits) / Double(labels.count)
}

/// The share of samples whose label has the largest score, over batches.
///
/// Of equal largest scores the first counts, and NaN counts as the largest, as in `argmax`. Samples
/// with the ignored label count nowhere.
public struct Accuracy: LabelMetric {
  private let ignoredLabel: Int?
  private var share = Share()

  public init(ignoredLabel: Int? = -100) { self.ignoredLabel = ignoredLabel }

  public var value: Double { share.value }

  public mutating func update<Scalar: FloatingPointScalar, Index: IndexScalar>(
    _ scores: Tensor<Scalar>, _ labels: Tensor<Index>
  ) {
    let targets = ClassLabels(
      labels, for: scores.shape, ignoredLabel: ignoredLabel, in: "Accuracy", "scores")
    let best = scores.argmax(axis: classAxis(of: scores.shape, in: "Accuracy")).flattened
    best.withUnsafeBufferPointer { best in
      targets.forEachCounted { row, label in share.add(best[row] == Int64(label)) }
    }
  }

  public mutating func reset() { share = Share() }

  public mutating func merge(_ other: Accuracy) {
    checkMerge(ignoredLabel == other.ignoredLabel, in: "Accuracy", "ignored labels")
    share.merge(other.share)
  }
}

/// The share of samples whose label is among the k largest scores, over batches.
///
/// Of equal scores the first count. A label whose own score is NaN is a miss. Samples with the ignored
/// label count nowhere.
public struct TopKAccuracy: LabelMetric {
  private let k: Int
  private let ignoredLabel: Int?
  private var share = Share()

  /// Creates the metric; stops with a message unless k is positive.
  public init(k: Int = 5, ignoredLabel: Int? = -100) {
    guard k > 0 else { stop("TopKAccuracy: k must be positive, got \(k)") }
    self.k = k
    self.ignoredLabel = ignoredLabel
  }

  public var value: Double { share.value }

  public mutating func update<Scalar: FloatingPointScalar, Index: IndexScalar>(
    _ scores: Tensor<Scalar>, _ labels: Tensor<Index>
  ) {
    let targets = ClassLabels(
      labels, for: scores.shape, ignoredLabel: ignoredLabel, in: "TopKAccuracy", "scores")
    let rows = Variable(scores).rowsOfClasses(in: "TopKAccuracy").value
    rows.withUnsafeBufferPointer { elements in
      targets.forEachCounted { row, label in
        let row = UnsafeBufferPointer(
          rebasing: elements[row * rows.shape[1]..<(row + 1) * rows.shape[1]])
        let own = row[label]
        var before = 0
        for (place, score) in row.enumerated()
        where score > own || (score == own && place < label) { before += 1 }
        share.add(before < k && !own.isNaN)
      }
    }
  }

  public mutating func reset() { share = Share() }

  public mutating func merge(_ other: TopKAccuracy) {
    checkMerge(
      k == other.k && ignoredLabel == other.ignoredLabel, in: "TopKAccuracy", "settings")
    share.merge(other.share)
  }
}

/// The share of elements on the right side of a threshold, over batches: the accuracy of binary and
/// multi-label classification.
///
/// A prediction is positive if it is larger than the threshold; use 0 for logits. NaN is negative.
/// Targets are 0 or 1.
public struct BinaryAccuracy: ValueMetric {
  private let threshold: Double
  private let isExact: Bool
  private var share = Share()

  /// Creates the metric.
  ///
  /// - Parameters:
  ///   - threshold: What a positive prediction exceeds.
  ///   - exactMatch: Whether a sample, which is then a row [labels] of [n, labels], counts as one and
  ///     is right only if all of its labels are, as in scikit-learn's accuracy of multi-label data.
  public init(threshold: Double = 0.5, exactMatch: Bool = false) {
    self.threshold = threshold
    isExact = exactMatch
  }

  public var value: Double { share.value }

  public mutating func update<Scalar: FloatingPointScalar>(
    _ predictions: Tensor<Scalar>, _ targets: Tensor<Scalar>
  ) {
    let positive = binaryTargets(targets, for: predictions, in: "BinaryAccuracy")
    var right = (Tensor<Double>(predictions) .> threshold) .== positive
    if isExact && right.rank > 1 { right = right.all(axes: Array(1..<right.rank)) }
    share.add(right)
  }

  public mutating func reset() { share = Share() }

  public mutating func merge(_ other: BinaryAccuracy) {
    checkMerge(
      threshold == other.threshold && isExact == other.isExact, in: "BinaryAccuracy", "settings")
    share.merge(other.share)
  }
}

/// How many of how many.
private struct Share {
  private var hits = 0
  private var count = 0

  var value: Double { Double(hits) / Double(count) }

  mutating func add(_ isHit: Bool) {
    hits += isHit ? 1 : 0
    count += 1
  }

  mutating func add(_ areHits: Tensor<Bool>) {
    hits += Int(areHits.countNonzero().item)
    count += areHits.count
  }

  mutating func merge(_ other: Share) {
    hits += other.hits
    count += other.count
  }
}

/// Targets of 0 or 1 as truth values; stops with a message if there are others or shapes differ.
func binaryTargets<Scalar: FloatingPointScalar>(
  _ targets: Tensor<Scalar>, for predictions: Tensor<Scalar>, in metric: StaticString
) -> Tensor<Bool> {
  checkSameShape(predictions.shape, targets.shape, in: metric, "predictions and targets")
  let positive = targets .== 1
  if let place = (positive .| (targets .== 0)).scalars.firstIndex(of: false) {
    stop("\(metric): target \(targets.scalars[place]) at place \(place) is neither 0 nor 1")
  }
  return positive
}

/// Stops unless two metrics that are merged have the same settings.
func checkMerge(_ isPossible: Bool, in metric: StaticString, _ what: @autoclosure () -> String) {
  guard !isPossible else { return }
  stop("\(metric): \(what()) differ; merged metrics need the same settings")
}

extension ClassLabels {
  /// Calls `body` with each row that counts and its label.
  func forEachCounted(_ body: (_ row: Int, _ label: Int) -> Void) {
    let counted = counted?.scalars
    labels.withUnsafeBufferPointer { labels in
      for (row, label) in labels.enumerated() where counted?[row] ?? true { body(row, Int(label)) }
    }
  }
}
