import Tensor

/// The weights of one layer and direction, or of a single cell.
struct RecurrentWeights<Scalar: FloatingPointScalar>: NamedParts {
  let suffix: String
  /// `[gates · width, inputs]`
  let inputWeight: Parameter<Scalar>
  /// `[gates · width, width]`; with a projection `[gates · width, projection]`
  let weight: Parameter<Scalar>
  /// `[gates · width]`
  let inputBias: Parameter<Scalar>?
  let bias: Parameter<Scalar>?
  /// `[projection, width]`
  let projection: Parameter<Scalar>?

  /// All from U(−1/√width, 1/√width), and the weights stored by columns, as `Linear`'s are.
  init(
    suffix: String, gates: Int, inputs: Int, width: Int, projection: Int? = nil, bias: Bool,
    using random: inout RandomGenerator
  ) {
    let initializer = Initializer.uniform(bound: 1 / Double(width).squareRoot())
    func parameter(_ shape: Shape) -> Parameter<Scalar> {
      let drawn: Tensor<Scalar> = initializer.tensor(shape, using: &random)
      let stored = shape.rank == 2 ? drawn.transposed.copied().transposed : drawn
      return Parameter(stored, initializer: initializer)
    }
    self.suffix = suffix
    inputWeight = parameter([gates * width, inputs])
    weight = parameter([gates * width, projection ?? width])
    inputBias = bias ? parameter([gates * width]) : nil
    self.bias = bias ? parameter([gates * width]) : nil
    self.projection = projection.map { parameter([$0, width]) }
  }

  var namedParts: [(name: String, part: Any)] {
    var parts: [(name: String, part: Any)] = [
      ("weight_ih\(suffix)", inputWeight), ("weight_hh\(suffix)", weight),
    ]
    if let inputBias, let bias {
      parts += [("bias_ih\(suffix)", inputBias), ("bias_hh\(suffix)", bias)]
    }
    if let projection { parts.append(("weight_hr\(suffix)", projection)) }
    return parts
  }

  private var biases: (input: Variable<Scalar>, state: Variable<Scalar>)? {
    inputBias.flatMap { input in bias.map { (input.variable, $0.variable) } }
  }

  /// The state after each step of a sequence `[steps, batch, inputs]`, the last state, and the last
  /// memory cells of an LSTM. First states that are nil are zeros.
  func run(
    _ cell: RecurrentCell, _ input: Variable<Scalar>, first: Variable<Scalar>?,
    firstMemory: Variable<Scalar>?, isReversed: Bool = false, lengths: [Int]? = nil
  ) -> (output: Variable<Scalar>, last: Variable<Scalar>, lastMemory: Variable<Scalar>?) {
    if let projection {
      let batch = input.shape[1]
      let state = RecurrentState(
        hidden: first ?? Variable(.zeros([batch, projection.value.shape[0]])),
        memory: firstMemory ?? Variable(.zeros([batch, projection.value.shape[1]])))
      return runProjected(projection.variable, cell, input, state, isReversed, lengths)
    }
    let steps = input.shape[0]
    let states = recurrentStates(
      cell, input,
      RecurrentOperands(
        inputWeight: inputWeight.variable, weight: weight.variable, biases: biases, first: first,
        firstMemory: firstMemory), isReversed: isReversed, lengths: lengths)
    return (
      isReversed ? states[0..<steps] : states[1..<steps + 1], states[isReversed ? 0 : steps],
      cell == .lstm ? states[steps + 1] : nil
    )
  }

  /// An LSTM whose hidden state is projected after each step, of differentiable operations: it is rare.
  private func runProjected(
    _ projection: Variable<Scalar>, _ cell: RecurrentCell, _ input: Variable<Scalar>,
    _ first: RecurrentState<Scalar>, _ isReversed: Bool, _ lengths: [Int]?
  ) -> (output: Variable<Scalar>, last: Variable<Scalar>, lastMemory: Variable<Scalar>?) {
    let steps = input.shape[0]
    let inputs = linear(input, weight: inputWeight.variable, bias: biases?.input)
    var state = first
    var outputs = [Variable](repeating: first.hidden, count: steps)
    for index in 0..<steps {
      let step = isReversed ? steps - 1 - index : index
      let product = linear(state.hidden, weight: weight.variable, bias: biases?.state)
      var next = cell.step(inputs[step], product, state)
      next.hidden = linear(next.hidden, weight: projection)
      state = lengths.map { next.where(step, isBefore: $0, else: state) } ?? next
      outputs[step] = state.hidden
    }
    let output =
      steps > 0
      ? Variable.stacked(outputs) : Variable(.zeros(Shape([0] + first.hidden.shape)))
    return (output, state.hidden, state.memory)
  }
}
