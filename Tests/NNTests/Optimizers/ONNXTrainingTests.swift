import NN
import Tensor
import Testing

/// The node tests of ONNX's training operators (ai.onnx.preview.training), by the optimizers that have
/// their equations. Where they differ in form the settings are translated.
@Suite struct ONNXTrainingTests {
  private static let goldens = GoldenFile("onnx-training")

  @Test(arguments: goldens.cases)
  func stepIsThatOfTheOperator(_ golden: String) throws {
    let weights = Self.tensors(golden, "X").map { Parameter($0) }
    let names = weights.indices.map { "x\($0)" }
    let model = Dictionary(uniqueKeysWithValues: zip(names, weights))
    let (optimizer, states) = Self.optimizer(of: golden, model)

    // The operators are given their states; an optimizer reads them from a file.
    let folder = try TemporaryFolder()
    let path = try folder.file("state.safetensors")
    try optimizer.save(to: path)
    var tensors = names.map { NamedTensor("\($0).step", Tensor<Int64>(0)) }
    for (place, state) in states.enumerated() {
      for (name, value) in zip(names, Self.tensors(golden, "S\(place)")) {
        tensors.append(NamedTensor("\(name).\(state)", value))
      }
    }
    try SafetensorsFile.write(
      tensors, metadata: try SafetensorsFile(path: path).metadata, to: path)
    try optimizer.load(from: path)

    let slopes = Self.tensors(golden, "G")
    let (_, gradients) = valueAndGradients(of: model) {
      zip(weights, slopes).map { ($0.variable * Variable($1)).sum() }.reduce(Variable(0), +)
    }
    optimizer.update(along: gradients)
    for (place, (name, weight)) in zip(names, weights).enumerated() {
      expectClose(weight.value, Self.tensor(golden, "X.\(place).new"), 1e-6, name)
      for (number, state) in states.enumerated() {
        let found = try #require(optimizer.state(named: "\(name).\(state)", as: Float.self))
        expectClose(found, Self.tensor(golden, "S\(number).\(place).new"), 1e-6, state)
      }
    }
  }

  /// The optimizer with a node's attributes, and the names of its states in the node's order.
  private static func optimizer(
    of golden: String, _ model: Any
  ) -> (any Optimizer, states: [String]) {
    func number(_ name: String) -> Double { goldens.tensor(golden, name, Double.self)!.item }
    let (rate, decay) = (number("R"), number("norm_coefficient"))
    #expect(number("T") == 0)
    switch golden.prefix(while: { $0 != "-" }) {
    case "adagrad":
      let adagrad = Adagrad(
        model, learningRate: rate, learningRateDecay: number("decay_factor"),
        epsilon: number("epsilon"), weightDecay: decay)
      return (adagrad, ["squareSum"])
    case "adam":
      // At T = 0 the operator does not correct the averages: here the corrections are undone.
      let (beta1, beta2) = (number("alpha"), number("beta"))
      let root = (1 - beta2).squareRoot()
      let adam = Adam(
        model, learningRate: rate * (1 - beta1) / root, beta1: beta1, beta2: beta2,
        epsilon: number("epsilon") / root, weightDecay: decay)
      return (adam, ["firstMoment", "secondMoment"])
    default:
      // At T = 0 the operator takes 1 for `beta`, which is 1 less the dampening.
      let momentum = SGD(
        model, learningRate: rate, momentum: number("alpha"), weightDecay: decay,
        nesterov: number("mode") == 1)
      return (momentum, ["velocity"])
    }
  }

  private static func tensor(_ golden: String, _ name: String) -> Tensor<Float> {
    goldens.tensor(golden, name, Float.self)!
  }

  private static func tensors(_ golden: String, _ prefix: String) -> [Tensor<Float>] {
    goldens.tensors(golden, prefix, Float.self)
  }
}
