import CKernels
import Testing

extension CKernelsTests {
  @Suite struct IntegerTests {
    func values<T: KernelScalar & FixedWidthInteger>(_: T.Type, seed: UInt64) -> [T] {
      var random = SplitMix(state: seed)
      let special: [T] = [.min, .max, 0, 1, -1, .min + 1]
      return (0..<76).map { i in
        i % 5 == 0 && i / 5 < special.count
          ? special[i / 5] : T(truncatingIfNeeded: random.next() >> (random.next() % 60))
      }
    }

    /// By the definition of rounding down, in the quotient's own type.
    private func floored<T: FixedWidthInteger>(_ a: T, _ b: T) -> (quotient: T, remainder: T) {
      let quotient = a.dividedReportingOverflow(by: b).partialValue
      let remainder = a &- quotient &* b
      let isBelow = remainder != 0 && (remainder < 0) != (b < 0)
      return (isBelow ? quotient - 1 : quotient, isBelow ? remainder + b : remainder)
    }

    @Test func arithmetic() {
      func check<T: KernelScalar & FixedWidthInteger>(_: T.Type) {
        let a = values(T.self, seed: 1)
        let b = values(T.self, seed: 2)
        let nonzero = [T](values(T.self, seed: 3).reversed()).map { $0 == 0 ? -1 : $0 }
        let binary: [(apus_binary_op, [T], (T, T) -> T)] = [
          (APUS_ADD, b, { $0 &+ $1 }), (APUS_SUB, b, { $0 &- $1 }), (APUS_MUL, b, { $0 &* $1 }),
          (APUS_DIV, nonzero, { $0.dividedReportingOverflow(by: $1).partialValue }),
          (APUS_DIV, [T](repeating: -1, count: 76), { x, _ in 0 &- x }),
          (APUS_TRUNC_REM, nonzero, { $0.remainderReportingOverflow(dividingBy: $1).partialValue }),
          (APUS_TRUNC_REM, [T](repeating: -1, count: 76), { _, _ in 0 }),
          (APUS_FLOOR_REM, nonzero, { floored($0, $1).remainder }),
          (APUS_FLOOR_DIV, nonzero, { floored($0, $1).quotient }),
          (
            APUS_POW, b.map { $0 & 15 },
            { base, exponent in
              (0..<Int(exponent)).reduce(1) { power, _ in power &* base }
            }
          ),
          (APUS_MIN, b, { min($0, $1) }), (APUS_MAX, b, { max($0, $1) }),
        ]
        let unary: [(apus_unary_op, (T) -> T)] = [
          (APUS_NEG, { 0 &- $0 }), (APUS_ABS, { $0 < 0 ? 0 &- $0 : $0 }),
          (APUS_SIGN, { $0.signum() }), (APUS_SQUARE, { $0 &* $0 }),
        ]
        withEachInstructionSet { isa in
          for (op, b, exact) in binary {
            let context = "\(op) \(T.self) \(isa)"
            let result = elementwise([a, b, a], guardedBy: 77, context) {
              T.binary(op, $0[0], 1, $0[1], 1, $0[2], $1)
            }
            #expect(result[2] == zip(a, b).map(exact), "\(context)")
            let broadcast = elementwise([a], guardedBy: 77, context) { x, n in
              withUnsafePointer(to: 7 as T) { T.binary(op, x[0], 1, $0, 0, x[0], n) }
            }
            if b != [T](repeating: -1, count: 76) {
              #expect(broadcast[0] == a.map { exact($0, 7) }, "\(context)")
            }
          }
          for (op, exact) in unary {
            let result = elementwise([a, a], guardedBy: 77, "\(op) \(T.self) \(isa)") {
              T.unary(op, $0[0], $0[1], $1)
            }
            #expect(result[1] == a.map(exact), "\(op) \(T.self) \(isa)")
          }
        }
      }
      check(Int32.self)
      check(Int64.self)
    }

    @Test func anyNegative() {
      withEachInstructionSet { isa in
        for n in 0...70 {
          var narrow = [Int32](repeating: .max, count: n + 1)
          var wide = [Int64](repeating: 1 << 31, count: n + 1)
          (narrow[n], wide[n]) = (-1, -1)
          #expect(
            !apus_any_negative_i32(narrow, n) && !apus_any_negative_i64(wide, n), "\(isa), \(n)")
          for position in 0..<n {
            (narrow[position], wide[position]) = (-1, .min)
            #expect(
              apus_any_negative_i32(narrow, n) && apus_any_negative_i64(wide, n), "\(isa), \(n)")
            (narrow[position], wide[position]) = (0, 0)
          }
        }
      }
    }

    @Test func anyZero() {
      withEachInstructionSet { isa in
        for n in 0...70 {
          var narrow = [Int32](repeating: .min, count: n + 1)
          var wide = [Int64](repeating: 1 << 32, count: n + 1)
          (narrow[n], wide[n]) = (0, 0)
          #expect(!apus_any_zero_i32(narrow, n) && !apus_any_zero_i64(wide, n), "\(isa), \(n)")
          for position in 0..<n {
            (narrow[position], wide[position]) = (0, 0)
            #expect(apus_any_zero_i32(narrow, n) && apus_any_zero_i64(wide, n), "\(isa), \(n)")
            (narrow[position], wide[position]) = (-1, -1)
          }
        }
      }
    }
  }
}
