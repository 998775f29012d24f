import Tensor

/// The hinge loss of binary targets: max(0, margin − target · score).
///
/// - Parameters:
///   - scores: Of any shape.
///   - target: 1 or −1, of the same shape, a tensor or a variable; stops with a message otherwise.
///   - margin: 1 by default.
///   - weights: Of the shape of the scores or its leading extents; 1 each by default.
///   - reduction: The mean over all elements by default.
public func hingeLoss<Scalar>(
  _ scores: Variable<Scalar>, _ target: some VariableConvertible<Scalar>, margin: Double = 1,
  weights: Tensor<Scalar>? = nil, reduction: Reduction = .mean
) -> Variable<Scalar> {
  let target = target.variable
  checkSameShape(scores.shape, target.shape, in: "hingeLoss", "scores and target")
  return (Scalar(margin) - target * scores).relu()
    .reduced(reduction, weights: weights, in: "hingeLoss")
}

/// The hinge loss of distances: x where the target is 1, max(0, margin − x) where it is −1.
///
/// - Parameters:
///   - distances: x of any shape.
///   - target: 1 for similar and −1 for dissimilar pairs, of the same shape; stops with a message
///     otherwise.
///   - margin: 1 by default.
///   - weights: Of the shape of the distances or its leading extents; 1 each by default.
///   - reduction: The mean over all elements by default.
public func hingeEmbeddingLoss<Scalar>(
  _ distances: Variable<Scalar>, _ target: Tensor<Scalar>, margin: Double = 1,
  weights: Tensor<Scalar>? = nil, reduction: Reduction = .mean
) -> Variable<Scalar> {
  checkSameShape(distances.shape, target.shape, in: "hingeEmbeddingLoss", "distances and target")
  return split(distances, (Scalar(margin) - distances).relu(), target)
    .reduced(reduction, weights: weights, in: "hingeEmbeddingLoss")
}

/// The hinge loss of classes:
///
///     lossᵢ = w[yᵢ] · Σ_{j ≠ yᵢ} max(0, margin − xᵢ[yᵢ] + xᵢ[j])ᵖ ÷ classes
///
/// The loss of J. Weston and C. Watkins (1999), divided by the number of classes as in PyTorch.
///
/// - Parameters:
///   - scores: x, of shape [n, classes] or [classes].
///   - labels: y, of shape [n] or []; stops with a message if out of range.
///   - p: The exponent, 1 or 2; 1 by default.
///   - margin: 1 by default.
///   - classWeights: w, of shape [classes]; 1 each by default.
///   - weights: Of the shape of the labels; 1 each by default.
///   - reduction: The mean by default.
public func multiMarginLoss<Scalar, Index: IndexScalar>(
  _ scores: Variable<Scalar>, _ labels: Tensor<Index>, p: Int = 1, margin: Double = 1,
  classWeights: Tensor<Scalar>? = nil, weights: Tensor<Scalar>? = nil,
  reduction: Reduction = .mean
) -> Variable<Scalar> {
  let name: StaticString = "multiMarginLoss"
  guard p == 1 || p == 2 else { stop("\(name): p must be 1 or 2, got \(p)") }
  guard scores.rank <= 2 else {
    stop("\(name): scores are [n, classes] or [classes], got \(scores.shape)")
  }
  let targets = ClassLabels(labels, for: scores.shape, ignoredLabel: nil, in: name, "scores")
  let rows = scores.rowsOfClasses(in: name)
  checkClassWeights(classWeights, classes: rows.shape[1], in: name)
  let oneHot = Tensor<Scalar>.oneHot(targets.labels, depth: rows.shape[1])
  let own = (rows * Variable(oneHot)).sum(axes: [1], keepingDimensions: true)
  var hinges = (rows - own + Scalar(margin)).relu()
  if p == 2 { hinges = hinges.squared() }
  var losses = (hinges * Variable(1 - oneHot)).sum(axes: [1]) / Scalar(rows.shape[1])
  if let classWeights { losses = losses * Variable(classWeights.take(targets.labels)) }
  return targets.reduced(losses, reduction, weights: weights, in: name)
}

/// The loss of a ranking: max(0, margin − target · (first − second)).
///
/// - Parameters:
///   - first: Scores of any shape.
///   - second: Scores of the same shape.
///   - target: 1 where the first should rank higher, −1 where the second; of the same shape. Stops
///     with a message if shapes differ.
///   - margin: 0 by default.
///   - weights: Of the shape of the scores or its leading extents; 1 each by default.
///   - reduction: The mean over all elements by default.
public func marginRankingLoss<Scalar>(
  _ first: Variable<Scalar>, _ second: Variable<Scalar>,
  _ target: some VariableConvertible<Scalar>, margin: Double = 0,
  weights: Tensor<Scalar>? = nil, reduction: Reduction = .mean
) -> Variable<Scalar> {
  let target = target.variable
  checkSameShape(first.shape, second.shape, in: "marginRankingLoss", "first and second")
  checkSameShape(first.shape, target.shape, in: "marginRankingLoss", "scores and target")
  return (Scalar(margin) - target * (first - second)).relu()
    .reduced(reduction, weights: weights, in: "marginRankingLoss")
}

/// The logistic loss of binary targets: ln(1 + exp(−target · score)), without overflow.
///
/// - Parameters:
///   - scores: Of any shape.
///   - target: 1 or −1, of the same shape, a tensor or a variable; stops with a message otherwise.
///   - weights: Of the shape of the scores or its leading extents; 1 each by default.
///   - reduction: The mean over all elements by default.
public func softMarginLoss<Scalar>(
  _ scores: Variable<Scalar>, _ target: some VariableConvertible<Scalar>,
  weights: Tensor<Scalar>? = nil, reduction: Reduction = .mean
) -> Variable<Scalar> {
  let target = target.variable
  checkSameShape(scores.shape, target.shape, in: "softMarginLoss", "scores and target")
  return (-(target * scores)).softplus()
    .reduced(reduction, weights: weights, in: "softMarginLoss")
}

/// One loss where the target is 1, another where it is −1.
func split<Scalar>(
  _ similar: Variable<Scalar>, _ dissimilar: Variable<Scalar>, _ target: Tensor<Scalar>
) -> Variable<Scalar> {
  similar * Variable(Tensor<Scalar>(target .!= -1))
    + dissimilar * Variable(Tensor<Scalar>(target .!= 1))
}
