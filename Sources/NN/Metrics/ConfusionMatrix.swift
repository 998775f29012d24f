import Tensor

/// How often each class was predicted for each label, over batches.
///
/// `value` is [classes, classes]: row i counts the samples of label i, column j those for which class
/// j was predicted, as in scikit-learn. Of equal largest scores the first is the prediction. Samples
/// with the ignored label count nowhere. Without samples all counts are 0.
public struct ConfusionMatrix: LabelMetric {
  /// The number of classes.
  public let classes: Int
  private let ignoredLabel: Int?
  private var counts: [Int64]

  /// Creates the matrix; stops with a message unless there are classes.
  public init(classes: Int, ignoredLabel: Int? = -100) {
    guard classes > 0 else { stop("ConfusionMatrix: classes must be positive, got \(classes)") }
    self.classes = classes
    self.ignoredLabel = ignoredLabel
    counts = Array(repeating: 0, count: classes * classes)
  }

  public var value: Tensor<Int64> { Tensor(counts, shape: [classes, classes]) }

  public mutating func update<Scalar: FloatingPointScalar, Index: IndexScalar>(
    _ scores: Tensor<Scalar>, _ labels: Tensor<Index>
  ) {
    let axis = classAxis(of: scores.shape, in: "ConfusionMatrix")
    guard scores.shape[axis] == classes else {
      stop("ConfusionMatrix: scores \(scores.shape) do not have \(classes) classes")
    }
    let targets = ClassLabels(
      labels, for: scores.shape, ignoredLabel: ignoredLabel, in: "ConfusionMatrix", "scores")
    add(scores.argmax(axis: axis).flattened, targets)
  }

  /// Adds a batch of predicted classes, of the shape of the labels.
  public mutating func update<Predicted: IndexScalar, Index: IndexScalar>(
    predicted: Tensor<Predicted>, _ labels: Tensor<Index>
  ) {
    checkSameShape(
      predicted.shape, labels.shape, in: "ConfusionMatrix", "predicted classes and labels")
    let rows: Shape = [labels.count, classes]
    let predictions = ClassLabels(
      predicted.flattened, for: rows, ignoredLabel: nil, in: "ConfusionMatrix", "scores")
    let targets = ClassLabels(
      labels.flattened, for: rows, ignoredLabel: ignoredLabel, in: "ConfusionMatrix", "scores")
    add(Tensor<Int64>(predictions.labels), targets)
  }

  private mutating func add(_ predicted: Tensor<Int64>, _ targets: ClassLabels) {
    predicted.withUnsafeBufferPointer { predicted in
      targets.forEachCounted { row, label in counts[label * classes + Int(predicted[row])] += 1 }
    }
  }

  public mutating func reset() {
    self = ConfusionMatrix(classes: classes, ignoredLabel: ignoredLabel)
  }

  public mutating func merge(_ other: ConfusionMatrix) {
    checkMerge(
      classes == other.classes && ignoredLabel == other.ignoredLabel, in: "ConfusionMatrix",
      "settings")
    for place in counts.indices { counts[place] += other.counts[place] }
  }

  /// The number of samples.
  var total: Int64 { counts.reduce(0, +) }

  /// For each class the samples that are of it and predicted so, predicted so, and of it.
  var perClass: [(hits: Int64, predicted: Int64, actual: Int64)] {
    (0..<classes).map { c in
      (
        counts[c * classes + c],
        (0..<classes).reduce(0) { $0 + counts[$1 * classes + c] },
        (0..<classes).reduce(0) { $0 + counts[c * classes + $1] }
      )
    }
  }
}
