import Tensor

/// Sequences, images or volumes of other extents, as PyTorch's `Upsample`.
///
/// Input `[n, channels, length]`, `[n, channels, height, width]` or `[n, channels, depth, height, width]`;
/// `.bilinear` is PyTorch's `linear`, `bilinear` and `trilinear`. Stops with a message if the rank is
/// another.
public struct Upsample<Scalar: FloatingPointScalar>: Layer {
  private enum Target {
    case extents([Int])
    case factors([Double])
    case factor(Double)
  }

  private let target: Target
  private let mode: ResizeMode

  /// Extents ⌊n · factor⌋ along each axis; stops with a message if the factor is not positive.
  public init(
    by factor: Double, mode: ResizeMode = .nearest, scalar: Scalar.Type = Float.self
  ) {
    checkFactors([factor])
    target = .factor(factor)
    self.mode = mode
  }

  /// Extents ⌊n · factor⌋ with a factor for each axis; stops with a message if one is not positive.
  public init(
    by factors: [Double], mode: ResizeMode = .nearest, scalar: Scalar.Type = Float.self
  ) {
    checkFactors(factors)
    target = .factors(factors)
    self.mode = mode
  }

  /// The given extents; stops with a message if one is not positive.
  public init(
    to extents: [Int], mode: ResizeMode = .nearest, scalar: Scalar.Type = Float.self
  ) {
    guard extents.allSatisfy({ $0 > 0 }) else {
      fatalError("Upsample: extents must be positive, got \(extents)")
    }
    target = .extents(extents)
    self.mode = mode
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    LayerScope.within("Upsample") {
      let axes: Int? =
        switch target {
        case .extents(let extents): extents.count
        case .factors(let factors): factors.count
        case .factor: nil
        }
      guard (3...5).contains(input.rank), axes == nil || axes == input.rank - 2 else {
        let wanted =
          switch axes {
          case nil: "[n, channels, …] with one, two or three axes more"
          case let axes?: "[n, channels, \(windowAxisNames(axes).joined(separator: ", "))]"
          }
        stop("input \(input.shape) does not fit; it must be \(wanted)")
      }
      return switch target {
      case .extents(let extents): input.resized(to: extents, mode: mode)
      case .factors(let factors): input.resized(by: factors, mode: mode)
      case .factor(let factor):
        input.resized(by: Array(repeating: factor, count: input.rank - 2), mode: mode)
      }
    }
  }
}

private func checkFactors(_ factors: [Double]) {
  guard (1...3).contains(factors.count) && factors.allSatisfy({ $0 > 0 && $0.isFinite }) else {
    fatalError("Upsample: factors must be positive and finite, got \(factors)")
  }
}

/// Channels as pixels: `[…, channels · r², height, width]` becomes `[…, channels, height · r,
/// width · r]`, where the r² channels of each are the pixels of a square (W. Shi et al., 2016).
public struct PixelShuffle<Scalar: FloatingPointScalar>: Layer {
  private let factor: Int

  /// Stops with a message if the factor r is not positive.
  public init(_ factor: Int, scalar: Scalar.Type = Float.self) {
    guard factor > 0 else { fatalError("PixelShuffle: the factor must be positive, got \(factor)") }
    self.factor = factor
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    LayerScope.within("PixelShuffle") {
      let square = factor * factor
      guard input.rank >= 3 && input.shape[-3] % square == 0 else {
        stop(
          "input \(input.shape) does not fit; it must be […, channels · \(square), height, width]")
      }
      let (lead, n) = (Array(input.shape.dropLast(3)), input.shape.dropLast(3).reduce(1, *))
      let (c, h, w) = (input.shape[-3] / square, input.shape[-2], input.shape[-1])
      return input.reshaped(to: [n, c, factor, factor, h, w]).permuted([0, 1, 4, 2, 5, 3])
        .reshaped(to: Shape(lead + [c, h * factor, w * factor]))
    }
  }
}

/// Pixels as channels, the inverse of `PixelShuffle`: `[…, channels, height · r, width · r]` becomes
/// `[…, channels · r², height, width]`.
public struct PixelUnshuffle<Scalar: FloatingPointScalar>: Layer {
  private let factor: Int

  /// Stops with a message if the factor r is not positive.
  public init(_ factor: Int, scalar: Scalar.Type = Float.self) {
    guard factor > 0 else {
      fatalError("PixelUnshuffle: the factor must be positive, got \(factor)")
    }
    self.factor = factor
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    LayerScope.within("PixelUnshuffle") {
      guard input.rank >= 3, input.shape[-2] % factor == 0, input.shape[-1] % factor == 0 else {
        stop(
          "input \(input.shape) does not fit; it must be […, channels, height · \(factor), "
            + "width · \(factor)]")
      }
      let (lead, n) = (Array(input.shape.dropLast(3)), input.shape.dropLast(3).reduce(1, *))
      let (c, h, w) = (input.shape[-3], input.shape[-2] / factor, input.shape[-1] / factor)
      return input.reshaped(to: [n, c, h, factor, w, factor]).permuted([0, 1, 3, 5, 2, 4])
        .reshaped(to: Shape(lead + [c * factor * factor, h, w]))
    }
  }
}
