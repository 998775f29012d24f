import NN
import Tensor

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The operations that everything else stands on, and composites of them.
enum CoreFunction: String, CaseIterable, FunctionFamily {
  case add, subtract, multiply, divide, negate
  case matmul, linear
  case transpose, permute, reshape, broadcast, sum
  case square, squareRoot, exp, log
  case sigmoid, tanh, relu, softmax, logSoftmax, softmaxCrossEntropy

  case scalarLeft, scalarRight, linearWithoutBias
  case sumOfAxes, sumKeepingAxes, sumOfNoAxes, permuteFromEnd
  case mean, meanOfAxes, meanSquaredError
  case selfProduct, selfMatmul, selfDifference, diamond, reused

  static let labels: [Int32] = [2, 0, 1, 2]

  func callAsFunction<S: FloatingPointScalar>(_ x: [Variable<S>]) -> Variable<S> {
    switch self {
    case .add: x[0] + x[1]
    case .subtract: x[0] - x[1]
    case .multiply: x[0] * x[1]
    case .divide: x[0] / x[1]
    case .negate: -x[0]
    case .matmul: x[0].matmul(x[1])
    case .linear: NN.linear(x[0], weight: x[1], bias: x[2])
    case .transpose: x[0].transposed
    case .permute: x[0].permuted([2, 0, 1])
    case .reshape: x[0].reshaped(to: Shape(x[0].shape.reversed()))
    case .broadcast: x[0].broadcast(to: Shape([2] + x[0].shape.map { $0 == 1 ? 3 : $0 }))
    case .sum: x[0].sum()
    case .square: x[0].squared()
    case .squareRoot: x[0].squareRoot()
    case .exp: x[0].exp()
    case .log: x[0].log()
    case .sigmoid: x[0].sigmoid()
    case .tanh: x[0].tanh()
    case .relu: x[0].relu()
    case .softmax: x[0].softmax()
    case .logSoftmax: x[0].logSoftmax()
    case .softmaxCrossEntropy: NN.softmaxCrossEntropy(x[0], Tensor(Self.labels))
    case .scalarLeft: 2 / (1 - (3 + 0.5 * x[0]))
    case .scalarRight: ((x[0] + 3) * 0.5 - 1) / 2
    case .linearWithoutBias: NN.linear(x[0], weight: x[1])
    case .sumOfAxes: x[0].sum(axes: [0, -1])
    case .sumKeepingAxes: x[0].sum(axes: [-2], keepingDimensions: true)
    case .sumOfNoAxes: x[0].sum(axes: [])
    case .permuteFromEnd: x[0].permuted([-1, 0, -2])
    case .mean: x[0].mean()
    case .meanOfAxes: x[0].mean(axes: [1])
    case .meanSquaredError: NN.meanSquaredError(x[0], x[1])
    case .selfProduct: x[0] * x[0] * x[0]
    case .selfMatmul: x[0].matmul(x[0].transposed)
    case .selfDifference: (x[0] - x[0].transposed) / (x[0].squared() + 1)
    case .diamond: Self.diamond(x[0])
    case .reused: x[0] * x[1] + x[1] * x[0].sigmoid() + x[0]
    }
  }

  private static func diamond<S>(_ x: Variable<S>) -> Variable<S> {
    let left = x.tanh()
    let right = x.exp()
    let middle = left * right
    return middle * left + middle / right + middle
  }

  func reference(_ x: [PlainArray]) -> PlainArray {
    switch self {
    case .add: x[0].combined(with: x[1], +)
    case .subtract: x[0].combined(with: x[1], -)
    case .multiply: x[0].combined(with: x[1], *)
    case .divide: x[0].combined(with: x[1], /)
    case .negate: x[0].map { 0 - $0 }
    case .matmul: x[0].matmul(x[1])
    case .linear: Self.affine(x[0], x[1]).combined(with: x[2], +)
    case .transpose: x[0].permuted(Self.transposition(x[0].shape.count))
    case .permute: x[0].permuted([2, 0, 1])
    case .reshape: x[0].reshaped(to: x[0].shape.reversed())
    case .broadcast: x[0].broadcast(to: [2] + x[0].shape.map { $0 == 1 ? 3 : $0 })
    case .sum: x[0].sum()
    case .square: x[0].map { $0 * $0 }
    case .squareRoot: x[0].map { pow($0, 0.5) }
    case .exp: x[0].map(power)
    case .log: x[0].map(naturalLog)
    case .sigmoid: x[0].map(Self.logistic)
    case .tanh: x[0].map(hyperbolicTangent)
    case .relu: x[0].map { $0 > 0 ? $0 : 0 }
    case .softmax: x[0].mapRows(Self.softmax)
    case .logSoftmax: x[0].mapRows { Self.softmax($0).map(naturalLog) }
    case .softmaxCrossEntropy: Self.crossEntropy(x[0])
    case .scalarLeft: x[0].map { 2 / (1 - (3 + 0.5 * $0)) }
    case .scalarRight: x[0].map { (($0 + 3) * 0.5 - 1) / 2 }
    case .linearWithoutBias: Self.affine(x[0], x[1])
    case .sumOfAxes: x[0].sum(axes: [0, x[0].shape.count - 1])
    case .sumKeepingAxes: x[0].sum(axes: [x[0].shape.count - 2], keeping: true)
    case .sumOfNoAxes: x[0]
    case .permuteFromEnd: x[0].permuted([2, 0, 1])
    case .mean: x[0].mean()
    case .meanOfAxes: x[0].mean(axes: [1])
    case .meanSquaredError: x[0].combined(with: x[1]) { ($0 - $1) * ($0 - $1) }.mean()
    case .selfProduct: x[0].map { $0 * $0 * $0 }
    case .selfMatmul: x[0].matmul(x[0].permuted([1, 0]))
    case .selfDifference:
      x[0].combined(with: x[0].permuted([1, 0]), -).combined(with: x[0]) { $0 / ($1 * $1 + 1) }
    case .diamond:
      x[0].map {
        let (left, right) = (hyperbolicTangent($0), power($0))
        return left * right * left + left + left * right
      }
    case .reused: x[0].combined(with: x[1]) { $0 * $1 + $1 * Self.logistic($0) + $0 }
    }
  }

  private static func transposition(_ rank: Int) -> [Int] {
    Array(0..<rank - 2) + [rank - 1, rank - 2]
  }

  private static func affine(_ x: PlainArray, _ weight: PlainArray) -> PlainArray {
    x.matmul(weight.permuted([1, 0]))
  }

  private static func logistic(_ x: Double) -> Double { 1 / (1 + power(-x)) }

  private static func softmax(_ row: [Double]) -> [Double] {
    let total = row.reduce(0) { $0 + power($1) }
    return row.map { power($0) / total }
  }

  private static func crossEntropy(_ logits: PlainArray) -> PlainArray {
    let columns = logits.shape[1]
    let probabilities = logits.mapRows(softmax).values
    let total = labels.enumerated().reduce(0.0) {
      $0 - naturalLog(probabilities[$1.offset * columns + Int($1.element)])
    }
    return PlainArray([total / Double(labels.count)], shape: [])
  }
}

// The cases of `CoreFunction` hide the C library's names.
private func power(_ x: Double) -> Double { exp(x) }
private func naturalLog(_ x: Double) -> Double { log(x) }
private func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }

extension CoreFunction {
  static let rows: [OperationCase] =
    [CoreFunction.add, .subtract, .multiply, .divide].flatMap { function in
      // Divisors keep away from 0.
      let domain = function == .divide ? 0.5...2.0 : -2.0...2.0
      return [
        row(function, [2, 3], [2, 3], in: domain),
        row(function, [2, 3], [3], in: domain),
        row(function, [3, 1], [2, 1, 4], in: domain),
        row(function, [], [2, 2], in: domain),
        row(function, [2, 3], [1, 1], in: domain),
        row(function, [], [], in: domain),
        row(function, [0, 3], [3], in: domain),
      ]
    } + [
      row(.negate, [2, 3]), row(.negate, []), row(.negate, [0]),

      row(.matmul, [2, 3], [3, 4]),
      row(.matmul, [2, 2, 3], [3, 2]),
      row(.matmul, [2, 3], [3, 3, 2]),
      row(.matmul, [2, 2, 3], [2, 3, 2]),
      row(.matmul, [1, 2, 3], [2, 3, 2]),
      row(.matmul, [3], [3]),
      row(.matmul, [3], [3, 2]),
      row(.matmul, [2, 3], [3]),
      row(.matmul, [3], [2, 3, 2]),
      row(.matmul, [2, 2, 3], [3]),
      row(.matmul, [0, 3], [3, 2]),
      row(.matmul, [2, 0], [0, 3]),
      row(.matmul, [0, 2, 3], [3, 2]),

      row(.linear, [4, 3], [2, 3], [2]),
      row(.linear, [3], [2, 3], [2]),
      row(.linear, [2, 2, 3], [4, 3], [4]),
      row(.linear, [1, 3], [1, 3], [1]),
      row(.linear, [0, 3], [2, 3], [2]),
      row(.linear, [2, 0], [3, 0], [3]),
      row(.linear, [2, 2, 0], [3, 0], [3]),
      row(.linear, [2, 0, 3], [2, 3], [2]),
      row(.linearWithoutBias, [4, 3], [2, 3]),
      row(.linearWithoutBias, [2, 2, 3], [4, 3]),
      row(.linearWithoutBias, [0, 3], [2, 3]),

      row(.transpose, [2, 3]), row(.transpose, [2, 3, 2]),
      row(.transpose, [0, 2]),
      row(.permute, [2, 3, 4]), row(.permute, [2, 0, 4]),
      row(.permuteFromEnd, [2, 3, 4]),
      row(.reshape, [2, 3]), row(.reshape, [2, 3, 4]),
      row(.reshape, []), row(.reshape, [0, 3]),
      row(.broadcast, [2, 3]), row(.broadcast, [2, 1]),
      row(.broadcast, []), row(.broadcast, [1, 0]),
      row(.sum, [2, 3]), row(.sum, []), row(.sum, [0, 3]),
      row(.sumOfAxes, [2, 3, 2]), row(.sumOfAxes, [0, 2, 3]),
      row(.sumOfNoAxes, [2, 3]),
      row(.sumKeepingAxes, [2, 3]), row(.sumKeepingAxes, [2, 0, 3]),
      row(.mean, [2, 3]), row(.mean, []),
      row(.meanOfAxes, [2, 3, 2]), row(.meanOfAxes, [0, 2]),

      row(.square, [2, 3]), row(.square, [0]),
      row(.squareRoot, [2, 3], in: 0.5...3), row(.squareRoot, [0]),
      row(.exp, [2, 3]), row(.exp, [0]),
      row(.log, [2, 3], in: 0.5...3), row(.log, [0]),
      row(.sigmoid, [2, 3]), row(.sigmoid, [0]),
      row(.tanh, [2, 3]), row(.tanh, []), row(.tanh, [0]),
      // Away from the kink, which has a test of its own.
      row(.relu, [2, 3], in: 0.1...2), row(.relu, [2, 3], in: -2 ... -0.1),
      row(.relu, [0]),
      row(.softmax, [2, 3]), row(.softmax, [3]),
      row(.softmax, [2, 2, 3]), row(.softmax, [2, 1]),
      row(.softmax, [0, 3]), row(.softmax, [2, 0]),
      row(.logSoftmax, [2, 3]), row(.logSoftmax, [3]),
      row(.logSoftmax, [2, 2, 3]), row(.logSoftmax, [0, 3]),
      row(.softmaxCrossEntropy, [4, 3]), row(.softmaxCrossEntropy, [4, 5]),
      row(.meanSquaredError, [2, 3], [2, 3]), row(.meanSquaredError, [], []),

      row(.scalarLeft, [2, 3]), row(.scalarRight, [2, 3]),
      row(.selfProduct, [2, 3]), row(.selfMatmul, [2, 3]),
      row(.selfDifference, [3, 3]), row(.diamond, [2, 3]),
      row(.reused, [2, 3], [3]),
    ]
}
