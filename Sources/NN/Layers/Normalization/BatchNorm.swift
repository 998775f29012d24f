import Tensor

/// Batch normalisation of vectors or sequences: y = (x − mean) ÷ √(variance + ε) · weight + bias for
/// each channel (S. Ioffe and C. Szegedy, 2015).
///
/// In training mean and variance are those of the batch, over all axes but the channels, and the
/// running ones move towards them: running ← (1 − momentum) · running + momentum · batch, where the
/// variance is the unbiased estimate. In evaluation the running ones are used. Without them the
/// statistics are always those of the batch.
///
/// Input `[n, channels]` or `[n, channels, length]`. Parameters and buffers as in PyTorch: `weight` and
/// `bias`, `running_mean` and `running_var` of shape `[channels]`, and `num_batches_tracked`. A batch
/// without samples leaves the running statistics as they are. Stops with a message if the input does
/// not fit, or if the statistics of the batch are needed and it has one value for each channel.
public struct BatchNorm1D<Scalar: FloatingPointScalar>: Layer, NamedParts {
  /// γ, of shape `[channels]`, 1 at first.
  public let weight: Parameter<Scalar>?
  /// β, of shape `[channels]`, 0 at first.
  public let bias: Parameter<Scalar>?
  /// The running mean and variance.
  public let statistics: RunningStatistics<Scalar>?
  private let options: BatchNormOptions

  /// - Parameters:
  ///   - channels: The extent of axis 1.
  ///   - epsilon: What is added to the variance; 1e-5 by default.
  ///   - momentum: The share of each batch in the running statistics, in `0...1`; 0.1 by default. With
  ///     nil they are the plain average over all batches.
  ///   - affine: Whether there are a weight and a bias; true by default.
  ///   - tracksStatistics: Whether there are running statistics; true by default.
  public init(
    _ channels: Int, epsilon: Double = 1e-5, momentum: Double? = 0.1, affine: Bool = true,
    tracksStatistics: Bool = true, scalar: Scalar.Type = Float.self
  ) {
    options = BatchNormOptions("BatchNorm1D", channels, epsilon, momentum)
    let parameters = ChannelAffine<Scalar>([channels], weight: affine, bias: affine)
    (weight, bias) = (parameters.weight, parameters.bias)
    statistics = tracksStatistics ? RunningStatistics(channels: channels) : nil
  }

  public var namedParts: [(name: String, part: Any)] {
    [("weight", weight as Any), ("bias", bias as Any), ("", statistics as Any)]
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    options.normalize(input, weight, bias, statistics, context) {
      guard (2...3).contains(input.rank) && input.shape[1] == options.channels else {
        let channels = options.channels
        stop(
          "input \(input.shape) does not fit \(channels) channels; it must be [n, \(channels)] or "
            + "[n, \(channels), length]")
      }
    }
  }
}

/// Batch normalisation of images: as `BatchNorm1D`, for inputs `[n, channels, height, width]`.
public struct BatchNorm2D<Scalar: FloatingPointScalar>: Layer, NamedParts {
  /// γ, of shape `[channels]`, 1 at first.
  public let weight: Parameter<Scalar>?
  /// β, of shape `[channels]`, 0 at first.
  public let bias: Parameter<Scalar>?
  /// The running mean and variance.
  public let statistics: RunningStatistics<Scalar>?
  private let options: BatchNormOptions

  /// - Parameters:
  ///   - channels: The extent of axis 1.
  ///   - epsilon: What is added to the variance; 1e-5 by default.
  ///   - momentum: The share of each batch in the running statistics, in `0...1`; 0.1 by default. With
  ///     nil they are the plain average over all batches.
  ///   - affine: Whether there are a weight and a bias; true by default.
  ///   - tracksStatistics: Whether there are running statistics; true by default.
  public init(
    _ channels: Int, epsilon: Double = 1e-5, momentum: Double? = 0.1, affine: Bool = true,
    tracksStatistics: Bool = true, scalar: Scalar.Type = Float.self
  ) {
    options = BatchNormOptions("BatchNorm2D", channels, epsilon, momentum)
    let parameters = ChannelAffine<Scalar>([channels], weight: affine, bias: affine)
    (weight, bias) = (parameters.weight, parameters.bias)
    statistics = tracksStatistics ? RunningStatistics(channels: channels) : nil
  }

  public var namedParts: [(name: String, part: Any)] {
    [("weight", weight as Any), ("bias", bias as Any), ("", statistics as Any)]
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    options.normalize(input, weight, bias, statistics, context) {
      guard input.rank == 4 && input.shape[1] == options.channels else {
        let channels = options.channels
        stop(
          "input \(input.shape) does not fit \(channels) channels; it must be [n, \(channels), "
            + "height, width]")
      }
    }
  }
}

/// What batch normalisation does whatever the rank.
struct BatchNormOptions {
  let name: StaticString
  let channels: Int
  let epsilon: Double
  let momentum: Double?

  init(_ name: StaticString, _ channels: Int, _ epsilon: Double, _ momentum: Double?) {
    checkNormalization(name, channels: channels, epsilon: epsilon, momentum: momentum)
    self.name = name
    self.channels = channels
    self.epsilon = epsilon
    self.momentum = momentum
  }

  func normalize<Scalar>(
    _ input: Variable<Scalar>, _ weight: Parameter<Scalar>?, _ bias: Parameter<Scalar>?,
    _ statistics: RunningStatistics<Scalar>?, _ context: Context, check: () -> Void
  ) -> Variable<Scalar> {
    LayerScope.within(of: weight, "\(name)") {
      check()
      if let statistics, !context.isTraining {
        return input.normalized(
          mean: statistics.mean.value, variance: statistics.variance.value,
          scale: weight?.variable, shift: bias?.variable, epsilon: epsilon)
      }
      let count = input.count / channels
      guard count != 1 else {
        stop(
          "one value for each channel has no variance: the batch is \(input.shape)")
      }
      let (result, mean, variance) = input.batchNormalized(
        scale: weight?.variable, shift: bias?.variable, epsilon: epsilon)
      if let statistics, !context.isRecomputing, count > 0 {
        statistics.batchCount.value += 1
        let share = momentum ?? 1 / Double(statistics.batchCount.value.item)
        statistics.update(mean: mean, variance: variance, count: count, share: share)
      }
      return result
    }
  }
}
