import CKernels

// Comparison element by element, spelled as for `SIMD` vectors. Shapes broadcast; shapes that do not
// fit stop with a message. A NaN makes every comparison false, but `.!=` true.
extension Tensor {
  /// Where a = b.
  public static func .== (a: Tensor, b: Tensor) -> Tensor<Bool> {
    Elementwise.compare(APUS_EQUAL, a, b, of: ".==")
  }

  /// Where a ≠ b.
  public static func .!= (a: Tensor, b: Tensor) -> Tensor<Bool> {
    Elementwise.compare(APUS_NOT_EQUAL, a, b, of: ".!=")
  }

  /// Where a = b.
  public static func .== (a: Tensor, b: Scalar) -> Tensor<Bool> {
    Elementwise.compare(APUS_EQUAL, a, b)
  }

  /// Where a ≠ b.
  public static func .!= (a: Tensor, b: Scalar) -> Tensor<Bool> {
    Elementwise.compare(APUS_NOT_EQUAL, a, b)
  }

  /// Where a = b.
  public static func .== (a: Scalar, b: Tensor) -> Tensor<Bool> {
    Elementwise.compare(APUS_EQUAL, a, b)
  }

  /// Where a ≠ b.
  public static func .!= (a: Scalar, b: Tensor) -> Tensor<Bool> {
    Elementwise.compare(APUS_NOT_EQUAL, a, b)
  }
}

extension Tensor where Scalar: NumericScalar {
  /// Where a < b.
  public static func .< (a: Tensor, b: Tensor) -> Tensor<Bool> {
    Elementwise.compare(APUS_LESS, a, b, of: ".<")
  }

  /// Where a ≤ b.
  public static func .<= (a: Tensor, b: Tensor) -> Tensor<Bool> {
    Elementwise.compare(APUS_LESS_EQUAL, a, b, of: ".<=")
  }

  /// Where a > b.
  public static func .> (a: Tensor, b: Tensor) -> Tensor<Bool> {
    Elementwise.compare(APUS_GREATER, a, b, of: ".>")
  }

  /// Where a ≥ b.
  public static func .>= (a: Tensor, b: Tensor) -> Tensor<Bool> {
    Elementwise.compare(APUS_GREATER_EQUAL, a, b, of: ".>=")
  }

  /// Where a < b.
  public static func .< (a: Tensor, b: Scalar) -> Tensor<Bool> {
    Elementwise.compare(APUS_LESS, a, b)
  }

  /// Where a ≤ b.
  public static func .<= (a: Tensor, b: Scalar) -> Tensor<Bool> {
    Elementwise.compare(APUS_LESS_EQUAL, a, b)
  }

  /// Where a > b.
  public static func .> (a: Tensor, b: Scalar) -> Tensor<Bool> {
    Elementwise.compare(APUS_GREATER, a, b)
  }

  /// Where a ≥ b.
  public static func .>= (a: Tensor, b: Scalar) -> Tensor<Bool> {
    Elementwise.compare(APUS_GREATER_EQUAL, a, b)
  }

  /// Where a < b.
  public static func .< (a: Scalar, b: Tensor) -> Tensor<Bool> {
    Elementwise.compare(APUS_LESS, a, b)
  }

  /// Where a ≤ b.
  public static func .<= (a: Scalar, b: Tensor) -> Tensor<Bool> {
    Elementwise.compare(APUS_LESS_EQUAL, a, b)
  }

  /// Where a > b.
  public static func .> (a: Scalar, b: Tensor) -> Tensor<Bool> {
    Elementwise.compare(APUS_GREATER, a, b)
  }

  /// Where a ≥ b.
  public static func .>= (a: Scalar, b: Tensor) -> Tensor<Bool> {
    Elementwise.compare(APUS_GREATER_EQUAL, a, b)
  }
}

extension Tensor where Scalar: FloatingPointScalar {
  /// Where an element is NaN.
  public func isNaN() -> Tensor<Bool> { classified(APUS_IS_NAN) }

  /// Where an element is +∞ or −∞.
  public func isInfinite() -> Tensor<Bool> { classified(APUS_IS_INFINITE) }

  /// Where an element is neither infinite nor NaN.
  public func isFinite() -> Tensor<Bool> { classified(APUS_IS_FINITE) }

  private func classified(_ op: apus_classify_op) -> Tensor<Bool> {
    let dtype = Scalar.dtype
    let (storage, layout) = Elementwise.map(storage, layout, dtype, to: .bool, .light) {
      x, out, count in
      Kernels.classify(op, dtype, x, out, count)
    }
    return Tensor<Bool>(storage: storage, layout: layout)
  }
}
