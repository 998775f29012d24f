extension Tensor {
  /// A tensor of the same shape with every element the same.
  public func filled(with value: Scalar) -> Tensor { Tensor(repeating: value, shape: shape) }
}

extension Tensor where Scalar: NumericScalar {
  /// Zeros in the shape of another tensor.
  public static func zeros(like other: Tensor) -> Tensor { zeros(other.shape) }

  /// Ones in the shape of another tensor.
  public static func ones(like other: Tensor) -> Tensor { ones(other.shape) }

  /// The matrix with the elements of a vector on a diagonal and zeros elsewhere.
  ///
  /// Diagonal `offset` starts `offset` columns right of the corner, or −`offset` rows below it.
  /// Stops with a message unless this is a vector.
  public func diagonalMatrix(offset: Int = 0) -> Tensor {
    guard rank == 1 else {
      fatalError("diagonalMatrix: a vector is needed, got shape \(shape)")
    }
    let side = count + Swift.abs(offset)
    var result = Tensor.zeros([side, side])
    let values = scalars
    result.withUnsafeMutableBufferPointer { buffer in
      for (index, value) in values.enumerated() {
        buffer[(index + Swift.max(0, -offset)) * side + index + Swift.max(0, offset)] = value
      }
    }
    return result
  }

  /// Vectors with `on` at each index and `off` elsewhere: shape `indices.shape + [depth]`, or with the
  /// axis of the vectors at another place, as ONNX's `OneHot`.
  ///
  /// Stops with a message that names the position of an index outside `0..<depth`, or if the result
  /// has no such axis.
  public static func oneHot<Index: IndexScalar>(
    _ indices: Tensor<Index>, depth: Int, axis: Int = -1, on: Scalar = 1, off: Scalar = 0
  ) -> Tensor {
    guard depth >= 0 else { fatalError("oneHot: depth must not be negative, got \(depth)") }
    var result = Tensor(repeating: off, shape: Shape(indices.shape + [depth]))
    let axis = result.shape.axis(axis, of: "oneHot")
    let rank = indices.rank
    let indices = indices.scalars
    result.withUnsafeMutableBufferPointer { buffer in
      for (position, index) in indices.enumerated() {
        guard index >= 0 && index < depth else {
          fatalError("oneHot: index \(index) at position \(position) is outside 0..<\(depth)")
        }
        buffer[position * depth + Int(index)] = on
      }
    }
    return axis == rank ? result : result.permuted(Array(0..<axis) + [rank] + Array(axis..<rank))
  }

  /// A matrix with ones on a diagonal and zeros elsewhere, as NumPy's `eye`.
  ///
  /// Diagonal `offset` starts `offset` columns right of the corner, or −`offset` rows below it. Stops
  /// with a message if an extent is negative.
  public static func identity(rows: Int, columns: Int, offset: Int = 0) -> Tensor {
    var result = zeros([rows, columns])
    result.withUnsafeMutableBufferPointer { buffer in
      for row in Swift.max(0, -offset)..<Swift.max(0, -offset, Swift.min(rows, columns - offset)) {
        buffer[row * columns + row + offset] = 1
      }
    }
    return result
  }

  /// The elements on and below a diagonal of the last two axes, with zeros above it.
  ///
  /// Diagonal 0 is the main one, positive ones are above it. Stops with a message below rank 2.
  public func lowerTriangle(diagonal: Int = 0) -> Tensor {
    keeping(of: "lowerTriangle") { row, column in column - row <= diagonal }
  }

  /// The elements on and above a diagonal of the last two axes, with zeros below it.
  ///
  /// Diagonal 0 is the main one, positive ones are above it. Stops with a message below rank 2.
  public func upperTriangle(diagonal: Int = 0) -> Tensor {
    keeping(of: "upperTriangle") { row, column in column - row >= diagonal }
  }

  private func keeping(of name: StaticString, _ isKept: (Int, Int) -> Bool) -> Tensor {
    guard rank >= 2 else {
      fatalError("\(name): at least 2 axes are needed, got shape \(shape)")
    }
    let rows = shape[-2]
    let columns = shape[-1]
    var result = copied()
    result.withUnsafeMutableBufferPointer { buffer in
      for index in buffer.indices
      where !isKept(index / Swift.max(columns, 1) % Swift.max(rows, 1), index % columns) {
        buffer[index] = 0
      }
    }
    return result
  }
}

extension Tensor where Scalar: SignedScalar {
  /// The numbers start, start + step, … before `end`: ⌈(end − start) ÷ step⌉ of them.
  ///
  /// Element i is start + i · step, not a running sum, so errors do not add up. Stops with a message
  /// if the step is 0 or a bound is not finite.
  public static func range(from start: Scalar = 0, to end: Scalar, by step: Scalar = 1) -> Tensor {
    guard step != 0 else { fatalError("range: the step must not be 0") }
    if let first = start as? any BinaryFloatingPoint, let last = end as? any BinaryFloatingPoint,
      let stride = step as? any BinaryFloatingPoint
    {
      let (first, last, stride) = (Double(first), Double(last), Double(stride))
      let count = ((last - first) / stride).rounded(.up)
      guard Swift.abs(count) < 0x1p62 else {
        fatalError("range: \(start) to \(end) by \(step) is not a range of finite length")
      }
      let values = Tensor<Double>(unsafeUninitialized: [Swift.max(0, Int(count))]) { buffer in
        for index in buffer.indices { buffer[index] = first + Double(index) * stride }
      }
      return Tensor(values)
    }
    let (first, last, stride) = (wide(start), wide(end), wide(step))
    let values = Swift.stride(from: first, to: last, by: Int(stride)).map { Int64($0) }
    return Tensor(Tensor<Int64>(values))
  }

  private static func wide(_ value: Scalar) -> Int {
    Int(Tensor<Int64>(Tensor(value)).item)
  }
}

extension Tensor where Scalar: FloatingPointScalar {
  /// `count` numbers evenly spaced from `start` to `end`, which is the last one.
  ///
  /// Stops with a message if `count` is negative.
  public static func linearSpace(from start: Scalar, through end: Scalar, count: Int) -> Tensor {
    guard count >= 0 else { fatalError("linearSpace: count must not be negative, got \(count)") }
    let first = Double(start)
    let step = count > 1 ? (Double(end) - first) / Double(count - 1) : 0
    return Tensor(unsafeUninitialized: [count]) { buffer in
      for index in 0..<count {
        // The end is met exactly, whatever the rounding of the step.
        buffer[index] = index > 0 && index == count - 1 ? end : Scalar(first + Double(index) * step)
      }
    }
  }

  /// Whether each pair of elements is close: |a − b| ≤ absolute + relative · |b|.
  ///
  /// Infinities are close to themselves; NaN is close to NaN only if `treatingNaNAsEqual`. Shapes
  /// broadcast; shapes that do not fit stop with a message. The defaults are NumPy's.
  public func isClose(
    to other: Tensor, relative: Double = 1e-5, absolute: Double = 1e-8,
    treatingNaNAsEqual: Bool = false
  ) -> Bool {
    let shape = Shape.broadcast(self.shape, other.shape, of: "isClose")
    return broadcast(to: shape).withUnsafeBufferPointer { a in
      other.broadcast(to: shape).withUnsafeBufferPointer { b in
        a.indices.allSatisfy { index in
          let (left, right) = (Double(a[index]), Double(b[index]))
          if left == right { return true }
          if left.isNaN && right.isNaN { return treatingNaNAsEqual }
          guard left.isFinite && right.isFinite else { return false }
          return Swift.abs(left - right) <= absolute + relative * Swift.abs(right)
        }
      }
    }
  }
}
