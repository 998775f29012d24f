import NN
import Tensor

extension AttentionGoldenTests {
  /// The transformer of a case, and its call.
  static func transformer<S: FloatingPointScalar>(
    _ golden: String, _ scalar: S.Type
  ) -> (Any, ([Variable<S>]) -> [Variable<S>]) {
    let normFirst = golden.contains("norm-first")
    let isGELU = golden.contains("gelu")
    func encoderLayer() -> TransformerEncoderLayer<S> {
      TransformerEncoderLayer(
        4, heads: 2, feedForward: 6, activation: isGELU ? .gelu : .relu, normFirst: normFirst,
        bias: !isGELU, scalar: S.self)
    }
    func decoderLayer() -> TransformerDecoderLayer<S> {
      TransformerDecoderLayer(
        4, heads: 2, feedForward: 6, activation: isGELU ? .gelu : .relu, normFirst: normFirst,
        bias: !isGELU, scalar: S.self)
    }
    let isCausal = golden.contains("causal") || golden == "encoder-norm-first"
    if golden.hasPrefix("encoder-layer") {
      let layer = encoderLayer()
      return (layer, { [layer($0[0], isCausal: isCausal)] })
    }
    if golden.hasPrefix("encoder") {
      let stack = TransformerEncoder(2, finalNorm: true, layer: encoderLayer)
      return (stack, { [stack($0[0], isCausal: isCausal)] })
    }
    if golden.hasPrefix("decoder-layer") {
      let layer = decoderLayer()
      return (layer, { [layer($0[0], memory: $0[1])] })
    }
    let stack = TransformerDecoder(2, finalNorm: true, layer: decoderLayer)
    return (stack, { [stack($0[0], memory: $0[1])] })
  }
}
