import CKernels

/// Reductions. `axes` nil means all of them; negative axes count from the last; a reduced axis
/// vanishes, or stays with extent 1 if `keepingDimensions`. Stops with a message where an axis is
/// out of range or named twice. Reducing over no axis (`[]`) applies to each element alone.
///
/// Sums and products are made in blocks and pairwise, so that the rounding error grows with the
/// logarithm of the number of elements: a million floats keep their digits.
extension Tensor where Scalar: SignedScalar {
  /// Σ x; 0 of nothing. Integers wrap around where the sum does not fit `Scalar`: to sum
  /// `Int32` in 64 bits, convert first, as in `Tensor<Int64>(x).sum()`.
  public func sum(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor {
    Reduction.run(
      APUS_REDUCE_SUM, self, axes: axes, keepingDimensions: keepingDimensions, of: "sum")
  }

  /// Π x; 1 of nothing. Integers wrap around.
  public func product(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor {
    Reduction.run(
      APUS_REDUCE_PRODUCT, self, axes: axes, keepingDimensions: keepingDimensions, of: "product")
  }
}

extension Tensor where Scalar: NumericScalar {
  /// The largest element; NaN if there is one. Stops with a message if there is no element.
  public func max(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor {
    checkNotEmpty(axes: axes, of: "max")
    return Reduction.run(
      APUS_REDUCE_MAX, self, axes: axes, keepingDimensions: keepingDimensions, of: "max")
  }

  /// The smallest element; NaN if there is one. Stops with a message if there is no element.
  public func min(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor {
    checkNotEmpty(axes: axes, of: "min")
    return Reduction.run(
      APUS_REDUCE_MIN, self, axes: axes, keepingDimensions: keepingDimensions, of: "min")
  }

  private func checkNotEmpty(axes: [Int]?, of name: StaticString) {
    guard count == 0 else { return }
    let isReduced = AxisSet(axes, of: shape, name)
    for axis in 0..<rank where isReduced[axis] && shape.dimensions[axis] == 0 {
      fatalError("\(name): shape \(shape) has no element along axis \(axis)")
    }
  }
}

extension Tensor where Scalar: FloatingPointScalar {
  /// The mean: Σ x / n; NaN of nothing.
  public func mean(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor {
    let total = Reduction.run(
      APUS_REDUCE_SUM, self, axes: axes, keepingDimensions: keepingDimensions, of: "mean")
    let n = count == 0 ? reducedCount(axes: axes, of: "mean") : count / total.count
    var divisor = Scalar(n)
    let sums = total.storage.pointer
    withUnsafePointer(to: &divisor) {
      Kernels.binary(APUS_DIV, Scalar.dtype, sums, 1, $0, 0, sums, total.count)
    }
    return total
  }

  /// Σ x²; 0 of nothing.
  public func sumOfSquares(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor {
    Reduction.run(
      APUS_REDUCE_SUM_OF_SQUARES, self, axes: axes, keepingDimensions: keepingDimensions,
      of: "sumOfSquares")
  }

  /// ln Σ eˣ, without overflow; −∞ of nothing.
  ///
  /// Computed as m + ln Σ eˣ⁻ᵐ with m the largest element. Where all elements are −∞ the result
  /// is −∞; where one is ∞ it is ∞; NaN if there is one.
  public func logSumExp(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor {
    Reduction.run(
      APUS_REDUCE_LOG_SUM_EXP, self, axes: axes, keepingDimensions: keepingDimensions,
      of: "logSumExp")
  }
}

extension Tensor {
  /// How many elements become one.
  func reducedCount(axes: [Int]?, of name: StaticString) -> Int {
    let isReduced = AxisSet(axes, of: shape, name)
    return (0..<rank).reduce(1) { isReduced[$1] ? $0 * shape.dimensions[$1] : $0 }
  }
}

// Integers have their sums and means in types that hold them.
extension Tensor where Scalar: FixedWidthInteger {
  /// The mean: Σ x / n, of the elements as `Double`; NaN of nothing.
  public func mean(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor<Double> {
    Tensor<Double>(self).mean(axes: axes, keepingDimensions: keepingDimensions)
  }
}

extension Tensor where Scalar == UInt8 {
  /// Σ x in 64 bits, which no sum of bytes overflows; 0 of nothing.
  public func sum(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor<Int64> {
    Tensor<Int64>(self).sum(axes: axes, keepingDimensions: keepingDimensions)
  }
}
