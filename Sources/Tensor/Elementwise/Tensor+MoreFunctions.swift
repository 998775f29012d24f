import CKernels

/// How `gelu` is computed.
public enum GELUApproximation: Sendable, Hashable {
  /// x · Φ(x), where Φ is the normal distribution function.
  case none
  /// x / (1 + e^(−2u)) with u = √(2/π) · (x + 0.044715 x³).
  case tanh
}

/// Functions of each element that go beyond `exp`, `log` and their kin.
///
/// `Float` results are within 4 units in the last place over the whole range, denormals and huge
/// arguments included; NaN stays NaN.
extension Tensor where Scalar: FloatingPointScalar {
  /// 2ˣ
  public consuming func exp2() -> Tensor { Elementwise.unary(APUS_EXP2, self, weight: .heavy) }

  /// The logarithm to base 2; exact for powers of two.
  public consuming func log2() -> Tensor { Elementwise.unary(APUS_LOG2, self, weight: .heavy) }

  /// The logarithm to base 10.
  public consuming func log10() -> Tensor { Elementwise.unary(APUS_LOG10, self, weight: .heavy) }

  /// The tangent of x in radians.
  public consuming func tan() -> Tensor { Elementwise.unary(APUS_TAN, self, weight: .heavy) }

  /// The angle in −π/2…π/2 whose sine is x; NaN where |x| > 1.
  public consuming func asin() -> Tensor { Elementwise.unary(APUS_ASIN, self, weight: .heavy) }

  /// The angle in 0…π whose cosine is x; NaN where |x| > 1.
  public consuming func acos() -> Tensor { Elementwise.unary(APUS_ACOS, self, weight: .heavy) }

  /// The angle in −π/2…π/2 whose tangent is x.
  public consuming func atan() -> Tensor { Elementwise.unary(APUS_ATAN, self, weight: .heavy) }

  /// The hyperbolic sine.
  public consuming func sinh() -> Tensor { Elementwise.unary(APUS_SINH, self, weight: .heavy) }

  /// The hyperbolic cosine.
  public consuming func cosh() -> Tensor { Elementwise.unary(APUS_COSH, self, weight: .heavy) }

  /// The inverse of the hyperbolic sine, ln(x + √(x² + 1)).
  public consuming func asinh() -> Tensor { Elementwise.unary(APUS_ASINH, self, weight: .heavy) }

  /// The inverse of the hyperbolic cosine, ln(x + √(x² − 1)), 0 or more; NaN where x < 1.
  public consuming func acosh() -> Tensor { Elementwise.unary(APUS_ACOSH, self, weight: .heavy) }

  /// The inverse of the hyperbolic tangent, ½ ln((1 + x) ÷ (1 − x)); ±∞ at ±1, NaN where |x| > 1.
  public consuming func atanh() -> Tensor { Elementwise.unary(APUS_ATANH, self, weight: .heavy) }

  /// The error function, 2/√π · ∫₀ˣ e^(−t²) dt.
  public consuming func erf() -> Tensor { Elementwise.unary(APUS_ERF, self, weight: .heavy) }

  /// x / (1 + e⁻ˣ), also called swish; its limit −0 at −∞.
  public consuming func silu() -> Tensor { Elementwise.unary(APUS_SILU, self, weight: .heavy) }

  /// The Gaussian error linear unit x · Φ(x) (Hendrycks and Gimpel, 2016); its limit −0 at −∞.
  ///
  /// The relative error is small in the negative tail too.
  public consuming func gelu(approximation: GELUApproximation = .none) -> Tensor {
    switch approximation {
    case .none: Elementwise.unary(APUS_GELU, self, weight: .heavy)
    case .tanh: Elementwise.unary(APUS_GELU_TANH, self, weight: .heavy)
    }
  }

  /// The angle of each point (x, y) in −π…π, the shapes broadcast.
  ///
  /// Its sign is that of y; signed zeros and infinities as `atan2` of the C library.
  public static func atan2(y: consuming Tensor, x: consuming Tensor) -> Tensor {
    Elementwise.binary(APUS_ATAN2, y, x, of: "atan2", weight: .heavy)
  }

  /// self to the power of one exponent.
  ///
  /// The powers 1, 2, 3 and −1 are products and quotients, 0.5 is the square root (so −0 at −0 and
  /// NaN at −∞, as in NumPy and PyTorch); others are those of `power(_:)` with tensors.
  public consuming func power(_ exponent: Scalar) -> Tensor {
    switch exponent {
    case 1: return self
    case 2: return squared()
    case 3:
      let base = consume self
      return base.squared() * base
    case -1: return reciprocal()
    case 0.5: return squareRoot()
    default: return power(Tensor(exponent))
    }
  }
}

/// Rounding to whole numbers. NaN and infinities stay, and so does the sign of zero.
extension Tensor where Scalar: FloatingPointScalar {
  /// The greatest whole number that is not above x.
  public consuming func floor() -> Tensor { Elementwise.unary(APUS_FLOOR, self, weight: .light) }

  /// The least whole number that is not below x.
  public consuming func ceil() -> Tensor { Elementwise.unary(APUS_CEIL, self, weight: .light) }

  /// The nearest whole number; halves go to the even one.
  public consuming func round() -> Tensor { Elementwise.unary(APUS_ROUND, self, weight: .light) }

  /// The whole part of x, towards zero.
  public consuming func trunc() -> Tensor { Elementwise.unary(APUS_TRUNC, self, weight: .light) }
}
