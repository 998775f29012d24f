import Foundation
import Tensor
import Testing

/// Remainders, floored quotients and powers of integers.
struct DivisionTests {
  private struct Row<Scalar: NumericScalar> {
    var name: String
    var tensors: (Tensor<Scalar>, Tensor<Scalar>) -> Tensor<Scalar>
    var withNumber: (Tensor<Scalar>, Scalar) -> Tensor<Scalar>
    var scalars: (Scalar, Scalar) -> Scalar
  }

  private func check<Scalar: NumericScalar>(
    _ rows: [Row<Scalar>], _ dividend: (inout TestRandom) -> Scalar,
    _ divisor: (inout TestRandom) -> Scalar
  ) {
    var random = TestRandom(31)
    for row in rows {
      for first in Arrangement.allCases {
        for second in Arrangement.allCases {
          let (left, right) = broadcastableShapes(using: &random)
          let shape = broadcastShape(left, right)!
          let a = first.tensor(left, using: &random, dividend)
          let b = second.tensor(right, using: &random, divisor)
          let x = broadcastElements(of: a, to: shape)
          let expected = zip(x, broadcastElements(of: b, to: shape)).map(row.scalars)
          let result = row.tensors(a, b)
          #expect(Array(result.shape) == shape)
          #expect(elements(of: result) == expected, "\(row.name) \(first) \(second)")
          let number = divisor(&random)
          let own = elements(of: a).map { row.scalars($0, number) }
          #expect(elements(of: row.withNumber(a, number)) == own, "\(row.name) \(number)")
        }
      }
    }
  }

  private func rows<Scalar: NumericScalar>(
    _ truncated: @escaping (Scalar, Scalar) -> Scalar,
    _ floored: @escaping (Scalar, Scalar) -> Scalar,
    _ quotient: @escaping (Scalar, Scalar) -> Scalar
  ) -> [Row<Scalar>] {
    [
      Row(
        name: "truncatingRemainder", tensors: { $0.truncatingRemainder(dividingBy: $1) },
        withNumber: { $0.truncatingRemainder(dividingBy: $1) }, scalars: truncated),
      Row(
        name: "flooredRemainder", tensors: { $0.flooredRemainder(dividingBy: $1) },
        withNumber: { $0.flooredRemainder(dividingBy: $1) }, scalars: floored),
      Row(
        name: "flooredQuotient", tensors: { $0.flooredQuotient(dividingBy: $1) },
        withNumber: { $0.flooredQuotient(dividingBy: $1) }, scalars: quotient),
    ]
  }

  @Test func ofIntegers() {
    func check<Scalar: NumericScalar & FixedWidthInteger>(
      _ range: ClosedRange<Scalar>, _ dividends: [Scalar], _ divisors: [Scalar]
    ) {
      func floored(_ a: Scalar, _ b: Scalar) -> (quotient: Scalar, remainder: Scalar) {
        let quotient = a.dividedReportingOverflow(by: b).partialValue
        let remainder = a &- quotient &* b
        let isBelow = remainder != 0 && (remainder < 0) != (b < 0)
        return (isBelow ? quotient - 1 : quotient, isBelow ? remainder + b : remainder)
      }
      self.check(
        rows(
          { $0.remainderReportingOverflow(dividingBy: $1).partialValue },
          { floored($0, $1).remainder }, { floored($0, $1).quotient }),
        { (dividends + [.random(in: range, using: &$0)]).randomElement(using: &$0)! },
        { divisors.randomElement(using: &$0)! })
    }
    check(Int32(-99)...99, [.min, .max, -7, 7, 0], [.min, .max, -1, 1, -3, 3, 10])
    check(Int64(-99)...99, [.min, .max, -7, 7, 0], [.min, .max, -1, 1, -3, 3, 10])
    check(UInt8.min ... .max, [0, 7, 255], [1, 2, 3, 10, 128, 255])
  }

  @Test func ofReals() {
    func check<Scalar: FloatingPointScalar>(_: Scalar.Type) {
      // Multiples of 1/4, of which every sum and product here is exact.
      func floor(_ a: Scalar, _ b: Scalar) -> Scalar { (a / b).rounded(.down) }
      self.check(
        rows(
          { $0.truncatingRemainder(dividingBy: $1) }, { $0 - floor($0, $1) * $1 },
          { floor($0, $1) }),
        { Scalar(Int.random(in: -99...99, using: &$0)) / 4 },
        { [-2, -0.5, 0.25, 1, 8].randomElement(using: &$0)! })
    }
    check(Float.self)
    check(Double.self)
  }

  /// What NumPy 2 answers for `fmod`, `remainder` and `floor_divide`.
  @Test func specialNumbers() {
    let a = Tensor<Double>([5, -5, 5, -5, 1, -1, 1, .infinity, .nan, 0, -0.0, 1, -1])
    let b = Tensor<Double>([
      3, 3, -3, -3, .infinity, .infinity, -.infinity, 3, 3, -3, 3, 0, 0,
    ])
    func same(_ result: Tensor<Double>, _ expected: [Double]) -> Bool {
      zip(result.scalars, expected).allSatisfy { x, y in
        x == y && x.sign == y.sign || x.isNaN && y.isNaN
      }
    }
    let nan = Double.nan
    #expect(
      same(
        a.truncatingRemainder(dividingBy: b),
        [2, -2, 2, -2, 1, -1, 1, nan, nan, 0, -0.0, nan, nan]))
    #expect(
      same(
        a.flooredRemainder(dividingBy: b),
        [2, 1, -1, -2, 1, .infinity, -.infinity, nan, nan, -0.0, 0, nan, nan]))
    #expect(
      same(
        a.flooredQuotient(dividingBy: b),
        [1, -2, -2, 1, 0, -1, -1, nan, nan, -0.0, -0.0, .infinity, -.infinity]))
  }

  @Test func powersOfIntegers() {
    func check<Scalar: NumericScalar & FixedWidthInteger>(_ bases: ClosedRange<Scalar>) {
      var random = TestRandom(32)
      func power(_ base: Scalar, _ exponent: Scalar) -> Scalar {
        (0..<Int(exponent)).reduce(1) { result, _ in result &* base }
      }
      for first in Arrangement.allCases {
        let (left, right) = broadcastableShapes(using: &random)
        let shape = broadcastShape(left, right)!
        let a = first.tensor(left, using: &random) { Scalar.random(in: bases, using: &$0) }
        let b = first.tensor(right, using: &random) { Scalar.random(in: 0...40, using: &$0) }
        let x = broadcastElements(of: a, to: shape)
        let y = broadcastElements(of: b, to: shape)
        #expect(elements(of: a.power(b)) == zip(x, y).map(power))
        #expect(elements(of: a.power(3)) == elements(of: a).map { power($0, 3) })
        #expect(elements(of: a.power(0)) == elements(of: a).map { _ in 1 })
      }
    }
    check(Int32(-9)...9)
    check(Int64(-9)...9)
    check(UInt8.min ... .max)
    #expect(Tensor<Int32>([0, 1, -1, 2]).power(.max).scalars == [0, 1, -1, 0])
  }
}
