/// Spread. `axes` nil means all of them; negative axes count from the last; a reduced axis
/// vanishes, or stays with extent 1 if `keepingDimensions`. Stops with a message where an axis is
/// out of range or named twice.
extension Tensor where Scalar: FloatingPointScalar {
  /// The variance: Σ (x − x̄)² / max(n − `correction`, 0), with n elements and their mean x̄.
  ///
  /// A `correction` of 0, the default (as in NumPy), gives the variance of the elements themselves;
  /// 1 (as in PyTorch) estimates without bias that of what they were drawn from. NaN of nothing,
  /// and of one element with a `correction` of 1. Deviations are taken from means of blocks and
  /// combined in double precision, so that a mean much larger than the spread costs no digits.
  public func variance(
    axes: [Int]? = nil, correction: Int = 0, keepingDimensions: Bool = false
  ) -> Tensor {
    Moments(of: self, axes: axes, keepingDimensions: keepingDimensions, "variance")
      .variance(correction: correction)
  }

  /// The square root of the variance; see `variance`.
  public func standardDeviation(
    axes: [Int]? = nil, correction: Int = 0, keepingDimensions: Bool = false
  ) -> Tensor {
    Moments(of: self, axes: axes, keepingDimensions: keepingDimensions, "standardDeviation")
      .variance(correction: correction, isRoot: true)
  }

  /// Mean and variance in one pass; see `variance`.
  package func meanAndVariance(
    axes: [Int]? = nil, correction: Int = 0, keepingDimensions: Bool = false
  ) -> (mean: Tensor, variance: Tensor) {
    let moments = Moments(
      of: self, axes: axes, keepingDimensions: keepingDimensions, "meanAndVariance")
    return (moments.mean(), moments.variance(correction: correction))
  }
}

// Of integers, as `Double`.
extension Tensor where Scalar: FixedWidthInteger {
  /// The variance of the elements as `Double`: Σ (x − x̄)² / max(n − `correction`, 0).
  public func variance(
    axes: [Int]? = nil, correction: Int = 0, keepingDimensions: Bool = false
  ) -> Tensor<Double> {
    Tensor<Double>(self).variance(
      axes: axes, correction: correction, keepingDimensions: keepingDimensions)
  }

  /// The square root of the variance of the elements as `Double`.
  public func standardDeviation(
    axes: [Int]? = nil, correction: Int = 0, keepingDimensions: Bool = false
  ) -> Tensor<Double> {
    Tensor<Double>(self).standardDeviation(
      axes: axes, correction: correction, keepingDimensions: keepingDimensions)
  }
}
