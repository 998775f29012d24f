import Tensor
import Testing

/// Choosing, clamping, minima and maxima against scalar code, over all arrangements.
struct SelectionTests {
  // MARK: where

  @Test func whereOfEveryScalar() {
    checkWhere { Float.random(in: -9...9, using: &$0) }
    checkWhere { Double.random(in: -9...9, using: &$0) }
    checkWhere { Int32.random(in: .min ... .max, using: &$0) }
    checkWhere { Int64.random(in: .min ... .max, using: &$0) }
    checkWhere { UInt8.random(in: .min ... .max, using: &$0) }
    checkWhere { Bool.random(using: &$0) }
  }

  private func checkWhere<Scalar: TensorScalar>(_ element: (inout TestRandom) -> Scalar) {
    typealias T = Tensor<Scalar>
    var random = TestRandom(21)
    func chosen(_ mask: [Bool], _ a: [Scalar], _ b: [Scalar]) -> [Scalar] {
      mask.indices.map { mask[$0] ? a[$0] : b[$0] }
    }
    func check(_ mask: Tensor<Bool>, _ a: T, _ b: T, _ comment: String) {
      let shape = broadcastShape(
        Array(mask.shape), broadcastShape(Array(a.shape), Array(b.shape))!)!
      let result = T.where(mask, a, b)
      #expect(Array(result.shape) == shape)
      let expected = chosen(
        broadcastElements(of: mask, to: shape), broadcastElements(of: a, to: shape),
        broadcastElements(of: b, to: shape))
      #expect(elements(of: result) == expected, "\(Scalar.self) \(comment) \(shape)")
    }
    for first in Arrangement.allCases {
      for second in Arrangement.allCases {
        for third in Arrangement.allCases {
          let (left, right) = broadcastableShapes(using: &random)
          let both = broadcastShape(left, right)!
          let condition = both.map { Bool.random(using: &random) ? 1 : $0 }
          let mask = first.tensor(condition, using: &random) { Bool.random(using: &$0) }
          let a = second.tensor(left, using: &random, element)
          let b = third.tensor(right, using: &random, element)
          check(mask, a, b, "\(first) \(second) \(third)")
        }
      }
      let shape = random.shape(rank: 3)
      let mask = first.tensor(shape, using: &random) { Bool.random(using: &$0) }
      let a = first.tensor(shape, using: &random, element)
      let (x, y) = (element(&random), element(&random))
      let truths = elements(of: mask)
      let own = elements(of: a)
      let (xs, ys) = (own.map { _ in x }, own.map { _ in y })
      #expect(elements(of: T.where(mask, a, x)) == chosen(truths, own, xs))
      #expect(elements(of: T.where(mask, x, a)) == chosen(truths, xs, own))
      #expect(elements(of: T.where(mask, x, y)) == chosen(truths, xs, ys))
      check(Tensor(true), a, a[.newAxis], "one truth")
    }
    // Shared among threads: flat, by rows and in tiles, for elements of each size.
    if [.int32, .int64, .bool].contains(Scalar.dtype) { return }
    for (left, right) in [([70_001], [70_001]), ([300, 301], [300, 1]), ([20_001, 3], [3])] {
      for arrangement in [Arrangement.contiguous, .transposed] {
        let mask = arrangement.tensor(left, using: &random) { Bool.random(using: &$0) }
        let a = Arrangement.contiguous.tensor(right, using: &random, element)
        let b = arrangement.tensor(left, using: &random, element)
        check(mask, a, b, "large")
        check(mask, b, a, "large")
      }
    }
  }

  @Test func whatIsNotChosenHasNoEffect() {
    let x = Tensor<Float>([4, -1, 0])
    let roots = Tensor<Float>.where(x .>= 0, x.squareRoot(), 0)
    #expect(roots.scalars == [2, 0, 0])
  }

  // MARK: Minimum and maximum

  @Test func minimumAndMaximumOfEveryScalar() {
    check(least: min, greatest: max, { Int32.random(in: .min ... .max, using: &$0) })
    check(least: min, greatest: max, { Int64.random(in: .min ... .max, using: &$0) })
    check(least: min, greatest: max, { UInt8.random(in: .min ... .max, using: &$0) })
    check(least: { $0 && $1 }, greatest: { $0 || $1 }, { Bool.random(using: &$0) })
    check(least: min, greatest: max, { Float.random(in: -9...9, using: &$0) })
    check(least: min, greatest: max, { Double.random(in: -9...9, using: &$0) })
  }

  private func check<Scalar: TensorScalar>(
    least: (Scalar, Scalar) -> Scalar, greatest: (Scalar, Scalar) -> Scalar,
    _ element: (inout TestRandom) -> Scalar
  ) {
    var random = TestRandom(22)
    for first in Arrangement.allCases {
      for second in Arrangement.allCases {
        let (left, right) = broadcastableShapes(using: &random)
        let shape = broadcastShape(left, right)!
        let a = first.tensor(left, using: &random, element)
        let b = second.tensor(right, using: &random, element)
        let x = broadcastElements(of: a, to: shape)
        let y = broadcastElements(of: b, to: shape)
        #expect(elements(of: Tensor.minimum(a, b)) == zip(x, y).map(least))
        #expect(elements(of: Tensor.maximum(a, b)) == zip(x, y).map(greatest))
        let number = element(&random)
        let own = elements(of: a)
        #expect(elements(of: Tensor.minimum(a, number)) == own.map { least($0, number) })
        #expect(elements(of: Tensor.maximum(a, number)) == own.map { greatest($0, number) })
      }
    }
  }

  @Test func minimumAndMaximumWithANumberKeepNaN() {
    let x = Tensor<Float>([.nan, 1])
    #expect(Tensor.minimum(x, 0).scalars.map(\.isNaN) == [true, false])
    #expect(Tensor.maximum(x, .nan).scalars.map(\.isNaN) == [true, true])
  }

  // MARK: Clamping

  @Test func clampingOfEveryScalar() {
    checkClamping(-1, 2) { Float.random(in: -4...4, using: &$0) }
    checkClamping(-1, 2) { Double.random(in: -4...4, using: &$0) }
    checkClamping(-100, 2) { Int32.random(in: .min ... .max, using: &$0) / 7_000_000 }
    checkClamping(.min, 2) { Int64.random(in: -9...9, using: &$0) }
    checkClamping(7, 200) { UInt8.random(in: .min ... .max, using: &$0) }
  }

  private func checkClamping<Scalar: NumericScalar>(
    _ low: Scalar, _ high: Scalar, _ element: (inout TestRandom) -> Scalar
  ) {
    var random = TestRandom(23)
    for arrangement in Arrangement.allCases {
      for shape in [[], [0], [7], [3, 5], [2, 3, 4], [3, 12_001]] {
        if shape.last == 12_001 && arrangement != .transposed { continue }
        let x = arrangement.tensor(shape, using: &random, element)
        let own = elements(of: x)
        let both = own.map { min(max($0, low), high) }
        #expect(elements(of: x.clamped(to: low...high)) == both)
        #expect(elements(of: x.clamped(to: low...)) == own.map { max($0, low) })
        #expect(elements(of: x.clamped(to: ...high)) == own.map { min($0, high) })
        var changed = x
        changed.clamp(to: low...high)
        #expect(elements(of: changed) == both)
        changed = x
        changed.clamp(to: low...)
        changed.clamp(to: ...high)
        #expect(elements(of: changed) == both)
        #expect(elements(of: x) == own)
      }
    }
    for first in Arrangement.allCases {
      let (left, right) = broadcastableShapes(using: &random)
      let shape = broadcastShape(left, right)!
      let x = first.tensor(left, using: &random, element)
      let lower = first.tensor(right, using: &random, element)
      let upper = first.tensor(left, using: &random, element)
      let result = x.clamped(from: lower, through: upper)
      let (xs, lows, highs) = (
        broadcastElements(of: x, to: shape), broadcastElements(of: lower, to: shape),
        broadcastElements(of: upper, to: shape)
      )
      #expect(Array(result.shape) == shape)
      #expect(elements(of: result) == xs.indices.map { min(max(xs[$0], lows[$0]), highs[$0]) })
    }
  }

  @Test func clampingKeepsNaN() {
    let x = Tensor<Float>([.nan, -.infinity, .infinity])
    let isNaN = [true, false, false]
    #expect(x.clamped(to: 0...1).scalars.map(\.isNaN) == isNaN)
    #expect(x.clamped(to: 0...).scalars.map(\.isNaN) == isNaN)
    #expect(x.clamped(to: ...1).scalars.map(\.isNaN) == isNaN)
    let bounds = x.clamped(from: Tensor([0, .nan, 0]), through: Tensor([1, 1, .nan]))
    #expect(bounds.scalars.map(\.isNaN) == [true, true, true])
  }

  @Test func storageIsUsedAgain() {
    var x = Tensor<Float>(repeating: 2, shape: [3, 4])
    let address = x.pointer
    x.clamp(to: 0...1)
    #expect(x.pointer == address)
    let clamped = (consume x).transposed.clamped(to: 0...0.5)
    #expect(clamped.pointer == address)
    #expect(clamped.scalars == [Float](repeating: 0.5, count: 12))
    let other = clamped
    #expect(other.clamped(to: 1...).pointer != address)
    #expect(other == clamped)
  }
}
