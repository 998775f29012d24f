import NN
import Tensor
import Testing

@Suite struct LocalResponseNormTests {
  /// Sums of neighbours by loops, and gradients by differences, for windows of even and odd sizes, also
  /// such as reach beyond all channels.
  @Test(arguments: [1, 2, 3, 4, 9])
  func agreesWithLoops(size: Int) {
    let (n, channels, length) = (2, 5, 3)
    let x = Tensor<Double>(
      (0..<n * channels * length).map { Double($0 * 37 % 29) / 10 - 1.4 },
      shape: [n, channels, length])
    let layer = LocalResponseNorm(size, alpha: 0.3, beta: 0.6, k: 1.5, scalar: Double.self)
    let y = layer(Variable(x), in: .evaluation).value
    #expect(y.shape == x.shape)
    for i in 0..<n {
      for c in 0..<channels {
        for j in 0..<length {
          var sum = 0.0
          for other in c - size / 2...c + (size - 1) / 2 where (0..<channels).contains(other) {
            sum += x[at: i, other, j] * x[at: i, other, j]
          }
          let divisor = Variable(Tensor<Double>(1.5 + 0.3 * sum / Double(size))).power(0.6).item
          #expect(abs(y[at: i, c, j] - x[at: i, c, j] / divisor) < 1e-12)
        }
      }
    }
    let report = gradientCheck(at: [x]) { layer($0[0], in: .evaluation) }
    #expect(report.isCorrect, "\(report)")
  }

  @Test func shapes() {
    let layer = LocalResponseNorm<Float>(3)
    for shape: Shape in [[2, 4], [1, 2, 3, 4], [0, 2, 3], [2, 0, 3]] {
      #expect(layer(Variable(.ones(shape)), in: .evaluation).shape == shape)
    }
  }

  @Test func mistakesStop() async {
    await expectMessage(
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = LocalResponseNorm<Float>(0)
      }, "LocalResponseNorm: size must be positive, got 0")
    await expectMessage(
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = LocalResponseNorm<Float>(3)(Variable(.ones([3])), in: .evaluation)
      }, "LocalResponseNorm: input [3] does not fit; it must be [n, channels, …]")
  }
}
