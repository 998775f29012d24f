import NN
import Tensor

extension GoldenLayers {
  static func structure(_ golden: String) -> GoldenModel<S>? {
    switch golden {
    case "embedding": lookUp(golden, Embedding(5, 3, scalar: S.self))
    case "embedding-padding": lookUp(golden, Embedding(5, 3, paddingIndex: -4, scalar: S.self))
    case "embedding-max-norm": lookUp(golden, Embedding(5, 3, maxNorm: 1, scalar: S.self))
    case "bilinear": pair(Bilinear(2, 3, 4, scalar: S.self))
    case "bilinear-no-bias": pair(Bilinear(3, 2, 2, bias: false, scalar: S.self))
    case "flatten": .init(Flatten(scalar: S.self))
    case "flatten-axes": .init(Flatten(from: 0, through: -2, scalar: S.self))
    case "unflatten-last": .init(Unflatten(2, [2, 1, 2], scalar: S.self))
    case "unflatten": .init(Unflatten(1, [2, 3], scalar: S.self))
    case "reshape": .init(Reshape([3, 2], scalar: S.self))
    case "rotarypositions": .init(RotaryPositions(6, scalar: S.self))
    case "rotarypositions-from": rotary(from: 5, RotaryPositions(4, base: 100, scalar: S.self))
    case "reshape-rank": .init(Reshape([6], scalar: S.self))
    case "learnedpositions-all": .init(LearnedPositions(3, 2, scalar: S.self))
    case "learnedpositions": .init(LearnedPositions(5, 4, scalar: S.self))
    case "pixelshuffle-sample": .init(PixelShuffle(3, scalar: S.self))
    case "pixelunshuffle-sample": .init(PixelUnshuffle(3, scalar: S.self))
    case "pixelshuffle": .init(PixelShuffle(2, scalar: S.self))
    case "pixelunshuffle": .init(PixelUnshuffle(2, scalar: S.self))
    case "upsample-nearest": .init(Upsample(by: 2, scalar: S.self))
    case "upsample-sequence": .init(Upsample(by: 2.5, scalar: S.self))
    case "upsample-bilinear":
      .init(Upsample(to: [5, 4], mode: .bilinear(aligningCorners: false), scalar: S.self))
    case "upsample-corners":
      .init(Upsample(by: [2, 1.5], mode: .bilinear(aligningCorners: true), scalar: S.self))
    case "residual":
      .init(
        Residual {
          Linear(4, 4, scalar: S.self)
          Tanh(scalar: S.self)
        })
    case "residual-shortcut":
      .init(
        Residual(shortcut: Linear(4, 3, scalar: S.self)) {
          Linear(4, 3, scalar: S.self)
          Tanh(scalar: S.self)
        })
    case "concatenate-axis":
      .init(
        Concatenate(axis: 0) {
          Linear(4, 3, scalar: S.self)
          Linear(4, 3, scalar: S.self)
        })
    case "concatenate":
      .init(
        Concatenate {
          Linear(4, 3, scalar: S.self)
          Sequential {
            Linear(4, 2, scalar: S.self)
            Tanh(scalar: S.self)
          }
        })
    default: nil
    }
  }

  private static func lookUp(_ golden: String, _ layer: Embedding<S>) -> GoldenModel<S> {
    let indices = LayerGoldenTests.goldens.integers(golden, "indices")!
    return GoldenModel(model: layer) { _, _ in layer(indices) }
  }

  private static func rotary(from start: Int, _ layer: RotaryPositions<S>) -> GoldenModel<S> {
    GoldenModel(model: layer) { inputs, _ in layer(inputs[0], from: start) }
  }

  private static func pair(_ layer: Bilinear<S>) -> GoldenModel<S> {
    GoldenModel(model: layer) { inputs, _ in layer(inputs[0], inputs[1]) }
  }
}
