import Tensor
import Testing

/// Functions of tensors that are given away: written over where nobody shares them, a copy where
/// somebody does.
struct InPlaceTests {
  typealias Function = @Sendable (consuming Tensor<Float>) -> Tensor<Float>

  /// The functions that consume their tensor.
  static let functions: [(String, Function)] = [
    ("magnitude", { $0.magnitude() }), ("sign", { $0.sign() }), ("squared", { $0.squared() }),
    ("squareRoot", { $0.squareRoot() }), ("reciprocal", { $0.reciprocal() }),
    ("reciprocalSquareRoot", { $0.reciprocalSquareRoot() }), ("exp", { $0.exp() }),
    ("expm1", { $0.expm1() }), ("exp2", { $0.exp2() }), ("log", { $0.log() }),
    ("log1p", { $0.log1p() }), ("log2", { $0.log2() }), ("log10", { $0.log10() }),
    ("sin", { $0.sin() }), ("cos", { $0.cos() }), ("tan", { $0.tan() }), ("asin", { $0.asin() }),
    ("acos", { $0.acos() }), ("atan", { $0.atan() }), ("sinh", { $0.sinh() }),
    ("asinh", { $0.asinh() }), ("atanh", { $0.atanh() }),
    ("cosh", { $0.cosh() }), ("tanh", { $0.tanh() }), ("sigmoid", { $0.sigmoid() }),
    ("softplus", { $0.softplus() }), ("relu", { $0.relu() }), ("erf", { $0.erf() }),
    ("silu", { $0.silu() }), ("gelu", { $0.gelu() }),
    ("gelu tanh", { $0.gelu(approximation: .tanh) }), ("floor", { $0.floor() }),
    ("ceil", { $0.ceil() }), ("round", { $0.round() }), ("trunc", { $0.trunc() }),
    ("negated", { -$0 }), ("clamped", { $0.clamped(to: 0...0.5) }), ("plus", { $0 + 1 }),
    ("minus", { 1 - $0 }), ("times", { 2 * $0 }), ("over", { $0 / 2 }),
  ]

  private func operand() -> Tensor<Float> {
    Tensor([0.25, 0.5, 0.75, 1, 0.125, 0.375], shape: [2, 3])
  }

  @Test(arguments: functions.indices)
  func memoryIsUsedAgainUnlessItIsShared(_ index: Int) {
    let (name, function) = Self.functions[index]
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
