/// An array of numbers with any number of axes up to eight: a value, as `Array` is one.
///
/// A tensor is a shape and strides over shared storage. Transposing, slicing, broadcasting and (where
/// the strides allow) reshaping give views of the same storage, without a copy. Writing to a tensor
/// copies its elements first if another tensor shares them, so that no other value changes.
///
/// ```swift
/// let a = Tensor<Float>([1, 2, 3, 4, 5, 6], shape: [2, 3])
/// let b = a.transposed.matmul(a)  // [3, 3]
/// print(b.sum())
/// ```
public struct Tensor<Scalar: TensorScalar>: Sendable {
  // Neither field depends on Scalar, so the layout is fixed and code that is generic over Scalar
  // passes tensors as directly as code that is not.
  package var storage: Storage
  package var layout: Layout

  package init(storage: Storage, layout: Layout) {
    self.storage = storage
    self.layout = layout
  }

  /// A contiguous tensor whose elements are not set yet.
  package init(uninitialized shape: Shape) {
    storage = Storage(shape: shape, dtype: Scalar.dtype)
    layout = Layout(contiguous: shape)
  }

  /// The extent along each axis.
  public var shape: Shape { layout.shape }

  /// The number of axes.
  public var rank: Int { layout.rank }

  /// The number of elements.
  public var count: Int { layout.count }

  /// Whether the elements lie one after another in row-major order.
  package var isContiguous: Bool { layout.isContiguous }

  /// The address of the first element.
  package var pointer: UnsafeRawPointer {
    UnsafeRawPointer(storage.pointer) + layout.offset * MemoryLayout<Scalar>.stride
  }

  package var typedPointer: UnsafePointer<Scalar> {
    pointer.assumingMemoryBound(to: Scalar.self)
  }

  /// The same elements in row-major order without gaps: the tensor itself, or a copy.
  package var contiguous: Tensor {
    isContiguous ? self : copied()
  }

  /// A contiguous copy in storage of its own.
  package func copied() -> Tensor {
    Tensor(
      storage: StridedCopy.contiguous(storage, layout, Scalar.dtype),
      layout: Layout(contiguous: layout.shape))
  }

  /// Makes the storage this tensor's own, so that it can be written to.
  ///
  /// The axis order in memory stays where the elements are dense.
  package mutating func makeUnique() {
    if layout.repeatsElements {
      self = copied()
    } else if !isKnownUniquelyReferenced(&storage) {
      self = layout.isDense ? duplicated() : copied()
    }
  }

  /// A copy of dense elements in storage of its own, with the same axis order in memory.
  private func duplicated() -> Tensor {
    let result = Tensor(
      storage: Storage(shape: shape, dtype: Scalar.dtype), layout: layout.movedToStart)
    withStorage {
      StridedCopy.run(
        byteCount: Scalar.dtype.byteCount, count: count, from: pointer, to: result.storage.pointer)
    }
    return result
  }

  /// The address of the first element, for writing, after making the storage unique.
  package mutating func mutablePointer() -> UnsafeMutableRawPointer {
    makeUnique()
    return storage.pointer + layout.offset * MemoryLayout<Scalar>.stride
  }

  /// Keeps the storage alive while `body` uses the addresses of this tensor.
  @inline(__always)
  package func withStorage<Result>(_ body: () throws -> Result) rethrows -> Result {
    try withExtendedLifetime(storage, body)
  }
}

// MARK: - Memory

extension Tensor {
  /// Calls `body` with the elements in row-major order, copied first if they are not contiguous.
  ///
  /// The buffer is valid during the call alone.
  public func withUnsafeBufferPointer<Result>(
    _ body: (UnsafeBufferPointer<Scalar>) throws -> Result
  ) rethrows -> Result {
    let source = contiguous
    return try source.withStorage {
      try body(UnsafeBufferPointer(start: source.typedPointer, count: source.count))
    }
  }

  /// Calls `body` with the elements in row-major order, for reading and writing.
  ///
  /// The elements are copied first if they are shared or not contiguous. The buffer is valid during
  /// the call alone.
  public mutating func withUnsafeMutableBufferPointer<Result>(
    _ body: (UnsafeMutableBufferPointer<Scalar>) throws -> Result
  ) rethrows -> Result {
    if !isContiguous { self = copied() }
    let pointer = mutablePointer().assumingMemoryBound(to: Scalar.self)
    let count = count
    return try withStorage {
      try body(UnsafeMutableBufferPointer(start: pointer, count: count))
    }
  }

  /// The elements in row-major order.
  public var scalars: [Scalar] {
    withUnsafeBufferPointer { Array($0) }
  }

  /// The element of a tensor that has exactly one; stops with a message otherwise.
  public var item: Scalar {
    @_specialize(where Scalar == Float)
    get {
      guard count == 1 else {
        fatalError("item: a tensor of one element is needed, got shape \(shape)")
      }
      return withStorage { typedPointer.pointee }
    }
  }
}

extension Tensor: Equatable {
  /// Whether two tensors have the same shape and equal elements; NaN differs from everything.
  public static func == (left: Tensor, right: Tensor) -> Bool {
    guard left.shape == right.shape else { return false }
    return left.withUnsafeBufferPointer { a in
      right.withUnsafeBufferPointer { b in a.elementsEqual(b) }
    }
  }
}
