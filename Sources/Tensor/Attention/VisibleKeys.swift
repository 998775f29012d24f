/// Which keys each query of each head sees, from a mask that broadcasts to the scores.
struct VisibleKeys: Sendable {
  /// True where a key is seen; the keys of a query are one after another.
  private let mask: Tensor<Bool>
  /// Where each head begins.
  private let heads: [Int]
  /// How far queries are apart; 0 where all see the same.
  private let step: Int

  /// `scores` is `[…, queries, keys]`.
  init(_ mask: Tensor<Bool>, scores: Shape) {
    let keys = scores[-1]
    let rows =
      mask.rank > 0 && mask.shape[-1] == keys
      ? mask : mask.broadcast(to: Shape(mask.shape.dropLast() + [keys]))
    self.mask = rows.contiguous.broadcast(to: scores)
    let strides = self.mask.layout.strides
    var heads = [0]
    for axis in 0..<scores.rank - 2 {
      heads = heads.flatMap { start in (0..<scores[axis]).map { start + $0 * strides[axis] } }
    }
    self.heads = heads
    step = strides[scores.rank - 2]
  }

  /// A byte for each key that the query can see: not 0 where it does.
  func row(head: Int, query: Int) -> UnsafeRawPointer {
    mask.pointer + heads[head] + query * step
  }
}
