import Tensor

/// The distribution from which a parameter starts.
///
/// For a weight of shape `[outputs, inputs, …kernel]`, fan-in is inputs × kernel elements and fan-out
/// is outputs × kernel elements. U is the uniform and N the normal distribution. PyTorch's layers start
/// from `fanInUniform`.
public enum Initializer: Sendable, Hashable {
  /// All elements 0.
  case zeros
  /// All elements 1.
  case ones
  /// All elements the same.
  case constant(Double)
  /// U(−a, a) with the given a.
  case uniform(bound: Double)
  /// N(0, σ²) with the given σ.
  case normal(standardDeviation: Double)
  /// N(0, σ²) without what lies beyond `bound` deviations, so that the elements deviate by less than σ.
  case truncatedNormal(standardDeviation: Double, bound: Double = 2)
  /// Elements of variance scale ÷ fan, from U, from N, or from N cut off at two deviations.
  ///
  /// The bound of U is √(3 · scale ÷ fan). Glorot's, He's and LeCun's are of this kind.
  case varianceScaling(scale: Double, fan: Fan, distribution: Distribution)
  /// U(−a, a), a = 1 ÷ √fan-in: what PyTorch's layers start from.
  case fanInUniform
  /// Rows, or columns if there are fewer, that are orthogonal and of length `gain`; axes from the second
  /// on count as one. By QR of a normal matrix, with the signs of R taken out, so that all orthogonal
  /// matrices are equally likely (A. Saxe and others, 2014; F. Mezzadri, 2007).
  case orthogonal(gain: Double = 1)
  /// N(0, σ²) with the fraction `sparsity` of each column's elements, rounded up, set to 0
  /// (J. Martens, 2010).
  case sparse(sparsity: Double, standardDeviation: Double = 0.01)
  /// A matrix with `gain` on its diagonal and 0 elsewhere.
  case identity(gain: Double = 1)
  /// A kernel `[outputs, inputs, …]` of one, two or three axes that hands on its inputs as they are, as
  /// far as there are outputs, in each of the groups of outputs.
  case dirac(groups: Int = 1)

  /// What the variance of elements is divided by.
  public enum Fan: Sendable, Hashable {
    /// Fan-in: keeps the variance of what goes forward.
    case input
    /// Fan-out: keeps the variance of gradients.
    case output
    /// The mean of both.
    case average
  }

  /// The shape of a distribution of given variance.
  public enum Distribution: Sendable, Hashable {
    case uniform, normal
    /// Cut off at two deviations, and widened so that the variance is what it is said to be.
    case truncatedNormal
  }

  /// A tensor of the distribution.
  ///
  /// Stops with a message if a number is out of range, or the shape is not one that the distribution is
  /// defined for: `orthogonal` needs two axes or more, `sparse` and `identity` two, `dirac` three to
  /// five.
  public func tensor<Scalar: FloatingPointScalar>(
    _ shape: Shape, scalar: Scalar.Type = Scalar.self, using random: inout RandomGenerator
  ) -> Tensor<Scalar> {
    switch self {
    case .zeros: return .zeros(shape)
    case .ones: return .ones(shape)
    case .constant(let value): return Tensor(repeating: Scalar(value), shape: shape)
    case .uniform(let bound): return Self.uniform(shape, bound, &random)
    case .normal(let deviation): return Self.normal(shape, deviation, &random)
    case .truncatedNormal(let deviation, let bound):
      return Self.truncatedNormal(shape, deviation, bound, &random)
    case .varianceScaling(let scale, let fan, let distribution):
      return Self.scaled(shape, scale, fan, distribution, &random)
    case .fanInUniform:
      return Self.uniform(shape, 1 / Self.fans(of: shape).fanIn.squareRoot(), &random)
    case .orthogonal(let gain): return Self.orthogonal(shape, gain, &random)
    case .sparse(let sparsity, let deviation):
      return Self.sparse(shape, sparsity, deviation, &random)
    case .identity(let gain): return Self.identity(shape, gain)
    case .dirac(let groups): return Self.dirac(shape, groups)
    }
  }

  /// Fan-in and fan-out of a weight; a vector counts as one row, and no fan is below 1.
  static func fans(of shape: Shape) -> (fanIn: Double, fanOut: Double) {
    let outputs = shape.rank >= 2 ? shape[0] : 1
    let inputs = shape.rank >= 2 ? shape[1] : shape.elementCount
    let kernel = shape.dropFirst(2).reduce(1, *)
    return (Double(max(1, inputs * kernel)), Double(max(1, outputs * kernel)))
  }
}

// MARK: - By name

extension Initializer {
  /// U(−a, a), a = √(6 ÷ (fan-in + fan-out)) (X. Glorot and Y. Bengio, 2010).
  public static let glorotUniform =
    Initializer.varianceScaling(scale: 1, fan: .average, distribution: .uniform)

  /// N(0, 2 ÷ (fan-in + fan-out)) (X. Glorot and Y. Bengio, 2010).
  public static let glorotNormal =
    Initializer.varianceScaling(scale: 1, fan: .average, distribution: .normal)

  /// U(−a, a), a = √(6 ÷ fan-in), for layers followed by ReLU (K. He and others, 2015).
  public static let heUniform =
    Initializer.varianceScaling(scale: 2, fan: .input, distribution: .uniform)

  /// N(0, 2 ÷ fan-in), for layers followed by ReLU (K. He and others, 2015).
  public static let heNormal =
    Initializer.varianceScaling(scale: 2, fan: .input, distribution: .normal)

  /// U(−a, a), a = √(3 ÷ fan-in) (Y. LeCun and others, 1998), for SELU.
  public static let lecunUniform =
    Initializer.varianceScaling(scale: 1, fan: .input, distribution: .uniform)

  /// N(0, 1 ÷ fan-in) (Y. LeCun and others, 1998), for SELU.
  public static let lecunNormal =
    Initializer.varianceScaling(scale: 1, fan: .input, distribution: .normal)

  /// Glorot's uniform distribution times a gain (PyTorch's `xavier_uniform_`).
  public static func glorotUniform(gain: Double) -> Initializer {
    .varianceScaling(scale: gain * gain, fan: .average, distribution: .uniform)
  }

  /// Glorot's normal distribution times a gain (PyTorch's `xavier_normal_`).
  public static func glorotNormal(gain: Double) -> Initializer {
    .varianceScaling(scale: gain * gain, fan: .average, distribution: .normal)
  }

  /// He's uniform distribution, for layers followed by a leaky ReLU of the given slope (PyTorch's
  /// `kaiming_uniform_`): the variance is 2 ÷ (1 + slope²) ÷ fan.
  public static func heUniform(fan: Fan, negativeSlope: Double = 0) -> Initializer {
    .varianceScaling(
      scale: 2 / (1 + negativeSlope * negativeSlope), fan: fan, distribution: .uniform)
  }

  /// He's normal distribution, for layers followed by a leaky ReLU of the given slope (PyTorch's
  /// `kaiming_normal_`): the variance is 2 ÷ (1 + slope²) ÷ fan.
  public static func heNormal(fan: Fan, negativeSlope: Double = 0) -> Initializer {
    .varianceScaling(
      scale: 2 / (1 + negativeSlope * negativeSlope), fan: fan, distribution: .normal)
  }

  /// What follows a layer.
  public enum Nonlinearity: Sendable, Hashable {
    case linear, sigmoid, tanh, relu, selu
    case leakyReLU(negativeSlope: Double = 0.01)
  }

  /// The factor of the deviation that a nonlinearity asks for, as PyTorch's `calculate_gain` has it:
  /// 1 for none and for sigmoids, 5⁄3 for tanh, √2 for ReLU, √(2 ÷ (1 + slope²)) for its leaky kind,
  /// 3⁄4 for SELU.
  public static func gain(for nonlinearity: Nonlinearity) -> Double {
    switch nonlinearity {
    case .linear, .sigmoid: 1
    case .tanh: 5.0 / 3
    case .relu: 2.0.squareRoot()
    case .leakyReLU(let slope): (2 / (1 + slope * slope)).squareRoot()
    case .selu: 0.75
    }
  }
}
