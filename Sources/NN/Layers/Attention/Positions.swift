import Tensor

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Sines and cosines that tell positions apart, `[positions, width]` (A. Vaswani and others, 2017):
///
///     y[p, 2i] = sin(p ÷ 10000^(2i ÷ width)), y[p, 2i + 1] = cos(p ÷ 10000^(2i ÷ width))
///
/// To be added to embeddings. Stops with a message if an extent is negative.
public func sinusoidalPositions<Scalar: FloatingPointScalar>(
  _ positions: Int, width: Int, scalar: Scalar.Type = Float.self
) -> Tensor<Scalar> {
  guard positions >= 0 && width >= 0 else {
    stop("sinusoidalPositions: extents must not be negative, got \(positions) and \(width)")
  }
  let numbers = (0..<positions).flatMap { position in
    (0..<width).map { column -> Scalar in
      let angle = Double(position) / pow(10_000, Double(column / 2 * 2) / Double(width))
      return Scalar(column % 2 == 0 ? sin(angle) : cos(angle))
    }
  }
  return Tensor(numbers, shape: [positions, width])
}

/// A vector for each position, learned, added to the input `[…, positions, width]`.
///
/// Its parameter is `weight` `[maximum, width]`, from N(0, 0.02²), as in GPT-2.
public struct LearnedPositions<Scalar: FloatingPointScalar>: Layer {
  public let weight: Parameter<Scalar>

  /// Stops with a message if an extent is not positive.
  public init(_ maximum: Int, _ width: Int, scalar: Scalar.Type = Float.self) {
    guard maximum > 0 && width > 0 else {
      fatalError("LearnedPositions: extents must be positive, got \(maximum) and \(width)")
    }
    let initializer = Initializer.normal(standardDeviation: 0.02)
    var random = RandomGenerator(seed: .random(in: .min ... .max))
    weight = Parameter(
      initializer.tensor([maximum, width], using: &random), initializer: initializer)
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    self(input, from: 0)
  }

  /// The sum, where the input begins at position `start`. Stops with a message if the input is not that
  /// wide or goes beyond the last position.
  public func callAsFunction(_ input: Variable<Scalar>, from start: Int) -> Variable<Scalar> {
    LayerScope.within(weight.layerPath, "LearnedPositions") {
      guard input.rank >= 2, input.shape[-1] == weight.shape[1] else {
        stop("input \(input.shape) does not fit; it must be […, positions, \(weight.shape[1])]")
      }
      let end = start + input.shape[-2]
      guard start >= 0 && end <= weight.shape[0] else {
        stop("positions \(start)..<\(end) are outside of 0..<\(weight.shape[0])")
      }
      return input + weight.variable[start..<end]
    }
  }
}

/// Rotary position embedding (J. Su and others, 2021): each pair of elements i and i + width ÷ 2 of a
/// query or key `[…, positions, width]` is turned by position · base^(−2i ÷ width), so that a product of
/// two depends on how far apart they are.
///
/// The pairs are halves, as in LLaMA's and GPT-NeoX's PyTorch code. It has no parameters.
public struct RotaryPositions<Scalar: FloatingPointScalar>: Layer {
  private let width: Int
  private let base: Double

  /// Stops with a message if the width is not even and positive, or the base not positive.
  public init(_ width: Int, base: Double = 10_000, scalar: Scalar.Type = Float.self) {
    guard width > 0 && width % 2 == 0 && base > 0 else {
      fatalError(
        "RotaryPositions: the width must be even and positive and the base positive, got \(width) "
          + "and \(base)")
    }
    self.width = width
    self.base = base
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    self(input, from: 0)
  }

  /// The turned input, which begins at position `start`. Stops with a message if it is not that wide.
  public func callAsFunction(_ input: Variable<Scalar>, from start: Int) -> Variable<Scalar> {
    guard input.rank >= 2, input.shape[-1] == width else {
      stop(
        "RotaryPositions: input \(input.shape) does not fit; it must be […, positions, \(width)]")
    }
    let half = width / 2
    let angles = (start..<start + input.shape[-2]).flatMap { position in
      (0..<half).map { Double(position) * pow(base, -2 * Double($0) / Double(width)) }
    }
    let shape: Shape = [input.shape[-2], half]
    let cosines = Variable(Tensor(angles.map { Scalar(cos($0)) }, shape: shape))
    let sines = Variable(Tensor(angles.map { Scalar(sin($0)) }, shape: shape))
    let parts = input.split(into: 2, axis: -1)
    return .concatenated(
      [parts[0] * cosines - parts[1] * sines, parts[1] * cosines + parts[0] * sines], axis: -1)
  }
}
