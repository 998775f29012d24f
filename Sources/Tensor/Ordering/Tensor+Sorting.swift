/// Order along an axis, the last one by default.
///
/// As in NumPy and PyTorch, NaN counts as larger than every number: it comes last in ascending order
/// and first in descending order. Zeros of both signs are equal, and `false` is below `true`. Every
/// order is stable: equal elements stay in the order of their positions, descending or not. An axis
/// out of range stops with a message.
extension Tensor {
  /// The elements along an axis in ascending order, or in descending order; the shape stays.
  ///
  /// The bits are those of the elements that `argsort` names. O(n log n) for a line of n elements,
  /// whatever they are: a quicksort by vectors, with sorting networks for short lines; where the CPU
  /// has no AVX2, and for long lines, a radix sort.
  public func sorted(axis: Int = -1, descending: Bool = false) -> Tensor {
    let axis = shape.axis(axis, of: "sorted")
    let result = Tensor(uninitialized: shape)
    if count == 0 { return result }
    let source = contiguous
    let lines = Lines(shape, axis: axis)
    let target = result.storage.pointer
    func sort<Element: SortableScalar>(_: Element.Type) {
      Sorting<Element>.sort(source.pointer, lines, descending: descending, to: target)
    }
    source.withStorage {
      switch Scalar.dtype {
      case .float32: sort(Float.self)
      case .float64: sort(Double.self)
      case .int32: sort(Int32.self)
      case .int64: sort(Int64.self)
      case .uint8, .bool: sort(UInt8.self)
      }
    }
    return result
  }

  /// The positions along an axis of the elements in ascending order, or in descending order:
  /// `gather(argsort(axis: a), axis: a)` is `sorted(axis: a)`.
  ///
  /// O(n log n) for a line of n elements, as `sorted`.
  public func argsort(axis: Int = -1, descending: Bool = false) -> Tensor<Int64> {
    let axis = shape.axis(axis, of: "argsort")
    let result = Tensor<Int64>(uninitialized: shape)
    if count == 0 { return result }
    let source = contiguous
    let lines = Lines(shape, axis: axis)
    let target: UnsafeMutablePointer<Int64> = result.storage.pointer.bound()
    func argsort<Element: SortableScalar>(_: Element.Type) {
      checkExtent(lines.extent, Element.Key.largestCount, of: "argsort")
      Sorting<Element>.argsort(source.pointer, lines, descending: descending, to: target)
    }
    source.withStorage {
      switch Scalar.dtype {
      case .float32: argsort(Float.self)
      case .float64: argsort(Double.self)
      case .int32: argsort(Int32.self)
      case .int64: argsort(Int64.self)
      case .uint8, .bool: argsort(UInt8.self)
      }
    }
    return result
  }

  /// The `k` largest elements along an axis in descending order, or the smallest in ascending order,
  /// with their positions; the axis gets extent `k`.
  ///
  /// Of equal elements the one with the lowest position comes first. Stops with a message if `k` is
  /// not in 0…extent. O(n + k) for a line of n elements: candidates below a bound are collected in
  /// one pass, and only they are sorted.
  public func topK(
    _ k: Int, axis: Int = -1, largest: Bool = true
  ) -> (values: Tensor, indices: Tensor<Int64>) {
    let axis = shape.axis(axis, of: "topK")
    let extent = shape.dimensions[axis]
    guard k >= 0 && k <= extent else {
      fatalError("topK: k is \(k), but axis \(axis) of shape \(shape) has \(extent) elements")
    }
    // A sort that gives all is quicker than a selection of many.
    guard k < extent / 8 else {
      let indices = argsort(axis: axis, descending: largest).narrowed(axis, 0..<k).contiguous
      return (gather(indices, axis: axis), indices)
    }
    var order = Array(0..<rank)
    order.swapAt(axis, rank - 1)
    let source = permuted(order).contiguous
    let lines = Lines(source.shape, axis: rank - 1)
    var extents = source.shape.dimensions
    extents[rank - 1] = k
    let result = Tensor<Int64>(uninitialized: Shape(dimensions: extents))
    func select<Element: SortableScalar>(_: Element.Type) {
      checkExtent(lines.extent, Element.Key.largestCount, of: "topK")
      Sorting<Element>.select(
        k, source.pointer, lines, descending: largest, to: result.storage.pointer.bound())
    }
    if result.count > 0 {
      source.withStorage {
        switch Scalar.dtype {
        case .float32: select(Float.self)
        case .float64: select(Double.self)
        case .int32: select(Int32.self)
        case .int64: select(Int64.self)
        case .uint8, .bool: select(UInt8.self)
        }
      }
    }
    let indices = result.permuted(order).contiguous
    return (gather(indices, axis: axis), indices)
  }

  private func checkExtent(_ extent: Int, _ largest: Int, of name: StaticString) {
    guard extent <= largest else {
      fatalError("\(name): an axis of at most \(largest) \(Scalar.dtype) is needed, got \(shape)")
    }
  }
}
