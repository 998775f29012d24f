import Tensor

/// One step of an `LSTM`, for loops of one's own. The weights are `weight_ih`, `weight_hh`, `bias_ih`
/// and `bias_hh`, with the shapes and the start of `LSTM`'s.
public struct LSTMCell<Scalar: FloatingPointScalar>: NamedParts {
  private let step: CellStep<Scalar>

  /// Stops with a message if an extent is not positive.
  public init(_ inputs: Int, _ width: Int, bias: Bool = true, scalar: Scalar.Type = Float.self) {
    step = CellStep("LSTMCell", .lstm, inputs, width, bias: bias)
  }

  public var namedParts: [(name: String, part: Any)] { step.namedParts }

  /// The state after an input `[batch, inputs]`, from `state`, whose parts are `[batch, width]`, or from
  /// zeros. Stops with a message if a shape is another.
  public func callAsFunction(
    _ input: Variable<Scalar>, state: LSTMState<Scalar>? = nil
  ) -> LSTMState<Scalar> {
    let next = step(input, hidden: state?.hidden, memory: state?.cell)
    guard let cell = next.memory else { fatalError("LSTMCell: a step has memory cells") }
    return LSTMState(hidden: next.hidden, cell: cell)
  }
}

/// One step of a `GRU`, for loops of one's own. The weights are `weight_ih`, `weight_hh`, `bias_ih` and
/// `bias_hh`, with the shapes and the start of `GRU`'s.
public struct GRUCell<Scalar: FloatingPointScalar>: NamedParts {
  private let step: CellStep<Scalar>

  /// Stops with a message if an extent is not positive.
  public init(_ inputs: Int, _ width: Int, bias: Bool = true, scalar: Scalar.Type = Float.self) {
    step = CellStep("GRUCell", .gru, inputs, width, bias: bias)
  }

  public var namedParts: [(name: String, part: Any)] { step.namedParts }

  /// The state `[batch, width]` after an input `[batch, inputs]`, from `state` or from zeros. Stops with
  /// a message if a shape is another.
  public func callAsFunction(
    _ input: Variable<Scalar>, state: Variable<Scalar>? = nil
  ) -> Variable<Scalar> {
    step(input, hidden: state, memory: nil).hidden
  }
}

/// One step of an `RNN`, for loops of one's own. The weights are `weight_ih`, `weight_hh`, `bias_ih` and
/// `bias_hh`, with the shapes and the start of `RNN`'s.
public struct RNNCell<Scalar: FloatingPointScalar>: NamedParts {
  private let step: CellStep<Scalar>

  /// Stops with a message if an extent is not positive.
  public init(
    _ inputs: Int, _ width: Int, activation: RecurrentActivation = .tanh, bias: Bool = true,
    scalar: Scalar.Type = Float.self
  ) {
    step = CellStep("RNNCell", activation.cell, inputs, width, bias: bias)
  }

  public var namedParts: [(name: String, part: Any)] { step.namedParts }

  /// The state `[batch, width]` after an input `[batch, inputs]`, from `state` or from zeros. Stops with
  /// a message if a shape is another.
  public func callAsFunction(
    _ input: Variable<Scalar>, state: Variable<Scalar>? = nil
  ) -> Variable<Scalar> {
    step(input, hidden: state, memory: nil).hidden
  }
}

/// One step of any cell: a sequence of length 1.
private struct CellStep<Scalar: FloatingPointScalar>: NamedParts {
  let kind: String
  let cell: RecurrentCell
  let inputs: Int
  let width: Int
  let weights: RecurrentWeights<Scalar>

  init(_ kind: String, _ cell: RecurrentCell, _ inputs: Int, _ width: Int, bias: Bool) {
    guard inputs > 0 && width > 0 else {
      fatalError("\(kind): inputs and width must be positive, got \(inputs) and \(width)")
    }
    self.kind = kind
    self.cell = cell
    self.inputs = inputs
    self.width = width
    var random = RandomGenerator(seed: .random(in: .min ... .max))
    weights = RecurrentWeights(
      suffix: "", gates: cell.gateCount, inputs: inputs, width: width, bias: bias, using: &random)
  }

  var namedParts: [(name: String, part: Any)] { weights.namedParts }

  func callAsFunction(
    _ input: Variable<Scalar>, hidden: Variable<Scalar>?, memory: Variable<Scalar>?
  ) -> (hidden: Variable<Scalar>, memory: Variable<Scalar>?) {
    LayerScope.within(weights.weight.layerPath, kind) {
      guard input.rank == 2, input.shape[1] == inputs else {
        stop("input \(input.shape) does not fit; it must be [batch, \(inputs)]")
      }
      let shape: Shape = [input.shape[0], width]
      for (state, role) in [(hidden, "hidden state"), (memory, "cell state")] {
        if let state, state.shape != shape {
          stop("\(role) \(state.shape) does not fit; it must be \(shape)")
        }
      }
      let result = weights.run(
        cell, input.expanded(at: 0), first: hidden, firstMemory: memory)
      return (result.last, result.lastMemory)
    }
  }
}
