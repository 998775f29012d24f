import Tensor

/// The negative log-likelihood of labels, given log probabilities:
///
///     lossᵢ = −w[yᵢ] · logProbabilitiesᵢ[yᵢ];  mean = Σᵢ sᵢ · lossᵢ ÷ Σᵢ sᵢ · w[yᵢ]
///
/// with s the weights of the samples. The rest of `softmaxCrossEntropy`, which does both in one pass,
/// after `logSoftmax`; what is said there of ignored labels and of mistakes holds here.
///
/// - Parameters:
///   - logProbabilities: Of shape [n, classes], [n, classes, d1, …] or [classes].
///   - labels: Of shape [n], [n, d1, …] or []; in `0..<classes` or the ignored label.
///   - classWeights: w, of shape [classes]; 1 each by default.
///   - ignoredLabel: The label of rows that do not count; −100 by default, nil for none.
///   - weights: Of the shape of the labels or its leading extents; 1 each by default.
///   - reduction: The mean by default; `none` has the shape of the labels.
public func negativeLogLikelihood<Scalar, Index: IndexScalar>(
  _ logProbabilities: Variable<Scalar>, _ labels: Tensor<Index>,
  classWeights: Tensor<Scalar>? = nil, ignoredLabel: Int? = -100,
  weights: Tensor<Scalar>? = nil, reduction: Reduction = .mean
) -> Variable<Scalar> {
  let name: StaticString = "negativeLogLikelihood"
  let targets = ClassLabels(
    labels, for: logProbabilities.shape, ignoredLabel: ignoredLabel, in: name, "log probabilities")
  let rows = logProbabilities.rowsOfClasses(in: name)
  checkClassWeights(classWeights, classes: rows.shape[1], in: name)
  if reduction == .mean && labels.count == 0 { stop("\(name): the batch is empty") }
  let places = targets.labels.expanded(at: 1)
  var picked = -rows.value.gather(places, axis: 1).flattened
  if let counted = targets.counted { picked = Tensor.where(counted, picked, 0) }
  let losses = record(.negativeLogLikelihood, picked, from: rows) { g, backward in
    backward.add(to: rows) {
      guard backward.isRecording else {
        var result = Tensor<Scalar>.zeros(rows.shape)
        result.scatter((-g.value).expanded(at: 1), at: places, axis: 1)
        return Variable(result)
      }
      let oneHot = Tensor<Scalar>.oneHot(targets.labels, depth: rows.shape[1])
      return -g.reshaped(to: [g.count, 1]) * Variable(oneHot)
    }
  }
  return targets.reduced(losses, reduction, weights: weights, classWeights: classWeights, in: name)
}

/// The Kullback–Leibler divergence of predicted log probabilities from a target distribution:
///
///     loss = t · (ln t − logProbabilities) for each element; 0 where t = 0
///
/// As in PyTorch the mean is that over all elements, unless `perSample`: then the losses of each sample
/// are added up first, so that there is one divergence for each, and the mean is PyTorch's `batchmean`.
///
/// - Parameters:
///   - logProbabilities: Of any shape.
///   - target: t, or ln t if `logTarget`, of the same shape, a tensor or a variable; stops with a
///     message otherwise.
///   - logTarget: Whether the target is given as logarithms; false by default.
///   - perSample: Whether the losses are those of samples along the first axis; false by default. Stops
///     with a message if there is no axis.
///   - weights: Of the shape of the losses or its leading extents; 1 each by default.
///   - reduction: The mean by default.
public func klDivergence<Scalar>(
  _ logProbabilities: Variable<Scalar>, _ target: some VariableConvertible<Scalar>,
  logTarget: Bool = false, perSample: Bool = false, weights: Tensor<Scalar>? = nil,
  reduction: Reduction = .mean
) -> Variable<Scalar> {
  let target = target.variable
  checkSameShape(
    logProbabilities.shape, target.shape, in: "klDivergence", "log probabilities and target")
  var losses: Variable<Scalar>
  if logTarget {
    losses = target.exp() * (target - logProbabilities)
  } else {
    // ln 1 in place of ln 0.
    let isZero = Tensor<Scalar>(target.value .== 0)
    losses = target * ((target + Variable(isZero)).log() - logProbabilities)
  }
  if perSample {
    guard target.rank > 0 else { stop("klDivergence: a number has no axis of samples") }
    losses = losses.sum(axes: Array(1..<target.rank))
  }
  return losses.reduced(reduction, weights: weights, in: "klDivergence")
}

/// The negative log-likelihood of counts under Poisson distributions:
///
///     loss = eˣ − t · x (x is the logarithm of the rate), or x − t · ln(x + ε) if not `logInput`
///
/// without ln t!, which does not depend on x; `full` adds Stirling's t · ln t − t + ln(2πt) ÷ 2 for it
/// where t > 1. As in PyTorch.
///
/// - Parameters:
///   - prediction: x of any shape.
///   - target: t of the same shape, a tensor or a variable; stops with a message otherwise.
///   - logInput: Whether the prediction is the logarithm of the rate; true by default.
///   - full: Whether to add Stirling's approximation; false by default.
///   - epsilon: ε, which keeps the logarithm from 0; 10⁻⁸ by default.
///   - weights: Of the shape of the prediction or its leading extents; 1 each by default.
///   - reduction: The mean over all elements by default.
public func poissonNegativeLogLikelihood<Scalar>(
  _ prediction: Variable<Scalar>, _ target: some VariableConvertible<Scalar>,
  logInput: Bool = true, full: Bool = false, epsilon: Double = 1e-8,
  weights: Tensor<Scalar>? = nil, reduction: Reduction = .mean
) -> Variable<Scalar> {
  let (x, t) = (prediction, target.variable)
  checkSameShape(x.shape, t.shape, in: "poissonNegativeLogLikelihood")
  var losses: Variable<Scalar>
  if logInput {
    losses = x.exp() - t * x
  } else {
    losses = x - t * (x + Scalar(epsilon)).log()
  }
  if full {
    let large = Tensor<Scalar>(t.value .> 1)
    let safe = t * Variable(large) + Variable(1 - large)
    let half = (safe * (2 * Scalar.pi)).log() / 2
    let stirling = safe * safe.log() - safe + half
    losses = losses + stirling * Variable(large)
  }
  return losses.reduced(reduction, weights: weights, in: "poissonNegativeLogLikelihood")
}

/// The negative log-likelihood of numbers under normal distributions:
///
///     v = max(variance, ε);  loss = (ln v + (prediction − target)² ÷ v) ÷ 2
///
/// and, if `full`, ln(2π) ÷ 2 more. The gradient of the variance passes through the maximum as if it
/// were not there, as in PyTorch; negative variances, an error there, count as ε here.
///
/// - Parameters:
///   - prediction: The means, of any shape.
///   - target: Of the same shape, a tensor or a variable; stops with a message otherwise.
///   - variance: Of the same shape; or that broadcasts to it, or lacks its last axis: one for
///     several elements.
///   - full: Whether to add the constant; false by default.
///   - epsilon: ε; 10⁻⁶ by default.
///   - weights: Of the shape of the prediction or its leading extents; 1 each by default.
///   - reduction: The mean over all elements by default.
public func gaussianNegativeLogLikelihood<Scalar>(
  _ prediction: Variable<Scalar>, _ target: some VariableConvertible<Scalar>,
  variance: some VariableConvertible<Scalar>, full: Bool = false, epsilon: Double = 1e-6,
  weights: Tensor<Scalar>? = nil, reduction: Reduction = .mean
) -> Variable<Scalar> {
  let name: StaticString = "gaussianNegativeLogLikelihood"
  let target = target.variable
  var variance = variance.variable
  checkSameShape(prediction.shape, target.shape, in: name)
  if variance.rank == prediction.rank - 1, variance.shape.elementsEqual(prediction.shape.dropLast())
  {
    variance = variance.reshaped(to: Shape(variance.shape + [1]))
  }
  guard Shape.broadcast(variance.shape, prediction.shape) == prediction.shape else {
    stop("\(name): variance \(variance.shape) does not fit prediction \(prediction.shape)")
  }
  let v = variance + Variable((Scalar(epsilon) - variance.value).relu())
  var losses = (v.log() + (prediction - target).squared() / v) / 2
  if full { losses = losses + Scalar(0.918_938_533_204_672_741_780_329_736_405_618) }
  return losses.reduced(reduction, weights: weights, in: name)
}
