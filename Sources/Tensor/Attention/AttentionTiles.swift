import CKernels

/// Attention of one head after another, in blocks of queries: no more of the score matrix exists at a
/// time than one block has, and of a causal one no more than its visible part.
///
/// Nothing but the operands is kept for the gradient, which computes the scores of a block once more
/// (T. Dao and others, 2022, for the idea; here a block has all visible keys, since a row of scores fits
/// into the cache). What is hidden has a probability of 0, so that no gradient needs the mask.
package struct AttentionTiles: Sendable {
  /// Products of the axes before the last two: batches and heads.
  let heads: Int
  let queries: Int
  let keys: Int
  let width: Int
  let valueWidth: Int
  let isCausal: Bool
  let scale: Double
  private let mask: VisibleKeys?

  /// For operands `[…, queries, width]`, `[…, keys, width]` and `[…, keys, valueWidth]`, whose fit is the
  /// caller's care, as that of the mask, which broadcasts to the scores and is true where a key is seen.
  /// Of a causal one the last query sees all keys, and each before it one key less.
  package init(
    query: Shape, key: Shape, value: Shape, mask: Tensor<Bool>? = nil, isCausal: Bool, scale: Double
  ) {
    heads = query.dropLast(2).reduce(1, *)
    queries = query[-2]
    keys = key[-2]
    width = query[-1]
    valueWidth = value[-1]
    self.isCausal = isCausal
    self.scale = scale
    let scores = Shape(query.dropLast() + [key[-2]])
    self.mask = mask.map { VisibleKeys($0, scores: scores) }
  }

  /// Queries in a block: their scores for some hundreds of keys stay in the level 2 cache. The smaller
  /// a causal block, the less is computed of what its first queries do not see.
  private var blockRows: Int { isCausal ? 32 : 64 }

  /// softmax(scale · Q · Kᵀ) · V for each head; a query that sees no key gets zeros.
  package func forward<Scalar: FloatingPointScalar>(
    _ query: Tensor<Scalar>, _ key: Tensor<Scalar>, _ value: Tensor<Scalar>
  ) -> Tensor<Scalar> {
    let operands = (HeadRows.readable(query), HeadRows.readable(key), HeadRows.readable(value))
    let result = HeadRows.writable(Shape(query.shape.dropLast() + [valueWidth]), Scalar.self)
    let dtype = Scalar.dtype
    let blocks = (queries + blockRows - 1) / blockRows
    Multiplications.add(visiblePairs &* (width + valueWidth))
    withExtendedLifetime((operands, result)) {
      let (q, k) = (HeadRows(operands.0), HeadRows(operands.1))
      let (v, out) = (HeadRows(operands.2), HeadRows(result))
      ThreadPool.forEachRange(of: heads * blocks, grain: grain(ofBlocks: true)) { range in
        withScores(1, dtype) { scores, counts in
          for index in range {
            let (head, block) = (index / blocks, index % blocks)
            let rows = block * blockRows..<min(queries, (block + 1) * blockRows)
            let seen = probabilities(dtype, q, k, head, rows, counts, into: scores)
            GEMM(
              m: rows.count, n: valueWidth, k: seen, lda: max(1, keys), ldb: v.step, ldc: out.step
            ).runInPiece(
              dtype, a: scores, b: v.row(0, of: head), c: out.row(rows.lowerBound, of: head))
          }
        }
      }
    }
    return result
  }

  /// The gradients of query, key and value, where `g` is that of the result.
  package func backward<Scalar: FloatingPointScalar>(
    _ g: Tensor<Scalar>, _ query: Tensor<Scalar>, _ key: Tensor<Scalar>, _ value: Tensor<Scalar>
  ) -> (query: Tensor<Scalar>, key: Tensor<Scalar>, value: Tensor<Scalar>) {
    let result = (
      query: HeadRows.writable(query.shape, Scalar.self),
      key: HeadRows.writable(key.shape, Scalar.self),
      value: HeadRows.writable(value.shape, Scalar.self)
    )
    writeGradients(
      of: g, query, key, value, query: result.query, key: result.key, value: result.value)
    return result
  }

  /// Writes the gradients of query, key and value.
  ///
  ///     P = softmax(scale · Q · Kᵀ), D = P · (g · Vᵀ − Σ P · (g · Vᵀ))
  ///     ∂Q = scale · D · K, ∂K = scale · Dᵀ · Q, ∂V = Pᵀ · g
  func writeGradients<Scalar: FloatingPointScalar>(
    of g: Tensor<Scalar>, _ query: Tensor<Scalar>, _ key: Tensor<Scalar>, _ value: Tensor<Scalar>,
    query dQuery: Tensor<Scalar>, key dKey: Tensor<Scalar>, value dValue: Tensor<Scalar>
  ) {
    let (g, query) = (HeadRows.readable(g), HeadRows.readable(query))
    let (key, value) = (HeadRows.readable(key), HeadRows.readable(value))
    let dtype = Scalar.dtype
    Multiplications.add(2 &* visiblePairs &* (width + valueWidth))
    withExtendedLifetime((g, query, key, value, dQuery, dKey, dValue)) {
      let gradient = HeadRows(g)
      let (q, k, v) = (HeadRows(query), HeadRows(key), HeadRows(value))
      let (dq, dk, dv) = (HeadRows(dQuery), HeadRows(dKey), HeadRows(dValue))
      let blocks = (queries + blockRows - 1) / blockRows
      ThreadPool.forEachRange(of: heads, grain: grain(ofBlocks: false)) { range in
        withScores(2, dtype) { p, counts in
          let d = p + blockRows * keys * dtype.byteCount
          for head in range {
            // The last block sees the most keys: what it does not write is never written.
            let all = blocks == 0 ? 0 : visible(head, to: queries - 1)
            dk.clear(all..<keys, of: head, width: width)
            dv.clear(all..<keys, of: head, width: valueWidth)
            for block in (0..<blocks).reversed() {
              let first = block * blockRows
              let rows = first..<min(queries, first + blockRows)
              let kept: Double = block == blocks - 1 ? 0 : 1
              let slope = gradient.row(first, of: head)
              let seen = probabilities(dtype, q, k, head, rows, counts, into: p)
              GEMM(
                m: rows.count, n: seen, k: valueWidth, transposeB: true, lda: gradient.step,
                ldb: v.step, ldc: max(1, keys)
              ).runInPiece(dtype, a: slope, b: v.row(0, of: head), c: d)
              GEMM(
                m: seen, n: valueWidth, k: rows.count, transposeA: true, lda: max(1, keys),
                ldb: gradient.step, ldc: dv.step
              ).runInPiece(dtype, a: p, b: slope, beta: kept, c: dv.row(0, of: head))
              if dtype == .float32 {
                apus_softmax_grad_leading_f32(
                  p.bound(), d.bound(), keys, rows.count, counts, seen)
              } else {
                apus_softmax_grad_leading_f64(
                  p.bound(), d.bound(), keys, rows.count, counts, seen)
              }
              GEMM(
                m: rows.count, n: width, k: seen, lda: max(1, keys), ldb: k.step, ldc: dq.step
              ).runInPiece(
                dtype, alpha: scale, a: d, b: k.row(0, of: head), c: dq.row(first, of: head))
              GEMM(
                m: seen, n: width, k: rows.count, transposeA: true, lda: max(1, keys),
                ldb: q.step, ldc: dk.step
              ).runInPiece(
                dtype, alpha: scale, a: d, b: q.row(first, of: head), beta: kept,
                c: dk.row(0, of: head))
            }
          }
        }
      }
    }
  }

  /// Calls `body` with memory for the scores of so many blocks, and for a number for each query of one.
  private func withScores(
    _ blocks: Int, _ dtype: DType,
    _ body: (UnsafeMutableRawPointer, UnsafeMutablePointer<Int>) -> Void
  ) {
    let scores = Storage(byteCount: blocks * blockRows * keys * dtype.byteCount)
    withUnsafeTemporaryAllocation(of: Int.self, capacity: blockRows) { counts in
      guard let counts = counts.baseAddress else { return }
      body(scores.pointer, counts)
    }
    withExtendedLifetime(scores) {}
  }

  /// How many keys from the first on a query sees, at most.
  private func visible(_ head: Int, to query: Int) -> Int {
    let seen = isCausal ? min(keys, max(0, keys - queries + query + 1)) : keys
    return mask.map { min(seen, $0.end(ofHead: head)) } ?? seen
  }

  /// Pairs of a query and a key that it sees, at most, in all heads.
  private var visiblePairs: Int {
    func pairs(_ head: Int) -> Int {
      isCausal
        ? (0..<queries).reduce(0) { $0 + visible(head, to: $1) } : queries * visible(head, to: 0)
    }
    return mask == nil ? heads * pairs(0) : (0..<heads).reduce(0) { $0 + pairs($1) }
  }

  /// Small work stays on the calling thread.
  private func grain(ofBlocks: Bool) -> Int {
    let rows = ofBlocks ? min(queries, blockRows) : queries
    return max(1, GEMM.splitThreshold / max(1, rows &* keys &* (width + valueWidth)))
  }

  /// The probabilities of a block of queries, its rows `keys` elements apart. The result is how many
  /// keys from the first on are seen by any of them; `counts` gets the number for each. What is after
  /// them is not written.
  private func probabilities(
    _ dtype: DType, _ q: HeadRows, _ k: HeadRows, _ head: Int, _ rows: Range<Int>,
    _ counts: UnsafeMutablePointer<Int>, into p: UnsafeMutableRawPointer
  ) -> Int {
    let seen = visible(head, to: rows.upperBound - 1)
    GEMM(
      m: rows.count, n: seen, k: width, transposeB: true, lda: q.step, ldb: k.step,
      ldc: max(1, keys)
    ).runInPiece(
      dtype, alpha: scale, a: q.row(rows.lowerBound, of: head), b: k.row(0, of: head), c: p)
    for (index, row) in rows.enumerated() {
      counts[index] = hide(head, row, dtype, p + index * keys * dtype.byteCount)
    }
    if dtype == .float32 {
      apus_softmax_leading_f32(p.bound(), keys, rows.count, counts, seen)
    } else {
      apus_softmax_leading_f64(p.bound(), keys, rows.count, counts, seen)
    }
    return seen
  }

  /// Sets the scores of what the mask hides to −∞. The result is how many keys from the first on the
  /// query may see: 0 if all are hidden.
  private func hide(
    _ head: Int, _ query: Int, _ dtype: DType, _ scores: UnsafeMutableRawPointer
  ) -> Int {
    let visible = visible(head, to: query)
    guard let row = mask?.row(head: head, query: query, count: visible) else { return visible }
    guard row.contains(where: { $0 != 0 }), let row = row.baseAddress else { return 0 }
    if dtype == .float32 {
      var never = -Float.infinity
      Kernels.select(dtype, row, 1, scores, 1, &never, 0, scores, visible)
    } else {
      var never = -Double.infinity
      Kernels.select(dtype, row, 1, scores, 1, &never, 0, scores, visible)
    }
    return visible
  }
}
