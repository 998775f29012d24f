import NN
import Tensor
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Every operation by its own name, and composites, each with a reference in plain loops.
enum Function: String, CaseIterable, Sendable {
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

// The cases of `Function` hide the C library's names.
private func power(_ x: Double) -> Double { exp(x) }
private func naturalLog(_ x: Double) -> Double { log(x) }
private func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }

/// A row of the table: a function with the shapes of its inputs and where they come from.
struct OperationCase: Sendable, CustomTestStringConvertible {
  let function: Function
  let shapes: [[Int]]
  let domain: ClosedRange<Double>

  init(_ function: Function, _ shapes: [Int]..., in domain: ClosedRange<Double> = -2...2) {
    self.function = function
    self.shapes = shapes
    self.domain = domain
  }

  var testDescription: String { "\(function.rawValue)\(shapes)" }

  static let all: [OperationCase] =
    [Function.add, .subtract, .multiply, .divide].flatMap { function in
      // Divisors keep away from 0.
      let domain = function == .divide ? 0.5...2.0 : -2.0...2.0
      return [
        OperationCase(function, [2, 3], [2, 3], in: domain),
        OperationCase(function, [2, 3], [3], in: domain),
        OperationCase(function, [3, 1], [2, 1, 4], in: domain),
        OperationCase(function, [], [2, 2], in: domain),
        OperationCase(function, [2, 3], [1, 1], in: domain),
        OperationCase(function, [], [], in: domain),
        OperationCase(function, [0, 3], [3], in: domain),
      ]
    } + [
      OperationCase(.negate, [2, 3]), OperationCase(.negate, []), OperationCase(.negate, [0]),

      OperationCase(.matmul, [2, 3], [3, 4]),
      OperationCase(.matmul, [2, 2, 3], [3, 2]),
      OperationCase(.matmul, [2, 3], [3, 3, 2]),
      OperationCase(.matmul, [2, 2, 3], [2, 3, 2]),
      OperationCase(.matmul, [1, 2, 3], [2, 3, 2]),
      OperationCase(.matmul, [3], [3]),
      OperationCase(.matmul, [3], [3, 2]),
      OperationCase(.matmul, [2, 3], [3]),
      OperationCase(.matmul, [3], [2, 3, 2]),
      OperationCase(.matmul, [2, 2, 3], [3]),
      OperationCase(.matmul, [0, 3], [3, 2]),
      OperationCase(.matmul, [2, 0], [0, 3]),
      OperationCase(.matmul, [0, 2, 3], [3, 2]),

      OperationCase(.linear, [4, 3], [2, 3], [2]),
      OperationCase(.linear, [3], [2, 3], [2]),
      OperationCase(.linear, [2, 2, 3], [4, 3], [4]),
      OperationCase(.linear, [1, 3], [1, 3], [1]),
      OperationCase(.linear, [0, 3], [2, 3], [2]),
      OperationCase(.linear, [2, 0], [3, 0], [3]),
      OperationCase(.linear, [2, 2, 0], [3, 0], [3]),
      OperationCase(.linear, [2, 0, 3], [2, 3], [2]),
      OperationCase(.linearWithoutBias, [4, 3], [2, 3]),
      OperationCase(.linearWithoutBias, [2, 2, 3], [4, 3]),
      OperationCase(.linearWithoutBias, [0, 3], [2, 3]),

      OperationCase(.transpose, [2, 3]), OperationCase(.transpose, [2, 3, 2]),
      OperationCase(.transpose, [0, 2]),
      OperationCase(.permute, [2, 3, 4]), OperationCase(.permute, [2, 0, 4]),
      OperationCase(.permuteFromEnd, [2, 3, 4]),
      OperationCase(.reshape, [2, 3]), OperationCase(.reshape, [2, 3, 4]),
      OperationCase(.reshape, []), OperationCase(.reshape, [0, 3]),
      OperationCase(.broadcast, [2, 3]), OperationCase(.broadcast, [2, 1]),
      OperationCase(.broadcast, []), OperationCase(.broadcast, [1, 0]),
      OperationCase(.sum, [2, 3]), OperationCase(.sum, []), OperationCase(.sum, [0, 3]),
      OperationCase(.sumOfAxes, [2, 3, 2]), OperationCase(.sumOfAxes, [0, 2, 3]),
      OperationCase(.sumOfNoAxes, [2, 3]),
      OperationCase(.sumKeepingAxes, [2, 3]), OperationCase(.sumKeepingAxes, [2, 0, 3]),
      OperationCase(.mean, [2, 3]), OperationCase(.mean, []),
      OperationCase(.meanOfAxes, [2, 3, 2]), OperationCase(.meanOfAxes, [0, 2]),

      OperationCase(.square, [2, 3]), OperationCase(.square, [0]),
      OperationCase(.squareRoot, [2, 3], in: 0.5...3), OperationCase(.squareRoot, [0]),
      OperationCase(.exp, [2, 3]), OperationCase(.exp, [0]),
      OperationCase(.log, [2, 3], in: 0.5...3), OperationCase(.log, [0]),
      OperationCase(.sigmoid, [2, 3]), OperationCase(.sigmoid, [0]),
      OperationCase(.tanh, [2, 3]), OperationCase(.tanh, []), OperationCase(.tanh, [0]),
      // Away from the kink, which has a test of its own.
      OperationCase(.relu, [2, 3], in: 0.1...2), OperationCase(.relu, [2, 3], in: -2 ... -0.1),
      OperationCase(.relu, [0]),
      OperationCase(.softmax, [2, 3]), OperationCase(.softmax, [3]),
      OperationCase(.softmax, [2, 2, 3]), OperationCase(.softmax, [2, 1]),
      OperationCase(.softmax, [0, 3]), OperationCase(.softmax, [2, 0]),
      OperationCase(.logSoftmax, [2, 3]), OperationCase(.logSoftmax, [3]),
      OperationCase(.logSoftmax, [2, 2, 3]), OperationCase(.logSoftmax, [0, 3]),
      OperationCase(.softmaxCrossEntropy, [4, 3]), OperationCase(.softmaxCrossEntropy, [4, 5]),
      OperationCase(.meanSquaredError, [2, 3], [2, 3]), OperationCase(.meanSquaredError, [], []),

      OperationCase(.scalarLeft, [2, 3]), OperationCase(.scalarRight, [2, 3]),
      OperationCase(.selfProduct, [2, 3]), OperationCase(.selfMatmul, [2, 3]),
      OperationCase(.selfDifference, [3, 3]), OperationCase(.diamond, [2, 3]),
      OperationCase(.reused, [2, 3], [3]),
    ]
}
