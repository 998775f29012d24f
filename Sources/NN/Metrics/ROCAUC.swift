import Tensor

/// The area under the receiver operating characteristic of a binary classifier, over batches.
///
///     AUC = P(score of a positive > score of a negative) + ½ · P(they are equal)
///
/// for a positive and a negative drawn at random (J. A. Hanley, B. J. McNeil, 1982), counted
/// exactly, ties included. Predictions are scores of any shape and scale, targets 0 or 1. NaN unless there are positives and negatives,
/// or if a score is NaN. Every score is kept, 9 bytes each; `value` sorts them.
public struct ROCAUC: ValueMetric {
  private var scores: [Double] = []
  private var positive: [Bool] = []

  public init() {}

  public var value: Double { areaUnderROC(scores) { positive[$0] } }

  public mutating func update<Scalar: FloatingPointScalar>(
    _ predictions: Tensor<Scalar>, _ targets: Tensor<Scalar>
  ) {
    positive += binaryTargets(targets, for: predictions, in: "ROCAUC").scalars
    scores += Tensor<Double>(predictions).scalars
  }

  public mutating func reset() { self = ROCAUC() }

  public mutating func merge(_ other: ROCAUC) {
    scores += other.scores
    positive += other.positive
  }
}

/// The mean over classes of the area under the receiver operating characteristic of each class
/// against the rest, over batches.
///
/// As scikit-learn's `roc_auc_score` with `multi_class="ovr"`, `average="macro"`. NaN if a class has
/// no samples or all of them. Every score is kept; `value` sorts those of each class.
public struct MulticlassROCAUC: LabelMetric {
  private let classes: Int
  private let ignoredLabel: Int?
  private var scores: [[Double]]
  private var labels: [Int] = []

  /// Creates the metric; stops with a message unless there are classes.
  public init(classes: Int, ignoredLabel: Int? = -100) {
    guard classes > 0 else { stop("MulticlassROCAUC: classes must be positive, got \(classes)") }
    self.classes = classes
    self.ignoredLabel = ignoredLabel
    scores = Array(repeating: [], count: classes)
  }

  public var value: Double { perClass.reduce(0, +) / Double(classes) }

  /// The area of each class against the rest.
  public var perClass: [Double] {
    (0..<classes).map { c in areaUnderROC(scores[c]) { labels[$0] == c } }
  }

  public mutating func update<Scalar: FloatingPointScalar, Index: IndexScalar>(
    _ scores: Tensor<Scalar>, _ labels: Tensor<Index>
  ) {
    let targets = ClassLabels(
      labels, for: scores.shape, ignoredLabel: ignoredLabel, in: "MulticlassROCAUC", "scores")
    let rows = Variable(scores).rowsOfClasses(in: "MulticlassROCAUC").value
    guard rows.shape[1] == classes else {
      stop("MulticlassROCAUC: scores \(scores.shape) do not have \(classes) classes")
    }
    rows.withUnsafeBufferPointer { elements in
      targets.forEachCounted { row, label in
        self.labels.append(label)
        for c in 0..<classes { self.scores[c].append(Double(elements[row * classes + c])) }
      }
    }
  }

  public mutating func reset() {
    self = MulticlassROCAUC(classes: classes, ignoredLabel: ignoredLabel)
  }

  public mutating func merge(_ other: MulticlassROCAUC) {
    checkMerge(
      classes == other.classes && ignoredLabel == other.ignoredLabel, in: "MulticlassROCAUC",
      "settings")
    labels += other.labels
    for c in 0..<classes { scores[c] += other.scores[c] }
  }
}

/// The pairs of a positive and a negative that the positive wins, ties half, ÷ all such pairs.
private func areaUnderROC(_ scores: [Double], isPositive: (Int) -> Bool) -> Double {
  if scores.contains(where: \.isNaN) { return .nan }
  let order = scores.indices.sorted { scores[$0] < scores[$1] }
  // Twice the number of pairs won, a tie counting one: whole numbers, so that nothing is rounded.
  var wins = 0
  var (positives, negatives) = (0, 0)
  var start = 0
  while start < order.count {
    var end = start
    var (positivesHere, negativesHere) = (0, 0)
    while end < order.count, scores[order[end]] == scores[order[start]] {
      if isPositive(order[end]) { positivesHere += 1 } else { negativesHere += 1 }
      end += 1
    }
    wins += positivesHere * (2 * negatives + negativesHere)
    positives += positivesHere
    negatives += negativesHere
    start = end
  }
  return Double(wins) / (2 * Double(positives) * Double(negatives))
}
