import Tensor

/// What a simple recurrent network applies to its sums.
public enum RecurrentActivation: String, Sendable, CaseIterable {
  case tanh, relu

  var cell: RecurrentCell { self == .tanh ? .tanh : .relu }
}

/// A simple recurrent network along a sequence (J. Elman, 1990).
///
///     h′ = tanh(W x + bᵢ + U h + b), or max(…, 0)
///
/// The weights are `weight_ih_l0` `[width, inputs]`, `weight_hh_l0` `[width, width]`, `bias_ih_l0` and
/// `bias_hh_l0` `[width]`. All else is as in `LSTM`, whose documentation has the shapes; the state is
/// `[layers · directions, batch, width]`.
public struct RNN<Scalar: FloatingPointScalar>: Layer, NamedParts {
  private let stack: RecurrentStack<Scalar>

  /// Creates a network of `layers` layers, each in both directions if `bidirectional`. While training,
  /// `dropout` of the outputs of each layer but the last are dropped.
  ///
  /// Stops with a message if an extent is not positive or the dropout not a probability.
  public init(
    _ inputs: Int, _ width: Int, layers: Int = 1, activation: RecurrentActivation = .tanh,
    bias: Bool = true, batchFirst: Bool = true, dropout: Double = 0, bidirectional: Bool = false,
    scalar: Scalar.Type = Float.self
  ) {
    stack = RecurrentStack(
      "RNN", activation.cell, inputs: inputs, width: width, layers: layers, bias: bias,
      batchFirst: batchFirst, dropout: dropout, bidirectional: bidirectional)
  }

  public var namedParts: [(name: String, part: Any)] { stack.namedParts }

  /// The outputs of the last layer, from states of zero.
  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    self(input, state: nil, in: context).output
  }

  /// The outputs of the last layer and the last states of all layers, from `state` or from zeros; see
  /// `LSTM` for `lengths`.
  ///
  /// Stops with a message if the input or the state has another shape, or a length is outside of
  /// 0...steps.
  public func callAsFunction(
    _ input: Variable<Scalar>, state: Variable<Scalar>?, lengths: [Int]? = nil,
    in context: Context = .evaluation
  ) -> (output: Variable<Scalar>, state: Variable<Scalar>) {
    let result = stack(input, hidden: state, memory: nil, lengths: lengths, in: context)
    return (result.output, result.hidden)
  }
}
