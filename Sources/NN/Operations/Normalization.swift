import Tensor

/// Normalisation. A pullback that nobody will differentiate is fused; one that is recorded is made of
/// differentiable operations.
extension Variable {
  /// Layer normalisation: y = (x − x̄) ÷ √(variance + ε) · scale + shift, with mean and variance of
  /// the last `axisCount` axes (J. L. Ba, J. R. Kiros and G. E. Hinton, 2016).
  ///
  ///     ∂x = (h − mean h − n · mean(h · n)) ÷ √(variance + ε),   h = g · scale, n = (x − x̄) ÷ √(…)
  ///     ∂scale = Σ g · n, ∂shift = Σ g
  ///
  /// The variance is divided by the number of elements. Stops with a message if `scale` or `shift`
  /// does not have the shape of the last axes.
  public func layerNormalized(
    axisCount: Int = 1, scale: Variable? = nil, shift: Variable? = nil, epsilon: Double = 1e-5
  ) -> Variable {
    normalizedRows(
      axisCount, scale: scale, shift: shift, epsilon, isCentered: true, "layerNormalized")
  }

  /// Normalisation by the root mean square: y = x ÷ √(mean x² + ε) · scale, over the last `axisCount`
  /// axes (B. Zhang and R. Sennrich, 2019).
  ///
  ///     ∂x = (h − n · mean(h · n)) ÷ √(mean x² + ε),   h = g · scale, n = x ÷ √(…)
  ///     ∂scale = Σ g · n
  ///
  /// Stops with a message if `scale` does not have the shape of the last axes.
  public func rmsNormalized(
    axisCount: Int = 1, scale: Variable? = nil, epsilon: Double = 1e-5
  ) -> Variable {
    normalizedRows(axisCount, scale: scale, shift: nil, epsilon, isCentered: false, "rmsNormalized")
  }

  /// Group normalisation: the channels, axis 1, are cut into groups, and each group of each sample is
  /// normalised by its own mean and variance; then y = n · scale + shift for each channel (Y. Wu and
  /// K. He, 2018). With as many groups as channels it is instance normalisation.
  ///
  /// `self` is `[n, channels, …]`, `scale` and `shift` are `[channels]`. Stops with a message if the
  /// groups do not divide the channels, or the shapes do not fit.
  public func groupNormalized(
    groups: Int, scale: Variable? = nil, shift: Variable? = nil, epsilon: Double = 1e-5
  ) -> Variable {
    let channels = channelCount(in: "groupNormalized")
    guard groups >= 1 && channels % groups == 0 else {
      stop("groupNormalized: \(channels) channels of input \(shape) do not divide into \(groups)")
    }
    let length = shape.dropFirst(2).reduce(channels / groups, *)
    let rows = reshaped(to: [shape[0], groups, length])
    return rows.layerNormalized(epsilon: epsilon).reshaped(to: shape)
      .affineOfChannels(scale: scale, shift: shift, "groupNormalized")
  }

  /// Batch normalisation by the statistics of the batch itself: y = (x − x̄) ÷ √(variance + ε) · scale
  /// + shift, with mean and variance of each channel, axis 1, over all other axes (S. Ioffe and
  /// C. Szegedy, 2015).
  ///
  ///     ∂x = (g − mean g − n · mean(g · n)) · scale ÷ √(variance + ε),   n = (x − x̄) ÷ √(…)
  ///     ∂scale = Σ g · n, ∂shift = Σ g
  ///
  /// `self` is `[n, channels, …]`, `scale` and `shift` are `[channels]`, and so are the mean and the
  /// variance, divided by the number of elements, that come beside the result for running statistics.
  /// Stops with a message if the shapes do not fit.
  public func batchNormalized(
    scale: Variable? = nil, shift: Variable? = nil, epsilon: Double = 1e-5
  ) -> (result: Variable, mean: Tensor<Scalar>, variance: Tensor<Scalar>) {
    let channels = channelCount(in: "batchNormalized")
    checkChannels(scale?.shape, "scale", in: "batchNormalized")
    checkChannels(shift?.shape, "shift", in: "batchNormalized")
    let axes = (0..<rank).filter { $0 != 1 }
    let (mean, variance) = value.meanAndVariance(axes: axes, keepingDimensions: true)
    let inverse = 1 / (variance + Scalar(epsilon)).squareRoot()
    let factor = scale.map { $0.value.reshaped(to: channelShape) * inverse } ?? inverse
    var y = value - mean
    y *= factor
    if let shift { y += shift.value.reshaped(to: channelShape) }
    let absent = Variable(Tensor.zeros([0]))
    let result = record(.normalizeChannels, y, from: self, scale ?? absent, shift ?? absent) {
      g, backward in
      guard backward.isRecording else {
        return self.addChannelGradients(g, mean, inverse, factor, scale, shift, backward)
      }
      let (n, inverse) = self.standardized(axes, epsilon, isCentered: true)
      backward.add(to: self) {
        let h = scale.map { g * $0.reshaped(to: self.channelShape) } ?? g
        return h.throughStandardized(n, inverse, axes, isCentered: true)
      }
      if let scale { backward.add(to: scale) { (g * n).sum(axes: axes) } }
      if let shift { backward.add(to: shift) { g.sum(axes: axes) } }
    }
    return (result, mean.reshaped(to: [channels]), variance.reshaped(to: [channels]))
  }

  /// Normalisation of each channel, axis 1, by a given mean and variance, taken as constants:
  /// y = (x − mean) ÷ √(variance + ε) · scale + shift.
  ///
  /// All four are `[channels]`; stops with a message if they are not.
  public func normalized(
    mean: Tensor<Scalar>, variance: Tensor<Scalar>, scale: Variable? = nil, shift: Variable? = nil,
    epsilon: Double = 1e-5
  ) -> Variable {
    _ = channelCount(in: "normalized")
    checkChannels(mean.shape, "mean", in: "normalized")
    checkChannels(variance.shape, "variance", in: "normalized")
    checkChannels(scale?.shape, "scale", in: "normalized")
    let inverse = Variable(1 / (variance + Scalar(epsilon)).squareRoot())
    let factor = scale.map { $0 * inverse } ?? inverse
    let offset = shift.map { $0 - Variable(mean) * factor } ?? -(Variable(mean) * factor)
    return affineOfChannels(scale: factor, shift: offset, "normalized")
  }
}

extension Variable {
  /// Normalises rows made of the last axes.
  private func normalizedRows(
    _ axisCount: Int, scale: Variable?, shift: Variable?, _ epsilon: Double, isCentered: Bool,
    _ operation: StaticString
  ) -> Variable {
    guard axisCount >= 1 && axisCount <= rank else {
      stop("\(operation): input \(shape) does not have \(axisCount) axes to normalise over")
    }
    let row = Shape(shape.suffix(axisCount))
    for (parameter, role) in [(scale, "scale"), (shift, "shift")] {
      if let parameter, parameter.shape != row {
        stop(
          "\(operation): \(role) \(parameter.shape) does not fit the last axes of input \(shape)")
      }
    }
    var normalization = value.normalizedRows(
      axisCount: axisCount, scale: scale?.value, shift: shift?.value, epsilon: epsilon,
      isCentered: isCentered)
    let y = normalization.values
    normalization.values = value  // The gradient needs the statistics alone.
    let statistics = normalization
    let lead = Array(0..<rank - axisCount)
    let axes = Array(rank - axisCount..<rank)
    let absent = Variable(Tensor.zeros([0]))
    return record(.normalizeRows, y, from: self, scale ?? absent, shift ?? absent) { g, backward in
      if backward.isRecording {
        let (n, inverse) = self.standardized(axes, epsilon, isCentered: isCentered)
        backward.add(to: self) {
          let h = scale.map { g * $0 } ?? g
          return h.throughStandardized(n, inverse, axes, isCentered: isCentered)
        }
        if let scale { backward.add(to: scale) { (g * n).sum(axes: lead) } }
        if let shift { backward.add(to: shift) { g.sum(axes: lead) } }
        return
      }
      backward.add(to: self) {
        Variable(
          g.value.throughNormalizedRows(
            of: self.value, statistics, axisCount: axisCount, scale: scale?.value))
      }
      let parameters = [scale, shift].compactMap { $0 }
      guard parameters.contains(where: backward.needsGradient) else { return }
      let gradients = g.value.throughNormalizedRowParameters(
        of: self.value, statistics, axisCount: axisCount)
      if let scale { backward.add(to: scale) { Variable(gradients.scale) } }
      if let shift { backward.add(to: shift) { Variable(gradients.shift) } }
    }
  }

  /// n = (x − x̄) ÷ √(variance + ε) over some axes, and 1 ÷ √(…), made of differentiable operations.
  private func standardized(
    _ axes: [Int], _ epsilon: Double, isCentered: Bool
  ) -> (n: Variable, inverse: Variable) {
    let centred = isCentered ? self - mean(axes: axes, keepingDimensions: true) : self
    let squares = centred.squared().mean(axes: axes, keepingDimensions: true)
    let inverse = 1 / (squares + Scalar(epsilon)).squareRoot()
    return (centred * inverse, inverse)
  }

  /// The gradient of x, where this is that of n.
  private func throughStandardized(
    _ n: Variable, _ inverse: Variable, _ axes: [Int], isCentered: Bool
  ) -> Variable {
    let spread = n * (self * n).mean(axes: axes, keepingDimensions: true)
    let centred = isCentered ? self - mean(axes: axes, keepingDimensions: true) : self
    return (centred - spread) * inverse
  }

  /// The gradients of batch normalisation, of which this is the input.
  private func addChannelGradients(
    _ g: Variable, _ mean: Tensor<Scalar>, _ inverse: Tensor<Scalar>, _ factor: Tensor<Scalar>,
    _ scale: Variable?, _ shift: Variable?, _ backward: Backward
  ) {
    let axes = (0..<rank).filter { $0 != 1 }
    let channels = shape[1]
    var n = value - mean
    n *= inverse
    let sum = g.value.sum(axes: axes, keepingDimensions: true)
    let sumWithN = (g.value * n).sum(axes: axes, keepingDimensions: true)
    if let scale { backward.add(to: scale) { Variable(sumWithN.reshaped(to: [channels])) } }
    if let shift { backward.add(to: shift) { Variable(sum.reshaped(to: [channels])) } }
    backward.add(to: self) {
      let share = 1 / Scalar(Swift.max(1, count) / Swift.max(1, channels))
      n *= sumWithN * share
      var result = g.value - n
      result -= sum * share
      result *= factor
      return Variable(result)
    }
  }

  /// y = x · scale + shift for each channel, axis 1.
  func affineOfChannels(scale: Variable?, shift: Variable?, _ operation: StaticString) -> Variable {
    checkChannels(scale?.shape, "scale", in: operation)
    checkChannels(shift?.shape, "shift", in: operation)
    var y = self
    if let scale { y = y * scale.reshaped(to: channelShape) }
    if let shift { y = y + shift.reshaped(to: channelShape) }
    return y
  }

  /// `[channels, 1, …]`, which broadcasts to this shape.
  private var channelShape: Shape {
    Shape([shape[1]] + Array(repeating: 1, count: rank - 2))
  }

  private func channelCount(in operation: StaticString) -> Int {
    guard rank >= 2 else {
      stop("\(operation): input \(shape) has no channels; it must be [n, channels, …]")
    }
    return shape[1]
  }

  private func checkChannels(_ parameter: Shape?, _ role: String, in operation: StaticString) {
    guard let parameter, parameter != [shape[1]] else { return }
    stop("\(operation): \(role) \(parameter) does not fit the channels of input \(shape)")
  }
}
