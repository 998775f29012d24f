import NN
import Tensor

/// The states of recurrent cells, against loops over their equations.
enum RecurrentFunction: String, CaseIterable, FunctionFamily {
  case lstm, lstmReversed, lstmOfLengths, lstmWithoutBias
  case gru, gruReversed, gruOfLengths, gruWithoutBias
  case rnn, rnnReversed, rnnOfLengths, rnnOfRelu
  case lstmFromZero, lstmFromMemory, gruFromZero, rnnFromZero

  private var cell: RecurrentCell {
    switch self {
    case .lstm, .lstmReversed, .lstmOfLengths, .lstmWithoutBias, .lstmFromZero, .lstmFromMemory:
      .lstm
    case .gru, .gruReversed, .gruOfLengths, .gruWithoutBias, .gruFromZero: .gru
    case .rnn, .rnnReversed, .rnnOfLengths, .rnnFromZero: .tanh
    case .rnnOfRelu: .relu
    }
  }

  private var isReversed: Bool {
    switch self {
    case .lstmReversed, .gruReversed, .rnnReversed, .gruOfLengths, .gruFromZero: true
    default: false
    }
  }

  /// Of a batch of two.
  private var lengths: [Int]? {
    switch self {
    case .lstmOfLengths, .gruOfLengths, .rnnOfLengths: [1, 3]
    default: nil
    }
  }

  private var hasFirst: Bool {
    switch self {
    case .lstmFromZero, .lstmFromMemory, .gruFromZero, .rnnFromZero: false
    default: true
    }
  }

  private var hasMemory: Bool { cell == .lstm && self != .lstmFromZero }

  /// The inputs in order: sequence, input weight, weight, first state, memory cells, biases.
  private func operands<T>(_ x: [T]) -> (first: T?, memory: T?, biases: (T, T)?) {
    let memory = hasFirst ? 4 : 3
    let place = hasMemory ? memory + 1 : memory
    return (
      hasFirst ? x[3] : nil, hasMemory ? x[memory] : nil,
      x.count > place ? (x[place], x[place + 1]) : nil
    )
  }

  func callAsFunction<S: FloatingPointScalar>(_ x: [Variable<S>]) -> Variable<S> {
    let (first, memory, biases) = operands(x)
    let weights = RecurrentOperands(
      inputWeight: x[1], weight: x[2], biases: biases.map { ($0.0, $0.1) }, first: first,
      firstMemory: memory)
    return recurrentStates(cell, x[0], weights, isReversed: isReversed, lengths: lengths)
  }

  func reference(_ x: [PlainArray]) -> PlainArray {
    let (first, memory, biases) = operands(x)
    let (steps, batch, width) = (x[0].shape[0], x[0].shape[1], x[2].shape[1])
    var hidden = (0..<batch).map { b in (0..<width).map { first?[broadcast: [b, $0]] ?? 0 } }
    var cells = (0..<batch).map { b in (0..<width).map { memory?[broadcast: [b, $0]] ?? 0 } }
    var slots = [[[Double]]](repeating: hidden, count: steps + 1)
    for step in isReversed ? Array((0..<steps).reversed()) : Array(0..<steps) {
      for b in 0..<batch where lengths.map({ step < $0[b] }) ?? true {
        let input = (0..<x[0].shape[2]).map { x[0][broadcast: [step, b, $0]] }
        let given = Self.affine(x[1], input, biases?.0)
        let product = Self.affine(x[2], hidden[b], biases?.1)
        (hidden[b], cells[b]) = next(given, product, hidden[b], cells[b])
      }
      slots[isReversed ? step : step + 1] = hidden
    }
    if cell == .lstm { slots.append(cells) }
    return PlainArray(
      slots.flatMap { $0.flatMap { $0 } }, shape: [slots.count, batch, width])
  }

  private func next(
    _ x: [Double], _ p: [Double], _ hidden: [Double], _ cells: [Double]
  ) -> ([Double], [Double]) {
    let width = hidden.count
    var (newHidden, newCells) = (hidden, cells)
    for j in 0..<width {
      func sum(_ gate: Int) -> Double { x[gate * width + j] + p[gate * width + j] }
      switch cell {
      case .lstm:
        newCells[j] =
          Plain.sigmoid(sum(1)) * cells[j] + Plain.sigmoid(sum(0)) * Self.tanh(sum(2))
        newHidden[j] = Plain.sigmoid(sum(3)) * Self.tanh(newCells[j])
      case .gru:
        let reset = Plain.sigmoid(sum(0))
        let new = Self.tanh(x[2 * width + j] + reset * p[2 * width + j])
        newHidden[j] = (1 - Plain.sigmoid(sum(1))) * new + Plain.sigmoid(sum(1)) * hidden[j]
      case .tanh: newHidden[j] = Self.tanh(sum(0))
      case .relu: newHidden[j] = max(sum(0), 0)
      }
    }
    return (newHidden, newCells)
  }

  private static func tanh(_ x: Double) -> Double { 2 * Plain.sigmoid(2 * x) - 1 }

  private static func affine(
    _ weight: PlainArray, _ x: [Double], _ bias: PlainArray?
  ) -> [Double] {
    (0..<weight.shape[0]).map { row in
      x.indices.reduce(bias?[broadcast: [row]] ?? 0) { $0 + weight[broadcast: [row, $1]] * x[$1] }
    }
  }

  static let rows: [OperationCase] = allCases.flatMap { function -> [OperationCase] in
    let hasBias = function != .lstmWithoutBias && function != .gruWithoutBias
    func shapes(_ steps: Int, _ batch: Int, _ inputs: Int, _ width: Int) -> [[Int]] {
      let gates = function.cell.gateCount * width
      var shapes = [[steps, batch, inputs], [gates, inputs], [gates, width]]
      if function.hasFirst { shapes.append([batch, width]) }
      if function.hasMemory { shapes.append([batch, width]) }
      return hasBias ? shapes + [[gates], [gates]] : shapes
    }
    // All sums of a rectifier are positive here, away from its kink.
    let domain = function == .rnnOfRelu ? 0.1...0.9 : -0.9...0.9
    var rows = [OperationCase(function, shapes: shapes(3, 2, 2, 3), in: domain)]
    if function.lengths == nil {
      rows += [
        OperationCase(function, shapes: shapes(0, 2, 2, 1), in: domain),
        OperationCase(function, shapes: shapes(2, 0, 1, 2), in: domain),
      ]
    }
    return rows
  }
}
