import Tensor
import Testing

/// Every elementwise operation of the table against naive code in double precision.
struct ElementwiseTests {
  private func number<Scalar: FloatingPointScalar>(
    _ domain: ClosedRange<Double>
  ) -> (inout TestRandom) -> Scalar {
    { random in Scalar(Double.random(in: domain, using: &random)) }
  }

  // MARK: Unary

  @Test(arguments: UnaryOperation.all)
  func unary(_ operation: UnaryOperation) {
    check(operation, operation.float)
    check(operation, operation.double)
  }

  private func check<Scalar: FloatingPointScalar>(
    _ operation: UnaryOperation, _ apply: (Tensor<Scalar>) -> Tensor<Scalar>
  ) {
    var random = TestRandom(1)
    for arrangement in Arrangement.allCases {
      // The last shape is shared among threads.
      for shape in [
        [], [0], [1], [7], [3, 0, 2], [37], [3, 5], [2, 3, 4], [2, 1, 3, 2], [3, 12_001],
      ] {
        if shape.last == 12_001 && arrangement != .contiguous && arrangement != .transposed {
          continue
        }
        let x: Tensor<Scalar> = arrangement.tensor(
          shape, using: &random, number(operation.domain))
        let before = elements(of: x)
        let y = apply(x)
        #expect(y.shape == Shape(shape))
        #expect(elements(of: x) == before)
        let wrong = zip(before, elements(of: y)).first { x, y in
          !isClose(y, operation.reference(Double(x)), ulps: operation.ulps, slack: 1e-300)
        }
        #expect(wrong == nil, "\(Scalar.self) \(arrangement) \(shape)")
      }
    }
  }

  @Test(arguments: UnaryOperation.all)
  func unaryOfSpecialNumbers(_ operation: UnaryOperation) {
    let numbers = [Double.nan, .infinity, -.infinity, 0, -0.0, 1, -1]
    let results = operation.double(Tensor(numbers)).scalars
    let floats = operation.float(Tensor(numbers.map { Float($0) })).scalars
    for (index, number) in numbers.enumerated() {
      if number.isInfinite && ["sin", "cos", "tan"].contains(operation.testDescription) {
        continue
      }
      let reference =
        operation.testDescription == "sigmoid" && number == -.infinity
        ? 0 : operation.reference(number)
      #expect(isClose(results[index], reference, ulps: 4), "of \(number)")
      #expect(isClose(floats[index], reference, ulps: 4), "of Float \(number)")
    }
  }

  // MARK: Binary

  @Test(arguments: BinaryOperation.all)
  func binary(_ operation: BinaryOperation) {
    check(operation, operation.float)
    check(operation, operation.double)
  }

  private func check<Scalar: FloatingPointScalar>(
    _ operation: BinaryOperation, _ apply: (Tensor<Scalar>, Tensor<Scalar>) -> Tensor<Scalar>
  ) {
    var random = TestRandom(2)
    for first in Arrangement.allCases {
      for second in Arrangement.allCases {
        for round in 0..<5 {
          var (left, right) = broadcastableShapes(using: &random)
          if round == 0 { right = left }
          let a: Tensor<Scalar> = first.tensor(left, using: &random, number(operation.left))
          let b: Tensor<Scalar> = second.tensor(right, using: &random, number(operation.right))
          expect(apply(a, b), operation, a, b, "\(first) \(second)")
        }
      }
    }
    // Shared among threads: flat, by rows, with one element on a side, and strided.
    let shapes: [([Int], [Int])] = [
      ([70_001], [70_001]), ([70_001], []), ([1], [70_001]), ([300, 301], [301]),
      ([300, 301], [300, 1]), ([40_001, 2], [2]),
    ]
    for (left, right) in shapes {
      let arrangement = left.count == 2 ? Arrangement.transposed : .contiguous
      let a: Tensor<Scalar> = arrangement.tensor(left, using: &random, number(operation.left))
      let b: Tensor<Scalar> = Arrangement.contiguous.tensor(
        right, using: &random, number(operation.right))
      expect(apply(a, b), operation, a, b, "large")
    }
  }

  private func expect<Scalar: FloatingPointScalar>(
    _ result: Tensor<Scalar>, _ operation: BinaryOperation, _ a: Tensor<Scalar>,
    _ b: Tensor<Scalar>, _ comment: String
  ) {
    let left = Array(a.shape)
    let right = Array(b.shape)
    guard let shape = broadcastShape(left, right) else { return }
    #expect(Array(result.shape) == shape)
    let x = broadcastElements(of: a, to: shape)
    let y = broadcastElements(of: b, to: shape)
    let z = elements(of: result)
    var wrong: Int?
    for place in z.indices where wrong == nil {
      let reference = operation.reference(Double(x[place]), Double(y[place]))
      if !isClose(z[place], reference, ulps: operation.ulps) { wrong = place }
    }
    #expect(wrong == nil, "\(Scalar.self) \(left) \(right) \(comment)")
  }

  @Test func minimumAndMaximumKeepNaN() {
    let a = Tensor<Float>([.nan, 1, .nan, -.infinity])
    let b = Tensor<Float>([1, .nan, .nan, .infinity])
    #expect(Tensor.minimum(a, b).scalars.map(\.isNaN) == [true, true, true, false])
    #expect(Tensor.maximum(a, b).scalars.map(\.isNaN) == [true, true, true, false])
  }

  // MARK: Operators

  @Test(arguments: OperatorForms<Float>.all)
  func formsOfFloat(_ forms: OperatorForms<Float>) {
    check(forms) {
      Float.random(in: 0.5...4, using: &$0)
    } reference: { name, a, b in
      switch name {
      case "+": a + b
      case "-": a - b
      case "*": a * b
      default: a / b
      }
    }
  }

  @Test(arguments: OperatorForms<Double>.all)
  func formsOfDouble(_ forms: OperatorForms<Double>) {
    check(forms) {
      Double.random(in: 0.5...4, using: &$0)
    } reference: { name, a, b in
      switch name {
      case "+": a + b
      case "-": a - b
      case "*": a * b
      default: a / b
      }
    }
  }

  @Test(arguments: OperatorForms<Int32>.all)
  func formsOfInt32(_ forms: OperatorForms<Int32>) { checkIntegers(forms) }

  @Test(arguments: OperatorForms<Int64>.all)
  func formsOfInt64(_ forms: OperatorForms<Int64>) { checkIntegers(forms) }

  @Test(arguments: OperatorForms<UInt8>.all)
  func formsOfBytes(_ forms: OperatorForms<UInt8>) { checkIntegers(forms) }

  private func checkIntegers<Scalar: NumericScalar & FixedWidthInteger>(
    _ forms: OperatorForms<Scalar>
  ) {
    check(forms) { random in
      // The ends of the range wrap; zero is no divisor.
      let number = [.min, .max, 0 &- 1, 1, Scalar.random(in: .min ... .max, using: &random)]
        .randomElement(using: &random)!
      return number == 0 ? 7 : number
    } reference: { name, a, b in
      switch name {
      case "+": a &+ b
      case "-": a &- b
      case "*": a &* b
      default: a.dividedReportingOverflow(by: b).partialValue
      }
    }
  }

  /// All forms of an operator agree with the scalar one, bit for bit.
  private func check<Scalar: NumericScalar>(
    _ forms: OperatorForms<Scalar>, element: (inout TestRandom) -> Scalar,
    reference: (String, Scalar, Scalar) -> Scalar
  ) {
    var random = TestRandom(3)
    func scalar(_ a: Scalar, _ b: Scalar) -> Scalar { reference(forms.testDescription, a, b) }
    for first in Arrangement.allCases {
      for second in Arrangement.allCases {
        let (left, right) = broadcastableShapes(using: &random)
        let shape = broadcastShape(left, right)!
        let a = first.tensor(left, using: &random, element)
        let b = second.tensor(right, using: &random, element)
        let wide = a.broadcast(to: Shape(shape))
        let x = broadcastElements(of: a, to: shape)
        let y = broadcastElements(of: b, to: shape)
        let expected = zip(x, y).map(scalar)
        #expect(elements(of: forms.tensors(a, b)) == expected)

        // In place: on a view, which must not change what it was taken from.
        var target = wide
        forms.inPlace(&target, b)
        #expect(elements(of: target) == expected)
        #expect(elements(of: wide) == x)
        var own = first.tensor(shape, using: &random, element)
        let before = elements(of: own)
        forms.inPlace(&own, b)
        #expect(elements(of: own) == zip(before, y).map(scalar))

        let number = element(&random)
        let plain = elements(of: a)
        #expect(elements(of: forms.withNumber(a, number)) == plain.map { scalar($0, number) })
        #expect(elements(of: forms.onNumber(number, a)) == plain.map { scalar(number, $0) })
        var changed = a
        forms.inPlaceWithNumber(&changed, number)
        #expect(elements(of: changed) == plain.map { scalar($0, number) })
        #expect(elements(of: a) == plain)
      }
    }
    // One tensor on both sides, as it is and transposed, new and in place.
    for arrangement in Arrangement.allCases {
      let t = arrangement.tensor([4, 4], using: &random, element)
      let x = elements(of: t)
      let flipped = elements(of: t.transposed)
      #expect(elements(of: forms.tensors(t, t)) == zip(x, x).map(scalar))
      #expect(elements(of: forms.tensors(t, t.transposed)) == zip(x, flipped).map(scalar))
      var twice = t
      forms.inPlace(&twice, twice)
      #expect(elements(of: twice) == zip(x, x).map(scalar))
      var mixed = t
      forms.inPlace(&mixed, mixed.transposed)
      #expect(elements(of: mixed) == zip(x, flipped).map(scalar))
      var rows = t
      forms.inPlace(&rows, rows[1])
      #expect(elements(of: rows) == (0..<16).map { scalar(x[$0], x[4 + $0 % 4]) })
      #expect(elements(of: t) == x)
    }
  }

  // MARK: Integers

  @Test func functionsOfIntegers() {
    let numbers: [Int32] = [.min, .max, -1, 0, 1, -46_341]
    let t = Tensor(numbers)
    #expect((-t).scalars == numbers.map { 0 &- $0 })
    #expect(t.magnitude().scalars == numbers.map { $0 < 0 ? 0 &- $0 : $0 })
    #expect(t.sign().scalars == numbers.map { $0.signum() })
    #expect(t.squared().scalars == numbers.map { $0 &* $0 })
    #expect(Tensor.minimum(t, Tensor(0)).scalars == numbers.map { min($0, 0) })
    #expect(Tensor.maximum(t, Tensor(0)).scalars == numbers.map { max($0, 0) })
    let wide: [Int64] = [.min, .max, -1, 0, 1, 3_037_000_500]
    #expect(Tensor(wide).squared().scalars == wide.map { $0 &* $0 })
    #expect(Tensor(wide).sign().scalars == wide.map { $0.signum() })
  }

  // The divisor is checked for zeros in a copy, which must live as long as that.
  @Test func aStridedDivisorIsChecked() {
    let divisor = Tensor<Int32>((1...600).map { Int32($0) }, shape: [300, 2])[0..., 1]
    for _ in 0..<50 {
      let quotient = Tensor<Int32>(repeating: 1_200, shape: [300]) / divisor
      #expect(quotient.scalars == (1...300).map { 1_200 / (2 * Int32($0)) })
    }
  }

  // MARK: Values

  @Test func aCopyIsItsOwnValue() {
    var a = Tensor<Float>([1, 2, 3])
    let b = a
    let view = a[1...]
    a += 1
    #expect(a.scalars == [2, 3, 4])
    #expect(b.scalars == [1, 2, 3])
    #expect(view.scalars == [2, 3])
    var c = view
    c *= 10
    #expect(c.scalars == [20, 30])
    #expect(view.scalars == [2, 3])
    c.withUnsafeMutableBufferPointer { $0[0] = -1 }
    var d = c
    d.withUnsafeMutableBufferPointer { $0[1] = -2 }
    #expect(c.scalars == [-1, 30])
    #expect(d.scalars == [-1, -2])
  }

  @Test func bytesBecomeFloats() {
    let bytes = Tensor<UInt8>([0, 51, 255, 1, 2, 3], shape: [2, 3])
    #expect(Tensor<Float>(bytes).scalars == [0, 51, 255, 1, 2, 3])
    #expect(Tensor<Float>(bytes.transposed, scale: 2).scalars == [0, 2, 102, 4, 510, 6])
    #expect(Tensor<Float>(bytes[0..<0]).shape == [0, 3])
  }

  /// Results so large that they are stored past the caches.
  @Test func resultsBeyondTheCaches() {
    let count = 3_145_728 + 5
    let a = Tensor<Float>.range(to: Float(count))
    let b = a.flipped(axes: [0]).contiguous + 1
    let operations: [(Tensor<Float>, Tensor<Float>) -> Tensor<Float>] = [
      { $0 + $1 }, { $0 - $1 }, { $0 * $1 }, { $0 / $1 }, { Tensor.maximum($0, $1) },
      { Tensor.minimum($0, $1) },
    ]
    for operation in operations {
      let whole = operation(a, b)
      for start in [0, 262_000, 1_048_570, count - 300_000] {
        let part = start..<start + 300_000
        #expect(whole[part] == operation(a[part], b[part]))
      }
    }
  }
}
