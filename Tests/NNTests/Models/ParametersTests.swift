import NN
import Tensor
import Testing

private func weight(_ value: Float = 0) -> Parameter<Float> { Parameter(Tensor([value])) }

@Suite struct ParametersTests {
  private func names(_ model: Any) -> [String] { Parameters(of: model).names }

  private struct Block {
    let weight = NNTests.weight()
    let bias: Parameter<Float>? = NNTests.weight()
    let absent: Parameter<Float>? = nil
    let rate = 0.5
    let label = "block"
    let image = Tensor<UInt8>([1, 2, 3])
  }

  private class Base {
    let shared = weight()
    let base = weight()
  }

  private final class Derived: Base {
    let own = weight()
    lazy var late = weight()
  }

  private enum Choice {
    case none
    case one(Parameter<Float>)
    case several(first: Parameter<Float>, Block)
  }

  @Test func structs() {
    #expect(names(Block()) == ["weight", "bias"])
    struct Outer {
      let block = Block()
      let head = weight()
    }
    #expect(names(Outer()) == ["block.weight", "block.bias", "head"])
  }

  @Test func classesWithSuperclassAndLazyProperties() {
    let model = Derived()
    _ = model.late
    #expect(names(model) == ["shared", "base", "own", "late"])
  }

  @Test func collections() {
    struct Model {
      let array = [weight(), weight()]
      let nested = [[weight()], [], [weight(), weight()]]
      let optionals: [Parameter<Float>?] = [nil, weight()]
      let dictionary = ["b": weight(), "a": weight(), "c": weight()]
      let numbered = [2: weight(), 1: weight()]
      let blocks = [Block()]
      let tuple = (weight(), named: weight(), (weight(), 3))
      let anything: [Any] = [1, weight(), "text"]
      let numbers: Set<Int> = [1, 2, 3]
    }
    #expect(
      names(Model()) == [
        "array.0", "array.1", "nested.0.0", "nested.2.0", "nested.2.1", "optionals.1",
        "dictionary.a", "dictionary.b", "dictionary.c", "numbered.1", "numbered.2",
        "blocks.0.weight", "blocks.0.bias", "tuple.0", "tuple.named", "tuple.2.0", "anything.1",
      ])
  }

  @Test func enums() {
    #expect(names(Choice.none).isEmpty)
    #expect(names(Choice.one(weight())) == ["one"])
    #expect(
      names(Choice.several(first: weight(), Block())) == [
        "several.first", "several.1.weight", "several.1.bias",
      ])
  }

  @Test func sequentialInSequential() {
    let model = Sequential {
      Sequential {
        ReLU()
        Linear(2, 3)
      }
      Linear(3, 1, bias: false)
    }
    #expect(names(model) == ["0.1.weight", "0.1.bias", "1.weight"])
    struct Model {
      let encoder: Sequential<Float>
      let layers: [any Layer<Float>]
    }
    #expect(
      names(Model(encoder: model, layers: [Tanh(), Linear(1, 1)])) == [
        "encoder.0.1.weight", "encoder.0.1.bias", "encoder.1.weight", "layers.1.weight",
        "layers.1.bias",
      ])
  }

  @Test func sharedParameterCountsOnceUnderItsFirstName() {
    struct Tied {
      let encoder: Linear<Float>
      let decoder: Linear<Float>
      let network: Sequential<Float>
    }
    let layer = Linear(2, 2)
    let model = Tied(encoder: layer, decoder: layer, network: Sequential([layer, layer]))
    #expect(names(model) == ["encoder.weight", "encoder.bias"])
    #expect(names([layer, layer]) == ["0.weight", "0.bias"])
    #expect(Parameters(of: model).elementCount == 6)
    // Two uses of one parameter add up in its gradient.
    let w = Parameter(Tensor<Double>(3))
    let (_, gradients) = valueAndGradients(of: [w, w]) { w.variable * w.variable }
    #expect(gradients[w]?.item == 6)
  }

  private final class Node {
    let weight = NNTests.weight()
    var next: Node?
    weak var back: Node?
  }

  @Test func referenceCycles() {
    let (first, second) = (Node(), Node())
    first.next = second
    second.next = first
    second.back = first
    #expect(names(first) == ["weight", "next.weight"])
    second.next = nil
  }

  private final class Loop: Layer {
    var network: Sequential<Float>?
    let weight = NNTests.weight()
    func callAsFunction(_ input: Variable<Float>, in context: Context) -> Variable<Float> { input }
  }

  @Test func cycleThroughASequential() {
    let loop = Loop()
    let network = Sequential([loop])
    loop.network = network
    struct Model {
      let loop: Loop
    }
    #expect(names(Model(loop: loop)) == ["loop.weight"])
    #expect(names(network) == ["0.weight"])
    loop.network = nil
  }

  @Test func parametersOfParametersAndOfSeveralModels() {
    let model = Block()
    let known = Parameters(of: model)
    #expect(names(known) == ["weight", "bias"])
    #expect(
      names([known, Parameters(of: Linear(2, 1))]) == [
        "0.weight", "0.bias", "1.weight", "1.bias",
      ])
    let (_, gradients) = valueAndGradients(of: known) { model.weight.variable.sum() }
    #expect(gradients[model.weight]?.value == Tensor([1]))
  }

  @Test func modelWithoutParameters() {
    #expect(names(ReLU()).isEmpty)
    #expect(names(3).isEmpty)
    #expect(names([String]()).isEmpty)
    let nothing: Int? = nil
    #expect(names(nothing as Any).isEmpty)
    #expect(names(Float.self).isEmpty)
    let (value, gradients) = valueAndGradients(of: ReLU()) { Variable<Float>(2) }
    #expect(value.item == 2)
    #expect(gradients.missing.isEmpty)
  }

  @Test func singleParameterAsModel() {
    let w = Parameter(Tensor<Float>([1, 2]))
    #expect(names(w) == [""])
    let (_, gradients) = valueAndGradients(of: w) { (w.variable * w.variable).sum() }
    #expect(gradients[w]?.value == Tensor([2, 4]))
  }

  @Test func bothScalarTypes() {
    struct Mixed {
      let single = Parameter(Tensor<Float>([1, 2]))
      let double = Parameter(Tensor<Double>(3))
    }
    let model = Mixed()
    #expect(Parameters(of: model).elementCount == 3)
    let (_, gradients) = valueAndGradients(of: model) { model.double.variable * 2 }
    #expect(gradients[model.double]?.item == 2)
    #expect(gradients[model.single] == nil)
    #expect(gradients.missing == ["single"])
  }

  @Test func longArraysOfNumbersAreNotWalkedThrough() {
    struct Model {
      let samples = [Double](repeating: 0, count: 1_000)
      let rows = [[UInt8]](repeating: [1, 2, 3], count: 1_000)
      let weight = NNTests.weight()
    }
    #expect(Parameters(of: Model()).names == ["weight"])
    // The model and its three properties.
    #expect(Parameters.visitCount(walking: Model()) == 4)
  }

  // MARK: What the walk cannot see through

  @Test func closureStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      struct Model {
        let layers: [(Variable<Float>) -> Variable<Float>] = [{ $0 }]
      }
      _ = Parameters(of: ["head": Model()])
    }
    expectMessage(
      result,
      "Parameters: cannot look into the closure at head.layers.0 for parameters; "
        + "hold them in stored properties and let the closure's type conform to a layer")
  }

  @Test func lazyPropertyThatIsNotMadeStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = Parameters(of: [Derived()])
    }
    expectMessage(
      result,
      "Parameters: the lazy property 0.late is not made yet; read it once before, or make it a "
        + "plain stored property")
  }

  private struct Key: Hashable {
    let id: Int
    let weight: Parameter<Float>
    static func == (a: Key, b: Key) -> Bool { a.id == b.id }
    func hash(into hasher: inout Hasher) { hasher.combine(id) }
  }

  @Test func setOfParametersStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      struct Model {
        let keys: Set<Key> = [Key(id: 1, weight: weight()), Key(id: 2, weight: weight())]
      }
      _ = Parameters(of: Model())
    }
    expectMessage(
      result,
      "Parameters: the set at keys holds parameters in no order; "
        + "hold them in an array or a dictionary")
  }

  @Test func twoParametersOfOneNameStop() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = Parameters(of: ["a.b": ["c": weight()], "a": ["b.c": weight()]])
    }
    expectMessage(
      result,
      "Parameters: two parameters are named a.b.c; rename a property or key, since weights are "
        + "saved by name")
  }
}

@Suite struct ParameterTests {
  @Test func settingAValueKeepsTheMemoryLayout() {
    let w = Parameter(Tensor<Float>([1, 2, 3, 4, 5, 6], shape: [2, 3]).transposed)
    let strides = w.value.layout.strides
    let snapshot = w.value
    w.value = Tensor([10, 20, 30, 40, 50, 60], shape: [3, 2])
    #expect(w.value.layout.strides == strides)
    #expect(w.value.scalars == [10, 20, 30, 40, 50, 60])
    #expect(snapshot.scalars == [1, 4, 2, 5, 3, 6])
    w.value = w.value + 1
    #expect(w.value.scalars == [11, 21, 31, 41, 51, 61])
    w.value[0, 1] = Tensor(7)
    #expect(w.value.scalars == [11, 7, 31, 41, 51, 61])
    #expect(w.value.layout.strides == strides)
  }

  @Test func changingTheTensorItStartedFromChangesNothing() {
    var start = Tensor<Float>([1, 2])
    let w = Parameter(start)
    start[0] = Tensor(9)
    #expect(w.value.scalars == [1, 2])
  }

  @Test func viewsWithGapsOrRepetitionsAreCopied() {
    let sliced = Parameter(Tensor<Float>([1, 2, 3, 4, 5, 6], shape: [2, 3])[0..., 1..<3])
    #expect(sliced.value.isContiguous)
    #expect(sliced.value.scalars == [2, 3, 5, 6])
    let repeated = Parameter(Tensor<Float>([1, 2]).broadcast(to: [2, 2]))
    #expect(repeated.value.isContiguous)
    for w in [sliced, repeated] {
      let before = w.value.scalars
      let (_, gradients) = valueAndGradients(of: w) { w.variable.sum() }
      SGD(w, learningRate: 1).update(along: gradients)
      #expect(w.value.scalars == before.map { $0 - 1 })
    }
  }

  @Test func readingInsideATransformOfAnotherModelIsAConstant() {
    let (a, b) = (Parameter(Tensor<Double>(2)), Parameter(Tensor<Double>(5)))
    let (value, gradients) = valueAndGradients(of: a) { a.variable * b.variable }
    #expect(value.item == 10)
    #expect(gradients[a]?.item == 5)
    #expect(gradients[b] == nil)
  }

  @Test func valueOfAnotherShapeStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      Parameter(Tensor<Float>.zeros([2, 3])).value = .zeros([3])
    }
    expectMessage(result, "Parameter: a value of shape [3] does not fit shape [2, 3]")
  }
}
