import ArgumentParser

/// The workloads of `bench train`.
enum Workload: String, CaseIterable, ExpressibleByArgument {
  case mlp32, mlp512, cnn, lstm, gpt

  /// What it is, in a line.
  var summary: String {
    switch self {
    case .mlp32: "784-64-64-10, ReLU, Adam, batch 32"
    case .mlp512: "784-512-512-10, ReLU, Adam, batch 128"
    case .cnn: "two convolutions 3×3 with pooling, two full layers, Adam, batch 64"
    case .lstm: "LSTM 28→128 over 28 rows, a full layer, Adam, batch 64"
    case .gpt: "4 blocks, 4 heads, width 128, 64 tokens, AdamW, batch 12"
    }
  }

  /// Makes the network and reads its data.
  func loop(_ data: TrainData) throws -> TrainingLoop {
    switch self {
    case .mlp32: try .classifier(Networks.perceptron(width: 64), batch: 32, data)
    case .mlp512: try .classifier(Networks.perceptron(width: 512), batch: 128, data)
    case .cnn: try .classifier(Networks.convolutional(), batch: 64, data)
    case .lstm: try .classifier(Networks.recurrent(), batch: 64, data)
    case .gpt: try .languageModel(length: 64, batch: 12, data)
    }
  }
}
