import Foundation
import Tensor
import Testing

/// A function of one operand: one row of the table drives all its tests.
struct UnaryOperation: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var float: @Sendable (Tensor<Float>) -> Tensor<Float>
  var double: @Sendable (Tensor<Double>) -> Tensor<Double>
  var reference: @Sendable (Double) -> Double
  var domain: ClosedRange<Double>
  var ulps: Double

  init(
    _ name: String, _ float: @escaping @Sendable (Tensor<Float>) -> Tensor<Float>,
    _ double: @escaping @Sendable (Tensor<Double>) -> Tensor<Double>,
    in domain: ClosedRange<Double>, ulps: Double,
    _ reference: @escaping @Sendable (Double) -> Double
  ) {
    testDescription = name
    self.float = float
    self.double = double
    self.reference = reference
    self.domain = domain
    self.ulps = ulps
  }

  static let all: [UnaryOperation] = [
    .init("-", { -$0 }, { -$0 }, in: -9...9, ulps: 0, { -$0 }),
    .init("magnitude", { $0.magnitude() }, { $0.magnitude() }, in: -9...9, ulps: 0, { abs($0) }),
    .init(
      "sign", { $0.sign() }, { $0.sign() }, in: -2...2, ulps: 0,
      { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 }),
    .init("squared", { $0.squared() }, { $0.squared() }, in: -9...9, ulps: 0.5, { $0 * $0 }),
    .init(
      "squareRoot", { $0.squareRoot() }, { $0.squareRoot() }, in: 0...99, ulps: 0.5,
      { $0.squareRoot() }),
    .init(
      "reciprocalSquareRoot", { $0.reciprocalSquareRoot() }, { $0.reciprocalSquareRoot() },
      in: 0.01...99, ulps: 2, { 1 / $0.squareRoot() }),
    .init(
      "reciprocal", { $0.reciprocal() }, { $0.reciprocal() }, in: 0.1...9, ulps: 0.5, { 1 / $0 }),
    .init("exp", { $0.exp() }, { $0.exp() }, in: -90...90, ulps: 3, { exp($0) }),
    .init("expm1", { $0.expm1() }, { $0.expm1() }, in: -3...3, ulps: 3, { expm1($0) }),
    .init("log", { $0.log() }, { $0.log() }, in: 0.0001...99, ulps: 3, { log($0) }),
    .init("log1p", { $0.log1p() }, { $0.log1p() }, in: -0.9...9, ulps: 3, { log1p($0) }),
    .init("sin", { $0.sin() }, { $0.sin() }, in: -99...99, ulps: 3, { sin($0) }),
    .init("cos", { $0.cos() }, { $0.cos() }, in: -99...99, ulps: 3, { cos($0) }),
    .init("tanh", { $0.tanh() }, { $0.tanh() }, in: -10...10, ulps: 4, { tanh($0) }),
    .init(
      "sigmoid", { $0.sigmoid() }, { $0.sigmoid() }, in: -80...80, ulps: 4,
      { $0 < 0 ? exp($0) / (1 + exp($0)) : 1 / (1 + exp(-$0)) }),
    .init(
      "softplus", { $0.softplus() }, { $0.softplus() }, in: -80...80, ulps: 4,
      { max($0, 0) + log1p(exp(-abs($0))) }),
    .init(
      "relu", { $0.relu() }, { $0.relu() }, in: -2...2, ulps: 0,
      { $0.isNaN ? $0 : max($0, 0) }),
    .init(
      "exp2", { $0.exp2() }, { $0.exp2() }, in: -130...120, ulps: 3,
      { Foundation.exp2($0) }),
    .init(
      "log2", { $0.log2() }, { $0.log2() }, in: 0.0001...99, ulps: 3,
      { Foundation.log2($0) }),
    .init(
      "log10", { $0.log10() }, { $0.log10() }, in: 0.0001...99, ulps: 3,
      { Foundation.log10($0) }),
    .init(
      "tan", { $0.tan() }, { $0.tan() }, in: -99...99, ulps: 4,
      { Foundation.tan($0) }),
    .init(
      "asin", { $0.asin() }, { $0.asin() }, in: -1...1, ulps: 3,
      { Foundation.asin($0) }),
    .init(
      "acos", { $0.acos() }, { $0.acos() }, in: -1...1, ulps: 3,
      { Foundation.acos($0) }),
    .init(
      "atan", { $0.atan() }, { $0.atan() }, in: -9...9, ulps: 3,
      { Foundation.atan($0) }),
    .init(
      "sinh", { $0.sinh() }, { $0.sinh() }, in: -80...80, ulps: 3,
      { Foundation.sinh($0) }),
    .init(
      "cosh", { $0.cosh() }, { $0.cosh() }, in: -80...80, ulps: 3,
      { Foundation.cosh($0) }),
    .init(
      "asinh", { $0.asinh() }, { $0.asinh() }, in: -80...80, ulps: 3,
      { Foundation.asinh($0) }),
    .init(
      "acosh", { $0.acosh() }, { $0.acosh() }, in: 1...80, ulps: 3,
      { Foundation.acosh($0) }),
    .init(
      "atanh", { $0.atanh() }, { $0.atanh() }, in: -1...1, ulps: 3,
      { Foundation.atanh($0) }),
    .init(
      "erf", { $0.erf() }, { $0.erf() }, in: -4...4, ulps: 3,
      { Foundation.erf($0) }),
    .init(
      "floor", { $0.floor() }, { $0.floor() }, in: -9...9, ulps: 0,
      { $0.rounded(.down) }),
    .init(
      "ceil", { $0.ceil() }, { $0.ceil() }, in: -9...9, ulps: 0,
      { $0.rounded(.up) }),
    .init(
      "round", { $0.round() }, { $0.round() }, in: -9...9, ulps: 0,
      { $0.rounded(.toNearestOrEven) }),
    .init(
      "trunc", { $0.trunc() }, { $0.trunc() }, in: -9...9, ulps: 0,
      { $0.rounded(.towardZero) }),
    .init(
      "silu", { $0.silu() }, { $0.silu() }, in: -80...80, ulps: 4,
      { $0 == -.infinity ? 0 : $0 / (1 + exp(-$0)) }),
    // In Double the reference is the less exact one: the rounding of its argument grows by x² = 25.
    .init(
      "gelu", { $0.gelu() }, { $0.gelu() }, in: -5...5, ulps: 60,
      { $0 == -.infinity ? 0 : 0.5 * $0 * erfc(-$0 * 0.5.squareRoot()) }),
    .init(
      "gelu by tanh", { $0.gelu(approximation: .tanh) }, { $0.gelu(approximation: .tanh) },
      in: -3...5, ulps: 16,
      {
        $0 == -.infinity
          ? 0 : $0 / (1 + exp(-2 * (2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)))
      }),
    .init(
      "power 1", { $0.power(1) }, { $0.power(1) }, in: 0.1...4, ulps: 0,
      { pow($0, 1) }),
    .init(
      "power 2", { $0.power(2) }, { $0.power(2) }, in: 0.1...4, ulps: 1.5,
      { pow($0, 2) }),
    .init(
      "power 3", { $0.power(3) }, { $0.power(3) }, in: 0.1...4, ulps: 2.5,
      { pow($0, 3) }),
    .init(
      "power -1", { $0.power(-1) }, { $0.power(-1) }, in: 0.1...4, ulps: 1.5,
      { pow($0, -1) }),
    .init(
      "power 2.5", { $0.power(2.5) }, { $0.power(2.5) }, in: 0.1...4, ulps: 2,
      { pow($0, 2.5) }),
    .init(
      "power -0.7", { $0.power(-0.7) }, { $0.power(-0.7) }, in: 0.1...4, ulps: 2,
      { pow($0, -0.7) }),
  ]
}

/// A function of two operands that broadcast.
struct BinaryOperation: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var float: @Sendable (Tensor<Float>, Tensor<Float>) -> Tensor<Float>
  var double: @Sendable (Tensor<Double>, Tensor<Double>) -> Tensor<Double>
  var reference: @Sendable (Double, Double) -> Double
  var left: ClosedRange<Double>
  var right: ClosedRange<Double>
  var ulps: Double

  init(
    _ name: String,
    _ float: @escaping @Sendable (Tensor<Float>, Tensor<Float>) -> Tensor<Float>,
    _ double: @escaping @Sendable (Tensor<Double>, Tensor<Double>) -> Tensor<Double>,
    left: ClosedRange<Double> = -9...9, right: ClosedRange<Double> = -9...9, ulps: Double,
    _ reference: @escaping @Sendable (Double, Double) -> Double
  ) {
    testDescription = name
    self.float = float
    self.double = double
    self.reference = reference
    self.left = left
    self.right = right
    self.ulps = ulps
  }

  static let all: [BinaryOperation] = [
    .init("+", { $0 + $1 }, { $0 + $1 }, ulps: 0.5, { $0 + $1 }),
    .init("-", { $0 - $1 }, { $0 - $1 }, ulps: 0.5, { $0 - $1 }),
    .init("*", { $0 * $1 }, { $0 * $1 }, ulps: 0.5, { $0 * $1 }),
    .init("/", { $0 / $1 }, { $0 / $1 }, right: 0.1...9, ulps: 0.5, { $0 / $1 }),
    .init(
      "minimum", { .minimum($0, $1) }, { .minimum($0, $1) }, ulps: 0,
      { $0.isNaN || $1.isNaN ? .nan : min($0, $1) }),
    .init(
      "maximum", { .maximum($0, $1) }, { .maximum($0, $1) }, ulps: 0,
      { $0.isNaN || $1.isNaN ? .nan : max($0, $1) }),
    .init(
      "power", { $0.power($1) }, { $0.power($1) }, left: 0.1...4, right: -3...3, ulps: 1,
      { pow($0, $1) }),
    .init(
      "atan2", { .atan2(y: $0, x: $1) }, { .atan2(y: $0, x: $1) }, ulps: 3, { atan2($0, $1) }),
    .init(
      "throughRelu", { $0.throughRelu($1) }, { $0.throughRelu($1) }, ulps: 0,
      { $1 > 0 ? $0 : 0 }),
    .init(
      "throughTanh", { $0.throughTanh($1) }, { $0.throughTanh($1) }, right: -0.7...0.7, ulps: 3,
      { $0 * (1 - $1 * $1) }),
    .init(
      "throughSigmoid", { $0.throughSigmoid($1) }, { $0.throughSigmoid($1) }, right: 0.01...0.9,
      ulps: 4, { $0 * $1 * (1 - $1) }),
  ]
}

/// The forms of an arithmetic operator on one type: with tensors, with numbers, in place.
struct OperatorForms<Scalar: NumericScalar>: Sendable, CustomTestStringConvertible {
  typealias T = Tensor<Scalar>

  var testDescription: String
  var tensors: @Sendable (T, T) -> T
  var withNumber: @Sendable (T, Scalar) -> T
  var onNumber: @Sendable (Scalar, T) -> T
  var inPlace: @Sendable (inout T, T) -> Void
  var inPlaceWithNumber: @Sendable (inout T, Scalar) -> Void

  static var all: [OperatorForms] {
    [
      .init(
        testDescription: "+", tensors: { $0 + $1 }, withNumber: { $0 + $1 },
        onNumber: { $0 + $1 }, inPlace: { $0 += $1 }, inPlaceWithNumber: { $0 += $1 }),
      .init(
        testDescription: "-", tensors: { $0 - $1 }, withNumber: { $0 - $1 },
        onNumber: { $0 - $1 }, inPlace: { $0 -= $1 }, inPlaceWithNumber: { $0 -= $1 }),
      .init(
        testDescription: "*", tensors: { $0 * $1 }, withNumber: { $0 * $1 },
        onNumber: { $0 * $1 }, inPlace: { $0 *= $1 }, inPlaceWithNumber: { $0 *= $1 }),
      .init(
        testDescription: "/", tensors: { $0 / $1 }, withNumber: { $0 / $1 },
        onNumber: { $0 / $1 }, inPlace: { $0 /= $1 }, inPlaceWithNumber: { $0 /= $1 }),
    ]
  }
}
