import Tensor

/// Scaled dot-product attention (A. Vaswani and others, 2017).
///
///     y = softmax(scale · Q · Kᵀ + bias) · V
///
/// `query` is `[…, queries, width]`, `key` `[…, keys, width]` and `value` `[…, keys, valueWidth]`, with
/// the same axes before, usually batch and heads; `scale` is 1/√width unless given. With a quarter as
/// many heads (axis −3) in key and value as in the query, or another divisor, each serves as many query
/// heads (J. Ainslie and others, 2023). What counts is chosen by any of:
///
/// - `isCausal`: the last query sees all keys, each query before it one key less. With as many queries
///   as keys that is PyTorch's causal mask; with fewer, as when generating with a cache, PyTorch would
///   align the first query with the first key.
/// - `mask`: true where a query sees a key; it broadcasts to `[…, queries, keys]`.
/// - `bias`: a number added to each score; it broadcasts so, too.
///
/// A query that sees no key gets zeros. While training, `dropout` of the probabilities are dropped.
/// Without bias and dropout the score matrix never exists as a whole, neither forward nor backward,
/// masked or not. Stops with a message if the shapes do not fit.
public func scaledDotProductAttention<Scalar>(
  query: Variable<Scalar>, key: Variable<Scalar>, value: Variable<Scalar>,
  mask: Tensor<Bool>? = nil, bias: Variable<Scalar>? = nil, isCausal: Bool = false,
  scale: Scalar? = nil, dropout: Double = 0, in context: Context = .evaluation
) -> Variable<Scalar> {
  guard dropout >= 0 && dropout <= 1 else {
    stop("scaledDotProductAttention: dropout must be a probability, got \(dropout)")
  }
  let (key, value) = (key.serving(query), value.serving(query))
  checkFit(query.shape, key.shape, value.shape)
  let scale = scale ?? 1 / Scalar(max(1, query.shape[-1])).squareRoot()
  if bias == nil && !(dropout > 0 && context.isTraining) {
    return fusedAttention(query, key, value, mask: mask, isCausal: isCausal, scale: scale)
  }
  let weights = attentionWeights(
    query: query, key: key, mask: mask, bias: bias, isCausal: isCausal, scale: scale)
  return weights.dropping(dropout, in: context).matmul(value)
}

private func checkFit(_ query: Shape, _ key: Shape, _ value: Shape) {
  guard query.rank >= 2, key.rank == query.rank, value.rank == query.rank,
    query.dropLast(2) == key.dropLast(2), query.dropLast(2) == value.dropLast(2),
    query[-1] == key[-1], key[-2] == value[-2]
  else {
    stop(
      "scaledDotProductAttention: query \(query), key \(key) and value \(value) do not fit; they must "
        + "be […, queries, width], […, keys, width] and […, keys, valueWidth]")
  }
}

private func checkMask(_ mask: Shape, _ scores: Shape) {
  guard Shape.broadcast(mask, scores) == scores else {
    stop("scaledDotProductAttention: mask \(mask) does not broadcast to \(scores)")
  }
}

extension Variable {
  /// Keys or values of fewer heads, each repeated for the query heads that it serves.
  fileprivate func serving(_ query: Variable) -> Variable {
    guard rank >= 3, query.rank == rank, shape[-3] > 0, shape[-3] < query.shape[-3],
      query.shape[-3] % shape[-3] == 0
    else { return self }
    return repeated(query.shape[-3] / shape[-3], axis: rank - 3)
  }

  /// Dropout while training, and nothing else.
  func dropping(_ probability: Double, in context: Context) -> Variable {
    guard context.isTraining else { return self }
    return dropout(self, probability: probability, using: &context.random)
  }
}

/// The attention of blocks, as one operation.
private func fusedAttention<Scalar>(
  _ query: Variable<Scalar>, _ key: Variable<Scalar>, _ value: Variable<Scalar>,
  mask: Tensor<Bool>?, isCausal: Bool, scale: Scalar
) -> Variable<Scalar> {
  if let mask { checkMask(mask.shape, Shape(query.shape.dropLast() + [key.shape[-2]])) }
  let tiles = AttentionTiles(
    query: query.shape, key: key.shape, value: value.shape, mask: mask, isCausal: isCausal,
    scale: Double(scale))
  let result = tiles.forward(query.value, key.value, value.value)
  return recordFused(.attention, result, from: [query, key, value]) { operands in
    attentionWeights(
      query: operands[0], key: operands[1], mask: mask, bias: nil, isCausal: isCausal, scale: scale
    ).matmul(operands[2])
  } pullback: { g, backward in
    let gradients = tiles.backward(g, query.value, key.value, value.value)
    backward.add(to: query) { Variable(gradients.query) }
    backward.add(to: key) { Variable(gradients.key) }
    backward.add(to: value) { Variable(gradients.value) }
  }
}

/// Self-attention within `[batch, positions, 3 · width]`, which holds the queries of all heads, then their
/// keys, then their values; the heads are joined again to `[batch, positions, width]`.
///
/// The same as to split, to permute, `scaledDotProductAttention`, and to permute back, without the
/// copies: heads are read and written where they lie.
package func packedSelfAttention<Scalar>(
  _ all: Variable<Scalar>, heads: Int, mask: Tensor<Bool>?, isCausal: Bool
) -> Variable<Scalar> {
  let (query, key, value) = all.value.packedHeads(heads)
  if let mask { checkMask(mask.shape, Shape(query.shape.dropLast() + [key.shape[-2]])) }
  let scale = 1 / Scalar(query.shape[-1]).squareRoot()
  let tiles = AttentionTiles(
    query: query.shape, key: key.shape, value: value.shape, mask: mask, isCausal: isCausal,
    scale: Double(scale))
  let result = tiles.forward(packed: all.value, heads: heads)
  return recordFused(.attention, result, from: [all]) { operands in
    let parts = operands[0].split(into: 3, axis: -1).map { part in
      part.reshaped(to: [result.shape[0], result.shape[1], heads, query.shape[-1]] as Shape)
        .permuted([0, 2, 1, 3])
    }
    return attentionWeights(
      query: parts[0], key: parts[1], mask: mask, bias: nil, isCausal: isCausal, scale: scale
    ).matmul(parts[2]).permuted([0, 2, 1, 3]).reshaped(to: result.shape)
  } pullback: { g, backward in
    backward.add(to: all) { Variable(tiles.backward(g, packed: all.value, heads: heads)) }
  }
}

/// softmax(scale · Q · Kᵀ + bias) of what is seen, of differentiable operations.
func attentionWeights<Scalar>(
  query: Variable<Scalar>, key: Variable<Scalar>, mask: Tensor<Bool>?, bias: Variable<Scalar>?,
  isCausal: Bool, scale: Scalar
) -> Variable<Scalar> {
  var scores = (query * scale).matmul(key.transposed)
  if let bias {
    guard Shape.broadcast(bias.shape, scores.shape) == scores.shape else {
      stop("scaledDotProductAttention: bias \(bias.shape) does not broadcast to \(scores.shape)")
    }
    scores = scores + bias
  }
  var seen = mask
  if let mask { checkMask(mask.shape, scores.shape) }
  if isCausal {
    let causal = causalMask(queries: query.shape[-2], keys: key.shape[-2])
    seen = mask.map { $0 .& causal } ?? causal
  }
  guard let seen else { return scores.softmax() }
  // A number in place of −∞, so that a query that sees no key has a gradient of zero, not NaN.
  let hidden = -Scalar.greatestFiniteMagnitude / 2
  return .where(seen, Variable.where(seen, scores, hidden).softmax(), 0)
}

/// True where a query sees a key: `[queries, keys]`, the last query all of them.
func causalMask(queries: Int, keys: Int) -> Tensor<Bool> {
  Tensor(
    (0..<queries).flatMap { query in (0..<keys).map { $0 <= keys - queries + query } },
    shape: [queries, keys])
}
