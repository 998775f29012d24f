import Foundation
import NN
import Tensor
import Testing

/// Every layer against PyTorch's of the same name: outputs, gradients by inputs and parameters, and
/// the state after the call.
@Suite struct LayerGoldenTests {
  static let goldens = GoldenFile("layers")

  @Test(arguments: goldens.cases)
  func doublePrecision(_ golden: String) throws {
    try check(golden, Double.self, tolerance: 1e-12)
  }

  @Test(arguments: goldens.cases)
  func singlePrecision(_ golden: String) throws {
    try check(golden, Float.self, tolerance: 1e-5)
  }

  private func check<S: FloatingPointScalar>(
    _ golden: String, _ scalar: S.Type, tolerance: Double
  ) throws {
    guard let model = GoldenLayers<S>.model(of: golden) else {
      Issue.record("no layer for the golden \(golden)")
      return
    }
    let context: Context =
      golden.hasSuffix("-eval") ? .evaluation : .training(RandomGenerator(seed: 1))
    try Self.goldens.check(golden, model: model.model, S.self, tolerance: tolerance) { inputs in
      [model.forward(inputs, context)]
    }
    try checkState(of: model, after: golden, tolerance: tolerance)
  }

  /// Parameters and buffers are those of the file: `after.<name>`, or unchanged.
  private func checkState<S: FloatingPointScalar>(
    of model: GoldenModel<S>, after golden: String, tolerance: Double
  ) throws {
    let parameters = Parameters(of: model.model)
    let names = parameters.names + parameters.bufferNames
    if names.isEmpty { return }
    let path = FileManager.default.temporaryDirectory
      .appending(path: "apus-layer-golden-\(UUID().uuidString).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try parameters.save(to: path)
    let saved = try SafetensorsFile(path: path)
    for name in names {
      let after = "after.\(name)"
      let isChanged = Self.goldens.file.entry(named: "\(golden)/\(after)") != nil
      let expected = isChanged ? after : "parameter.\(name)"
      if saved.entry(named: name)?.dtype == .int64 {
        let count = try saved.tensor(named: name, as: Int64.self)
        #expect(count == Self.goldens.integers(golden, expected), "\(golden): \(name)")
      } else {
        expectClose(
          try saved.tensor(named: name, as: S.self),
          try #require(Self.goldens.tensor(golden, expected, S.self)), tolerance,
          "\(golden): \(name)")
      }
    }
  }
}

/// A model with parameters, and how the inputs of a case go through it.
struct GoldenModel<S: FloatingPointScalar> {
  let model: Any
  let forward: ([Variable<S>], Context) -> Variable<S>

  init(model: Any, forward: @escaping ([Variable<S>], Context) -> Variable<S>) {
    self.model = model
    self.forward = forward
  }

  init(_ layer: some Layer<S>) {
    self.init(model: layer) { layer($0[0], in: $1) }
  }
}
