import Tensor

/// The states of an LSTM between two sequences: of every layer, and of both directions if there are two.
public struct LSTMState<Scalar: FloatingPointScalar>: Sendable {
  /// h, `[layers · directions, batch, width]`; with a projection, that in place of the width. The
  /// directions of layer k are at places 2k and 2k + 1.
  public var hidden: Variable<Scalar>
  /// c, `[layers · directions, batch, width]`
  public var cell: Variable<Scalar>

  /// Creates a state from its two parts.
  public init(hidden: Variable<Scalar>, cell: Variable<Scalar>) {
    self.hidden = hidden
    self.cell = cell
  }

  /// The same numbers as constants: for truncated backpropagation through time.
  public var detached: LSTMState { LSTMState(hidden: hidden.detached, cell: cell.detached) }
}

/// Long short-term memory along a sequence (S. Hochreiter and J. Schmidhuber, 1997; with the forget
/// gate of F. Gers, J. Schmidhuber and F. Cummins, 2000).
///
///     i, f, o = σ(Wᵢ x + bᵢ + U h + b)   g = tanh(…)
///     c′ = f · c + i · g                 h′ = o · tanh c′
///
/// The gates are in the order i, f, g, o in the rows of `weight_ih_l0` `[4 · width, inputs]`,
/// `weight_hh_l0` `[4 · width, width]`, `bias_ih_l0` and `bias_hh_l0` `[4 · width]`, and so for further
/// layers (`_l1`, with the outputs of the layer below as inputs) and the other direction
/// (`_l0_reverse`), as in PyTorch; all start from U(−1/√width, 1/√width). With a `projection` P
/// (H. Sak, A. Senior and F. Beaufays, 2014) the hidden state is `weight_hr_l0` `[P, width]` times h′.
///
/// The input is `[batch, steps, inputs]` and the output `[batch, steps, directions · width]`, the
/// states of the last layer, forward direction first; with `batchFirst: false`, which is PyTorch's
/// default, both begin with the steps.
///
/// ```swift
/// let lstm = LSTM(28, 128)
/// let (outputs, state) = lstm(rows, in: context)
/// let scores = head(state.hidden[-1], in: context)
/// ```
public struct LSTM<Scalar: FloatingPointScalar>: Layer, NamedParts {
  private let stack: RecurrentStack<Scalar>

  /// Creates a network of `layers` layers, each in both directions if `bidirectional`. While training,
  /// `dropout` of the outputs of each layer but the last are dropped.
  ///
  /// Stops with a message if an extent is not positive, the dropout not a probability, or the
  /// projection not less than the width.
  public init(
    _ inputs: Int, _ width: Int, layers: Int = 1, bias: Bool = true, batchFirst: Bool = true,
    dropout: Double = 0, bidirectional: Bool = false, projection: Int? = nil,
    scalar: Scalar.Type = Float.self
  ) {
    stack = RecurrentStack(
      "LSTM", .lstm, inputs: inputs, width: width, layers: layers, bias: bias,
      batchFirst: batchFirst, dropout: dropout, bidirectional: bidirectional,
      projection: projection)
  }

  public var namedParts: [(name: String, part: Any)] { stack.namedParts }

  /// The outputs of the last layer, from states of zero.
  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    self(input, state: nil, in: context).output
  }

  /// The outputs of the last layer and the last states of all layers, from `state` or from zeros.
  ///
  /// With `lengths`, one for each sequence of the batch, the steps from a sequence's length on count
  /// for nothing: outputs there are zero, the last states are those at the length, and the reversed
  /// direction starts there, as with PyTorch's packed sequences. Stops with a message if the input or
  /// the state has another shape, or a length is outside of 0...steps.
  public func callAsFunction(
    _ input: Variable<Scalar>, state: LSTMState<Scalar>?, lengths: [Int]? = nil,
    in context: Context = .evaluation
  ) -> (output: Variable<Scalar>, state: LSTMState<Scalar>) {
    let result = stack(
      input, hidden: state?.hidden, memory: state?.cell, lengths: lengths, in: context)
    guard let cell = result.memory else { fatalError("LSTM: a run has memory cells") }
    return (result.output, LSTMState(hidden: result.hidden, cell: cell))
  }
}
