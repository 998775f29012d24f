import Tensor

/// The cross-entropy between probabilities and binary targets:
///
///     loss = −t · ln p − (1 − t) · ln(1 − p);  ∂p = g · (p − t) ÷ (p · (1 − p)), ∂t = g · ln((1 − p) ÷ p)
///
/// Logarithms are at least −100 and p · (1 − p) at least 10⁻¹², as in PyTorch, so that p = 0 and 1 give
/// numbers. With logits `sigmoidCrossEntropy` is better: it saturates nowhere.
///
/// - Parameters:
///   - probabilities: p of any shape; the loss is NaN outside 0…1.
///   - target: t of the same shape, a tensor or a variable; stops with a message otherwise.
///   - weights: Of the shape of the probabilities or its leading extents; 1 each by default.
///   - reduction: The mean over all elements by default.
public func binaryCrossEntropy<Scalar>(
  _ probabilities: Variable<Scalar>, _ target: some VariableConvertible<Scalar>,
  weights: Tensor<Scalar>? = nil, reduction: Reduction = .mean
) -> Variable<Scalar> {
  let (p, t) = (probabilities, target.variable)
  checkSameShape(p.shape, t.shape, in: "binaryCrossEntropy", "probabilities and target")
  let logP = p.value.log().clamped(to: Scalar(-100)...)
  let logQ = (-p.value).log1p().clamped(to: Scalar(-100)...)
  let losses = (t.value - 1) * logQ - t.value * logP
  return record(.binaryCrossEntropy, losses, from: p, t) { g, backward in
    backward.add(to: p) {
      let product = p * (1 - p)
      let lift = (Scalar(Float(1e-12)) - product.value).relu()
      return g * (p - t) / (product + Variable(lift))
    }
    backward.add(to: t) {
      guard backward.isRecording else { return Variable(g.value * (logQ - logP)) }
      // e⁻¹⁰⁰ in place of less.
      let least = Scalar(3.720_075_976_020_836e-44)
      let (liftP, liftQ) = ((least - p.value).relu(), (p.value - (1 - least)).relu())
      return g * ((1 - p + Variable(liftQ)).log() - (p + Variable(liftP)).log())
    }
  }.reduced(reduction, weights: weights, in: "binaryCrossEntropy")
}

/// The cross-entropy between sigmoid(logits) and binary targets, without overflow or cancellation:
///
///     loss = −q · t · ln σ(x) − (1 − t) · ln(1 − σ(x))
///          = (1 − t) · x + (1 + (q − 1) · t) · ln(1 + e⁻ˣ)
///     ∂x = g · ((1 − t) − (1 + (q − 1) · t) · σ(−x)),  ∂t = g · (−x + (q − 1) · ln(1 + e⁻ˣ))
///
/// PyTorch's `binary_cross_entropy_with_logits`.
///
/// - Parameters:
///   - logits: x of any shape.
///   - target: t of the same shape, a tensor or a variable; stops with a message otherwise.
///   - positiveWeight: q, which broadcasts to the logits, such as [labels]; 1 by default.
///   - weights: Of the shape of the logits or its leading extents; 1 each by default.
///   - reduction: The mean over all elements by default.
public func sigmoidCrossEntropy<Scalar>(
  _ logits: Variable<Scalar>, _ target: some VariableConvertible<Scalar>,
  positiveWeight: Tensor<Scalar>? = nil, weights: Tensor<Scalar>? = nil,
  reduction: Reduction = .mean
) -> Variable<Scalar> {
  let target = target.variable
  checkSameShape(logits.shape, target.shape, in: "sigmoidCrossEntropy", "logits and target")
  if let q = positiveWeight, Shape.broadcast(q.shape, logits.shape) != logits.shape {
    stop(
      "sigmoidCrossEntropy: positive weights \(q.shape) do not broadcast to logits "
        + "\(logits.shape)")
  }
  return sigmoidCrossEntropies(logits, target, positiveWeight)
    .reduced(reduction, weights: weights, in: "sigmoidCrossEntropy")
}

/// The losses of all elements.
func sigmoidCrossEntropies<Scalar>(
  _ x: Variable<Scalar>, _ t: Variable<Scalar>, _ q: Tensor<Scalar>? = nil
) -> Variable<Scalar> {
  let softplus = (-x.value).softplus()
  let scaled = q.map { (t.value * ($0 - 1) + 1) * softplus } ?? softplus
  return record(.sigmoidCrossEntropy, (1 - t.value) * x.value + scaled, from: x, t) { g, backward in
    backward.add(to: x) {
      let miss = (-x).sigmoid()
      return g * (1 - t - (q.map { (t * Variable($0 - 1) + 1) * miss } ?? miss))
    }
    backward.add(to: t) {
      guard let q else { return -(g * x) }
      return g * ((-x).softplus() * Variable(q - 1) - x)
    }
  }
}

/// The cross-entropies of several labels for each sample, averaged over the labels:
///
///     lossᵢ = −Σⱼ w[j] · (t · ln σ(x) + (1 − t) · ln(1 − σ(x))) ÷ labels
///
/// - Parameters:
///   - logits: x, of shape […, labels].
///   - target: t of the same shape, a tensor or a variable; stops with a message otherwise.
///   - classWeights: w, of shape [labels]; 1 each by default.
///   - weights: Of the shape […] or its leading extents; 1 each by default.
///   - reduction: The mean by default.
public func multiLabelSoftMarginLoss<Scalar>(
  _ logits: Variable<Scalar>, _ target: some VariableConvertible<Scalar>,
  classWeights: Tensor<Scalar>? = nil, weights: Tensor<Scalar>? = nil,
  reduction: Reduction = .mean
) -> Variable<Scalar> {
  let name: StaticString = "multiLabelSoftMarginLoss"
  let target = target.variable
  checkSameShape(logits.shape, target.shape, in: name, "logits and target")
  guard logits.rank > 0 else { stop("\(name): logits of shape [] have no axis of labels") }
  checkClassWeights(classWeights, classes: logits.shape[-1], in: name)
  var losses = sigmoidCrossEntropies(logits, target)
  if let classWeights { losses = losses * Variable(classWeights) }
  return losses.mean(axes: [-1]).reduced(reduction, weights: weights, in: name)
}
