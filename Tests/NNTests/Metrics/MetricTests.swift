import NN
import Tensor
import Testing

@Suite struct MetricTests {
  private let scores = Tensor<Float>([[3, 1, 1], [0, 2, 2], [1, 0, 0.5], [0, 0, 0]])
  private let labels = Tensor<Int32>([0, 2, 1, -100])

  @Test func nothingSeenIsNaN() {
    #expect(Mean().value.isNaN)
    #expect(Accuracy().value.isNaN)
    #expect(TopKAccuracy().value.isNaN)
    #expect(BinaryAccuracy().value.isNaN)
    #expect(Precision(classes: 2).value.isNaN)
    #expect(Recall(classes: 2, averaging: .micro).value.isNaN)
    #expect(F1Score(classes: 2, averaging: .weighted).value.isNaN)
    #expect(ROCAUC().value.isNaN)
    #expect(MulticlassROCAUC(classes: 2).value.isNaN)
    #expect(MeanAbsoluteError().value.isNaN)
    #expect(MeanSquaredError().value.isNaN)
    #expect(RootMeanSquaredError().value.isNaN)
    #expect(R2Score().value.isNaN)
    #expect(Perplexity().value.isNaN)
    #expect(ConfusionMatrix(classes: 2).value == Tensor<Int64>.zeros([2, 2]))
  }

  @Test func emptyBatchesChangeNothing() {
    var accuracy = Accuracy()
    accuracy.update(Tensor<Float>.zeros([0, 3]), Tensor<Int32>.zeros([0]))
    #expect(accuracy.value.isNaN)
    var r2 = R2Score()
    r2.update(Tensor<Double>([1, 2, 4]), Tensor<Double>([1, 2, 3]))
    r2.update(Tensor<Double>.zeros([0]), Tensor<Double>.zeros([0]))
    #expect(r2.value == 0.5)
    var error = MeanSquaredError()
    error.update(Tensor<Double>([1, 3]), Tensor<Double>([1, 1]))
    error.update(Tensor<Double>.zeros([0]), Tensor<Double>.zeros([0]))
    #expect(error.value == 2)
    var perplexity = Perplexity()
    perplexity.update(scores, Tensor<Int32>([-100, -100, -100, -100]))
    #expect(perplexity.value.isNaN)
  }

  @Test func ignoredLabelsAndTies() {
    var accuracy = Accuracy()
    accuracy.update(scores, labels)
    // Row 1 has two largest scores, of which the first counts.
    #expect(accuracy.value == 1.0 / 3)
    var topTwo = TopKAccuracy(k: 2)
    topTwo.update(scores, labels)
    #expect(topTwo.value == 2.0 / 3)
    var all = TopKAccuracy(k: 9)
    all.update(scores, labels)
    #expect(all.value == 1)
    var confusion = ConfusionMatrix(classes: 3)
    confusion.update(scores, labels)
    confusion.update(predicted: Tensor<Int64>([2, 2]), Tensor<Int32>([2, -100]))
    #expect(confusion.value == [[1, 0, 0], [1, 0, 0], [0, 1, 1]])
  }

  @Test func scoresThatAreNaNAreMisses() {
    var top = TopKAccuracy(k: 3)
    top.update(Tensor<Double>([.nan, 1, 2, .nan, 1, 2], shape: [2, 3]), Tensor<Int32>([0, 1]))
    #expect(top.value == 0.5)
    var binary = BinaryAccuracy()
    binary.update(Tensor<Float>([.nan, .nan]), Tensor<Float>([0, 1]))
    #expect(binary.value == 0.5)
    var area = ROCAUC()
    area.update(Tensor<Float>([.nan, 1]), Tensor<Float>([0, 1]))
    #expect(area.value.isNaN)
  }

  @Test func maps() {
    let scores = Tensor<Double>([[[3, 0], [1, 5]], [[0, 1], [1, 0]]])
    let labels = Tensor<Int64>([[0, 1], [1, 1]])
    var accuracy = Accuracy()
    accuracy.update(scores, labels)
    #expect(accuracy.value == 0.75)
    var top = TopKAccuracy(k: 1)
    top.update(scores, labels)
    #expect(top.value == 0.75)
  }

  @Test func perplexityIsTheExponentialOfTheMeanLoss() {
    var perplexity = Perplexity()
    perplexity.update(scores, labels)
    let loss = Double(softmaxCrossEntropy(Variable(scores), labels).item)
    #expect(abs(perplexity.value - Plain.exp(loss)) < 1e-6)
    var uniform = Perplexity()
    uniform.update(Tensor<Double>.zeros([2, 8]), Tensor<Int32>([3, 7]))
    uniform.update(loss: Plain.log(8), count: 4)
    #expect(abs(uniform.value - 8) < 1e-14)
  }

  @Test func degenerateDeterminations() {
    func r2(_ predictions: [Double], _ targets: [Double]) -> Double {
      var metric = R2Score()
      metric.update(Tensor(predictions), Tensor(targets))
      return metric.value
    }
    #expect(r2([1], [1]).isNaN)
    #expect(r2([2, 2], [2, 2]) == 1)
    #expect(r2([2, 3], [2, 2]) == 0)
    #expect(r2([3, 1], [1, 3]) == -3)
  }

  @Test func oneClassHasNoArea() {
    var area = ROCAUC()
    area.update(Tensor<Double>([1, 2]), Tensor<Double>([1, 1]))
    #expect(area.value.isNaN)
    area.update(Tensor<Double>([1, 2]), Tensor<Double>([0, 0]))
    #expect(area.value == 0.5)
  }

  @Test func meansOfBatches() {
    var mean = Mean()
    mean.update(2, count: 3)
    mean.update(6)
    #expect(mean.value == 3)
    mean.reset()
    #expect(mean.value.isNaN)
  }

  // MARK: Mistakes

  private struct Mistake: Sendable {
    let message: String
    let run: @Sendable () -> Void
  }

  private static let mistakes: [Mistake] = [
    Mistake(message: "Accuracy: label 3 of row 0 is outside 0..<3") {
      var metric = Accuracy()
      metric.update(Tensor<Float>.zeros([1, 3]), Tensor<Int32>([3]))
    },
    Mistake(
      message:
        "Accuracy: scores [2, 3] and labels [3] do not fit; scores are [n, classes] and labels"
    ) {
      var metric = Accuracy()
      metric.update(Tensor<Float>.zeros([2, 3]), Tensor<Int32>.zeros([3]))
    },
    Mistake(
      message:
        "accuracy: scores [0, 3] and labels [0] do not fit; scores are [n, classes] and labels [n], "
        + "with n at least 1"
    ) { _ = accuracy(Tensor<Float>.zeros([0, 3]), Tensor<Int32>.zeros([0])) },
    Mistake(message: "ConfusionMatrix: classes must be positive, got 0") {
      _ = ConfusionMatrix(classes: 0)
    },
    Mistake(message: "R2Score: predictions of shape [] have no axis of samples") {
      var metric = R2Score()
      metric.update(Tensor<Float>(1), Tensor<Float>(1))
    },
    Mistake(message: "MulticlassROCAUC: classes must be positive, got -1") {
      _ = MulticlassROCAUC(classes: -1)
    },
    Mistake(message: "MulticlassROCAUC: scores [1, 3] do not have 2 classes") {
      var metric = MulticlassROCAUC(classes: 2)
      metric.update(Tensor<Float>.zeros([1, 3]), Tensor<Int32>([0]))
    },
    Mistake(message: "TopKAccuracy: k must be positive, got 0") { _ = TopKAccuracy(k: 0) },
    Mistake(message: "ConfusionMatrix: scores [1, 3] do not have 2 classes") {
      var metric = Precision(classes: 2)
      metric.update(Tensor<Float>.zeros([1, 3]), Tensor<Int32>([0]))
    },
    Mistake(message: "Precision: settings differ; merged metrics need the same settings") {
      var metric = Precision(classes: 2)
      metric.merge(Precision(classes: 2, averaging: .micro))
    },
    Mistake(message: "ROCAUC: target 2.0 at place 1 is neither 0 nor 1") {
      var metric = ROCAUC()
      metric.update(Tensor<Float>.zeros([2]), Tensor<Float>([1, 2]))
    },
    Mistake(
      message: "MeanSquaredError: shapes [2] and [3] differ; predictions and targets need one shape"
    ) {
      var metric = MeanSquaredError()
      metric.update(Tensor<Float>.zeros([2]), Tensor<Float>.zeros([3]))
    },
    Mistake(
      message: "R2Score: 2 and 3 outputs differ; merged metrics need the same settings"
    ) {
      var metric = R2Score()
      metric.update(Tensor<Float>.zeros([2, 2]), Tensor<Float>.zeros([2, 2]))
      metric.update(Tensor<Float>.zeros([2, 3]), Tensor<Float>.zeros([2, 3]))
    },
  ]

  private static func run(_ index: Int) { mistakes[index].run() }

  @Test(arguments: mistakes.indices)
  func mistakesStop(_ index: Int) async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [index] in MetricTests.run(index) }
    expectMessage(result, Self.mistakes[index].message)
  }
}
