import NN
import Tensor

/// Losses of numbers, pairs and vectors, whose values and gradients of any order the operation table
/// checks.
enum ElementLossFunction: String, CaseIterable, FunctionFamily {
  case huber, smoothL1
  case binaryCrossEntropy, sigmoidCrossEntropy, sigmoidCrossEntropyWeighted, multiLabelSoftMargin
  case sigmoidFocal, sigmoidFocalCubic, softmaxFocal
  case negativeLogLikelihood, klDivergence, klDivergenceOfLogs
  case poisson, poissonFull, gaussian
  case hinge, hingeEmbedding, multiMargin, marginRanking, softMargin
  case cosineEmbedding, tripletMargin, tripletMarginSwapped

  static let labels: [Int64] = [2, 0, -100, 1]
  static let signs = [1, -1, -1, 1.0]
  static let positive = [0.5, 2, 1.5]

  private func tensor<S: FloatingPointScalar>(_ values: [Double], _ n: Int? = nil) -> Tensor<S> {
    Tensor(values[..<(n ?? values.count)].map { S($0) })
  }

  func callAsFunction<S: FloatingPointScalar>(_ x: [Variable<S>]) -> Variable<S> {
    let n = x[0].rank > 0 ? x[0].shape[0] : 1
    let labels = Tensor(Array(Self.labels[..<n]))
    return switch self {
    case .huber: huberLoss(x[0], x[1], delta: 0.75, reduction: .none)
    case .smoothL1: smoothL1Loss(x[0], x[1], beta: 0.5, reduction: .none)
    case .binaryCrossEntropy: NN.binaryCrossEntropy(x[0], x[1], reduction: .none)
    case .sigmoidCrossEntropy: NN.sigmoidCrossEntropy(x[0], x[1], reduction: .none)
    case .sigmoidCrossEntropyWeighted:
      NN.sigmoidCrossEntropy(
        x[0], x[1], positiveWeight: tensor(Self.positive), reduction: .none)
    case .multiLabelSoftMargin:
      multiLabelSoftMarginLoss(
        x[0], x[1], classWeights: tensor(Self.positive), reduction: .none)
    case .sigmoidFocal: sigmoidFocalLoss(x[0], x[1], reduction: .none)
    case .sigmoidFocalCubic:
      sigmoidFocalLoss(x[0], x[1], alpha: nil, gamma: 2.5, reduction: .none)
    case .softmaxFocal: softmaxFocalLoss(x[0], labels)
    case .negativeLogLikelihood:
      NN.negativeLogLikelihood(x[0], labels, classWeights: tensor(Self.positive))
    case .klDivergence: NN.klDivergence(x[0], x[1], reduction: .none)
    case .klDivergenceOfLogs: NN.klDivergence(x[0], x[1], logTarget: true, reduction: .none)
    case .poisson: poissonNegativeLogLikelihood(x[0], x[1], reduction: .none)
    case .poissonFull:
      poissonNegativeLogLikelihood(x[0], x[1], logInput: false, full: true, reduction: .none)
    case .gaussian:
      gaussianNegativeLogLikelihood(x[0], x[1], variance: x[2], full: true, reduction: .none)
    case .hinge: hingeLoss(x[0], x[1], reduction: .none)
    case .hingeEmbedding:
      hingeEmbeddingLoss(x[0], tensor(Self.signs, n), reduction: .none)
    case .multiMargin: multiMarginLoss(x[0], labels.clamped(to: 0...), p: 2, reduction: .none)
    case .marginRanking: marginRankingLoss(x[0], x[1], x[2], margin: 0.3, reduction: .none)
    case .softMargin: softMarginLoss(x[0], x[1], reduction: .none)
    case .cosineEmbedding:
      cosineEmbeddingLoss(x[0], x[1], tensor(Self.signs, n), margin: -1.5, reduction: .none)
    case .tripletMargin: tripletMarginLoss(x[0], x[1], x[2], reduction: .none)
    case .tripletMarginSwapped:
      tripletMarginLoss(x[0], x[1], x[2], margin: 3, p: 2.5, swap: true, reduction: .none)
    }
  }

  func reference(_ x: [PlainArray]) -> PlainArray {
    switch self {
    case .huber: return Self.pairs(x) { Self.huber($0 - $1, 0.75) }
    case .smoothL1: return Self.pairs(x) { Self.huber($0 - $1, 0.5) / 0.5 }
    case .binaryCrossEntropy:
      return Self.pairs(x) { -$1 * Plain.log($0) - (1 - $1) * Plain.log(1 - $0) }
    case .sigmoidCrossEntropy: return Self.pairs(x) { Self.crossEntropy($0, $1) }
    case .sigmoidCrossEntropyWeighted:
      return PlainArray(shape: x[0].shape) { index in
        let (x, t) = (x[0][broadcast: index], x[1][broadcast: index])
        return Self.positive[index[1]] * t * Plain.softplus(-x) + (1 - t) * Plain.softplus(x)
      }
    case .multiLabelSoftMargin:
      return PlainArray(shape: [x[0].shape[0]]) { row in
        (0..<3).reduce(0) { sum, label in
          let (x, t) = (x[0][broadcast: row + [label]], x[1][broadcast: row + [label]])
          return sum + Self.positive[label] * Self.crossEntropy(x, t) / 3
        }
      }
    case .sigmoidFocal:
      return Self.pairs(x) { x, t in
        let miss = Self.miss(x, t)
        return (0.25 * t + 0.75 * (1 - t)) * miss * miss * Self.crossEntropy(x, t)
      }
    case .sigmoidFocalCubic:
      return Self.pairs(x) { x, t in
        Plain.exp(2.5 * Plain.log(Self.miss(x, t))) * Self.crossEntropy(x, t)
      }
    case .softmaxFocal:
      return Self.meanOfRows(x[0], weights: [1, 1, 1]) { row, label in
        let p = Plain.softmax(row)[label]
        return -(1 - p) * (1 - p) * Plain.log(p)
      }
    case .negativeLogLikelihood:
      return Self.meanOfRows(x[0], weights: Self.positive) { row, label in -row[label] }
    case .klDivergence: return Self.pairs(x) { $1 * (Plain.log($1) - $0) }
    case .klDivergenceOfLogs: return Self.pairs(x) { Plain.exp($1) * ($1 - $0) }
    case .poisson: return Self.pairs(x) { Plain.exp($0) - $1 * $0 }
    case .poissonFull:
      return Self.pairs(x) { x, t in
        let stirling = t * Plain.log(t) - t + Plain.log(2 * .pi * t) / 2
        return x - t * Plain.log(x + 1e-8) + (t > 1 ? stirling : 0)
      }
    case .gaussian:
      return PlainArray(shape: x[0].shape) { index in
        let difference = x[0][broadcast: index] - x[1][broadcast: index]
        let variance = x[2][broadcast: x[2].shape.count == 1 ? [index[0]] : index]
        return (Plain.log(2 * .pi * variance) + difference * difference / variance) / 2
      }
    case .hinge: return Self.pairs(x) { max(0, 1 - $0 * $1) }
    case .hingeEmbedding:
      return PlainArray(shape: x[0].shape) { index in
        let x = x[0][broadcast: index]
        return Self.signs[index[0]] == 1 ? x : max(0, 1 - x)
      }
    case .multiMargin:
      return PlainArray(shape: [x[0].shape[0]]) { row in
        let own = max(0, Int(Self.labels[row[0]]))
        return (0..<3).reduce(0) { sum, label in
          let gap = 1 - x[0][broadcast: row + [own]] + x[0][broadcast: row + [label]]
          return sum + (label == own || gap < 0 ? 0 : gap * gap / 3)
        }
      }
    case .marginRanking:
      return x[2].combined(with: x[0].combined(with: x[1], -)) { max(0, 0.3 - $0 * $1) }
    case .softMargin: return Self.pairs(x) { Plain.softplus(-$0 * $1) }
    case .cosineEmbedding:
      return PlainArray(shape: [x[0].shape[0]]) { row in
        func product(_ a: PlainArray, _ b: PlainArray) -> Double {
          (0..<3).reduce(0) { $0 + a[broadcast: row + [$1]] * b[broadcast: row + [$1]] }
        }
        let squares = (product(x[0], x[0]) + 1e-12) * (product(x[1], x[1]) + 1e-12)
        let cosine = product(x[0], x[1]) / squares.squareRoot()
        return Self.signs[row[0]] == 1 ? 1 - cosine : cosine + 1.5
      }
    case .tripletMargin:
      return PlainArray(shape: [x[0].shape[0]]) { row in
        max(0, Self.distance(x[0], x[1], row, 2) - Self.distance(x[0], x[2], row, 2) + 1)
      }
    case .tripletMarginSwapped:
      return PlainArray(shape: [x[0].shape[0]]) { row in
        let apart = min(
          Self.distance(x[0], x[2], row, 2.5), Self.distance(x[1], x[2], row, 2.5))
        return max(0, Self.distance(x[0], x[1], row, 2.5) - apart + 3)
      }
    }
  }

  private static func pairs(_ x: [PlainArray], _ loss: (Double, Double) -> Double) -> PlainArray {
    x[0].combined(with: x[1], loss)
  }

  private static func huber(_ d: Double, _ delta: Double) -> Double {
    abs(d) <= delta ? d * d / 2 : delta * (abs(d) - delta / 2)
  }

  private static func crossEntropy(_ x: Double, _ t: Double) -> Double {
    t * Plain.softplus(-x) + (1 - t) * Plain.softplus(x)
  }

  private static func miss(_ x: Double, _ t: Double) -> Double {
    (1 - t) * Plain.sigmoid(x) + t * Plain.sigmoid(-x)
  }

  /// The mean of the losses of rows with labels that are not ignored.
  private static func meanOfRows(
    _ x: PlainArray, weights: [Double], _ loss: ([Double], Int) -> Double
  ) -> PlainArray {
    let columns = x.shape[1]
    var (total, divisor) = (0.0, 0.0)
    for row in 0..<x.shape[0] where labels[row] >= 0 {
      let label = Int(labels[row])
      let values = Array(x.values[row * columns..<(row + 1) * columns])
      total += weights[label] * loss(values, label)
      divisor += weights[label]
    }
    return PlainArray([total / divisor], shape: [])
  }

  private static func distance(
    _ a: PlainArray, _ b: PlainArray, _ row: [Int], _ p: Double
  ) -> Double {
    let total = (0..<3).reduce(0.0) { sum, place in
      let difference = a[broadcast: row + [place]] - b[broadcast: row + [place]] + 1e-6
      return sum + Plain.exp(p * Plain.log(abs(difference)))
    }
    return Plain.exp(Plain.log(total) / p)
  }

  static let rows: [OperationCase] =
    [
      ElementLossFunction.huber, .smoothL1, .sigmoidCrossEntropy, .klDivergenceOfLogs, .hinge,
      .softMargin, .sigmoidFocal, .poisson,
    ].flatMap { [row($0, [2, 3], [2, 3]), row($0, [], [])] } + [
      row(.huber, [0, 3], [0, 3]), row(.sigmoidCrossEntropy, [0], [0]),
      row(.binaryCrossEntropy, [2, 3], [2, 3], in: 0.1...0.9),
      row(.binaryCrossEntropy, [0], [0]),
      row(.sigmoidCrossEntropyWeighted, [2, 3], [2, 3]),
      row(.multiLabelSoftMargin, [2, 3], [2, 3]),
      row(.sigmoidFocalCubic, [2, 3], [2, 3], in: 0.1...0.9),
      row(.softmaxFocal, [4, 3]), row(.negativeLogLikelihood, [4, 3]),
      row(.klDivergence, [2, 3], [2, 3], in: 0.1...1),
      row(.poissonFull, [2, 3], [2, 3], in: 1.1...4), row(.poissonFull, [3], [3], in: 0.3...0.9),
      row(.gaussian, [2, 3], [2, 3], [2, 3], in: 0.2...2),
      row(.gaussian, [2, 3], [2, 3], [2], in: 0.2...2),
      // Away from the margin.
      row(.hingeEmbedding, [4], in: -2...0.9), row(.multiMargin, [4, 3]),
      row(.marginRanking, [2, 3], [2, 3], [2, 3]),
      row(.cosineEmbedding, [4, 3], [4, 3]),
      row(.tripletMargin, [4, 3], [4, 3], [4, 3]),
      row(.tripletMarginSwapped, [2, 3], [2, 3], [2, 3]),
    ]
}
