import Tensor

/// Arithmetic element by element, broadcast by NumPy's rule. The gradient of an operand that was
/// broadcast is summed over the repeated elements.
extension Variable {
  /// y = a + b;  ∂a = g, ∂b = g
  public static func + (a: Variable, b: Variable) -> Variable {
    record(.add, a.value + b.value, from: a, b) { g, backward in
      backward.add(to: a) { g.reduced(to: a.shape) }
      backward.add(to: b) { g.reduced(to: b.shape) }
    }
  }

  /// y = a − b;  ∂a = g, ∂b = −g
  public static func - (a: Variable, b: Variable) -> Variable {
    record(.subtract, a.value - b.value, from: a, b) { g, backward in
      backward.add(to: a) { g.reduced(to: a.shape) }
      backward.add(to: b) { -g.reduced(to: b.shape) }
    }
  }

  /// y = a · b;  ∂a = g · b, ∂b = g · a
  public static func * (a: Variable, b: Variable) -> Variable {
    record(.multiply, a.value * b.value, from: a, b) { g, backward in
      backward.add(to: a) { (g * b).reduced(to: a.shape) }
      backward.add(to: b) { (g * a).reduced(to: b.shape) }
    }
  }

  /// y = a ÷ b;  ∂a = g ÷ b, ∂b = −g · (a ÷ b) ÷ b, as b² would leave the range of numbers early
  public static func / (a: Variable, b: Variable) -> Variable {
    record(.divide, a.value / b.value, from: a, b) { g, backward in
      backward.add(to: a) { (g / b).reduced(to: a.shape) }
      backward.add(to: b) { -(g * (a / b) / b).reduced(to: b.shape) }
    }
  }

  /// y = −a;  ∂a = −g
  public static prefix func - (a: Variable) -> Variable {
    record(.negate, -a.value, from: a) { g, backward in
      backward.add(to: a) { -g }
    }
  }

  public static func + (a: Variable, b: Scalar) -> Variable { a + Variable(b) }
  public static func + (a: Scalar, b: Variable) -> Variable { Variable(a) + b }
  public static func - (a: Variable, b: Scalar) -> Variable { a - Variable(b) }
  public static func - (a: Scalar, b: Variable) -> Variable { Variable(a) - b }
  public static func * (a: Variable, b: Scalar) -> Variable { a * Variable(b) }
  public static func * (a: Scalar, b: Variable) -> Variable { Variable(a) * b }
  public static func / (a: Variable, b: Scalar) -> Variable { a / Variable(b) }
  public static func / (a: Scalar, b: Variable) -> Variable { Variable(a) / b }
}

extension Variable {
  /// The sum over the elements that broadcasting `shape` to this shape would repeat.
  func reduced(to shape: Shape) -> Variable {
    if shape == self.shape { return self }
    let lead = rank - shape.rank
    let repeated = (0..<rank).filter { axis in
      axis < lead || (shape[axis - lead] == 1 && self.shape[axis] != 1)
    }
    return sum(axes: repeated, keepingDimensions: true).reshaped(to: shape)
  }
}
