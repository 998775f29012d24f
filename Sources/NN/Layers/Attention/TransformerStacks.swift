import Tensor

/// Layers of a transformer's encoder one after another, and perhaps a norm after the last, which layers
/// with `normFirst` need.
///
/// The parameters are PyTorch's: `layers.0.…` and `norm`.
///
/// ```swift
/// let encoder = TransformerEncoder(6, finalNorm: true) {
///   TransformerEncoderLayer(512, heads: 8, normFirst: true)
/// }
/// ```
public struct TransformerEncoder<Scalar: FloatingPointScalar>: Layer {
  private let layers: [TransformerEncoderLayer<Scalar>]
  private let norm: LayerNorm<Scalar>?

  /// Creates a stack of `count` layers that `layer` makes; stops with a message if the count is not
  /// positive.
  public init(
    _ count: Int, finalNorm: Bool = false, layer: () -> TransformerEncoderLayer<Scalar>
  ) {
    guard count > 0 else {
      fatalError("TransformerEncoder: the number of layers must be positive, got \(count)")
    }
    layers = (0..<count).map { _ in layer() }
    norm = finalNorm ? LayerNorm(layers[0].width, scalar: Scalar.self) : nil
  }

  /// An empty cache for each layer.
  public func makeCaches() -> [KeyValueCache<Scalar>] { layers.map { _ in KeyValueCache() } }

  /// The outputs of positions that all see each other.
  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    self(input, isCausal: false, in: context)
  }

  /// The outputs, with the masks of `MultiHeadAttention` and a cache for each layer.
  ///
  /// Stops with a message if there are caches and not one for each layer.
  public func callAsFunction(
    _ input: Variable<Scalar>, mask: Tensor<Bool>? = nil, keyMask: Tensor<Bool>? = nil,
    isCausal: Bool, caches: [KeyValueCache<Scalar>]? = nil, in context: Context = .evaluation
  ) -> Variable<Scalar> {
    if let caches, caches.count != layers.count {
      stop("TransformerEncoder: \(caches.count) caches do not fit \(layers.count) layers")
    }
    var x = input
    for (place, layer) in layers.enumerated() {
      x = layer(
        x, mask: mask, keyMask: keyMask, isCausal: isCausal, cache: caches?[place], in: context)
    }
    return norm?(x, in: context) ?? x
  }
}

/// Layers of a transformer's decoder one after another, and perhaps a norm after the last.
///
/// The parameters are PyTorch's: `layers.0.…` and `norm`.
public struct TransformerDecoder<Scalar: FloatingPointScalar> {
  private let layers: [TransformerDecoderLayer<Scalar>]
  private let norm: LayerNorm<Scalar>?

  /// Creates a stack of `count` layers that `layer` makes; stops with a message if the count is not
  /// positive.
  public init(
    _ count: Int, finalNorm: Bool = false, layer: () -> TransformerDecoderLayer<Scalar>
  ) {
    guard count > 0 else {
      fatalError("TransformerDecoder: the number of layers must be positive, got \(count)")
    }
    layers = (0..<count).map { _ in layer() }
    norm = finalNorm ? LayerNorm(layers[0].width, scalar: Scalar.self) : nil
  }

  /// The outputs for positions that have seen an encoder's outputs, `memory`, with the masks of
  /// `TransformerDecoderLayer`.
  public func callAsFunction(
    _ input: Variable<Scalar>, memory: Variable<Scalar>, mask: Tensor<Bool>? = nil,
    keyMask: Tensor<Bool>? = nil, memoryMask: Tensor<Bool>? = nil,
    memoryKeyMask: Tensor<Bool>? = nil, isCausal: Bool = true, in context: Context = .evaluation
  ) -> Variable<Scalar> {
    var x = input
    for layer in layers {
      x = layer(
        x, memory: memory, mask: mask, keyMask: keyMask, memoryMask: memoryMask,
        memoryKeyMask: memoryKeyMask, isCausal: isCausal, in: context)
    }
    return norm?(x, in: context) ?? x
  }
}
