import Tensor

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The distribution from which a parameter starts.
///
/// For a weight of shape `[outputs, inputs, …kernel]`, fan-in is inputs × kernel elements and fan-out
/// is outputs × kernel elements. U is the uniform and N the normal distribution.
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
  /// U(−a, a), a = √(6 ÷ (fan-in + fan-out)) (X. Glorot and Y. Bengio, 2010).
  case glorotUniform
  /// N(0, 2 ÷ (fan-in + fan-out)) (X. Glorot and Y. Bengio, 2010).
  case glorotNormal
  /// U(−a, a), a = √(6 ÷ fan-in), for layers followed by ReLU (K. He and others, 2015).
  case heUniform
  /// N(0, 2 ÷ fan-in), for layers followed by ReLU (K. He and others, 2015).
  case heNormal
  /// U(−a, a), a = 1 ÷ √fan-in: what PyTorch's layers start from.
  case fanInUniform

  /// A tensor of the distribution.
  public func tensor<Scalar: FloatingPointScalar>(
    _ shape: Shape, scalar: Scalar.Type = Scalar.self, using random: inout RandomGenerator
  ) -> Tensor<Scalar> {
    let (fanIn, fanOut) = Self.fans(of: shape)
    switch self {
    case .zeros: return .zeros(shape)
    case .ones: return .ones(shape)
    case .constant(let value): return Tensor(repeating: Scalar(value), shape: shape)
    case .uniform(let bound): return Self.uniform(shape, bound, &random)
    case .normal(let deviation): return Self.normal(shape, deviation, &random)
    case .glorotUniform: return Self.uniform(shape, (6 / (fanIn + fanOut)).squareRoot(), &random)
    case .glorotNormal: return Self.normal(shape, (2 / (fanIn + fanOut)).squareRoot(), &random)
    case .heUniform: return Self.uniform(shape, (6 / fanIn).squareRoot(), &random)
    case .heNormal: return Self.normal(shape, (2 / fanIn).squareRoot(), &random)
    case .fanInUniform: return Self.uniform(shape, 1 / fanIn.squareRoot(), &random)
    }
  }

  /// Fan-in and fan-out of a weight; a vector counts as one row, and no fan is below 1.
  static func fans(of shape: Shape) -> (fanIn: Double, fanOut: Double) {
    let outputs = shape.rank >= 2 ? shape[0] : 1
    let inputs = shape.rank >= 2 ? shape[1] : shape.elementCount
    let kernel = shape.dropFirst(2).reduce(1, *)
    return (Double(max(1, inputs * kernel)), Double(max(1, outputs * kernel)))
  }

  private static func uniform<Scalar: FloatingPointScalar>(
    _ shape: Shape, _ bound: Double, _ random: inout RandomGenerator
  ) -> Tensor<Scalar> {
    guard bound >= 0 && bound.isFinite else {
      fatalError("Initializer: a uniform bound must be 0 or more and finite, got \(bound)")
    }
    if bound == 0 { return .zeros(shape) }
    return .uniform(shape, in: Scalar(-bound)..<Scalar(bound), using: &random)
  }

  private static func normal<Scalar: FloatingPointScalar>(
    _ shape: Shape, _ deviation: Double, _ random: inout RandomGenerator
  ) -> Tensor<Scalar> {
    guard deviation >= 0 && deviation.isFinite else {
      fatalError("Initializer: a standard deviation must be 0 or more and finite, got \(deviation)")
    }
    return .normal(shape, standardDeviation: Scalar(deviation), using: &random)
  }
}
