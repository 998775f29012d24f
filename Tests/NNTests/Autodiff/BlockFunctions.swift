import Foundation
import NN
import Tensor

/// Operations made of others: a user's own, blocks that are computed twice, tuples and quantiles.
enum BlockFunction: String, CaseIterable, FunctionFamily {
  case custom, customOfTwo, recomputed, recomputedInside, recomputedTransform
  case gatherTuples, scatterTuples, quantile, median

  func callAsFunction<S: FloatingPointScalar>(_ x: [Variable<S>]) -> Variable<S> {
    switch self {
    case .custom:
      // x³, whose derivative is written with the operand.
      customOperation(
        "cube", of: [x[0]], value: { $0[0] * $0[0] * $0[0] },
        pullback: { g, x, _ in
          [3 * g * x[0].squared()]
        })
    case .customOfTwo:
      // eˣ · y, whose derivatives are written with the result; y is used twice.
      customOperation(
        "scaledExp", of: [x[0], x[1]], value: { $0[0].exp() * $0[1] },
        pullback: { g, x, y in
          [g * y, g * x[0].exp()]
        }) * x[1]
    case .recomputed:
      recomputing { (x[0].tanh() * x[1]).exp() }
    case .recomputedInside:
      recomputing { recomputing { x[0].squared() } * x[0] + x[1] } * x[1]
    case .recomputedTransform:
      // A block with a transform of its own: d/dy Σ y³ at x, times z.
      recomputing { gradient(at: x[0]) { ($0 * $0 * $0).sum() } * x[1] }
    case .gatherTuples: x[0].gatherND(Self.tuples)
    case .scatterTuples: Self.scattered(x[0].squared(), x[1])
    case .quantile: x[0].quantile(0.3, axis: 1)
    case .median: x[0].median()
    }
  }

  private static let tuples = Tensor<Int64>([0, 2, 1, 0, 0, 2]).reshaped(to: [3, 2])

  private static func scattered<S>(_ x: Variable<S>, _ source: Variable<S>) -> Variable<S> {
    var result = x
    result.scatterND(source, at: tuples)
    return result
  }

  private func quantile(_ row: [Double], _ q: Double) -> Double {
    let ordered = row.sorted()
    let position = q * Double(row.count - 1)
    let lower = Int(position)
    guard lower + 1 < row.count else { return ordered[lower] }
    return ordered[lower] + (position - Double(lower)) * (ordered[lower + 1] - ordered[lower])
  }

  func reference(_ x: [PlainArray]) -> PlainArray {
    switch self {
    case .custom: x[0].map { $0 * $0 * $0 }
    case .customOfTwo: x[0].combined(with: x[1]) { exp($0) * $1 * $1 }
    case .recomputed: x[0].combined(with: x[1]) { exp(tanh($0) * $1) }
    case .recomputedInside: x[0].combined(with: x[1]) { ($0 * $0 * $0 + $1) * $1 }
    case .recomputedTransform: x[0].combined(with: x[1]) { 3 * $0 * $0 * $1 }
    case .gatherTuples:
      PlainArray(shape: [3]) { x[0][broadcast: [[0, 2], [1, 0], [0, 2]][$0[0]]] }
    case .scatterTuples:
      PlainArray(shape: x[0].shape) { index in
        // The last of two parts for one place stays.
        switch index {
        case [0, 2]: x[1][broadcast: [2]]
        case [1, 0]: x[1][broadcast: [1]]
        default: x[0][broadcast: index] * x[0][broadcast: index]
        }
      }
    case .quantile:
      PlainArray(shape: [x[0].shape[0]]) { row in
        quantile((0..<x[0].shape[1]).map { x[0][broadcast: [row[0], $0]] }, 0.3)
      }
    case .median: PlainArray([quantile(x[0].values, 0.5)], shape: [])
    }
  }

  static let rows: [OperationCase] = [
    row(.custom, [2, 3]), row(.custom, [0]),
    row(.customOfTwo, [2, 3], [2, 3], in: -1...1),
    row(.recomputed, [2, 3], [3], in: -1...1), row(.recomputed, [0, 3], [3]),
    row(.recomputedInside, [2, 3], [2, 3], in: -1...1),
    row(.recomputedTransform, [2, 3], [2, 3], in: -1...1),
    row(.gatherTuples, [2, 3]), row(.scatterTuples, [2, 3], [3]),
    row(.scatterTuples, [2, 3], [1]),
    row(.quantile, [2, 4]), row(.median, [1, 5]), row(.median, [1, 6]),
  ]
}
