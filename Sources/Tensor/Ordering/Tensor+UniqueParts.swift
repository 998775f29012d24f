extension Tensor {
  /// The distinct parts along an axis, in ascending order of their elements, the first ones first, as
  /// NumPy's `unique` with an axis; the other axes stay. See `unique()`.
  public func unique(axis: Int) -> Tensor { uniqueElements(axis: axis).values }

  /// The distinct parts along an axis with their first positions, their numbers and the way back, three
  /// vectors: `values.take(inverse, axis: axis)` is the tensor.
  ///
  /// Parts without elements are all the same. Stops with a message if there is no such axis. O(count).
  public func uniqueElements(axis: Int) -> UniqueElements<Scalar> {
    let axis = shape.axis(axis, of: "unique")
    let extent = shape.dimensions[axis]
    let order = [axis] + (0..<rank).filter { $0 != axis }
    let parts = permuted(order).reshaped(
      to: [extent, shape.dimensions.enumerated().reduce(1) { $0 * ($1.0 == axis ? 1 : $1.1) }])
    // The rank of each part by the elements so far: those of two columns are told apart by pairs.
    var ranks = Tensor<Int64>.zeros([extent])
    for column in 0..<parts.shape[1] {
      let own = parts[0..., column].uniqueElements()
      ranks = (ranks * Int64(own.values.count) + own.inverse).uniqueElements().inverse
    }
    let groups = ranks.uniqueElements()
    return UniqueElements(
      values: take(groups.indices, axis: axis), indices: groups.indices, counts: groups.counts,
      inverse: groups.inverse)
  }
}
