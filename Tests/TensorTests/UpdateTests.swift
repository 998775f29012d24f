import Tensor
import Testing

/// The steps of optimizers against the written-out arithmetic in double precision.
struct UpdateTests {
  private static let shape = [30, 20]

  @Test(arguments: Arrangement.allCases)
  func stochasticGradientDescent(_ arrangement: Arrangement) {
    descend(Float.self, arrangement, tolerance: 2e-5)
    descend(Double.self, arrangement, tolerance: 1e-13)
  }

  private func descend<Scalar: FloatingPointScalar>(
    _: Scalar.Type, _ arrangement: Arrangement, tolerance: Double
  ) {
    var random = TestRandom(18)
    for momentum in [0, 0.9] {
      for isNesterov in [false, true] where momentum > 0 || !isNesterov {
        var parameter: Tensor<Scalar> = Arrangement.transposed.tensor(
          Self.shape, using: &random, number)
        let original = parameter
        var p = elements(of: parameter).map { Double($0) }
        var v = [Double](repeating: 0, count: p.count)
        var velocity = momentum > 0 ? parameter.zerosAlike() : nil
        for step in 0..<3 {
          let gradient: Tensor<Scalar> = arrangement.tensor(Self.shape, using: &random, number)
          parameter.descend(
            along: gradient, velocity: &velocity,
            SGDCoefficients(
              learningRate: 0.1, momentum: momentum, dampening: 0.2, weightDecay: 0.01,
              isNesterov: isNesterov, isFirstStep: step == 0))
          for (index, slope) in elements(of: gradient).enumerated() {
            let g = Double(slope) + 0.01 * p[index]
            if momentum == 0 {
              p[index] -= 0.1 * g
            } else {
              v[index] = step == 0 ? g : momentum * v[index] + 0.8 * g
              p[index] -= 0.1 * (isNesterov ? g + momentum * v[index] : v[index])
            }
          }
        }
        #expect(zip(elements(of: parameter), p).allSatisfy { abs(Double($0) - $1) < tolerance })
        #expect(original != parameter)
      }
    }
  }

  @Test(arguments: Arrangement.allCases)
  func adam(_ arrangement: Arrangement) {
    adam(Float.self, arrangement, tolerance: 2e-5)
    adam(Double.self, arrangement, tolerance: 1e-13)
  }

  private func adam<Scalar: FloatingPointScalar>(
    _: Scalar.Type, _ arrangement: Arrangement, tolerance: Double
  ) {
    var random = TestRandom(19)
    var parameter: Tensor<Scalar> = Arrangement.transposed.tensor(
      Self.shape, using: &random, number)
    var p = elements(of: parameter).map { Double($0) }
    var first = parameter.zerosAlike()
    var second = parameter.zerosAlike()
    var m = [Double](repeating: 0, count: p.count)
    var v = m
    var power1 = 1.0
    var power2 = 1.0
    for step in 1...4 {
      let gradient: Tensor<Scalar> = arrangement.tensor(Self.shape, using: &random, number)
      parameter.descendByAdam(
        along: gradient, firstMoment: &first, secondMoment: &second,
        AdamCoefficients(
          learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1, step: step)
      )
      power1 *= 0.9
      power2 *= 0.999
      for (index, slope) in elements(of: gradient).enumerated() {
        let g = Double(slope) + 0.1 * p[index]
        m[index] = 0.9 * m[index] + 0.1 * g
        v[index] = 0.999 * v[index] + 0.001 * g * g
        p[index] -=
          0.01 * (m[index] / (1 - power1)) / ((v[index] / (1 - power2)).squareRoot() + 1e-8)
      }
    }
    #expect(zip(elements(of: parameter), p).allSatisfy { abs(Double($0) - $1) < tolerance })
    #expect(zip(elements(of: first), m).allSatisfy { abs(Double($0) - $1) < tolerance })
    #expect(zip(elements(of: second), v).allSatisfy { abs(Double($0) - $1) < tolerance })
  }

  private func number<Scalar: FloatingPointScalar>(_ random: inout TestRandom) -> Scalar {
    Scalar(Double.random(in: -1...1, using: &random))
  }
}
