import NN
import Tensor

extension LayerMisuseTests {
  private static func seen(_ shape: Shape) -> Tensor<Bool> { Tensor(repeating: true, shape: shape) }

  static let sequences: [Mistake] = [
    .init(
      "MultiHeadAttention: width, heads, keyWidth and valueWidth must be positive, got 4, 0, 4 and 4"
    ) { _ = MultiHeadAttention(4, heads: 0) },
    .init("MultiHeadAttention: dropout must be a probability, got 1.5") {
      _ = MultiHeadAttention(4, heads: 2, dropout: 1.5)
    },
    .init("scaledDotProductAttention: dropout must be a probability, got -0.5") {
      _ = scaledDotProductAttention(
        query: ones([2, 3]), key: ones([2, 3]), value: ones([2, 3]), dropout: -0.5)
    },
    .init("scaledDotProductAttention: mask [3] does not broadcast to [2, 2]") {
      _ = scaledDotProductAttention(
        query: ones([2, 3]), key: ones([2, 3]), value: ones([2, 3]), mask: seen([3]))
    },
    .init("scaledDotProductAttention: mask [1, 2, 2] does not broadcast to [2, 2]") {
      _ = scaledDotProductAttention(
        query: ones([2, 3]), key: ones([2, 3]), value: ones([2, 3]), mask: seen([1, 2, 2]),
        bias: ones([]))
    },
    .init("scaledDotProductAttention: bias [3] does not broadcast to [2, 2]") {
      _ = scaledDotProductAttention(
        query: ones([2, 3]), key: ones([2, 3]), value: ones([2, 3]), bias: ones([3]))
    },
    .init(
      "0 (MultiHeadAttention): the cache is of a batch of 2, not of 1; removeAll() makes it fit "
        + "another"
    ) {
      let layer = MultiHeadAttention(4, heads: 2)
      let cache = KeyValueCache<Float>()
      _ = Parameters(of: [layer])
      _ = layer(ones([2, 1, 4]), isCausal: true, cache: cache)
      _ = layer(ones([1, 1, 4]), isCausal: true, cache: cache)
    },
    .init("sinusoidalPositions: extents must not be negative, got -1 and 4") {
      _ = sinusoidalPositions(-1, width: 4)
    },
    .init("LearnedPositions: extents must be positive, got 0 and 4") {
      _ = LearnedPositions(0, 4)
    },
    .init("LearnedPositions: input [2, 5] does not fit; it must be […, positions, 4]") {
      _ = LearnedPositions(3, 4)(ones([2, 5]))
    },
    .init("RotaryPositions: input [2, 5] does not fit; it must be […, positions, 4]") {
      _ = RotaryPositions(4)(ones([2, 5]))
    },
    .init("TransformerDecoder: the number of layers must be positive, got 0") {
      _ = TransformerDecoder(0) { TransformerDecoderLayer(4, heads: 2) }
    },
    .init(
      "0.self_attn (MultiHeadAttention): query [1, 2, 5], key [1, 2, 5] and value [1, 2, 5] do not "
        + "fit; they must be [batch, positions, 4], [batch, positions, 4] and [batch, positions, 4]"
    ) {
      _ = Sequential { TransformerEncoderLayer(4, heads: 2) }(ones([1, 2, 5]))
    },
    .init("GRUCell: inputs and width must be positive, got 0 and 3") { _ = GRUCell(0, 3) },
    .init("Upsample: extents must be positive, got [0, 2]") { _ = Upsample(to: [0, 2]) },
    .init("PixelShuffle: the factor must be positive, got 0") { _ = PixelShuffle(0) },
    .init("PixelUnshuffle: the factor must be positive, got -1") { _ = PixelUnshuffle(-1) },
    .init("Pad1D: widths are needed, got .same") { _ = Pad1D(.same) },
  ]
}
