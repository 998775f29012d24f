import Tensor

/// Attention of several heads (A. Vaswani and others, 2017).
///
///     y = W · [head₁; …; headₙ] + b,   headᵢ = attention(Wᵢ q, Uᵢ k, Vᵢ v)
///
/// The parameters are PyTorch's: `in_proj_weight` `[3 · width, width]` with the rows of query, key and
/// value one after another, or, if keys or values have another width, `q_proj_weight` `[width, width]`,
/// `k_proj_weight` `[width, keyWidth]` and `v_proj_weight` `[width, valueWidth]`; `in_proj_bias`
/// `[3 · width]`, `out_proj.weight` `[width, width]` and `out_proj.bias`. The input weights start by
/// Glorot and Bengio (2010), the output weight as `Linear`'s does, the biases from zero.
///
/// Inputs are `[batch, positions, width]`; with `batchFirst: false`, which is PyTorch's default,
/// `[positions, batch, width]`. In masks true means that a query sees a key, as in
/// `scaledDotProductAttention`; in PyTorch's layer it means the opposite. A mask of numbers, which
/// PyTorch adds to the scores, is a `bias` here. PyTorch's `add_bias_kv` and `add_zero_attn`, a learned
/// and a zero key behind the others, are left out: few models use them, and a file with a `bias_k` says
/// so when it is loaded.
public struct MultiHeadAttention<Scalar: FloatingPointScalar>: Layer, NamedParts {
  private let width: Int
  private let heads: Int
  private let keyWidth: Int
  private let valueWidth: Int
  private let batchFirst: Bool
  private let dropout: Double

  /// Of query, key and value: one weight for all three, or one for each.
  private let inputWeights: [Parameter<Scalar>]
  private let inputBias: Parameter<Scalar>?
  private let output: Linear<Scalar>

  /// Creates a layer of `heads` heads of width ÷ heads each. While training, `dropout` of the
  /// probabilities are dropped.
  ///
  /// Stops with a message if an extent is not positive, the heads do not divide the width, or the
  /// dropout is not a probability.
  public init(
    _ width: Int, heads: Int, dropout: Double = 0, bias: Bool = true, keyWidth: Int? = nil,
    valueWidth: Int? = nil, batchFirst: Bool = true, scalar: Scalar.Type = Float.self
  ) {
    let (keyWidth, valueWidth) = (keyWidth ?? width, valueWidth ?? width)
    guard width > 0 && heads > 0 && keyWidth > 0 && valueWidth > 0 else {
      fatalError(
        "MultiHeadAttention: width, heads, keyWidth and valueWidth must be positive, got \(width), "
          + "\(heads), \(keyWidth) and \(valueWidth)")
    }
    guard width % heads == 0 else {
      fatalError("MultiHeadAttention: \(heads) heads do not divide the width \(width)")
    }
    guard dropout >= 0 && dropout <= 1 else {
      fatalError("MultiHeadAttention: dropout must be a probability, got \(dropout)")
    }
    self.width = width
    self.heads = heads
    self.keyWidth = keyWidth
    self.valueWidth = valueWidth
    self.batchFirst = batchFirst
    self.dropout = dropout
    var random = RandomGenerator(seed: .random(in: .min ... .max))
    // Stored by columns, as `Linear`'s are.
    func weight(_ rows: Int, _ columns: Int) -> Parameter<Scalar> {
      let drawn: Tensor<Scalar> = Initializer.glorotUniform.tensor([rows, columns], using: &random)
      return Parameter(drawn.transposed.copied().transposed, initializer: .glorotUniform)
    }
    inputWeights =
      keyWidth == width && valueWidth == width
      ? [weight(3 * width, width)]
      : [weight(width, width), weight(width, keyWidth), weight(width, valueWidth)]
    inputBias = bias ? Parameter(.zeros([3 * width])) : nil
    output = Linear(width, width, bias: bias, biasInitializer: .zeros, scalar: Scalar.self)
  }

  /// The path of the layer that the weights are found in.
  var path: String { inputWeights[0].layerPath }

  public var namedParts: [(name: String, part: Any)] {
    var parts: [(name: String, part: Any)] =
      inputWeights.count == 1
      ? [("in_proj_weight", inputWeights[0])]
      : zip(["q_proj_weight", "k_proj_weight", "v_proj_weight"], inputWeights).map { ($0, $1) }
    if let inputBias { parts.append(("in_proj_bias", inputBias)) }
    parts.append(("out_proj", output))
    return parts
  }

  /// Self-attention without a mask.
  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    self(input, isCausal: false, in: context)
  }

  /// Self-attention: of each position to those that it sees.
  ///
  /// With a `cache` the input is what follows the positions in it: they are seen as well, and the new
  /// ones are added to it, as constants. Masks are then those of the new positions to all.
  public func callAsFunction(
    _ input: Variable<Scalar>, mask: Tensor<Bool>? = nil, keyMask: Tensor<Bool>? = nil,
    bias: Variable<Scalar>? = nil, isCausal: Bool, cache: KeyValueCache<Scalar>? = nil,
    in context: Context = .evaluation
  ) -> Variable<Scalar> {
    attend(
      input, input, input, mask, keyMask, bias, isCausal: isCausal, cache: cache,
      needsWeights: false, context
    ).output
  }

  /// Attention of a query to keys and their values.
  ///
  /// `mask` and `bias`, which is added to the scores, broadcast to `[batch, heads, queries, keys]`;
  /// `keyMask` is `[batch, keys]` and false for padding. With `isCausal` the last query sees all keys
  /// and each one before one less. Stops with a message if the shapes do not fit.
  public func callAsFunction(
    _ query: Variable<Scalar>, key: Variable<Scalar>, value: Variable<Scalar>,
    mask: Tensor<Bool>? = nil, keyMask: Tensor<Bool>? = nil, bias: Variable<Scalar>? = nil,
    isCausal: Bool = false, in context: Context = .evaluation
  ) -> Variable<Scalar> {
    attend(
      query, key, value, mask, keyMask, bias, isCausal: isCausal, cache: nil, needsWeights: false,
      context
    ).output
  }

  /// The same with the probabilities `[batch, queries, keys]`, which are the mean of the heads.
  public func withWeights(
    _ query: Variable<Scalar>, key: Variable<Scalar>, value: Variable<Scalar>,
    mask: Tensor<Bool>? = nil, keyMask: Tensor<Bool>? = nil, bias: Variable<Scalar>? = nil,
    isCausal: Bool = false, in context: Context = .evaluation
  ) -> (output: Variable<Scalar>, weights: Variable<Scalar>) {
    let result = attend(
      query, key, value, mask, keyMask, bias, isCausal: isCausal, cache: nil, needsWeights: true,
      context)
    guard let weights = result.weights else { fatalError("MultiHeadAttention: weights are made") }
    return (result.output, weights)
  }

  private func attend(
    _ query: Variable<Scalar>, _ key: Variable<Scalar>, _ value: Variable<Scalar>,
    _ mask: Tensor<Bool>?, _ keyMask: Tensor<Bool>?, _ bias: Variable<Scalar>?, isCausal: Bool,
    cache: KeyValueCache<Scalar>?, needsWeights: Bool, _ context: Context
  ) -> (output: Variable<Scalar>, weights: Variable<Scalar>?) {
    LayerScope.within(path, "MultiHeadAttention") {
      check(query.shape, key.shape, value.shape)
      let drops = dropout > 0 && context.isTraining
      if isPacked(query, key, value) && cache == nil && bias == nil && !needsWeights && !drops {
        let seen = combined(
          mask, keyMask, batch: query.shape[0], queries: query.shape[1], keys: query.shape[1])
        let joined = packedSelfAttention(
          linear(query, weight: inputWeights[0].variable, bias: inputBias?.variable),
          heads: heads, mask: seen, isCausal: isCausal)
        return (output(joined, in: context), nil)
      }
      var (q, k, v) = projected(query, key, value)
      if let cache {
        let all = cache.append(k.value, v.value)
        // The new positions stay differentiable where nothing came before them.
        if all.keys.shape != k.shape { (k, v) = (Variable(all.keys), Variable(all.values)) }
      }
      let seen = combined(mask, keyMask, batch: q.shape[0], queries: q.shape[2], keys: k.shape[2])
      var weights: Variable<Scalar>?
      let heads: Variable<Scalar>
      if needsWeights {
        let probabilities = attentionWeights(
          query: q, key: k, mask: seen, bias: bias, isCausal: isCausal,
          scale: 1 / Scalar(q.shape[3]).squareRoot())
        let dropped = probabilities.dropping(dropout, in: context)
        heads = dropped.matmul(v)
        weights = dropped.mean(axes: [1])
      } else {
        heads = scaledDotProductAttention(
          query: q, key: k, value: v, mask: seen, bias: bias, isCausal: isCausal,
          dropout: dropout, in: context)
      }
      let joined = heads.permuted(batchFirst ? [0, 2, 1, 3] : [2, 0, 1, 3])
        .reshaped(to: query.shape)
      return (output(joined, in: context), weights)
    }
  }

  /// Whether one product gives the queries, keys and values of a batch side by side.
  private func isPacked(
    _ query: Variable<Scalar>, _ key: Variable<Scalar>, _ value: Variable<Scalar>
  ) -> Bool {
    inputWeights.count == 1 && batchFirst && query.isSame(as: key) && key.isSame(as: value)
  }

  /// Query, key and value as heads, `[batch, heads, positions, width ÷ heads]`.
  private func projected(
    _ query: Variable<Scalar>, _ key: Variable<Scalar>, _ value: Variable<Scalar>
  ) -> (Variable<Scalar>, Variable<Scalar>, Variable<Scalar>) {
    let bias = inputBias?.variable
    func part(_ place: Int) -> Range<Int> { place * width..<(place + 1) * width }
    if inputWeights.count == 1 {
      let weight = inputWeights[0].variable
      if query.isSame(as: key) && key.isSame(as: value) {
        let all = linear(query, weight: weight, bias: bias).split(into: 3, axis: -1)
        return (split(all[0]), split(all[1]), split(all[2]))
      }
      let inputs = [query, key, value].enumerated().map { place, input in
        split(linear(input, weight: weight[part(place)], bias: bias.map { $0[part(place)] }))
      }
      return (inputs[0], inputs[1], inputs[2])
    }
    let inputs = zip([query, key, value], inputWeights).enumerated().map { place, pair in
      split(
        linear(pair.0, weight: pair.1.variable, bias: bias.map { $0[part(place)] }))
    }
    return (inputs[0], inputs[1], inputs[2])
  }

  private func split(_ x: Variable<Scalar>) -> Variable<Scalar> {
    x.reshaped(to: [x.shape[0], x.shape[1], heads, width / heads] as Shape)
      .permuted(batchFirst ? [0, 2, 1, 3] : [1, 2, 0, 3])
  }

  private func combined(
    _ mask: Tensor<Bool>?, _ keyMask: Tensor<Bool>?, batch: Int, queries: Int, keys: Int
  ) -> Tensor<Bool>? {
    let scores: Shape = [batch, heads, queries, keys]
    if let mask, Shape.broadcast(mask.shape, scores) != scores {
      stop("mask \(mask.shape) does not broadcast to \(scores)")
    }
    guard let keyMask else { return mask }
    guard keyMask.shape == [batch, keys] else {
      stop("keyMask \(keyMask.shape) does not fit; it must be [\(batch), \(keys)]")
    }
    let padding = keyMask.reshaped(to: [batch, 1, 1, keys] as Shape)
    return mask.map { $0 .& padding } ?? padding
  }

  private func check(_ query: Shape, _ key: Shape, _ value: Shape) {
    let (batch, positions) = batchFirst ? (0, 1) : (1, 0)
    guard query.rank == 3, key.rank == 3, value.rank == 3, query[2] == width, key[2] == keyWidth,
      value[2] == valueWidth, query[batch] == key[batch], query[batch] == value[batch],
      key[positions] == value[positions]
    else {
      let axes = batchFirst ? "batch, positions" : "positions, batch"
      stop(
        "query \(query), key \(key) and value \(value) do not fit; they must be [\(axes), \(width)], "
          + "[\(axes), \(keyWidth)] and [\(axes), \(valueWidth)]")
    }
  }
}

extension Variable {
  /// Whether this is the very same variable, or a constant with the same memory.
  fileprivate func isSame(as other: Variable) -> Bool {
    origin.node == other.origin.node && origin.tape == other.origin.tape
      && value.storage === other.value.storage && value.layout == other.value.layout
  }
}
