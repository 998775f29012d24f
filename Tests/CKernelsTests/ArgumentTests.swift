import CKernels
import Testing

extension CKernelsTests {
  /// Positions of extremes, counts and running totals, against plain loops.
  @Suite struct ArgumentTests {
    /// Few values, so that there are ties and zeros.
    func small<T: KernelScalar>(_ count: Int, seed: UInt64, _: T.Type) -> [T] {
      var random = SplitMix(state: seed)
      return (0..<count).map { _ in T(exactly: Int(random.next() % 5))! }
    }

    func first<T: KernelScalar>(_ op: apus_reduce_op, _ values: [T]) -> Int64 {
      if let position = values.firstIndex(where: { $0 != $0 }) { return Int64(position) }
      let extreme = op == APUS_REDUCE_MAX ? values.max() : values.min()
      return extreme.flatMap(values.firstIndex).map { Int64($0) } ?? -1
    }

    func checkRows<T: KernelScalar>(_: T.Type, nan: T?) {
      withEachInstructionSet { isa in
        for columns in Array(0...70) + [1_025, 2_500] {
          let stride = columns + 2
          var x = small(3 * stride, seed: UInt64(columns), T.self)
          if let nan, columns > 0 {
            x[stride + columns / 2] = nan
            x[stride + columns - 1] = nan
          }
          for op in [APUS_REDUCE_MAX, APUS_REDUCE_MIN] {
            // Alone in its row, near the end.
            if columns > 3 { x[2 * stride + columns - 2] = op == APUS_REDUCE_MAX ? 9 : 0 }
            var out = [Int64](repeating: 99, count: 5)
            x.withUnsafeBufferPointer { x in
              out.withUnsafeMutableBufferPointer {
                T.argument(op, x.baseAddress!, stride, 3, columns, $0.baseAddress! + 1)
              }
            }
            #expect(out[0] == 99 && out[4] == 99)
            for r in 0..<3 {
              let row = Array(x[r * stride..<r * stride + columns])
              #expect(out[r + 1] == first(op, row), "\(isa) \(T.self) \(columns) row \(r)")
            }
          }
          var counts = [Int64](repeating: 99, count: 4)
          T.nonzeroRows(x, stride, 3, columns, &counts)
          for r in 0..<3 {
            let row = x[r * stride..<r * stride + columns]
            #expect(counts[r] == row.count { $0 != 0 }, "\(isa) \(T.self) \(columns) row \(r)")
          }
          #expect(counts[3] == 99)
        }
      }
    }

    @Test func rows() {
      checkRows(Float.self, nan: .nan)
      checkRows(Double.self, nan: .nan)
      checkRows(Int32.self, nan: nil)
      checkRows(Int64.self, nan: nil)
    }

    func checkColumns<T: KernelScalar>(_: T.Type, nan: T?) {
      withEachInstructionSet { isa in
        for (rows, widths) in [
          (1, [1, 8, 70]), (2, [3]), (5, Array(0...70)), (9, [1, 520, 1_030]), (131, [5, 17]),
        ] {
          for columns in widths {
            let stride = columns + columns % 3
            var x = small(2 * rows * stride + 1, seed: UInt64(rows * 100 + columns), T.self)
            if let nan, columns > 0 {
              x[rows / 2 * stride] = nan
              x[(rows - 1) * stride] = nan
            }
            func column(_ j: Int) -> [T] {
              (0..<rows).map { x[(j / columns * rows + $0) * stride + j % columns] }
            }
            for op in [APUS_REDUCE_MAX, APUS_REDUCE_MIN] {
              var out = [Int64](repeating: 99, count: 2 * columns + 1)
              var values = [T](repeating: 77, count: 2 * columns + 1)
              T.argumentColumns(op, x, stride, 2, rows, columns, &out, &values)
              var alone = out
              T.argumentColumns(op, x, stride, 2, rows, columns, &alone, nil)
              #expect(out == alone && out.last == 99 && values.last == 77)
              for j in 0..<2 * columns {
                let all = column(j)
                let expected = first(op, all)
                #expect(out[j] == expected, "\(isa) \(T.self) \(rows) x \(columns), \(j)")
                #expect(same([values[j]], [all[Int(expected)]]))
              }
            }
            var counts = [Int64](repeating: 99, count: 2 * columns + 1)
            T.nonzeroColumns(x, stride, 2, rows, columns, &counts)
            for j in 0..<2 * columns { #expect(counts[j] == column(j).count { $0 != 0 }) }
            #expect(counts.last == 99)
          }
        }
      }
    }

    @Test func columns() {
      checkColumns(Float.self, nan: .nan)
      checkColumns(Double.self, nan: .nan)
      checkColumns(Int32.self, nan: nil)
      checkColumns(Int64.self, nan: nil)
    }

    @Test func bytes() {
      var random = SplitMix(state: 9)
      let x = (0..<20_000).map { _ in UInt8(truncatingIfNeeded: random.next() % 251) }
      withEachInstructionSet { isa in
        for columns in Array(0...70) + [300, 9_000] {
          for start in 0...2 {
            let rows = (0..<2).map { Array(x[start + $0 * columns..<start + ($0 + 1) * columns]) }
            x.withUnsafeBufferPointer { x in
              let from = x.baseAddress! + start
              for op in [APUS_REDUCE_MAX, APUS_REDUCE_MIN] {
                let isMax = op == APUS_REDUCE_MAX
                var out = [UInt8](repeating: 77, count: 3)
                var places = [Int64](repeating: 99, count: 3)
                apus_reduce_rows_u8(op, from, columns, 2, columns, &out)
                apus_argument_rows_u8(op, from, columns, 2, columns, &places)
                let extremes = rows.map { (isMax ? $0.max() : $0.min()) ?? (isMax ? 0 : 255) }
                #expect(out == extremes + [77], "\(isa) \(columns)")
                let expected = zip(rows, extremes).map {
                  Int64($0.firstIndex(of: $1) ?? -1)
                }
                #expect(places == expected + [99], "\(isa) \(columns)")
                var across = [UInt8](repeating: 77, count: columns + 1)
                apus_reduce_columns_u8(op, from, columns, 1, 2, columns, &across)
                let pairs = zip(rows[0], rows[1]).map { isMax ? max($0, $1) : min($0, $1) }
                #expect(across == pairs + [77], "\(isa) \(columns)")
              }
              var counts = [Int64](repeating: 99, count: 3)
              apus_nonzero_rows_u8(from, columns, 2, columns, &counts)
              #expect(counts == rows.map { Int64($0.count { $0 != 0 }) } + [99])
              var across = [Int64](repeating: 99, count: columns + 1)
              apus_nonzero_columns_u8(from, columns, 1, 2, columns, &across)
              #expect(
                across == zip(rows[0], rows[1]).map { ($0 != 0 ? 1 : 0) + ($1 != 0 ? 1 : 0) } + [99]
              )
            }
          }
        }
        // Tall and narrow bytes are folded several rows at once.
        for columns in [1, 3, 7, 20] {
          var out = [UInt8](repeating: 0, count: columns)
          let rows = x.count / columns
          apus_reduce_columns_u8(APUS_REDUCE_MIN, x, columns, 1, rows, columns, &out)
          for j in 0..<columns {
            #expect(out[j] == (0..<rows).map { x[$0 * columns + j] }.min()!, "\(isa)")
          }
        }
      }
    }

    func checkCumulative<T: KernelScalar, Wide>(
      _: T.Type, _ element: (inout SplitMix) -> T, _ sum: (Wide, T) -> Wide,
      _ product: (Wide, T) -> Wide, zero: Wide, one: Wide, narrow: (Wide) -> T
    ) {
      var random = SplitMix(state: 12)
      for (rows, columns) in [(0, 3), (1, 1), (70, 1), (5, 7), (9, 600), (300, 2)] {
        let count = 2 * rows * columns
        let x = (0..<count).map { _ in element(&random) }
        for op in [APUS_CUMULATIVE_SUM, APUS_CUMULATIVE_PRODUCT] {
          var expected = x
          for matrix in 0..<2 {
            for j in 0..<columns {
              var total = op == APUS_CUMULATIVE_SUM ? zero : one
              for r in 0..<rows {
                let place = (matrix * rows + r) * columns + j
                total = op == APUS_CUMULATIVE_SUM ? sum(total, x[place]) : product(total, x[place])
                expected[place] = narrow(total)
              }
            }
          }
          // The same bits for every instruction set.
          withEachInstructionSet { isa in
            var out = [T](repeating: 77, count: count + 1)
            T.cumulative(op, x, 2, rows, columns, &out)
            #expect(same(out, expected + [77]), "\(isa) \(T.self) \(op) \(rows) x \(columns)")
          }
        }
      }
    }

    @Test func cumulative() {
      checkCumulative(
        Float.self, { Float($0.uniform(-1.1, 1.1)) }, { $0 + Double($1) }, { $0 * Double($1) },
        zero: 0.0, one: 1.0, narrow: { Float($0) })
      checkCumulative(
        Double.self, { $0.uniform(-1.1, 1.1) }, { $0 + $1 }, { $0 * $1 }, zero: 0.0, one: 1.0,
        narrow: { $0 })
      checkCumulative(
        Int32.self, { Int32(truncatingIfNeeded: $0.next()) }, { $0 &+ $1 }, { $0 &* $1 },
        zero: Int32(0), one: 1, narrow: { $0 })
      checkCumulative(
        Int64.self, { Int64(bitPattern: $0.next()) }, { $0 &+ $1 }, { $0 &* $1 }, zero: Int64(0),
        one: 1, narrow: { $0 })
    }
  }
}
