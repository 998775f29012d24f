import Foundation
import NN
import Tensor
import Testing

/// Saving and loading the state of optimizers.
@Suite struct OptimizerStateTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  // Interrupted after every step, and each time continued by an optimizer with other settings.
  @Test(arguments: OptimizerGolden.all)
  func resumedOptimizersContinueBitForBit(_ golden: OptimizerGolden) throws {
    try resume(golden, Float.self)
    try resume(golden, Double.self)
  }

  private func resume<S: FloatingPointScalar>(_ golden: OptimizerGolden, _ scalar: S.Type) throws {
    let path = try folder.file("state.safetensors")
    let (w, twin) = (
      golden.parameter(S.self, layout: .transposed), golden.parameter(S.self, layout: .transposed)
    )
    let optimizer = golden.make(["w": w])
    var resumed = golden.make(["w": twin])
    for step in 0..<6 {
      let rate = optimizer.learningRate * 0.9
      optimizer.learningRate = rate
      resumed.learningRate = rate
      optimizer.update(along: OptimizerGolden.gradients(of: w, at: step))
      resumed.update(along: OptimizerGolden.gradients(of: twin, at: step))
      #expect(w.value == twin.value, "step \(step)")
      try resumed.save(to: path)
      resumed = golden.make(["w": twin])
      try resumed.load(from: path)
      #expect(resumed.learningRate == optimizer.learningRate)
      #expect(resumed.stateNames == optimizer.stateNames)
      #expect(resumed.stepCount(of: "w") == step + 1)
    }
  }

  @Test func settingsComeFromTheFile() throws {
    let path = try folder.file("state.safetensors")
    let w = Parameter(Tensor<Float>([1, 2]))
    let groups = [ParameterGroup<AdamRule>("w") { $0.learningRate *= 0.1 }]
    let optimizer = Adam(
      ["w": w], learningRate: 0.3, beta1: 0.5, amsgrad: true, maximizes: true, groups: groups)
    try optimizer.save(to: path)
    let other = Adam(["w": w], groups: groups)
    try other.load(from: path)
    #expect(other.settings.beta1 == 0.5)
    #expect(other.settings.amsgrad && other.settings.maximizes)
    #expect(other.settings(of: "w")?.learningRate == optimizer.settings(of: "w")?.learningRate)
    #expect(other.stateNames.isEmpty)
  }

  @Test func filesAreNamedByParametersAndStates() throws {
    let path = try folder.file("state.safetensors")
    let model = Linear(2, 1)
    let optimizer = Adam(model)
    let gradients = valueAndGradients(of: model) { model(Tensor<Float>.ones([1, 2])).sum() }
    optimizer.update(along: gradients.gradients)
    try optimizer.save(to: path)
    let file = try SafetensorsFile(path: path)
    #expect(
      file.entries.map(\.name).sorted() == [
        "bias.firstMoment", "bias.secondMoment", "bias.step",
        "weight.firstMoment", "weight.secondMoment", "weight.step",
      ])
    #expect(file.metadata["optimizer"] == "Adam")
    #expect(file.metadata["group.0.beta2"] == "0.999")
    #expect(
      optimizer.stateNames == [
        "weight.firstMoment", "weight.secondMoment", "bias.firstMoment", "bias.secondMoment",
      ])
    #expect(optimizer.state(named: "bias.step") == nil)
    #expect(optimizer.state(named: "bias.firstMoment", as: Double.self) == nil)
  }

  // MARK: Refusals

  private static let path = "state.safetensors"

  /// What another optimizer says to the state of Adam over `[w: [2], v: [3]]` after one step.
  private func refusal(
    of other: (Parameter<Float>, Parameter<Float>) -> any Optimizer,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let path = try folder.file(Self.path)
    let (w, v) = (Parameter(Tensor<Float>([1, 2])), Parameter(Tensor<Float>([3, 4, 5])))
    let optimizer = Adam(["w": w, "v": v], groups: [ParameterGroup("v") { $0.beta1 = 0.5 }])
    func gradients() -> Gradients {
      valueAndGradients(of: [w, v]) { w.variable.sum() + v.variable.sum() }.gradients
    }
    optimizer.update(along: gradients())
    try optimizer.save(to: path)
    let tested = other(w, v)
    tested.allowsMissingGradients = true
    tested.update(along: gradients())
    let names = tested.stateNames
    let states = names.map { tested.state(named: $0, as: Float.self)?.scalars }
    let rate = tested.learningRate
    let error = #expect(throws: OptimizerStateError.self, sourceLocation: sourceLocation) {
      try tested.load(from: path)
    }
    #expect(tested.stateNames == names && tested.learningRate == rate)
    #expect(names.map { tested.state(named: $0, as: Float.self)?.scalars } == states)
    return (error?.description ?? "").replacingOccurrences(of: path, with: "F")
  }

  private let groups = [ParameterGroup<AdamRule>("v") { $0.beta1 = 0.5 }]

  @Test func stateOfAnotherOptimizer() throws {
    #expect(
      try refusal { AdamW(["w": $0, "v": $1]) } == "F: the state of Adam, expected that of AdamW")
  }

  @Test func stateOfAnotherModel() throws {
    #expect(
      try refusal { Adam(["w": $0, "v": $1, "x": Parameter(Tensor<Float>(0))], groups: groups) }
        == "F: the state belongs to another model: it lacks x.step")
    #expect(
      try refusal { _, v in Adam(["v": v], groups: groups) }
        == "F: the state belongs to another model: the optimizer has no w.step, "
        + "w.firstMoment, w.secondMoment")
    #expect(
      try refusal { Adam(["v": $0, "w": $1], groups: groups) }
        == "F: the state belongs to another model: v.firstMoment is [3], the optimizer's is [2], "
        + "v.secondMoment is [3], the optimizer's is [2], w.firstMoment is [2], the optimizer's is "
        + "[3], w.secondMoment is [2], the optimizer's is [3]")
    #expect(
      try refusal { _, _ in
        Adam(
          ["w": Parameter(Tensor<Double>([1, 2])), "v": Parameter(Tensor<Double>([1, 2, 3]))],
          groups: groups)
      } == "F: tensor \"v.firstMoment\": found dtype F32, expected F64; ask for a matching scalar "
        + "type or save the file in it")
  }

  @Test func stateOfOtherGroups() throws {
    #expect(
      try refusal { Adam(["w": $0, "v": $1]) } == "F: the groups are [v], expected none")
    #expect(
      try refusal {
        Adam(["w": $0, "v": $1], groups: [ParameterGroup("v") { $0.beta1 = 0.6 }])
      } == "F: beta1 of the group [v] is 0.5, expected 0.6")
  }

  @Test func damagedFiles() throws {
    let w = Parameter(Tensor<Float>([1, 2]))
    let path = try folder.file("state.safetensors")
    let optimizer = SGD(["w": w], learningRate: 1)
    func refusal(
      _ metadata: [String: String], step: Tensor<Int64> = Tensor(1)
    ) throws -> String {
      try SafetensorsFile.write(
        [NamedTensor("w.step", step)], metadata: metadata, to: path)
      let error = #expect(throws: OptimizerStateError.self) { try optimizer.load(from: path) }
      #expect(optimizer.settings.momentum == 0 && optimizer.stepCount(of: "w") == 0)
      return (error?.description ?? "").replacingOccurrences(of: path, with: "F")
    }
    let good = [
      "optimizer": "SGD", "group.0.learningRate": "0.5", "group.0.weightDecay": "0.0",
      "group.0.l1Penalty": "0.0", "group.0.maximizes": "false", "group.0.momentum": "0.5",
      "group.0.dampening": "0.0", "group.0.nesterov": "true",
    ]
    func with(_ key: String, _ value: String?) -> [String: String] {
      var metadata = good
      metadata["group.0.\(key)"] = value
      return metadata
    }
    #expect(try refusal([:]) == "F: not the state of an optimizer, expected that of SGD")
    #expect(
      try refusal(with("momentum", nil))
        == "F: damaged: the setting momentum is missing, expected it in 0..<1")
    #expect(
      try refusal(with("momentum", "1.5"))
        == "F: damaged: the setting momentum is 1.5, expected it in 0..<1")
    #expect(
      try refusal(with("nesterov", "yes"))
        == "F: damaged: the setting nesterov is yes, expected it true or false")
    #expect(
      try refusal(with("momentum", "0.0"))
        == "F: damaged: SGD: nesterov needs momentum above 0 and dampening 0")
    #expect(
      try refusal(good, step: Tensor(-1)) == "F: damaged: w.step is -1, expected 0 or more")
    #expect(
      try refusal(good, step: Tensor([1, 2]))
        == "F: damaged: w.step has shape [2], expected a single number")
    let error = #expect(throws: OptimizerStateError.self) {
      try optimizer.load(from: path + ".missing")
    }
    #expect(error?.description.contains("No such file") == true)
    try SafetensorsFile.write([NamedTensor("w.step", Tensor<Int64>(3))], metadata: good, to: path)
    try optimizer.load(from: path)
    #expect(optimizer.settings.nesterov && optimizer.stepCount(of: "w") == 3)
  }
}
