import NN
import Tensor

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Functions of each element of one operand.
enum ElementFunction: String, CaseIterable, FunctionFamily {
  case magnitude, sign, reciprocal, reciprocalSquareRoot
  case exp2, expm1, log2, log10, log1p
  case sin, cos, tan, asin, acos, atan, sinh, cosh, asinh, acosh, atanh, erf
  case floor, ceil, round, trunc
  case powerOfTwo, powerOfFraction, powerOfMinusOne, powerOfZero
  case remainderOfNumber, truncatingRemainderOfNumber, quotientOfNumber
  case clampedBetween, clampedFrom, clampedThrough, minimumOfNumber, maximumOfNumber
  case softplus, softplusScaled, silu, gelu, geluByTanh
  case leakyRelu, elu, selu, celu, mish, softsign, logSigmoid
  case tanhShrink, softShrink, hardShrink, thresholded, hardTanh, relu6, hardSigmoid, hardSwish

  func callAsFunction<S: FloatingPointScalar>(_ x: [Variable<S>]) -> Variable<S> {
    let x = x[0]
    return switch self {
    case .magnitude: x.magnitude()
    case .sign: x.sign()
    case .reciprocal: x.reciprocal()
    case .reciprocalSquareRoot: x.reciprocalSquareRoot()
    case .exp2: x.exp2()
    case .expm1: x.expm1()
    case .log2: x.log2()
    case .log10: x.log10()
    case .log1p: x.log1p()
    case .sin: x.sin()
    case .cos: x.cos()
    case .tan: x.tan()
    case .asin: x.asin()
    case .acos: x.acos()
    case .atan: x.atan()
    case .sinh: x.sinh()
    case .cosh: x.cosh()
    case .asinh: x.asinh()
    case .acosh: x.acosh()
    case .atanh: x.atanh()
    case .erf: x.erf()
    case .floor: x.floor()
    case .ceil: x.ceil()
    case .round: x.round()
    case .trunc: x.trunc()
    case .powerOfTwo: x.power(2)
    case .powerOfFraction: x.power(1.7)
    case .powerOfMinusOne: x.power(-1)
    case .powerOfZero: x.power(0)
    case .remainderOfNumber: x.flooredRemainder(dividingBy: 0.7)
    case .truncatingRemainderOfNumber: x.truncatingRemainder(dividingBy: 0.7)
    case .quotientOfNumber: x.flooredQuotient(dividingBy: 0.7)
    case .clampedBetween: x.clamped(to: -0.5...1)
    case .clampedFrom: x.clamped(to: (-0.5)...)
    case .clampedThrough: x.clamped(to: ...1)
    case .minimumOfNumber: .minimum(x, 0.3)
    case .maximumOfNumber: .maximum(x, 0.3)
    case .softplus: x.softplus()
    case .softplusScaled: x.softplus(beta: 2.5, threshold: 1.5)
    case .silu: x.silu()
    case .gelu: x.gelu()
    case .geluByTanh: x.gelu(approximation: .tanh)
    case .leakyRelu: x.leakyRelu(slope: 0.2)
    case .elu: x.elu(alpha: 1.3)
    case .selu: x.selu()
    case .celu: x.celu(alpha: 1.3)
    case .mish: x.mish()
    case .softsign: x.softsign()
    case .logSigmoid: x.logSigmoid()
    case .tanhShrink: x.tanhShrink()
    case .softShrink: x.softShrink(lambda: 0.6)
    case .hardShrink: x.hardShrink(lambda: 0.6)
    case .thresholded: x.thresholded(at: 0.4, replacement: -3)
    case .hardTanh: x.hardTanh(in: -0.5...1)
    case .relu6: x.relu6()
    case .hardSigmoid: x.hardSigmoid()
    case .hardSwish: x.hardSwish()
    }
  }

  func reference(_ x: [PlainArray]) -> PlainArray { x[0].map { element(self, $0) } }

  /// Where the functions are defined and, mostly, on both sides of their kinks.
  private var domain: ClosedRange<Double> {
    switch self {
    case .reciprocal, .reciprocalSquareRoot, .log2, .log10, .powerOfFraction, .powerOfMinusOne:
      0.5...2
    case .log1p, .asin, .acos, .atanh: -0.7...0.7
    case .acosh: 1.3...3
    case .tan: -1...1
    case .relu6, .hardSigmoid, .hardSwish: -8...8
    default: -1.9...2.1
    }
  }

  static let rows = allCases.flatMap { function in
    [row(function, [2, 4], in: function.domain), row(function, [0, 2], in: function.domain)]
  }
}

// Outside of the enumeration, whose cases hide the C library's names.
private func element(_ function: ElementFunction, _ x: Double) -> Double {
  switch function {
  case .magnitude: abs(x)
  case .sign: x > 0 ? 1 : x < 0 ? -1 : 0
  case .reciprocal, .powerOfMinusOne: 1 / x
  case .reciprocalSquareRoot: 1 / sqrt(x)
  case .exp2: exp2(x)
  case .expm1: expm1(x)
  case .log2: log2(x)
  case .log10: log10(x)
  case .log1p: log1p(x)
  case .sin: sin(x)
  case .cos: cos(x)
  case .tan: tan(x)
  case .asin: asin(x)
  case .acos: acos(x)
  case .atan: atan(x)
  case .sinh: sinh(x)
  case .cosh: cosh(x)
  case .asinh: asinh(x)
  case .acosh: acosh(x)
  case .atanh: atanh(x)
  case .erf: erf(x)
  case .floor: x.rounded(.down)
  case .ceil: x.rounded(.up)
  case .round: x.rounded(.toNearestOrEven)
  case .trunc: x.rounded(.towardZero)
  case .powerOfTwo: x * x
  case .powerOfFraction: pow(x, 1.7)
  case .powerOfZero: 1
  case .remainderOfNumber: x - 0.7 * (x / 0.7).rounded(.down)
  case .truncatingRemainderOfNumber: fmod(x, 0.7)
  case .quotientOfNumber: (x / 0.7).rounded(.down)
  case .clampedBetween, .hardTanh: min(max(x, -0.5), 1)
  case .clampedFrom: max(x, -0.5)
  case .clampedThrough: min(x, 1)
  case .minimumOfNumber: min(x, 0.3)
  case .maximumOfNumber: max(x, 0.3)
  case .softplus: Plain.softplus(x)
  case .softplusScaled: 2.5 * x > 1.5 ? x : Plain.softplus(2.5 * x) / 2.5
  case .silu: x * Plain.sigmoid(x)
  case .gelu: 0.5 * x * erfc(-x * 0.5.squareRoot())
  case .geluByTanh: 0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
  case .leakyRelu: x > 0 ? x : 0.2 * x
  case .elu: x > 0 ? x : 1.3 * expm1(x)
  case .selu: 1.0507009873554804934 * (x > 0 ? x : 1.6732632423543772848 * expm1(x))
  case .celu: x > 0 ? x : 1.3 * expm1(x / 1.3)
  case .mish: x * tanh(Plain.softplus(x))
  case .softsign: x / (1 + abs(x))
  case .logSigmoid: -Plain.softplus(-x)
  case .tanhShrink: x - tanh(x)
  case .softShrink: x > 0.6 ? x - 0.6 : x < -0.6 ? x + 0.6 : 0
  case .hardShrink: abs(x) > 0.6 ? x : 0
  case .thresholded: x > 0.4 ? x : -3
  case .relu6: min(max(x, 0), 6)
  case .hardSigmoid: min(max(x + 3, 0), 6) / 6
  case .hardSwish: x * min(max(x + 3, 0), 6) / 6
  }
}

/// Functions of pairs of elements, which broadcast, and of softmax's kin.
enum PairFunction: String, CaseIterable, FunctionFamily {
  case power, atan2, minimum, maximum, choose, chooseNumber, clampedFromThrough
  case remainder, truncatingRemainder, quotient, compound, prelu
  case softmaxOfAxis, logSoftmaxOfAxis, softmin, glu, swiglu

  func callAsFunction<S: FloatingPointScalar>(_ x: [Variable<S>]) -> Variable<S> {
    switch self {
    case .power: return x[0].power(x[1])
    case .atan2: return .atan2(y: x[0], x: x[1])
    case .minimum: return .minimum(x[0], x[1])
    case .maximum: return .maximum(x[0], x[1])
    case .choose: return .where(Self.mask(x[0].shape), x[0], x[1])
    case .chooseNumber:
      let mask = Self.mask(x[0].shape)
      return .where(mask, x[0], 0.5) + .where(mask, 2, x[0])
    case .clampedFromThrough: return x[0].clamped(from: x[1], through: x[2])
    case .remainder: return x[0].flooredRemainder(dividingBy: x[1])
    case .truncatingRemainder: return x[0].truncatingRemainder(dividingBy: x[1])
    case .quotient: return x[0].flooredQuotient(dividingBy: x[1])
    case .compound:
      var y = x[0]
      y *= x[1]
      y += x[1]
      y -= x[0]
      y /= x[1]
      y *= 3
      y += 1
      y /= 2
      y -= 1
      return y
    case .prelu: return x[0].prelu(x[1])
    case .softmaxOfAxis: return x[0].softmax(axis: 0)
    case .logSoftmaxOfAxis: return x[0].logSoftmax(axis: -2)
    case .softmin: return x[0].softmin(axis: 1)
    case .glu: return x[0].glu()
    case .swiglu: return x[0].swiglu(axis: 0)
    }
  }

  func reference(_ x: [PlainArray]) -> PlainArray {
    switch self {
    case .power: return x[0].combined(with: x[1]) { pow($0, $1) }
    case .atan2: return x[0].combined(with: x[1], plainAtan2)
    case .minimum: return x[0].combined(with: x[1]) { min($0, $1) }
    case .maximum: return x[0].combined(with: x[1]) { max($0, $1) }
    case .choose:
      return Self.plainMask(x[0]).combined(with: x[0], *)
        .combined(with: Self.plainMask(x[0]).map { 1 - $0 }.combined(with: x[1], *), +)
    case .chooseNumber:
      return Self.plainMask(x[0]).combined(with: x[0]) { $0 * ($1 + 2) + (1 - $0) * ($1 + 0.5) }
    case .clampedFromThrough:
      return x[0].combined(with: x[1]) { max($0, $1) }.combined(with: x[2]) { min($0, $1) }
    case .remainder: return x[0].combined(with: x[1]) { $0 - $1 * ($0 / $1).rounded(.down) }
    case .truncatingRemainder: return x[0].combined(with: x[1]) { fmod($0, $1) }
    case .quotient: return x[0].combined(with: x[1]) { ($0 / $1).rounded(.down) }
    case .compound:
      return x[0].combined(with: x[1]) { (($0 * $1 + $1 - $0) / $1 * 3 + 1) / 2 - 1 }
    case .prelu:
      let channels = x[1].values.count
      let inner = x[0].shape.dropFirst(2).reduce(1, *)
      let slopes = x[0].values.indices.map {
        x[1].values[channels == 1 ? 0 : x[0].shape.count == 1 ? $0 : $0 / inner % channels]
      }
      return x[0].combined(with: PlainArray(slopes, shape: x[0].shape)) { $0 > 0 ? $0 : $0 * $1 }
    case .softmaxOfAxis: return Self.alongAxis(0, x[0], Plain.softmax)
    case .logSoftmaxOfAxis:
      return Self.alongAxis(x[0].shape.count - 2, x[0]) { Plain.softmax($0).map(Plain.log) }
    case .softmin: return Self.alongAxis(1, x[0].map { -$0 }, Plain.softmax)
    case .glu:
      let half = x[0].shape[1] / 2
      return PlainArray(shape: [x[0].shape[0], half]) {
        x[0][broadcast: $0] * Plain.sigmoid(x[0][broadcast: [$0[0], $0[1] + half]])
      }
    case .swiglu:
      let half = x[0].shape[0] / 2
      return PlainArray(shape: [half, x[0].shape[1]]) {
        let gate = x[0][broadcast: $0]
        return gate * Plain.sigmoid(gate) * x[0][broadcast: [$0[0] + half, $0[1]]]
      }
    }
  }

  private static func mask(_ shape: Shape) -> Tensor<Bool> {
    Tensor((0..<shape.elementCount).map { $0 % 3 != 1 }, shape: shape)
  }

  private static func plainMask(_ x: PlainArray) -> PlainArray {
    PlainArray(x.values.indices.map { $0 % 3 != 1 ? 1 : 0 }, shape: x.shape)
  }

  private static func alongAxis(
    _ axis: Int, _ x: PlainArray, _ function: ([Double]) -> [Double]
  ) -> PlainArray {
    var order = Array(x.shape.indices)
    order.swapAt(axis, order.count - 1)
    return x.permuted(order).mapRows(function).permuted(order)
  }

  static let rows: [OperationCase] =
    [
      Self.power, .atan2, .minimum, .maximum, .remainder, .truncatingRemainder, .quotient,
      .compound,
    ]
    .flatMap { function in
      let domain = function == .minimum || function == .maximum ? -2.0...2.0 : 0.5...2.0
      return [
        row(function, [2, 3], [2, 3], in: domain),
        row(function, [3, 1], [2, 1, 2], in: domain),
        row(function, [], [2, 2], in: domain),
        row(function, [0, 3], [3], in: domain),
      ]
    } + [
      row(.choose, [2, 3], [2, 3]), row(.choose, [2, 3], [3]), row(.choose, [2, 3], []),
      row(.choose, [0, 3], [3]), row(.chooseNumber, [2, 3]),
      row(.clampedFromThrough, [2, 3], [2, 3], [2, 3]),
      row(.clampedFromThrough, [2, 3], [3], []), row(.clampedFromThrough, [2, 0], [2, 1], []),
      row(.prelu, [2, 3], [3]), row(.prelu, [2, 3, 2], [3]), row(.prelu, [2, 3], [1]),
      row(.prelu, [4], [4]), row(.prelu, [2, 3], []), row(.prelu, [0, 3], [3]),
      row(.softmaxOfAxis, [3, 2]), row(.softmaxOfAxis, [3, 2, 2]), row(.softmaxOfAxis, [2, 0]),
      row(.logSoftmaxOfAxis, [3, 2]), row(.logSoftmaxOfAxis, [2, 3, 2]),
      row(.softmin, [2, 3]), row(.softmin, [2, 3, 2]),
      row(.glu, [2, 4]), row(.glu, [2, 0]), row(.swiglu, [4, 2]),
    ]
}

private func plainAtan2(_ y: Double, _ x: Double) -> Double { atan2(y, x) }
