import Tensor

/// Functions of each element.
extension Variable {
  /// y = x²;  ∂x = 2 · g · x
  public func squared() -> Variable {
    record(.square, value.squared(), from: self) { g, backward in
      backward.add(to: self) { 2 * g * self }
    }
  }

  /// y = √x;  ∂x = g ÷ 2y, infinite at 0
  public func squareRoot() -> Variable {
    record(.squareRoot, value.squareRoot(), from: self) { y, g, backward in
      backward.add(to: self) { g / (2 * y) }
    }
  }

  /// y = eˣ;  ∂x = g · y
  public func exp() -> Variable {
    record(.exp, value.exp(), from: self) { y, g, backward in
      backward.add(to: self) { g * y }
    }
  }

  /// y = ln x;  ∂x = g ÷ x
  public func log() -> Variable {
    record(.log, value.log(), from: self) { g, backward in
      backward.add(to: self) { g / self }
    }
  }
}

/// Activations. A pullback that nobody will differentiate is one fused pass; one that is recorded is
/// made of differentiable operations.
extension Variable {
  /// y = max(x, 0);  ∂x = g where x > 0, else 0 (so the derivative at 0 is 0)
  public func relu() -> Variable {
    record(.relu, value.relu(), from: self) { y, g, backward in
      backward.add(to: self) {
        guard backward.isRecording else { return Variable(g.value.throughRelu(y.value)) }
        return g * Variable(Tensor.ones(y.shape).throughRelu(y.value))
      }
    }
  }

  /// y = tanh x;  ∂x = g · (1 − y²)
  public func tanh() -> Variable {
    record(.tanh, value.tanh(), from: self) { y, g, backward in
      backward.add(to: self) {
        guard backward.isRecording else { return Variable(g.value.throughTanh(y.value)) }
        return g * (1 - y.squared())
      }
    }
  }

  /// y = 1 ÷ (1 + e⁻ˣ);  ∂x = g · y · (1 − y)
  public func sigmoid() -> Variable {
    record(.sigmoid, value.sigmoid(), from: self) { y, g, backward in
      backward.add(to: self) {
        guard backward.isRecording else { return Variable(g.value.throughSigmoid(y.value)) }
        return g * y * (1 - y)
      }
    }
  }

  /// y = exp(x) ÷ Σ exp(x) along the last axis;  ∂x = y · (g − Σ g · y)
  public func softmax() -> Variable {
    record(.softmax, value.softmax(), from: self) { y, g, backward in
      backward.add(to: self) {
        guard backward.isRecording else { return Variable(g.value.throughSoftmax(y.value)) }
        return y * (g - (g * y).sum(axes: [-1], keepingDimensions: true))
      }
    }
  }

  /// y = ln softmax(x) along the last axis;  ∂x = g − eʸ · Σ g
  public func logSoftmax() -> Variable {
    record(.logSoftmax, value.logSoftmax(), from: self) { y, g, backward in
      backward.add(to: self) {
        guard backward.isRecording else { return Variable(g.value.throughLogSoftmax(y.value)) }
        return g - y.exp() * g.sum(axes: [-1], keepingDimensions: true)
      }
    }
  }
}
