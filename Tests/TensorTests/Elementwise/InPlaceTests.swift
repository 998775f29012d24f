import Tensor
import Testing

/// Functions of tensors that are given away: written over where nobody shares them, a copy where
/// somebody does.
struct InPlaceTests {
  typealias Function<Scalar: TensorScalar> = (
    name: String, call: @Sendable (consuming Tensor<Scalar>) -> Tensor<Scalar>
  )

  private static let b: Tensor<Float> = [[2], [3]]

  /// The functions that consume their tensor.
  static let ofReals: [Function<Float>] = [
    ("magnitude", { $0.magnitude() }), ("sign", { $0.sign() }), ("squared", { $0.squared() }),
    ("squareRoot", { $0.squareRoot() }), ("reciprocal", { $0.reciprocal() }),
    ("reciprocalSquareRoot", { $0.reciprocalSquareRoot() }), ("exp", { $0.exp() }),
    ("expm1", { $0.expm1() }), ("exp2", { $0.exp2() }), ("log", { $0.log() }),
    ("log1p", { $0.log1p() }), ("log2", { $0.log2() }), ("log10", { $0.log10() }),
    ("sin", { $0.sin() }), ("cos", { $0.cos() }), ("tan", { $0.tan() }), ("asin", { $0.asin() }),
    ("acos", { $0.acos() }), ("atan", { $0.atan() }), ("sinh", { $0.sinh() }),
    ("asinh", { $0.asinh() }), ("atanh", { $0.atanh() }),
    ("acosh", { $0.acosh() }), ("cosh", { $0.cosh() }), ("tanh", { $0.tanh() }),
    ("sigmoid", { $0.sigmoid() }),
    ("softplus", { $0.softplus() }), ("relu", { $0.relu() }), ("erf", { $0.erf() }),
    ("silu", { $0.silu() }), ("gelu", { $0.gelu() }),
    ("gelu", { $0.gelu(approximation: .tanh) }), ("floor", { $0.floor() }),
    ("ceil", { $0.ceil() }), ("round", { $0.round() }), ("trunc", { $0.trunc() }),
    ("-", { -$0 }), ("+", { $0 + 1 }), ("-", { 1 - $0 }), ("*", { 2 * $0 }), ("/", { $0 / 2 }),
    ("+", { $0 + b }), ("-", { b - $0 }), ("*", { $0 * b }), ("/", { b / $0 }),
    ("power", { $0.power(b) }), ("power", { $0.power(2) }), ("power", { $0.power(-0.7) }),
    ("atan2", { .atan2(y: $0, x: b) }), ("atan2", { .atan2(y: b, x: $0) }),
    ("flooredQuotient", { $0.flooredQuotient(dividingBy: b) }),
    ("flooredQuotient", { $0.flooredQuotient(dividingBy: 0.3) }),
    ("flooredRemainder", { $0.flooredRemainder(dividingBy: b) }),
    ("flooredRemainder", { $0.flooredRemainder(dividingBy: 0.3) }),
    ("truncatingRemainder", { $0.truncatingRemainder(dividingBy: b) }),
    ("truncatingRemainder", { $0.truncatingRemainder(dividingBy: 0.3) }),
    ("minimum", { .minimum($0, b) }), ("minimum", { .minimum($0, 0.4) }),
    ("maximum", { .maximum(b, $0) }), ("maximum", { .maximum($0, 0.4) }),
    ("clamped", { $0.clamped(to: 0...0.5) }), ("clamped", { $0.clamped(to: 0.5...) }),
    ("clamped", { $0.clamped(to: ...0.5) }),
    ("clamped", { $0.clamped(from: b / 4, through: b) }),
  ]

  static let ofIntegers: [Function<Int32>] = [
    ("power", { $0.power(3) }), ("power", { $0.power([1, 2, 3]) }),
    ("/", { $0 / 3 }), ("flooredQuotient", { $0.flooredQuotient(dividingBy: [2, 3, 5]) }),
    ("&", { $0 & 6 }), ("&", { $0 & [1, 2, 3] }), ("|", { $0 | 6 }), ("|", { $0 | [1, 2, 3] }),
    ("^", { $0 ^ 6 }), ("^", { $0 ^ [1, 2, 3] }), ("<<", { $0 << 2 }), ("<<", { $0 << [1, 2, 3] }),
    (">>", { $0 >> 1 }), (">>", { $0 >> [1, 2, 3] }), ("~", { ~$0 }),
  ]

  static let ofTruth: [Function<Bool>] = [
    (".!", { .!$0 }), (".&", { $0 .& [true, false, true] }), (".|", { [true, false, true] .| $0 }),
    (".^", { $0 .^ [true, false, true] }),
  ]

  private func check<Scalar: TensorScalar>(
    _ function: Function<Scalar>, _ operand: () -> Tensor<Scalar>
  ) {
    let (name, function) = function
    let kept = operand()
    let expected = function(kept)
    #expect(kept == operand(), "\(name) changed a tensor that is still used")

    var t = operand()
    let address = t.pointer
    t.apply(function)
    #expect(t.pointer == address && t == expected, "\(name) of a tensor of its own")

    var given = operand()
    let place = given.pointer
    given = function(consume given)
    #expect(given.pointer == place && given == expected, "\(name) of a consumed tensor")

    var sharing = kept
    sharing.apply(function)
    #expect(sharing == expected && kept == operand(), "\(name) of a shared tensor")
    #expect(sharing.pointer != kept.pointer)
  }

  private func operand() -> Tensor<Float> {
    Tensor([0.25, 0.5, 0.75, 1, 0.125, 0.375], shape: [2, 3])
  }

  @Test(arguments: ofReals.indices)
  func memoryOfReals(_ index: Int) {
    let function = Self.ofReals[index]
    // The least argument of acosh is 1.
    check(function) { function.name == "acosh" ? operand() * 8 : operand() }
  }

  @Test(arguments: ofIntegers.indices)
  func memoryOfIntegers(_ index: Int) {
    check(Self.ofIntegers[index]) { [[1, -2, 3], [40, 5, -6]] }
  }

  @Test(arguments: ofTruth.indices)
  func memoryOfTruth(_ index: Int) {
    check(Self.ofTruth[index]) { [[true, false, true], [false, false, true]] }
  }

  /// An elementwise function that gives elements of the type it takes writes over them, or is entered
  /// here with the reason why not.
  @Test func everyElementwiseFunctionConsumes() throws {
    var names: Set<String> = []
    var others: Set<String> = []
    for (member, text) in try PublicSurface.declarations(in: "Sources/Tensor/Elementwise")
    where text.contains("-> Tensor {") {
      if text.contains("consuming") {
        names.insert(member.name)
      } else {
        others.insert(member.name)
      }
    }
    #expect(names.count > 50, "the sources were not read")
    // The form in place is an assignment by a mask: `a[mask] = b`.
    #expect(others == ["where"])
    let tested =
      Set(Self.ofReals.map(\.name)).union(Self.ofIntegers.map(\.name)).union(
        Self.ofTruth.map(\.name))
    #expect(names.subtracting(tested).sorted() == [], "enter these in the tables")
  }

  @Test func viewsKeepTheirOrder() {
    var t = operand().transposed
    let address = t.pointer
    t.apply { $0.squared() }
    #expect(t.pointer == address)
    #expect(t == operand().transposed.squared())
    var part = operand()[0..., 1]
    part.apply { $0 * 4 }
    #expect(part.scalars == [2, 0.5])
  }
}
