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
  @Suite struct SoftmaxTests {
    static let rows = 3
    static let widths = Array(1...70) + [100, 1500]

    func softmax<T: KernelFloat>(_ row: ArraySlice<T>) -> [Double] {
      let top = Double(row.max()!)
      let exponentials = row.map { exp(Double($0) - top) }
      let sum = exponentials.reduce(0, +)
      return exponentials.map { $0 / sum }
    }

    func logSoftmax<T: KernelFloat>(_ row: ArraySlice<T>) -> [Double] {
      let top = Double(row.max()!)
      let sum = row.reduce(0) { $0 + exp(Double($1) - top) }
      return row.map { Double($0) - top - log(sum) }
    }

    /// Rows of which the second has great and the third far apart values.
    func logits<T: KernelFloat>(_ columns: Int, _: T.Type) -> [T] {
      var random = SplitMix(state: UInt64(columns))
      return (0..<Self.rows * columns).map { i in
        let x = random.uniform(-5, 5)
        return T([x, 1e4 + x, 100 * x][i / columns])
      }
    }

    /// Runs with margins before and after `out`, and checks them.
    func guarded<T: KernelFloat>(_ count: Int, _ body: (UnsafeMutablePointer<T>) -> Void) -> [T] {
      var out = [T](repeating: 77, count: count + 4)
      out.withUnsafeMutableBufferPointer { body($0.baseAddress! + 1) }
      #expect(out[0] == 77 && out.suffix(3) == [77, 77, 77])
      return Array(out[1...count])
    }

    @Test(arguments: [false, true])
    func forward(log: Bool) {
      func check<T: KernelFloat>(_: T.Type) {
        withEachInstructionSet { isa in
          for columns in Self.widths {
            let x = logits(columns, T.self)
            let y = guarded(x.count) { T.softmax(log: log, x, $0, Self.rows, columns) }
            let inPlace: [T] = guarded(x.count) {
              $0.update(from: x, count: x.count)
              T.softmax(log: log, $0, $0, Self.rows, columns)
            }
            #expect(same(y, inPlace))
            for r in 0..<Self.rows {
              let row = x[r * columns..<(r + 1) * columns]
              let exact = log ? logSoftmax(row) : softmax(row)
              for j in 0..<columns {
                #expect(
                  isNear(y[r * columns + j], exact[j], 16 * Double(T.ulpOfOne)),
                  "\(isa) \(T.self) \(columns) [\(r), \(j)]: \(y[r * columns + j]), \(exact[j])")
              }
              // A row for itself has the same bits.
              let alone = guarded(columns) { T.softmax(log: log, Array(row), $0, 1, columns) }
              #expect(same(alone, Array(y[row.indices])))
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test func specialRows() {
      withEachInstructionSet { isa in
        for columns in [1, 3, 10, 16, 40] {
          for special in [Float.nan, .infinity] {
            var x = [Float](repeating: 1, count: columns)
            x[columns / 2] = special
            let y = guarded(columns) { Float.softmax(log: false, x, $0, 1, columns) }
            #expect(y[columns / 2].isNaN, "\(isa)")
          }
          var x = [Float](repeating: -.infinity, count: columns)
          x[columns - 1] = -3
          let y = guarded(columns) { Float.softmax(log: false, x, $0, 1, columns) }
          #expect(y == [Float](repeating: 0, count: columns - 1) + [1], "\(isa)")
        }
      }
    }

    @Test(arguments: [false, true])
    func gradient(log: Bool) {
      func check<T: KernelFloat>(_: T.Type) {
        withEachInstructionSet { isa in
          for columns in Self.widths {
            let x = (logits(columns, T.self)).map { $0.magnitude > 50 ? $0 / 4096 : $0 }
            let g: [T] = samples(x.count, seed: 9, specials: false)
            let y = guarded(x.count) { T.softmax(log: log, x, $0, Self.rows, columns) }
            let result = guarded(x.count) {
              T.softmaxGradient(log: log, y, g, $0, Self.rows, columns)
            }
            let onY: [T] = guarded(x.count) {
              $0.update(from: y, count: x.count)
              T.softmaxGradient(log: log, $0, g, $0, Self.rows, columns)
            }
            let onG: [T] = guarded(x.count) {
              $0.update(from: g, count: x.count)
              T.softmaxGradient(log: log, y, $0, $0, Self.rows, columns)
            }
            #expect(same(result, onY) && same(result, onG))
            for r in 0..<Self.rows {
              let range = r * columns..<(r + 1) * columns
              let dot = range.reduce(0.0) {
                $0 + (log ? 1 : Double(y[$1])) * Double(g[$1])
              }
              for i in range {
                let exact =
                  log
                  ? Double(g[i]) - exp(Double(y[i])) * dot : Double(y[i]) * (Double(g[i]) - dot)
                #expect(
                  isNear(result[i], exact, 256 * Double(T.ulpOfOne)),
                  "\(isa) \(T.self) \(columns): \(result[i]), \(exact)")
              }
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test func crossEntropy() {
      func check<T: KernelFloat>(_: T.Type) {
        let tolerance = 16 * Double(T.ulpOfOne)
        withEachInstructionSet { isa in
          for columns in Self.widths {
            let x = logits(columns, T.self)
            for shift in Set([0, columns / 3, columns - 1]) {
              let labels = (0..<Self.rows).map { Int32(($0 + shift) % columns) }
              var probabilities: [T] = []
              let losses = guarded(Self.rows) { losses in
                probabilities = guarded(x.count) {
                  T.crossEntropy(x, labels, losses, $0, Self.rows, columns)
                }
              }
              let lossesAlone = guarded(Self.rows) {
                T.crossEntropy(x, labels, $0, nil, Self.rows, columns)
              }
              #expect(same(losses, lossesAlone))
              for r in 0..<Self.rows {
                let row = x[r * columns..<(r + 1) * columns]
                let loss = -logSoftmax(row)[Int(labels[r])]
                #expect(isNear(losses[r], loss, tolerance), "\(isa) \(columns): \(losses[r])")
                for (p, exact) in zip(probabilities[row.indices], softmax(row)) {
                  #expect(isNear(p, exact, tolerance), "\(isa) \(columns): \(p), \(exact)")
                }
              }
              for step in [0, 1] {
                let scale: [T] = [0.25, 3, -1]
                let apart = guarded(x.count) {
                  T.crossEntropyGradient(
                    probabilities, labels, scale, step, $0, Self.rows, columns)
                }
                let inPlace: [T] = guarded(x.count) {
                  $0.update(from: probabilities, count: x.count)
                  T.crossEntropyGradient($0, labels, scale, step, $0, Self.rows, columns)
                }
                #expect(same(apart, inPlace))
                for i in x.indices {
                  let r = i / columns
                  let target: T = i % columns == Int(labels[r]) ? 1 : 0
                  #expect(apart[i] == (probabilities[i] - target) * scale[r * step])
                }
              }
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    /// Where the label wins by far, the loss is nearly exp(-gap), which 1 + exp(-gap) would lose.
    @Test func lossNearZeroKeepsItsDigits() {
      withEachInstructionSet { isa in
        for columns in [2, 10, 16, 40] {
          var x = [Float](repeating: 0, count: columns)
          x[1] = 30
          let losses = guarded(1) { Float.crossEntropy(x, [1], $0, nil, 1, columns) }
          let exact = log1p(Double(columns - 1) * exp(-30))
          #expect(ulps(losses[0], from: exact) < 4, "\(isa) \(columns): \(losses[0])")
        }
      }
    }
  }
}
