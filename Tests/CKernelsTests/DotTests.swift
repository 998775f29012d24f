import CKernels
import Testing

/// Dot products of rows of one element type.
private protocol DotScalar: KernelScalar {
  static func dotRows(
    _ a: In, _ aStride: Int, _ b: In, _ bStride: Int, _ rows: Int, _ columns: Int, _ out: Out)
}

extension Float: DotScalar {
  fileprivate static func dotRows(
    _ a: In, _ aStride: Int, _ b: In, _ bStride: Int, _ rows: Int, _ columns: Int, _ out: Out
  ) { apus_dot_rows_f32(a, aStride, b, bStride, rows, columns, out) }
}

extension Double: DotScalar {
  fileprivate static func dotRows(
    _ a: In, _ aStride: Int, _ b: In, _ bStride: Int, _ rows: Int, _ columns: Int, _ out: Out
  ) { apus_dot_rows_f64(a, aStride, b, bStride, rows, columns, out) }
}

extension Int32: DotScalar {
  fileprivate static func dotRows(
    _ a: In, _ aStride: Int, _ b: In, _ bStride: Int, _ rows: Int, _ columns: Int, _ out: Out
  ) { apus_dot_rows_i32(a, aStride, b, bStride, rows, columns, out) }
}

extension Int64: DotScalar {
  fileprivate static func dotRows(
    _ a: In, _ aStride: Int, _ b: In, _ bStride: Int, _ rows: Int, _ columns: Int, _ out: Out
  ) { apus_dot_rows_i64(a, aStride, b, bStride, rows, columns, out) }
}

extension CKernelsTests {
  @Suite struct DotTests {
    @Test func rows() {
      func check<T: KernelFloat & DotScalar>(_: T.Type) {
        var random = SplitMix(state: 21)
        let a = (0..<3 * 2203 + 3).map { _ in T(random.uniform(-1, 1)) }
        let b = (0..<3 * 2203 + 3).map { _ in T(random.uniform(-1, 1)) }
        withEachInstructionSet { isa in
          for columns in Array(0...70) + [127, 1023, 1024, 1025, 2049, 2200] {
            for offset in 0...3 {
              // The same row of b again and again where its stride is 0.
              for bStride in [0, columns + offset] {
                var out = [T](repeating: 77, count: 5)
                a.withUnsafeBufferPointer { a in
                  b.withUnsafeBufferPointer { b in
                    out.withUnsafeMutableBufferPointer {
                      T.dotRows(
                        a.baseAddress! + offset, columns + 1, b.baseAddress! + 3 - offset, bStride,
                        3, columns, $0.baseAddress! + 1)
                    }
                  }
                }
                #expect(out[0] == 77 && out[4] == 77)
                for r in 0..<3 {
                  var exact = 0.0
                  for c in 0..<columns {
                    exact +=
                      Double(a[offset + r * (columns + 1) + c])
                      * Double(b[3 - offset + r * bStride + c])
                  }
                  let tolerance = Double(T.ulpOfOne) * Double(4 + columns)
                  #expect(
                    abs(Double(out[r + 1]) - exact) <= tolerance,
                    "\(isa) \(columns): \(out[r + 1]), \(exact)")
                }
              }
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test func integersWrap() {
      func check<T: KernelScalar & DotScalar & FixedWidthInteger>(_: T.Type) {
        var random = SplitMix(state: 5)
        withEachInstructionSet { isa in
          for n in Array(0...70) + [1200, 5000] {
            let a = (0..<n).map { _ in T(truncatingIfNeeded: random.next()) }
            let b = (0..<n).map { _ in T(truncatingIfNeeded: random.next()) }
            var out: T = 7
            T.dotRows(a, n, b, n, 1, n, &out)
            #expect(out == zip(a, b).reduce(0) { $0 &+ $1.0 &* $1.1 }, "\(isa) \(n)")
          }
        }
      }
      check(Int32.self)
      check(Int64.self)
    }

    @Test func specialValuesReachTheResult() {
      withEachInstructionSet { isa in
        for n in 1...70 {
          for special in [.nan, .infinity, -.infinity, .leastNonzeroMagnitude] as [Float] {
            for position in [0, n / 2, n - 1] {
              let ones = [Float](repeating: 1, count: n)
              var x = [Float](repeating: special == .leastNonzeroMagnitude ? 0 : 1, count: n)
              x[position] = special
              var out: Float = 0
              Float.dotRows(x, n, ones, n, 1, n, &out)
              #expect(special.isNaN ? out.isNaN : out == special, "\(isa) \(n) \(position)")
            }
          }
        }
      }
    }

    @Test func longProductsKeepTheirDigits() {
      let n = 2_000_000
      let x = [Float](repeating: 0.1, count: n)
      withEachInstructionSet { isa in
        var out: Float = 0
        Float.dotRows(x, n, x, n, 1, n, &out)
        let exact = Double(n) * Double(0.1 as Float) * Double(0.1 as Float)
        #expect(abs(Double(out) - exact) <= 1e-6 * exact, "\(isa): \(out)")
      }
    }
  }
}
