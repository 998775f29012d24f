import Foundation
import Tensor
import Testing

/// Softmax means the same along every axis: for infinities and NaN too.
struct SoftmaxAxisTests {
  @Test func specialNumbers() {
    func check<Scalar: FloatingPointScalar>(_: Scalar.Type) {
      let rows: [[Double]] = [
        [1, .infinity, 2], [1, -.infinity, 2], [-.infinity, -.infinity, -.infinity], [0, .nan, 1],
        [.infinity, .infinity, 0], [.infinity, -.infinity, 0],
      ]
      let x = Tensor<Scalar>(Tensor<Double>(rows.flatMap { $0 }, shape: [6, 3]))
      let wide = x.tiled([1, 1, 40]).reshaped(to: [6, 40, 3])
      for function in [Tensor<Scalar>.softmax, Tensor<Scalar>.logSoftmax] {
        let alongRows = function(x)(-1)
        let alongColumns = function(x.transposed)(0).transposed
        #expect(alongRows.isClose(to: alongColumns, treatingNaNAsEqual: true))
        let inside = function(wide.permuted([0, 2, 1]))(1).permuted([0, 2, 1])
        #expect(inside[0..., 39].isClose(to: alongRows, treatingNaNAsEqual: true))
        // A row with +∞ or NaN, or of −∞ alone, has no softmax.
        let isNaN = alongColumns.isNaN()
        #expect(isNaN.all(axes: [1]).scalars == [true, false, true, true, true, true])
        #expect(isNaN.any(axes: [1]).scalars == [true, false, true, true, true, true])
      }
    }
    check(Float.self)
    check(Double.self)
  }

  /// Rows of every number of vectors, with powers that are 0, subnormal and normal side by side.
  @Test(arguments: 1...75) func rowsOfEveryLength(_ count: Int) {
    func check<Scalar: FloatingPointScalar>(
      _: Scalar.Type, subnormal: Double, _ tolerance: Double
    ) {
      var rows: [[Double]] = (0..<6).map { row in
        (0..<count).map { (place: Int) -> Double in
          let step: Int = (place * 7 + row * 3) % 11
          return Double(step) / 4 - 2  // exact, and so with 5000 added
        }
      }
      for (row, low) in [(1, -Double.infinity), (2, subnormal), (3, -2000), (4, .nan)] {
        rows[row][count - 1] = low
        rows[row][count / 2] = low
      }
      rows[5] = rows[5].map { $0 + 5000 }
      let x = Tensor<Scalar>(Tensor<Double>(rows.flatMap { $0 }, shape: [6, count] as Shape))
      let expected: [Double] = rows.flatMap { row in
        let top = row.reduce(-.infinity) { $0 < $1 || $1.isNaN ? $1 : $0 }
        let powers = row.map { exp($0 - top) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
      }
      let softmax = x.softmax(axis: -1)
      for (value, expected) in zip(softmax.scalars, expected) {
        let value = Double(value)
        let bound = tolerance * expected + 2 * Double(Scalar.leastNonzeroMagnitude)
        #expect(
          value.isNaN ? expected.isNaN : abs(value - expected) <= bound,
          "\(value) for \(expected)")
      }
    }
    check(Float.self, subnormal: -95, 2e-6)
    check(Double.self, subnormal: -725, 1e-14)
  }
}
