import NN
import Tensor
import Testing

/// Mistakes at which a loss stops, each with its message.
@Suite struct LossMisuseTests {
  struct Mistake: Sendable {
    let message: String
    let run: @Sendable () -> Void

    init(_ message: String, _ run: @escaping @Sendable () -> Void) {
      self.message = message
      self.run = run
    }
  }

  private static func ones(_ shape: Shape) -> Variable<Float> { Variable(.ones(shape)) }
  private static let labels = Tensor<Int32>.zeros([2])

  static let all: [Mistake] = errors + crossEntropies + shapes + options + sequences

  private static let errors: [Mistake] = [
    .init(
      "meanSquaredError: weights [3] do not fit losses [2, 3]; "
        + "weights have the leading extents of the losses"
    ) { _ = meanSquaredError(ones([2, 3]), ones([2, 3]), weights: .ones([3])) },
    .init("meanAbsoluteError: shapes [2, 3] and [3] differ; prediction and target need one shape") {
      _ = meanAbsoluteError(ones([2, 3]), Tensor.ones([3]))
    },
    .init("meanSquaredError: the batch is empty") {
      _ = meanSquaredError(ones([0, 3]), ones([0, 3]))
    },
    .init("huberLoss: the batch is empty") {
      _ = huberLoss(ones([0]), ones([0]), weights: .ones([0]))
    },
  ]

  private static let crossEntropies: [Mistake] = [
    .init("softmaxCrossEntropy: label -1 at [0, 1] is outside 0..<3") {
      _ = softmaxCrossEntropy(ones([1, 3, 2]), Tensor<Int32>([0, -1], shape: [1, 2]))
    },
    .init(
      "softmaxCrossEntropy: logits [2, 3, 4] and labels [2, 3] do not fit; "
        + "logits are [n, classes] and labels [n], both with further axes"
    ) { _ = softmaxCrossEntropy(ones([2, 3, 4]), Tensor<Int32>.zeros([2, 3])) },
    .init("softmaxCrossEntropy: class weights [2] do not fit 3 classes") {
      _ = softmaxCrossEntropy(ones([2, 3]), labels, classWeights: .ones([2]))
    },
    .init("softmaxCrossEntropy: label smoothing 1.5 is outside 0...1") {
      _ = softmaxCrossEntropy(ones([2, 3]), labels, labelSmoothing: 1.5)
    },
    .init(
      "softmaxCrossEntropy: shapes [2, 3] and [3, 2] differ; "
        + "logits and probabilities need one shape"
    ) { _ = softmaxCrossEntropy(ones([2, 3]), probabilities: Tensor.ones([3, 2])) },
    .init("softmaxCrossEntropy: scores of shape [] have no axis of classes") {
      _ = softmaxCrossEntropy(ones([]), Tensor<Int32>(0))
    },
  ]

  private static let shapes: [Mistake] = [
    .init("huberLoss: shapes [2] and [1] differ; prediction and target need one shape") {
      _ = huberLoss(ones([2]), ones([1]))
    },
    .init("smoothL1Loss: shapes [2] and [1] differ; prediction and target need one shape") {
      _ = smoothL1Loss(ones([2]), ones([1]))
    },
    .init("binaryCrossEntropy: shapes [2] and [1] differ; probabilities and target need one shape")
    {
      _ = binaryCrossEntropy(ones([2]), ones([1]))
    },
    .init("sigmoidCrossEntropy: shapes [2] and [1] differ; logits and target need one shape") {
      _ = sigmoidCrossEntropy(ones([2]), ones([1]))
    },
    .init("sigmoidCrossEntropy: positive weights [3] do not broadcast to logits [2]") {
      _ = sigmoidCrossEntropy(ones([2]), ones([2]), positiveWeight: .ones([3]))
    },
    .init("multiLabelSoftMarginLoss: class weights [2] do not fit 3 classes") {
      _ = multiLabelSoftMarginLoss(ones([2, 3]), ones([2, 3]), classWeights: .ones([2]))
    },
    .init("sigmoidFocalLoss: shapes [2] and [1] differ; logits and target need one shape") {
      _ = sigmoidFocalLoss(ones([2]), ones([1]))
    },
    .init("softmaxFocalLoss: label 3 of row 1 is outside 0..<3") {
      _ = softmaxFocalLoss(ones([2, 3]), Tensor<Int32>([0, 3]))
    },
    .init("negativeLogLikelihood: label 3 of row 1 is outside 0..<3") {
      _ = negativeLogLikelihood(ones([2, 3]), Tensor<Int32>([0, 3]))
    },
    .init("negativeLogLikelihood: the batch is empty") {
      _ = negativeLogLikelihood(ones([0, 3]), Tensor<Int32>.zeros([0]))
    },
    .init("klDivergence: shapes [2] and [1] differ; log probabilities and target need one shape") {
      _ = klDivergence(ones([2]), ones([1]))
    },
    .init("klDivergence: a number has no axis of samples") {
      _ = klDivergence(ones([]), ones([]), perSample: true)
    },
    .init(
      "poissonNegativeLogLikelihood: shapes [2] and [1] differ; prediction and target need one"
    ) { _ = poissonNegativeLogLikelihood(ones([2]), ones([1])) },
    .init("gaussianNegativeLogLikelihood: variance [3] does not fit prediction [2]") {
      _ = gaussianNegativeLogLikelihood(ones([2]), ones([2]), variance: ones([3]))
    },
    .init("hingeLoss: shapes [2] and [1] differ; scores and target need one shape") {
      _ = hingeLoss(ones([2]), ones([1]))
    },
    .init("hingeEmbeddingLoss: shapes [2] and [1] differ; distances and target need one shape") {
      _ = hingeEmbeddingLoss(ones([2]), .ones([1]))
    },
    .init("multiMarginLoss: scores are [n, classes] or [classes], got [1, 2, 3]") {
      _ = multiMarginLoss(ones([1, 2, 3]), Tensor<Int32>.zeros([1, 3]))
    },
    .init("marginRankingLoss: shapes [2] and [1] differ; first and second need one shape") {
      _ = marginRankingLoss(ones([2]), ones([1]), ones([2]))
    },
    .init("softMarginLoss: shapes [2] and [1] differ; scores and target need one shape") {
      _ = softMarginLoss(ones([2]), ones([1]))
    },
    .init(
      "cosineEmbeddingLoss: vectors [2, 3] and targets [3] do not fit; "
        + "vectors are [n, width] and targets [n]"
    ) { _ = cosineEmbeddingLoss(ones([2, 3]), ones([2, 3]), .ones([3])) },
    .init("tripletMarginLoss: shapes [2] and [1] differ; anchor and negative need one shape") {
      _ = tripletMarginLoss(ones([2]), ones([2]), ones([1]))
    },
  ]

  private static let options: [Mistake] = [
    .init("multiLabelSoftMarginLoss: logits of shape [] have no axis of labels") {
      _ = multiLabelSoftMarginLoss(ones([]), ones([]))
    },
    .init("tripletMarginLoss: vectors of shape [] have no axis of width") {
      _ = tripletMarginLoss(ones([]), ones([]), ones([]))
    },
    .init("huberLoss: delta must be positive, got 0.0") {
      _ = huberLoss(ones([2]), ones([2]), delta: 0)
    },
    .init("smoothL1Loss: beta must not be negative, got -1.0") {
      _ = smoothL1Loss(ones([2]), ones([2]), beta: -1)
    },
    .init("sigmoidFocalLoss: alpha 2.0 is outside 0...1") {
      _ = sigmoidFocalLoss(ones([2]), ones([2]), alpha: 2)
    },
    .init("softmaxFocalLoss: gamma must not be negative, got -1.0") {
      _ = softmaxFocalLoss(ones([2, 3]), labels, gamma: -1)
    },
    .init("multiMarginLoss: p must be 1 or 2, got 3") {
      _ = multiMarginLoss(ones([2, 3]), labels, p: 3)
    },
    .init("tripletMarginLoss: p must be at least 1 and finite, got 0.5") {
      _ = tripletMarginLoss(ones([2]), ones([2]), ones([2]), p: 0.5)
    },
  ]

  private static func ctc(
    _ targets: Tensor<Int32>, _ frames: [Int], _ lengths: [Int], blank: Int = 0
  ) {
    _ = ctcLoss(
      ones([4, 2, 3]), targets, inputLengths: frames, targetLengths: lengths, blank: blank)
  }

  private static let sequences: [Mistake] = [
    .init("ctcLoss: log probabilities are [frames, n, classes], got [2, 3]") {
      _ = ctcLoss(ones([2, 3]), labels, inputLengths: [2], targetLengths: [2])
    },
    .init("ctcLoss: the blank 3 is outside 0..<3") { ctc(.ones([2]), [4, 4], [1, 1], blank: 3) },
    .init("ctcLoss: 1 input lengths and 2 target lengths do not fit 2 sequences") {
      ctc(.ones([2]), [4], [1, 1])
    },
    .init("ctcLoss: input length 5 of row 1 is outside 0...4") {
      ctc(.ones([2]), [4, 5], [1, 1])
    },
    .init("ctcLoss: target length 3 of row 0 is outside 0...2") {
      ctc(.ones([2, 2]), [4, 4], [3, 1])
    },
    .init(
      "ctcLoss: targets [3] do not fit 2 sequences with 2 labels; targets are [n, longest] or"
    ) { ctc(.ones([3]), [4, 4], [1, 1]) },
    .init("ctcGreedyDecoding: scores are [frames, n, classes], got [2, 3]") {
      _ = ctcGreedyDecoding(Tensor<Float>.zeros([2, 3]))
    },
    .init("ctcLoss: label 0 at place 1 of row 1 is the blank or outside 0..<3") {
      ctc(Tensor([1, 1, 0]), [4, 4], [1, 2])
    },
  ]

  @Test(arguments: all.indices)
  func stopsWithItsMessage(_ index: Int) async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [index] in
      LossMisuseTests.all[index].run()
    }
    expectMessage(result, Self.all[index].message)
  }
}
