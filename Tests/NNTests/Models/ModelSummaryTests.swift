import NN
import Tensor
import Testing

/// Summaries against figures counted by hand.
@Suite struct ModelSummaryTests {
  private func row(_ summary: ModelSummary, _ path: String) throws -> ModelSummary.Row {
    try #require(summary.rows.first { $0.path == path }, "\(summary)")
  }

  private func times(_ extents: Int...) -> Int { extents.reduce(1, *) }

  @Test func multilayerPerceptron() {
    let model = Sequential {
      Linear(784, 64)
      ReLU()
      Linear(64, 10)
    }
    model.parameters.freeze(false)
    (model.layers[0] as! Linear<Float>).weight.isFrozen = true
    let summary = model.summary(input: [32, 784])
    #expect(summary.rows.map(\.kind) == ["Linear", "ReLU", "Linear"])
    #expect(summary.total.parameters == times(784, 64) + 64 + 640 + 10)
    #expect(summary.total.frozenParameters == 784 * 64)
    #expect(summary.total.multiplyAdds == 32 * (784 * 64 + 64 * 10))
    #expect(
      summary.description == """
        layer  kind    output    parameters  multiply-adds  activations
        0      Linear  [32, 64]      50,240      1,605,632      8.0 KiB
        1      ReLU    [32, 64]           0              0      8.0 KiB
        2      Linear  [32, 10]         650         20,480      1.3 KiB
        total                        50,890      1,626,112     17.3 KiB
        714 parameters are trained, 50,176 are frozen; with buffers they take 198.8 KiB
        """)
  }

  @Test func convolutions() throws {
    let model = Sequential {
      Conv2D(1, 8, kernel: 3)
      BatchNorm2D(8)
      MaxPool2D(2)
      Conv2D(8, 16, kernel: 3, stride: 2, padding: 1, groups: 4)
      ConvTranspose2D(16, 4, kernel: 2, stride: 2)
      Flatten()
      Linear(4 * 14 * 14, 10)
    }
    let summary = model.summary(input: [2, 1, 28, 28])
    #expect(
      summary.rows.map { $0.outputShape ?? [] } == [
        [2, 8, 26, 26], [2, 8, 26, 26], [2, 8, 13, 13], [2, 16, 7, 7], [2, 4, 14, 14], [2, 784],
        [2, 10],
      ])
    let parameters = [
      times(8, 9) + 8, 16, 0, times(16, 2, 9) + 16, times(16, 4, 4) + 4, 0, times(784, 10) + 10,
    ]
    #expect(summary.rows.map(\.parameters) == parameters)
    let multiplyAdds = [
      times(2, 8, 26, 26, 9), 0, 0, times(2, 16, 7, 7, 2, 9), times(2, 16, 7, 7, 4, 4), 0,
      times(2, 784, 10),
    ]
    #expect(summary.rows.map(\.multiplyAdds) == multiplyAdds)
    // A weight, bias, running mean and variance of 8 `Float`s each, and a count of 8 bytes.
    #expect(try row(summary, "1").parameterBytes == 4 * 8 * 4 + 8)
    // A view takes no memory.
    #expect(try row(summary, "5").activationBytes == 0)
    #expect(try row(summary, "0").activationBytes == times(2, 8, 26, 26, 4))
  }

  @Test func lstm() throws {
    let model = Sequential<Double> {
      LSTM(28, 12, layers: 2, bidirectional: true, scalar: Double.self).named("lstm")
    }
    let summary = model.summary(input: [4, 7, 28])
    let lstm = try row(summary, "lstm")
    #expect(lstm.kind == "LSTM" && lstm.outputShape == [4, 7, 24])
    let weights = 2 * 48 * (28 + 12) + 2 * 48 * (24 + 12)
    #expect(lstm.parameters == weights + 4 * 2 * 48)
    #expect(lstm.multiplyAdds == 4 * 7 * weights)
    #expect(lstm.parameterBytes == 8 * lstm.parameters)
    #expect(summary.rows.count == 1)
  }

  @Test func transformerBlock() throws {
    let block = Sequential<Float> {
      TransformerEncoderLayer(16, heads: 4, feedForward: 32)
    }
    let summary = block.summary(input: [2, 5, 16])
    #expect(
      summary.rows.map(\.path) == [
        "0", "0.self_attn", "0.self_attn.out_proj", "0.norm1", "0.linear1", "0.linear2", "0.norm2",
      ])
    let attention = try row(summary, "0.self_attn")
    #expect(attention.parameters == 48 * 16 + 48)
    // The projections, then of each head the scores and the weighted sums.
    #expect(attention.multiplyAdds == times(2, 5, 16, 48) + times(2, 4, 5, 5, 4 + 4))
    #expect(summary.total.parameters == 816 + 272 + 544 + 528 + 64)
    #expect(summary.total.multiplyAdds == 9280 + 2560 + 5120 + 5120)
    #expect(try row(summary, "0").kind == "TransformerEncoderLayer")
    // Of the 25 pairs of positions a causal layer computes 15.
    let layer = block.layers[0] as! TransformerEncoderLayer<Float>
    let masked = ModelSummary(of: layer) {
      layer(
        Variable(.zeros([2, 5, 16])), keyMask: Tensor(repeating: true, shape: [2, 5]),
        isCausal: true)
    }
    let hidden = times(2, 4, 10, 4 + 4)
    #expect(masked.total.multiplyAdds == summary.total.multiplyAdds - hidden)
  }

  private struct Tagger {
    let embedding = Embedding(100, 8)
    let scale = Parameter(Tensor<Float>.ones([8]))
    let tie = Linear(8, 8)
    let unused = Linear(8, 3)

    func callAsFunction(_ tokens: Tensor<Int32>) -> (Variable<Float>, Int) {
      let x = embedding(tokens) * scale.variable
      return (tie(tie(x)), 1)
    }
  }

  @Test func modelThatIsNoLayer() throws {
    let model = Tagger()
    let summary = ModelSummary(of: model) { model(Tensor<Int32>([1, 2, 3])) }
    #expect(summary.rows.map(\.path) == ["", "embedding", "tie", "unused"])
    let own = try row(summary, "")
    #expect(own.kind == "Tagger" && own.parameters == 8 && own.outputShape == [3, 8])
    #expect(own.activationBytes == 3 * 8 * 4)
    let tie = try row(summary, "tie")
    #expect(tie.calls == 2 && tie.parameters == 72 && tie.multiplyAdds == 2 * 3 * 64)
    let unused = try row(summary, "unused")
    #expect(unused.calls == 0 && unused.outputShape == nil && unused.parameters == 27)
    #expect(summary.description.contains("tie        Linear × 2  [3, 8]"))
    #expect(summary.description.contains("unused     Linear      –"))
  }

  @Test func productsCount() {
    func multiplyAdds(_ body: () -> Variable<Double>) -> Int {
      ModelSummary(of: [Parameter<Double>]()) { body() }.total.multiplyAdds
    }
    func ones(_ shape: Shape) -> Variable<Double> { Variable(.ones(shape)) }
    #expect(multiplyAdds { ones([5, 2, 3]).matmul(ones([3, 4])) } == 5 * 2 * 3 * 4)
    #expect(multiplyAdds { ones([3]).matmul(ones([3, 4])) } == 12)
    #expect(multiplyAdds { ones([7]).dot(ones([7])) } == 7)
    #expect(multiplyAdds { .einsum("bij,bjk->ik", ones([2, 3, 4]), ones([2, 4, 5])) } == 120)
    #expect(multiplyAdds { ones([2, 3, 4]).tensordot(ones([3, 4, 5])) } == 120)
    #expect(multiplyAdds { ones([4]) + ones([4]) } == 0)
    #expect(multiplyAdds { ones([1, 2, 9]).convolved(with: ones([3, 2, 4])) } == 6 * 3 * 8)
  }

  @Test func parametersWithoutALayerAreTheModels() {
    let weights = [Parameter(Tensor<Float>.ones([2, 3])), Parameter(Tensor<Float>.ones([3]))]
    let summary = ModelSummary(of: weights) { weights[0].variable.matmul(weights[1].variable) }
    #expect(summary.rows.count == 1 && summary.rows[0].outputShape == [2])
    #expect(summary.rows[0].parameters == 9 && summary.rows[0].multiplyAdds == 6)
  }

  @Test func emptyBatch() {
    let summary = Linear(3, 2).summary(input: [0, 3])
    #expect(summary.rows.map(\.outputShape) == [[0, 2]])
    #expect(summary.total.multiplyAdds == 0 && summary.total.activationBytes == 0)
  }
}
