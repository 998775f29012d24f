import NN
import Tensor

/// Attention, fused and not, against loops over its equation.
enum AttentionFunction: String, CaseIterable, FunctionFamily {
  case attention, causal, scaled, masked, maskedCausal, biased, maskedBiased, grouped
  case packed, packedCausal

  /// Query 1 sees no key.
  private static let mask = [[true, false, true], [false, false, false]]

  private var isCausal: Bool {
    self == .causal || self == .maskedCausal || self == .packedCausal
  }
  private var isPacked: Bool { self == .packed || self == .packedCausal }
  private var isMasked: Bool {
    self == .masked || self == .maskedCausal || self == .maskedBiased
  }

  func callAsFunction<S: FloatingPointScalar>(_ x: [Variable<S>]) -> Variable<S> {
    if isPacked { return packedSelfAttention(x[0], heads: 2, mask: nil, isCausal: isCausal) }
    let mask = isMasked ? Tensor(Self.mask.flatMap { $0 }, shape: [2, 3]) : nil
    return scaledDotProductAttention(
      query: x[0], key: x[1], value: x[2], mask: mask, bias: x.count == 4 ? x[3] : nil,
      isCausal: isCausal, scale: self == .scaled ? 0.7 : nil)
  }

  func reference(_ x: [PlainArray]) -> PlainArray {
    if isPacked { return packedReference(x[0]) }
    return reference(of: x)
  }

  /// Two heads of queries, then their keys, then their values, in one row.
  private func packedReference(_ all: PlainArray) -> PlainArray {
    let (batch, positions, width) = (all.shape[0], all.shape[1], all.shape[2] / 6)
    let parts = (0..<3).map { part in
      PlainArray(shape: [batch, 2, positions, width]) { index in
        all[broadcast: [index[0], index[2], (part * 2 + index[1]) * width + index[3]]]
      }
    }
    let heads = reference(of: parts)
    return PlainArray(shape: [batch, positions, 2 * width]) { index in
      heads[broadcast: [index[0], index[2] / width, index[1], index[2] % width]]
    }
  }

  private func reference(of x: [PlainArray]) -> PlainArray {
    let (query, key, value) = (x[0].shape, x[1].shape, x[2].shape)
    let (queries, keys) = (query[query.count - 2], key[key.count - 2])
    let width = query[query.count - 1]
    let scale = self == .scaled ? 0.7 : 1 / Double(max(1, width)).squareRoot()
    // Each head of keys serves as many heads of queries.
    let share = query.count > 2 ? max(1, query[query.count - 3] / max(1, key[key.count - 3])) : 1
    return PlainArray(shape: query.dropLast() + [value[value.count - 1]]) { index in
      let lead = Array(index.dropLast(2))
      let query = index[index.count - 2]
      var head = lead
      if share > 1 { head[head.count - 1] /= share }
      let scores = (0..<keys).map { key -> Double in
        let seen =
          (!isCausal || key <= keys - queries + query) && (!isMasked || Self.mask[query][key])
        guard seen else { return -.infinity }
        let product = (0..<width).reduce(0.0) {
          $0 + x[0][broadcast: lead + [query, $1]] * x[1][broadcast: head + [key, $1]]
        }
        return scale * product + (x.count == 4 ? x[3][broadcast: [query, key]] : 0)
      }
      let weights = scores.map(Plain.exp)
      let total = weights.reduce(0, +)
      guard total > 0 else { return 0 }
      return (0..<keys).reduce(0.0) {
        $0 + weights[$1] / total * x[2][broadcast: head + [$1, index[index.count - 1]]]
      }
    }
  }

  static let rows: [OperationCase] = [
    row(.attention, [2, 3, 2], [2, 3, 2], [2, 3, 4]),
    row(.attention, [1, 2, 2, 3], [1, 2, 3, 3], [1, 2, 3, 2]),
    row(.attention, [2, 3], [4, 3], [4, 2]), row(.attention, [0, 2, 3], [0, 3, 3], [0, 3, 2]),
    row(.attention, [2, 0, 3], [2, 3, 3], [2, 3, 2]),
    row(.causal, [2, 3, 2], [2, 3, 2], [2, 3, 2]), row(.causal, [2, 2], [3, 2], [3, 2]),
    row(.causal, [3, 2], [2, 2], [2, 2]),
    row(.scaled, [2, 3, 2], [2, 3, 2], [2, 3, 2]),
    row(.masked, [2, 2, 2], [2, 3, 2], [2, 3, 2]), row(.maskedCausal, [2, 2], [3, 2], [3, 2]),
    row(.biased, [2, 2, 2], [2, 3, 2], [2, 3, 2], [2, 3]),
    row(.maskedBiased, [2, 2, 2], [2, 3, 2], [2, 3, 2], [2, 3]),
    row(.grouped, [1, 4, 2, 2], [1, 2, 3, 2], [1, 2, 3, 2]),
    row(.packed, [2, 3, 12]), row(.packed, [0, 3, 6]), row(.packed, [2, 0, 6]),
    row(.packedCausal, [2, 3, 6]),
  ]
}
