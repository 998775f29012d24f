import Tensor

/// A bilinear map of two inputs: y[k] = aᵀ · W[k] · b + bias[k] along their last axes.
///
/// Parameters as in PyTorch: `weight` of shape `[outputs, first, second]` and `bias` of shape
/// `[outputs]`, both drawn from U(−1/√first, 1/√first). The other axes of both inputs are the same.
public struct Bilinear<Scalar: FloatingPointScalar> {
  public let weight: Parameter<Scalar>
  public let bias: Parameter<Scalar>?

  /// Stops with a message if an extent is not positive.
  public init(
    _ first: Int, _ second: Int, _ outputs: Int, bias: Bool = true,
    scalar: Scalar.Type = Float.self
  ) {
    guard first > 0 && second > 0 && outputs > 0 else {
      fatalError(
        "Bilinear: inputs and outputs must be positive, got \(first), \(second) and \(outputs)")
    }
    var random = RandomGenerator(seed: .random(in: .min ... .max))
    let initializer = Initializer.uniform(bound: 1 / Double(first).squareRoot())
    weight = Parameter(
      initializer.tensor([outputs, first, second], using: &random), initializer: initializer)
    self.bias =
      bias
      ? Parameter(initializer.tensor([outputs], using: &random), initializer: initializer) : nil
  }

  /// The output `[…, outputs]` for inputs `[…, first]` and `[…, second]`; stops with a message if they
  /// do not fit.
  public func callAsFunction(
    _ a: Variable<Scalar>, _ b: Variable<Scalar>
  ) -> Variable<Scalar> {
    LayerScope.within(weight.layerPath, "Bilinear") {
      let (outputs, first, second) = (weight.shape[0], weight.shape[1], weight.shape[2])
      guard a.rank >= 1 && b.rank >= 1 && a.shape[-1] == first && b.shape[-1] == second,
        a.shape.dropLast().elementsEqual(b.shape.dropLast())
      else {
        stop(
          "inputs \(a.shape) and \(b.shape) do not fit; they must be […, \(first)] and "
            + "[…, \(second)]")
      }
      let lead = Array(a.shape.dropLast())
      let rows = lead.reduce(1, *)
      // [rows, first] · [first, outputs · second], then each row's matrix times its second vector.
      let matrix = weight.variable.permuted([1, 0, 2]).reshaped(to: [first, outputs * second])
      let maps = a.reshaped(to: [rows, first]).matmul(matrix)
        .reshaped(to: [rows, outputs, second])
      let y = maps.matmul(b.reshaped(to: [rows, second, 1])).reshaped(to: Shape(lead + [outputs]))
      guard let bias else { return y }
      return y + bias.variable
    }
  }
}
