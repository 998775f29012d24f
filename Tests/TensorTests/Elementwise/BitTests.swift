import Tensor
import Testing

/// Operations on bits against Swift's own on single integers, broadcast and strided.
struct BitTests {
  @Test func againstIntegers() {
    func check<Scalar: NumericScalar & FixedWidthInteger>(_: Scalar.Type, _ shifts: [Scalar]) {
      let values: [Scalar] = [0, 1, 2, 3, 85, 100, 127, .max, .min, ~0, .max - 5, 64, 12]
      let a = Tensor(values).reshaped(to: [13, 1])
      let strided = Tensor(values.flatMap { [$0, 77] }, shape: [13, 2])[0..., ..<1]
      func all(
        _ right: [Scalar], _ result: (Tensor<Scalar>, Tensor<Scalar>) -> Tensor<Scalar>,
        _ byNumber: (Tensor<Scalar>, Scalar) -> Tensor<Scalar>,
        _ inPlace: (inout Tensor<Scalar>, Tensor<Scalar>) -> Void,
        _ inPlaceByNumber: (inout Tensor<Scalar>, Scalar) -> Void,
        _ expected: (Scalar, Scalar) -> Scalar
      ) {
        for a in [a, strided] {
          let found = result(a, Tensor(right))
          #expect(found.shape == [13, right.count])
          #expect(found.scalars == values.flatMap { x in right.map { expected(x, $0) } })
          let one = byNumber(a, right[right.count - 1])
          #expect(one.scalars == values.map { expected($0, right[right.count - 1]) })
          var wide = a.broadcast(to: [13, right.count])
          inPlace(&wide, Tensor(right))
          #expect(wide == found && a.scalars == values)
          var own = a
          inPlaceByNumber(&own, right[right.count - 1])
          #expect(own == one && a.scalars == values)
        }
      }
      all(values, { $0 & $1 }, { $0 & $1 }, { $0 &= $1 }, { $0 &= $1 }, { $0 & $1 })
      all(values, { $0 | $1 }, { $0 | $1 }, { $0 |= $1 }, { $0 |= $1 }, { $0 | $1 })
      all(values, { $0 ^ $1 }, { $0 ^ $1 }, { $0 ^= $1 }, { $0 ^= $1 }, { $0 ^ $1 })
      all(shifts, { $0 << $1 }, { $0 << $1 }, { $0 <<= $1 }, { $0 <<= $1 }, { $0 << $1 })
      all(shifts, { $0 >> $1 }, { $0 >> $1 }, { $0 >>= $1 }, { $0 >>= $1 }, { $0 >> $1 })
      #expect((~a).scalars == values.map { ~$0 })
      #expect((~Tensor<Scalar>([])).shape == [0])
    }
    check(Int32.self, [0, 1, 5, 31, 32, 40, -1])
    check(Int64.self, [0, 1, 5, 63, 64, 100, -2])
    check(UInt8.self, [0, 1, 5, 7, 8, 200])
  }
}
