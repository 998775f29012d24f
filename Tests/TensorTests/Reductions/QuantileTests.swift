import Tensor
import Testing

/// Quantiles and running sums with options: expected numbers are NumPy's and ONNX's.
struct QuantileTests {
  @Test func quantiles() {
    let x = Tensor<Double>([3, 1, 4, 1, 5])
    for (q, expected) in [(0, 1.0), (0.1, 1), (0.5, 3), (0.8, 4.2), (1, 5)] {
      #expect(abs(x.quantile(q).item - expected) < 1e-15, "\(q)")
    }
    #expect(Tensor<Float>([4, 1, 3, 2]).median().item == 2.5)
    let rows = Tensor<Float>([1, 9, 5, 7, 3, 2], shape: [2, 3])
    #expect(rows.median(axis: 1).scalars == [5, 3])
    #expect(rows.transposed.median(axis: 0, keepingDimensions: true).shape == [1, 2])
    #expect(rows.quantile(0.25, axis: 0).scalars == [2.5, 4.5, 2.75])
    #expect(rows.quantile(0.25, axis: 0, keepingDimensions: true) == [[2.5, 4.5, 2.75]])
    #expect(rows.quantile(1, keepingDimensions: true) == [[9]])
    #expect(rows.median(keepingDimensions: true).shape == [1, 1] && rows.median().item == 4)
    #expect(Tensor<Float>.zeros([0, 3]).median(axis: 1).shape == [0])
  }

  @Test func specialNumbers() {
    #expect(Tensor<Float>([1, .nan, 3]).median().item.isNaN)
    #expect(Tensor<Float>([1, .nan, 3]).quantile(0).item.isNaN)
    #expect(Tensor<Float>([1, .infinity, .infinity]).quantile(0.75).item == .infinity)
    #expect(Tensor<Float>([-.infinity, 1, 2]).median().item == 1)
    #expect(Tensor<Float>([-.infinity, 1, 2]).quantile(0.25).item == -.infinity)
  }

  /// Exclusive and reversed running sums and products are those of sums over ranges.
  @Test func runningOptions() {
    func check<Scalar: SignedScalar>(_: Scalar.Type) {
      let x = Tensor<Scalar>(
        Tensor<Int32>([1, 2, 3, 4, 5, 6, 2, 1, 3, 2, 4, 1], shape: [2, 3, 2]))
      for axis in 0..<3 {
        let n = x.shape[axis]
        for (exclusive, reversed) in [(false, false), (true, false), (false, true), (true, true)] {
          let sums = x.cumulativeSum(axis: axis, exclusive: exclusive, reversed: reversed)
          let products = x.cumulativeProduct(
            axis: axis - 3, exclusive: exclusive, reversed: reversed)
          #expect(sums.shape == x.shape && products.shape == x.shape)
          for i in 0..<n {
            let own = exclusive ? 0 : 1
            let range = reversed ? i + 1 - own..<n : 0..<i + own
            let positions = Tensor<Int64>(range.map(Int64.init))
            let part = x.take(positions, axis: axis)
            let place = Tensor<Int64>(Int64(i))
            #expect(sums.take(place, axis: axis) == part.sum(axes: [axis]))
            #expect(products.take(place, axis: axis) == part.product(axes: [axis]))
          }
        }
      }
      let none = Tensor<Scalar>.zeros([2, 0])
      #expect(none.cumulativeSum(axis: 1, exclusive: true, reversed: true) == none)
    }
    check(Float.self)
    check(Double.self)
    check(Int32.self)
    check(Int64.self)
  }
}
