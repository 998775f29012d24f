import ArgumentParser
import Datasets
import NN

/// The data sets by the names that the command line uses.
enum DatasetName: String, CaseIterable, ExpressibleByArgument {
  case mnist, fashion, embedded

  var dataset: ImageDataset {
    switch self {
    case .mnist: .mnist
    case .fashion: .fashionMNIST
    case .embedded: .embedded
    }
  }

  var title: String { dataset.name }
}

/// The networks by the names that the command line uses.
enum ModelName: String, CaseIterable, ExpressibleByArgument {
  case mlp, wide, cnn, lstm, vit

  /// A network with logits for ten classes at its end.
  func network() -> Sequential<Float> {
    switch self {
    case .mlp: Self.perceptron(width: 64)
    case .wide: Self.perceptron(width: 512)
    case .cnn: Self.convolutional()
    case .lstm:
      Sequential {
        RowReader(width: 128)
        Linear(128, 10)
      }
    case .vit: Self.transformer()
    }
  }

  /// The weights start as He and others (2015) advise for ReLU, the last layer's as Glorot and Bengio
  /// (2010) do, the biases at zero.
  private static func perceptron(width: Int) -> Sequential<Float> {
    Sequential {
      Linear(784, width, weightInitializer: .heUniform, biasInitializer: .zeros)
      ReLU()
      Linear(width, width, weightInitializer: .heUniform, biasInitializer: .zeros)
      ReLU()
      Linear(width, 10, weightInitializer: .glorotUniform, biasInitializer: .zeros)
    }
  }

  /// Two convolutions, each halved by pooling, and two full layers, in the manner of LeNet (Y. LeCun et
  /// al., 1998).
  private static func convolutional() -> Sequential<Float> {
    Sequential {
      Reshape([1, 28, 28])
      Conv2D(1, 32, kernel: 3, weightInitializer: .heUniform, biasInitializer: .zeros)
      ReLU()
      MaxPool2D(2)
      Conv2D(32, 64, kernel: 3, weightInitializer: .heUniform, biasInitializer: .zeros)
      ReLU()
      MaxPool2D(2)
      Flatten()
      Linear(1600, 128, weightInitializer: .heUniform, biasInitializer: .zeros)
      ReLU()
      Linear(128, 10, weightInitializer: .glorotUniform, biasInitializer: .zeros)
    }
  }

  /// A small vision transformer (A. Dosovitskiy et al., 2021): 16 patches of 7 × 7 pixels, each mapped to
  /// 64 numbers, with learned positions; three blocks with the norm first (R. Xiong et al., 2020); the
  /// mean of all patches.
  private static func transformer() -> Sequential<Float> {
    Sequential {
      Lambda { images in
        images.reshaped(to: [images.shape[0], 4, 7, 4, 7]).permuted([0, 1, 3, 2, 4])
          .reshaped(to: [images.shape[0], 16, 49])
      }
      Linear(49, 64)
      LearnedPositions(16, 64)
      TransformerEncoder(3, finalNorm: true) {
        TransformerEncoderLayer(
          64, heads: 4, feedForward: 128, dropout: 0, activation: .gelu, normFirst: true)
      }
      Lambda { $0.mean(axes: [1]) }
      Linear(64, 10)
    }
  }
}

/// The optimizers by the names that the command line uses.
enum OptimizerName: String, CaseIterable, ExpressibleByArgument {
  case adam, sgd

  func make(for model: some Layer<Float>, learningRate: Double?) -> any Optimizer {
    switch self {
    case .adam: Adam(model, learningRate: learningRate ?? 0.001)
    case .sgd: SGD(model, learningRate: learningRate ?? 0.05, momentum: 0.9)
    }
  }
}
