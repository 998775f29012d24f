import NN
import Tensor
import Testing

@Suite struct TransformerTests {
  @Test func parametersAreThoseOfPyTorch() {
    let layer = TransformerDecoderLayer(4, heads: 2, feedForward: 6)
    let attention = ["in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"]
    #expect(
      Parameters(of: layer).names
        == ["self_attn", "multihead_attn"].flatMap { part in attention.map { "\(part).\($0)" } }
        + ["linear1", "linear2", "norm1", "norm2", "norm3"].flatMap {
          ["\($0).weight", "\($0).bias"]
        })
    let stack = TransformerEncoder(2, finalNorm: true) {
      TransformerEncoderLayer(4, heads: 2, feedForward: 6)
    }
    let names = Parameters(of: stack).names
    #expect(names.first == "layers.0.self_attn.in_proj_weight" && names.last == "norm.bias")
    #expect(names.contains("layers.1.linear2.bias"))
  }

  // Position after position with caches must give what all positions at once give.
  @Test func cachesGiveWhatTheWholeSequenceGives() {
    var random = RandomGenerator(seed: 3)
    let stack = TransformerEncoder(2, finalNorm: true) {
      TransformerEncoderLayer(8, heads: 2, feedForward: 6, normFirst: true, scalar: Double.self)
    }
    stack.initialize(using: &random)
    let input = Tensor<Double>.normal([2, 5, 8], using: &random)
    let whole = stack(Variable(input), isCausal: true).value
    let caches = stack.makeCaches()
    for position in 0..<5 {
      let part = input[0..., position..<position + 1]
      let y = stack(Variable(part), isCausal: true, caches: caches).value
      expectClose(y, whole[0..., position..<position + 1], 1e-13, "position \(position)")
    }
  }

  @Test func dropoutIsForTraining() {
    var random = RandomGenerator(seed: 4)
    let layer = TransformerEncoderLayer(8, heads: 2, feedForward: 6)
    layer.initialize(using: &random)
    let input = Tensor<Float>.normal([1, 3, 8], using: &random)
    #expect(layer(input).value == layer(input).value)
    let dropped = layer(input, in: .training(RandomGenerator(seed: 1))).value
    #expect(dropped != layer(input).value)
    #expect(dropped == layer(input, in: .training(RandomGenerator(seed: 1))).value)
  }

  /// A GPT whose letters are one-hot: a map to its width, positions, causal layers and a head.
  private struct GPT: Layer {
    let embedding = Linear(4, 16)
    let positions = LearnedPositions(4, 16)
    let blocks = TransformerEncoder(1, finalNorm: true) {
      TransformerEncoderLayer(16, heads: 2, feedForward: 32, dropout: 0, normFirst: true)
    }
    let head = Linear(16, 3)

    func callAsFunction(_ input: Variable<Float>, in context: Context) -> Variable<Float> {
      let x = positions(embedding(input, in: context), in: context)
      return head(blocks(x, isCausal: true, in: context)[0..., 2...], in: context)
        .reshaped(to: [18, 3] as Shape)
    }
  }

  @Test func aSmallGPTLearnsToRepeat() {
    let model = GPT()
    var random = RandomGenerator(seed: 1)
    model.initialize(using: &random)
    let (input, labels) = CopyTests.pairs()
    let optimizer = Adam(model, learningRate: 0.01)
    for _ in 0..<80 {
      let (_, gradients) = valueAndGradients(of: model) {
        softmaxCrossEntropy(model(input), labels)
      }
      optimizer.update(along: gradients)
    }
    let scores = model(input).value
    #expect(softmaxCrossEntropy(Variable(scores), labels).item < 0.05)
    #expect(accuracy(scores, labels) == 1)
  }

  @Test func mistakesStop() async {
    let count = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = TransformerEncoder(0) { TransformerEncoderLayer(4, heads: 2) }
    }
    expectMessage(count, "TransformerEncoder: the number of layers must be positive, got 0")
    let caches = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let stack = TransformerEncoder(2) { TransformerEncoderLayer(4, heads: 2, feedForward: 6) }
      _ = stack(Variable(.ones([1, 1, 4])), isCausal: true, caches: [KeyValueCache()])
    }
    expectMessage(caches, "TransformerEncoder: 1 caches do not fit 2 layers")
  }
}
