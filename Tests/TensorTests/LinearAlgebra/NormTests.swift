import Foundation
import Tensor
import Testing

/// Norms, cross products and products of integer matrices against naive loops.
struct NormTests {
  private static let orders: [(order: Double, exact: @Sendable ([Double]) -> Double)] = [
    (0, { Double($0.count { $0 != 0 }) }),
    (1, { $0.reduce(0) { $0 + abs($1) } }),
    (2, { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }),
    (3, { cbrt($0.reduce(0) { $0 + pow(abs($1), 3) }) }),
    (0.5, { pow($0.reduce(0) { $0 + abs($1).squareRoot() }, 2) }),
    (-1, { 1 / $0.reduce(0) { $0 + 1 / abs($1) } }),
    (.infinity, { $0.map { abs($0) }.max() ?? 0 }),
    (-.infinity, { $0.map { abs($0) }.min() ?? .infinity }),
  ]

  @Test func everyOrder() {
    var random = TestRandom(41)
    for arrangement in Arrangement.allCases {
      for _ in 0..<6 {
        let rank = Int.random(in: 0...3, using: &random)
        let shape = random.shape(rank: rank)
        everyOrder(
          arrangement.tensor(shape, using: &random) { Float.random(in: -2...2, using: &$0) })
        everyOrder(
          arrangement.tensor(shape, using: &random) { Double.random(in: -2...2, using: &$0) })
      }
    }
  }

  private func everyOrder<Scalar: FloatingPointScalar>(_ x: Tensor<Scalar>) {
    for axis in (0..<x.rank).map({ Optional($0) }) + [nil] {
      // The reduced axis last, or all as one.
      let order = (0..<x.rank).filter { $0 != axis } + (axis.map { [$0] } ?? [])
      let flat = doubles(x.permuted(order))
      let length = axis.map { x.shape[$0] } ?? x.count
      let kept = axis.map { axis in (0..<x.rank).filter { $0 != axis }.map { x.shape[$0] } } ?? []
      for (order, exact) in Self.orders {
        let value = x.norm(order: order, axes: axis.map { [$0 - x.rank] })
        #expect(Array(value.shape) == kept)
        for (place, found) in doubles(value).enumerated() {
          let expected = exact(Array(flat[place * length..<(place + 1) * length]))
          #expect(
            found == expected
              || abs(found - expected) <= 100 * Double(Scalar.ulpOfOne) * abs(expected),
            "\(Scalar.self) \(x.shape) order \(order): \(found), \(expected)")
        }
        if let axis {
          let wide = x.norm(order: order, axes: [axis], keepingDimensions: true)
          #expect(wide.reshaped(to: value.shape) == value && wide.shape[axis] == 1)
        }
      }
    }
  }

  @Test func squaresNeitherOverflowNorVanish() {
    #expect(Tensor<Float>([3e30, 4e30]).norm().item == 5e30)
    #expect(abs(Tensor<Float>([3e-30, 4e-30]).norm().item / 5e-30 - 1) < 1e-6)
    let rows = Tensor<Double>([3e200, 4e200, 0, 0, 3e-200, 4e-200, 3, 4], shape: [4, 2])
    #expect(rows.norm(axes: [1]).isClose(to: Tensor([5e200, 0, 5e-200, 5]), absolute: 0))
    #expect(Tensor<Double>([.infinity, 1]).norm().item == .infinity)
    #expect(Tensor<Double>([-.infinity, .nan]).norm().item.isNaN)
    let tiny = Double.leastNonzeroMagnitude
    #expect(Tensor<Double>([3 * tiny, 4 * tiny]).norm().item == 5 * tiny)
    for order in [0, 1, 2, 3, .infinity, -.infinity] as [Double] {
      #expect(Tensor<Float>([1, .nan, 2]).norm(order: order).item.isNaN, "order \(order)")
    }
  }

  @Test func cross() {
    var random = TestRandom(43)
    for arrangement in Arrangement.allCases {
      let a: Tensor<Int64> = arrangement.tensor([2, 1, 3], using: &random) {
        Int64.random(in: -9...9, using: &$0)
      }
      let b: Tensor<Int64> = arrangement.tensor([4, 3], using: &random) {
        Int64.random(in: -9...9, using: &$0)
      }
      let c = a.cross(b)
      #expect(c.shape == [2, 4, 3])
      for i in 0..<2 {
        for j in 0..<4 {
          let (x, y) = (a[i, 0].scalars, b[j].scalars)
          #expect(
            c[i, j].scalars == [
              x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0],
            ])
        }
      }
      #expect(
        a.permuted([2, 0, 1]).cross(a.permuted([2, 0, 1]), axis: 0).scalars == [0, 0, 0, 0, 0, 0])
    }
    #expect(Tensor<Float>([1, 0, 0]).cross(Tensor([0, 1, 0])).scalars == [0, 0, 1])
  }

  @Test func integerMatmul() {
    integerMatmul(Int32.self)
    integerMatmul(Int64.self)
  }

  private func integerMatmul<Scalar: SignedScalar & FixedWidthInteger>(_: Scalar.Type) {
    var random = TestRandom(47)
    let shapes: [([Int], [Int])] = [
      ([3], [3]), ([2, 3], [3]), ([3], [3, 4]), ([2, 3], [3, 4]), ([5, 2, 3], [3, 4]),
      ([2, 1, 2, 3], [4, 3, 2]), ([0, 3], [3, 2]), ([2, 0], [0, 2]), ([2, 3], [3, 0]),
      ([0, 2, 3], [3, 2]), ([7, 300], [300, 5]),
    ]
    for arrangement in Arrangement.allCases {
      for (left, right) in shapes {
        let a: Tensor<Scalar> = arrangement.tensor(left, using: &random) {
          Scalar.random(in: -99...99, using: &$0)
        }
        let b: Tensor<Scalar> = arrangement.tensor(right, using: &random) {
          Scalar.random(in: -99...99, using: &$0)
        }
        // Exact in double precision.
        let expected = Tensor<Double>(a).matmul(Tensor<Double>(b))
        let value = a.matmul(b)
        #expect(value.shape == expected.shape && doubles(value) == doubles(expected))
      }
    }
    let large = Tensor<Scalar>([.max, 2], shape: [1, 2])
    #expect(large.matmul(large.transposed).item == 1 + 4)
  }
}
