import ArgumentParser
import Datasets
import NN
import Tensor

/// A network in training: each call takes a batch and updates the parameters once.
struct TrainingLoop {
  var samplesPerStep: Int
  var parameterCount: Int
  /// Does a step and returns its loss.
  var step: () -> Float
}

/// The workloads of `bench train`. Each is what a user of the package would write.
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

  /// Makes the network and its data; all random numbers come from `seed`.
  func loop(_ data: TrainData, seed: UInt64) throws -> TrainingLoop {
    var random = RandomGenerator(seed: seed)
    switch self {
    case .mlp32:
      return classifier(Self.perceptron(64), batch: 32, try data.images(), &random)
    case .mlp512:
      return classifier(Self.perceptron(512), batch: 128, try data.images(), &random)
    case .cnn:
      return classifier(Self.convolutional(), batch: 64, try data.images(), &random)
    case .lstm:
      let network = Sequential {
        RowReader()
        Linear(128, 10)
      }
      return classifier(network, batch: 64, try data.images(), &random)
    case .gpt:
      return languageModel(try data.tokens(vocabulary: GPT.vocabulary), &random)
    }
  }

  // MARK: Images

  private static func perceptron(_ width: Int) -> Sequential<Float> {
    Sequential {
      Linear(784, width)
      ReLU()
      Linear(width, width)
      ReLU()
      Linear(width, 10)
    }
  }

  private static func convolutional() -> Sequential<Float> {
    Sequential {
      Reshape([1, 28, 28])
      Conv2D(1, 32, kernel: 3)
      ReLU()
      MaxPool2D(2)
      Conv2D(32, 64, kernel: 3)
      ReLU()
      MaxPool2D(2)
      Flatten()
      Linear(1600, 128)
      ReLU()
      Linear(128, 10)
    }
  }

  private func classifier(
    _ network: Sequential<Float>, batch: Int, _ images: LabeledImages,
    _ random: inout RandomGenerator
  ) -> TrainingLoop {
    network.initialize(using: &random)
    let optimizer = Adam(network, learningRate: 1e-3)
    var random = random
    var batches = images.batches(of: batch, shuffledBy: &random).makeIterator()
    let context = Context.training(random.split())
    return TrainingLoop(
      samplesPerStep: batch, parameterCount: Parameters(of: network).elementCount
    ) {
      let batch = profileRegion("batch") {
        while true {
          // The last batch of a pass may be smaller: it would be another step.
          if let next = batches.next(), next.count == batch { return next }
          batches = images.batches(of: batch, shuffledBy: &random).makeIterator()
        }
      }
      let (loss, gradients) = valueAndGradients(of: network) {
        softmaxCrossEntropy(network(batch.images, in: context), batch.labels)
      }
      optimizer.update(along: gradients)
      return loss.item
    }
  }

  // MARK: Text

  private func languageModel(_ tokens: [Int32], _ random: inout RandomGenerator) -> TrainingLoop {
    let network = GPT()
    // Looked for once: unlike a `Sequential`, a structure does not remember them.
    let parameters = Parameters(of: network)
    parameters.initialize(using: &random)
    let optimizer = AdamW(parameters, learningRate: 1e-3)
    let context = Context.training(random.split())
    var random = random
    let (count, length) = (12, GPT.positions)
    return TrainingLoop(
      samplesPerStep: count, parameterCount: parameters.elementCount
    ) {
      let (inputs, labels) = profileRegion("batch") {
        let starts = (0..<count).map { _ in
          Int.random(in: 0..<tokens.count - length, using: &random)
        }
        func windows(from offset: Int) -> Tensor<Int32> {
          Tensor(unsafeUninitialized: [count, length]) { memory in
            for (row, start) in starts.enumerated() {
              for place in 0..<length {
                memory.initializeElement(
                  at: row * length + place, to: tokens[start + place + offset])
              }
            }
          }
        }
        return (windows(from: 0), windows(from: 1).reshaped(to: [count * length]))
      }
      let (loss, gradients) = valueAndGradients(of: parameters) {
        let logits = network(inputs, in: context)
        return softmaxCrossEntropy(logits.reshaped(to: [count * length, GPT.vocabulary]), labels)
      }
      optimizer.update(along: gradients)
      return loss.item
    }
  }
}

/// An LSTM that reads an image row by row; what it gives is its state after the last row.
private struct RowReader: Layer {
  let lstm = LSTM(28, 128)

  func callAsFunction(_ images: Variable<Float>, in context: Context) -> Variable<Float> {
    let rows = images.reshaped(to: [images.shape[0], 28, 28] as Shape)
    return lstm(rows, state: nil, in: context).state.hidden[-1]
  }
}

/// A small GPT: pre-norm blocks with causal attention, learned positions and an output layer of its
/// own, 818,241 parameters in all.
private struct GPT {
  static let vocabulary = 65
  static let positions = 64
  static let width = 128

  let embedding = Embedding(
    vocabulary, width, weightInitializer: .normal(standardDeviation: 0.02))
  let positions = LearnedPositions(GPT.positions, width)
  let blocks = TransformerEncoder(4, finalNorm: true) {
    TransformerEncoderLayer(
      width, heads: 4, feedForward: 4 * width, dropout: 0, activation: .gelu, normFirst: true)
  }
  let output = Linear(width, vocabulary)

  func callAsFunction(_ tokens: Tensor<Int32>, in context: Context) -> Variable<Float> {
    let x = positions(embedding(tokens), in: context)
    return output(blocks(x, isCausal: true, in: context), in: context)
  }
}
