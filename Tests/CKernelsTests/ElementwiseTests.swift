import CKernels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A unary operation, its value in double precision, and the error allowed in single precision.
struct UnaryCase: CustomTestStringConvertible, Sendable {
  let name: String
  let op: apus_unary_op
  let ulps: Double
  let exact: @Sendable (Double) -> Double

  init(
    _ name: String, _ op: apus_unary_op, ulps: Double,
    _ exact: @escaping @Sendable (Double) -> Double
  ) {
    (self.name, self.op, self.ulps, self.exact) = (name, op, ulps, exact)
  }

  var testDescription: String { name }

  static let exactOnes = [
    UnaryCase("neg", APUS_NEG, ulps: 0) { -$0 },
    UnaryCase("abs", APUS_ABS, ulps: 0) { abs($0) },
    UnaryCase("sign", APUS_SIGN, ulps: 0) { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 == 0 ? 0 : $0 },
    UnaryCase("square", APUS_SQUARE, ulps: 0.5) { $0 * $0 },
    UnaryCase("sqrt", APUS_SQRT, ulps: 0.5) { $0.squareRoot() },
    UnaryCase("reciprocal", APUS_RECIPROCAL, ulps: 0.5) { 1 / $0 },
    UnaryCase("relu", APUS_RELU, ulps: 0) { $0 <= 0 ? 0 : $0 },
    UnaryCase("floor", APUS_FLOOR, ulps: 0) { $0.rounded(.down) },
    UnaryCase("ceil", APUS_CEIL, ulps: 0) { $0.rounded(.up) },
    UnaryCase("round", APUS_ROUND, ulps: 0) { $0.rounded(.toNearestOrEven) },
    UnaryCase("trunc", APUS_TRUNC, ulps: 0) { $0.rounded(.towardZero) },
  ]

  /// The bounds are those that apus_elementwise.h states.
  static let approximations = [
    UnaryCase("rsqrt", APUS_RSQRT, ulps: 1.5) { 1 / $0.squareRoot() },
    UnaryCase("exp", APUS_EXP, ulps: 1.25) { exp($0) },
    UnaryCase("exp2", APUS_EXP2, ulps: 1.25) { exp2($0) },
    UnaryCase("expm1", APUS_EXPM1, ulps: 2) { expm1($0) },
    UnaryCase("log", APUS_LOG, ulps: 1) { log($0) },
    UnaryCase("log2", APUS_LOG2, ulps: 2) { log2($0) },
    UnaryCase("log10", APUS_LOG10, ulps: 2) { log10($0) },
    UnaryCase("log1p", APUS_LOG1P, ulps: 1.5) { log1p($0) },
    UnaryCase("sin", APUS_SIN, ulps: 2.25) { sin($0) },
    UnaryCase("cos", APUS_COS, ulps: 2.25) { cos($0) },
    UnaryCase("tan", APUS_TAN, ulps: 4) { tan($0) },
    UnaryCase("asin", APUS_ASIN, ulps: 2.25) { asin($0) },
    UnaryCase("acos", APUS_ACOS, ulps: 1.25) { acos($0) },
    UnaryCase("atan", APUS_ATAN, ulps: 1.75) { atan($0) },
    UnaryCase("sinh", APUS_SINH, ulps: 1.75) { sinh($0) },
    UnaryCase("cosh", APUS_COSH, ulps: 1.75) { cosh($0) },
    UnaryCase("asinh", APUS_ASINH, ulps: 2) { asinh($0) },
    UnaryCase("acosh", APUS_ACOSH, ulps: 2.25) { acosh($0) },
    UnaryCase("atanh", APUS_ATANH, ulps: 2.25) { atanh($0) },
    UnaryCase("tanh", APUS_TANH, ulps: 3) { tanh($0) },
    UnaryCase("erf", APUS_ERF, ulps: 3.75) { erf($0) },
    UnaryCase("sigmoid", APUS_SIGMOID, ulps: 2.75, sigmoid),
    UnaryCase("softplus", APUS_SOFTPLUS, ulps: 1.75) {
      ($0 > 0 ? $0 : 0) + log1p(exp(-abs($0)))
    },
    UnaryCase("silu", APUS_SILU, ulps: 2.75) { $0 == -.infinity ? -0.0 : $0 * sigmoid($0) },
    UnaryCase("gelu", APUS_GELU, ulps: 4) {
      $0 == -.infinity ? -0.0 : 0.5 * $0 * erfc(-$0 * 0.5.squareRoot())
    },
    UnaryCase("gelu tanh", APUS_GELU_TANH, ulps: 2.5) {
      guard $0.magnitude < 30 else { return $0 < 0 ? -0.0 : $0 }
      return $0 * sigmoid(2 * (2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0))
    },
  ]
}

/// Without overflow.
private func sigmoid(_ x: Double) -> Double { x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)) }

struct BinaryCase: CustomTestStringConvertible, Sendable {
  let name: String
  let op: apus_binary_op
  let ulps: Double
  let exact: @Sendable (Double, Double) -> Double

  var testDescription: String { name }

  static let all: [BinaryCase] = [
    .init(name: "add", op: APUS_ADD, ulps: 0.5) { $0 + $1 },
    .init(name: "sub", op: APUS_SUB, ulps: 0.5) { $0 - $1 },
    .init(name: "mul", op: APUS_MUL, ulps: 0.5) { $0 * $1 },
    .init(name: "div", op: APUS_DIV, ulps: 0.5) { $0 / $1 },
    .init(name: "min", op: APUS_MIN, ulps: 0) { $0.isNaN || $1.isNaN ? .nan : min($0, $1) },
    .init(name: "max", op: APUS_MAX, ulps: 0) { $0.isNaN || $1.isNaN ? .nan : max($0, $1) },
    .init(name: "truncated remainder", op: APUS_TRUNC_REM, ulps: 0) { fmod($0, $1) },
    .init(name: "floored remainder", op: APUS_FLOOR_REM, ulps: 0.5) { a, b in
      let r = fmod(a, b)
      return r == 0 ? copysign(0, b) : (r < 0) == (b < 0) ? r : r + b
    },
    .init(name: "relu gradient", op: APUS_RELU_GRAD, ulps: 0) { $1 > 0 ? $0 : 0 },
    .init(name: "pow", op: APUS_POW, ulps: 1) { pow($0, $1) },
    .init(name: "atan2", op: APUS_ATAN2, ulps: 2.5) { atan2($0, $1) },
  ]
}

extension CKernelsTests {
  @Suite struct ElementwiseTests {
    @Test(arguments: UnaryCase.exactOnes + UnaryCase.approximations)
    func unary(_ row: UnaryCase) {
      func check<T: KernelFloat>(_: T.Type, ulps bound: Double) {
        let x: [T] = samples()
        withEachInstructionSet { isa in
          let apart = elementwise([x, x], guardedBy: 77, "\(row.name) \(T.self) \(isa)") {
            T.unary(row.op, $0[0], $0[1], $1)
          }
          let inPlace = elementwise([x], guardedBy: 77, "\(row.name) \(T.self) \(isa) in place") {
            T.unary(row.op, $0[0], $0[0], $1)
          }
          #expect(same(apart[0], x) && same(apart[1], inPlace[0]))
          for (x, y) in zip(x, apart[1]) {
            let exact = row.exact(Double(x))
            #expect(ulps(y, from: exact) <= bound, "\(isa): \(row.name)(\(x)) = \(y), not \(exact)")
          }
        }
      }
      check(Float.self, ulps: row.ulps)
      // The reference is of the same precision, and may add an error of its own.
      check(Double.self, ulps: row.ulps == 0 ? 0 : row.name.hasPrefix("gelu") ? 400 : 4)
    }

    @Test(arguments: BinaryCase.all)
    func binary(_ row: BinaryCase) {
      func check<T: KernelFloat>(_: T.Type, ulps bound: Double) {
        let a: [T] = samples()
        let b: [T] = Array((samples(76, seed: 2) as [T]).reversed())
        withEachInstructionSet { isa in
          let context = "\(row.name) \(T.self) \(isa)"
          let both = elementwise([a, b, a], guardedBy: 77, context) {
            T.binary(row.op, $0[0], 1, $0[1], 1, $0[2], $1)
          }
          let onA = elementwise([a, b], guardedBy: 77, context) {
            T.binary(row.op, $0[0], 1, $0[1], 1, $0[0], $1)
          }
          let onB = elementwise([a, b], guardedBy: 77, context) {
            T.binary(row.op, $0[0], 1, $0[1], 1, $0[1], $1)
          }
          #expect(same(both[2], onA[0]) && same(both[2], onB[1]))
          for i in a.indices {
            let exact = row.exact(Double(a[i]), Double(b[i]))
            #expect(
              ulps(both[2][i], from: exact) <= bound,
              "\(context) of \(a[i]), \(b[i]) = \(both[2][i]), not \(exact)")
          }
          for one in [2.5, .nan, -.infinity] as [T] {
            let right = elementwise([a], guardedBy: 77, context) { x, n in
              withUnsafePointer(to: one) { T.binary(row.op, x[0], 1, $0, 0, x[0], n) }
            }
            let left = elementwise([a], guardedBy: 77, context) { x, n in
              withUnsafePointer(to: one) { T.binary(row.op, $0, 0, x[0], 1, x[0], n) }
            }
            let alone = elementwise([a], guardedBy: 77, context) { x, n in
              withUnsafePointer(to: one) { T.binary(row.op, $0, 0, $0, 0, x[0], n) }
            }
            for i in a.indices {
              let (x, y) = (Double(a[i]), Double(one))
              #expect(ulps(right[0][i], from: row.exact(x, y)) <= bound)
              #expect(ulps(left[0][i], from: row.exact(y, x)) <= bound)
              #expect(ulps(alone[0][i], from: row.exact(y, y)) <= bound)
            }
          }
        }
      }
      check(Float.self, ulps: row.ulps)
      check(Double.self, ulps: row.ulps)
    }

    @Test func gradientsOfActivations() {
      func check<T: KernelFloat>(_: T.Type) {
        let g: [T] = samples(specials: false)
        let y: [T] = (samples(76, seed: 3, specials: false) as [T]).map { $0 / 4 }
        withEachInstructionSet { isa in
          let pair: [(apus_binary_op, (Double) -> Double)] = [
            (APUS_TANH_GRAD, { 1 - $0 * $0 }), (APUS_SIGMOID_GRAD, { $0 * (1 - $0) }),
            (APUS_SOFTPLUS_GRAD, { 1 / (1 + exp(-$0)) }),
            (
              APUS_SILU_GRAD,
              { x in
                let s = 1 / (1 + exp(-x))
                return s * (1 + x * (1 - s))
              }
            ),
            (
              APUS_GELU_GRAD,
              { x in
                erfc(-x * 0.5.squareRoot()) / 2 + x * exp(-x * x / 2) / (2 * Double.pi).squareRoot()
              }
            ),
            (
              APUS_GELU_TANH_GRAD,
              { x in
                let factor = 2 * (2 / Double.pi).squareRoot()
                let s = 1 / (1 + exp(-factor * (x + 0.044715 * x * x * x)))
                return s * (1 + x * (1 - s) * factor * (1 + 3 * 0.044715 * x * x))
              }
            ),
          ]
          for (op, derivative) in pair {
            let result = elementwise([g, y, g], guardedBy: 77, isa) {
              T.binary(op, $0[0], 1, $0[1], 1, $0[2], $1)
            }
            for i in g.indices {
              let exact = Double(g[i]) * derivative(Double(y[i]))
              #expect(isNear(result[2][i], exact, 8 * Double(T.ulpOfOne)))
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test func gradientsFarFromZero() {
      func check<T: KernelFloat>(_: T.Type) {
        let x: [T] = [.infinity, -.infinity, 900, -900, 40, -60, .nan]
        let derivatives: [T] = [1, 0, 1, 0, 1, 0, .nan]
        let g = x.indices.map { T($0 + 1) }
        withEachInstructionSet { isa in
          for op in [APUS_SOFTPLUS_GRAD, APUS_SILU_GRAD, APUS_GELU_GRAD, APUS_GELU_TANH_GRAD] {
            let result = elementwise([g, x, g], guardedBy: 77, isa) {
              T.binary(op, $0[0], 1, $0[1], 1, $0[2], $1)
            }
            for i in x.indices {
              #expect(isNear(result[2][i], Double(g[i] * derivatives[i]), 1e-6))
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    /// A function may take a shorter way where all numbers of some vectors allow it: to the same bits.
    @Test(arguments: [1 / 47, 1 / 3])
    func resultsDoNotDependOnNeighbours(step: Double) {
      func check<T: KernelFloat>(_: T.Type) {
        // Few numbers beyond the bounds of the shorter ways, scattered among others, and NaN.
        var x: [T] = (0..<640).map { T(Double($0 * 37 % 640 - 320) * step) }
        (x[5], x[100], x[101]) = (.nan, -.infinity, .nan)
        let ops = [
          APUS_EXP, APUS_SIGMOID, APUS_SILU, APUS_GELU, APUS_GELU_TANH, APUS_TANH, APUS_LOG,
        ]
        withEachInstructionSet { isa in
          for op in ops {
            let together = elementwise([x], guardedBy: 77, isa) { T.unary(op, $0[0], $0[0], $1) }
            for i in x.indices {
              let alone = [T](repeating: x[i], count: 16)
              var result = alone
              T.unary(op, alone, &result, 16)
              let (found, expected) = (together[0][i], result[0])
              let isSame = found == expected && found.sign == expected.sign
              #expect(isSame || found.isNaN && expected.isNaN)
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    /// NaN of any sign and payload, quiet or not: what adds to the exponent must not make a number of it.
    @Test func nanStays() {
      func check<T: KernelFloat>(_ nan: (_ payload: UInt32, _ signaling: Bool) -> T) {
        let payloads: [UInt32] = [1, 2, 0x7f, 0x155, 0x1ff, 0x1_0003, 0x1f_fffe]
        var x: [T] = (0..<80).map { T($0 - 40) / 8 }
        let places = [0, 3, 16, 35, 47, 63, 76]
        for (place, payload) in zip(places, payloads) {
          x[place] = nan(payload, place % 2 == 1)
          if place % 3 == 0 { x[place] = -x[place] }
        }
        let ones = [T](repeating: 1, count: x.count)
        let functions = (UnaryCase.exactOnes + UnaryCase.approximations).map(\.op)
        let gradients = [APUS_SOFTPLUS_GRAD, APUS_SILU_GRAD, APUS_GELU_GRAD, APUS_GELU_TANH_GRAD]
        withEachInstructionSet { isa in
          var result = x
          for op in functions {
            T.unary(op, x, &result, x.count)
            for place in places { #expect(result[place].isNaN, "\(op) \(isa) \(place)") }
          }
          for op in gradients {
            T.binary(op, ones, 1, x, 1, &result, x.count)
            for place in places { #expect(result[place].isNaN, "\(op) \(isa) \(place)") }
          }
        }
      }
      check { Float(nan: $0, signaling: $1) }
      check { Double(nan: UInt64($0) << 20, signaling: $1) }
    }

    /// A number beyond the bound of the shorter ways beside NaN of either kind, and zeros of either sign.
    @Test func extremesBesideNaNAndSignedZeros() {
      func check<T: KernelFloat>(_ nans: [T]) {
        let cases: [(apus_unary_op, T, T)] = [
          (APUS_EXP, 1_000, .infinity), (APUS_EXP, .infinity, .infinity), (APUS_EXP, -.infinity, 0),
          (APUS_SIGMOID, 1_000, 1), (APUS_SIGMOID, -.infinity, 0), (APUS_SILU, 1_000, 1_000),
          (APUS_SILU, -.infinity, -0.0), (APUS_GELU, 1_000, 1_000), (APUS_GELU, -.infinity, -0.0),
          (APUS_GELU_TANH, 1_000, 1_000), (APUS_TANH, 1_000, 1), (APUS_TANH, -1_000, -1),
          (APUS_SILU, -0.0, -0.0), (APUS_GELU, -0.0, -0.0), (APUS_GELU_TANH, -0.0, -0.0),
          (APUS_TANH, -0.0, -0.0), (APUS_GELU, 0, 0), (APUS_SILU, 0, 0), (APUS_TANH, 0, 0),
        ]
        withEachInstructionSet { isa in
          for (op, x, y) in cases {
            for nan in nans {
              // All places of 64, the NaN in the same lane of each other vector.
              for place in 0..<64 {
                var input = [T](repeating: 1, count: 64)
                for step in [16, 32, 48] { input[(place + step) % 64] = nan }
                input[place] = x
                var result = input
                T.unary(op, input, &result, 64)
                let isSame = result[place] == y && result[place].sign == y.sign
                #expect(isSame, "\(op) of \(x) \(isa): \(result[place])")
              }
            }
          }
        }
      }
      check([1, .nan, .signalingNaN, -.nan] as [Float])
      check([1, .nan, .signalingNaN, -.nan] as [Double])
    }

    @Test func linearCombinations() {
      func check<T: KernelFloat>(_: T.Type) {
        let x: [T] = samples()
        let y: [T] = samples(76, seed: 5, specials: false)
        withEachInstructionSet { isa in
          for (alpha, beta) in [(2.5, -0.75), (1, 1), (0.5, 0)] as [(T, T)] {
            let sum = elementwise([x, y], guardedBy: 77, "axpby \(isa)") {
              T.axpby(alpha, $0[0], beta, $0[1], $1)
            }
            let line = elementwise([x], guardedBy: 77, "affine \(isa)") {
              T.affine(alpha, beta, $0[0], $0[0], $1)
            }
            for i in x.indices where x[i].magnitude < 1e30 {
              let scaled = Double(alpha) * Double(x[i])
              let tolerance = 8 * Double(T.ulpOfOne)
              #expect(isNear(sum[1][i], scaled + Double(beta) * Double(y[i]), tolerance))
              #expect(isNear(line[0][i], scaled + Double(beta), tolerance))
            }
          }
          // With beta = 0 the old content does not matter, not even NaN.
          var out = [T](repeating: .nan, count: 19)
          T.axpby(2, y, 0, &out, 19)
          #expect(out == y.prefix(19).map { 2 * $0 })
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test(arguments: UnaryCase.approximations)
    func sweep(_ row: UnaryCase) {
      #if DEBUG
        let step: UInt32 = 200_003
      #else
        let step: UInt32 = 10_007
      #endif
      let block = 4096
      var start: UInt32 = 0
      var done = false
      var worst: (ulps: Double, x: Float, isa: String) = (0, 0, "")
      var y = [Float](repeating: 0, count: block)
      while !done {
        var x: [Float] = []
        x.reserveCapacity(block)
        while x.count < block && !done {
          x.append(Float(bitPattern: start))
          (start, done) = start.addingReportingOverflow(step)
        }
        let exact = x.map { row.exact(Double($0)) }
        withEachInstructionSet { isa in
          apus_unary_f32(row.op, x, &y, x.count)
          for i in x.indices {
            // The same infinity or NaN is most of the range of some functions.
            let (found, wanted) = (Double(y[i]), exact[i])
            if found == wanted || (found.isNaN && wanted.isNaN) { continue }
            let error = ulps(y[i], from: wanted)
            if error > worst.ulps { worst = (error, x[i], isa) }
          }
        }
      }
      #expect(worst.ulps <= row.ulps, "\(row.name): \(worst)")
    }
  }
}
