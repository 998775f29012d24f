import Tensor

/// Group normalisation: the channels of each sample are cut into groups, each of which is normalised
/// by its own mean and variance; then y = n · weight + bias for each channel (Y. Wu and K. He, 2018).
///
/// Input `[n, channels, …]`. Parameters as in PyTorch: `weight` and `bias` of shape `[channels]`. Stops
/// with a message if the input does not fit.
public struct GroupNorm<Scalar: FloatingPointScalar>: Layer {
  /// γ, of shape `[channels]`, 1 at first.
  public let weight: Parameter<Scalar>?
  /// β, of shape `[channels]`, 0 at first.
  public let bias: Parameter<Scalar>?
  private let groups: Int
  private let channels: Int
  private let epsilon: Double

  /// - Parameters:
  ///   - groups: How many groups there are; stops with a message if they do not divide the channels.
  ///   - channels: The extent of axis 1.
  ///   - epsilon: What is added to the variance; 1e-5 by default.
  ///   - affine: Whether there are a weight and a bias; true by default.
  public init(
    _ groups: Int, _ channels: Int, epsilon: Double = 1e-5, affine: Bool = true,
    scalar: Scalar.Type = Float.self
  ) {
    checkNormalization("GroupNorm", channels: channels, epsilon: epsilon)
    guard groups > 0 && channels % groups == 0 else {
      fatalError("GroupNorm: \(channels) channels do not divide into \(groups) groups")
    }
    self.groups = groups
    self.channels = channels
    self.epsilon = epsilon
    let parameters = ChannelAffine<Scalar>([channels], weight: affine, bias: affine)
    (weight, bias) = (parameters.weight, parameters.bias)
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    LayerScope.within(of: weight, "GroupNorm") {
      guard input.rank >= 2 && input.shape[1] == channels else {
        stop(
          "input \(input.shape) does not fit \(channels) channels; it must be [n, \(channels), …]")
      }
      return input.groupNormalized(
        groups: groups, scale: weight?.variable, shift: bias?.variable, epsilon: epsilon)
    }
  }
}
