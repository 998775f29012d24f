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
  /// Moments of rows and columns, and softmax down columns.
  @Suite struct MomentTests {
    func exact<T: KernelFloat>(_ values: [T]) -> (mean: Double, deviations: Double) {
      // About the middle of the values, where the differences are exact.
      let middle = 4_096.0
      let off = values.map { Double($0) - middle }
      let sum = off.reduce(0, +)
      let squares = off.reduce(0) { $0 + $1 * $1 }
      return (middle + sum / Double(off.count), squares - sum * sum / Double(off.count))
    }

    @Test func moments() {
      func check<T: KernelFloat>(_: T.Type) {
        var random = SplitMix(state: 41)
        // Far from zero: only exact deviations keep their digits.
        let x = (0..<9_000).map { _ in T(4_096 + random.uniform(-1, 1)) }
        // Means of blocks are doubles, rounded at 4,096 times the spread.
        let tolerance = max(64 * Double(T.ulpOfOne), 4_096 * Double.ulpOfOne)
        withEachInstructionSet { isa in
          for n in Array(1...70) + [1_023, 1_024, 1_025, 2_990] {
            var means = [Double](repeating: 7, count: 4)
            var deviations = means
            T.moments(x, n + 2, 3, n, &means, &deviations)
            #expect(means[3] == 7 && deviations[3] == 7)
            for r in 0..<3 {
              let (mean, deviation) = exact(Array(x[r * (n + 2)..<r * (n + 2) + n]))
              #expect(isNear(means[r], mean, tolerance), "\(isa) \(T.self) \(n)")
              #expect(isNear(deviations[r], deviation, tolerance), "\(isa) \(T.self) \(n)")
            }
            let columns = min(n, 300)
            let rows = max(1, 4_500 / (columns + 1) % 40)
            means = [Double](repeating: 7, count: 2 * columns + 1)
            deviations = means
            T.momentsOfColumns(x, columns + 1, 2, rows, columns, &means, &deviations)
            #expect(means.last == 7 && deviations.last == 7)
            for j in 0..<2 * columns where j % 5 == 0 || j % columns > columns - 3 {
              let column = (0..<rows).map {
                x[(j / columns * rows + $0) * (columns + 1) + j % columns]
              }
              let (mean, deviation) = exact(column)
              #expect(isNear(means[j], mean, tolerance), "\(isa) \(T.self) \(rows) x \(columns)")
              #expect(
                isNear(deviations[j], deviation, tolerance), "\(isa) \(T.self) \(rows) x \(columns)"
              )
            }
          }
          var mean = 7.0
          var deviation = 7.0
          T.moments(x, 0, 1, 0, &mean, &deviation)
          #expect(mean.isNaN && deviation == 0)
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test(arguments: [false, true])
    func softmaxOfColumns(log isLog: Bool) {
      func check<T: KernelFloat>(_: T.Type) {
        var random = SplitMix(state: 42)
        let x = (0..<3_000).map { _ in T(random.uniform(-9, 9)) }
        withEachInstructionSet { isa in
          for (rows, columns) in [(1, 1), (3, 70), (5, 129), (9, 8), (4, 300)]
            + (1...40).map({ (2, $0) })
          {
            let stride = columns + 1
            var out = [T](repeating: 77, count: rows * stride + 1)
            T.softmaxColumns(log: isLog, x, &out, stride, rows, columns)
            for j in 0..<columns {
              let column = (0..<rows).map { Double(x[$0 * stride + j]) }
              let top = column.max()!
              let total = column.reduce(0) { $0 + exp($1 - top) }
              for r in 0..<rows {
                let p = exp(column[r] - top) / total
                let expected = isLog ? column[r] - top - log(total) : p
                #expect(
                  isNear(out[r * stride + j], expected, 16 * Double(T.ulpOfOne)),
                  "\(isa) \(T.self) \(rows) x \(columns), [\(r), \(j)]")
              }
            }
            // The gaps between rows are not written.
            #expect((0..<rows).allSatisfy { out[$0 * stride + columns] == 77 })
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }
  }
}
