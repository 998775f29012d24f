import Tensor

/// The layers and directions of a recurrent network, whatever its cell is.
struct RecurrentStack<Scalar: FloatingPointScalar>: NamedParts {
  let cell: RecurrentCell
  let inputs: Int
  let width: Int
  let projection: Int?
  let batchFirst: Bool
  let dropout: Double
  let directions: Int
  /// Of each layer, the weights of each direction.
  let layers: [[RecurrentWeights<Scalar>]]
  /// The layer's type, for messages.
  let kind: String

  init(
    _ kind: String, _ cell: RecurrentCell, inputs: Int, width: Int, layers: Int, bias: Bool,
    batchFirst: Bool, dropout: Double, bidirectional: Bool, projection: Int? = nil
  ) {
    guard inputs > 0 && width > 0 && layers > 0 else {
      fatalError(
        "\(kind): inputs, width and layers must be positive, got \(inputs), \(width) and \(layers)")
    }
    guard dropout >= 0 && dropout <= 1 else {
      fatalError("\(kind): dropout must be a probability, got \(dropout)")
    }
    if let projection, projection <= 0 || projection >= width {
      fatalError("\(kind): projection must be in 1..<\(width), the width, got \(projection)")
    }
    self.kind = kind
    self.cell = cell
    self.inputs = inputs
    self.width = width
    self.projection = projection
    self.batchFirst = batchFirst
    self.dropout = dropout
    directions = bidirectional ? 2 : 1
    let output = projection ?? width
    var random = RandomGenerator(seed: .random(in: .min ... .max))
    var stack: [[RecurrentWeights<Scalar>]] = []
    for layer in 0..<layers {
      let inputs = layer == 0 ? inputs : output * directions
      stack.append(
        (0..<directions).map { direction in
          RecurrentWeights(
            suffix: "_l\(layer)" + (direction == 1 ? "_reverse" : ""), gates: cell.gateCount,
            inputs: inputs, width: width, projection: projection, bias: bias, using: &random)
        })
    }
    self.layers = stack
  }

  var namedParts: [(name: String, part: Any)] { layers.flatMap { $0 }.flatMap(\.namedParts) }

  /// The path of the layer that the weights are found in.
  var path: String { layers[0][0].weight.layerPath }

  /// The shape of a state, `[layers · directions, batch, extent]`.
  func stateShape(batch: Int, extent: Int) -> Shape { [layers.count * directions, batch, extent] }

  /// The outputs and the last states for an input. All shapes are checked here.
  func callAsFunction(
    _ input: Variable<Scalar>, hidden: Variable<Scalar>?, memory: Variable<Scalar>?,
    lengths: [Int]?, in context: Context
  ) -> (output: Variable<Scalar>, hidden: Variable<Scalar>, memory: Variable<Scalar>?) {
    LayerScope.within(path, kind) {
      guard input.rank == 3, input.shape[2] == inputs else {
        let axes = batchFirst ? "batch, steps" : "steps, batch"
        stop("input \(input.shape) does not fit; it must be [\(axes), \(inputs)]")
      }
      let sequence = batchFirst ? input.permuted([1, 0, 2]) : input
      let (steps, batch) = (sequence.shape[0], sequence.shape[1])
      check(lengths, steps: steps, batch: batch)
      check(hidden, "hidden state", batch: batch, extent: projection ?? width)
      check(memory, "cell state", batch: batch, extent: width)
      let result = run(sequence, hidden, memory, lengths, context)
      return batchFirst
        ? (result.output.permuted([1, 0, 2]), result.hidden, result.memory) : result
    }
  }

  private func run(
    _ sequence: Variable<Scalar>, _ first: Variable<Scalar>?, _ firstMemory: Variable<Scalar>?,
    _ lengths: [Int]?, _ context: Context
  ) -> (output: Variable<Scalar>, hidden: Variable<Scalar>, memory: Variable<Scalar>?) {
    let steps = sequence.shape[0]
    let ends = lengths.map { lengths in
      Tensor(
        (0..<steps).flatMap { step in lengths.map { step < $0 } }, shape: [steps, lengths.count, 1])
    }
    var x = sequence
    var hidden: [Variable<Scalar>] = []
    var memory: [Variable<Scalar>] = []
    for (index, layer) in layers.enumerated() {
      if index > 0 { x = x.dropping(dropout, in: context) }
      var outputs: [Variable<Scalar>] = []
      for (direction, weights) in layer.enumerated() {
        let place = hidden.count
        let run = weights.run(
          cell, x, first: first.map { $0[place] }, firstMemory: firstMemory.map { $0[place] },
          isReversed: direction == 1, lengths: lengths)
        outputs.append(ends.map { .where($0, run.output, 0) } ?? run.output)
        hidden.append(run.last)
        if let last = run.lastMemory { memory.append(last) }
      }
      x = outputs.count == 1 ? outputs[0] : .concatenated(outputs, axis: -1)
    }
    return (x, .stacked(hidden), memory.isEmpty ? nil : .stacked(memory))
  }

  private func check(_ state: Variable<Scalar>?, _ role: String, batch: Int, extent: Int) {
    let shape = stateShape(batch: batch, extent: extent)
    guard let state, state.shape != shape else { return }
    stop("\(role) \(state.shape) does not fit; it must be \(shape)")
  }

  private func check(_ lengths: [Int]?, steps: Int, batch: Int) {
    guard let lengths else { return }
    guard lengths.count == batch else {
      stop("\(lengths.count) lengths do not fit a batch of \(batch)")
    }
    if let wrong = lengths.firstIndex(where: { $0 < 0 || $0 > steps }) {
      stop("length \(lengths[wrong]) of sequence \(wrong) is outside 0...\(steps)")
    }
  }
}
