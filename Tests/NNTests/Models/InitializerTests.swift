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
  ]

  static let normals: [Case] = [
    Case(.normal(standardDeviation: 0.5), [120, 80], 0.25),
    Case(.heNormal, [120, 80], 2 / 80),
    Case(.heNormal, [20, 15, 4, 3], 2 / 180),
    Case(.glorotNormal, [120, 80], 2 / 200),
    Case(.glorotNormal, [20, 15, 4, 3], 2 / 420),
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

  @Test func numbersOutOfRangeStop() async {
    let bound = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var random = RandomGenerator(seed: 1)
      let _: Tensor<Float> = Initializer.uniform(bound: -0.5).tensor([2], using: &random)
    }
    expectMessage(bound, "Initializer: a uniform bound must be 0 or more and finite, got -0.5")
    let deviation = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var random = RandomGenerator(seed: 1)
      let _: Tensor<Float> = Initializer.normal(standardDeviation: .nan).tensor([2], using: &random)
    }
    expectMessage(
      deviation, "Initializer: a standard deviation must be 0 or more and finite, got nan")
  }
}
