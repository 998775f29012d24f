import Tensor

// Activations as layers; what they compute, and their derivatives at kinks, is documented with the
// functions of `Variable` that they call.

/// x where x > 0, else `slope` · x (Maas and others, 2013).
public struct LeakyReLU<Scalar: FloatingPointScalar>: Layer {
  public let slope: Double

  public init(slope: Double = 0.01, scalar: Scalar.Type = Float.self) {
    self.slope = slope
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    input.leakyRelu(slope: Scalar(slope))
  }
}

/// x where x > 0, else α · (eˣ − 1) (Clevert and others, 2015).
public struct ELU<Scalar: FloatingPointScalar>: Layer {
  public let alpha: Double

  public init(alpha: Double = 1, scalar: Scalar.Type = Float.self) {
    self.alpha = alpha
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    input.elu(alpha: Scalar(alpha))
  }
}

/// The scaled `ELU` that keeps activations at mean 0 and variance 1 (Klambauer and others, 2017).
public struct SELU<Scalar: FloatingPointScalar>: Layer {
  public init(scalar: Scalar.Type = Float.self) {}

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    input.selu()
  }
}

/// x where x > 0, else α · (e^(x ÷ α) − 1) (Barron, 2017).
public struct CELU<Scalar: FloatingPointScalar>: Layer {
  public let alpha: Double

  public init(alpha: Double = 1, scalar: Scalar.Type = Float.self) {
    self.alpha = alpha
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    input.celu(alpha: Scalar(alpha))
  }
}

/// x · Φ(x) with the normal distribution function Φ, or its approximation (Hendrycks and Gimpel,
/// 2016).
public struct GELU<Scalar: FloatingPointScalar>: Layer {
  public let approximation: GELUApproximation

  public init(
    approximation: GELUApproximation = .none, scalar: Scalar.Type = Float.self
  ) {
    self.approximation = approximation
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    input.gelu(approximation: approximation)
  }
}

/// x ÷ (1 + e⁻ˣ), also called swish.
public struct SiLU<Scalar: FloatingPointScalar>: Layer {
  public init(scalar: Scalar.Type = Float.self) {}

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    input.silu()
  }
}

/// x · tanh(ln(1 + eˣ)) (Misra, 2019).
public struct Mish<Scalar: FloatingPointScalar>: Layer {
  public init(scalar: Scalar.Type = Float.self) {}

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    input.mish()
  }
}

/// ln(1 + e^(β · x)) ÷ β, but x itself where β · x is above the threshold, if there is one; see
/// `Variable.softplus(beta:threshold:)`.
public struct Softplus<Scalar: FloatingPointScalar>: Layer {
  public let beta: Double
  public let threshold: Double

  /// Stops with a message if β is 0 or not finite.
  public init(
    beta: Double = 1, threshold: Double = .infinity, scalar: Scalar.Type = Float.self
  ) {
    guard beta != 0 && beta.isFinite else {
      fatalError("Softplus: beta must be finite and other than 0, got \(beta)")
    }
    self.beta = beta
    self.threshold = threshold
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    guard beta == 1 && threshold == .infinity else {
      return input.softplus(beta: Scalar(beta), threshold: Scalar(threshold))
    }
    return input.softplus()
  }
}

/// x ÷ (1 + |x|)
public struct Softsign<Scalar: FloatingPointScalar>: Layer {
  public init(scalar: Scalar.Type = Float.self) {}

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    input.softsign()
  }
}

/// ln(1 ÷ (1 + e⁻ˣ))
public struct LogSigmoid<Scalar: FloatingPointScalar>: Layer {
  public init(scalar: Scalar.Type = Float.self) {}

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    input.logSigmoid()
  }
}

/// min(max(x + 3, 0), 6) ÷ 6
public struct HardSigmoid<Scalar: FloatingPointScalar>: Layer {
  public init(scalar: Scalar.Type = Float.self) {}

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    input.hardSigmoid()
  }
}

/// x · min(max(x + 3, 0), 6) ÷ 6 (Howard and others, 2019).
public struct HardSwish<Scalar: FloatingPointScalar>: Layer {
  public init(scalar: Scalar.Type = Float.self) {}

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    input.hardSwish()
  }
}

/// min(max(x, lower), upper)
public struct HardTanh<Scalar: FloatingPointScalar>: Layer {
  public let range: ClosedRange<Double>

  public init(range: ClosedRange<Double> = -1...1, scalar: Scalar.Type = Float.self) {
    self.range = range
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    input.hardTanh(in: Scalar(range.lowerBound)...Scalar(range.upperBound))
  }
}

/// min(max(x, 0), 6) (Krizhevsky, 2010).
public struct ReLU6<Scalar: FloatingPointScalar>: Layer {
  public init(scalar: Scalar.Type = Float.self) {}

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    input.relu6()
  }
}

/// x − tanh x
public struct TanhShrink<Scalar: FloatingPointScalar>: Layer {
  public init(scalar: Scalar.Type = Float.self) {}

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    input.tanhShrink()
  }
}

/// x − λ above λ, x + λ below −λ, else 0.
public struct SoftShrink<Scalar: FloatingPointScalar>: Layer {
  public let lambda: Double

  public init(lambda: Double = 0.5, scalar: Scalar.Type = Float.self) {
    self.lambda = lambda
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    input.softShrink(lambda: Scalar(lambda))
  }
}

/// x where |x| > λ, else 0.
public struct HardShrink<Scalar: FloatingPointScalar>: Layer {
  public let lambda: Double

  public init(lambda: Double = 0.5, scalar: Scalar.Type = Float.self) {
    self.lambda = lambda
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    input.hardShrink(lambda: Scalar(lambda))
  }
}

/// x where x > `threshold`, else `replacement`.
public struct Threshold<Scalar: FloatingPointScalar>: Layer {
  public let threshold: Double
  public let replacement: Double

  public init(_ threshold: Double, replacement: Double = 0, scalar: Scalar.Type = Float.self) {
    self.threshold = threshold
    self.replacement = replacement
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    input.thresholded(at: Scalar(threshold), replacement: Scalar(replacement))
  }
}

/// ln softmax(x) along an axis, the last one by default.
public struct LogSoftmax<Scalar: FloatingPointScalar>: Layer {
  public let axis: Int

  public init(axis: Int = -1, scalar: Scalar.Type = Float.self) {
    self.axis = axis
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    input.logSoftmax(axis: axis)
  }
}

/// softmax(−x) along an axis, the last one by default.
public struct Softmin<Scalar: FloatingPointScalar>: Layer {
  public let axis: Int

  public init(axis: Int = -1, scalar: Scalar.Type = Float.self) {
    self.axis = axis
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    input.softmin(axis: axis)
  }
}

/// a · σ(b) for the first half a of an axis and the second half b (Dauphin and others, 2017).
public struct GLU<Scalar: FloatingPointScalar>: Layer {
  public let axis: Int

  public init(axis: Int = -1, scalar: Scalar.Type = Float.self) {
    self.axis = axis
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    input.glu(axis: axis)
  }
}

/// silu(a) · b for the first half a of an axis and the second half b (Shazeer, 2020).
public struct SwiGLU<Scalar: FloatingPointScalar>: Layer {
  public let axis: Int

  public init(axis: Int = -1, scalar: Scalar.Type = Float.self) {
    self.axis = axis
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    input.swiglu(axis: axis)
  }
}

/// x where x > 0, else weight · x, with a weight that is learnt (He and others, 2015).
///
/// The parameter `weight` of shape `[channels]` starts at 0.25; one weight is for all elements, more are
/// for the channels, the second axis of the input (the first of a vector).
public struct PReLU<Scalar: FloatingPointScalar>: Layer {
  public let weight: Parameter<Scalar>

  /// Stops with a message if the number of channels is not positive.
  public init(channels: Int = 1, initial: Double = 0.25, scalar: Scalar.Type = Float.self) {
    guard channels > 0 else {
      fatalError("PReLU: the number of channels must be positive, got \(channels)")
    }
    let initializer = Initializer.constant(initial)
    weight = Parameter(
      Tensor(repeating: Scalar(initial), shape: [channels]), initializer: initializer)
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    LayerScope.within(weight.layerPath, "PReLU") { input.prelu(weight.variable) }
  }
}
