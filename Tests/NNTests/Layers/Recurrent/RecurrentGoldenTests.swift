import NN
import Tensor
import Testing

/// Recurrent layers and cells against PyTorch's: outputs, last states, and gradients by the sequence,
/// the first states and all weights.
@Suite struct RecurrentGoldenTests {
  static let goldens = GoldenFile("sequences")
  /// The lengths that the script packs by.
  static let lengths = [2, 4, 1]

  @Test(arguments: goldens.cases)
  func doublePrecision(_ golden: String) throws {
    try check(golden, Double.self, tolerance: 1e-12)
  }

  @Test(arguments: goldens.cases)
  func singlePrecision(_ golden: String) throws {
    try check(golden, Float.self, tolerance: 1e-5)
  }

  private func check<S: FloatingPointScalar>(
    _ golden: String, _ scalar: S.Type, tolerance: Double
  ) throws {
    let (model, forward) = Self.layer(golden, S.self)
    try Self.goldens.check(
      golden, model: ["layer": model], S.self, tolerance: tolerance, forward: forward)
  }

  typealias Forward<S: FloatingPointScalar> = ([Variable<S>]) -> [Variable<S>]

  /// The layer of a case, and its call.
  static func layer<S: FloatingPointScalar>(
    _ golden: String, _ scalar: S.Type
  ) -> (Any, Forward<S>) {
    let isDeep = golden.contains("deep")
    let lengths = golden.contains("lengths") ? Self.lengths : nil
    let (bias, batchFirst) = (!golden.contains("no-bias"), !golden.contains("time-first"))
    if golden.hasPrefix("cell") { return cell(golden, bias: bias, S.self) }
    if golden.hasPrefix("lstm") {
      let lstm = LSTM(
        3, 5, layers: isDeep ? 2 : 1, bias: bias, batchFirst: batchFirst, bidirectional: isDeep,
        projection: golden.contains("projected") ? 2 : nil, scalar: S.self)
      return (
        lstm,
        { x in
          let state = x.count == 3 ? LSTMState(hidden: x[1], cell: x[2]) : nil
          let result = lstm(x[0], state: state, lengths: lengths)
          return [result.output, result.state.hidden, result.state.cell]
        }
      )
    }
    if golden.hasPrefix("gru") {
      let gru = GRU(
        3, 5, layers: isDeep ? 2 : 1, bias: bias, batchFirst: batchFirst, bidirectional: isDeep,
        scalar: S.self)
      return (
        gru,
        { x in
          let result = gru(x[0], state: x.count == 2 ? x[1] : nil, lengths: lengths)
          return [result.output, result.state]
        }
      )
    }
    let rnn = RNN(
      3, 5, layers: isDeep ? 2 : 1, activation: golden.contains("relu") ? .relu : .tanh,
      bias: bias, batchFirst: batchFirst, bidirectional: isDeep, scalar: S.self)
    return (
      rnn,
      { x in
        let result = rnn(x[0], state: x.count == 2 ? x[1] : nil, lengths: lengths)
        return [result.output, result.state]
      }
    )
  }

  private static func cell<S: FloatingPointScalar>(
    _ golden: String, bias: Bool, _ scalar: S.Type
  ) -> (Any, Forward<S>) {
    if golden.hasPrefix("cell-lstm") {
      let cell = LSTMCell(3, 5, bias: bias, scalar: S.self)
      return (
        cell,
        { x in
          let state = cell(x[0], state: x.count == 3 ? LSTMState(hidden: x[1], cell: x[2]) : nil)
          return [state.hidden, state.cell]
        }
      )
    }
    if golden.hasPrefix("cell-gru") {
      let cell = GRUCell(3, 5, bias: bias, scalar: S.self)
      return (cell, { x in [cell(x[0], state: x.count == 2 ? x[1] : nil)] })
    }
    let cell = RNNCell(
      3, 5, activation: golden.contains("relu") ? .relu : .tanh, bias: bias, scalar: S.self)
    return (cell, { x in [cell(x[0], state: x.count == 2 ? x[1] : nil)] })
  }
}
