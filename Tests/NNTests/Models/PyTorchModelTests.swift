import Foundation
import NN
import Tensor
import Testing

/// A whole model of PyTorch, `Reader` of `scripts/make-model-golden`, by the names of its `state_dict`.
@Suite struct PyTorchModelTests {
  private struct Reader: Layer {
    let conv = Conv2D(1, 4, kernel: 3, padding: 1)
    let norm = BatchNorm2D(4)
    let lstm = LSTM(4 * 3, 6, layers: 2, bidirectional: true)
    let attention = MultiHeadAttention(12, heads: 3)
    let head = Linear(12, 5)

    func callAsFunction(_ images: Variable<Float>, in context: Context) -> Variable<Float> {
      let maps = norm(conv(images, in: context), in: context).relu().maxPooled(kernel: 2)
      let rows = maps.permuted([0, 2, 1, 3]).reshaped(to: [images.shape[0], 4, 12])
      let read = lstm(rows, in: context)
      return head((read + attention(read, in: context)).mean(axes: [1]), in: context)
    }
  }

  private func fixture(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/\(name).safetensors").path
  }

  @Test func weightsOfPyTorchGiveItsOutputs() throws {
    let model = Reader()
    let report = try model.load(from: fixture("model"))
    #expect(report.isComplete && report.loaded.count == 29, "\(report)")
    let golden = try SafetensorsFile(path: fixture("model-outputs"))
    let input = try golden.tensor(named: "input", as: Float.self)
    let expected = Tensor<Float>(try golden.tensor(named: "output", as: Double.self))
    expectClose(model(input).value, expected, 1e-5, "output")
  }

  // PyTorch reads its own file, so it reads one of the same bytes.
  @Test func savedWeightsAreTheFileOfPyTorch() throws {
    let model = Reader()
    try model.load(from: fixture("model"))
    let path = FileManager.default.temporaryDirectory.appending(
      path: "model-\(UUID().uuidString).safetensors"
    ).path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try model.save(to: path)
    let (saved, original) = try (
      Data(contentsOf: URL(filePath: path)), Data(contentsOf: URL(filePath: fixture("model")))
    )
    #expect(saved == original)
  }
}
