import CKernels
import Testing

extension CKernelsTests {
  @Suite struct OptimizerTests {
    static let sgdCases: [SGDOptions?] = [
      nil,
      SGDOptions(),
      SGDOptions(dampening: 0.25, firstStep: true),
      SGDOptions(dampening: 0.25),
      SGDOptions(weightDecay: 0, nesterov: true),
      SGDOptions(nesterov: true, firstStep: true),
    ]

    @Test(arguments: sgdCases)
    func sgd(_ given: SGDOptions?) {
      func check<T: KernelFloat>(_: T.Type) {
        let parameter: [T] = samples(seed: 1, specials: false)
        let gradient: [T] = samples(seed: 2, specials: false)
        let velocity: [T] = samples(seed: 3, specials: false)
        let o = given ?? SGDOptions()
        withEachInstructionSet { isa in
          let result = elementwise([parameter, gradient, velocity], guardedBy: 77, isa) {
            T.sgd($0[0], $0[1], given == nil ? nil : $0[2], $1, o)
          }
          #expect(result[1] == gradient)
          for i in parameter.indices {
            let p = Double(parameter[i])
            var g = Double(gradient[i]) + o.weightDecay * p
            var v = Double(velocity[i])
            if given != nil {
              v = o.firstStep ? g : o.momentum * v + (1 - o.dampening) * g
              g = o.nesterov ? g + o.momentum * v : v
            }
            let tolerance = 8 * Double(T.ulpOfOne)
            #expect(isNear(result[0][i], p - o.learningRate * g, tolerance), "\(isa)")
            #expect(isNear(result[2][i], v, tolerance), "\(isa)")
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test(arguments: [0, 0.1])
    func adam(weightDecay: Double) {
      func check<T: KernelFloat>(_: T.Type) {
        let parameter: [T] = samples(seed: 1, specials: false)
        let gradient: [T] = samples(seed: 2, specials: false)
        let m: [T] = samples(seed: 3, specials: false)
        let v = (samples(seed: 4, specials: false) as [T]).map { $0 * $0 }
        var o = AdamOptions()
        o.weightDecay = weightDecay
        withEachInstructionSet { isa in
          let result = elementwise([parameter, gradient, m, v], guardedBy: 77, isa) {
            T.adam($0[0], $0[1], $0[2], $0[3], $1, o)
          }
          #expect(result[1] == gradient)
          for i in parameter.indices {
            let p = Double(parameter[i])
            let g = Double(gradient[i]) + o.weightDecay * p
            let first = o.beta1 * Double(m[i]) + (1 - o.beta1) * g
            let second = o.beta2 * Double(v[i]) + (1 - o.beta2) * g * g
            let scale = second.squareRoot() * o.inverseCorrection + o.epsilon
            let tolerance = 8 * Double(T.ulpOfOne)
            #expect(isNear(result[0][i], p - o.stepSize * first / scale, tolerance), "\(isa)")
            #expect(isNear(result[2][i], first, tolerance), "\(isa)")
            #expect(isNear(result[3][i], second, tolerance), "\(isa)")
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }
  }
}
