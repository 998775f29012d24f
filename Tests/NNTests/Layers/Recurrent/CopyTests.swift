import NN
import Tensor
import Testing

/// Models that learn to repeat a sequence that they have seen.
@Suite struct CopyTests {
  static let letters = 3

  /// All pairs of letters: what is read, one-hot with a column for "now repeat", and the pairs.
  static func pairs() -> (input: Tensor<Float>, labels: Tensor<Int32>) {
    var input = Tensor<Float>.zeros([letters * letters, 4, letters + 1])
    var labels: [Int32] = []
    for first in 0..<letters {
      for second in 0..<letters {
        let row = first * letters + second
        input[row, 0, first] = Tensor(1)
        input[row, 1, second] = Tensor(1)
        input[row, 2..., letters] = Tensor(1)
        labels += [Int32(first), Int32(second)]
      }
    }
    return (input, Tensor(labels))
  }

  private struct Reader: Layer {
    let lstm = LSTM(letters + 1, 24, layers: 2)
    let head = Linear(24, letters)

    func callAsFunction(_ input: Variable<Float>, in context: Context) -> Variable<Float> {
      head(lstm(input, in: context)[0..., 2...], in: context)
        .reshaped(to: [2 * letters * letters, letters] as Shape)
    }
  }

  @Test func anLSTMOfTwoLayersLearnsToRepeat() {
    let model = Reader()
    var random = RandomGenerator(seed: 1)
    model.initialize(using: &random)
    let (input, labels) = Self.pairs()
    let optimizer = Adam(model, learningRate: 0.03)
    for _ in 0..<60 {
      let (_, gradients) = valueAndGradients(of: model) {
        softmaxCrossEntropy(model(input), labels)
      }
      optimizer.update(along: gradients)
    }
    let scores = model(input).value
    #expect(softmaxCrossEntropy(Variable(scores), labels).item < 0.05)
    #expect(accuracy(scores, labels) == 1)
  }
}
