import NN
import Tensor
import Testing

@Suite struct AttentionTests {
  private func normal(_ shape: Shape, seed: UInt64 = 1) -> Tensor<Double> {
    var random = RandomGenerator(seed: seed)
    return .normal(shape, using: &random)
  }

  // More queries than a block has, against the products spelled out; masks of all scores, of one head,
  // of padding, and of queries.
  @Test(
    arguments: [nil, [2, 3, 130, 140], [130, 140], [2, 1, 1, 140], [3, 130, 1], [140], []]
      as [Shape?], [false, true])
  func blocksGiveWhatTheWholeMatrixGives(_ maskShape: Shape?, _ isCausal: Bool) {
    let (q, k, v) = (
      normal([2, 3, 130, 8]), normal([2, 3, 140, 8], seed: 2), normal([2, 3, 140, 5], seed: 3)
    )
    let mask = maskShape.map { normal($0, seed: 5) .> -0.5 }
    compare(q, k, v, mask, isCausal)
  }

  // Of three sequences one is full, one shorter, and one has no key at all.
  @Test(arguments: [false, true])
  func paddingAtTheEnd(_ isCausal: Bool) {
    let (q, k, v) = (
      normal([3, 2, 70, 4]), normal([3, 2, 70, 4], seed: 2), normal([3, 2, 70, 5])
    )
    let places = Tensor<Int32>.range(to: 70)
    let mask = Tensor<Bool>.stacked(([70, 33, 0] as [Int32]).map { places .< $0 })
      .reshaped(to: [3, 1, 1, 70])
    compare(q, k, v, mask, isCausal)
  }

  private func compare(
    _ q: Tensor<Double>, _ k: Tensor<Double>, _ v: Tensor<Double>, _ mask: Tensor<Bool>?,
    _ isCausal: Bool
  ) {
    let cotangent = Variable(normal(Shape(q.shape.dropLast() + [v.shape[-1]]), seed: 4))
    func gradients(_ bias: Variable<Double>?) -> (Variable<Double>, [Variable<Double>]) {
      valueAndGradient(at: [Variable(q), Variable(k), Variable(v)]) { x in
        (scaledDotProductAttention(
          query: x[0], key: x[1], value: x[2], mask: mask, bias: bias, isCausal: isCausal)
          * cotangent).sum()
      }
    }
    // With a bias the whole matrix of scores is made.
    let (fused, plain) = (gradients(nil), gradients(Variable(0)))
    expectClose(fused.0.value, plain.0.value, 1e-12, "value")
    for (place, (a, b)) in zip(fused.1, plain.1).enumerated() {
      expectClose(a.value, b.value, 1e-12, "gradient \(place)")
    }
  }

  @Test func aQueryThatSeesNothingGetsZeros() {
    let x = Variable(normal([3, 2]))
    let mask = Tensor<Bool>(
      [true, true, true, false, false, false, true, false, true], shape: [3, 3])
    let (value, gradient) = valueAndGradient(at: [x]) {
      scaledDotProductAttention(query: $0[0], key: $0[0], value: $0[0], mask: mask).squared().sum()
    }
    #expect(value.item.isFinite && gradient[0].value.scalars.allSatisfy(\.isFinite))
    let result = scaledDotProductAttention(query: x, key: x, value: x, mask: mask).value
    #expect(result[1] == .zeros([2]) && result[0] != .zeros([2]))
  }

  @Test func dropoutFallsOnProbabilities() {
    let ones = Variable(Tensor<Float>.ones([1, 400, 1]))
    let training = Context.training(RandomGenerator(seed: 2))
    let y = scaledDotProductAttention(
      query: ones, key: ones, value: ones, dropout: 0.5, in: training
    ).value
    #expect(y != ones.value && abs(y.mean().item - 1) < 0.02)
    #expect(
      scaledDotProductAttention(query: ones, key: ones, value: ones, dropout: 0.5).value
        .scalars.allSatisfy { abs($0 - 1) < 1e-5 })
  }

  @Test func parametersAreThoseOfPyTorch() {
    let names = Parameters(of: ["attention": MultiHeadAttention(4, heads: 2)]).names
    #expect(
      names
        == ["in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"].map {
          "attention.\($0)"
        })
    #expect(
      Parameters(of: MultiHeadAttention(4, heads: 2, bias: false, keyWidth: 3)).names
        == ["q_proj_weight", "k_proj_weight", "v_proj_weight", "out_proj.weight"])
  }

  // Position after position with a cache must give what all positions at once give.
  @Test func aCacheGivesWhatTheWholeSequenceGives() {
    var random = RandomGenerator(seed: 3)
    let layer = MultiHeadAttention(8, heads: 2, scalar: Double.self)
    layer.initialize(using: &random)
    let input = normal([2, 7, 8])
    let whole = layer(Variable(input), isCausal: true).value
    let cache = KeyValueCache<Double>()
    for round in 0..<2 {
      for part in [0..<3, 3..<4, 4..<7] {
        let y = layer(Variable(input[0..., part]), isCausal: true, cache: cache).value
        expectClose(y, whole[0..., part], 1e-13, "round \(round), positions \(part)")
      }
      #expect(cache.count == 7)
      cache.removeAll()
      #expect(cache.count == 0)
    }
  }

  @Test func sinusoidsAreThoseOfThePaper() {
    let y = sinusoidalPositions(50, width: 6, scalar: Double.self)
    #expect(y.shape == [50, 6])
    #expect(y[0] == Tensor([0, 1, 0, 1, 0, 1]))
    // Turning by one position is the same map everywhere: products depend on the distance alone.
    let products = y.matmul(y.transposed)
    expectNear(products[10, 14].item, products[31, 35].item, 1e-12)
    #expect(abs(y[7, 2].item - 0.31922465060631494) < 1e-12)  // sin(7 ÷ 10000^(1/3))
  }

  @Test func rotaryProductsDependOnTheDistance() {
    let rotary = RotaryPositions(8, scalar: Double.self)
    let (q, k) = (normal([8]), normal([8], seed: 2))
    func product(_ p: Int, _ r: Int) -> Double {
      let turned = [(q, p), (k, r)].map { x, place in
        rotary(Variable(x.reshaped(to: [1, 8] as Shape)), from: place).value
      }
      return (turned[0] * turned[1]).sum().item
    }
    expectNear(product(3, 8), product(20, 25), 1e-12)
    #expect(abs(product(3, 8) - product(3, 9)) > 1e-3)
    #expect(rotary(Variable(q.reshaped(to: [1, 8] as Shape))).value.scalars == q.scalars)
  }

  @Test func learnedPositionsAreAdded() {
    let layer = LearnedPositions(5, 3)
    let y = layer(Variable(Tensor<Float>.zeros([2, 2, 3])), from: 1).value
    #expect(y[0] == layer.weight.value[1..<3] && y[1] == layer.weight.value[1..<3])
    #expect(Parameters(of: layer).names == ["weight"])
  }

  private func expectNear(_ a: Double, _ b: Double, _ tolerance: Double) {
    #expect(abs(a - b) <= tolerance)
  }

  @Test func mistakesStop() async {
    let heads = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = MultiHeadAttention(10, heads: 3)
    }
    expectMessage(heads, "MultiHeadAttention: 3 heads do not divide the width 10")
    let width = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = ["block": MultiHeadAttention(4, heads: 2)]
      _ = Parameters(of: model)
      _ = model["block"]!(Tensor<Float>.ones([2, 3, 5]))
    }
    expectMessage(
      width,
      "block (MultiHeadAttention): query [2, 3, 5], key [2, 3, 5] and value [2, 3, 5] do not fit; "
        + "they must be [batch, positions, 4], [batch, positions, 4] and [batch, positions, 4]")
    let mask = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Variable(Tensor<Float>.ones([2, 3, 4]))
      let mask = Tensor<Bool>([true, true], shape: [2])
      _ = MultiHeadAttention(4, heads: 2)(x, mask: mask, isCausal: false)
    }
    expectMessage(
      mask, "MultiHeadAttention: mask [2] does not broadcast to [2, 2, 3, 3]")
    let keyMask = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Variable(Tensor<Float>.ones([2, 3, 4]))
      let mask = Tensor<Bool>([true, true], shape: [2])
      _ = MultiHeadAttention(4, heads: 2)(x, keyMask: mask, isCausal: false)
    }
    expectMessage(keyMask, "MultiHeadAttention: keyMask [2] does not fit; it must be [2, 3]")
    let operands = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Variable(Tensor<Float>.ones([3, 4]))
      _ = scaledDotProductAttention(query: x, key: x, value: Variable(.ones([2, 4])))
    }
    expectMessage(
      operands,
      "scaledDotProductAttention: query [3, 4], key [3, 4] and value [2, 4] do not fit; they must "
        + "be […, queries, width], […, keys, width] and […, keys, valueWidth]")
    let positions = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LearnedPositions(5, 3)(Variable(Tensor<Float>.zeros([4, 3])), from: 2)
    }
    expectMessage(positions, "LearnedPositions: positions 2..<6 are outside of 0..<5")
    let rotary = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = RotaryPositions(7)
    }
    expectMessage(
      rotary,
      "RotaryPositions: the width must be even and positive and the base positive, got 7 and 10000.0"
    )
  }
}
