import Tensor
import Testing

/// A comparison in all its forms, on one type.
struct ComparisonForms<Scalar: TensorScalar>: Sendable, CustomTestStringConvertible {
  typealias T = Tensor<Scalar>

  var testDescription: String
  var tensors: @Sendable (T, T) -> Tensor<Bool>
  var withNumber: @Sendable (T, Scalar) -> Tensor<Bool>
  var onNumber: @Sendable (Scalar, T) -> Tensor<Bool>
  var scalars: @Sendable (Scalar, Scalar) -> Bool

  static var equalities: [ComparisonForms] {
    [
      .init(
        testDescription: ".==", tensors: { $0 .== $1 }, withNumber: { $0 .== $1 },
        onNumber: { $0 .== $1 }, scalars: { $0 == $1 }),
      .init(
        testDescription: ".!=", tensors: { $0 .!= $1 }, withNumber: { $0 .!= $1 },
        onNumber: { $0 .!= $1 }, scalars: { $0 != $1 }),
    ]
  }
}

extension ComparisonForms where Scalar: NumericScalar {
  static var all: [ComparisonForms] {
    equalities + [
      .init(
        testDescription: ".<", tensors: { $0 .< $1 }, withNumber: { $0 .< $1 },
        onNumber: { $0 .< $1 }, scalars: { $0 < $1 }),
      .init(
        testDescription: ".<=", tensors: { $0 .<= $1 }, withNumber: { $0 .<= $1 },
        onNumber: { $0 .<= $1 }, scalars: { $0 <= $1 }),
      .init(
        testDescription: ".>", tensors: { $0 .> $1 }, withNumber: { $0 .> $1 },
        onNumber: { $0 .> $1 }, scalars: { $0 > $1 }),
      .init(
        testDescription: ".>=", tensors: { $0 .>= $1 }, withNumber: { $0 .>= $1 },
        onNumber: { $0 .>= $1 }, scalars: { $0 >= $1 }),
    ]
  }
}

/// Comparison and logic against the scalar operators, over all arrangements.
struct ComparisonTests {
  @Test(arguments: ComparisonForms<Float>.all)
  func floats(_ forms: ComparisonForms<Float>) {
    check(forms) {
      [.nan, .infinity, -0.0, 0, 1, Float.random(in: -1...1, using: &$0)].randomElement(using: &$0)!
    }
  }

  @Test(arguments: ComparisonForms<Double>.all)
  func doubles(_ forms: ComparisonForms<Double>) {
    check(forms) { [.nan, -.infinity, -0.0, 0, 1, 2].randomElement(using: &$0)! }
  }

  @Test(arguments: ComparisonForms<Int32>.all)
  func narrow(_ forms: ComparisonForms<Int32>) {
    check(forms) { [.min, .max, -1, 0, 1].randomElement(using: &$0)! }
  }

  @Test(arguments: ComparisonForms<Int64>.all)
  func wide(_ forms: ComparisonForms<Int64>) {
    check(forms) { [.min, .max, -1, 0, 1].randomElement(using: &$0)! }
  }

  @Test(arguments: ComparisonForms<UInt8>.all)
  func bytes(_ forms: ComparisonForms<UInt8>) {
    check(forms) { [0, 1, 127, 128, 255].randomElement(using: &$0)! }
  }

  @Test(arguments: ComparisonForms<Bool>.equalities)
  func truthValues(_ forms: ComparisonForms<Bool>) {
    check(forms) { .random(using: &$0) }
  }

  private func check<Scalar>(
    _ forms: ComparisonForms<Scalar>, element: (inout TestRandom) -> Scalar
  ) {
    var random = TestRandom(11)
    for first in Arrangement.allCases {
      for second in Arrangement.allCases {
        let (left, right) = broadcastableShapes(using: &random)
        let shape = broadcastShape(left, right)!
        let a = first.tensor(left, using: &random, element)
        let b = second.tensor(right, using: &random, element)
        let result = forms.tensors(a, b)
        #expect(Array(result.shape) == shape)
        let x = broadcastElements(of: a, to: shape)
        let y = broadcastElements(of: b, to: shape)
        #expect(
          elements(of: result) == zip(x, y).map(forms.scalars),
          "\(first) \(second) \(left) \(right)")
        let number = element(&random)
        let own = elements(of: a)
        #expect(elements(of: forms.withNumber(a, number)) == own.map { forms.scalars($0, number) })
        #expect(elements(of: forms.onNumber(number, a)) == own.map { forms.scalars(number, $0) })
      }
    }
    // Shared among threads: flat, by rows and in tiles. The loops are the same for all of them.
    if forms.testDescription != ".!=" { return }
    for (left, right) in [([70_001], [70_001]), ([300, 301], [300, 1]), ([20_001, 3], [3])] {
      for arrangement in [Arrangement.contiguous, .transposed] {
        let a = arrangement.tensor(left, using: &random, element)
        let b = Arrangement.contiguous.tensor(right, using: &random, element)
        let y = broadcastElements(of: b, to: left)
        let expected = zip(elements(of: a), y).map(forms.scalars)
        #expect(elements(of: forms.tensors(a, b)) == expected, "\(arrangement) \(left)")
      }
    }
  }

  @Test func kindsOfNumbers() {
    func check<Scalar: FloatingPointScalar>(_: Scalar.Type) {
      var random = TestRandom(12)
      for arrangement in Arrangement.allCases {
        for shape in [[], [0], [5], [3, 4], [2, 3, 4]] {
          let x: Tensor<Scalar> = arrangement.tensor(shape, using: &random) {
            [.nan, .signalingNaN, .infinity, -.infinity, 0, 1, -.greatestFiniteMagnitude]
              .randomElement(using: &$0)!
          }
          let own = elements(of: x)
          #expect(elements(of: x.isNaN()) == own.map(\.isNaN))
          #expect(elements(of: x.isInfinite()) == own.map(\.isInfinite))
          #expect(elements(of: x.isFinite()) == own.map(\.isFinite))
          #expect(x.isNaN().shape == Shape(shape))
        }
      }
    }
    check(Float.self)
    check(Double.self)
  }

  // MARK: Logic

  @Test func logic() {
    typealias Mask = Tensor<Bool>
    let rows: [(String, (Mask, Mask) -> Mask, (inout Mask, Mask) -> Void, (Bool, Bool) -> Bool)] = [
      (".&", { $0 .& $1 }, { $0 .&= $1 }, { $0 && $1 }),
      (".|", { $0 .| $1 }, { $0 .|= $1 }, { $0 || $1 }),
      (".^", { $0 .^ $1 }, { $0 .^= $1 }, { $0 != $1 }),
    ]
    var random = TestRandom(13)
    for (name, apply, applyInPlace, scalars) in rows {
      for first in Arrangement.allCases {
        for second in Arrangement.allCases {
          let (left, right) = broadcastableShapes(using: &random)
          let shape = broadcastShape(left, right)!
          let a = first.tensor(left, using: &random) { Bool.random(using: &$0) }
          let b = second.tensor(right, using: &random) { Bool.random(using: &$0) }
          let x = broadcastElements(of: a, to: shape)
          let expected = zip(x, broadcastElements(of: b, to: shape)).map(scalars)
          #expect(elements(of: apply(a, b)) == expected, "\(name) \(first) \(second)")
          let wide = a.broadcast(to: Shape(shape))
          var target = wide
          applyInPlace(&target, b)
          #expect(elements(of: target) == expected, "\(name)= \(first) \(second)")
          #expect(elements(of: wide) == x)
          #expect(elements(of: .!a) == elements(of: a).map { !$0 })
        }
      }
    }
  }

  @Test func logicBindsAsInSIMD() {
    let x = Tensor<Float>([-1, 0.5, 2, .nan])
    #expect((x .> 0 .& x .< 1 .| x.isNaN()).scalars == [false, true, false, true])
    #expect((.!(x .>= 0)).scalars == [true, false, false, true])
  }
}
