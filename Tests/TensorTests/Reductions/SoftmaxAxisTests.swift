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
}
