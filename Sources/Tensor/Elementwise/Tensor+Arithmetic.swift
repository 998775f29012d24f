import CKernels

/// Arithmetic element by element. Shapes broadcast by NumPy's rule; shapes that do not fit stop with
/// a message. Integers wrap around (bytes at 256), except that division by zero stops with a message.
///
/// A tensor that nobody else holds, such as a · b within a · b + c, is written over where it has the
/// shape of the result.
extension Tensor where Scalar: NumericScalar {
  /// a + b
  @_specialize(where Scalar == Float)
  public static func + (a: consuming Tensor, b: consuming Tensor) -> Tensor {
    Elementwise.binary(APUS_ADD, a, b, of: "+")
  }

  /// a − b
  public static func - (a: consuming Tensor, b: consuming Tensor) -> Tensor {
    Elementwise.binary(APUS_SUB, a, b, of: "-")
  }

  /// a · b, element by element; see `matmul` for the matrix product.
  public static func * (a: consuming Tensor, b: consuming Tensor) -> Tensor {
    Elementwise.binary(APUS_MUL, a, b, of: "*")
  }

  /// a ÷ b; integers are rounded towards zero.
  public static func / (a: consuming Tensor, b: consuming Tensor) -> Tensor {
    b.checkDivisor(of: "/")
    return Elementwise.binary(APUS_DIV, a, b, of: "/")
  }

  /// a ← a + b
  public static func += (a: inout Tensor, b: Tensor) {
    Elementwise.binaryInPlace(APUS_ADD, &a, b, of: "+=")
  }

  /// a ← a − b
  public static func -= (a: inout Tensor, b: Tensor) {
    Elementwise.binaryInPlace(APUS_SUB, &a, b, of: "-=")
  }

  /// a ← a · b
  public static func *= (a: inout Tensor, b: Tensor) {
    Elementwise.binaryInPlace(APUS_MUL, &a, b, of: "*=")
  }

  /// a ← a ÷ b
  public static func /= (a: inout Tensor, b: Tensor) {
    b.checkDivisor(of: "/=")
    Elementwise.binaryInPlace(APUS_DIV, &a, b, of: "/=")
  }
}

// With a number on one side. Literals make these unambiguous: `2 * t`. A tensor that nobody else
// holds is written over.
extension Tensor where Scalar: NumericScalar {
  public static func + (a: consuming Tensor, b: Scalar) -> Tensor {
    Elementwise.binary(APUS_ADD, a, b)
  }
  public static func + (a: Scalar, b: consuming Tensor) -> Tensor {
    Elementwise.binary(APUS_ADD, a, b)
  }
  public static func - (a: consuming Tensor, b: Scalar) -> Tensor {
    Elementwise.binary(APUS_SUB, a, b)
  }
  public static func - (a: Scalar, b: consuming Tensor) -> Tensor {
    Elementwise.binary(APUS_SUB, a, b)
  }
  public static func * (a: consuming Tensor, b: Scalar) -> Tensor {
    Elementwise.binary(APUS_MUL, a, b)
  }
  public static func * (a: Scalar, b: consuming Tensor) -> Tensor {
    Elementwise.binary(APUS_MUL, a, b)
  }
  public static func / (a: consuming Tensor, b: Scalar) -> Tensor {
    a.checkDivisor(b, of: "/")
    return Elementwise.binary(APUS_DIV, a, b)
  }
  public static func / (a: Scalar, b: consuming Tensor) -> Tensor {
    b.checkDivisor(of: "/")
    return Elementwise.binary(APUS_DIV, a, b)
  }
  public static func += (a: inout Tensor, b: Scalar) { Elementwise.binaryInPlace(APUS_ADD, &a, b) }
  public static func -= (a: inout Tensor, b: Scalar) { Elementwise.binaryInPlace(APUS_SUB, &a, b) }
  public static func *= (a: inout Tensor, b: Scalar) { Elementwise.binaryInPlace(APUS_MUL, &a, b) }
  public static func /= (a: inout Tensor, b: Scalar) {
    a.checkDivisor(b, of: "/=")
    Elementwise.binaryInPlace(APUS_DIV, &a, b)
  }
}

extension Tensor where Scalar: SignedScalar {
  /// −a
  public static prefix func - (a: consuming Tensor) -> Tensor {
    Elementwise.unary(APUS_NEG, a, weight: .light)
  }
}
