import NN
import Tensor

/// Losses of classes, whose values and gradients of any order the operation table checks.
enum LossFunction: String, CaseIterable, FunctionFamily {
  case meanSquaredErrorWeighted, meanAbsoluteError
  case crossEntropyOfRows, crossEntropyWeighted, crossEntropySmooth, crossEntropyOfMaps
  case crossEntropyOfProbabilities
  case ctc, ctcMean

  static let labels: [Int64] = [2, 0, -100, 1, 2, 0, 1, 2]
  static let frames = [4, 3]
  static let targets: [[Int32]] = [[1, 1], [2]]
  static let classWeights = [0.5, 2, 1.5]
  static let weights = [1, 0.5, 2, 1.5, 0.25, 1, 2, 1]

  private func labels(_ count: Int) -> Tensor<Int64> { Tensor(Array(Self.labels[..<count])) }
  private func weights<S: FloatingPointScalar>(_ count: Int) -> Tensor<S> {
    Tensor(Self.weights[..<count].map { S($0) })
  }
  private func classWeights<S: FloatingPointScalar>() -> Tensor<S> {
    Tensor(Self.classWeights.map { S($0) })
  }

  func callAsFunction<S: FloatingPointScalar>(_ x: [Variable<S>]) -> Variable<S> {
    let n = x[0].rank > 0 ? x[0].shape[0] : 1
    return switch self {
    case .meanSquaredErrorWeighted: meanSquaredError(x[0], x[1], weights: weights(n))
    case .meanAbsoluteError: NN.meanAbsoluteError(x[0], x[1], reduction: .none)
    case .crossEntropyOfRows: softmaxCrossEntropy(x[0], labels(n), reduction: .none)
    case .crossEntropyWeighted:
      softmaxCrossEntropy(x[0], labels(n), classWeights: classWeights(), weights: weights(n))
    case .crossEntropySmooth:
      softmaxCrossEntropy(
        x[0], labels(n), classWeights: classWeights(), labelSmoothing: 0.2, reduction: .sum)
    case .crossEntropyOfMaps:
      softmaxCrossEntropy(x[0], labels(n * 2).reshaped(to: [n, 2]), weights: weights(n))
    case .crossEntropyOfProbabilities:
      softmaxCrossEntropy(
        x[0], probabilities: x[1].softmax(), labelSmoothing: 0.1, reduction: .none)
    case .ctc:
      ctcLoss(
        x[0], Tensor<Int32>([[1, 1], [2, 0]]), inputLengths: Self.frames, targetLengths: [2, 1],
        reduction: .none)
    case .ctcMean:
      ctcLoss(
        x[0], Tensor<Int64>([1, 1, 2]), inputLengths: Self.frames, targetLengths: [2, 1],
        weights: weights(2))
    }
  }

  func reference(_ x: [PlainArray]) -> PlainArray {
    let n = x[0].shape.first ?? 1
    switch self {
    case .meanSquaredErrorWeighted:
      let errors = x[0].combined(with: x[1]) { ($0 - $1) * ($0 - $1) }
      return Self.mean(errors, weights: Array(Self.weights[..<n]))
    case .meanAbsoluteError: return x[0].combined(with: x[1]) { abs($0 - $1) }
    case .crossEntropyOfRows:
      return PlainArray(shape: [n]) { Self.crossEntropy(x[0], $0[0], Self.labels[$0[0]]) }
    case .crossEntropyWeighted:
      var (total, divisor) = (0.0, 0.0)
      for row in 0..<n where Self.labels[row] >= 0 {
        let weight = Self.weights[row] * Self.classWeights[Int(Self.labels[row])]
        total += weight * Self.crossEntropy(x[0], row, Self.labels[row])
        divisor += weight
      }
      return PlainArray([total / divisor], shape: [])
    case .crossEntropySmooth:
      var total = 0.0
      for row in 0..<n where Self.labels[row] >= 0 {
        for (label, weight) in Self.classWeights.enumerated() {
          let share = 0.2 / 3 + (label == Int(Self.labels[row]) ? 0.8 : 0)
          total += share * weight * Self.crossEntropy(x[0], row, Int64(label))
        }
      }
      return PlainArray([total], shape: [])
    case .crossEntropyOfMaps:
      let rows = x[0].permuted([0, 2, 1]).reshaped(to: [n * 2, x[0].shape[1]])
      var (total, divisor) = (0.0, 0.0)
      for row in 0..<2 * n where Self.labels[row] >= 0 {
        total += Self.weights[row / 2] * Self.crossEntropy(rows, row, Self.labels[row])
        divisor += Self.weights[row / 2]
      }
      return PlainArray([total / divisor], shape: [])
    case .crossEntropyOfProbabilities:
      let targets = x[1].mapRows(Plain.softmax)
      let classes = x[0].shape[1]
      return PlainArray(shape: [n]) { index in
        (0..<classes).reduce(0) { sum, label in
          let share = 0.9 * targets.values[index[0] * classes + label] + 0.1 / Double(classes)
          return sum + share * Self.crossEntropy(x[0], index[0], Int64(label))
        }
      }
    case .ctc: return PlainArray(shape: [2]) { Self.ctc(x[0], $0[0]) }
    case .ctcMean:
      let total = (0..<2).reduce(0.0) {
        $0 + Self.weights[$1] * Self.ctc(x[0], $1) / Double(Self.targets[$1].count)
      }
      return PlainArray([total / (Self.weights[0] + Self.weights[1])], shape: [])
    }
  }

  /// −ln of the sum over every path that spells the target of a row.
  private static func ctc(_ x: PlainArray, _ row: Int) -> Double {
    let classes = x.shape[2]
    var total = 0.0
    for path in PlainArray.indices(of: Array(repeating: classes, count: frames[row])) {
      var spelled: [Int32] = []
      for (t, symbol) in path.enumerated() where symbol != 0 && (t == 0 || path[t - 1] != symbol) {
        spelled.append(Int32(symbol))
      }
      guard spelled == targets[row] else { continue }
      total += Plain.exp(
        path.enumerated().reduce(0.0) { $0 + x[broadcast: [$1.offset, row, $1.element]] })
    }
    return -Plain.log(total)
  }

  private static func crossEntropy(_ logits: PlainArray, _ row: Int, _ label: Int64) -> Double {
    guard label >= 0 else { return 0 }
    let columns = logits.shape[1]
    let probabilities = Plain.softmax(Array(logits.values[row * columns..<(row + 1) * columns]))
    return -Plain.log(probabilities[Int(label)])
  }

  /// The mean of losses with a weight for each entry of the first axis.
  private static func mean(_ losses: PlainArray, weights: [Double]) -> PlainArray {
    let inner = losses.values.count / weights.count
    let total = losses.values.enumerated().reduce(0) {
      $0 + $1.element * weights[$1.offset / inner]
    }
    return PlainArray([total / (weights.reduce(0, +) * Double(inner))], shape: [])
  }

  static let rows: [OperationCase] = [
    row(.meanSquaredErrorWeighted, [3, 2], [3, 2]),
    row(.meanAbsoluteError, [3, 2], [3, 2]), row(.meanAbsoluteError, [0, 2], [0, 2]),
    row(.crossEntropyOfRows, [4, 3]),
    row(.crossEntropyWeighted, [4, 3]), row(.crossEntropyWeighted, [6, 3]),
    row(.crossEntropySmooth, [4, 3]),
    row(.crossEntropyOfMaps, [2, 3, 2]),
    row(.crossEntropyOfProbabilities, [4, 3], [4, 3]),
    row(.ctc, [4, 2, 3]), row(.ctcMean, [4, 2, 3]),
  ]
}
