/// A scalar that can name positions: `Int32` or `Int64`.
public protocol IndexScalar: NumericScalar, FixedWidthInteger {}

extension Int32: IndexScalar {}
extension Int64: IndexScalar {}

/// Elements chosen by tensors of positions. Negative positions count from the end, as in subscripts;
/// one out of range stops with a message that names it and its place among the indices.
extension Tensor {
  /// The parts at the given positions of an axis, as a copy.
  ///
  ///     result[a…, i…, b…] = self[a…, indices[i…], b…]
  ///
  /// The shape of `indices` takes the place of the axis in the shape, as in NumPy's `take` and ONNX's
  /// `Gather`. Stops with a message if the axis is out of range.
  public func take<Index: IndexScalar>(_ indices: Tensor<Index>, axis: Int = 0) -> Tensor {
    let axis = shape.axis(axis, of: "take")
    let blocks = Blocks(shape, axis: axis)
    let result = Tensor(uninitialized: blocks.shape(of: indices.shape))
    if result.count == 0 {
      _ = indices.positions(along: axis, of: shape, "take")
      return result
    }
    let source = contiguous
    indices.withPositions(along: axis, of: shape, "take") { _, positions in
      source.withStorage {
        IndexedCopy.take(
          positions, from: source.pointer, extent: blocks.extent, to: result.storage.pointer,
          outer: blocks.outer, blockSize: blocks.inner * MemoryLayout<Scalar>.stride)
      }
    }
    return result
  }

  /// The parts at the given positions of an axis: `take` when read.
  ///
  /// When written, the parts are replaced by those of the assigned tensor, which is broadcast to their
  /// shape; where a position is named more than once, the last one stays.
  public subscript<Index: IndexScalar>(indices: Tensor<Index>, axis axis: Int = 0) -> Tensor {
    get { take(indices, axis: axis) }
    set {
      let axis = shape.axis(axis, of: "subscript")
      let positions = indices.positions(along: axis, of: shape, "subscript")
      put(newValue, at: positions, Blocks(shape, axis: axis), like: indices.shape)
    }
  }

  /// The elements at which a mask is true, in row-major order.
  ///
  /// The mask has the shape of the tensor, or of its first axes: `t[mask]` has shape `[n, rest…]`,
  /// where n is the number of true elements and `rest` are the axes that the mask leaves. Reading
  /// copies. When written, the assigned tensor is broadcast to `[n, rest…]`: `t[mask] = Tensor(0)`.
  /// Stops with a message if the shapes do not fit.
  public subscript(mask: Tensor<Bool>) -> Tensor {
    get {
      let positions = mask.truePositions(for: shape)
      let rest = Array(shape.dropFirst(mask.rank))
      return reshaped(to: Shape([mask.count] + rest)).take(positions)
    }
    set {
      let positions = mask.truePositions(for: shape)
      let rest = Array(shape.dropFirst(mask.rank))
      let blocks = Blocks(Shape([mask.count] + rest), axis: 0)
      put(newValue, at: positions, blocks, like: positions.shape)
    }
  }

  /// Writes `value`, broadcast, to the parts at resolved positions.
  private mutating func put(
    _ value: Tensor, at positions: Tensor<Int64>, _ blocks: Blocks, like indices: Shape
  ) {
    let part = blocks.shape(of: indices)
    guard Shape.broadcast(value.shape, part) == part else {
      fatalError("subscript: cannot assign shape \(value.shape) to a part of shape \(part)")
    }
    if part.elementCount == 0 { return }
    let source = value.broadcast(to: part).contiguous
    if !isContiguous { self = copied() }
    let target = mutablePointer()
    source.withStorage {
      positions.withUnsafeBufferPointer { positions in
        IndexedCopy.put(
          positions, from: source.pointer, to: target, extent: blocks.extent, outer: blocks.outer,
          blockSize: blocks.inner * MemoryLayout<Scalar>.stride)
      }
    }
  }

  /// One element for each index, chosen along an axis, as a copy; as in PyTorch:
  ///
  ///     result[i, j, k] = self[indices[i, j, k], j, k]     for axis 0, and so on
  ///
  /// The result has the shape of `indices`, whose rank is this tensor's and whose extents along the
  /// other axes are at most this tensor's; else it stops with a message.
  public func gather<Index: IndexScalar>(_ indices: Tensor<Index>, axis: Int) -> Tensor {
    let axis = checkIndices(indices.shape, axis, "gather")
    let result = Tensor(uninitialized: indices.shape)
    indices.withPositions(along: axis, of: shape, "gather") { storage, positions in
      let places = IndexedPlaces(storage, positions, indices.shape, axis: axis, in: layout)
      return withStorage {
        places.gather(
          size: MemoryLayout<Scalar>.stride, from: pointer, extent: shape.dimensions[axis],
          to: result.storage.pointer)
      }
    }
    return result
  }

  /// Writes one element to each indexed place, as in PyTorch:
  ///
  ///     self[indices[i, j, k], j, k] ← source[i, j, k]     for axis 0, and so on
  ///
  /// `source` is a scalar tensor, or has at least the extents of `indices`; `indices` fit as in
  /// `gather`. The last of several elements for one place, in row-major order, stays.
  public mutating func scatter<Index: IndexScalar>(
    _ source: Tensor, at indices: Tensor<Index>, axis: Int
  ) {
    let (places, source) = placesToWrite(source, indices, axis, "scatter")
    let target = mutablePointer()
    source.withStorage {
      switch MemoryLayout<Scalar>.stride {
      case 1: places.scatter(UInt8.self, from: source.pointer, to: target) { $1 }
      case 4: places.scatter(UInt32.self, from: source.pointer, to: target) { $1 }
      default: places.scatter(UInt64.self, from: source.pointer, to: target) { $1 }
      }
    }
  }

  /// The places and the elements to write there, checked; the layout is already one to write to.
  mutating func placesToWrite<Index: IndexScalar>(
    _ source: Tensor, _ indices: Tensor<Index>, _ axis: Int, _ name: StaticString
  ) -> (IndexedPlaces, Tensor) {
    let axis = checkIndices(indices.shape, axis, name)
    var part = source.layout
    if source.rank == 0 {
      part = part.broadcast(to: indices.shape)
    } else {
      guard source.rank == rank,
        zip(source.shape.dimensions, indices.shape.dimensions).allSatisfy({ $0 >= $1 })
      else {
        fatalError(
          "\(name): a source of shape \(source.shape) has too few elements for indices of shape "
            + "\(indices.shape)")
      }
      part.shape = indices.shape
    }
    let positions = indices.positions(along: axis, of: shape, name)
    let elements = Tensor(storage: source.storage, layout: part).contiguous
    makeUnique()
    let places = IndexedPlaces(
      positions.storage, UnsafeBufferPointer(start: positions.typedPointer, count: positions.count),
      indices.shape, axis: axis, in: layout)
    return (places, elements)
  }

  /// The axis from the front, after checking the shape of indices for `gather` and `scatter`.
  private func checkIndices(
    _ indices: Shape, _ axis: Int, _ name: StaticString
  ) -> Int {
    let axis = shape.axis(axis, of: name)
    guard indices.rank == rank,
      (0..<rank).allSatisfy({
        $0 == axis || indices.dimensions[$0] <= shape.dimensions[$0] || indices.elementCount == 0
      })
    else {
      fatalError(
        "\(name): indices of shape \(indices) do not fit shape \(shape); ranks must be equal, and "
          + "extents at most the tensor's but for axis \(axis)")
    }
    return axis
  }
}

/// A shape seen as [outer, extent, inner] around one axis.
struct Blocks {
  private(set) var outer = 1
  let extent: Int
  private(set) var inner = 1
  private let dimensions: Dimensions
  private let axis: Int

  init(_ shape: Shape, axis: Int) {
    dimensions = shape.dimensions
    extent = dimensions[axis]
    self.axis = axis
    // Wraps around only for shapes without elements, which have no blocks to copy.
    for place in 0..<axis { outer &*= dimensions[place] }
    for place in axis + 1..<dimensions.count { inner &*= dimensions[place] }
  }

  /// The shape with that of indices in place of the axis.
  func shape(of indices: Shape) -> Shape {
    var extents = Dimensions()
    for place in 0..<axis { extents.append(dimensions[place]) }
    for place in 0..<indices.rank { extents.append(indices.dimensions[place]) }
    for place in axis + 1..<dimensions.count { extents.append(dimensions[place]) }
    return Shape(dimensions: extents)
  }
}

extension Tensor where Scalar == Bool {
  /// The numbers of the true elements in row-major order, for a mask of the first axes of `target`.
  fileprivate func truePositions(for target: Shape) -> Tensor<Int64> {
    guard rank <= target.rank, target.prefix(rank).elementsEqual(shape) else {
      fatalError(
        "subscript: a mask of shape \(shape) does not fit shape \(target); it must have the extents "
          + "of the first axes")
    }
    return withUnsafeBufferPointer { mask in
      var trueCount = 0
      for element in mask where element { trueCount += 1 }
      return Tensor<Int64>(unsafeUninitialized: [trueCount]) { positions in
        var next = 0
        for (number, element) in mask.enumerated() where element {
          positions[next] = Int64(number)
          next += 1
        }
      }
    }
  }
}
