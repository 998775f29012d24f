import Foundation
import NN
import Tensor
import Testing

/// What belongs to a model beside its trained parameters: buffers, names of its own choice, frozen
/// parts, and files that fit in part.
@Suite struct ModelStateTests {
  /// A layer that names its parts as PyTorch does.
  private struct Scale: Layer, NamedParts {
    let scale: Parameter<Float>
    let runningMean = Buffer(Tensor<Float>.zeros([2]))
    let count = Buffer(Tensor<Int64>(0))

    init(_ value: Float) { scale = Parameter(Tensor(repeating: value, shape: [2])) }

    var namedParts: [(name: String, part: Any)] {
      [("weight", scale), ("running_mean", runningMean), ("num_batches_tracked", count)]
    }

    func callAsFunction(_ input: Variable<Float>, in context: Context) -> Variable<Float> {
      input * scale.variable
    }
  }

  private func temporary(_ name: String) -> String {
    FileManager.default.temporaryDirectory.appending(
      path: "\(name)-\(UUID().uuidString).safetensors"
    ).path
  }

  @Test func partsGoByTheNamesOfTheirOwner() {
    let model = Sequential {
      Scale(2).named("norm")
      Linear(2, 1)
    }
    #expect(model.parameters.names == ["norm.weight", "1.weight", "1.bias"])
    #expect(
      model.parameters.bufferNames == ["norm.running_mean", "norm.num_batches_tracked"])
    #expect(Parameters(of: [model]).names.first == "0.norm.weight")
  }

  @Test func buffersAreSavedAndLoaded() throws {
    let path = temporary("buffers")
    defer { try? FileManager.default.removeItem(atPath: path) }
    let saved = Scale(3)
    saved.runningMean.value = Tensor([1, -1])
    saved.count.value = Tensor(7)
    try saved.save(to: path)
    let loaded = Scale(0)
    let report = try loaded.load(from: path)
    #expect(report.isComplete && report.loaded.count == 3)
    #expect(loaded.scale.value == Tensor([3, 3]))
    #expect(loaded.runningMean.value == Tensor([1, -1]))
    #expect(loaded.count.value.item == 7)
  }

  @Test func whatFitsIsTakenFromAnotherModel() throws {
    let path = temporary("partial")
    defer { try? FileManager.default.removeItem(atPath: path) }
    let saved = Sequential {
      Linear(2, 3).named("body")
      Linear(3, 5).named("head")
    }
    try saved.save(to: path)
    let model = Sequential {
      Linear(2, 3).named("body")
      Linear(3, 4).named("head")
      Scale(1).named("extra")
    }
    let head = (model.layers[1] as! NamedLayer<Linear<Float>>).layer.weight.value
    let strict = #expect(throws: WeightsError.self) { try model.load(from: path) }
    #expect(
      strict?.description.contains("it lacks extra.weight") == true
        && strict?.description.contains("head.weight is [5, 3], the model's is [4, 3]") == true)
    let report = try model.load(from: path, strict: false)
    #expect(report.loaded == ["body.weight", "body.bias"])
    #expect(
      report.missing == ["extra.weight", "extra.running_mean", "extra.num_batches_tracked"])
    #expect(report.mismatched.map(\.name) == ["head.weight", "head.bias"])
    #expect(report.unexpected == [])
    #expect((model.layers[1] as! NamedLayer<Linear<Float>>).layer.weight.value == head)

    // A part alone, by the prefix of its names.
    let body = Linear(2, 3)
    #expect(try body.load(from: path, prefix: "body.").isComplete)
    #expect(
      body.weight.value == (saved.layers[0] as! NamedLayer<Linear<Float>>).layer.weight.value)
  }

  @Test func numbersAreConvertedFromThePrecisionOfTheFile() throws {
    let path = temporary("precision")
    defer { try? FileManager.default.removeItem(atPath: path) }
    let double = Linear(2, 3, scalar: Double.self)
    try double.save(to: path)
    let float = Linear(2, 3)
    try float.load(from: path)
    #expect(float.weight.value == Tensor<Float>(double.weight.value))
    try float.save(to: path)
    try double.load(from: path)
    #expect(double.weight.value == Tensor<Double>(float.weight.value))
  }

  @Test func frozenParametersGetNoGradient() {
    let (body, head) = (Linear(2, 3), Linear(3, 1))
    Parameters(of: body).freeze()
    let x = Tensor<Float>.ones([4, 2])
    let (_, gradients) = valueAndGradients(of: [body, head]) { head(body(x)).sum() }
    #expect(gradients[body.weight] == nil && gradients[head.weight] != nil)
    #expect(gradients.missing == [])
    let operations = computationGraph(of: [body, head]) { head(body(x)).sum() }.nodes
      .compactMap(\.operation)
    #expect(operations == ["linear", "sum"])

    let before = body.weight.value
    let optimizer = SGD([body, head], learningRate: 0.1)
    optimizer.update(along: gradients)
    #expect(body.weight.value == before)
    Parameters(of: body).freeze(false)
    #expect(valueAndGradients(of: body) { body(x).sum() }.gradients[body.bias!] != nil)
  }

  @Test func mistakesStop() async {
    let twice = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = Sequential {
        ReLU().named("a")
        Tanh().named("a")
      }
    }
    expectMessage(twice, "Sequential: two layers are named a; names must differ")
    let dot = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = ReLU().named("a.b") }
    expectMessage(dot, "named: a layer's name must be neither empty nor have a dot, got \"a.b\"")
    let shape = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { Buffer(Tensor<Float>.zeros([2])).value = .zeros([3]) }
    expectMessage(shape, "Buffer: a value of shape [3] does not fit shape [2]")
  }
}
