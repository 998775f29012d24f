import Tensor

/// Layer normalisation: y = (x − x̄) ÷ √(variance + ε) · weight + bias, with mean and variance of the
/// last axes of each sample (J. L. Ba, J. R. Kiros and G. E. Hinton, 2016).
///
/// Parameters as in PyTorch: `weight` and `bias` of the shape that is normalised. Stops with a message
/// if the input does not end in that shape.
public struct LayerNorm<Scalar: FloatingPointScalar>: Layer {
  /// γ, of the shape that is normalised, 1 at first.
  public let weight: Parameter<Scalar>?
  /// β, of the shape that is normalised, 0 at first.
  public let bias: Parameter<Scalar>?
  /// The last extents of the input, over which it normalises.
  public let shape: Shape
  private let epsilon: Double

  /// - Parameters:
  ///   - shape: The last extents of the input, over which it normalises.
  ///   - epsilon: What is added to the variance; 1e-5 by default.
  ///   - affine: Whether there are a weight and, with `bias`, a bias; true by default.
  ///   - bias: Whether there is a bias; true by default.
  public init(
    _ shape: Shape, epsilon: Double = 1e-5, affine: Bool = true, bias: Bool = true,
    scalar: Scalar.Type = Float.self
  ) {
    checkNormalization("LayerNorm", epsilon: epsilon)
    checkRow(shape, of: "LayerNorm")
    self.shape = shape
    self.epsilon = epsilon
    let parameters = ChannelAffine<Scalar>(shape, weight: affine, bias: affine && bias)
    (weight, self.bias) = (parameters.weight, parameters.bias)
  }

  /// A layer that normalises over the last axis, of extent `width`.
  public init(
    _ width: Int, epsilon: Double = 1e-5, affine: Bool = true, bias: Bool = true,
    scalar: Scalar.Type = Float.self
  ) {
    checkNormalization("LayerNorm", channels: width)
    self.init([width], epsilon: epsilon, affine: affine, bias: bias, scalar: scalar)
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    LayerScope.within(of: weight, "LayerNorm") {
      checkEnd(of: input.shape, is: shape)
      return input.layerNormalized(
        axisCount: shape.rank, scale: weight?.variable, shift: bias?.variable, epsilon: epsilon)
    }
  }
}

/// Normalisation by the root mean square: y = x ÷ √(mean x² + ε) · weight, over the last axes of each
/// sample (B. Zhang and R. Sennrich, 2019).
///
/// Parameters as in PyTorch: `weight` of the shape that is normalised. Stops with a message if the
/// input does not end in that shape.
public struct RMSNorm<Scalar: FloatingPointScalar>: Layer {
  /// γ, of the shape that is normalised, 1 at first.
  public let weight: Parameter<Scalar>?
  /// The last extents of the input, over which it normalises.
  public let shape: Shape
  private let epsilon: Double

  /// - Parameters:
  ///   - shape: The last extents of the input, over which it normalises.
  ///   - epsilon: What is added to the mean of squares; by default the distance from 1 to the next
  ///     number of the scalar type, as in PyTorch.
  ///   - affine: Whether there is a weight; true by default.
  public init(
    _ shape: Shape, epsilon: Double? = nil, affine: Bool = true, scalar: Scalar.Type = Float.self
  ) {
    self.epsilon = epsilon ?? Double(Scalar.ulpOfOne)
    checkNormalization("RMSNorm", epsilon: self.epsilon)
    checkRow(shape, of: "RMSNorm")
    self.shape = shape
    weight = ChannelAffine<Scalar>(shape, weight: affine, bias: false).weight
  }

  /// A layer that normalises over the last axis, of extent `width`.
  public init(
    _ width: Int, epsilon: Double? = nil, affine: Bool = true, scalar: Scalar.Type = Float.self
  ) {
    checkNormalization("RMSNorm", channels: width)
    self.init([width], epsilon: epsilon, affine: affine, scalar: scalar)
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    LayerScope.within(of: weight, "RMSNorm") {
      checkEnd(of: input.shape, is: shape)
      return input.rmsNormalized(
        axisCount: shape.rank, scale: weight?.variable, epsilon: epsilon)
    }
  }
}

private func checkRow(_ shape: Shape, of layer: StaticString) {
  guard shape.rank > 0 && shape.allSatisfy({ $0 > 0 }) else {
    fatalError("\(layer): the normalised shape needs positive extents, got \(shape)")
  }
}

private func checkEnd(of input: Shape, is row: Shape) {
  guard input.rank >= row.rank && input.suffix(row.rank).elementsEqual(row) else {
    stop("input \(input) does not end in the normalised shape \(row)")
  }
}
