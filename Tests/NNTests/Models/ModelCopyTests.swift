import NN
import Tensor
import Testing

/// Copies of models, what distinguishes two models, and functions of all parameters.
@Suite struct ModelCopyTests {
  /// Two layers that share a weight, in a model that is no `Sequential`.
  private struct Tied {
    let first = Linear(3, 3)
    let again: Linear<Float>
    let norm = BatchNorm1D(3)

    init() { again = first }

    func callAsFunction(_ x: Variable<Float>, in context: Context) -> Variable<Float> {
      norm(again(first(x, in: context), in: context), in: context)
    }
  }

  private static func network(_ width: Int = 4, last: Int = 2) -> Sequential<Float> {
    Sequential {
      Linear(3, width)
      ReLU()
      Linear(width, last).named("head")
    }
  }

  @Test func copiesHaveParametersAndBuffersOfTheirOwn() {
    let model = Tied()
    var random = RandomGenerator(seed: 1)
    let x = Variable(Tensor<Float>.normal([8, 3], using: &random))
    _ = model(x, in: .training(random))  // Moves the running statistics.
    model.norm.weight?.isFrozen = true
    let twin = copy(of: model) { Tied() }
    #expect(twin(x, in: .evaluation).value == model(x, in: .evaluation).value)
    #expect(twin.first.weight === twin.again.weight && twin.first.weight !== model.first.weight)
    #expect(twin.norm.weight?.isFrozen == true && twin.norm.bias?.isFrozen == false)
    #expect(twin.norm.statistics!.batchCount.value.item == 1)

    let before = (weight: model.first.weight.value, mean: model.norm.statistics!.mean.value)
    let context = Context.training(random)
    let (_, gradients) = valueAndGradients(of: twin) { twin(x, in: context).squared().sum() }
    SGD(twin, learningRate: 0.1).update(along: gradients)
    #expect(model.first.weight.value == before.weight)
    #expect(model.norm.statistics!.mean.value == before.mean)
    #expect(twin.first.weight.value != before.weight)
    #expect(twin.norm.statistics!.mean.value != before.mean)
    #expect(model.norm.statistics!.batchCount.value.item == 1)
  }

  @Test func valuesAreTakenFromAnotherModel() {
    let (model, target) = (Self.network(), Self.network())
    let x = Tensor<Float>.ones([2, 3])
    #expect(target(x).value != model(x).value)
    target.parameters.copyValues(from: model.parameters)
    #expect(target(x).value == model(x).value)
    // The memory layout stays.
    #expect((target.layers[0] as! Linear<Float>).weight.value.transposed.isContiguous)
  }

  private func difference(_ first: Any, _ second: Any) -> String? {
    Parameters(of: first).structuralDifference(from: Parameters(of: second))?.description
  }

  @Test func structureIsComparedByPathsKindsAndShapes() {
    let model = Self.network()
    #expect(difference(model, Self.network()) == nil)
    #expect(
      difference(model, Self.network(5))
        == "0.weight is float32 [4, 3] in one model and float32 [5, 3] in the other")
    #expect(
      difference(
        model,
        Sequential {
          Linear(3, 4)
          Tanh()
          Linear(4, 2).named("head")
        }) == "1 is ReLU in one model and Tanh in the other")
    #expect(
      difference(model, Sequential { Linear(3, 4) }) == "1, ReLU, is in the first model alone")
    #expect(
      difference(Sequential { Linear(3, 4) }, model) == "1, ReLU, is in the second model alone")
    #expect(
      difference(Linear(2, 2, bias: false), Linear(2, 2))
        == "bias, float32 [2], is in the second model alone")
    #expect(
      difference([Parameter(Tensor<Float>(1))], [Parameter(Tensor<Double>(1))])
        == "0 is float32 [] in one model and float64 [] in the other")
    #expect(
      difference(model, Tied()) == "the model, Sequential, is in the first model alone")
    // A shared layer is another structure than two layers.
    struct Untied {
      let first = Linear(3, 3)
      let again = Linear(3, 3)
    }
    struct Shared {
      let first = Linear(3, 3)
      let again: Linear<Float>
      init() { again = first }
    }
    #expect(
      difference(Shared(), Untied()) == "again.weight, float32 [3, 3], is in the second model alone"
    )
    let shared = Linear(3, 3)
    #expect(
      difference([shared, shared], [Linear(3, 3), Linear(3, 3)])
        == "1.weight, float32 [3, 3], is in the second model alone")
  }

  @Test func functionsOfAllParameters() {
    let model = Self.network()
    var names: [String] = []
    model.parameters.apply { name, parameter in
      names.append(name)
      if parameter.shape.rank == 1 { parameter.value = .ones(parameter.shape) }
      parameter.isFrozen = name.hasPrefix("head")
    }
    #expect(names == model.parameters.names)
    #expect((model.layers[0] as! Linear<Float>).bias?.value == .ones([4]))
    #expect(valueAndGradients(of: model) { model(.ones([1, 3])).sum() }.gradients["0.bias"] != nil)
    #expect(
      valueAndGradients(of: model) { model(.ones([1, 3])).sum() }.gradients["head.bias"] == nil)
    let mixed = Parameters(of: (Parameter(Tensor<Float>(1)), Parameter(Tensor<Double>(2))))
    var doubles = 0
    mixed.apply(of: Double.self) { name, parameter in
      #expect(name == "1" && parameter.value.item == 2)
      doubles += 1
    }
    #expect(doubles == 1)
  }

  @Test func mistakesStop() async {
    let other = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = copy(of: Self.network()) { Self.network(5) } }
    expectMessage(
      other,
      "copy(of:): the model that was made is another: 0.weight is float32 [4, 3] in one model and "
        + "float32 [5, 3] in the other")
    let same = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let model = Self.network()
      _ = copy(of: model) { model }
    }
    expectMessage(
      same, "copy(of:): both models have 0.weight in common; make a new one")
    let values = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      Self.network().parameters.copyValues(from: Self.network(last: 1).parameters)
    }
    expectMessage(
      values,
      "copyValues(from:): the models differ: head.weight is float32 [2, 4] in one model and "
        + "float32 [1, 4] in the other")
  }
}
