import Tensor

/// Choosing between elements, broadcast. The gradient goes to the element that was chosen.
extension Variable {
  /// a where the condition is true, b where it is false;  ∂a = g where it is true, else 0, ∂b = g where
  /// it is false, else 0
  ///
  /// The element that is not chosen has no effect, whatever it is. Stops with a message if the shapes
  /// do not fit.
  public static func `where`(
    _ condition: Tensor<Bool>, _ a: Variable, _ b: Variable
  ) -> Variable {
    let value = Tensor.where(condition, a.value, b.value)
    let (left, right) = (a.operand, b.operand)
    return record(.choose, value, from: a, b) { g, backward in
      backward.add(to: left) { Variable.where(condition, g, 0).reduced(to: left.shape) }
      backward.add(to: right) { Variable.where(condition, 0, g).reduced(to: right.shape) }
    }
  }

  /// a where the condition is true, b where it is false, broadcast.
  public static func `where`(_ condition: Tensor<Bool>, _ a: Variable, _ b: Scalar) -> Variable {
    .where(condition, a, Variable(b))
  }

  /// a where the condition is true, b where it is false, broadcast.
  public static func `where`(_ condition: Tensor<Bool>, _ a: Scalar, _ b: Variable) -> Variable {
    .where(condition, Variable(a), b)
  }

  /// The smaller of each pair of elements; NaN if either is NaN. The gradient of equal ones is halved.
  public static func minimum(_ a: Variable, _ b: Variable) -> Variable {
    extreme(.minimum, .minimum(a.value, b.value), a, b, loses: .>)
  }

  /// The smaller of each element and a number; NaN if either is NaN. The gradient of one that equals
  /// the number is halved.
  public static func minimum(_ a: Variable, _ b: Scalar) -> Variable { .minimum(a, Variable(b)) }

  /// The larger of each pair of elements; NaN if either is NaN. The gradient of equal ones is halved.
  public static func maximum(_ a: Variable, _ b: Variable) -> Variable {
    extreme(.maximum, .maximum(a.value, b.value), a, b, loses: .<)
  }

  /// The larger of each element and a number; NaN if either is NaN. The gradient of one that equals the
  /// number is halved.
  public static func maximum(_ a: Variable, _ b: Scalar) -> Variable { .maximum(a, Variable(b)) }

  private static func extreme(
    _ operation: Operation, _ value: Tensor<Scalar>, _ a: Variable, _ b: Variable,
    loses: @escaping (Tensor<Scalar>, Tensor<Scalar>) -> Tensor<Bool>
  ) -> Variable {
    record(operation, value, from: a, b) { g, backward in
      func share(_ mine: Variable, _ other: Variable) -> Variable {
        let ofEqual = Tensor<Scalar>.where(mine.value .== other.value, 0.5, 1)
        let share = Tensor.where(loses(mine.value, other.value), 0, ofEqual)
        return (g * Variable(share)).reduced(to: mine.shape)
      }
      backward.add(to: a) { share(a, b) }
      backward.add(to: b) { share(b, a) }
    }
  }
}

/// Elements kept within bounds.
extension Variable {
  /// Each element, but the nearer bound where it is outside of the range;  ∂x = g from bound to bound,
  /// both included, else 0
  public func clamped(to range: ClosedRange<Scalar>) -> Variable {
    clamped(value.clamped(to: range)) { x in (x .>= range.lowerBound) .& (x .<= range.upperBound) }
  }

  /// Each element, but the bound where it is below;  ∂x = g from the bound on, else 0
  public func clamped(to range: PartialRangeFrom<Scalar>) -> Variable {
    clamped(value.clamped(to: range)) { $0 .>= range.lowerBound }
  }

  /// Each element, but the bound where it is above;  ∂x = g up to the bound, else 0
  public func clamped(to range: PartialRangeThrough<Scalar>) -> Variable {
    clamped(value.clamped(to: range)) { $0 .<= range.upperBound }
  }

  /// As `clamped(to:)`, but with a gradient of 0 at the bounds.
  func saturated(to range: ClosedRange<Scalar>) -> Variable {
    clamped(value.clamped(to: range)) { x in (x .> range.lowerBound) .& (x .< range.upperBound) }
  }

  private func clamped(
    _ value: Tensor<Scalar>, passes: @escaping (Tensor<Scalar>) -> Tensor<Bool>
  ) -> Variable {
    function(.clamp, value) { x, g in .where(passes(x.value), g, 0) }
  }

  /// min(max(x, lower), upper), broadcast: `upper` where the bounds cross, and NaN where any of the
  /// three is NaN.
  ///
  /// The gradient goes to x from bound to bound, both included, and else to the bound that is chosen.
  /// Stops with a message if the shapes do not fit.
  public func clamped(from lower: Variable, through upper: Variable) -> Variable {
    let value = value.clamped(from: lower.value, through: upper.value)
    let shape = shape
    return record(.clampBetween, value, from: self, lower, upper) { g, backward in
      let x = self.value
      let isBelow = x .< lower.value
      let isAbove = Tensor.maximum(x, lower.value) .> upper.value
      backward.add(to: self) {
        Variable.where(isBelow .| isAbove, 0, g).reduced(to: shape)
      }
      backward.add(to: lower) {
        Variable.where(isAbove, 0, .where(isBelow, g, 0)).reduced(to: lower.shape)
      }
      backward.add(to: upper) { Variable.where(isAbove, g, 0).reduced(to: upper.shape) }
    }
  }
}
