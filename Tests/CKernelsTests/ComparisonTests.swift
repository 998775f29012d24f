import CKernels
import Testing

/// The comparing, selecting and clamping kernels of one type.
private struct Comparing<T: Comparable & BitwiseCopyable>: Sendable {
  typealias In = UnsafePointer<T>
  typealias Bytes = UnsafeMutablePointer<UInt8>
  var compare: @Sendable (apus_compare_op, In, Int, In, Int, Bytes, Int) -> Void
  var clamp: @Sendable (In, In, In, UnsafeMutablePointer<T>, Int) -> Void
}

extension CKernelsTests {
  @Suite struct ComparisonTests {
    private static let floats = Comparing<Float>(
      compare: { apus_compare_f32($0, $1, $2, $3, $4, $5, $6) },
      clamp: { apus_clamp_f32($0, $1, $2, $3, $4) })
    private static let doubles = Comparing<Double>(
      compare: { apus_compare_f64($0, $1, $2, $3, $4, $5, $6) },
      clamp: { apus_clamp_f64($0, $1, $2, $3, $4) })
    private static let narrow = Comparing<Int32>(
      compare: { apus_compare_i32($0, $1, $2, $3, $4, $5, $6) },
      clamp: { apus_clamp_i32($0, $1, $2, $3, $4) })
    private static let wide = Comparing<Int64>(
      compare: { apus_compare_i64($0, $1, $2, $3, $4, $5, $6) },
      clamp: { apus_clamp_i64($0, $1, $2, $3, $4) })
    private static let bytes = Comparing<UInt8>(
      compare: { apus_compare_u8($0, $1, $2, $3, $4, $5, $6) },
      clamp: { apus_clamp_u8($0, $1, $2, $3, $4) })

    private func integers<T: FixedWidthInteger>(_: T.Type, seed: UInt64) -> [T] {
      var random = SplitMix(state: seed)
      return (0..<76).map { i in
        i % 7 == 0 ? [.min, .max, 0, 1].randomElement(using: &random)! : T(random.next() % 5)
      }
    }

    @Test func comparison() {
      func check<T>(_ kernels: Comparing<T>, _ a: [T], _ b: [T]) {
        let operations: [(apus_compare_op, (T, T) -> Bool)] = [
          (APUS_EQUAL, { $0 == $1 }), (APUS_NOT_EQUAL, { $0 != $1 }), (APUS_LESS, { $0 < $1 }),
          (APUS_LESS_EQUAL, { $0 <= $1 }), (APUS_GREATER, { $0 > $1 }),
          (APUS_GREATER_EQUAL, { $0 >= $1 }),
        ]
        withEachInstructionSet { isa in
          for (op, holds) in operations {
            for (aStep, bStep) in [(1, 1), (1, 0), (0, 1), (0, 0)] {
              for n in 0...70 {
                let start = n % 4
                var out = [UInt8](repeating: 9, count: n + 8)
                out.withUnsafeMutableBufferPointer { out in
                  a.withUnsafeBufferPointer { a in
                    b.withUnsafeBufferPointer { b in
                      kernels.compare(
                        op, a.baseAddress! + start, aStep, b.baseAddress! + start, bStep,
                        out.baseAddress! + start, n)
                    }
                  }
                }
                let expected = (0..<n).map {
                  holds(a[start + $0 * aStep], b[start + $0 * bStep]) ? 1 : 0 as UInt8
                }
                let isRight =
                  Array(out[start..<start + n]) == expected
                  && out[..<start].allSatisfy { $0 == 9 }
                  && out[(start + n)...].allSatisfy { $0 == 9 }
                if !isRight {
                  Issue.record("\(op) \(T.self) \(isa), steps \(aStep) \(bStep), length \(n)")
                  return
                }
              }
            }
          }
        }
      }
      check(Self.floats, samples(), Array((samples(seed: 2) as [Float]).reversed()))
      check(Self.floats, samples(), samples())
      check(Self.doubles, samples(), Array((samples(seed: 2) as [Double]).reversed()))
      check(Self.narrow, integers(Int32.self, seed: 1), integers(Int32.self, seed: 2))
      check(Self.wide, integers(Int64.self, seed: 1), integers(Int64.self, seed: 2))
      check(Self.bytes, integers(UInt8.self, seed: 1), integers(UInt8.self, seed: 2))
    }

    @Test func bytesInPlace() {
      let a = integers(UInt8.self, seed: 3)
      let b = integers(UInt8.self, seed: 4)
      withEachInstructionSet { isa in
        let unequal = elementwise([a, b], guardedBy: 77, "unequal \(isa)") {
          apus_compare_u8(APUS_NOT_EQUAL, $0[0], 1, $0[1], 1, $0[0], $1)
        }
        #expect(unequal[0] == zip(a, b).map { $0 != $1 ? 1 : 0 })
        for (op, exact) in [(APUS_MIN, min), (APUS_MAX, max)]
          as [(apus_binary_op, (UInt8, UInt8) -> UInt8)]
        {
          let both = elementwise([a, b, a], guardedBy: 77, "\(op) \(isa)") {
            apus_binary_u8(op, $0[0], 1, $0[1], 1, $0[2], $1)
          }
          #expect(both[2] == zip(a, b).map(exact))
          let onA = elementwise([a, b], guardedBy: 77, "\(op) \(isa)") {
            apus_binary_u8(op, $0[0], 1, $0[1], 1, $0[0], $1)
          }
          #expect(onA[0] == both[2])
          let right = elementwise([a], guardedBy: 77, "\(op) \(isa)") { x, n in
            withUnsafePointer(to: 3) { apus_binary_u8(op, x[0], 1, $0, 0, x[0], n) }
          }
          let left = elementwise([a], guardedBy: 77, "\(op) \(isa)") { x, n in
            withUnsafePointer(to: 3) { apus_binary_u8(op, $0, 0, x[0], 1, x[0], n) }
          }
          let alone = elementwise([a], guardedBy: 77, "\(op) \(isa)") { x, n in
            withUnsafePointer(to: 3) { apus_binary_u8(op, $0, 0, $0, 0, x[0], n) }
          }
          #expect(right[0] == a.map { exact($0, 3) } && left[0] == right[0])
          #expect(alone[0] == a.map { _ in 3 })
        }
      }
    }

    @Test func classification() {
      func check<T: KernelFloat>(
        _: T.Type,
        _ classify: (apus_classify_op, UnsafePointer<T>, UnsafeMutablePointer<UInt8>, Int) -> Void
      ) {
        let x: [T] = samples()
        let rows: [(apus_classify_op, (T) -> Bool)] = [
          (APUS_IS_NAN, \.isNaN), (APUS_IS_INFINITE, \.isInfinite), (APUS_IS_FINITE, \.isFinite),
        ]
        withEachInstructionSet { isa in
          for (op, holds) in rows {
            for n in 0...70 {
              var out = [UInt8](repeating: 9, count: n + 1)
              x.withUnsafeBufferPointer { classify(op, $0.baseAddress! + 1, &out, n) }
              #expect(out == (0..<n).map { holds(x[$0 + 1]) ? 1 : 0 } + [9], "\(op) \(isa) \(n)")
            }
          }
        }
      }
      check(Float.self) { apus_classify_f32($0, $1, $2, $3) }
      check(Double.self) { apus_classify_f64($0, $1, $2, $3) }
    }

    @Test func selection() {
      typealias Select = (
        UnsafePointer<UInt8>, Int, UnsafeRawPointer, Int, UnsafeRawPointer, Int,
        UnsafeMutableRawPointer, Int
      ) -> Void
      func check<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type, _ select: Select) {
        let mask = integers(UInt8.self, seed: 5).map { $0 & 1 }
        let a = (0..<76).map { T($0) }
        let b = (0..<76).map { T(100 + $0) }
        withEachInstructionSet { isa in
          for steps in 0..<8 {
            let (maskStep, aStep, bStep) = (steps & 1, steps >> 1 & 1, steps >> 2)
            for n in 0...70 {
              let start = n % 4
              var out = [T](repeating: 9, count: n + 8)
              out.withUnsafeMutableBytes { out in
                a.withUnsafeBufferPointer { a in
                  b.withUnsafeBufferPointer { b in
                    mask.withUnsafeBufferPointer { mask in
                      select(
                        mask.baseAddress! + start, maskStep, a.baseAddress! + start, aStep,
                        b.baseAddress! + start, bStep,
                        out.baseAddress! + start * MemoryLayout<T>.stride, n)
                    }
                  }
                }
              }
              let expected = (0..<n).map {
                mask[start + $0 * maskStep] == 1 ? a[start + $0 * aStep] : b[start + $0 * bStep]
              }
              let rest = [T](repeating: 9, count: 8 - start)
              #expect(
                out == [T](repeating: 9, count: start) + expected + rest, "\(isa) \(steps) \(n)")
            }
          }
          for value in [0, 1] as [UInt8] {
            // Over one of the two, with a mask of one value or of many.
            var onA = a
            var onB = b
            select([value], 0, onA, 1, b, 1, &onA, 76)
            select([value], 0, a, 1, onB, 1, &onB, 76)
            #expect(onA == (value == 1 ? a : b) && onB == onA)
          }
          var onB = b
          select(mask, 1, a, 1, onB, 1, &onB, 76)
          #expect(onB == (0..<76).map { mask[$0] == 1 ? a[$0] : b[$0] })
        }
      }
      check(UInt8.self) { apus_select_1($0, $1, $2, $3, $4, $5, $6, $7) }
      check(Int32.self) { apus_select_4($0, $1, $2, $3, $4, $5, $6, $7) }
      check(Int64.self) { apus_select_8($0, $1, $2, $3, $4, $5, $6, $7) }
    }

    @Test func clamping() {
      func check<T>(_ kernels: Comparing<T>, _ x: [T], _ low: T, _ high: T, _ sentinel: T) {
        withEachInstructionSet { isa in
          let apart = elementwise([x, x], guardedBy: sentinel, "clamp \(isa)") { x, n in
            withUnsafePointer(to: low) { low in
              withUnsafePointer(to: high) { kernels.clamp(x[0], low, $0, x[1], n) }
            }
          }
          let over = elementwise([x], guardedBy: sentinel, "clamp \(isa)") { x, n in
            withUnsafePointer(to: low) { low in
              withUnsafePointer(to: high) { kernels.clamp(x[0], low, $0, x[0], n) }
            }
          }
          #expect(same(apart[1], x.map { $0 < low ? low : $0 > high ? high : $0 }), "\(isa)")
          #expect(same(over[0], apart[1]))
        }
      }
      check(Self.floats, samples(), -0.5, 1, 77)
      check(Self.doubles, samples(), -0.5, 1, 77)
      check(Self.floats, samples(), -.infinity, .infinity, 77)
      check(Self.narrow, integers(Int32.self, seed: 6), 1, 3, 77)
      check(Self.wide, integers(Int64.self, seed: 6), 1, 3, 77)
      check(Self.bytes, integers(UInt8.self, seed: 6), 1, 3, 77)
    }
  }
}
