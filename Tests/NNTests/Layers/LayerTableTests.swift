import NN
import Tensor
import Testing

/// A layer of one of the golden files, with the inputs of its case: what is checked of every layer alike.
struct LayerCase: Sendable, CustomTestStringConvertible {
  enum Family: String, CaseIterable { case layers, volumes, sequences, attention }

  let family: Family
  let name: String

  var testDescription: String { "\(family)/\(name)" }

  static let all: [LayerCase] = Family.allCases.flatMap { family in
    file(family).cases.map { LayerCase(family: family, name: $0) }
  }

  private static func file(_ family: Family) -> GoldenFile {
    switch family {
    case .layers: LayerGoldenTests.goldens
    case .volumes: VolumeLayerTests.goldens
    case .sequences: RecurrentGoldenTests.goldens
    case .attention: AttentionGoldenTests.goldens
    }
  }

  typealias Forward = ([Variable<Double>]) -> [Variable<Double>]

  /// The layer with the weights of the file, and its call.
  func model() throws -> (model: Any, forward: Forward) {
    let (model, forward) = try unloaded()
    try Parameters(of: model).load(from: Self.file(family).file, prefix: "\(name)/parameter.")
    return (model, forward)
  }

  private func unloaded() throws -> (Any, Forward) {
    let training = Context.training(RandomGenerator(seed: 1))
    switch family {
    case .layers:
      let golden = try #require(GoldenLayers<Double>.model(of: name))
      let context = name.hasSuffix("-eval") ? .evaluation : training
      return (golden.model, { [golden.forward($0, context)] })
    case .volumes:
      let layer: any Layer<Double> = try #require(VolumeLayerTests.layer(name))
      return (layer, { [layer($0[0], in: training)] })
    case .sequences:
      let (layer, forward) = RecurrentGoldenTests.layer(name, Double.self)
      return (["layer": layer], forward)
    case .attention:
      let (layer, forward) = AttentionGoldenTests.model(name, Double.self)
      return (["layer": layer], forward)
    }
  }

  var inputs: [Tensor<Double>] { Self.file(family).tensors(name, "input", Double.self) }
  var cotangents: [Tensor<Double>] { Self.file(family).tensors(name, "cotangent", Double.self) }
  var outputShapes: [Shape] {
    Self.file(family).tensors(name, "output", Double.self).map(\.shape)
  }
}

/// Every layer: second derivatives, inputs that lie in memory in other ways, and empty batches. Values and
/// first derivatives are checked against PyTorch's in the tests of the golden files.
@Suite struct LayerTableTests {
  // MARK: Completeness

  @Test func everyLayerIsInTheTable() throws {
    var found: Set<String> = []
    for row in LayerCase.all { Self.collectTypes(in: try row.model().model, into: &found) }
    let layers = try Self.publicLayers()
    #expect(layers.count > 60, "the sources were not read")
    let exempt = Set(Self.exempt.values.joined())
    #expect(
      layers.subtracting(found).subtracting(exempt).sorted() == [],
      "give these a case in a scripts/make-…-goldens, or say why they have none")
    #expect(exempt.subtracting(layers).sorted() == [], "these layers are gone")
    #expect(exempt.intersection(found).sorted() == [], "these are in the table")
  }

  private static let exempt: [String: [String]] = [
    "draw at random; see `StructureLayerTests`": [
      "AlphaDropout", "Dropout", "Dropout1D", "Dropout2D",
    ],
    "do nothing of their own; see `LayerTests` and `StructureLayerTests`": [
      "Identity", "Lambda", "NamedLayer",
    ],
  ]

  private static func collectTypes(in value: Any, into names: inout Set<String>) {
    let name = String(String(describing: type(of: value)).prefix { $0 != "<" })
    names.insert(name)
    if ["Parameter", "Buffer", "Tensor"].contains(name) { return }
    for child in Mirror(reflecting: value).children { collectTypes(in: child.value, into: &names) }
  }

  /// The public types of `Sources/NN/Layers` that are called with an input.
  private static func publicLayers() throws -> Set<String> {
    var names: Set<String> = []
    try SourceScan.eachDeclaration(in: "Sources/NN/Layers") { type, member in
      if member == "callAsFunction", type != "Layer" { names.insert(type) }
    }
    return names
  }

  // MARK: Second derivatives

  // A layer that changes its weights as it is called has other ones at each.
  static let differentiable = LayerCase.all.filter { $0.name != "embedding-max-norm" }

  // The gradient along a random direction of inputs and weights, against central differences of the slope
  // along another one.
  @Test(arguments: differentiable)
  func secondDerivatives(_ row: LayerCase) throws {
    let (model, forward) = try row.model()
    let parameters = Parameters(of: model)
    var random = RandomGenerator(seed: 11)
    func direction(_ shape: Shape) -> Tensor<Double> { .uniform(shape, using: &random) * 2 - 1 }
    let (inputs, cotangents) = (row.inputs, row.cotangents)
    let weights = Self.weights(of: model)
    let first = (inputs.map { direction($0.shape) }, weights.map { direction($0.shape) })
    let second = (inputs.map { direction($0.shape) }, weights.map { direction($0.shape) })

    func loss(_ x: [Variable<Double>]) -> Variable<Double> {
      zip(forward(x), cotangents).map { ($0 * Variable($1)).sum() }.reduce(Variable(0), +)
    }
    func slope(
      of function: ([Variable<Double>]) -> Variable<Double>, at x: [Variable<Double>],
      along direction: ([Tensor<Double>], [Tensor<Double>])
    ) -> Variable<Double> {
      let ofInputs = valueAndGradient(at: x, of: function).gradient
      let ofWeights = valueAndGradients(of: parameters) { function(x) }.gradients
      let parts =
        zip(ofInputs, direction.0).map { ($0 * Variable($1)).sum() }
        + zip(weights, direction.1).compactMap { weight, step in
          ofWeights[weight].map { ($0 * Variable(step)).sum() }
        }
      return parts.reduce(Variable(0), +)
    }
    func firstSlope(_ x: [Variable<Double>]) -> Variable<Double> {
      slope(of: loss, at: x, along: first)
    }
    let actual = slope(of: firstSlope, at: inputs.map { Variable($0) }, along: second).item

    let start = weights.map(\.value)
    func moved(_ h: Double) -> Double {
      for (weight, (value, step)) in zip(weights, zip(start, second.1)) {
        weight.value = value + step * h
      }
      return firstSlope(zip(inputs, second.0).map { Variable($0 + $1 * h) }).item
    }
    func quotient(_ h: Double) -> Double { (moved(h) - moved(-h)) / (2 * h) }
    let expected = (4 * quotient(5e-5) - quotient(1e-4)) / 3
    #expect(abs(actual - expected) <= 1e-7 * max(1, abs(expected)), "\(actual), \(expected)")
  }

  private static func weights(of model: Any) -> [Parameter<Double>] {
    var weights: [Parameter<Double>] = []
    Parameters(of: model).apply(of: Double.self) { _, weight in weights.append(weight) }
    return weights
  }

  // MARK: Inputs

  // The same numbers, wherever they lie: in another order of the axes, with gaps, or once for many.
  @Test(arguments: LayerCase.all, [MemoryLayoutKind.transposed, .sliced, .repeated])
  func inputsOfOtherLayouts(_ row: LayerCase, _ layout: MemoryLayoutKind) throws {
    let (_, forward) = try row.model()
    let numbers = row.inputs.map { input in
      let plain = PlainArray(input.scalars, shape: Array(input.shape))
      return layout == .repeated ? plain.repeatedAlongFirstAxis : plain
    }
    if layout == .sliced && numbers.contains(where: { $0.shape.count > 4 }) { return }
    func results(_ layout: MemoryLayoutKind) -> [Tensor<Double>] {
      let inputs = numbers.map { Variable($0.tensor(Double.self, layout: layout)) }
      var results: [Tensor<Double>] = []
      let gradients = valueAndGradient(at: inputs) { inputs in
        let outputs = forward(inputs)
        results = outputs.map(\.value)
        return zip(outputs, row.cotangents).map { ($0 * Variable($1)).sum() }
          .reduce(Variable(0), +)
      }.gradient
      return results + gradients.map(\.value)
    }
    for (place, (actual, expected)) in zip(results(layout), results(.contiguous)).enumerated() {
      expectClose(actual, expected, 1e-12, "result \(place)")
    }
  }

  // A batch of no samples goes through, and its gradients are zeros.
  @Test(arguments: LayerCase.all.filter(\.takesBatches))
  func emptyBatches(_ row: LayerCase) throws {
    let (model, forward) = try row.model()
    let inputs = row.inputs.map {
      Variable(Tensor<Double>.zeros(Shape([0] + $0.shape.dropFirst())))
    }
    let (_, gradients) = valueAndGradient(at: inputs) { inputs in
      let (loss, ofWeights) = valueAndGradients(of: model) {
        let outputs = forward(inputs)
        for (output, shape) in zip(outputs, row.outputShapes) {
          #expect(output.shape == Shape([0] + shape.dropFirst()))
        }
        return outputs.map { $0.sum() }.reduce(Variable(0), +)
      }
      for weight in Self.weights(of: model) {
        #expect(ofWeights[weight].map { $0.value == .zeros(weight.shape) } ?? true)
      }
      return loss
    }
    for (gradient, input) in zip(gradients, inputs) { #expect(gradient.shape == input.shape) }
  }
}

extension LayerCase {
  /// Whether the first axis of all inputs and outputs is that of the samples, and of nothing else.
  var takesBatches: Bool {
    let shapes = inputs.map(\.shape) + outputShapes
    return !inputs.isEmpty && family != .sequences && !name.contains("time-first")
      && !name.contains("padded") && !name.contains("sample") && !name.hasSuffix("-axis")
      && !name.hasSuffix("-axes")
      && shapes.allSatisfy { $0.rank > 1 && $0[0] == shapes[0][0] }
  }
}
