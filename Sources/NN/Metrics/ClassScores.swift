import Tensor

/// How the figures of classes become one.
public enum ClassAveraging: String, CaseIterable, Sendable {
  /// One figure of the counts of all classes together. With one label for each sample precision,
  /// recall and F1 are then all the accuracy.
  case micro
  /// The mean over all classes, those without samples included.
  case macro
  /// The mean over the classes, each weighted by its number of samples.
  case weighted
}

/// The precision, hits ÷ samples predicted to be of a class, over batches.
///
/// Where a class was never predicted its precision is `zeroDivision`: 0 by default, as in
/// scikit-learn; with NaN such classes are left out of averages. NaN without samples.
public struct Precision: LabelMetric {
  private var scores: ClassScores

  /// Creates the metric.
  ///
  /// - Parameters:
  ///   - classes: The number of classes.
  ///   - averaging: How the precisions of the classes become one; macro by default.
  ///   - zeroDivision: The precision of a class that was never predicted.
  ///   - ignoredLabel: The label of samples that do not count; nil for none.
  public init(
    classes: Int, averaging: ClassAveraging = .macro, zeroDivision: Double = 0,
    ignoredLabel: Int? = -100
  ) {
    scores = ClassScores(classes, averaging, zeroDivision, ignoredLabel) {
      ($0.hits, $0.predicted)
    }
  }

  public var value: Double { scores.value }
  /// The precision of each class.
  public var perClass: [Double] { scores.perClass }

  public mutating func update<Scalar: FloatingPointScalar, Index: IndexScalar>(
    _ scores: Tensor<Scalar>, _ labels: Tensor<Index>
  ) {
    self.scores.confusion.update(scores, labels)
  }

  public mutating func reset() { scores.confusion.reset() }
  public mutating func merge(_ other: Precision) { scores.merge(other.scores, in: "Precision") }
}

/// The recall, hits ÷ samples of a class, over batches.
///
/// Where a class has no samples its recall is `zeroDivision`: 0 by default, as in scikit-learn; with
/// NaN such classes are left out of averages. NaN without samples.
public struct Recall: LabelMetric {
  private var scores: ClassScores

  /// Creates the metric; the parameters are those of `Precision`.
  public init(
    classes: Int, averaging: ClassAveraging = .macro, zeroDivision: Double = 0,
    ignoredLabel: Int? = -100
  ) {
    scores = ClassScores(classes, averaging, zeroDivision, ignoredLabel) { ($0.hits, $0.actual) }
  }

  public var value: Double { scores.value }
  /// The recall of each class.
  public var perClass: [Double] { scores.perClass }

  public mutating func update<Scalar: FloatingPointScalar, Index: IndexScalar>(
    _ scores: Tensor<Scalar>, _ labels: Tensor<Index>
  ) {
    self.scores.confusion.update(scores, labels)
  }

  public mutating func reset() { scores.confusion.reset() }
  public mutating func merge(_ other: Recall) { scores.merge(other.scores, in: "Recall") }
}

/// The F1 score, 2 · hits ÷ (samples predicted to be of a class + samples of it), over batches: the
/// harmonic mean of precision and recall.
///
/// Where a class has no samples and was never predicted its score is `zeroDivision`: 0 by default, as
/// in scikit-learn; with NaN such classes are left out of averages. NaN without samples.
public struct F1Score: LabelMetric {
  private var scores: ClassScores

  /// Creates the metric; the parameters are those of `Precision`.
  public init(
    classes: Int, averaging: ClassAveraging = .macro, zeroDivision: Double = 0,
    ignoredLabel: Int? = -100
  ) {
    scores = ClassScores(classes, averaging, zeroDivision, ignoredLabel) {
      (2 * $0.hits, $0.predicted + $0.actual)
    }
  }

  public var value: Double { scores.value }
  /// The F1 score of each class.
  public var perClass: [Double] { scores.perClass }

  public mutating func update<Scalar: FloatingPointScalar, Index: IndexScalar>(
    _ scores: Tensor<Scalar>, _ labels: Tensor<Index>
  ) {
    self.scores.confusion.update(scores, labels)
  }

  public mutating func reset() { scores.confusion.reset() }
  public mutating func merge(_ other: F1Score) { scores.merge(other.scores, in: "F1Score") }
}

/// A quotient of counts for each class, and its average.
private struct ClassScores: Sendable {
  typealias Counts = (hits: Int64, predicted: Int64, actual: Int64)

  var confusion: ConfusionMatrix
  private let averaging: ClassAveraging
  private let zeroDivision: Double
  private let quotient: @Sendable (Counts) -> (Int64, Int64)

  init(
    _ classes: Int, _ averaging: ClassAveraging, _ zeroDivision: Double, _ ignoredLabel: Int?,
    _ quotient: @escaping @Sendable (Counts) -> (Int64, Int64)
  ) {
    confusion = ConfusionMatrix(classes: classes, ignoredLabel: ignoredLabel)
    self.averaging = averaging
    self.zeroDivision = zeroDivision
    self.quotient = quotient
  }

  private func score(_ counts: Counts) -> Double {
    let (numerator, denominator) = quotient(counts)
    return denominator == 0 ? zeroDivision : Double(numerator) / Double(denominator)
  }

  var perClass: [Double] { confusion.perClass.map(score) }

  var value: Double {
    if confusion.total == 0 { return .nan }
    let counts = confusion.perClass
    if averaging == .micro {
      return score(
        counts.reduce((0, 0, 0)) { ($0.0 + $1.hits, $0.1 + $1.predicted, $0.2 + $1.actual) })
    }
    var (total, divisor) = (0.0, 0.0)
    for (counts, score) in zip(counts, perClass) where !score.isNaN {
      let weight = averaging == .macro ? 1 : Double(counts.actual)
      total += weight * score
      divisor += weight
    }
    return total / divisor
  }

  mutating func merge(_ other: ClassScores, in metric: StaticString) {
    checkMerge(
      averaging == other.averaging && confusion.classes == other.confusion.classes
        && (zeroDivision == other.zeroDivision || zeroDivision.isNaN && other.zeroDivision.isNaN),
      in: metric, "settings")
    confusion.merge(other.confusion)
  }
}
