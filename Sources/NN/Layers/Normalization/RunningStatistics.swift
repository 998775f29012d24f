import Tensor

/// The running mean and variance of each channel, which normalisation keeps while training and uses in
/// evaluation.
///
/// In files they have PyTorch's names: `running_mean`, `running_var` and `num_batches_tracked`.
public struct RunningStatistics<Scalar: FloatingPointScalar>: NamedParts {
  /// The running mean, of shape `[channels]`; 0 at first.
  public let mean: Buffer<Scalar>
  /// The running variance, of shape `[channels]`, estimated without bias; 1 at first.
  public let variance: Buffer<Scalar>
  /// How many batches have been seen; the running statistics of instance normalisation do not count.
  public let batchCount: Buffer<Int64>

  init(channels: Int) {
    mean = Buffer(.zeros([channels]))
    variance = Buffer(.ones([channels]))
    batchCount = Buffer(Tensor(0))
  }

  public var namedParts: [(name: String, part: Any)] {
    [("running_mean", mean), ("running_var", variance), ("num_batches_tracked", batchCount)]
  }

  /// running ← (1 − share) · running + share · that of the batch, whose variance was divided by the
  /// `count` of its elements.
  func update(mean: Tensor<Scalar>, variance: Tensor<Scalar>, count: Int, share: Double) {
    let share = Scalar(share)
    let unbiased = variance * (Scalar(count) / Scalar(count - 1))
    self.mean.value = self.mean.value * (1 - share) + mean * share
    self.variance.value = self.variance.value * (1 - share) + unbiased * share
  }
}

/// Weights and biases of channels, which start from 1 and 0.
struct ChannelAffine<Scalar: FloatingPointScalar> {
  let weight: Parameter<Scalar>?
  let bias: Parameter<Scalar>?

  init(_ shape: Shape, weight: Bool, bias: Bool) {
    self.weight = weight ? Parameter(.ones(shape), initializer: .ones) : nil
    self.bias = bias ? Parameter(.zeros(shape), initializer: .zeros) : nil
  }
}

/// Checks of the options that layers of normalisation share; they stop with a message.
func checkNormalization(
  _ layer: StaticString, channels: Int = 1, epsilon: Double = 0, momentum: Double? = nil
) {
  guard channels > 0 else { fatalError("\(layer): channels must be positive, got \(channels)") }
  guard epsilon >= 0 && epsilon.isFinite else {
    fatalError("\(layer): epsilon must be 0 or more and finite, got \(epsilon)")
  }
  guard (0...1).contains(momentum ?? 0) else {
    fatalError("\(layer): momentum \(momentum ?? 0) is outside 0...1")
  }
}
