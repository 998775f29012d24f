/// The cells whose steps are fused.
package enum RecurrentCell: String, Sendable, CaseIterable {
  /// Long short-term memory (S. Hochreiter and J. Schmidhuber, 1997; F. Gers and others, 2000).
  case lstm
  /// The gated recurrent unit, with the reset gate after the product (K. Cho and others, 2014).
  case gru
  /// h′ = tanh(…) (J. Elman, 1990).
  case tanh
  /// h′ = max(…, 0)
  case relu

  /// How many blocks of gates a step computes for each unit.
  package var gateCount: Int {
    switch self {
    case .lstm: 4
    case .gru: 3
    case .tanh, .relu: 1
    }
  }

  /// How many blocks a step keeps for the gradient, besides the states.
  var keptCount: Int {
    switch self {
    case .lstm, .gru: 4
    case .tanh, .relu: 0
    }
  }
}

/// The states that a cell goes through along a sequence, with what their gradient needs.
package struct RecurrentStates<Scalar: FloatingPointScalar>: Sendable {
  package let cell: RecurrentCell
  package let isReversed: Bool
  package let lengths: [Int]?

  /// `[steps + 1, batch, width]`: the first state, then the state after each step; in the order of the
  /// sequence, so that a reversed run has its first state at the end. LSTM has one part more, the last
  /// state of the memory cells.
  package let states: Tensor<Scalar>

  /// `[steps + 1, batch, width]` in the same order: the memory cells of an LSTM.
  let memory: Tensor<Scalar>?

  /// `[steps · batch, blocks · width]`, rows in their order: the activated gates.
  let gates: Tensor<Scalar>

  /// `[steps · batch, inputs]`, rows in their order: what the run was given.
  package let inputs: Tensor<Scalar>

  package let order: RowOrder
}

/// The gradients of what `recurrentStates` is given.
package struct RecurrentGradients<Scalar: FloatingPointScalar>: Sendable {
  /// Of the contributions of the inputs to the gates, `[steps · batch, gates · width]`, rows in their order.
  package let inputs: Tensor<Scalar>
  /// Of the contributions of the states, of the same shape; for GRU alone another tensor.
  package let products: Tensor<Scalar>
  /// `[steps · batch, width]`, rows in their order: the state before each step.
  package let before: Tensor<Scalar>
  /// Of the first state if it was asked for, and of the first memory cells of an LSTM, `[batch, width]`.
  package let first: Tensor<Scalar>?
  package let firstMemory: Tensor<Scalar>?
}
