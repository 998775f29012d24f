import Tensor

/// The affine map of the last axis: y = x · Wᵀ + b.
///
/// Parameters as in PyTorch: `weight` of shape `[outputs, inputs]` and `bias` of shape `[outputs]`,
/// both drawn from U(−1/√inputs, 1/√inputs) unless asked otherwise. In memory the weight is stored
/// by columns, so that neither y nor ∂W needs GEMM's slow form A · Bᵀ.
public struct Linear<Scalar: FloatingPointScalar>: Layer {
  public let weight: Parameter<Scalar>
  public let bias: Parameter<Scalar>?

  /// Creates a layer of `inputs` × `outputs` weights, which start from random numbers;
  /// `initialize(using:)` draws them from a seed.
  ///
  /// Stops with a message if an extent is not positive.
  public init(
    _ inputs: Int, _ outputs: Int, bias: Bool = true,
    weightInitializer: Initializer = .fanInUniform, biasInitializer: Initializer? = nil,
    scalar: Scalar.Type = Float.self
  ) {
    guard inputs > 0 && outputs > 0 else {
      fatalError("Linear: inputs and outputs must be positive, got \(inputs) and \(outputs)")
    }
    var random = RandomGenerator(seed: .random(in: .min ... .max))
    let drawn: Tensor<Scalar> = weightInitializer.tensor([outputs, inputs], using: &random)
    weight = Parameter(drawn.transposed.copied().transposed, initializer: weightInitializer)
    let biasInitializer =
      biasInitializer ?? .uniform(bound: 1 / Double(inputs).squareRoot())
    self.bias =
      bias
      ? Parameter(biasInitializer.tensor([outputs], using: &random), initializer: biasInitializer)
      : nil
  }

  @_specialize(where Scalar == Float)
  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    LayerScope.within(weight.layerPath, "Linear") {
      linear(input, weight: weight.variable, bias: bias?.variable)
    }
  }
}
