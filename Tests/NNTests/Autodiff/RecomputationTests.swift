import NN
import Tensor
import Testing

/// Blocks that are computed twice: same gradients, less memory, same random numbers.
@Suite struct RecomputationTests {
  /// A layer that draws random numbers and counts how often it runs.
  private final class Noise: Layer {
    var runs = 0
    func callAsFunction(_ input: Variable<Float>, in context: Context) -> Variable<Float> {
      runs += 1
      return input * Variable(.uniform(input.shape, in: 0..<1, using: &context.random))
    }
  }

  @Test func gradientsAreThoseOfTheBlockItself() {
    let noise = Noise()
    let (first, last) = (Linear(4, 4), Linear(4, 1))
    let x = Tensor<Float>.ones([3, 4])
    func gradients(_ middle: some Layer<Float>) -> [Tensor<Float>?] {
      let context = Context.training(RandomGenerator(seed: 5))
      let (_, gradients) = valueAndGradients(of: [first, last]) {
        last(middle(first(x, in: context), in: context), in: context).sum()
      }
      let after = Tensor<Float>.uniform([2], in: 0..<1, using: &context.random)
      return [gradients[first.weight]?.value, gradients[last.weight]?.value, after]
    }
    let plain = gradients(noise)
    #expect(noise.runs == 1)
    let recomputed = gradients(noise.recomputed())
    #expect(noise.runs == 3)
    #expect(plain == recomputed)
  }

  @Test func namesStayTheSame() {
    let model = Sequential {
      Linear(2, 2).recomputed()
      ReLU()
    }
    #expect(model.parameters.names == ["0.weight", "0.bias"])
  }

  @Test func memoryIsThatOfOneBlock() async {
    await #expect(processExitsWith: .success) {
      let weight = Parameter(Tensor<Float>.ones([64, 64]))
      let before = MemoryPool.statistics.bytesInUse
      var held = 0
      func chain(_ x: Variable<Float>) -> Variable<Float> {
        var x = x
        for _ in 0..<10 { x = (x * weight.variable).tanh() }
        return x
      }
      _ = valueAndGradients(of: [weight]) {
        var x = weight.variable
        for _ in 0..<10 {
          let input = x
          x = recomputing { chain(input) }
        }
        held = MemoryPool.statistics.bytesInUse - before
        return x.sum()
      }
      // Ten results of blocks, and not the two hundred in between.
      try #require(held <= 12 * 64 * 64 * 4)
      try #require(MemoryPool.statistics.bytesInUse == before)
    }
  }

  @Test func outsideOfTransformsTheBlockRunsOnce() {
    let noise = Noise()
    let context = Context.training(RandomGenerator(seed: 1))
    let once = noise.recomputed()(Tensor<Float>.ones([2]), in: context)
    #expect(noise.runs == 1 && once.shape == [2])
  }

  @Test func customOperationMistakesStop() async {
    let count = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = gradient(at: Variable<Float>(1)) { x in
        customOperation("mine", of: [x], value: { $0[0] }, pullback: { _, _, _ in [] })
      }
    }
    expectMessage(count, "mine: the pullback returned 0 gradients for 1 operands")
    let shape = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = gradient(at: Variable<Float>(1)) { x in
        customOperation(
          "mine", of: [x], value: { $0[0] },
          pullback: { _, _, _ in
            [Variable(Tensor<Float>.ones([2]))]
          })
      }
    }
    expectMessage(
      shape, "mine: the pullback returned a gradient of shape [2] for operand 0 of shape []")
  }
}
