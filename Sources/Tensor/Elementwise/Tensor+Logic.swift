import CKernels

// Logic element by element, spelled as for `SIMDMask`. Shapes broadcast. A truth value is a byte, 1
// or 0, so that "and" is the smaller of two, "or" the larger, and "exclusive or" their difference. A
// tensor that nobody else holds is written over where it has the shape of the result.
extension Tensor where Scalar == Bool {
  /// Where both a and b are true.
  public static func .& (a: consuming Tensor, b: consuming Tensor) -> Tensor {
    Elementwise.binary(APUS_MIN, a, b, of: ".&")
  }

  /// Where a, b or both are true.
  public static func .| (a: consuming Tensor, b: consuming Tensor) -> Tensor {
    Elementwise.binary(APUS_MAX, a, b, of: ".|")
  }

  /// Where one of a and b is true and the other is not.
  public static func .^ (a: consuming Tensor, b: consuming Tensor) -> Tensor {
    var result = consume a
    var other = consume b
    Elementwise.combine(
      &result.storage, &result.layout, &other.storage, &other.layout, .bool, of: ".^", .light
    ) { a, aStep, b, bStep, out, count in
      Kernels.compare(APUS_NOT_EQUAL, .bool, a, aStep, b, bStep, out, count)
    }
    return result
  }

  /// Where a is false.
  public static prefix func .! (a: consuming Tensor) -> Tensor {
    var result = consume a
    withUnsafePointer(to: false) { no in
      Elementwise.map(&result.storage, &result.layout, .bool, .light) { a, out, count in
        Kernels.compare(APUS_EQUAL, .bool, a, 1, no, 0, out, count)
      }
    }
    return result
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
