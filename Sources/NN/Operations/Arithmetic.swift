import Tensor

/// Arithmetic element by element, broadcast by NumPy's rule. The gradient of an operand that was
/// broadcast is summed over the repeated elements.
extension Variable {
  /// y = a + b;  ∂a = g, ∂b = g
  public static func + (a: Variable, b: Variable) -> Variable {
    let (left, right) = (a.operand, b.operand)
    return record(.add, a.value + b.value, from: a, b) { g, backward in
      backward.add(to: left) { g.reduced(to: left.shape) }
      backward.add(to: right) { g.reduced(to: right.shape) }
    }
  }

  /// y = a − b;  ∂a = g, ∂b = −g
  public static func - (a: Variable, b: Variable) -> Variable {
    let (left, right) = (a.operand, b.operand)
    return record(.subtract, a.value - b.value, from: a, b) { g, backward in
      backward.add(to: left) { g.reduced(to: left.shape) }
      backward.add(to: right) { -g.reduced(to: right.shape) }
    }
  }

  /// y = a · b;  ∂a = g · b, ∂b = g · a
  public static func * (a: Variable, b: Variable) -> Variable {
    let (left, right) = (a.operand, b.operand)
    let (forLeft, forRight) = (b.kept(for: a), a.kept(for: b))
    return record(.multiply, a.value * b.value, from: a, b) { g, backward in
      if let forLeft { backward.add(to: left) { (g * forLeft).reduced(to: left.shape) } }
      if let forRight { backward.add(to: right) { (g * forRight).reduced(to: right.shape) } }
    }
  }

  /// y = a ÷ b;  ∂a = g ÷ b, ∂b = −g · (a ÷ b) ÷ b, as b² would leave the range of numbers early
  public static func / (a: Variable, b: Variable) -> Variable {
    let left = a.operand
    let dividend = a.kept(for: b)
    return record(.divide, a.value / b.value, from: a, b) { g, backward in
      backward.add(to: left) { (g / b).reduced(to: left.shape) }
      if let dividend {
        backward.add(to: b) { -(g * (dividend / b) / b).reduced(to: b.shape) }
      }
    }
  }

  /// y = −a;  ∂a = −g
  public static prefix func - (a: Variable) -> Variable {
    a.linearMap(.negate, -a.value) { -$0 }
  }

  public static func + (a: Variable, b: Scalar) -> Variable { a + Variable(b) }
  public static func + (a: Scalar, b: Variable) -> Variable { Variable(a) + b }
  public static func - (a: Variable, b: Scalar) -> Variable { a - Variable(b) }
  public static func - (a: Scalar, b: Variable) -> Variable { Variable(a) - b }
  public static func * (a: Variable, b: Scalar) -> Variable { a * Variable(b) }
  public static func * (a: Scalar, b: Variable) -> Variable { Variable(a) * b }
  public static func / (a: Variable, b: Scalar) -> Variable { a / Variable(b) }
  public static func / (a: Scalar, b: Variable) -> Variable { Variable(a) / b }

  public static func += (a: inout Variable, b: Variable) { a = a + b }
  public static func -= (a: inout Variable, b: Variable) { a = a - b }
  public static func *= (a: inout Variable, b: Variable) { a = a * b }
  public static func /= (a: inout Variable, b: Variable) { a = a / b }
  public static func += (a: inout Variable, b: Scalar) { a = a + b }
  public static func -= (a: inout Variable, b: Scalar) { a = a - b }
  public static func *= (a: inout Variable, b: Scalar) { a = a * b }
  public static func /= (a: inout Variable, b: Scalar) { a = a / b }
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
