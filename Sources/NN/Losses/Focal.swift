import Tensor

/// The focal loss of binary targets (T.-Y. Lin et al., 2017): the cross-entropy, less of it where the
/// prediction is good already.
///
///     m = (1 − t) · σ(x) + t · σ(−x);  loss = (α · t + (1 − α) · (1 − t)) · mᵞ · cross-entropy
///
/// As torchvision's `sigmoid_focal_loss`, whose reduction is none by default. m is the probability of
/// the other answer, computed without cancellation.
///
/// - Parameters:
///   - logits: x of any shape.
///   - target: t of the same shape, a tensor or a variable; stops with a message otherwise.
///   - alpha: α in 0…1, the share of the positives; 0.25 by default, nil for no such factor.
///   - gamma: γ, not negative; 2 by default.
///   - weights: Of the shape of the logits or its leading extents; 1 each by default.
///   - reduction: The mean over all elements by default.
public func sigmoidFocalLoss<Scalar>(
  _ logits: Variable<Scalar>, _ target: some VariableConvertible<Scalar>, alpha: Double? = 0.25,
  gamma: Double = 2, weights: Tensor<Scalar>? = nil, reduction: Reduction = .mean
) -> Variable<Scalar> {
  let (x, t) = (logits, target.variable)
  checkSameShape(x.shape, t.shape, in: "sigmoidFocalLoss", "logits and target")
  checkGamma(gamma, in: "sigmoidFocalLoss")
  var losses = sigmoidCrossEntropies(x, t)
  losses = modulated(losses, by: (1 - t) * x.sigmoid() + t * (-x).sigmoid(), Scalar(gamma))
  if let alpha {
    guard (0...1).contains(alpha) else {
      stop("sigmoidFocalLoss: alpha \(alpha) is outside 0...1")
    }
    losses = losses * (t * Scalar(2 * alpha - 1) + Scalar(1 - alpha))
  }
  return losses.reduced(reduction, weights: weights, in: "sigmoidFocalLoss")
}

/// The focal loss of classes (T.-Y. Lin et al., 2017): the cross-entropy, less of it where the
/// prediction is good already.
///
///     lossᵢ = −α[yᵢ] · (1 − p)ᵞ · ln p,   p = softmax(logits)ᵢ[yᵢ]
///
/// Rows with the ignored label count nowhere; the mean divides by the number of the others, or the
/// sum of their weights, and is NaN with gradients of 0 if there are none. Stops with a message if
/// shapes do not fit or a label is out of range.
///
/// - Parameters:
///   - logits: Of shape [n, classes], [n, classes, d1, …] or [classes].
///   - labels: Of shape [n], [n, d1, …] or []; in `0..<classes` or the ignored label.
///   - classWeights: α, of shape [classes]; 1 each by default. They do not enter the divisor.
///   - gamma: γ, not negative; 2 by default.
///   - ignoredLabel: The label of rows that do not count; −100 by default, nil for none.
///   - weights: Of the shape of the labels or its leading extents; 1 each by default.
///   - reduction: The mean by default; `none` has the shape of the labels.
public func softmaxFocalLoss<Scalar, Index: IndexScalar>(
  _ logits: Variable<Scalar>, _ labels: Tensor<Index>, classWeights: Tensor<Scalar>? = nil,
  gamma: Double = 2, ignoredLabel: Int? = -100, weights: Tensor<Scalar>? = nil,
  reduction: Reduction = .mean
) -> Variable<Scalar> {
  let name: StaticString = "softmaxFocalLoss"
  checkGamma(gamma, in: name)
  let targets = ClassLabels(labels, for: logits.shape, ignoredLabel: ignoredLabel, in: name)
  let rows = logits.rowsOfClasses(in: name)
  checkClassWeights(classWeights, classes: rows.shape[1], in: name)
  var losses = crossEntropy(ofRows: rows, targets, scales: Tensor(1), isSummed: false)
  losses = modulated(losses, by: 1 - (-losses).exp(), Scalar(gamma))
  if let classWeights { losses = losses * Variable(classWeights.take(targets.labels)) }
  return targets.reduced(losses, reduction, weights: weights, in: name)
}

/// losses · missᵞ
private func modulated<Scalar>(
  _ losses: Variable<Scalar>, by miss: Variable<Scalar>, _ gamma: Scalar
) -> Variable<Scalar> {
  if gamma == 0 { return losses }
  if gamma >= 1 { return losses * miss.power(gamma) }
  // Below 1 the power has no derivative at 0, where the product's is 0.
  let isZero = miss.value .== 0
  let lift = Tensor.where(isZero, Tensor(Scalar.leastNormalMagnitude), 0)
  return losses * (miss + Variable(lift)).power(gamma)
}

private func checkGamma(_ gamma: Double, in loss: StaticString) {
  guard gamma >= 0 else { stop("\(loss): gamma must not be negative, got \(gamma)") }
}
