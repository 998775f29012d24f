import Tensor

/// The share of rows whose largest element stands at the label.
///
/// `scores`, such as logits or probabilities, is `[n, classes]` and `labels` is `[n]`. Of equal largest
/// elements the first counts. Stops with a message if the shapes do not fit or there is no row.
public func accuracy<Scalar: FloatingPointScalar>(
  _ scores: Tensor<Scalar>, _ labels: Tensor<Int32>
) -> Double {
  guard scores.rank == 2, labels.shape == [scores.shape[0]], labels.count > 0 else {
    fatalError(
      "accuracy: scores \(scores.shape) and labels \(labels.shape) do not fit; "
        + "scores are [n, classes] and labels [n], with n at least 1")
  }
  let best = scores.argmax()
  let hits = best.withUnsafeBufferPointer { best in
    labels.withUnsafeBufferPointer { labels in
      var hits = 0
      for row in 0..<labels.count where best[row] == Int64(labels[row]) { hits += 1 }
      return hits
    }
  }
  return Double(hits) / Double(labels.count)
}
