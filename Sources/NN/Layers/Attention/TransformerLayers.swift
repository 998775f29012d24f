import Tensor

/// What the feed-forward part of a transformer layer applies.
public enum TransformerActivation: String, Sendable, CaseIterable {
  case relu, gelu

  func callAsFunction<Scalar>(_ x: Variable<Scalar>) -> Variable<Scalar> {
    self == .relu ? x.relu() : x.gelu()
  }
}

/// A layer of a transformer's encoder (A. Vaswani and others, 2017): self-attention, then two linear
/// maps of each position, each added to its input.
///
///     x ← norm1(x + attention(x)),  x ← norm2(x + W₂ · f(W₁ · x))
///
/// or, with `normFirst`, x ← x + attention(norm1(x)) and x ← x + W₂ · f(W₁ · norm2(x)) (R. Xiong and
/// others, 2020). While training, dropout falls on the probabilities, within the feed-forward part and
/// on what is added. The parameters are PyTorch's: `self_attn` (see `MultiHeadAttention`), `linear1`,
/// `linear2`, `norm1` and `norm2`. With `isCausal` it is a layer of a decoder without an encoder, as in
/// GPT.
public struct TransformerEncoderLayer<Scalar: FloatingPointScalar>: Layer, NamedParts {
  private let attention: MultiHeadAttention<Scalar>
  private let feedForward: FeedForward<Scalar>
  private let norms: [LayerNorm<Scalar>]
  private let dropout: Double
  private let normFirst: Bool
  /// The extent of the last axis.
  let width: Int

  /// Creates a layer whose feed-forward part is `feedForward` wide inside. Inputs are `[batch,
  /// positions, width]`, or with `batchFirst: false`, PyTorch's default, `[positions, batch, width]`.
  ///
  /// Stops with a message if the heads do not divide the width or an option is out of range.
  public init(
    _ width: Int, heads: Int, feedForward: Int = 2048, dropout: Double = 0.1,
    activation: TransformerActivation = .relu, normFirst: Bool = false, epsilon: Double = 1e-5,
    bias: Bool = true, batchFirst: Bool = true, scalar: Scalar.Type = Float.self
  ) {
    attention = MultiHeadAttention(
      width, heads: heads, dropout: dropout, bias: bias, batchFirst: batchFirst, scalar: scalar)
    self.feedForward = FeedForward(
      width, feedForward, dropout: dropout, activation: activation, bias: bias)
    norms = (0..<2).map { _ in
      LayerNorm(width, epsilon: epsilon, bias: bias, scalar: scalar)
    }
    self.dropout = dropout
    self.normFirst = normFirst
    self.width = width
  }

  public var namedParts: [(name: String, part: Any)] {
    [("self_attn", attention)] + feedForward.namedParts + [
      ("norm1", norms[0]), ("norm2", norms[1]),
    ]
  }

  /// The outputs of positions that all see each other.
  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    self(input, isCausal: false, in: context)
  }

  /// The outputs, with the masks and the cache of `MultiHeadAttention`.
  public func callAsFunction(
    _ input: Variable<Scalar>, mask: Tensor<Bool>? = nil, keyMask: Tensor<Bool>? = nil,
    isCausal: Bool, cache: KeyValueCache<Scalar>? = nil, in context: Context = .evaluation
  ) -> Variable<Scalar> {
    LayerScope.within(LayerScope.parent(of: attention.path), "TransformerEncoderLayer") {
      let x = residual(input, norms[0], normFirst: normFirst, dropout: dropout, context) {
        attention($0, mask: mask, keyMask: keyMask, isCausal: isCausal, cache: cache, in: context)
      }
      return residual(x, norms[1], normFirst: normFirst, dropout: dropout, context) {
        feedForward($0, in: context)
      }
    }
  }
}

/// A layer of a transformer's decoder (A. Vaswani and others, 2017): causal self-attention, attention to
/// the encoder's outputs, then two linear maps of each position, each added to its input.
///
/// Options, order of the norms and dropout are as in `TransformerEncoderLayer`. The parameters are
/// PyTorch's: `self_attn`, `multihead_attn`, `linear1`, `linear2`, `norm1`, `norm2` and `norm3`.
public struct TransformerDecoderLayer<Scalar: FloatingPointScalar>: NamedParts {
  private let attention: MultiHeadAttention<Scalar>
  private let memoryAttention: MultiHeadAttention<Scalar>
  private let feedForward: FeedForward<Scalar>
  private let norms: [LayerNorm<Scalar>]
  private let dropout: Double
  private let normFirst: Bool
  /// The extent of the last axis.
  let width: Int

  /// Creates a layer; see `TransformerEncoderLayer`.
  ///
  /// Stops with a message if the heads do not divide the width or an option is out of range.
  public init(
    _ width: Int, heads: Int, feedForward: Int = 2048, dropout: Double = 0.1,
    activation: TransformerActivation = .relu, normFirst: Bool = false, epsilon: Double = 1e-5,
    bias: Bool = true, batchFirst: Bool = true, scalar: Scalar.Type = Float.self
  ) {
    func attention() -> MultiHeadAttention<Scalar> {
      MultiHeadAttention(
        width, heads: heads, dropout: dropout, bias: bias, batchFirst: batchFirst, scalar: scalar)
    }
    self.attention = attention()
    memoryAttention = attention()
    self.feedForward = FeedForward(
      width, feedForward, dropout: dropout, activation: activation, bias: bias)
    norms = (0..<3).map { _ in
      LayerNorm(width, epsilon: epsilon, bias: bias, scalar: scalar)
    }
    self.dropout = dropout
    self.normFirst = normFirst
    self.width = width
  }

  public var namedParts: [(name: String, part: Any)] {
    [("self_attn", attention), ("multihead_attn", memoryAttention)] + feedForward.namedParts
      + norms.enumerated().map { ("norm\($0.offset + 1)", $0.element) }
  }

  /// The outputs for positions that have seen an encoder's outputs, `memory`.
  ///
  /// `mask` and `keyMask` are of the positions among each other, `memoryMask` and `memoryKeyMask` of the
  /// positions to the memory. The self-attention is causal unless said otherwise, which in PyTorch it is
  /// by a mask that the caller makes.
  public func callAsFunction(
    _ input: Variable<Scalar>, memory: Variable<Scalar>, mask: Tensor<Bool>? = nil,
    keyMask: Tensor<Bool>? = nil, memoryMask: Tensor<Bool>? = nil,
    memoryKeyMask: Tensor<Bool>? = nil, isCausal: Bool = true,
    cache: KeyValueCache<Scalar>? = nil, in context: Context = .evaluation
  ) -> Variable<Scalar> {
    LayerScope.within(LayerScope.parent(of: attention.path), "TransformerDecoderLayer") {
      var x = residual(input, norms[0], normFirst: normFirst, dropout: dropout, context) {
        attention($0, mask: mask, keyMask: keyMask, isCausal: isCausal, cache: cache, in: context)
      }
      x = residual(x, norms[1], normFirst: normFirst, dropout: dropout, context) {
        memoryAttention(
          $0, key: memory, value: memory, mask: memoryMask, keyMask: memoryKeyMask, in: context)
      }
      return residual(x, norms[2], normFirst: normFirst, dropout: dropout, context) {
        feedForward($0, in: context)
      }
    }
  }
}

/// Two linear maps of each position with a function between them.
private struct FeedForward<Scalar: FloatingPointScalar> {
  let first: Linear<Scalar>
  let second: Linear<Scalar>
  let dropout: Double
  let activation: TransformerActivation

  init(
    _ width: Int, _ inner: Int, dropout: Double, activation: TransformerActivation, bias: Bool
  ) {
    first = Linear(width, inner, bias: bias, scalar: Scalar.self)
    second = Linear(inner, width, bias: bias, scalar: Scalar.self)
    self.dropout = dropout
    self.activation = activation
  }

  var namedParts: [(name: String, part: Any)] { [("linear1", first), ("linear2", second)] }

  func callAsFunction(_ x: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    let inner = activation(first(x, in: context))
    return second(inner.dropping(dropout, in: context), in: context)
  }
}

/// x + f(norm(x)), or norm(x + f(x)).
private func residual<Scalar>(
  _ x: Variable<Scalar>, _ norm: LayerNorm<Scalar>, normFirst: Bool, dropout: Double,
  _ context: Context, _ f: (Variable<Scalar>) -> Variable<Scalar>
) -> Variable<Scalar> {
  if normFirst { return x + f(norm(x, in: context)).dropping(dropout, in: context) }
  return norm(x + f(x).dropping(dropout, in: context), in: context)
}
