import CKernels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension CKernelsTests {
  /// Steps of recurrent cells and their gradients, against scalar code in `Double`.
  @Suite struct RecurrentTests {
    /// Rows of a step: the middle one has ended where there are lengths.
    private static let rows = 3
    private static let lengths: [Int64] = [5, 2, 3]
    private static let step: Int64 = 2

    /// Runs `kernel` on arrays of `blocks[k]` × width numbers a row and compares all of them with what
    /// `scalar` leaves, which gets the numbers of one unit of one row, block after block.
    private func check<T: KernelFloat>(
      _: T.Type, _ name: String, blocks: [Int], inputs: Int,
      kernel: ([UnsafeMutablePointer<T>], _ width: Int, UnsafePointer<Int64>?) -> Void,
      scalar: (_ unit: inout [[Double]], _ hasEnded: Bool) -> Void
    ) {
      let tolerance = 64 * Double(T.ulpOfOne)
      for (width, hasLengths) in (0...70).flatMap({ [($0, false), ($0, true)] }) {
        var random = SplitMix(state: UInt64(width))
        // One element is left in front, so that nothing is aligned, and some behind as guards.
        let before = blocks.map { block in
          (0..<1 + Self.rows * block * width + 3).map { _ in T(random.uniform(-2, 2)) }
        }
        var after = before
        let pointers = after.indices.map { k in
          let copy = UnsafeMutablePointer<T>.allocate(capacity: after[k].count)
          copy.initialize(from: after[k], count: after[k].count)
          return copy
        }
        Self.lengths.withUnsafeBufferPointer {
          kernel(pointers.map { $0 + 1 }, width, hasLengths ? $0.baseAddress : nil)
        }
        for k in after.indices {
          after[k] = Array(UnsafeBufferPointer(start: pointers[k], count: after[k].count))
          pointers[k].deallocate()
        }
        var expected = before.map { $0.map { Double($0) } }
        for r in 0..<Self.rows {
          for j in 0..<width {
            func place(_ k: Int, _ block: Int) -> Int { 1 + (r * blocks[k] + block) * width + j }
            var unit = blocks.enumerated().map { k, count in
              (0..<count).map { expected[k][place(k, $0)] }
            }
            scalar(&unit, hasLengths && Self.lengths[r] <= Self.step)
            for (k, count) in blocks.enumerated() {
              for block in 0..<count { expected[k][place(k, block)] = unit[k][block] }
            }
          }
        }
        for k in after.indices {
          if k < inputs {
            #expect(same(after[k], before[k]), "\(name) \(T.self) \(width) input \(k)")
          }
          for (a, b) in zip(after[k], expected[k]) where !isNear(a, b, tolerance) {
            Issue.record("\(name) \(T.self) width \(width), array \(k): \(a), expected \(b)")
            return
          }
        }
      }
    }

    private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

    @Test func lstm() {
      withEachInstructionSet { isa in
        // x, p, h before, c before | gates, c, h
        func step(_ u: inout [[Double]], _ hasEnded: Bool) {
          if hasEnded {
            (u[5][0], u[6][0]) = (u[3][0], u[2][0])
            return
          }
          let sums = (0..<4).map { u[0][$0] + u[1][$0] }
          u[4] = [sigmoid(sums[0]), sigmoid(sums[1]), tanh(sums[2]), sigmoid(sums[3])]
          u[5][0] = u[4][1] * u[3][0] + u[4][0] * u[4][2]
          u[6][0] = u[4][3] * tanh(u[5][0])
        }
        check(
          Float.self, "lstm \(isa)", blocks: [4, 4, 1, 1, 4, 1, 1], inputs: 4,
          kernel: { a, n, ends in
            apus_lstm_step_f32(
              a[0], a[1], a[2], a[3], a[4], a[5], a[6], Self.rows, n, ends, Self.step)
          }, scalar: step)
        check(
          Double.self, "lstm \(isa)", blocks: [4, 4, 1, 1, 4, 1, 1], inputs: 4,
          kernel: { a, n, ends in
            apus_lstm_step_f64(
              a[0], a[1], a[2], a[3], a[4], a[5], a[6], Self.rows, n, ends, Self.step)
          }, scalar: step)

        // gates, c before, c, g | dh, dc, dx
        func gradient(_ u: inout [[Double]], _ hasEnded: Bool) {
          let state = u[4][0] + u[3][0]
          if hasEnded {
            u[4][0] = state
            u[6] = [0, 0, 0, 0]
            return
          }
          let (i, f, n, o) = (u[0][0], u[0][1], u[0][2], u[0][3])
          let y = tanh(u[2][0])
          let cell = u[5][0] + state * o * (1 - y * y)
          u[6] = [
            cell * n * i * (1 - i), cell * u[1][0] * f * (1 - f), cell * i * (1 - n * n),
            state * y * o * (1 - o),
          ]
          u[5][0] = cell * f
          u[4][0] = 0
        }
        check(
          Float.self, "lstm gradient \(isa)", blocks: [4, 1, 1, 1, 1, 1, 4], inputs: 4,
          kernel: { a, n, ends in
            apus_lstm_step_grad_f32(
              a[0], a[1], a[2], a[3], a[4], a[5], a[6], Self.rows, n, ends, Self.step)
          }, scalar: gradient)
        check(
          Double.self, "lstm gradient \(isa)", blocks: [4, 1, 1, 1, 1, 1, 4], inputs: 4,
          kernel: { a, n, ends in
            apus_lstm_step_grad_f64(
              a[0], a[1], a[2], a[3], a[4], a[5], a[6], Self.rows, n, ends, Self.step)
          }, scalar: gradient)
      }
    }

    @Test func gru() {
      withEachInstructionSet { isa in
        // x, p, h before | gates, h; without a bias, which has no rows
        func step(_ u: inout [[Double]], _ hasEnded: Bool) {
          guard !hasEnded else {
            u[4][0] = u[2][0]
            return
          }
          let (reset, update) = (sigmoid(u[0][0] + u[1][0]), sigmoid(u[0][1] + u[1][1]))
          let new = tanh(u[0][2] + reset * u[1][2])
          u[3] = [reset, update, new, u[1][2]]
          u[4][0] = (1 - update) * new + update * u[2][0]
        }
        check(
          Float.self, "gru \(isa)", blocks: [3, 3, 1, 4, 1], inputs: 3,
          kernel: { a, n, ends in
            apus_gru_step_f32(a[0], a[1], nil, a[2], a[3], a[4], Self.rows, n, ends, Self.step)
          }, scalar: step)
        check(
          Double.self, "gru \(isa)", blocks: [3, 3, 1, 4, 1], inputs: 3,
          kernel: { a, n, ends in
            apus_gru_step_f64(a[0], a[1], nil, a[2], a[3], a[4], Self.rows, n, ends, Self.step)
          }, scalar: step)

        // gates, h before, g | dh, dx, dp
        func gradient(_ u: inout [[Double]], _ hasEnded: Bool) {
          let state = u[3][0] + u[2][0]
          if hasEnded {
            u[3][0] = state
            (u[4], u[5]) = ([0, 0, 0], [0, 0, 0])
            return
          }
          let (r, z, n, q) = (u[0][0], u[0][1], u[0][2], u[0][3])
          let dn = state * (1 - z) * (1 - n * n)
          u[4] = [dn * q * r * (1 - r), state * (u[1][0] - n) * z * (1 - z), dn]
          u[5] = [u[4][0], u[4][1], dn * r]
          u[3][0] = state * z
        }
        check(
          Float.self, "gru gradient \(isa)", blocks: [4, 1, 1, 1, 3, 3], inputs: 3,
          kernel: { a, n, ends in
            apus_gru_step_grad_f32(
              a[0], a[1], a[2], a[3], a[4], a[5], Self.rows, n, ends, Self.step)
          }, scalar: gradient)
        check(
          Double.self, "gru gradient \(isa)", blocks: [4, 1, 1, 1, 3, 3], inputs: 3,
          kernel: { a, n, ends in
            apus_gru_step_grad_f64(
              a[0], a[1], a[2], a[3], a[4], a[5], Self.rows, n, ends, Self.step)
          }, scalar: gradient)
      }
    }

    // A bias is as if the products had it.
    @Test func gruBias() {
      withEachInstructionSet { isa in
        for n in [1, 7, 8, 19] {
          var random = SplitMix(state: UInt64(n))
          func numbers(_ count: Int) -> [Float] {
            (0..<count).map { _ in Float(random.uniform(-1, 1)) }
          }
          let (x, p, bias, h) = (numbers(3 * n), numbers(3 * n), numbers(3 * n), numbers(n))
          let sums = zip(p, bias).map(+)
          var (gates, biasedGates) = (numbers(4 * n), numbers(4 * n))
          var (out, biasedOut) = (numbers(n), numbers(n))
          apus_gru_step_f32(x, sums, nil, h, &gates, &out, 1, n, nil, 0)
          apus_gru_step_f32(x, p, bias, h, &biasedGates, &biasedOut, 1, n, nil, 0)
          #expect(same(gates, biasedGates) && same(out, biasedOut), "\(isa) \(n)")
        }
      }
    }

    @Test(arguments: [false, true]) func rnn(_ relu: Bool) {
      withEachInstructionSet { isa in
        // x, p, h before | h
        func step(_ u: inout [[Double]], _ hasEnded: Bool) {
          let sum = u[0][0] + u[1][0]
          u[3][0] = hasEnded ? u[2][0] : relu ? max(sum, 0) : tanh(sum)
        }
        check(
          Float.self, "rnn \(relu) \(isa)", blocks: [1, 1, 1, 1], inputs: 3,
          kernel: { a, n, ends in
            apus_rnn_step_f32(relu, a[0], a[1], a[2], a[3], Self.rows, n, ends, Self.step)
          }, scalar: step)
        check(
          Double.self, "rnn \(relu) \(isa)", blocks: [1, 1, 1, 1], inputs: 3,
          kernel: { a, n, ends in
            apus_rnn_step_f64(relu, a[0], a[1], a[2], a[3], Self.rows, n, ends, Self.step)
          }, scalar: step)

        // h, g | dh, dx
        func gradient(_ u: inout [[Double]], _ hasEnded: Bool) {
          let state = u[2][0] + u[1][0]
          let slope = relu ? (u[0][0] > 0 ? 1 : 0) : 1 - u[0][0] * u[0][0]
          u[3][0] = hasEnded ? 0 : state * slope
          u[2][0] = hasEnded ? state : 0
        }
        check(
          Float.self, "rnn gradient \(relu) \(isa)", blocks: [1, 1, 1, 1], inputs: 2,
          kernel: { a, n, ends in
            apus_rnn_step_grad_f32(relu, a[0], a[1], a[2], a[3], Self.rows, n, ends, Self.step)
          }, scalar: gradient)
        check(
          Double.self, "rnn gradient \(relu) \(isa)", blocks: [1, 1, 1, 1], inputs: 2,
          kernel: { a, n, ends in
            apus_rnn_step_grad_f64(relu, a[0], a[1], a[2], a[3], Self.rows, n, ends, Self.step)
          }, scalar: gradient)
      }
    }
  }
}
