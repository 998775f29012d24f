import Tensor

/// The weights of one layer and direction of a recurrent network, and where it starts.
package struct RecurrentOperands<Scalar: FloatingPointScalar> {
  let inputWeight: Variable<Scalar>
  let weight: Variable<Scalar>
  let biases: (input: Variable<Scalar>, state: Variable<Scalar>)?
  let first: Variable<Scalar>?
  let firstMemory: Variable<Scalar>?

  /// `inputWeight` is `[gates · width, inputs]`, `weight` `[gates · width, width]`, each bias
  /// `[gates · width]`, `first` and, for LSTM alone, `firstMemory` `[batch, width]`, both zeros if nil.
  package init(
    inputWeight: Variable<Scalar>, weight: Variable<Scalar>,
    biases: (input: Variable<Scalar>, state: Variable<Scalar>)?, first: Variable<Scalar>?,
    firstMemory: Variable<Scalar>?
  ) {
    self.inputWeight = inputWeight
    self.weight = weight
    self.biases = biases
    self.first = first
    self.firstMemory = firstMemory
  }
}

/// The states of a cell along a sequence `[steps, batch, inputs]`, as one operation.
///
/// The result is `[steps + 1, batch, width]`, the first state and the state after each step; for LSTM
/// with one part more, the last memory cells. In a reversed run the first state is at place `steps`.
/// From its length on the state of a sequence stays as it is. The backward pass goes through the steps
/// once; the gradient of each weight is one product over all steps.
package func recurrentStates<Scalar>(
  _ cell: RecurrentCell, _ input: Variable<Scalar>, _ weights: RecurrentOperands<Scalar>,
  isReversed: Bool, lengths: [Int]?
) -> Variable<Scalar> {
  let run = input.value.recurrentStates(
    cell, inputWeight: weights.inputWeight.value, weight: weights.weight.value,
    inputBias: weights.biases?.input.value, bias: weights.biases?.state.value,
    first: weights.first?.value, firstMemory: weights.firstMemory?.value, isReversed: isReversed,
    lengths: lengths)

  var operands = [input, weights.inputWeight, weights.weight]
  if let first = weights.first { operands.append(first) }
  if let memory = weights.firstMemory { operands.append(memory) }
  if let biases = weights.biases { operands += [biases.input, biases.state] }
  let (hasFirst, hasMemory) = (weights.first != nil, weights.firstMemory != nil)
  let hasBiases = weights.biases != nil
  return recordFused(cell.operation, run.states, from: operands) { operands in
    let memoryPlace = hasFirst ? 4 : 3
    let place = hasMemory ? memoryPlace + 1 : memoryPlace
    let weights = RecurrentOperands(
      inputWeight: operands[1], weight: operands[2],
      biases: hasBiases ? (operands[place], operands[place + 1]) : nil,
      first: hasFirst ? operands[3] : nil, firstMemory: hasMemory ? operands[memoryPlace] : nil)
    return compositeStates(cell, operands[0], weights, isReversed: isReversed, lengths: lengths)
  } pullback: { g, backward in
    let gradients = g.throughRecurrentStates(
      run, weight: weights.weight.value,
      withFirst: weights.first.map { backward.needsGradient($0) } ?? false)
    backward.add(to: input) {
      Variable(run.order.sequences(of: gradients.inputs.matmul(weights.inputWeight.value)))
    }
    // Transposed as a whole, so that a gradient has the memory layout of its weight.
    backward.add(to: weights.inputWeight) {
      Variable(run.inputs.transposed.matmul(gradients.inputs).transposed)
    }
    backward.add(to: weights.weight) {
      Variable(gradients.before.transposed.matmul(gradients.products).transposed)
    }
    if let first = weights.first, let gradient = gradients.first {
      backward.add(to: first) { Variable(gradient) }
    }
    if let memory = weights.firstMemory, let gradient = gradients.firstMemory {
      backward.add(to: memory) { Variable(gradient) }
    }
    guard let biases = weights.biases,
      backward.needsGradient(biases.input) || backward.needsGradient(biases.state)
    else { return }
    let sum = Variable(gradients.inputs.sum(axes: [0]))
    backward.add(to: biases.input) { sum }
    backward.add(to: biases.state) {
      cell == .gru ? Variable(gradients.products.sum(axes: [0])) : sum
    }
  }
}

/// The same, made of differentiable operations.
private func compositeStates<Scalar>(
  _ cell: RecurrentCell, _ input: Variable<Scalar>, _ weights: RecurrentOperands<Scalar>,
  isReversed: Bool, lengths: [Int]?
) -> Variable<Scalar> {
  let steps = input.shape[0]
  let inputs = linear(input, weight: weights.inputWeight, bias: weights.biases?.input)
  let zeros = Variable(Tensor<Scalar>.zeros([input.shape[1], weights.weight.shape[1]]))
  let first = weights.first ?? zeros
  var state = RecurrentState(
    hidden: first, memory: cell == .lstm ? weights.firstMemory ?? zeros : nil)
  var states = [Variable](repeating: first, count: steps + 1)
  for index in 0..<steps {
    let step = isReversed ? steps - 1 - index : index
    let product = linear(state.hidden, weight: weights.weight, bias: weights.biases?.state)
    let next = cell.step(inputs[step], product, state)
    state = lengths.map { next.where(step, isBefore: $0, else: state) } ?? next
    states[isReversed ? step : step + 1] = state.hidden
  }
  if let memory = state.memory { states.append(memory) }
  return .stacked(states)
}

/// The state between two steps, `[batch, width]`.
struct RecurrentState<Scalar: FloatingPointScalar> {
  var hidden: Variable<Scalar>
  /// The memory cells of an LSTM.
  var memory: Variable<Scalar>?

  /// This for the sequences whose length is beyond a step, and another state for those that have ended.
  func `where`(_ step: Int, isBefore lengths: [Int], else other: RecurrentState) -> RecurrentState {
    let goesOn = Tensor(lengths.map { step < $0 }, shape: [lengths.count, 1])
    return RecurrentState(
      hidden: .where(goesOn, hidden, other.hidden),
      memory: memory.map { new in other.memory.map { .where(goesOn, new, $0) } ?? new })
  }
}

extension RecurrentCell {
  fileprivate var operation: Operation {
    switch self {
    case .lstm: .lstm
    case .gru: .gru
    case .tanh, .relu: .rnn
    }
  }

  /// The state after a step, from what the input and the state before contribute to the gates, by
  /// differentiable operations.
  func step<Scalar>(
    _ x: Variable<Scalar>, _ p: Variable<Scalar>,
    _ state: RecurrentState<Scalar>
  ) -> RecurrentState<Scalar> {
    switch self {
    case .lstm:
      let gates = (x + p).split(into: 4, axis: -1)
      let new = gates[0].sigmoid() * gates[2].tanh()
      let memory = state.memory.map { gates[1].sigmoid() * $0 + new } ?? new
      return RecurrentState(hidden: gates[3].sigmoid() * memory.tanh(), memory: memory)
    case .gru:
      let (x, p) = (x.split(into: 3, axis: -1), p.split(into: 3, axis: -1))
      let reset = (x[0] + p[0]).sigmoid()
      let update = (x[1] + p[1]).sigmoid()
      let new = (x[2] + reset * p[2]).tanh()
      return RecurrentState(hidden: new + update * (state.hidden - new))
    case .tanh:
      return RecurrentState(hidden: (x + p).tanh())
    case .relu:
      return RecurrentState(hidden: (x + p).relu())
    }
  }
}
