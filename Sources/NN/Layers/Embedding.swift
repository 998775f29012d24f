import Tensor

/// A table of vectors, looked up by whole numbers: y[i…] = weight[indices[i…]].
///
/// Parameters as in PyTorch: `weight` of shape `[count, width]`, drawn from N(0, 1). The result has the
/// shape of the indices with `width` behind it. The row of the padding index starts as 0 and gets no
/// gradient. Stops with a message if an index is outside `0..<count`. PyTorch's `norm_type` is 2 here, and
/// its `scale_grad_by_freq` and sparse gradients are left out.
public struct Embedding<Scalar: FloatingPointScalar> {
  public let weight: Parameter<Scalar>
  /// The index whose row is not trained.
  public let paddingIndex: Int?
  /// The largest length of a row: longer ones are shortened when they are looked up.
  public let maxNorm: Double?

  /// - Parameters:
  ///   - count: The number of rows.
  ///   - width: The number of elements of each.
  ///   - paddingIndex: The index whose row is not trained; none by default. A negative one counts from
  ///     the end.
  ///   - maxNorm: The largest Euclidean length of a row; without bound by default. Rows beyond it are
  ///     shortened in place when they are looked up, in evaluation too, as in PyTorch.
  ///
  /// Stops with a message if an extent or the length is not positive, or the index out of range.
  public init(
    _ count: Int, _ width: Int, paddingIndex: Int? = nil, maxNorm: Double? = nil,
    weightInitializer: Initializer = .normal(standardDeviation: 1),
    scalar: Scalar.Type = Float.self
  ) {
    guard count > 0 && width > 0 else {
      fatalError("Embedding: count and width must be positive, got \(count) and \(width)")
    }
    if let paddingIndex, !(-count..<count).contains(paddingIndex) {
      fatalError("Embedding: padding index \(paddingIndex) is outside \(-count)..<\(count)")
    }
    if let maxNorm, !(maxNorm > 0) {
      fatalError("Embedding: the largest length must be positive, got \(maxNorm)")
    }
    self.paddingIndex = paddingIndex.map { $0 < 0 ? $0 + count : $0 }
    self.maxNorm = maxNorm
    var random = RandomGenerator(seed: .random(in: .min ... .max))
    weight = Parameter(
      weightInitializer.tensor([count, width], using: &random), initializer: weightInitializer,
      zeroRow: self.paddingIndex)
  }

  /// The rows of the indices.
  public func callAsFunction<Index: IndexScalar>(_ indices: Tensor<Index>) -> Variable<Scalar> {
    LayerScope.within(weight.layerPath, "Embedding") {
      check(indices)
      if let maxNorm { shorten(indices, to: Scalar(maxNorm)) }
      let table = weight.variable
      let rows = table.take(indices)
      guard let paddingIndex else { return rows }
      let isPadding = indices .== Index(paddingIndex)
      guard isPadding.any().item else { return rows }
      return .where(isPadding.expanded(at: indices.rank), rows.detached, rows)
    }
  }

  private func check<Index: IndexScalar>(_ indices: Tensor<Index>) {
    let count = weight.shape[0]
    indices.withUnsafeBufferPointer { elements in
      guard let place = elements.firstIndex(where: { $0 < 0 || $0 >= count }) else { return }
      stop(
        "index \(elements[place]) at place \(place) of indices \(indices.shape) is outside "
          + "0..<\(count)")
    }
  }

  private func shorten<Index: IndexScalar>(_ indices: Tensor<Index>, to bound: Scalar) {
    let used = indices.unique()
    let rows = weight.value.take(used)
    let lengths = rows.sumOfSquares(axes: [1], keepingDimensions: true).squareRoot()
    let isLonger = lengths .> bound
    guard isLonger.any().item else { return }
    var table = weight.value
    table[used] = rows * Tensor.where(isLonger, bound / (lengths + 1e-7), 1)
    weight.value = table
  }
}
