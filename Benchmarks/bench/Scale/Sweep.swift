import ArgumentParser

/// One quantity of a network or its batches, varied while the rest stays.
enum Sweep: String, CaseIterable, ExpressibleByArgument, Codable {
  case width, depth, batch, length

  /// What is varied, in a line.
  var summary: String {
    switch self {
    case .width: "784-w-w-10, ReLU, Adam, batch 128: the width w"
    case .depth: "784-256-…-256-10, ReLU, Adam, batch 128: the number of hidden layers"
    case .batch: "784-512-512-10, ReLU, Adam: the batch"
    case .length: "the gpt of bench train, batch 12: the tokens of a window"
    }
  }

  var values: [Int] {
    switch self {
    case .width: [32, 64, 128, 256, 512, 1024]
    case .depth: [1, 2, 4, 8, 16]
    case .batch: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
    case .length: [16, 32, 64, 128, 256]
    }
  }

  /// The network of a value, ready to train.
  func loop(_ value: Int, _ data: TrainData) throws -> TrainingLoop {
    switch self {
    case .width: try .classifier(Networks.perceptron(width: value), batch: 128, data)
    case .depth:
      try .classifier(Networks.perceptron(width: 256, hiddenLayers: value), batch: 128, data)
    case .batch: try .classifier(Networks.perceptron(width: 512), batch: value, data)
    case .length: try .languageModel(length: value, batch: 12, data)
    }
  }
}
