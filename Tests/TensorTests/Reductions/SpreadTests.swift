import Tensor
import Testing

/// Variances and normalised rows, where cancellation and long axes could cost digits.
struct SpreadTests {
  /// 1e6 and steps of one unit in the last place: variance 0.0625² · 1.25.
  private func farFromZero(_ count: Int) -> Tensor<Float> {
    Tensor((0..<count).map { 1e6 + 0.0625 * Float($0 * 7 % 4) })
  }

  @Test func varianceBesideALargeMean() {
    let x = farFromZero(120_000)
    let expected: Float = 0.0048828125
    func isRight(_ variance: Tensor<Float>) -> Bool {
      variance.scalars.allSatisfy { abs($0 / expected - 1) < 1e-5 }
    }
    #expect(isRight(x.variance()))
    #expect(isRight(x.reshaped(to: [3, 40_000]).variance(axes: [1])))
    #expect(isRight(x.reshaped(to: [40_000, 3]).variance(axes: [0])))
    #expect(isRight(x.reshaped(to: [100, 20, 60]).variance(axes: [0, 2])))
    #expect(isRight(x.reshaped(to: [20, 400, 15]).variance(axes: [1])))
    let (mean, variance) = x.reshaped(to: [100, 20, 60]).meanAndVariance(axes: [0, 2])
    #expect(isRight(variance) && mean.shape == [20])
    #expect(mean.scalars.allSatisfy { abs($0 - 1_000_000.1) < 0.0626 })
  }

  @Test func corrections() {
    let x = Tensor<Double>([1, 2, 4, 7])
    #expect(x.variance().item == 5.25)
    #expect(x.variance(correction: 1).item == 7)
    #expect(x.standardDeviation(correction: 1).item == 7.0.squareRoot())
    #expect(Tensor<Double>([3]).variance(correction: 1).item.isNaN)
    #expect(Tensor<Float>([3]).variance().item == 0)
    #expect(Tensor<Float>.zeros([0, 2]).variance(axes: [0]).scalars.allSatisfy { $0.isNaN })
    #expect(Tensor<Float>.zeros([0, 2]).variance(axes: [1]).shape == [0])
    #expect(Tensor<Float>([1, .nan]).variance().item.isNaN)
    #expect(Tensor<Float>([1, .infinity]).variance().item.isNaN)
    #expect(Tensor<Int32>([1, 2, 4, 7]).variance(correction: 1).item == 7)
    #expect(Tensor<UInt8>([1, 2, 4, 7]).standardDeviation(correction: 1).item == 7.0.squareRoot())
    #expect(Tensor<Int64>([.max, .max]).mean().item == 0x1p63)
    #expect(Tensor<UInt8>([255, 255, 255]).mean(axes: [0], keepingDimensions: true).item == 255)
    #expect(Tensor<UInt8>([255, 255, 255]).sum().item == 765)
  }

  // The definition in terms of other operations.
  private func normalized(
    _ x: Tensor<Double>, _ axes: [Int], _ epsilon: Double, isCentered: Bool
  ) -> Tensor<Double> {
    let center = isCentered ? x.mean(axes: axes, keepingDimensions: true) : Tensor(0)
    let off = x - center
    return off
      / (off.squared().mean(axes: axes, keepingDimensions: true) + epsilon).squareRoot()
  }

  @Test(arguments: [true, false])
  func normalizedRows(isCentered: Bool) {
    var random = TestRandom(21)
    func number(_ random: inout TestRandom) -> Double { .random(in: -2...2, using: &random) }
    for arrangement in Arrangement.allCases {
      for (shape, axisCount) in [([3, 4], 1), ([2, 3, 7], 2), ([5, 1], 1), ([2, 19], 1)] {
        let x: Tensor<Double> = arrangement.tensor(shape, using: &random, number)
        let g: Tensor<Double> = arrangement.tensor(shape, using: &random, number)
        let row = Array(shape.suffix(axisCount))
        let scale: Tensor<Double> = Arrangement.contiguous.tensor(row, using: &random, number)
        let shift: Tensor<Double> = Arrangement.contiguous.tensor(row, using: &random, number)
        let axes = Array(shape.count - axisCount..<shape.count)
        let leading = Array(0..<shape.count - axisCount)
        let result = x.normalizedRows(
          axisCount: axisCount, scale: scale, shift: shift, epsilon: 0.1, isCentered: isCentered)
        let n = normalized(x, axes, 0.1, isCentered: isCentered)
        #expect((result.values - (n * scale + shift)).magnitude().max().item < 1e-13)
        #expect((result.means == nil) == !isCentered)
        let plain = x.normalizedRows(
          axisCount: axisCount, epsilon: 0.1, isCentered: isCentered)
        #expect((plain.values - n).magnitude().max().item < 1e-13)
        let center = result.means ?? Tensor(0)
        #expect(((x - center) * result.inverses - n).magnitude().max().item < 1e-13)
        // Central differences of Σ g · y.
        let gradient = g.throughNormalizedRows(
          of: x, result, axisCount: axisCount, scale: scale)
        let weights = g * scale
        var values = x.scalars
        for place in values.indices {
          func value(_ step: Double) -> Double {
            let old = values[place]
            defer { values[place] = old }
            values[place] = old + step
            let moved = Tensor(values, shape: Shape(shape))
            return (normalized(moved, axes, 0.1, isCentered: isCentered) * weights).sum().item
          }
          let slope = (value(1e-5) - value(-1e-5)) / 2e-5
          #expect(abs(gradient.scalars[place] - slope) < 1e-7)
        }
        let parameters = g.throughNormalizedRowParameters(of: x, result, axisCount: axisCount)
        #expect((parameters.scale - (g * n).sum(axes: leading)).magnitude().max().item < 1e-13)
        #expect((parameters.shift - g.sum(axes: leading)).magnitude().max().item < 1e-13)
      }
    }
  }

  @Test func manyNormalizedRows() {
    var random = TestRandom(22)
    let x = Tensor<Float>(
      (0..<300 * 96).map { _ in 1e4 + Float.random(in: -1...1, using: &random) }, shape: [300, 96])
    let wide = Tensor<Double>(x)
    let n = normalized(wide, [1], 1e-5, isCentered: true)
    let result = x.normalizedRows()
    #expect((Tensor<Double>(result.values) - n).magnitude().max().item < 3e-3)
    #expect(abs(result.values.mean(axes: [1]).magnitude().max().item) < 2e-3)
    let g = Tensor<Float>(n)
    let parameters = g.throughNormalizedRowParameters(of: x, result)
    let exact = (Tensor<Double>(g) * n).sum(axes: [0])
    #expect(((Tensor<Double>(parameters.scale) - exact) / exact).magnitude().max().item < 1e-3)
    #expect(Tensor<Float>.zeros([0, 3]).normalizedRows().values.shape == [0, 3])
    #expect(Tensor<Float>.zeros([2, 0]).normalizedRows().inverses.shape == [2, 1])
  }
}
