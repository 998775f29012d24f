import NN
import Tensor

extension LayerMisuseTests {
  static let structure: [Mistake] = [
    .init("Dropout: probability 1.5 is outside 0...1") { _ = Dropout(1.5) },
    .init("Dropout2D: probability -0.1 is outside 0...1") { _ = Dropout2D(-0.1) },
    .init("AlphaDropout: probability nan is outside 0...1") { _ = AlphaDropout(.nan) },
    .init("dropout: probability 2.0 is outside 0...1") {
      var random = RandomGenerator(seed: 1)
      _ = dropout(ones([2]), probability: 2, using: &random)
    },
    .init(
      "0 (Dropout2D): input [2, 3] does not fit; it must be [n, channels, height, width] or "
        + "[channels, height, width]"
    ) { _ = Sequential { Dropout2D() }(ones([2, 3])) },
    .init("Embedding: count and width must be positive, got 0 and 3") { _ = Embedding(0, 3) },
    .init("Embedding: padding index 5 is outside -5..<5") {
      _ = Embedding(5, 3, paddingIndex: 5)
    },
    .init("Embedding: the largest length must be positive, got 0.0") {
      _ = Embedding(5, 3, maxNorm: 0)
    },
    .init("Embedding: index 5 at place 3 of indices [2, 2] is outside 0..<5") {
      _ = Embedding(5, 3)(Tensor<Int32>([0, 1, 2, 5], shape: [2, 2]))
    },
    .init("Bilinear: inputs and outputs must be positive, got 2, 0 and 3") {
      _ = Bilinear(2, 0, 3)
    },
    .init(
      "Bilinear: inputs [4, 2] and [5, 3] do not fit; they must be […, 2] and […, 3]"
    ) { _ = Bilinear(2, 3, 1)(ones([4, 2]), ones([5, 3])) },
    .init("0 (Flatten): input [2, 3] does not have the axes 1 through 2") {
      _ = Sequential { Flatten(from: 1, through: 2) }(ones([2, 3]))
    },
    .init("Unflatten: axis 1 of input [2, 6] does not have the elements of [4, 2]") {
      _ = Unflatten(1, [4, 2])(ones([2, 6]))
    },
    .init("Reshape: samples of input [2, 6] do not have the elements of [4]") {
      _ = Reshape([4])(ones([2, 6]))
    },
    .init(
      "1 (Residual): the block makes [2, 3] of input [2, 4], the shortcut [2, 4]; they must be "
        + "equal"
    ) {
      _ = Sequential {
        ReLU()
        Residual { Linear(4, 3) }
      }(ones([2, 4]))
    },
    .init("1.block.0 (Linear): linear: input [2, 5] does not fit weight [4, 4]; ") {
      _ = Sequential {
        ReLU()
        Residual { Linear(4, 4) }
      }(ones([2, 5]))
    },
    .init("Softplus: beta must be finite and other than 0, got 0.0") { _ = Softplus(beta: 0) },
    .init("Concatenate: there is no branch") { _ = Concatenate<Float> {} },
    .init("0 (Concatenate): the branches make [2, 3], [2, 4], which do not join along axis 0") {
      _ = Sequential {
        Concatenate(axis: 0) {
          Linear(5, 3)
          Linear(5, 4)
        }
      }(ones([2, 5]))
    },
    .init("Upsample: factors must be positive and finite, got [0.0]") { _ = Upsample(by: 0) },
    .init("Upsample: input [2, 3, 4] does not fit; it must be [n, channels, height, width]") {
      _ = Upsample(to: [2, 2])(ones([2, 3, 4]))
    },
    .init(
      "PixelShuffle: input [1, 6, 2, 2] does not fit; it must be […, channels · 4, height, width]"
    ) { _ = PixelShuffle(2)(ones([1, 6, 2, 2])) },
    .init(
      "PixelUnshuffle: input [1, 6, 2, 3] does not fit; it must be […, channels, height · 2, "
        + "width · 2]"
    ) { _ = PixelUnshuffle(2)(ones([1, 6, 2, 3])) },
  ]
}
