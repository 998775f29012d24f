import Tensor

/// Functions of each element.
extension Variable {
  /// y = |x|;  ∂x = g · sign x, so 0 at 0
  public func magnitude() -> Variable {
    function(.magnitude, value.magnitude()) { x, g in g * Variable(x.value.sign()) }
  }

  /// −1, 0 or 1; its derivative is 0 everywhere, at 0 by definition.
  public func sign() -> Variable { Variable(value.sign()) }

  /// y = x²;  ∂x = 2 · g · x
  public func squared() -> Variable {
    function(.square, value.squared()) { x, g in 2 * g * x }
  }

  /// y = √x;  ∂x = g ÷ 2y, infinite at 0
  public func squareRoot() -> Variable {
    functionOfResult(.squareRoot, value.squareRoot()) { y, g in g / (2 * y) }
  }

  /// y = 1 ÷ √x;  ∂x = −g · y³ ÷ 2
  public func reciprocalSquareRoot() -> Variable {
    functionOfResult(.reciprocalSquareRoot, value.reciprocalSquareRoot()) { y, g in
      -0.5 * g * y * y.squared()
    }
  }

  /// y = 1 ÷ x;  ∂x = −g · y²
  public func reciprocal() -> Variable {
    functionOfResult(.reciprocal, value.reciprocal()) { y, g in -g * y.squared() }
  }

  /// y = xᵖ;  ∂x = g · p · xᵖ⁻¹, which is 0 for p = 0
  public func power(_ exponent: Scalar) -> Variable {
    if exponent == 0 { return Variable(value.power(0)) }
    return function(.powerOfNumber, value.power(exponent)) { x, g in
      g * (exponent * x.power(exponent - 1))
    }
  }

  /// y = xᵖ for each exponent, broadcast;  ∂x = g · p · xᵖ⁻¹, ∂p = g · y · ln x
  ///
  /// ∂x is 0 where p is 0, and ∂p is 0 where x is 0 and p is not negative. For x below 0 ∂p is NaN.
  public func power(_ exponent: Variable) -> Variable {
    record(.power, value.power(exponent.value), from: self, exponent) { g, backward in
      backward.add(to: self) {
        let slope = exponent * self.power(exponent - 1)
        return (g * Variable.where(exponent.value .== 0, 0, slope)).reduced(to: self.shape)
      }
      backward.add(to: exponent) {
        let isZero = (self.value .== 0) .& (exponent.value .>= 0)
        // The logarithm of a number that is not 0, as ∞ · 0 would come back in its own gradient.
        let logarithm = Variable.where(isZero, 1, self).log()
        return (g * Variable.where(isZero, 0, self.power(exponent) * logarithm))
          .reduced(to: exponent.shape)
      }
    }
  }
}

/// Exponentials and logarithms of each element.
extension Variable {
  /// y = eˣ;  ∂x = g · y
  public func exp() -> Variable {
    functionOfResult(.exp, value.exp()) { y, g in g * y }
  }

  /// y = 2ˣ;  ∂x = g · y · ln 2
  public func exp2() -> Variable {
    functionOfResult(.exp2, value.exp2()) { y, g in g * y * Self.ln2 }
  }

  /// y = eˣ − 1;  ∂x = g · (y + 1)
  public func expm1() -> Variable {
    functionOfResult(.expm1, value.expm1()) { y, g in g * (y + 1) }
  }

  /// y = ln x;  ∂x = g ÷ x
  public func log() -> Variable {
    function(.log, value.log()) { x, g in g / x }
  }

  /// y = log₂ x;  ∂x = g ÷ (x · ln 2)
  public func log2() -> Variable {
    function(.log2, value.log2()) { x, g in g / (x * Self.ln2) }
  }

  /// y = log₁₀ x;  ∂x = g ÷ (x · ln 10)
  public func log10() -> Variable {
    function(.log10, value.log10()) { x, g in g / (x * Self.ln10) }
  }

  /// y = ln(1 + x);  ∂x = g ÷ (1 + x)
  public func log1p() -> Variable {
    function(.log1p, value.log1p()) { x, g in g / (1 + x) }
  }

  private static var ln2: Scalar { Scalar(0.693147180559945309417) }
  private static var ln10: Scalar { Scalar(2.302585092994045684018) }
}

/// Trigonometry, hyperbolic functions and the error function of each element.
extension Variable {
  /// y = sin x;  ∂x = g · cos x
  public func sin() -> Variable {
    function(.sin, value.sin()) { x, g in g * x.cos() }
  }

  /// y = cos x;  ∂x = −g · sin x
  public func cos() -> Variable {
    function(.cos, value.cos()) { x, g in -g * x.sin() }
  }

  /// y = tan x;  ∂x = g · (1 + y²)
  public func tan() -> Variable {
    functionOfResult(.tan, value.tan()) { y, g in g * (1 + y.squared()) }
  }

  /// The angle whose sine is x;  ∂x = g ÷ √(1 − x²), infinite at −1 and 1
  public func asin() -> Variable {
    function(.asin, value.asin()) { x, g in g / ((1 - x) * (1 + x)).squareRoot() }
  }

  /// The angle whose cosine is x;  ∂x = −g ÷ √(1 − x²), infinite at −1 and 1
  public func acos() -> Variable {
    function(.acos, value.acos()) { x, g in -g / ((1 - x) * (1 + x)).squareRoot() }
  }

  /// The angle whose tangent is x;  ∂x = g ÷ (1 + x²)
  public func atan() -> Variable {
    function(.atan, value.atan()) { x, g in g / (1 + x.squared()) }
  }

  /// The angle of each point (x, y), broadcast;  ∂y = g · x ÷ (x² + y²), ∂x = −g · y ÷ (x² + y²)
  ///
  /// Both are NaN at the origin.
  public static func atan2(y: Variable, x: Variable) -> Variable {
    record(.atan2, .atan2(y: y.value, x: x.value), from: y, x) { g, backward in
      let scaled = g / (x.squared() + y.squared())
      backward.add(to: y) { (scaled * x).reduced(to: y.shape) }
      backward.add(to: x) { -(scaled * y).reduced(to: x.shape) }
    }
  }

  /// y = sinh x;  ∂x = g · cosh x
  public func sinh() -> Variable {
    function(.sinh, value.sinh()) { x, g in g * x.cosh() }
  }

  /// y = cosh x;  ∂x = g · sinh x
  public func cosh() -> Variable {
    function(.cosh, value.cosh()) { x, g in g * x.sinh() }
  }

  /// The inverse of sinh;  ∂x = g ÷ √(x² + 1)
  public func asinh() -> Variable {
    function(.asinh, value.asinh()) { x, g in g / (x.squared() + 1).squareRoot() }
  }

  /// The inverse of cosh;  ∂x = g ÷ √(x² − 1), infinite at 1
  public func acosh() -> Variable {
    function(.acosh, value.acosh()) { x, g in g / ((x - 1) * (x + 1)).squareRoot() }
  }

  /// The inverse of tanh;  ∂x = g ÷ (1 − x²), infinite at −1 and 1
  public func atanh() -> Variable {
    function(.atanh, value.atanh()) { x, g in g / ((1 - x) * (1 + x)) }
  }

  /// y = 2/√π · ∫₀ˣ e^(−t²) dt;  ∂x = g · 2/√π · e^(−x²)
  public func erf() -> Variable {
    function(.erf, value.erf()) { x, g in
      g * (Scalar(1.12837916709551257390) * (-x.squared()).exp())
    }
  }
}

/// Rounding. The derivative is 0 everywhere, at the jumps by definition, so that results are constants.
extension Variable {
  /// The greatest whole number that is not above x; its derivative is 0.
  public func floor() -> Variable { Variable(value.floor()) }

  /// The least whole number that is not below x; its derivative is 0.
  public func ceil() -> Variable { Variable(value.ceil()) }

  /// The nearest whole number, halves to the even one; its derivative is 0.
  public func round() -> Variable { Variable(value.round()) }

  /// The whole part of x, towards zero; its derivative is 0.
  public func trunc() -> Variable { Variable(value.trunc()) }
}

/// Division with remainder, broadcast. The quotient jumps and counts as constant between jumps.
extension Variable {
  /// ⌊a ÷ b⌋; its derivatives are 0.
  public func flooredQuotient(dividingBy b: Variable) -> Variable {
    Variable(value.flooredQuotient(dividingBy: b.value))
  }

  /// ⌊a ÷ b⌋; its derivatives are 0.
  public func flooredQuotient(dividingBy b: Scalar) -> Variable {
    Variable(value.flooredQuotient(dividingBy: b))
  }

  /// y = a − b · ⌊a ÷ b⌋, which has the sign of b;  ∂a = g, ∂b = −g · ⌊a ÷ b⌋
  public func flooredRemainder(dividingBy b: Variable) -> Variable {
    remainder(value.flooredRemainder(dividingBy: b.value), b)
  }

  /// y = a − b · ⌊a ÷ b⌋, which has the sign of b;  ∂a = g
  public func flooredRemainder(dividingBy b: Scalar) -> Variable {
    flooredRemainder(dividingBy: Variable(b))
  }

  /// y = a − b · (a ÷ b rounded towards zero), which has the sign of a;  ∂a = g,
  /// ∂b = −g · (a ÷ b rounded towards zero)
  public func truncatingRemainder(dividingBy b: Variable) -> Variable {
    remainder(value.truncatingRemainder(dividingBy: b.value), b)
  }

  /// y = a − b · (a ÷ b rounded towards zero), which has the sign of a;  ∂a = g
  public func truncatingRemainder(dividingBy b: Scalar) -> Variable {
    truncatingRemainder(dividingBy: Variable(b))
  }

  private func remainder(_ y: Tensor<Scalar>, _ b: Variable) -> Variable {
    let dividend = operand
    let divisor = b.operand
    // Rounded, as what is left of a − y is a whole multiple of b but for its last digits.
    let quotient = b.isRecorded ? ((value - y) / b.value).round() : nil
    return record(.remainder, y, from: self, b) { g, backward in
      backward.add(to: dividend) { g.reduced(to: dividend.shape) }
      if let quotient {
        backward.add(to: divisor) { -(g * Variable(quotient)).reduced(to: divisor.shape) }
      }
    }
  }
}
