import NN
import Tensor

/// The networks that are trained. Each is what a user of the package would write.
enum Networks {
  /// 784-width-…-width-10 with ReLU.
  static func perceptron(width: Int, hiddenLayers: Int = 2) -> Sequential<Float> {
    Sequential {
      for layer in 0..<hiddenLayers {
        Linear(layer == 0 ? 784 : width, width)
        ReLU()
      }
      Linear(width, 10)
    }
  }

  static func convolutional() -> Sequential<Float> {
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

  static func recurrent() -> Sequential<Float> {
    Sequential {
      RowReader()
      Linear(128, 10)
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
/// own; with 64 positions, 818,241 parameters in all.
struct GPT {
  static let vocabulary = 65
  private static let width = 128

  let embedding = Embedding(
    vocabulary, width, weightInitializer: .normal(standardDeviation: 0.02))
  let positions: LearnedPositions<Float>
  let blocks = TransformerEncoder(4, finalNorm: true) {
    TransformerEncoderLayer(
      width, heads: 4, feedForward: 4 * width, dropout: 0, activation: .gelu, normFirst: true)
  }
  let output = Linear(width, vocabulary)

  init(positions count: Int) {
    positions = LearnedPositions(count, Self.width)
  }

  func callAsFunction(_ tokens: Tensor<Int32>, in context: Context) -> Variable<Float> {
    let x = positions(embedding(tokens), in: context)
    return output(blocks(x, isCausal: true, in: context), in: context)
  }
}
