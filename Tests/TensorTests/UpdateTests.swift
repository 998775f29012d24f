import Tensor
import Testing

/// Passes of optimizers over several tensors against the written-out arithmetic in double precision.
struct UpdateTests {
  // Parameters of several sizes and layouts, the gradients in other layouts, in one pass; together
  // large enough to be cut.
  @Test(arguments: Arrangement.allCases)
  func gradientDescent(_ arrangement: Arrangement) {
    descend(Float.self, arrangement, tolerance: 2e-5)
    descend(Double.self, arrangement, tolerance: 1e-13)
  }

  private func descend<Scalar: FloatingPointScalar>(
    _: Scalar.Type, _ arrangement: Arrangement, tolerance: Double
  ) {
    var random = TestRandom(18)
    let shapes = [[30, 20], [1, 1], [0, 4], [130, 140], [3, 7]]
    var parameters: [Tensor<Scalar>] = shapes.map {
      Arrangement.transposed.tensor($0, using: &random, number)
    }
    let originals = parameters
    let before = originals.map { elements(of: $0) }
    var states = parameters.map { [$0.zerosAlike()] }
    var p = parameters.map { elements(of: $0).map { Double($0) } }
    var v = p.map { $0.map { _ in 0.0 } }
    var coefficients = UpdateCoefficients()
    coefficients.learningRate = 0.1
    coefficients.beta1 = 0.9
    coefficients.dampening = 0.2
    coefficients.weightDecay = 0.01
    var pass = UpdatePass()
    for _ in 0..<3 {
      for index in shapes.indices {
        let gradient: Tensor<Scalar> = arrangement.tensor(shapes[index], using: &random, number)
        pass.add(
          .sgd, &parameters[index], along: gradient, state: &states[index], coefficients)
        for (place, slope) in elements(of: gradient).enumerated() {
          v[index][place] =
            0.9 * v[index][place] + 0.8 * (Double(slope) + 0.01 * p[index][place])
          p[index][place] -= 0.1 * v[index][place]
        }
      }
      pass.run()
    }
    for index in shapes.indices {
      #expect(
        zip(elements(of: parameters[index]), p[index])
          .allSatisfy { abs(Double($0) - $1) < tolerance })
      #expect(
        zip(elements(of: states[index][0]), v[index])
          .allSatisfy { abs(Double($0) - $1) < tolerance })
      #expect(elements(of: originals[index]) == before[index])
    }
  }

  private func number<Scalar: FloatingPointScalar>(_ random: inout TestRandom) -> Scalar {
    Scalar(Double.random(in: -1...1, using: &random))
  }
}
