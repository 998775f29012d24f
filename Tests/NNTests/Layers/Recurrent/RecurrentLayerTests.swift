import NN
import Tensor
import Testing

@Suite struct RecurrentLayerTests {
  @Test func parametersAreThoseOfPyTorch() {
    let lstm = LSTM(3, 5, layers: 2, bidirectional: true)
    let parameters = Parameters(of: ["encoder": lstm])
    #expect(
      parameters.names
        == ["l0", "l0_reverse", "l1", "l1_reverse"].flatMap { place in
          ["weight_ih", "weight_hh", "bias_ih", "bias_hh"].map { "encoder.\($0)_\(place)" }
        })
    #expect(Parameters(of: LSTM(3, 5)).elementCount == 4 * 5 * (3 + 5 + 2))
    #expect(Parameters(of: GRU(3, 5, bias: false)).elementCount == 3 * 5 * (3 + 5))
    #expect(
      Parameters(of: LSTM(3, 5, projection: 2)).names.last == "weight_hr_l0")
    #expect(
      Parameters(of: RNNCell(3, 5)).names == ["weight_ih", "weight_hh", "bias_ih", "bias_hh"])
  }

  @Test func weightsStartWithinTheirBound() {
    var random = RandomGenerator(seed: 4)
    let layer = GRU(3, 4)
    layer.initialize(using: &random)
    let first = layer(Tensor<Float>.ones([1, 2, 3])).value
    random = RandomGenerator(seed: 4)
    layer.initialize(using: &random)
    #expect(layer(Tensor<Float>.ones([1, 2, 3])).value == first)
    for part in layer.namedParts {
      guard let parameter = part.part as? Parameter<Float> else { continue }
      for value in parameter.value.scalars { #expect(abs(value) <= 0.5 && value != 0) }
    }
  }

  // A long batch is cut into pieces of rows, and each row must come out as it does alone.
  @Test func rowsOfABatchAreComputedForThemselves() {
    var random = RandomGenerator(seed: 5)
    let lstm = LSTM(8, 40, scalar: Double.self)
    lstm.initialize(using: &random)
    let input = Tensor<Double>.normal([37, 4, 8], using: &random)
    let whole = lstm(input).value
    for row in [0, 15, 16, 36] {
      expectClose(lstm(input[row..<row + 1]).value, whole[row..<row + 1], 1e-14, "row \(row)")
    }
  }

  // So are the gradients: those of a batch are the sums of those of its rows.
  @Test func gradientsOfABatchAreSums() {
    func check(_ layer: some Layer<Double> & NamedParts, _ name: String) {
      var random = RandomGenerator(seed: 9)
      layer.initialize(using: &random)
      let input = Tensor<Double>.normal([37, 6, 8], using: &random)
      let weights = Tensor<Double>.normal([37, 6, 128], using: &random)
      let parameters = Parameters(of: layer)
      func gradients(_ rows: Range<Int>) -> [Tensor<Double>] {
        let x = Parameter(input[rows])
        let (_, gradients) = valueAndGradients(of: [layer, x] as [Any]) {
          (layer(x.variable) * Variable(weights[rows])).sum()
        }
        let found = layer.namedParts.compactMap { $0.part as? Parameter<Double> } + [x]
        return found.compactMap { gradients[$0]?.value }
      }
      let whole = gradients(0..<37)
      #expect(whole.count == parameters.count + 1)
      for first in [0, 10, 20, 30] {
        let rows = first..<min(first + 10, 37)
        expectClose(gradients(rows).last!, whole.last![rows], 1e-12, "\(name), input")
      }
      let parts = [0..<10, 10..<20, 20..<30, 30..<37].map(gradients)
      for place in parameters.names.indices {
        let sum = parts.dropFirst().reduce(parts[0][place]) { $0 + $1[place] }
        expectClose(whole[place], sum, 1e-10, "\(name), \(parameters.names[place])")
      }
    }
    check(LSTM(8, 64, bidirectional: true, scalar: Double.self), "LSTM")
    check(GRU(8, 64, bidirectional: true, scalar: Double.self), "GRU")
    check(RNN(8, 64, bidirectional: true, scalar: Double.self), "RNN")
  }

  // No state is a state of zeros, to the bit, in a batch of one part and of several.
  @Test func noStateIsZeros() {
    var random = RandomGenerator(seed: 12)
    let layer = LSTM(8, 40, layers: 2, bidirectional: true)
    layer.initialize(using: &random)
    for batch in [3, 37] {
      let input = Variable(Tensor<Float>.normal([batch, 5, 8], using: &random))
      let lengths = (0..<batch).map { $0 % 6 }
      let zeros = Variable(Tensor<Float>.zeros([4, batch, 40]))
      func run(_ state: LSTMState<Float>?) -> [Tensor<Float>] {
        var results: [Tensor<Float>] = []
        let (_, gradients) = valueAndGradients(of: layer) {
          let (output, last) = layer(input, state: state, lengths: lengths)
          results = [output.value, last.hidden.value, last.cell.value]
          return (output * output).sum() + last.hidden.sum() + last.cell.sum()
        }
        let parameters = layer.namedParts.compactMap { $0.part as? Parameter<Float> }
        return results + parameters.compactMap { gradients[$0]?.value }
      }
      #expect(run(nil) == run(LSTMState(hidden: zeros, cell: zeros)), "batch \(batch)")
    }
  }

  // Steps after a length must have no influence, whatever is there.
  @Test func whatIsBeyondALengthDoesNotCount() {
    var random = RandomGenerator(seed: 6)
    let layer = LSTM(2, 3, layers: 2, bidirectional: true)
    layer.initialize(using: &random)
    var input = Tensor<Float>.normal([2, 5, 2], using: &random)
    let short = layer(Variable(input[0..<1, 0..<3]), state: nil)
    input[0, 3...] = Tensor(1e6)
    let padded = layer(Variable(input), state: nil, lengths: [3, 5])
    expectClose(padded.output.value[0..<1, 0..<3], short.output.value, 1e-6, "outputs")
    #expect(padded.output.value[0, 3...] == .zeros([2, 6]))
    expectClose(
      padded.state.hidden.value[0..., 0..<1], short.state.hidden.value, 1e-6, "hidden states")
    expectClose(padded.state.cell.value[0..., 0..<1], short.state.cell.value, 1e-6, "cell states")
    let none = layer(Variable(input), state: nil, lengths: [0, 5])
    #expect(none.state.hidden.value[0..., 0] == .zeros([4, 3]))
  }

  @Test func aSequenceCanBeRunInParts() {
    var random = RandomGenerator(seed: 7)
    let layer = GRU(2, 3, layers: 2, scalar: Double.self)
    layer.initialize(using: &random)
    let input = Tensor<Double>.normal([2, 6, 2], using: &random)
    let whole = layer(Variable(input), state: nil)
    let first = layer(Variable(input[0..., 0..<2]), state: nil)
    let second = layer(Variable(input[0..., 2...]), state: first.state)
    expectClose(second.output.value, whole.output.value[0..., 2...], 1e-14, "outputs")
    expectClose(second.state.value, whole.state.value, 1e-14, "states")
  }

  @Test func dropoutIsBetweenLayersWhileTraining() {
    var random = RandomGenerator(seed: 8)
    let layer = RNN(2, 64, layers: 2, dropout: 0.5)
    layer.initialize(using: &random)
    let input = Tensor<Float>.ones([1, 1, 2])
    let plain = layer(input).value
    #expect(layer(input).value == plain)
    let dropped = layer(input, in: .training(RandomGenerator(seed: 1))).value
    #expect(dropped != plain)
    #expect(layer(input, in: .training(RandomGenerator(seed: 1))).value == dropped)
    #expect(layer(input, in: .training(RandomGenerator(seed: 2))).value != dropped)
    // Of one layer nothing is dropped, and nothing after the last.
    let single = RNN(2, 64, dropout: 0.5)
    #expect(single(input, in: .training(RandomGenerator(seed: 1))).value == single(input).value)
    #expect(dropped.scalars.allSatisfy { $0 != 0 })
  }

  @Test func weightsAndGradientsAreStoredByColumns() {
    let layer = LSTM(3, 4)
    let (_, gradients) = valueAndGradients(of: layer) {
      layer(Tensor<Float>.ones([2, 2, 3])).squared().sum()
    }
    for part in layer.namedParts.prefix(2) {
      guard let weight = part.part as? Parameter<Float> else { continue }
      #expect(weight.value.transposed.isContiguous)
      #expect(gradients[weight]!.value.transposed.isContiguous)
    }
  }

  @Test func emptyBatchesAndSequences() {
    let layer = LSTM(3, 4, layers: 2, bidirectional: true)
    #expect(layer(Tensor<Float>.ones([0, 5, 3])).shape == [0, 5, 8])
    #expect(layer(Tensor<Float>.ones([2, 0, 3])).shape == [2, 0, 8])
  }

  @Test func mistakesStop() async {
    let input = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = ["encoder": LSTM(3, 4)]
      _ = Parameters(of: model)
      _ = model["encoder"]!(Tensor<Float>.ones([2, 5, 4]))
    }
    expectMessage(
      input, "encoder (LSTM): input [2, 5, 4] does not fit; it must be [batch, steps, 3]")
    let state = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let wrong = Variable(Tensor<Float>.ones([1, 2, 4]))
      _ = GRU(3, 4, layers: 2)(Variable(Tensor<Float>.ones([2, 5, 3])), state: wrong)
    }
    expectMessage(state, "GRU: hidden state [1, 2, 4] does not fit; it must be [2, 2, 4]")
    let length = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = RNN(3, 4)(Variable(Tensor<Float>.ones([2, 5, 3])), state: nil, lengths: [5, 6])
    }
    expectMessage(length, "RNN: length 6 of sequence 1 is outside 0...5")
    let count = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = RNN(3, 4)(Variable(Tensor<Float>.ones([2, 5, 3])), state: nil, lengths: [5])
    }
    expectMessage(count, "RNN: 1 lengths do not fit a batch of 2")
    let extent = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = GRU(3, 0)
    }
    expectMessage(extent, "GRU: inputs, width and layers must be positive, got 3, 0 and 1")
    let dropout = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = GRU(3, 4, dropout: 1.5)
    }
    expectMessage(dropout, "GRU: dropout must be a probability, got 1.5")
    let projection = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent])
    {
      _ = LSTM(3, 4, projection: 4)
    }
    expectMessage(projection, "LSTM: projection must be in 1..<4, the width, got 4")
    let cell = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LSTMCell(3, 4)(Variable(Tensor<Float>.ones([2, 4])))
    }
    expectMessage(cell, "LSTMCell: input [2, 4] does not fit; it must be [batch, 3]")
    let cellState = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = RNNCell(3, 4)(Variable(.ones([2, 3])), state: Variable(Tensor<Float>.ones([4])))
    }
    expectMessage(cellState, "RNNCell: hidden state [4] does not fit; it must be [2, 4]")
  }
}
