import NN
import Tensor
import Testing

/// Metrics against scikit-learn, gathered in batches and merged.
@Suite struct MetricGoldenTests {
  private let goldens = GoldenFile("metrics")

  private func number(_ golden: String, _ name: String) -> Double {
    goldens.tensor(golden, name, Double.self)!.item
  }

  /// The metric of batches of 7, every other of which goes to a second one that is merged at last.
  private func gathered<M: LabelMetric, S: FloatingPointScalar>(
    _ metric: M, _ golden: String, _ scalar: S.Type
  ) -> M {
    let scores = goldens.tensor(golden, "scores", S.self)!
    let labels = goldens.integers(golden, "labels")!
    return gathered(metric, count: labels.count) {
      $0.update(scores.rows($1), labels.rows($1))
    }
  }

  private func gathered<M: ValueMetric>(
    _ metric: M, _ golden: String, _ predictions: String = "scores"
  ) -> M {
    let predictions = goldens.tensor(golden, predictions, Double.self)!
    let targets = goldens.tensor(golden, "targets", Double.self)!
    return gathered(metric, count: targets.shape[0]) {
      $0.update(predictions.rows($1), targets.rows($1))
    }
  }

  private func gathered<M: Metric>(
    _ metric: M, count: Int, _ update: (inout M, [Int]) -> Void
  ) -> M {
    var (first, second, third) = (metric, metric, metric)
    for start in stride(from: 0, to: count, by: 7) {
      let rows = Array(start..<min(start + 7, count))
      if start % 2 == 0 { update(&first, rows) } else { update(&second, rows) }
    }
    update(&third, Array(0..<count))
    third.reset()
    third.merge(first)
    third.merge(second)
    third.merge(metric)
    return third
  }

  @Test func classes() {
    #expect(gathered(Accuracy(), "classes", Double.self).value == number("classes", "accuracy"))
    #expect(gathered(Accuracy(), "classes", Float.self).value == number("classes", "accuracy"))
    for k in [2, 3] {
      let top = gathered(TopKAccuracy(k: k), "classes", Double.self)
      #expect(top.value == number("classes", "top\(k)"))
    }
    let confusion = gathered(ConfusionMatrix(classes: 5), "classes", Double.self)
    #expect(confusion.value == goldens.integers("classes", "confusion"))
  }

  @Test(arguments: ClassAveraging.allCases, [0, 1, Double.nan])
  func precisionRecallAndF1(_ averaging: ClassAveraging, _ zero: Double) {
    let suffix = zero.isNaN ? "nan" : "\(Int(zero))"
    func check(_ name: String, _ value: Double, _ each: [Double]) {
      expectClose(
        [value], [number("classes", "\(name).\(averaging.rawValue).\(suffix)")], tolerance: 1e-14,
        name)
      let expected = goldens.tensor("classes", "\(name).each.\(suffix)", Double.self)!
      expectClose(each, expected.scalars, tolerance: 1e-14, name)
    }
    let precision = gathered(
      Precision(classes: 5, averaging: averaging, zeroDivision: zero), "classes", Double.self)
    check("precision", precision.value, precision.perClass)
    let recall = gathered(
      Recall(classes: 5, averaging: averaging, zeroDivision: zero), "classes", Double.self)
    check("recall", recall.value, recall.perClass)
    let f1 = gathered(
      F1Score(classes: 5, averaging: averaging, zeroDivision: zero), "classes", Double.self)
    check("f1", f1.value, f1.perClass)
  }

  @Test func areasUnderCurves() {
    let binary = gathered(ROCAUC(), "binary")
    expectClose([binary.value], [number("binary", "value")], tolerance: 1e-14)
    let classes = gathered(MulticlassROCAUC(classes: 4), "roc", Double.self)
    expectClose([classes.value], [number("roc", "value")], tolerance: 1e-14)
    let each = goldens.tensor("roc", "each", Double.self)!
    expectClose(classes.perClass, each.scalars, tolerance: 1e-14)
  }

  @Test func severalLabels() {
    let elements = gathered(BinaryAccuracy(), "several")
    #expect(elements.value == number("several", "elements"))
    let exact = gathered(BinaryAccuracy(exactMatch: true), "several")
    #expect(exact.value == number("several", "exact"))
  }

  @Test func errors() {
    func check(_ value: Double, _ name: String) {
      expectClose([value], [number("values", name)], tolerance: 1e-13, name)
    }
    check(gathered(MeanAbsoluteError(), "values", "predictions").value, "absolute")
    check(gathered(MeanSquaredError(), "values", "predictions").value, "squared")
    check(gathered(RootMeanSquaredError(), "values", "predictions").value, "root")
    let r2 = gathered(R2Score(), "values", "predictions")
    check(r2.value, "r2")
    let each = goldens.tensor("values", "r2.each", Double.self)!
    expectClose(r2.perOutput, each.scalars, tolerance: 1e-13)
  }
}
