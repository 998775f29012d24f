extension Tensor {
  /// Creates a tensor over memory that exists already, without a copy.
  ///
  /// `buffer` holds the elements in row-major order. From now on it belongs to the tensor and its
  /// views: nobody else may write to it, and the tensor may, in place. `deallocator` is called once,
  /// on any thread, when the last of them is gone. Copies and results of operations have memory of
  /// their own. Stops with a message if the buffer's length is not that of the shape, or if it is not
  /// aligned to its element type.
  ///
  /// ```swift
  /// let pixels = UnsafeMutableBufferPointer<Float>.allocate(capacity: 4)
  /// pixels.initialize(repeating: 0)
  /// let image = Tensor(adopting: pixels, shape: [2, 2]) { pixels.deallocate() }
  /// ```
  public init(
    adopting buffer: UnsafeMutableBufferPointer<Scalar>, shape: Shape,
    deallocator: @escaping @Sendable () -> Void
  ) {
    guard buffer.count == shape.elementCount else {
      fatalError(
        "Tensor(adopting:): shape \(shape) needs \(shape.elementCount) elements, the buffer has "
          + "\(buffer.count)")
    }
    guard let start = buffer.baseAddress else {
      deallocator()
      self.init(uninitialized: shape)
      return
    }
    guard Int(bitPattern: start) % MemoryLayout<Scalar>.alignment == 0 else {
      fatalError("Tensor(adopting:): the buffer is not aligned to \(Scalar.self)")
    }
    self.init(
      storage: Storage(adopting: UnsafeMutableRawPointer(start), deallocator: deallocator),
      layout: Layout(contiguous: shape))
  }

  /// Creates a tensor from a copy of a buffer's elements, in row-major order.
  ///
  /// Stops with a message if the number of elements does not fit the shape.
  public init(_ buffer: UnsafeBufferPointer<Scalar>, shape: Shape) {
    guard buffer.count == shape.elementCount else {
      fatalError(
        "Tensor: shape \(shape) needs \(shape.elementCount) elements, got \(buffer.count)")
    }
    self.init(uninitialized: shape)
    if let start = buffer.baseAddress {
      storage.pointer.copyMemory(
        from: start, byteCount: buffer.count * MemoryLayout<Scalar>.stride)
    }
  }
}
