import CKernels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A reduction in double precision, element by element.
struct ReductionCase: CustomTestStringConvertible, Sendable {
  let name: String
  let op: apus_reduce_op
  let identity: Double
  let step: @Sendable (Double, Double) -> Double

  var testDescription: String { name }

  static let all: [ReductionCase] = [
    .init(name: "sum", op: APUS_REDUCE_SUM, identity: 0) { $0 + $1 },
    .init(name: "max", op: APUS_REDUCE_MAX, identity: -.infinity) {
      $0.isNaN || $1.isNaN ? .nan : max($0, $1)
    },
    .init(name: "min", op: APUS_REDUCE_MIN, identity: .infinity) {
      $0.isNaN || $1.isNaN ? .nan : min($0, $1)
    },
    .init(name: "product", op: APUS_REDUCE_PRODUCT, identity: 1) { $0 * $1 },
    .init(name: "sum of squares", op: APUS_REDUCE_SUM_OF_SQUARES, identity: 0) { $0 + $1 * $1 },
    .init(name: "sum of magnitudes", op: APUS_REDUCE_SUM_OF_MAGNITUDES, identity: 0) {
      $0 + abs($1)
    },
    .init(name: "greatest magnitude", op: APUS_REDUCE_MAX_MAGNITUDE, identity: 0) {
      $0.isNaN || $1.isNaN ? .nan : max($0, abs($1))
    },
    .init(name: "log-sum-exp", op: APUS_REDUCE_LOG_SUM_EXP, identity: -.infinity) {
      let top = max($0, $1)
      return $0.isNaN || $1.isNaN || top.isInfinite
        ? $0.isNaN || $1.isNaN ? .nan : top : top + log1p(exp(min($0, $1) - top))
    },
  ]

  func exact<T: BinaryFloatingPoint>(_ values: some Sequence<T>) -> Double {
    values.reduce(identity) { step($0, Double($1)) }
  }
}

extension CKernelsTests {
  @Suite struct ReductionTests {
    /// Factors near one, so that long products stay in range.
    func matrix<T: KernelFloat>(_ count: Int, _: T.Type) -> [T] {
      var random = SplitMix(state: 11)
      return (0..<count).map { _ in
        T(random.uniform(0.97, 1.03) * (random.next() % 2 == 0 ? 1 : -1))
      }
    }

    @Test(arguments: ReductionCase.all)
    func rows(_ row: ReductionCase) {
      func check<T: KernelFloat>(_: T.Type) {
        let x = matrix(3 * 2203 + 3, T.self)
        let tolerance = 64 * Double(T.ulpOfOne)
        withEachInstructionSet { isa in
          for columns in Array(0...70) + [127, 1023, 1024, 1025, 2049, 2200] {
            for offset in 0...3 {
              let stride = columns + offset
              var out = [T](repeating: 77, count: 5)
              x.withUnsafeBufferPointer { x in
                out.withUnsafeMutableBufferPointer {
                  T.reduceRows(
                    row.op, x.baseAddress! + offset, stride, 3, columns, $0.baseAddress! + 1)
                }
              }
              #expect(out[0] == 77 && out[4] == 77)
              for r in 0..<3 {
                let exact = row.exact(x[(offset + r * stride)...].prefix(columns))
                #expect(
                  isNear(out[r + 1], exact, tolerance), "\(isa) \(columns): \(out[r + 1]), \(exact)"
                )
              }
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test(arguments: ReductionCase.all)
    func columns(_ row: ReductionCase) {
      func check<T: KernelFloat>(_: T.Type) {
        let x = matrix(900 * 75, T.self)
        withEachInstructionSet { isa in
          for (rows, widths) in [
            (0, [0, 3, 70]), (1, Array(0...70)), (6, Array(0...70)), (130, [1, 3, 7, 8, 17, 33]),
            (129, [67]), (700, [2]), (5, [2_060]),
          ] {
            // Sums of both signs cancel: their error is relative to what went in.
            let tolerance = 64 * Double(1 + rows / 16) * Double(T.ulpOfOne)
            for columns in widths {
              let (offset, stride) = (columns % 4, columns + columns % 3)
              for batches in columns > 1_000 ? [1] : [1, 2] {
                var out = [T](repeating: 1.25, count: batches * columns + 2)
                x.withUnsafeBufferPointer { x in
                  out.withUnsafeMutableBufferPointer {
                    T.reduceColumns(
                      row.op, x.baseAddress! + offset, stride, batches, rows, columns,
                      $0.baseAddress! + 1)
                  }
                }
                #expect(out.first == 1.25 && out.last == 1.25)
                for j in 0..<batches * columns {
                  let start = offset + j / columns * rows * stride + j % columns
                  let exact = row.exact((0..<rows).map { x[start + $0 * stride] })
                  #expect(
                    isNear(out[j + 1], exact, tolerance),
                    "\(isa) \(rows) x \(columns), \(j): \(out[j + 1]), \(exact)")
                }
              }
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test func specialValuesReachTheResult() {
      func check<T: KernelFloat>(_: T.Type) {
        withEachInstructionSet { isa in
          for columns in [1, 2, 3, 9, 17, 40, 70] {
            for position in 0..<columns {
              for special in [.nan, .infinity, -.infinity] as [T] {
                var x = [T](repeating: 2, count: columns)
                x[position] = special
                for row in ReductionCase.all {
                  let exact = row.exact(x)
                  let tolerance = row.op == APUS_REDUCE_LOG_SUM_EXP ? 8 * Double(T.ulpOfOne) : 0
                  var out: T = 0
                  T.reduceRows(row.op, x, columns, 1, columns, &out)
                  #expect(
                    isNear(out, exact, tolerance), "\(isa) \(row.name) \(columns) \(position)")
                  T.reduceColumns(row.op, x, 1, 1, columns, 1, &out)
                  #expect(
                    isNear(out, exact, tolerance), "\(isa) \(row.name) \(columns) \(position)")
                }
              }
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test func longSumsKeepTheirDigits() {
      let n = 10_000_000
      let x = [Float](repeating: 0.1, count: n)
      let exact = Double(n) * Double(Float(0.1))
      withEachInstructionSet { isa in
        var sum: Float = 0
        apus_reduce_rows_f32(APUS_REDUCE_SUM, x, n, 1, n, &sum)
        #expect(abs(Double(sum) / exact - 1) < 1e-6, "\(isa): \(sum)")
        var sums = [Float](repeating: 0, count: 10)
        apus_reduce_columns_f32(APUS_REDUCE_SUM, x, 10, 1, n / 10, 10, &sums)
        #expect(sums.allSatisfy { abs(Double($0) * 10 / exact - 1) < 1e-6 }, "\(isa): \(sums)")
      }
    }

    @Test func integers() {
      func check<T: KernelScalar & FixedWidthInteger>(_: T.Type) {
        var random = SplitMix(state: 3)
        let x = (0..<1100).map { _ in T(truncatingIfNeeded: random.next()) }
        let cases: [(apus_reduce_op, T, (T, T) -> T)] = [
          (APUS_REDUCE_SUM, 0, { $0 &+ $1 }), (APUS_REDUCE_MAX, .min, { max($0, $1) }),
          (APUS_REDUCE_MIN, .max, { min($0, $1) }), (APUS_REDUCE_PRODUCT, 1, { $0 &* $1 }),
          (APUS_REDUCE_SUM_OF_SQUARES, 0, { $0 &+ $1 &* $1 }),
        ]
        withEachInstructionSet { isa in
          for (op, identity, step) in cases {
            for n in Array(0...70) + [1100] {
              var row: T = 5
              var column: T = 5
              T.reduceRows(op, x, n, 1, n, &row)
              T.reduceColumns(op, x, 1, 1, n, 1, &column)
              let exact = x.prefix(n).reduce(identity, step)
              #expect(row == exact && column == exact, "\(isa) \(op) \(n)")
            }
          }
        }
      }
      check(Int32.self)
      check(Int64.self)
    }
  }
}
