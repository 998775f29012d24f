import CKernels
import Testing

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
            (0, [0, 3, 70]), (1, Array(0...70)), (7, Array(0...70)),
            (128, [5]), (129, [33]), (900, [1, 10, 71]),
          ] {
            // Sums of both signs cancel: their error is relative to what went in.
            let tolerance = 64 * Double(1 + rows / 16) * Double(T.ulpOfOne)
            for columns in widths {
              let (offset, stride) = (columns % 4, columns + columns % 3)
              for accumulate in [false, true] {
                var out = [T](repeating: 1.25, count: columns + 2)
                x.withUnsafeBufferPointer { x in
                  out.withUnsafeMutableBufferPointer {
                    T.reduceColumns(
                      row.op, x.baseAddress! + offset, stride, rows, columns,
                      $0.baseAddress! + 1, accumulate)
                  }
                }
                #expect(out.first == 1.25 && out.last == 1.25)
                for j in 0..<columns {
                  var exact = row.exact((0..<rows).map { x[offset + $0 * stride + j] })
                  if accumulate {
                    exact =
                      row.op == APUS_REDUCE_SUM_OF_SQUARES ? exact + 1.25 : row.step(exact, 1.25)
                  }
                  #expect(
                    isNear(out[j + 1], exact, tolerance),
                    "\(isa) \(rows) x \(columns), \(j): \(out[j + 1]), \(exact)")
                }
              }
              // Each column for itself has the same bits.
              var whole = [T](repeating: 0, count: columns)
              T.reduceColumns(row.op, x, stride, rows, columns, &whole, false)
              for j in 0..<columns where rows > 0 {
                var one: T = 0
                x.withUnsafeBufferPointer {
                  T.reduceColumns(row.op, $0.baseAddress! + j, stride, rows, 1, &one, false)
                }
                #expect(one == whole[j])
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
                  var out: T = 0
                  T.reduceRows(row.op, x, columns, 1, columns, &out)
                  #expect(isNear(out, exact, 0), "\(isa) \(row.name) \(columns) \(position)")
                  T.reduceColumns(row.op, x, 1, columns, 1, &out, false)
                  #expect(isNear(out, exact, 0), "\(isa) \(row.name) \(columns) \(position)")
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
        apus_reduce_columns_f32(APUS_REDUCE_SUM, x, 10, n / 10, 10, &sums, false)
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
              T.reduceColumns(op, x, 1, n, 1, &column, false)
              let exact = x.prefix(n).reduce(identity, step)
              #expect(row == exact && column == exact, "\(isa) \(op) \(n)")
            }
          }
        }
      }
      check(Int32.self)
      check(Int64.self)
    }

    @Test func argumentOfTheExtreme() {
      func check<T: KernelFloat>(_: T.Type) {
        var random = SplitMix(state: 4)
        withEachInstructionSet { isa in
          for columns in 0...70 {
            let stride = columns + 2
            // Few values, so that there are ties; row 1 has two NaN.
            var x = (0..<3 * stride).map { _ in T(Int(random.next() % 7)) }
            if columns > 0 {
              x[stride + columns / 2] = .nan
              x[stride + columns - 1] = .nan
            }
            for ofMaximum in [true, false] {
              var out = [Int64](repeating: 99, count: 4)
              T.argument(ofMaximum: ofMaximum, x, stride, 3, columns, &out)
              #expect(out[3] == 99)
              for r in 0..<3 {
                let row = Array(x[r * stride..<r * stride + columns])
                let extreme = ofMaximum ? row.max() : row.min()
                let expected = row.firstIndex { $0.isNaN } ?? extreme.flatMap(row.firstIndex) ?? -1
                #expect(out[r] == Int64(expected), "\(isa) \(columns) row \(r)")
              }
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }
  }
}
