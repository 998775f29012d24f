import CKernels

// Functions of each element. They consume the tensor: one that is given away and that nobody else
// holds is written over, so that `t = (consume t).exp()` takes no new memory. A tensor that is used
// again afterwards stays as it is, as any value does. `t.apply { $0.exp() }` is the form in place.
extension Tensor {
  /// Replaces the tensor by what a function makes of it: `t.apply { $0.exp() }`.
  ///
  /// The function is given the tensor itself. So a function of each element, `clamped` or an operator
  /// with a number writes over elements that no other tensor shares, without new memory; shared
  /// ones are left as they are.
  public mutating func apply(_ function: (consuming Tensor) -> Tensor) {
    let given = self
    // What stands in for it meanwhile holds no reference to its storage.
    self = Tensor(uninitialized: [0])
    self = function(consume given)
  }
}

extension Tensor where Scalar: SignedScalar {
  /// |x|
  public consuming func magnitude() -> Tensor { Elementwise.unary(APUS_ABS, self, weight: .light) }

  /// −1, 0 or 1; NaN stays NaN.
  public consuming func sign() -> Tensor { Elementwise.unary(APUS_SIGN, self, weight: .light) }

  /// x²
  public consuming func squared() -> Tensor { Elementwise.unary(APUS_SQUARE, self, weight: .light) }
}

extension Tensor where Scalar: FloatingPointScalar {
  /// √x
  public consuming func squareRoot() -> Tensor {
    Elementwise.unary(APUS_SQRT, self, weight: .light)
  }

  /// 1 / √x
  public consuming func reciprocalSquareRoot() -> Tensor {
    Elementwise.unary(APUS_RSQRT, self, weight: .light)
  }

  /// 1 / x
  public consuming func reciprocal() -> Tensor {
    Elementwise.unary(APUS_RECIPROCAL, self, weight: .light)
  }

  /// eˣ
  public consuming func exp() -> Tensor { Elementwise.unary(APUS_EXP, self, weight: .heavy) }

  /// eˣ − 1, without cancellation near zero.
  public consuming func expm1() -> Tensor { Elementwise.unary(APUS_EXPM1, self, weight: .heavy) }

  /// The natural logarithm.
  public consuming func log() -> Tensor { Elementwise.unary(APUS_LOG, self, weight: .heavy) }

  /// ln(1 + x), without cancellation near zero.
  public consuming func log1p() -> Tensor { Elementwise.unary(APUS_LOG1P, self, weight: .heavy) }

  /// The sine of x in radians.
  public consuming func sin() -> Tensor { Elementwise.unary(APUS_SIN, self, weight: .heavy) }

  /// The cosine of x in radians.
  public consuming func cos() -> Tensor { Elementwise.unary(APUS_COS, self, weight: .heavy) }

  /// The hyperbolic tangent.
  public consuming func tanh() -> Tensor { Elementwise.unary(APUS_TANH, self, weight: .heavy) }

  /// 1 / (1 + e⁻ˣ)
  public consuming func sigmoid() -> Tensor {
    Elementwise.unary(APUS_SIGMOID, self, weight: .heavy)
  }

  /// ln(1 + eˣ), without overflow.
  public consuming func softplus() -> Tensor {
    Elementwise.unary(APUS_SOFTPLUS, self, weight: .heavy)
  }

  /// max(x, 0); NaN stays NaN.
  public consuming func relu() -> Tensor { Elementwise.unary(APUS_RELU, self, weight: .light) }

  /// self to the power of each exponent, broadcast, with the special cases of `pow` in the C library.
  public consuming func power(_ exponent: consuming Tensor) -> Tensor {
    Elementwise.binary(APUS_POW, self, exponent, of: "power", weight: .heavy)
  }
}

// Fused products that reverse-mode differentiation uses: `self` is the gradient of y = f(x).
extension Tensor where Scalar: FloatingPointScalar {
  /// self where y > 0, else 0.
  package consuming func throughRelu(_ y: consuming Tensor) -> Tensor {
    Elementwise.binary(APUS_RELU_GRAD, self, y, of: "relu gradient")
  }

  /// self · (1 − y²)
  package consuming func throughTanh(_ y: consuming Tensor) -> Tensor {
    Elementwise.binary(APUS_TANH_GRAD, self, y, of: "tanh gradient")
  }

  /// self · y · (1 − y)
  package consuming func throughSigmoid(_ y: consuming Tensor) -> Tensor {
    Elementwise.binary(APUS_SIGMOID_GRAD, self, y, of: "sigmoid gradient")
  }

  /// self times the derivative of softplus at x.
  package consuming func throughSoftplus(of x: consuming Tensor) -> Tensor {
    Elementwise.binary(APUS_SOFTPLUS_GRAD, self, x, of: "softplus gradient", weight: .heavy)
  }

  /// self times the derivative of silu at x.
  package consuming func throughSilu(of x: consuming Tensor) -> Tensor {
    Elementwise.binary(APUS_SILU_GRAD, self, x, of: "silu gradient", weight: .heavy)
  }

  /// self times the derivative of gelu at x.
  package consuming func throughGelu(of x: consuming Tensor, approximation: GELUApproximation)
    -> Tensor
  {
    switch approximation {
    case .none: Elementwise.binary(APUS_GELU_GRAD, self, x, of: "gelu gradient", weight: .heavy)
    case .tanh:
      Elementwise.binary(APUS_GELU_TANH_GRAD, self, x, of: "gelu gradient", weight: .heavy)
    }
  }
}
