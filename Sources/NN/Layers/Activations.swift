import Tensor

/// max(x, 0)
public struct ReLU<Scalar: FloatingPointScalar>: Layer {
  public init(scalar: Scalar.Type = Float.self) {}
  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    input.relu()
  }
}

/// The hyperbolic tangent.
public struct Tanh<Scalar: FloatingPointScalar>: Layer {
  public init(scalar: Scalar.Type = Float.self) {}
  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    input.tanh()
  }
}

/// 1 ÷ (1 + e⁻ˣ)
public struct Sigmoid<Scalar: FloatingPointScalar>: Layer {
  public init(scalar: Scalar.Type = Float.self) {}
  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    input.sigmoid()
  }
}

/// exp(x) ÷ Σ exp(x) along an axis, the last one by default.
///
/// For training, end the network in logits and use `softmaxCrossEntropy`, which is one pass and does
/// not overflow.
public struct Softmax<Scalar: FloatingPointScalar>: Layer {
  public let axis: Int

  public init(axis: Int = -1, scalar: Scalar.Type = Float.self) {
    self.axis = axis
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    input.softmax(axis: axis)
  }
}
