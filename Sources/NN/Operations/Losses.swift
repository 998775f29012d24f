import Tensor

/// The mean squared error: Σ (prediction − target)² ÷ n over all elements.
///
/// Stops with a message if the shapes differ: broadcasting here would hide a mistake.
public func meanSquaredError<Scalar>(
  _ prediction: Variable<Scalar>, _ target: Variable<Scalar>
) -> Variable<Scalar> {
  guard prediction.shape == target.shape else {
    fatalError(
      "meanSquaredError: shapes \(prediction.shape) and \(target.shape) differ; "
        + "prediction and target need one shape")
  }
  return (prediction - target).squared().mean()
}

/// The mean squared error against a target that needs no gradient.
public func meanSquaredError<Scalar>(
  _ prediction: Variable<Scalar>, _ target: Tensor<Scalar>
) -> Variable<Scalar> {
  meanSquaredError(prediction, Variable(target))
}

/// The mean over a batch of the cross-entropy between softmax(logits) and integer labels.
///
///     loss = (1/n) Σᵢ (ln Σⱼ exp zᵢⱼ − z_{i, label(i)}),  ∂z = g · (softmax(z) − onehot(label)) ÷ n
///
/// `logits` is `[n, classes]` and `labels` is `[n]` with values in `0..<classes`. Computed in one pass
/// without overflow. Stops with a message if the shapes do not fit, the batch is empty or a label is
/// out of range.
public func softmaxCrossEntropy<Scalar>(
  _ logits: Variable<Scalar>, _ labels: Tensor<Int32>
) -> Variable<Scalar> {
  guard logits.rank == 2, labels.shape == [logits.shape[0]] else {
    fatalError(
      "softmaxCrossEntropy: logits \(logits.shape) and labels \(labels.shape) do not fit; "
        + "logits are [n, classes] and labels [n]")
  }
  let n = logits.shape[0]
  let classes = logits.shape[1]
  guard n > 0 else { fatalError("softmaxCrossEntropy: the batch is empty") }
  labels.withUnsafeBufferPointer { labels in
    if let row = labels.firstIndex(where: { $0 < 0 || $0 >= classes }) {
      fatalError(
        "softmaxCrossEntropy: label \(labels[row]) of row \(row) is outside 0..<\(classes)")
    }
  }
  let (losses, probabilities) = logits.value.softmaxCrossEntropy(labels: labels)
  return record(.softmaxCrossEntropy, losses.mean(), from: logits) { g, backward in
    backward.add(to: logits) {
      guard backward.isRecording else {
        let scales = g.value / Scalar(n)
        return Variable(probabilities.throughSoftmaxCrossEntropy(labels: labels, scales: scales))
      }
      let minusOneHot = Tensor<Scalar>.zeros(logits.shape)
        .throughSoftmaxCrossEntropy(labels: labels, scales: Tensor(1))
      return (logits.softmax() + Variable(minusOneHot)) * (g / Scalar(n))
    }
  }
}
