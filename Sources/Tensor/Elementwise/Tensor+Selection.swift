import CKernels

// Choosing between elements.
extension Tensor {
  /// a where the condition is true, b where it is false; all three broadcast.
  ///
  /// The element that is not chosen has no effect, whatever it is; `a[.!condition] = b` is the form in
  /// place, for a number b. Stops with a message if the shapes do not fit.
  public static func `where`(_ condition: Tensor<Bool>, _ a: Tensor, _ b: Tensor) -> Tensor {
    let (storage, layout) = Elementwise.select(
      condition.storage, condition.layout, a.storage, a.layout, b.storage, b.layout, Scalar.dtype)
    return Tensor(storage: storage, layout: layout)
  }

  /// a where the condition is true, b where it is false, broadcast.
  public static func `where`(_ condition: Tensor<Bool>, _ a: Tensor, _ b: Scalar) -> Tensor {
    .where(condition, a, Tensor(b))
  }

  /// a where the condition is true, b where it is false, broadcast.
  public static func `where`(_ condition: Tensor<Bool>, _ a: Scalar, _ b: Tensor) -> Tensor {
    .where(condition, Tensor(a), b)
  }

  /// a where the condition is true, b where it is false.
  public static func `where`(_ condition: Tensor<Bool>, _ a: Scalar, _ b: Scalar) -> Tensor {
    .where(condition, Tensor(a), Tensor(b))
  }

  /// The smaller of each pair of elements, broadcast; NaN if either is NaN, and false before true.
  public static func minimum(_ a: consuming Tensor, _ b: consuming Tensor) -> Tensor {
    Elementwise.binary(APUS_MIN, a, b, of: "minimum")
  }

  /// The larger of each pair of elements, broadcast; NaN if either is NaN, and true after false.
  public static func maximum(_ a: consuming Tensor, _ b: consuming Tensor) -> Tensor {
    Elementwise.binary(APUS_MAX, a, b, of: "maximum")
  }

  /// The smaller of each element and a number; NaN if either is NaN.
  public static func minimum(_ a: consuming Tensor, _ b: Scalar) -> Tensor {
    Elementwise.binary(APUS_MIN, a, b)
  }

  /// The larger of each element and a number; NaN if either is NaN.
  public static func maximum(_ a: consuming Tensor, _ b: Scalar) -> Tensor {
    Elementwise.binary(APUS_MAX, a, b)
  }
}

extension Tensor where Scalar: NumericScalar {
  /// Each element, but the nearer bound where it is outside of the range; NaN stays NaN.
  ///
  /// Written over the elements themselves if the tensor is given away: `(consume t).clamped(to: 0...1)`.
  public consuming func clamped(to range: ClosedRange<Scalar>) -> Tensor {
    clamp(to: range)
    return self
  }

  /// Each element, but the bound where it is below; NaN stays NaN.
  public consuming func clamped(to range: PartialRangeFrom<Scalar>) -> Tensor {
    clamp(to: range)
    return self
  }

  /// Each element, but the bound where it is above; NaN stays NaN.
  public consuming func clamped(to range: PartialRangeThrough<Scalar>) -> Tensor {
    clamp(to: range)
    return self
  }

  /// min(max(x, lower), upper), broadcast: `upper` where the bounds cross, and NaN where any of the
  /// three is NaN.
  ///
  /// Stops with a message if the shapes do not fit.
  public consuming func clamped(from lower: Tensor, through upper: Tensor) -> Tensor {
    Elementwise.binary(
      APUS_MIN, Elementwise.binary(APUS_MAX, self, lower, of: "clamped"), upper, of: "clamped")
  }

  /// Brings each element outside of the range to the nearer bound, in place; NaN stays NaN.
  public mutating func clamp(to range: ClosedRange<Scalar>) {
    let dtype = Scalar.dtype
    withUnsafePointer(to: range.lowerBound) { low in
      withUnsafePointer(to: range.upperBound) { high in
        Elementwise.map(&storage, &layout, dtype, .light) { x, out, count in
          Kernels.clamp(dtype, x, low, high, out, count)
        }
      }
    }
  }

  /// Brings each element below the range to its bound, in place; NaN stays NaN.
  public mutating func clamp(to range: PartialRangeFrom<Scalar>) {
    Elementwise.binaryInPlace(APUS_MAX, &self, range.lowerBound)
  }

  /// Brings each element above the range to its bound, in place; NaN stays NaN.
  public mutating func clamp(to range: PartialRangeThrough<Scalar>) {
    Elementwise.binaryInPlace(APUS_MIN, &self, range.upperBound)
  }
}
