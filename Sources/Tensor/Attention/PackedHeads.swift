extension Tensor where Scalar: FloatingPointScalar {
  /// Query, key and value of `[batch, positions, 3 · heads · width]`, which hold all heads of one after
  /// those of another: three views `[batch, heads, positions, width]`.
  package func packedHeads(_ heads: Int) -> (query: Tensor, key: Tensor, value: Tensor) {
    let parts = split(into: 3, axis: -1).map { part in
      part.reshaped(to: [shape[0], shape[1], heads, shape[2] / 3 / heads] as Shape)
        .permuted([0, 2, 1, 3])
    }
    return (parts[0], parts[1], parts[2])
  }
}

extension AttentionTiles {
  /// The attention within `[batch, positions, 3 · width]` (see `packedHeads`), its heads joined again:
  /// `[batch, positions, width]`.
  package func forward<Scalar: FloatingPointScalar>(
    packed all: Tensor<Scalar>, heads: Int
  ) -> Tensor<Scalar> {
    let (query, key, value) = all.packedHeads(heads)
    return forward(query, key, value).permuted([0, 2, 1, 3])
      .reshaped(to: [all.shape[0], all.shape[1], all.shape[2] / 3] as Shape)
  }

  /// The gradient of `forward(packed:heads:)`, whose three parts are written where they belong.
  package func backward<Scalar: FloatingPointScalar>(
    _ g: Tensor<Scalar>, packed all: Tensor<Scalar>, heads: Int
  ) -> Tensor<Scalar> {
    let (query, key, value) = all.packedHeads(heads)
    let result = Tensor<Scalar>(uninitialized: all.shape)
    let parts = result.packedHeads(heads)
    let joined = g.reshaped(to: [all.shape[0], all.shape[1], heads, query.shape[3]] as Shape)
      .permuted([0, 2, 1, 3])
    writeGradients(
      of: joined, query, key, value, query: parts.query, key: parts.key, value: parts.value)
    return result
  }
}
