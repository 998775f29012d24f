import NN
import Tensor
import Testing

@Suite struct LayerTests {
  // MARK: Linear

  @Test func linearHasPyTorchsParameters() {
    let layer = Linear(5, 3)
    #expect(Parameters(of: layer).names == ["weight", "bias"])
    #expect(layer.weight.shape == [3, 5])
    #expect(layer.bias?.shape == [3])
    let bound = 1 / Float(5).squareRoot()
    for value in layer.weight.value.scalars + layer.bias!.value.scalars {
      #expect(abs(value) <= bound && value != 0)
    }
    #expect(Linear(5, 3, bias: false).bias == nil)
    #expect(Parameters(of: Linear(5, 3, bias: false)).names == ["weight"])
  }

  @Test(arguments: [[4, 5], [5], [2, 3, 5], [0, 5], [2, 0, 5], [1, 2, 2, 5]] as [Shape])
  func linearMapsTheLastAxis(_ shape: Shape) {
    var random = RandomGenerator(seed: 1)
    let layer = Linear(5, 3, scalar: Double.self)
    let x = PlainArray.random(Array(shape), using: &random)
    let weight = PlainArray(layer.weight.value.scalars, shape: [3, 5])
    let bias = PlainArray(layer.bias!.value.scalars, shape: [3])
    let expected = x.matmul(weight.permuted([1, 0])).combined(with: bias, +)
    expectClose(layer(x.tensor()).value, expected, tolerance: 1e-14)
  }

  @Test func linearKeepsItsMemoryLayout() {
    let layer = Linear(5, 3)
    func isStoredByColumns() -> Bool { layer.weight.value.transposed.isContiguous }
    #expect(isStoredByColumns())
    var random = RandomGenerator(seed: 1)
    layer.initialize(using: &random)
    #expect(isStoredByColumns())
    layer.weight.value = .ones([3, 5])
    #expect(isStoredByColumns())
    let input = Tensor<Float>.ones([4, 5])
    for optimizer in [Adam(layer), SGD(layer, learningRate: 0.1, momentum: 0.5)] as [any Optimizer]
    {
      let snapshot = layer.weight.value
      let (_, gradients) = valueAndGradients(of: layer) { layer(input).squared().sum() }
      // The gradient comes in the layout of the weight, so the step copies nothing.
      #expect(gradients[layer.weight]!.value.transposed.isContiguous)
      optimizer.update(along: gradients)
      #expect(isStoredByColumns())
      #expect(layer.weight.value != snapshot)
    }
  }

  @Test func linearTakesItsInitializers() {
    let layer = Linear(2, 2, weightInitializer: .constant(0.5), biasInitializer: .ones)
    #expect(layer.weight.value == Tensor(repeating: 0.5, shape: [2, 2]))
    #expect(layer.bias?.value == .ones([2]))
    #expect(layer(Tensor<Float>([1, 3])).value == Tensor([3, 3]))
  }

  @Test func linearMistakesStop() async {
    let extent = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Linear(0, 3) }
    expectMessage(extent, "Linear: inputs and outputs must be positive, got 0 and 3")
    let shape = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = Sequential {
        Linear(3, 3)
        Linear(3, 2).named("head")
        ReLU()
      }.layers[1](.ones([2, 4]))
    }
    expectMessage(
      shape,
      "head (Linear): linear: input [2, 4] does not fit weight [2, 3]; "
        + "the last extent of the input must be the second of the weight")
    let bias = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let weight = Variable(Tensor<Float>.ones([2, 3]))
      _ = linear(weight, weight: weight, bias: Variable(Tensor.ones([3])))
    }
    expectMessage(bias, "linear: bias [3] does not fit weight [2, 3]")
  }

  // MARK: Activations

  @Test func activationLayers() {
    let x = Tensor<Double>([-1.5, 0, 0.5, 2], shape: [2, 2])
    let cases: [(any Layer<Double>, (Variable<Double>) -> Variable<Double>)] = [
      (ReLU(scalar: Double.self), { $0.relu() }), (Tanh(scalar: Double.self), { $0.tanh() }),
      (Sigmoid(scalar: Double.self), { $0.sigmoid() }),
      (Softmax(scalar: Double.self), { $0.softmax() }),
    ]
    for (layer, function) in cases {
      #expect(layer(x).value == function(Variable(x)).value)
      #expect(Parameters(of: layer).count == 0)
    }
  }

  // MARK: Sequential

  private func network(normalised: Bool, depth: Int) -> Sequential<Float> {
    Sequential {
      Linear(4, 3)
      if normalised { Softmax() }
      for _ in 0..<depth {
        Linear(3, 3, bias: false)
        Tanh()
      }
      if depth > 1 { ReLU() } else { Sigmoid() }
    }
  }

  @Test func sequentialBuilder() {
    #expect(network(normalised: false, depth: 0).layers.count == 2)
    let deep = network(normalised: true, depth: 2)
    #expect(deep.layers.count == 7)
    #expect(deep.layers[1] is Softmax<Float> && deep.layers[6] is ReLU<Float>)
    #expect(deep.parameters.names == ["0.weight", "0.bias", "2.weight", "4.weight"])
  }

  @Test func sequentialAppliesItsLayersInOrder() {
    let (first, second) = (Linear(4, 3), Linear(3, 2))
    let model = Sequential([first, Tanh(), second])
    let x = Tensor<Float>([1, 2, 3, 4], shape: [1, 4])
    #expect(model(x).value == second(first(x).tanh()).value)
  }

  @Test func emptySequentialIsTheIdentity() {
    let model = Sequential<Float> {}
    let x = Tensor<Float>([1, 2])
    #expect(model(x).value == x)
    #expect(model.parameters.count == 0)
    #expect(Sequential<Float>([]).layers.isEmpty)
  }

  @Test func oneSeedGivesTheSameModel() {
    func values(seed: UInt64) -> [Tensor<Float>] {
      var random = RandomGenerator(seed: seed)
      let (first, second) = (Linear(4, 3), Linear(3, 2, weightInitializer: .heNormal))
      let model = Sequential([first, Sequential([ReLU(), second])])
      model.initialize(using: &random)
      return [first, second].flatMap { [$0.weight.value, $0.bias!.value] }
    }
    #expect(values(seed: 5) == values(seed: 5))
    #expect(zip(values(seed: 5), values(seed: 6)).allSatisfy { $0 != $1 })
    #expect(Linear(4, 3).weight.value != Linear(4, 3).weight.value)
  }

  // MARK: Losses

  @Test func lossMistakesStop() async {
    let shapes = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = meanSquaredError(Variable(Tensor<Float>.ones([2, 1])), Tensor.ones([2])) }
    expectMessage(
      shapes,
      "meanSquaredError: shapes [2, 1] and [2] differ; prediction and target need one shape")
    let label = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = softmaxCrossEntropy(Variable(Tensor<Float>.ones([2, 3])), Tensor([1, 3])) }
    expectMessage(label, "softmaxCrossEntropy: label 3 of row 1 is outside 0..<3")
    let batch = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = softmaxCrossEntropy(Variable(Tensor<Float>.ones([0, 3])), Tensor([])) }
    expectMessage(batch, "softmaxCrossEntropy: the batch is empty")
    let fit = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = softmaxCrossEntropy(Variable(Tensor<Float>.ones([2, 3])), Tensor([0, 1, 2])) }
    expectMessage(
      fit,
      "softmaxCrossEntropy: logits [2, 3] and labels [3] do not fit; "
        + "logits are [n, classes] and labels [n]")
  }
}
