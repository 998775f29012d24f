import Tensor

/// Activations with rules of their own. A pullback that nobody will differentiate is one fused pass
/// where there is a kernel; one that is recorded is made of differentiable operations.
extension Variable {
  /// y = max(x, 0);  ∂x = g where x > 0, else 0 (so the derivative at 0 is 0)
  @_specialize(where Scalar == Float)
  public func relu() -> Variable {
    let x = operand
    return record(.relu, value.relu(), from: self) { y, g, backward in
      backward.add(to: x) {
        guard backward.isRecording else { return Variable(g.value.throughRelu(y.value)) }
        return g * Variable(Tensor.ones(y.shape).throughRelu(y.value))
      }
    }
  }

  /// y = tanh x;  ∂x = g · (1 − y²)
  public func tanh() -> Variable {
    let x = operand
    return record(.tanh, value.tanh(), from: self) { y, g, backward in
      backward.add(to: x) {
        guard backward.isRecording else { return Variable(g.value.throughTanh(y.value)) }
        return g * (1 - y.squared())
      }
    }
  }

  /// y = 1 ÷ (1 + e⁻ˣ);  ∂x = g · y · (1 − y)
  public func sigmoid() -> Variable {
    let x = operand
    return record(.sigmoid, value.sigmoid(), from: self) { y, g, backward in
      backward.add(to: x) {
        guard backward.isRecording else { return Variable(g.value.throughSigmoid(y.value)) }
        return g * y * (1 - y)
      }
    }
  }

  /// y = ln(1 + eˣ);  ∂x = g ÷ (1 + e⁻ˣ)
  public func softplus() -> Variable {
    activation(
      .softplus, value.softplus(), fused: { g, x in g.throughSoftplus(of: x) },
      derivative: { x in x.sigmoid() })
  }

  /// y = ln(1 + e^(β · x)) ÷ β, nearer to max(x, 0) the greater β is, but x itself where β · x is above the
  /// threshold;  ∂x = g ÷ (1 + e^(−β · x)), and g there
  ///
  /// There is no threshold by default: PyTorch's, 20, saves overflow that does not occur here, and
  /// changes values by up to 2 · 10⁻⁹ ÷ β.
  public func softplus(beta: Scalar, threshold: Scalar = .infinity) -> Variable {
    let scaled = self * beta
    let smooth = scaled.softplus() / beta
    return threshold == .infinity ? smooth : .where(scaled.value .> threshold, self, smooth)
  }

  /// y = x · s with s = 1 ÷ (1 + e⁻ˣ), also called swish;  ∂x = g · s · (1 + x · (1 − s))
  public func silu() -> Variable {
    activation(
      .silu, value.silu(), fused: { g, x in g.throughSilu(of: x) },
      derivative: { x in
        let s = x.sigmoid()
        return s * (1 + x * (1 - s))
      })
  }

  /// The Gaussian error linear unit y = x · Φ(x) (Hendrycks and Gimpel, 2016), or its approximation.
  ///
  ///     ∂x = g · (Φ(x) + x · φ(x)),  Φ(x) = (1 + erf(x ÷ √2)) ÷ 2,  φ(x) = e^(−x² ÷ 2) ÷ √(2π)
  ///
  /// With `.tanh`, y = x · s with s = 1 ÷ (1 + e⁻ᵛ) and v = 2 · √(2/π) · (x + 0.044715 x³), and
  /// ∂x = g · s · (1 + x · (1 − s) · v′).
  public func gelu(approximation: GELUApproximation = .none) -> Variable {
    let operation: Operation
    let derivative: (Variable) -> Variable
    switch approximation {
    case .none:
      operation = .gelu
      derivative = { x in
        let distribution = 0.5 * (1 + (x * Scalar(0.70710678118654752440)).erf())
        let density = Scalar(0.39894228040143267794) * (-0.5 * x.squared()).exp()
        return distribution + x * density
      }
    case .tanh:
      operation = .geluByTanh
      derivative = { x in
        let linear = Scalar(1.59576912160573071176)  // 2 · √(2/π)
        let cubic = Scalar(0.044715) * linear
        let square = x.squared()
        let s = (x * (linear + cubic * square)).sigmoid()
        return s * (1 + x * (1 - s) * (linear + 3 * cubic * square))
      }
    }
    return activation(
      operation, value.gelu(approximation: approximation),
      fused: { g, x in g.throughGelu(of: x, approximation: approximation) },
      derivative: derivative)
  }

  /// Records a function of each element by its fused gradient, of `(g, x)`, and its derivative.
  private func activation(
    _ operation: Operation, _ value: Tensor<Scalar>,
    fused: @escaping (Tensor<Scalar>, Tensor<Scalar>) -> Tensor<Scalar>,
    derivative: @escaping (Variable) -> Variable
  ) -> Variable {
    record(operation, value, from: self) { g, backward in
      backward.add(to: self) {
        guard backward.isRecording else { return Variable(fused(g.value, self.value)) }
        return g * derivative(self)
      }
    }
  }

  /// y = exp(x) ÷ Σ exp(x) along an axis, the last one by default;  ∂x = y · (g − Σ g · y)
  public func softmax(axis: Int = -1) -> Variable {
    let x = operand
    let axis = shape.axis(axis, of: "softmax")
    return record(.softmax, value.softmax(axis: axis), from: self) { y, g, backward in
      backward.add(to: x) {
        guard backward.isRecording || axis != x.shape.rank - 1 else {
          return Variable(g.value.throughSoftmax(y.value))
        }
        return y * (g - (g * y).sum(axes: [axis], keepingDimensions: true))
      }
    }
  }

  /// y = ln softmax(x) along an axis, the last one by default;  ∂x = g − eʸ · Σ g
  public func logSoftmax(axis: Int = -1) -> Variable {
    let x = operand
    let axis = shape.axis(axis, of: "logSoftmax")
    return record(.logSoftmax, value.logSoftmax(axis: axis), from: self) { y, g, backward in
      backward.add(to: x) {
        guard backward.isRecording || axis != x.shape.rank - 1 else {
          return Variable(g.value.throughLogSoftmax(y.value))
        }
        return g - y.exp() * g.sum(axes: [axis], keepingDimensions: true)
      }
    }
  }

  /// softmax(−x) along an axis, the last one by default.
  public func softmin(axis: Int = -1) -> Variable { (-self).softmax(axis: axis) }
}

/// Activations made of other operations, with PyTorch's definitions and derivatives at kinks.
extension Variable {
  /// x where x > 0, else `slope` · x (Maas and others, 2013); the derivative at 0 is `slope`.
  public func leakyRelu(slope: Scalar = 0.01) -> Variable {
    self * Variable(Tensor<Scalar>.where(value .> 0, 1, slope))
  }

  /// x where x > 0, else weight · x (He and others, 2015); the derivative at 0 is the weight's.
  ///
  /// The weight is one number for all (shape `[]` or `[1]`), or one for each channel, the second axis
  /// of x (the first of a vector). Stops with a message if it does not fit.
  public func prelu(_ weight: Variable) -> Variable {
    let axis = Swift.min(1, rank - 1)
    var slopes = weight
    if weight.count != 1 || weight.rank > 1 {
      guard rank >= 1, weight.shape == [shape[axis]] else {
        stop(
          "prelu: a weight of shape [1] or one number for each channel of \(shape) is needed, "
            + "got shape \(weight.shape)")
      }
      slopes = weight.reshaped(to: Shape((0..<rank).map { $0 == axis ? weight.count : 1 }))
    } else {
      slopes = weight.reshaped(to: [])
    }
    return .where(value .> 0, self, slopes * self)
  }

  /// x where x > 0, else α · (eˣ − 1) (Clevert and others, 2015); the derivative at 0 is α.
  public func elu(alpha: Scalar = 1) -> Variable {
    relu() + alpha * clamped(to: ...0).expm1()
  }

  /// λ · elu(x, α) with the constants at which activations keep mean 0 and variance 1 (Klambauer and
  /// others, 2017); the derivative at 0 is λ · α.
  public func selu() -> Variable {
    Scalar(1.0507009873554804934193349852946)
      * elu(alpha: Scalar(1.6732632423543772848170429916717))
  }

  /// x where x > 0, else α · (e^(x ÷ α) − 1) (Barron, 2017), for α other than 0; smooth at 0.
  ///
  /// PyTorch rounds 1 ÷ α to single precision, so that its gradients in double precision differ by up to
  /// some 10⁻⁷.
  public func celu(alpha: Scalar = 1) -> Variable {
    relu() + alpha * (clamped(to: ...0) / alpha).expm1()
  }

  /// x · tanh(ln(1 + eˣ)) (Misra, 2019).
  public func mish() -> Variable { self * softplus().tanh() }

  /// x ÷ (1 + |x|)
  public func softsign() -> Variable { self / (1 + magnitude()) }

  /// ln(1 ÷ (1 + e⁻ˣ)), without overflow.
  public func logSigmoid() -> Variable { -(-self).softplus() }

  /// x − tanh x
  public func tanhShrink() -> Variable { self - tanh() }

  /// x − λ above λ, x + λ below −λ, else 0, for λ of 0 or more; the derivative at the bounds is 0.
  public func softShrink(lambda: Scalar = 0.5) -> Variable {
    self - clamped(to: -lambda...lambda)
  }

  /// x where |x| > λ, else 0, for λ of 0 or more; NaN stays. The derivative at the bounds is 0.
  public func hardShrink(lambda: Scalar = 0.5) -> Variable {
    .where(value.magnitude() .<= lambda, 0, self)
  }

  /// x where x > `threshold`, else `replacement`, also for NaN; the derivative at the threshold is 0.
  public func thresholded(at threshold: Scalar, replacement: Scalar = 0) -> Variable {
    .where(value .> threshold, self, replacement)
  }

  /// min(max(x, lower), upper), −1 and 1 by default; the derivative at the bounds is 0, unlike that of
  /// `clamped`.
  public func hardTanh(in range: ClosedRange<Scalar> = -1...1) -> Variable { saturated(to: range) }

  /// min(max(x, 0), 6) (Krizhevsky, 2010); the derivative at 0 and 6 is 0.
  public func relu6() -> Variable { saturated(to: 0...6) }

  /// min(max(x + 3, 0), 6) ÷ 6; the derivative at −3 and 3 is 0.
  ///
  /// PyTorch rounds the derivative, 1 ÷ 6, to single precision, in double precision too.
  public func hardSigmoid() -> Variable { (self + 3).saturated(to: 0...6) / 6 }

  /// x · min(max(x + 3, 0), 6) ÷ 6 (Howard and others, 2019); the derivative at −3 is 0, at 3 it is 1.
  public func hardSwish() -> Variable { self * hardSigmoid() }

  /// a · σ(b) for the first half a of an axis and the second half b (Dauphin and others, 2017).
  ///
  /// Stops with a message if the extent of the axis is odd.
  public func glu(axis: Int = -1) -> Variable {
    let halves = halves(axis, of: "glu")
    return halves.first * halves.second.sigmoid()
  }

  /// silu(a) · b for the first half a of an axis and the second half b (Shazeer, 2020).
  ///
  /// Stops with a message if the extent of the axis is odd.
  public func swiglu(axis: Int = -1) -> Variable {
    let halves = halves(axis, of: "swiglu")
    return halves.first.silu() * halves.second
  }

  private func halves(
    _ axis: Int, of operation: StaticString
  ) -> (first: Variable, second: Variable) {
    let axis = shape.axis(axis, of: operation)
    guard shape[axis] % 2 == 0 else {
      stop("\(operation): axis \(axis) of shape \(shape) has no two halves")
    }
    let parts = split(into: 2, axis: axis)
    return (parts[0], parts[1])
  }
}
