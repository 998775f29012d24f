import Tensor

/// Instance normalisation of sequences: each channel of each sample is normalised by its own mean and
/// variance; then y = n · weight + bias (D. Ulyanov, A. Vedaldi and V. Lempitsky, 2016).
///
/// Input `[n, channels, length]` or, without a batch, `[channels, length]`. As in PyTorch there are
/// neither `weight` and `bias` nor running statistics unless asked for; with them, training moves the
/// running ones towards the average over the batch, and evaluation uses them. Stops with a message if
/// the input does not fit, or if its own statistics are needed and a channel has one value.
public struct InstanceNorm1D<Scalar: FloatingPointScalar>: Layer, NamedParts {
  /// γ, of shape `[channels]`, 1 at first.
  public let weight: Parameter<Scalar>?
  /// β, of shape `[channels]`, 0 at first.
  public let bias: Parameter<Scalar>?
  /// The running mean and variance.
  public let statistics: RunningStatistics<Scalar>?
  private let options: InstanceNormOptions

  /// - Parameters:
  ///   - channels: The extent of the axis of channels.
  ///   - epsilon: What is added to the variance; 1e-5 by default.
  ///   - momentum: The share of each batch in the running statistics, in `0...1`; 0.1 by default.
  ///   - affine: Whether there are a weight and a bias; false by default.
  ///   - tracksStatistics: Whether there are running statistics; false by default.
  public init(
    _ channels: Int, epsilon: Double = 1e-5, momentum: Double = 0.1, affine: Bool = false,
    tracksStatistics: Bool = false, scalar: Scalar.Type = Float.self
  ) {
    options = InstanceNormOptions("InstanceNorm1D", channels, ["length"], epsilon, momentum)
    let parameters = ChannelAffine<Scalar>([channels], weight: affine, bias: affine)
    (weight, bias) = (parameters.weight, parameters.bias)
    statistics = tracksStatistics ? RunningStatistics(channels: channels) : nil
  }

  public var namedParts: [(name: String, part: Any)] {
    [("weight", weight as Any), ("bias", bias as Any), ("", statistics as Any)]
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    options.normalize(input, weight, bias, statistics, context)
  }
}

/// Instance normalisation of images: as `InstanceNorm1D`, for inputs `[n, channels, height, width]` or
/// `[channels, height, width]`.
public struct InstanceNorm2D<Scalar: FloatingPointScalar>: Layer, NamedParts {
  /// γ, of shape `[channels]`, 1 at first.
  public let weight: Parameter<Scalar>?
  /// β, of shape `[channels]`, 0 at first.
  public let bias: Parameter<Scalar>?
  /// The running mean and variance.
  public let statistics: RunningStatistics<Scalar>?
  private let options: InstanceNormOptions

  /// - Parameters:
  ///   - channels: The extent of the axis of channels.
  ///   - epsilon: What is added to the variance; 1e-5 by default.
  ///   - momentum: The share of each batch in the running statistics, in `0...1`; 0.1 by default.
  ///   - affine: Whether there are a weight and a bias; false by default.
  ///   - tracksStatistics: Whether there are running statistics; false by default.
  public init(
    _ channels: Int, epsilon: Double = 1e-5, momentum: Double = 0.1, affine: Bool = false,
    tracksStatistics: Bool = false, scalar: Scalar.Type = Float.self
  ) {
    options = InstanceNormOptions(
      "InstanceNorm2D", channels, ["height", "width"], epsilon, momentum)
    let parameters = ChannelAffine<Scalar>([channels], weight: affine, bias: affine)
    (weight, bias) = (parameters.weight, parameters.bias)
    statistics = tracksStatistics ? RunningStatistics(channels: channels) : nil
  }

  public var namedParts: [(name: String, part: Any)] {
    [("weight", weight as Any), ("bias", bias as Any), ("", statistics as Any)]
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    options.normalize(input, weight, bias, statistics, context)
  }
}

/// What instance normalisation does whatever the rank.
private struct InstanceNormOptions {
  let name: StaticString
  let channels: Int
  let axisNames: [String]
  let epsilon: Double
  let momentum: Double

  init(
    _ name: StaticString, _ channels: Int, _ axisNames: [String], _ epsilon: Double,
    _ momentum: Double
  ) {
    checkNormalization(name, channels: channels, epsilon: epsilon, momentum: momentum)
    self.name = name
    self.channels = channels
    self.axisNames = axisNames
    self.epsilon = epsilon
    self.momentum = momentum
  }

  func normalize<Scalar>(
    _ input: Variable<Scalar>, _ weight: Parameter<Scalar>?, _ bias: Parameter<Scalar>?,
    _ statistics: RunningStatistics<Scalar>?, _ context: Context
  ) -> Variable<Scalar> {
    LayerScope.within(of: weight, "\(name)") {
      withSamples(input, channels: channels, axes: axisNames) { input in
        if let statistics, !context.isTraining {
          return input.normalized(
            mean: statistics.mean.value, variance: statistics.variance.value,
            scale: weight?.variable, shift: bias?.variable, epsilon: epsilon)
        }
        let area = input.shape.dropFirst(2).reduce(1, *)
        guard area != 1 else {
          stop(
            "one value for each channel has no variance: the input is \(input.shape)")
        }
        if let statistics, !context.isRecomputing, input.count > 0 {
          let (mean, variance) = input.value.meanAndVariance(axes: Array(2..<input.rank))
          statistics.update(
            mean: mean.mean(axes: [0]), variance: variance.mean(axes: [0]), count: area,
            share: momentum)
        }
        return input.groupNormalized(
          groups: channels, scale: weight?.variable, shift: bias?.variable, epsilon: epsilon)
      }
    }
  }
}

/// Calls a layer of samples `[n, channels, …]` with an input that may be one sample, `[channels, …]`.
/// Stops with a message if the rank or the channels (any if nil) are others.
func withSamples<Scalar>(
  _ input: Variable<Scalar>, channels: Int? = nil, axes: [String],
  _ body: (Variable<Scalar>) -> Variable<Scalar>
) -> Variable<Scalar> {
  let isSample = input.rank == axes.count + 1
  guard isSample || input.rank == axes.count + 2,
    channels == nil || input.shape[isSample ? 0 : 1] == channels
  else {
    let sample = [channels.map { "\($0)" } ?? "channels"] + axes
    let wanted = sample.joined(separator: ", ")
    let fault = channels.map { " \($0) channels" } ?? ""
    stop("input \(input.shape) does not fit\(fault); it must be [n, \(wanted)] or [\(wanted)]")
  }
  guard isSample else { return body(input) }
  let result = body(input.reshaped(to: Shape([1] + input.shape)))
  return result.reshaped(to: Shape(result.shape.dropFirst()))
}
