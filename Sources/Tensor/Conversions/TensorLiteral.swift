/// What may stand in the literal of a tensor: a number, a Boolean value or a list of such parts.
///
/// It exists so that `Tensor` itself needs no conversion from a bare number, which would leave
/// `t + 1` open to two readings. Variables go through `init(_: [[Scalar]])` and its kin.
public struct TensorLiteral<Scalar: TensorScalar>: Sendable {
  fileprivate var extents: [Int]
  fileprivate var scalars: [Scalar]

  fileprivate init(scalar: Scalar) {
    extents = []
    scalars = [scalar]
  }

  fileprivate init(parts: [TensorLiteral]) {
    let inner = parts.first?.extents ?? []
    for (position, part) in parts.enumerated() where part.extents != inner {
      fatalError(
        "Tensor: ragged literal; the part at position 0 has shape \(inner), the one at position "
          + "\(position) has shape \(part.extents)")
    }
    extents = [parts.count] + inner
    scalars = parts.flatMap(\.scalars)
  }
}

extension TensorLiteral: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: TensorLiteral...) { self.init(parts: elements) }
}

extension TensorLiteral: ExpressibleByIntegerLiteral where Scalar: NumericScalar {
  public init(integerLiteral value: Scalar.IntegerLiteralType) {
    self.init(scalar: Scalar(integerLiteral: value))
  }
}

extension TensorLiteral: ExpressibleByFloatLiteral where Scalar: FloatingPointScalar {
  public init(floatLiteral value: Scalar.FloatLiteralType) {
    self.init(scalar: Scalar(floatLiteral: value))
  }
}

extension TensorLiteral: ExpressibleByBooleanLiteral where Scalar == Bool {
  public init(booleanLiteral value: Bool) { self.init(scalar: value) }
}

/// Tensors from literals of any depth: `let t: Tensor<Float> = [[1, 2], [3, 4]]`.
extension Tensor: ExpressibleByArrayLiteral {
  /// Creates a tensor from nested lists of numbers, the outermost list its first axis.
  ///
  /// Stops with a message if lists beside each other differ in shape, or beyond eight levels.
  public init(arrayLiteral elements: TensorLiteral<Scalar>...) {
    self.init(parts: elements)
  }

  /// Creates a tensor of two axes or more from a literal: `Tensor<Float>([[1, 2], [3, 4]])`.
  @_disfavoredOverload  // `Tensor([])` is the empty vector.
  public init(_ rows: [[TensorLiteral<Scalar>]]) {
    self.init(parts: rows.map { TensorLiteral(parts: $0) })
  }

  private init(parts: [TensorLiteral<Scalar>]) {
    let literal = TensorLiteral(parts: parts)
    self.init(literal.scalars, shape: Shape(literal.extents))
  }
}
