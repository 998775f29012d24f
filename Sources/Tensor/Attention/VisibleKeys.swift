/// Which keys each query of each head sees, from a mask that broadcasts to the scores.
struct VisibleKeys: Sendable {
  /// True where a key is seen; the keys of a query are one after another.
  private let mask: Tensor<Bool>
  /// Where each head begins.
  private let heads: [Int]
  /// How far queries are apart; 0 where all see the same.
  private let step: Int
  /// Where all queries of a head see the same, such as with padding: the keys up to the last seen one.
  private let spans: [Span]

  private struct Span {
    var count: Int
    /// Whether all of them are seen.
    var isFull: Bool
  }

  /// `scores` is `[…, queries, keys]`.
  init(_ mask: Tensor<Bool>, scores: Shape) {
    let keys = scores[-1]
    let rows =
      mask.rank > 0 && mask.shape[-1] == keys
      ? mask : mask.broadcast(to: Shape(mask.shape.dropLast() + [keys]))
    let all = rows.contiguous.broadcast(to: scores)
    self.mask = all
    let strides = all.layout.strides
    var heads = [0]
    for axis in 0..<scores.rank - 2 {
      heads = heads.flatMap { start in (0..<scores[axis]).map { start + $0 * strides[axis] } }
    }
    self.heads = heads
    step = strides[scores.rank - 2]
    spans =
      step != 0
      ? []
      : all.withStorage {
        heads.map { start in
          let row = UnsafeRawBufferPointer(start: all.pointer + start, count: keys)
          let count = row.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0
          return Span(count: count, isFull: !row[..<count].contains(0))
        }
      }
  }

  /// How many keys from the first on queries of a head can see, at most.
  func end(ofHead head: Int) -> Int { spans.isEmpty ? .max : spans[head].count }

  /// A byte for each of so many keys, not 0 where a query sees it; nil if it sees them all.
  func row(head: Int, query: Int, count: Int) -> UnsafeRawBufferPointer? {
    if !spans.isEmpty && spans[head].isFull { return nil }
    return UnsafeRawBufferPointer(
      start: mask.pointer + heads[head] + query * step, count: count)
  }
}
