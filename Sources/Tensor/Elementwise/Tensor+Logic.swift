import CKernels

// Logic element by element, spelled as for `SIMDMask`. Shapes broadcast. A truth value is a byte, 1
// or 0, so that "and" is the smaller of two, "or" the larger, and "exclusive or" their difference.
extension Tensor where Scalar == Bool {
  /// Where both a and b are true.
  public static func .& (a: Tensor, b: Tensor) -> Tensor {
    Elementwise.binary(APUS_MIN, a, b, of: ".&")
  }

  /// Where a, b or both are true.
  public static func .| (a: Tensor, b: Tensor) -> Tensor {
    Elementwise.binary(APUS_MAX, a, b, of: ".|")
  }

  /// Where one of a and b is true and the other is not.
  public static func .^ (a: Tensor, b: Tensor) -> Tensor {
    Elementwise.compare(APUS_NOT_EQUAL, a, b, of: ".^")
  }

  /// Where a is false.
  public static prefix func .! (a: Tensor) -> Tensor {
    Elementwise.compare(APUS_EQUAL, a, false)
  }

  /// a ← a .& b; b is broadcast to the shape of a.
  public static func .&= (a: inout Tensor, b: Tensor) {
    Elementwise.binaryInPlace(APUS_MIN, &a, b, of: ".&=")
  }

  /// a ← a .| b; b is broadcast to the shape of a.
  public static func .|= (a: inout Tensor, b: Tensor) {
    Elementwise.binaryInPlace(APUS_MAX, &a, b, of: ".|=")
  }

  /// a ← a .^ b; b is broadcast to the shape of a.
  public static func .^= (a: inout Tensor, b: Tensor) {
    Elementwise.zipInPlace(&a.storage, &a.layout, b.storage, b.layout, .bool, of: ".^=", .light) {
      a, aStep, b, bStep, out, count in
      Kernels.compare(APUS_NOT_EQUAL, .bool, a, aStep, b, bStep, out, count)
    }
  }
}
