import Tensor

/// Keys and values of the positions that a layer has seen, for generating one position after another.
///
/// A cache serves one attention layer and one batch. It keeps constants: generating is evaluation. Its
/// memory grows by doubling, so that n positions cost O(n) copies.
public final class KeyValueCache<Scalar: FloatingPointScalar> {
  /// How many positions are kept.
  public private(set) var count = 0

  private var keys: Tensor<Scalar>?
  private var values: Tensor<Scalar>?

  /// Creates an empty cache.
  public init() {}

  /// Forgets all positions; the memory is kept.
  public func removeAll() { count = 0 }

  /// Adds the keys and values `[batch, heads, positions, width]` of new positions and gives those of all.
  func append(
    _ newKeys: Tensor<Scalar>, _ newValues: Tensor<Scalar>
  ) -> (keys: Tensor<Scalar>, values: Tensor<Scalar>) {
    let end = count + newKeys.shape[2]
    Self.write(newKeys, into: &keys, at: count..<end)
    Self.write(newValues, into: &values, at: count..<end)
    count = end
    guard let keys, let values else { return (newKeys, newValues) }
    return (keys[0..., 0..., 0..<end], values[0..., 0..., 0..<end])
  }

  private static func write(
    _ part: Tensor<Scalar>, into whole: inout Tensor<Scalar>?, at positions: Range<Int>
  ) {
    let capacity = whole?.shape[2] ?? 0
    if let whole, whole.shape[0] != part.shape[0] && positions.lowerBound > 0 {
      stop(
        "the cache is of a batch of \(whole.shape[0]), not of \(part.shape[0]); "
          + "removeAll() makes it fit another")
    }
    if positions.upperBound > capacity || whole?.shape[0] != part.shape[0] {
      var grown = Tensor<Scalar>.zeros(
        [part.shape[0], part.shape[1], max(positions.upperBound, 2 * capacity), part.shape[3]])
      if let whole, positions.lowerBound > 0 {
        grown[0..., 0..., 0..<positions.lowerBound] = whole[0..., 0..., 0..<positions.lowerBound]
      }
      whole = grown
    }
    whole?[0..., 0..., positions] = part
  }
}
