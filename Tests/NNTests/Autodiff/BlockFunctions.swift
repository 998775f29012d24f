import Foundation
import NN
import Tensor

/// Operations made of a user's own code: custom ones, and blocks that are computed twice.
enum BlockFunction: String, CaseIterable, FunctionFamily {
  case custom, customOfTwo, recomputed, recomputedInside, recomputedTransform

  func callAsFunction<S: FloatingPointScalar>(_ x: [Variable<S>]) -> Variable<S> {
    switch self {
    case .custom:
      // x³, whose derivative is written with the operand.
      customOperation("cube", of: [x[0]], value: { $0[0] * $0[0] * $0[0] }) { g, x, _ in
        [3 * g * x[0].squared()]
      }
    case .customOfTwo:
      // eˣ · y, whose derivatives are written with the result; y is used twice.
      customOperation("scaledExp", of: [x[0], x[1]], value: { $0[0].exp() * $0[1] }) { g, x, y in
        [g * y, g * x[0].exp()]
      } * x[1]
    case .recomputed:
      recomputing { (x[0].tanh() * x[1]).exp() }
    case .recomputedInside:
      recomputing { recomputing { x[0].squared() } * x[0] + x[1] } * x[1]
    case .recomputedTransform:
      // A block with a transform of its own: d/dy Σ y³ at x, times z.
      recomputing { gradient(at: x[0]) { ($0 * $0 * $0).sum() } * x[1] }
    }
  }

  func reference(_ x: [PlainArray]) -> PlainArray {
    switch self {
    case .custom: x[0].map { $0 * $0 * $0 }
    case .customOfTwo: x[0].combined(with: x[1]) { exp($0) * $1 * $1 }
    case .recomputed: x[0].combined(with: x[1]) { exp(tanh($0) * $1) }
    case .recomputedInside: x[0].combined(with: x[1]) { ($0 * $0 * $0 + $1) * $1 }
    case .recomputedTransform: x[0].combined(with: x[1]) { 3 * $0 * $0 * $1 }
    }
  }

  static let rows: [OperationCase] = [
    row(.custom, [2, 3]), row(.custom, [0]),
    row(.customOfTwo, [2, 3], [2, 3], in: -1...1),
    row(.recomputed, [2, 3], [3], in: -1...1), row(.recomputed, [0, 3], [3]),
    row(.recomputedInside, [2, 3], [2, 3], in: -1...1),
    row(.recomputedTransform, [2, 3], [2, 3], in: -1...1),
  ]
}
