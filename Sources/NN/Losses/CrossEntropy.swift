import Tensor

/// The cross-entropy between softmax(logits) and integer labels.
///
///     lossᵢ = −w[yᵢ] · (1 − ε) · ln pᵢ[yᵢ] − (ε ÷ classes) · Σⱼ w[j] · ln pᵢⱼ,   p = softmax(logits)
///     mean  = Σᵢ sᵢ · lossᵢ ÷ Σᵢ sᵢ · w[yᵢ]
///
/// with y the labels, w the class weights, ε the smoothing (C. Szegedy et al., 2016) and s the
/// weights of the samples. Rows with the ignored label count nowhere. Computed without overflow;
/// with integer labels and no smoothing in one pass forward and one backward:
/// ∂logits = g · (p − onehot(y)), scaled.
///
/// As in PyTorch, save that samples may have weights. The mean of rows that are all ignored is NaN,
/// with gradients of 0. Stops with a message if shapes do not fit or a label is out of range
/// (`validateLabels` checks labels from outside), or if the mean of an empty batch is asked for.
///
/// - Parameters:
///   - logits: Of shape [n, classes], [n, classes, d1, …] or [classes].
///   - labels: Of shape [n], [n, d1, …] or []; in `0..<classes` or the ignored label.
///   - classWeights: Of shape [classes]; 1 each by default.
///   - labelSmoothing: In `0...1`; 0 by default.
///   - ignoredLabel: The label of rows that do not count; −100 by default, nil for none.
///   - weights: Of the shape of the labels or its leading extents; 1 each by default.
///   - reduction: The mean by default; `none` has the shape of the labels.
public func softmaxCrossEntropy<Scalar>(
  _ logits: Variable<Scalar>, _ labels: Tensor<Int32>, classWeights: Tensor<Scalar>? = nil,
  labelSmoothing: Double = 0, ignoredLabel: Int? = -100, weights: Tensor<Scalar>? = nil,
  reduction: Reduction = .mean
) -> Variable<Scalar> {
  crossEntropy(
    logits, labels, classWeights, labelSmoothing, ignoredLabel, weights, reduction)
}

/// The cross-entropy between softmax(logits) and integer labels of 32 or 64 bits.
public func softmaxCrossEntropy<Scalar, Index: IndexScalar>(
  _ logits: Variable<Scalar>, _ labels: Tensor<Index>, classWeights: Tensor<Scalar>? = nil,
  labelSmoothing: Double = 0, ignoredLabel: Int? = -100, weights: Tensor<Scalar>? = nil,
  reduction: Reduction = .mean
) -> Variable<Scalar> {
  crossEntropy(
    logits, labels, classWeights, labelSmoothing, ignoredLabel, weights, reduction)
}

/// The cross-entropy between softmax(logits) and probabilities.
///
///     lossᵢ = −Σⱼ w[j] · qᵢⱼ · ln pᵢⱼ,   p = softmax(logits), q = (1 − ε) · target + ε ÷ classes
///
/// The mean divides by the number of samples, or the sum of their weights; class weights do not
/// enter the divisor. As in PyTorch. Stops with a message if shapes do not fit.
///
/// - Parameters:
///   - logits: Of shape [n, classes], [n, classes, d1, …] or [classes].
///   - probabilities: The target, of the shape of the logits; its gradient is −w · ln p.
///   - classWeights: Of shape [classes]; 1 each by default.
///   - labelSmoothing: ε in `0...1`; 0 by default.
///   - weights: Of shape [n] or [n, d1, …]; 1 each by default.
///   - reduction: The mean by default; `none` has the shape of the logits without the classes.
public func softmaxCrossEntropy<Scalar>(
  _ logits: Variable<Scalar>, probabilities: some VariableConvertible<Scalar>,
  classWeights: Tensor<Scalar>? = nil, labelSmoothing: Double = 0,
  weights: Tensor<Scalar>? = nil, reduction: Reduction = .mean
) -> Variable<Scalar> {
  let target = probabilities.variable
  checkSameShape(
    logits.shape, target.shape, in: "softmaxCrossEntropy", "logits and probabilities")
  let axis = classAxis(of: logits.shape, in: "softmaxCrossEntropy")
  let classes = logits.shape[axis]
  checkClassWeights(classWeights, classes: classes, in: "softmaxCrossEntropy")
  checkSmoothing(labelSmoothing)
  var q = target.rowsOfClasses(in: "softmaxCrossEntropy")
  if labelSmoothing > 0 {
    q = q * Scalar(1 - labelSmoothing) + Scalar(labelSmoothing) / Scalar(classes)
  }
  if let classWeights { q = q * Variable(classWeights) }
  let logProbabilities = logits.rowsOfClasses(in: "softmaxCrossEntropy").logSoftmax()
  let losses = -(logProbabilities * q).sum(axes: [1])
  return losses.reshaped(to: logits.shape.removing(axis))
    .reduced(reduction, weights: weights, in: "softmaxCrossEntropy")
}

@_specialize(where Scalar == Float, Index == Int32)
private func crossEntropy<Scalar, Index: IndexScalar>(
  _ logits: Variable<Scalar>, _ labels: Tensor<Index>, _ classWeights: Tensor<Scalar>?,
  _ labelSmoothing: Double, _ ignoredLabel: Int?, _ weights: Tensor<Scalar>?,
  _ reduction: Reduction
) -> Variable<Scalar> {
  let name: StaticString = "softmaxCrossEntropy"
  let targets = ClassLabels(labels, for: logits.shape, ignoredLabel: ignoredLabel, in: name)
  let rows = logits.rowsOfClasses(in: name)
  let classes = rows.shape[1]
  checkClassWeights(classWeights, classes: classes, in: name)
  checkSmoothing(labelSmoothing)
  if reduction == .mean && labels.count == 0 { stop("\(name): the batch is empty") }
  let rowWeights = targets.rowWeights(weights, classWeights: classWeights, in: name)
  // What a row of weight 1 counts in the result.
  var unit = Tensor<Scalar>(1)
  if reduction == .mean && !targets.areAllIgnored {
    unit = rowWeights.map { 1 / $0.sum() } ?? Tensor(1 / Scalar(labels.count))
  }
  let scales = rowWeights.map { $0 * unit } ?? unit
  var losses: Variable<Scalar>
  if labelSmoothing == 0 {
    losses = crossEntropy(ofRows: rows, targets, scales: scales, isSummed: reduction != .none)
  } else {
    // −Σ q · ln p with q = sw[y] · (1 − ε) · onehot(y) + s · ε ÷ classes · w.
    let hard = Tensor.oneHot(targets.labels, depth: classes) * Scalar(1 - labelSmoothing)
    let even = targets.rowWeights(weights, classWeights: nil, in: name).map { $0 * unit } ?? unit
    let evenScales = even * (Scalar(labelSmoothing) / Scalar(classes))
    let q = hard * scales.asColumn + evenScales.asColumn * (classWeights ?? Tensor(1))
    let products = rows.logSoftmax() * Variable(q)
    losses = -products.sum(axes: reduction == .none ? [1] : nil)
  }
  if reduction == .none { return losses.reshaped(to: targets.shape) }
  if reduction == .mean && targets.areAllIgnored { losses = losses + Scalar.nan }
  return losses
}

/// The one fused pass over rows with a label each: lossᵢ · scaleᵢ, or their sum.
///
/// `scales` are one number or one for each row.
@_specialize(where Scalar == Float)
func crossEntropy<Scalar>(
  ofRows logits: Variable<Scalar>, _ targets: ClassLabels, scales: Tensor<Scalar>, isSummed: Bool
) -> Variable<Scalar> {
  let labels = targets.labels
  var (losses, probabilities) = logits.value.softmaxCrossEntropy(labels: labels)
  if let counted = targets.counted { losses = Tensor.where(counted, losses, 0) }
  losses = isSummed && scales.rank == 0 ? losses.sum() * scales : losses * scales
  if isSummed && scales.rank == 1 { losses = losses.sum() }
  return record(.softmaxCrossEntropy, losses, from: logits) { g, backward in
    backward.add(to: logits) {
      guard backward.isRecording else {
        return Variable(
          probabilities.throughSoftmaxCrossEntropy(labels: labels, scales: g.value * scales))
      }
      let minusOneHot = Tensor<Scalar>.zeros(logits.shape)
        .throughSoftmaxCrossEntropy(labels: labels, scales: Tensor(1))
      let scaled = g * Variable(scales)
      let column = scaled.rank == 0 ? scaled : scaled.reshaped(to: [scaled.count, 1])
      return (logits.softmax() + Variable(minusOneHot)) * column
    }
  }
}

private func checkSmoothing(_ labelSmoothing: Double) {
  guard (0...1).contains(labelSmoothing) else {
    stop("softmaxCrossEntropy: label smoothing \(labelSmoothing) is outside 0...1")
  }
}

extension Tensor {
  /// A vector as a column; a scalar stays one.
  fileprivate var asColumn: Tensor { rank == 0 ? self : expanded(at: 1) }
}
