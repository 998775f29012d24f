import NN
import Tensor
import Testing

@Suite struct InitializerTests {
  private func draw(_ initializer: Initializer, _ shape: Shape, seed: UInt64 = 3) -> Tensor<Double>
  {
    var random = RandomGenerator(seed: seed)
    return initializer.tensor(shape, using: &random)
  }

  @Test func constants() {
    #expect(draw(.zeros, [2, 3]) == .zeros([2, 3]))
    #expect(draw(.ones, [2, 3]) == .ones([2, 3]))
    #expect(draw(.constant(0.25), [2]) == Tensor([0.25, 0.25]))
    #expect(draw(.uniform(bound: 0), [2]) == .zeros([2]))
    #expect(draw(.normal(standardDeviation: 0), [2]) == .zeros([2]))
  }

  /// A distribution with the square of its bound or deviation.
  struct Case: Sendable {
    let initializer: Initializer
    let shape: Shape
    let square: Double

    init(_ initializer: Initializer, _ shape: Shape, _ square: Double) {
      (self.initializer, self.shape, self.square) = (initializer, shape, square)
    }
  }

  // A weight [120, 80] has fan-in 80 and fan-out 120; a kernel [20, 15, 4, 3] 180 and 240.
  static let uniforms: [Case] = [
    Case(.uniform(bound: 0.5), [120, 80], 0.25),
    Case(.fanInUniform, [120, 80], 1 / 80),
    Case(.fanInUniform, [20, 15, 4, 3], 1 / 180),
    Case(.fanInUniform, [10_000], 1 / 10_000),
    Case(.heUniform, [120, 80], 6 / 80),
    Case(.heUniform, [20, 15, 4, 3], 6 / 180),
    Case(.glorotUniform, [120, 80], 6 / 200),
    Case(.glorotUniform, [20, 15, 4, 3], 6 / 420),
    Case(.glorotUniform(gain: 2), [120, 80], 24 / 200),
    Case(.heUniform(fan: .output), [120, 80], 6 / 120),
    Case(.heUniform(fan: .input, negativeSlope: 0.5), [120, 80], 4.8 / 80),
    Case(.lecunUniform, [120, 80], 3 / 80),
  ]

  static let normals: [Case] = [
    Case(.normal(standardDeviation: 0.5), [120, 80], 0.25),
    Case(.heNormal, [120, 80], 2 / 80),
    Case(.heNormal, [20, 15, 4, 3], 2 / 180),
    Case(.glorotNormal, [120, 80], 2 / 200),
    Case(.glorotNormal, [20, 15, 4, 3], 2 / 420),
    Case(.glorotNormal(gain: 0.5), [120, 80], 0.5 / 200),
    Case(.heNormal(fan: .output), [20, 15, 4, 3], 2 / 240),
    Case(.heNormal(fan: .output, negativeSlope: 2), [120, 80], 0.4 / 120),
    Case(.lecunNormal, [120, 80], 1 / 80),
    Case(.varianceScaling(scale: 3, fan: .average, distribution: .normal), [120, 80], 3 / 100),
  ]

  @Test(arguments: uniforms)
  func uniform(_ row: Case) {
    let bound = row.square.squareRoot()
    let values = draw(row.initializer, row.shape)
    expectMoments(values, deviation: bound / 3.0.squareRoot())
    let largest = values.scalars.map { abs($0) }.max()!
    #expect(largest <= bound && largest > 0.99 * bound)
    var random = RandomGenerator(seed: 3)
    let single: Tensor<Float> = row.initializer.tensor(row.shape, using: &random)
    #expect(single.scalars.allSatisfy { abs($0) <= Float(bound) })
  }

  @Test(arguments: normals)
  func normal(_ row: Case) {
    let deviation = row.square.squareRoot()
    let values = draw(row.initializer, row.shape)
    expectMoments(values, deviation: deviation)
    // 4.55 % of a normal distribution lies beyond two deviations.
    let outside = values.scalars.filter { abs($0) > 2 * deviation }.count
    #expect(abs(Double(outside) / Double(values.count) - 0.0455) < 0.01)
  }

  /// Mean 0 and the deviation, within four standard errors of each.
  private func expectMoments(
    _ values: Tensor<Double>, deviation: Double, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let n = Double(values.count)
    let mean = values.scalars.reduce(0, +) / n
    let variance = values.scalars.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
    #expect(abs(mean) < 4 * deviation / n.squareRoot(), sourceLocation: sourceLocation)
    #expect(
      abs(variance.squareRoot() / deviation - 1) < 4 / (2 * n).squareRoot(),
      sourceLocation: sourceLocation)
  }

  // Cut off at two deviations, of which 0.8796 is left; scaled, the variance is what was asked for.
  @Test func truncatedNormals() {
    let left = 0.879_625_661
    for bound in [2, 1.5] {
      let values = draw(.truncatedNormal(standardDeviation: 0.5, bound: bound), [120, 80])
      #expect(values.scalars.allSatisfy { abs($0) <= 0.5 * bound })
      if bound == 2 { expectMoments(values, deviation: 0.5 * left) }
    }
    let scaled = draw(
      .varianceScaling(scale: 2, fan: .input, distribution: .truncatedNormal), [120, 80])
    expectMoments(scaled, deviation: (2.0 / 80).squareRoot())
    let largest = scaled.scalars.map { abs($0) }.max()!
    #expect(largest <= 2 * (2.0 / 80).squareRoot() / left)
  }

  @Test(
    arguments: [[4, 4], [3, 7], [7, 3], [5, 2, 3], [2, 2, 2, 2], [1, 1], [0, 3]] as [Shape])
  func orthogonal(_ shape: Shape) {
    let values = draw(.orthogonal(gain: 3), shape)
    #expect(values.shape == shape)
    guard values.count > 0 else { return }
    let matrix = values.reshaped(to: [shape[0], values.count / shape[0]])
    let isWide = matrix.shape[0] <= matrix.shape[1]
    let gram = isWide ? matrix.matmul(matrix.transposed) : matrix.transposed.matmul(matrix)
    expectClose(gram, Tensor.identity(gram.shape[0]) * 9, 1e-12, "\(shape)")
    if values.count > 1 { #expect(draw(.orthogonal(gain: 3), shape, seed: 4) != values) }
    var random = RandomGenerator(seed: 3)
    let single: Tensor<Float> = Initializer.orthogonal().tensor(shape, using: &random)
    expectClose(Tensor<Double>(single) * 3, values, 1e-5, "\(shape)")
  }

  // Without the signs of R every diagonal element of Q would have one sign.
  @Test func orthogonalMatricesAreEquallyLikely() {
    let firsts = (0..<40).map { draw(.orthogonal(), [3, 3], seed: $0).scalars[0] }
    let positive = firsts.filter { $0 > 0 }.count
    #expect(positive > 8 && positive < 32)
  }

  @Test func sparse() {
    let values = draw(.sparse(sparsity: 0.35, standardDeviation: 2), [30, 40])
    for column in 0..<40 {
      #expect(values[0..<30, column].scalars.filter { $0 == 0 }.count == 11)
    }
    let rest = values.scalars.filter { $0 != 0 }
    expectMoments(Tensor(rest), deviation: 2)
    #expect(Set((0..<40).map { values[0..<30, $0].scalars.firstIndex(of: 0)! }).count > 1)
  }

  @Test func identities() {
    #expect(draw(.identity(), [2, 3]).scalars == [1, 0, 0, 0, 1, 0])
    #expect(draw(.identity(gain: 2), [3, 2]).scalars == [2, 0, 0, 2, 0, 0])
    #expect(
      draw(.dirac(), [2, 3, 3]).scalars.enumerated().filter { $1 != 0 }.map(\.offset) == [1, 13])
    // Groups of two outputs each; the middle of 4 × 3 is at (2, 1).
    let kernel = draw(.dirac(groups: 2), [4, 3, 4, 3])
    let places = kernel.scalars.enumerated().filter { $1 != 0 }.map(\.offset)
    #expect(places == [7, 12 * 4 + 7, 12 * 6 + 7, 12 * 10 + 7])
    #expect(kernel.sum().item == 4)
  }

  // PyTorch's table for torch.nn.init.calculate_gain.
  @Test func gains() {
    #expect(Initializer.gain(for: .linear) == 1 && Initializer.gain(for: .sigmoid) == 1)
    #expect(Initializer.gain(for: .tanh) == 5.0 / 3 && Initializer.gain(for: .selu) == 0.75)
    #expect(Initializer.gain(for: .relu) == 2.0.squareRoot())
    #expect(Initializer.gain(for: .leakyReLU(negativeSlope: 0.2)) == (2 / 1.04).squareRoot())
  }

  @Test(arguments: [[], [0], [0, 3], [3, 0]] as [Shape])
  func emptyAndScalarShapes(_ shape: Shape) {
    for initializer in [Initializer.heUniform, .glorotNormal, .fanInUniform] {
      let values = draw(initializer, shape)
      #expect(values.shape == shape)
      #expect(values.scalars.allSatisfy { $0.isFinite })
    }
  }

  @Test func seedsDetermineTheValues() {
    #expect(draw(.heNormal, [4, 5]) == draw(.heNormal, [4, 5]))
    #expect(draw(.heNormal, [4, 5]) != draw(.heNormal, [4, 5], seed: 4))
  }

  static let mistakes: [(initializer: Initializer, shape: Shape, message: String)] = [
    (.uniform(bound: -0.5), [2], "a uniform bound must be 0 or more and finite, got -0.5"),
    (
      .normal(standardDeviation: .nan), [2],
      "a standard deviation must be 0 or more and finite, got nan"
    ),
    (
      .truncatedNormal(standardDeviation: 1, bound: 0), [2],
      "the bound of a normal distribution must be positive and finite, got 0.0"
    ),
    (
      .varianceScaling(scale: -1, fan: .input, distribution: .normal), [2],
      "a scale must be 0 or more and finite, got -1.0"
    ),
    (.orthogonal(), [3], "orthogonal needs a shape with two axes or more, got [3]"),
    (.orthogonal(gain: .infinity), [3, 3], "a gain must be finite, got inf"),
    (.sparse(sparsity: 1.5), [2, 2], "a sparsity must be in 0...1, got 1.5"),
    (.sparse(sparsity: 0.5), [2], "sparse needs a shape with two axes, got [2]"),
    (.identity(), [2, 2, 2], "identity needs a shape with two axes, got [2, 2, 2]"),
    (.dirac(), [2, 2], "dirac needs a shape with three to five axes, got [2, 2]"),
    (
      .dirac(groups: 2), [3, 2, 2],
      "dirac cannot divide the 3 outputs of [3, 2, 2] into 2 groups"
    ),
  ]

  @Test(arguments: mistakes.indices)
  func mistakeStops(_ index: Int) async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [index] in
      let mistake = InitializerTests.mistakes[index]
      var random = RandomGenerator(seed: 1)
      let _: Tensor<Float> = mistake.initializer.tensor(mistake.shape, using: &random)
    }
    expectMessage(result, "Initializer: " + Self.mistakes[index].message)
  }
}
