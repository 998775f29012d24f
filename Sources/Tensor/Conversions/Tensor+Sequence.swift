/// Iterating goes over the first axis: `for row in matrix`. Each part is a view, without a copy.
///
/// A tensor is no `Collection`, as `count` is the number of its elements. `Array(tensor)` holds the
/// elements; `tensor.map { $0 }` the parts.
extension Tensor: Sequence {
  /// The parts along the first axis, one after another.
  public struct Iterator: IteratorProtocol, Sendable {
    fileprivate let tensor: Tensor
    fileprivate var position = 0

    public mutating func next() -> Tensor? {
      guard position < tensor.shape[0] else { return nil }
      defer { position += 1 }
      return tensor[position]
    }
  }

  /// Stops with a message if this is a scalar tensor, which has no axis.
  public func makeIterator() -> Iterator {
    guard rank >= 1 else { fatalError("iteration: a scalar tensor has no first axis") }
    return Iterator(tensor: self)
  }

  public var underestimatedCount: Int { rank == 0 ? 0 : shape[0] }
}
