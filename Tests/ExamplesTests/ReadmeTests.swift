// README-BEGIN
import Datasets
import Foundation
import NN
import Tensor
import Testing

private func programOfTheReadme() throws -> Double {
  let data = try ImageClassificationData.load(.embedded)
  var random = RandomGenerator(seed: 1)

  let model = Sequential {
    Linear(784, 64)
    ReLU()
    Linear(64, 10)
  }
  model.initialize(using: &random)
  let optimizer = Adam(model, learningRate: 1e-3)

  for _ in 1...5 {
    for batch in data.train.batches(of: 32, shuffledBy: &random) {
      let (_, gradients) = valueAndGradients(of: model) {
        softmaxCrossEntropy(model(batch.images), batch.labels)
      }
      optimizer.update(along: gradients)
    }
  }
  // README-END
  let batch = try #require(Array(data.test.batches(of: 1000)).first)
  return accuracy(model(batch.images).value, batch.labels)
}

@Suite struct ReadmeTests {
  @Test func theNetworkOfTheReadmeRuns() {
    let network = Sequential {
      Reshape([1, 28, 28])
      Conv2D(1, 32, kernel: 3)
      BatchNorm2D(32)
      ReLU()
      MaxPool2D(2)
      Flatten()
      Dropout(0.25)
      Linear(5408, 10)
    }
    let training = Context.training(RandomGenerator(seed: 2))
    let images = Tensor<Float>.ones([2, 784])
    #expect(network(images, in: training).shape == [2, 10])
    #expect(network(images).shape == [2, 10])
    #expect(network.summary(input: [64, 784]).total.parameters == 320 + 64 + 54_090)
  }

  @Test func theProgramTrains() throws {
    #expect(try programOfTheReadme() > 0.85)
  }

  /// The README's first Swift block, with its lines in this file between the marks.
  @Test func theProgramIsTheReadmes() throws {
    let file = URL(fileURLWithPath: #filePath)
    let root = file.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let readme = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    let source = try String(contentsOf: file, encoding: .utf8)
    // The formatter sorts the test's own imports among the program's.
    let own = ["import Foundation", "import Testing"]
    func lines(_ text: Substring) -> [String] {
      text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { !$0.isEmpty && !$0.hasPrefix("private func") && !own.contains($0) }
    }
    let block = try #require(
      readme.components(separatedBy: "```swift\n").dropFirst().first?
        .components(separatedBy: "```").first)
    let program = try #require(
      source.components(separatedBy: "// README-BEGIN\n").dropFirst().first?
        .components(separatedBy: "// README-END").first)
    #expect(lines(Substring(block)) == lines(Substring(program)))
    #expect(lines(Substring(block)).count <= 20)
  }
}
