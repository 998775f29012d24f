extension Tensor {
  /// Creates a tensor of the given shape from its elements in row-major order.
  ///
  /// Stops with a message if the number of elements does not fit the shape.
  public init(_ scalars: [Scalar], shape: Shape) {
    guard scalars.count == shape.elementCount else {
      fatalError(
        "Tensor: shape \(shape) needs \(shape.elementCount) elements, got \(scalars.count)")
    }
    self = scalars.withUnsafeBufferPointer { Tensor($0, shape: shape) }
  }

  /// Creates a vector from its elements.
  public init(_ scalars: [Scalar]) {
    self.init(scalars, shape: [scalars.count])
  }

  /// Creates a scalar tensor, of shape `[]`.
  public init(_ scalar: Scalar) {
    self.init(repeating: scalar, shape: [])
  }

  /// Creates a tensor with every element the same.
  @_specialize(where Scalar == Float)
  public init(repeating value: Scalar, shape: Shape) {
    self.init(uninitialized: shape)
    withUnsafePointer(to: value) { value in
      StridedCopy.fill(
        byteCount: Scalar.dtype.byteCount, count: count, storage.pointer, with: value)
    }
  }

  /// Creates a tensor whose elements `initializer` sets, in row-major order.
  ///
  /// The buffer's memory is not initialised: every element must be written before one is read.
  public init(
    unsafeUninitialized shape: Shape,
    initializingWith initializer: (UnsafeMutableBufferPointer<Scalar>) throws -> Void
  ) rethrows {
    self.init(uninitialized: shape)
    let start = storage.pointer.bindMemory(to: Scalar.self, capacity: count)
    try withStorage {
      try initializer(UnsafeMutableBufferPointer(start: start, count: count))
    }
  }
}

extension Tensor where Scalar: NumericScalar {
  /// A tensor of zeros.
  public static func zeros(_ shape: Shape) -> Tensor {
    Tensor(repeating: 0, shape: shape)
  }

  /// A tensor of ones.
  public static func ones(_ shape: Shape) -> Tensor {
    Tensor(repeating: 1, shape: shape)
  }

  /// The n×n matrix with ones on its diagonal and zeros elsewhere.
  public static func identity(_ n: Int) -> Tensor {
    var result = zeros([n, n])
    result.withUnsafeMutableBufferPointer { buffer in
      for index in 0..<n { buffer[index * n + index] = 1 }
    }
    return result
  }
}
