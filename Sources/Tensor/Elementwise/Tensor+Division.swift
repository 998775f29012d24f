import CKernels

// Division with remainder, in the two meanings that languages and libraries give it. They differ
// where a and b have different signs:
//
//                            −7 and 3      7 and −3
//     truncated  quotient    −2            −2            Swift's and C's / and %, fmod
//                remainder   −1             1
//     floored    quotient    −3            −3            Python's and NumPy's // and %
//                remainder    2            −2
//
// In each, quotient · b + remainder = a. Shapes broadcast. Integers stop with a message if b holds a
// zero; for reals the remainder is then NaN and the quotient a ÷ b. A tensor that nobody else holds is
// written over where it has the shape of the result.
extension Tensor where Scalar: NumericScalar {
  /// The largest whole number not above a ÷ b: NumPy's `floor_divide`.
  public consuming func flooredQuotient(dividingBy b: consuming Tensor) -> Tensor {
    b.checkDivisor(of: "flooredQuotient")
    return Elementwise.binary(APUS_FLOOR_DIV, self, b, of: "flooredQuotient", weight: .heavy)
  }

  /// The largest whole number not above a ÷ b: NumPy's `floor_divide`.
  public consuming func flooredQuotient(dividingBy b: Scalar) -> Tensor {
    checkDivisor(b, of: "flooredQuotient")
    return Elementwise.binary(APUS_FLOOR_DIV, self, b, weight: .heavy)
  }

  /// a − b · ⌊a ÷ b⌋, which has the sign of b: NumPy's `remainder`, Python's `%`.
  public consuming func flooredRemainder(dividingBy b: consuming Tensor) -> Tensor {
    b.checkDivisor(of: "flooredRemainder")
    return Elementwise.binary(APUS_FLOOR_REM, self, b, of: "flooredRemainder", weight: .heavy)
  }

  /// a − b · ⌊a ÷ b⌋, which has the sign of b: NumPy's `remainder`, Python's `%`.
  public consuming func flooredRemainder(dividingBy b: Scalar) -> Tensor {
    checkDivisor(b, of: "flooredRemainder")
    return Elementwise.binary(APUS_FLOOR_REM, self, b, weight: .heavy)
  }

  /// a − b · (a ÷ b rounded towards zero), which has the sign of a: NumPy's `fmod`, C's `%`.
  public consuming func truncatingRemainder(dividingBy b: consuming Tensor) -> Tensor {
    b.checkDivisor(of: "truncatingRemainder")
    return Elementwise.binary(APUS_TRUNC_REM, self, b, of: "truncatingRemainder", weight: .heavy)
  }

  /// a − b · (a ÷ b rounded towards zero), which has the sign of a: NumPy's `fmod`, C's `%`.
  public consuming func truncatingRemainder(dividingBy b: Scalar) -> Tensor {
    checkDivisor(b, of: "truncatingRemainder")
    return Elementwise.binary(APUS_TRUNC_REM, self, b, weight: .heavy)
  }

  /// Stops with a message if integers hold a zero.
  func checkDivisor(of name: StaticString) {
    if hasInteger(apus_any_zero_i32, apus_any_zero_i64) || hasZeroByte {
      fatalError("\(name): division of \(Scalar.dtype) by zero")
    }
  }

  /// Stops with a message if an integer is zero.
  func checkDivisor(_ divisor: Scalar, of name: StaticString) {
    if divisor == 0 && Scalar.dtype != .float32 && Scalar.dtype != .float64 {
      fatalError("\(name): division of \(Scalar.dtype) by zero")
    }
  }

  private var hasZeroByte: Bool {
    guard Scalar.dtype == .uint8 else { return false }
    let source = layout.isDense ? self : copied()
    return source.withStorage {
      UnsafeRawBufferPointer(start: source.pointer, count: count).contains(0)
    }
  }

  /// Whether the elements are 32- or 64-bit integers of which some has a property.
  private func hasInteger(
    _ narrow: (UnsafePointer<Int32>, Int) -> Bool, _ wide: (UnsafePointer<Int64>, Int) -> Bool
  ) -> Bool {
    guard Scalar.dtype == .int32 || Scalar.dtype == .int64 else { return false }
    let source = layout.isDense ? self : copied()
    return source.withStorage {
      Scalar.dtype == .int32
        ? narrow(source.pointer.bound(), count) : wide(source.pointer.bound(), count)
    }
  }
}

extension Tensor where Scalar: NumericScalar & FixedWidthInteger {
  /// self to the power of each exponent, broadcast. Wraps around; 0⁰ is 1.
  ///
  /// Stops with a message if an exponent is negative: the result would be a fraction.
  public consuming func power(_ exponent: consuming Tensor) -> Tensor {
    if exponent.hasInteger(apus_any_negative_i32, apus_any_negative_i64) {
      fatalError("power: an exponent of \(Scalar.dtype) is negative; convert to Float or Double")
    }
    return Elementwise.binary(APUS_POW, self, exponent, of: "power", weight: .heavy)
  }

  /// self to the power of a number. Wraps around; 0⁰ is 1.
  ///
  /// Stops with a message if the exponent is negative: the result would be a fraction.
  public consuming func power(_ exponent: Scalar) -> Tensor {
    guard exponent >= 0 else {
      fatalError(
        "power: the exponent \(exponent) of \(Scalar.dtype) is negative; convert to Float or Double"
      )
    }
    return Elementwise.binary(APUS_POW, self, exponent, weight: .heavy)
  }
}
