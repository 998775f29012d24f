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

  static let all: [Mistake] = errors + crossEntropies

  private static let errors: [Mistake] = [
    .init(
      "meanSquaredError: weights [3] do not fit losses [2, 3]; "
        + "weights have the leading extents of the losses"
    ) { _ = meanSquaredError(ones([2, 3]), ones([2, 3]), weights: .ones([3])) },
    .init("meanAbsoluteError: shapes [2, 3] and [3] differ; prediction and target need one shape") {
      _ = meanAbsoluteError(ones([2, 3]), Tensor.ones([3]))
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
