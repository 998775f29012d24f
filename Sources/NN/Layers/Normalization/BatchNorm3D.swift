import Tensor

/// Batch normalisation of volumes: as `BatchNorm1D`, for inputs `[n, channels, depth, height, width]`.
public struct BatchNorm3D<Scalar: FloatingPointScalar>: Layer, NamedParts {
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
    options = BatchNormOptions("BatchNorm3D", channels, epsilon, momentum)
    let parameters = ChannelAffine<Scalar>([channels], weight: affine, bias: affine)
    (weight, bias) = (parameters.weight, parameters.bias)
    statistics = tracksStatistics ? RunningStatistics(channels: channels) : nil
  }

  public var namedParts: [(name: String, part: Any)] {
    [("weight", weight as Any), ("bias", bias as Any), ("", statistics as Any)]
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    options.normalize(input, weight, bias, statistics, context) {
      guard input.rank == 5 && input.shape[1] == options.channels else {
        let channels = options.channels
        stop(
          "input \(input.shape) does not fit \(channels) channels; it must be [n, \(channels), "
            + "depth, height, width]")
      }
    }
  }
}
