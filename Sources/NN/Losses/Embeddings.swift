import Tensor

/// The loss of the angles between pairs of vectors:
///
///     c = a · b ÷ √((|a|² + ε) · (|b|² + ε)), ε = 10⁻¹²
///     loss = 1 − c where the target is 1, max(0, c − margin) where it is −1
///
/// - Parameters:
///   - first: a, of shape [n, width] or [width].
///   - second: b, of the same shape.
///   - target: 1 for similar and −1 for dissimilar pairs, of shape [n] or []. Stops with a message
///     if shapes do not fit.
///   - margin: 0 by default.
///   - weights: Of shape [n]; 1 each by default.
///   - reduction: The mean by default.
public func cosineEmbeddingLoss<Scalar>(
  _ first: Variable<Scalar>, _ second: Variable<Scalar>, _ target: Tensor<Scalar>,
  margin: Double = 0, weights: Tensor<Scalar>? = nil, reduction: Reduction = .mean
) -> Variable<Scalar> {
  let name: StaticString = "cosineEmbeddingLoss"
  checkSameShape(first.shape, second.shape, in: name, "first and second")
  guard first.rank >= 1, target.shape.elementsEqual(first.shape.dropLast()) else {
    stop(
      "\(name): vectors \(first.shape) and targets \(target.shape) do not fit; "
        + "vectors are [n, width] and targets [n]")
  }
  func lengthSquared(_ x: Variable<Scalar>) -> Variable<Scalar> {
    x.squared().sum(axes: [-1]) + Scalar(1e-12)
  }
  let product = (first * second).sum(axes: [-1])
  let cosine = product / (lengthSquared(first) * lengthSquared(second)).squareRoot()
  return split(1 - cosine, (cosine - Scalar(margin)).relu(), target)
    .reduced(reduction, weights: weights, in: name)
}

/// The loss of triplets: max(0, d(anchor, positive) − d(anchor, negative) + margin), where
///
///     d(a, b) = (Σ |a − b + ε|ᵖ)^(1/p)
///
/// With `swap` the negative's distance is the smaller one of those from anchor and from positive (V.
/// Balntas et al., 2016). As in PyTorch.
///
/// - Parameters:
///   - anchor: Of shape [n, width] or [width].
///   - positive: Of the same shape; of the anchor's kind.
///   - negative: Of the same shape; of another kind. Stops with a message if shapes differ.
///   - margin: 1 by default.
///   - p: The norm, at least 1; 2 by default.
///   - epsilon: ε, which keeps distances from 0, where the norm has no derivative; 10⁻⁶ by default.
///   - swap: Whether the smaller of two negative distances counts; false by default.
///   - weights: Of shape [n]; 1 each by default.
///   - reduction: The mean by default.
public func tripletMarginLoss<Scalar>(
  _ anchor: Variable<Scalar>, _ positive: Variable<Scalar>, _ negative: Variable<Scalar>,
  margin: Double = 1, p: Double = 2, epsilon: Double = 1e-6, swap: Bool = false,
  weights: Tensor<Scalar>? = nil, reduction: Reduction = .mean
) -> Variable<Scalar> {
  let name: StaticString = "tripletMarginLoss"
  checkSameShape(anchor.shape, positive.shape, in: name, "anchor and positive")
  checkSameShape(anchor.shape, negative.shape, in: name, "anchor and negative")
  guard anchor.rank >= 1 else { stop("\(name): vectors of shape [] have no axis of width") }
  guard p >= 1 && p.isFinite else { stop("\(name): p must be at least 1 and finite, got \(p)") }
  func distance(_ a: Variable<Scalar>, _ b: Variable<Scalar>) -> Variable<Scalar> {
    let difference = a - b + Scalar(epsilon)
    if p == 2 { return difference.squared().sum(axes: [-1]).squareRoot() }
    let magnitude = difference * Variable(difference.value.sign())
    if p == 1 { return magnitude.sum(axes: [-1]) }
    return magnitude.power(Scalar(p)).sum(axes: [-1]).power(Scalar(1 / p))
  }
  var apart = distance(anchor, negative)
  if swap {
    // min(a, b) = a − max(a − b, 0)
    apart = apart - (apart - distance(positive, negative)).relu()
  }
  return (distance(anchor, positive) - apart + Scalar(margin)).relu()
    .reduced(reduction, weights: weights, in: name)
}
