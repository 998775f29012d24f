import CKernels
import Testing

extension CKernelsTests {
  @Suite struct OptimizerTests {
    /// A rule with the states that it uses, in one of its variants.
    struct Case: Sendable, CustomTestStringConvertible {
      let rule: apus_update_rule
      let uses: [Bool]
      var change: @Sendable (inout apus_update_options) -> Void = { _ in }

      var testDescription: String { "\(rule.rawValue) \(uses)" }
    }

    static let cases: [Case] = [
      Case(rule: APUS_UPDATE_SGD, uses: [false, false, false]),
      Case(rule: APUS_UPDATE_SGD, uses: [true, false, false]),
      Case(rule: APUS_UPDATE_SGD, uses: [true, false, false]) { $0.first_step = true },
      Case(rule: APUS_UPDATE_SGD, uses: [true, false, false]) { $0.nesterov = true },
      Case(rule: APUS_UPDATE_SGD, uses: [true, false, false]) {
        ($0.nesterov, $0.first_step) = (true, true)
      },
      Case(rule: APUS_UPDATE_MOMENTS, uses: [true, true, false]),
      Case(rule: APUS_UPDATE_MOMENTS, uses: [true, true, true]),
      Case(rule: APUS_UPDATE_MOMENTS, uses: [true, true, false]) { $0.adaptive = false },
      Case(rule: APUS_UPDATE_MOMENTS, uses: [true, true, false]) { $0.gradient_step = 0.02 },
      Case(rule: APUS_UPDATE_RMSPROP, uses: [true, false, false]),
      Case(rule: APUS_UPDATE_RMSPROP, uses: [true, true, false]),
      Case(rule: APUS_UPDATE_RMSPROP, uses: [true, false, true]),
      Case(rule: APUS_UPDATE_RMSPROP, uses: [true, true, true]),
      Case(rule: APUS_UPDATE_ADAGRAD, uses: [true, false, false]),
      Case(rule: APUS_UPDATE_ADADELTA, uses: [true, true, false]),
      Case(rule: APUS_UPDATE_ADAMAX, uses: [true, true, false]),
      Case(rule: APUS_UPDATE_LION, uses: [true, false, false]),
      Case(rule: APUS_UPDATE_DIRECTION, uses: [true, true, true]),
    ]

    private static let options = apus_update_options(
      gradient_scale: -1, weight_decay: 0.1, l1: 0.05, keep: 0.9, learning_rate: 0.01,
      gradient_step: 0, beta1: 0.9, one_minus_beta1: 0.2, beta2: 0.9, one_minus_beta2: 0.1,
      root_scale: 2, epsilon: 0.01, nesterov: false, first_step: false, adaptive: true)

    @Test(arguments: cases)
    func rule(_ row: Case) {
      var o = Self.options
      row.change(&o)
      check(row, o, Float.self)
      check(row, o, Double.self)
    }

    private func check<T: KernelFloat>(_ row: Case, _ o: apus_update_options, _: T.Type) {
      var parameter: [T] = samples(seed: 1, specials: false)
      parameter[3] = 0  // Where the sign is 0.
      let gradient: [T] = samples(seed: 2, specials: false)
      let first: [T] = samples(seed: 3, specials: false)
      // Squares, large enough that the centered mean square stays above 0.
      let squares = (samples(seed: 4, specials: false) as [T]).map { $0 * $0 + 20 }
      let isSquareFirst = [APUS_UPDATE_RMSPROP, APUS_UPDATE_ADAGRAD, APUS_UPDATE_ADADELTA]
        .contains(row.rule)
      let s0 = isSquareFirst ? squares : first
      let s1 = row.rule == APUS_UPDATE_RMSPROP ? first : squares.map { $0 + 1 }
      let s2 = row.rule == APUS_UPDATE_RMSPROP ? first : squares.map { $0 / 2 + 9 }
      withEachInstructionSet { isa in
        let result = elementwise([parameter, gradient, s0, s1, s2], guardedBy: 77, isa) {
          arrays, n in
          T.update(
            row.rule, arrays[0], arrays[1], (0..<3).map { row.uses[$0] ? arrays[2 + $0] : nil }, n,
            o)
        }
        #expect(result[1] == gradient)
        for i in parameter.indices {
          var s = [Double(s0[i]), Double(s1[i]), Double(s2[i])]
          let p = expected(row, o, Double(parameter[i]), Double(gradient[i]), &s)
          let tolerance = 32 * Double(T.ulpOfOne)
          #expect(isNear(result[0][i], p, tolerance), "\(isa)")
          for k in 0..<3 { #expect(isNear(result[2 + k][i], s[k], tolerance), "\(isa) \(k)") }
        }
      }
    }

    /// The new parameter by the equations of `apus_optimizers.h`; `s` becomes the new states.
    private func expected(
      _ row: Case, _ o: apus_update_options, _ x: Double, _ slope: Double, _ s: inout [Double]
    ) -> Double {
      func sign(_ x: Double) -> Double { x > 0 ? 1 : x < 0 ? -1 : 0 }
      let decay = row.rule == APUS_UPDATE_DIRECTION ? 0 : o.weight_decay
      let g = o.gradient_scale * slope + decay * x + o.l1 * sign(x)
      let p = o.keep * x
      let moment = o.beta1 * s[0] + o.one_minus_beta1 * g
      func square(_ s: Double) -> Double { o.beta2 * s + o.one_minus_beta2 * g * g }
      switch row.rule {
      case APUS_UPDATE_SGD:
        guard row.uses[0] else { return p - o.learning_rate * g }
        s[0] = o.first_step ? g : moment
        return p - o.learning_rate * (o.nesterov ? g + o.beta1 * s[0] : s[0])
      case APUS_UPDATE_MOMENTS:
        s[0] = moment
        s[1] = square(s[1])
        if row.uses[2] { s[2] = max(s[1], s[2]) }
        let step = o.gradient_step * g + o.learning_rate * s[0]
        let scale = (row.uses[2] ? s[2] : s[1]).squareRoot() * o.root_scale + o.epsilon
        return p - (o.adaptive ? step / scale : step)
      case APUS_UPDATE_RMSPROP:
        s[0] = square(s[0])
        if row.uses[1] { s[1] = o.beta2 * s[1] + o.one_minus_beta2 * g }
        let spread = row.uses[1] ? max(s[0] - s[1] * s[1], 0) : s[0]
        let step = g / (spread.squareRoot() + o.epsilon)
        if row.uses[2] { s[2] = o.beta1 * s[2] + step }
        return p - o.learning_rate * (row.uses[2] ? s[2] : step)
      case APUS_UPDATE_ADAGRAD:
        s[0] += g * g
        return p - o.learning_rate * g / (s[0].squareRoot() + o.epsilon)
      case APUS_UPDATE_ADADELTA:
        s[0] = square(s[0])
        let step = ((s[1] + o.epsilon) / (s[0] + o.epsilon)).squareRoot() * g
        s[1] = o.beta2 * s[1] + o.one_minus_beta2 * step * step
        return p - o.learning_rate * step
      case APUS_UPDATE_ADAMAX:
        s[0] = moment
        s[1] = max(o.beta2 * s[1], abs(g) + o.epsilon)
        return p - o.learning_rate * s[0] / s[1]
      case APUS_UPDATE_LION:
        s[0] = o.beta2 * s[0] + o.one_minus_beta2 * g
        return p - o.learning_rate * sign(moment)
      default:
        s[0] = moment
        s[1] = square(s[1])
        s[2] =
          o.learning_rate * s[0] / (s[1].squareRoot() * o.root_scale + o.epsilon)
          + o.weight_decay * x
        return x
      }
    }

    // What is not a number must not be hidden by a maximum or a sign, nor by rounding below 0.
    @Test func notANumberStays() {
      for row in Self.cases {
        for place in 0..<2 {
          var arrays = [[Double]](repeating: [1], count: 5)
          arrays[place] = [.nan]
          withEachInstructionSet { isa in
            var o = Self.options
            row.change(&o)
            let result = elementwise(arrays, guardedBy: 77, isa) { arrays, n in
              Double.update(
                row.rule, arrays[0], arrays[1],
                (0..<3).map { row.uses[$0] ? arrays[2 + $0] : nil }, n, o)
            }
            #expect(result[row.rule == APUS_UPDATE_DIRECTION ? 4 : 0][0].isNaN, "\(row) \(isa)")
          }
        }
      }
    }

    // The mean square of equal gradients is the square of their mean but for rounding.
    @Test func centeredMeanSquareIsNeverBelowZero() {
      var o = apus_update_options()
      (o.gradient_scale, o.keep, o.learning_rate, o.epsilon) = (1, 1, 1, 0.5)
      o.one_minus_beta2 = 0.3
      o.beta2 = 0.7
      withEachInstructionSet { _ in
        var (p, s0, s1): ([Float], [Float], [Float]) = ([0], [0.999], [1])
        var g: [Float] = [1]
        p.withUnsafeMutableBufferPointer { p in
          g.withUnsafeMutableBufferPointer { g in
            s0.withUnsafeMutableBufferPointer { s0 in
              s1.withUnsafeMutableBufferPointer { s1 in
                Float.update(
                  APUS_UPDATE_RMSPROP, p.baseAddress!, g.baseAddress!,
                  [s0.baseAddress, s1.baseAddress, nil], 1, o)
              }
            }
          }
        }
        #expect(p == [-2])
      }
    }
  }
}
