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
struct OperatorForms<Scalar: SignedScalar>: Sendable, CustomTestStringConvertible {
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
