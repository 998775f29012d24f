import Tensor

/// The average of each of a given number of windows that cover sequences, as PyTorch's
/// `AdaptiveAvgPool1d`: window i of k goes from ⌊i · n ÷ k⌋ up to ⌈(i + 1) · n ÷ k⌉.
///
/// Input `[n, channels, length]` or `[channels, length]`. Stops with a message if the rank is
/// another or an axis has no elements.
public struct AdaptiveAvgPool1D<Scalar: FloatingPointScalar>: Layer {
  private let extents: PerAxis

  /// - Parameter extents: The extents of the output; stops with a message if one is not positive.
  public init(_ extents: PerAxis, scalar: Scalar.Type = Float.self) {
    _ = WindowOptions.numbers("AdaptiveAvgPool1D", extents, 1, atLeast: 1, "output extents")
    self.extents = extents
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    adapt(input, "AdaptiveAvgPool1D", axes: 1) { $0.adaptiveAveragePooled(to: extents) }
  }
}

/// The greatest element of each of a given number of windows that cover sequences, as PyTorch's
/// `AdaptiveMaxPool1d`: window i of k goes from ⌊i · n ÷ k⌋ up to ⌈(i + 1) · n ÷ k⌉.
///
/// Input `[n, channels, length]` or `[channels, length]`. Stops with a message if the rank is
/// another or an axis has no elements.
public struct AdaptiveMaxPool1D<Scalar: FloatingPointScalar>: Layer {
  private let extents: PerAxis

  /// - Parameter extents: The extents of the output; stops with a message if one is not positive.
  public init(_ extents: PerAxis, scalar: Scalar.Type = Float.self) {
    _ = WindowOptions.numbers("AdaptiveMaxPool1D", extents, 1, atLeast: 1, "output extents")
    self.extents = extents
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    adapt(input, "AdaptiveMaxPool1D", axes: 1) { $0.adaptiveMaxPooled(to: extents).values }
  }
}

/// The average of each of a given number of windows that cover images, as PyTorch's
/// `AdaptiveAvgPool2d`: window i of k goes from ⌊i · n ÷ k⌋ up to ⌈(i + 1) · n ÷ k⌉.
///
/// Input `[n, channels, height, width]` or `[channels, height, width]`. Stops with a message if the rank is
/// another or an axis has no elements.
public struct AdaptiveAvgPool2D<Scalar: FloatingPointScalar>: Layer {
  private let extents: PerAxis

  /// - Parameter extents: The extents of the output; stops with a message if one is not positive.
  public init(_ extents: PerAxis, scalar: Scalar.Type = Float.self) {
    _ = WindowOptions.numbers("AdaptiveAvgPool2D", extents, 2, atLeast: 1, "output extents")
    self.extents = extents
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    adapt(input, "AdaptiveAvgPool2D", axes: 2) { $0.adaptiveAveragePooled(to: extents) }
  }
}

/// The greatest element of each of a given number of windows that cover images, as PyTorch's
/// `AdaptiveMaxPool2d`: window i of k goes from ⌊i · n ÷ k⌋ up to ⌈(i + 1) · n ÷ k⌉.
///
/// Input `[n, channels, height, width]` or `[channels, height, width]`. Stops with a message if the rank is
/// another or an axis has no elements.
public struct AdaptiveMaxPool2D<Scalar: FloatingPointScalar>: Layer {
  private let extents: PerAxis

  /// - Parameter extents: The extents of the output; stops with a message if one is not positive.
  public init(_ extents: PerAxis, scalar: Scalar.Type = Float.self) {
    _ = WindowOptions.numbers("AdaptiveMaxPool2D", extents, 2, atLeast: 1, "output extents")
    self.extents = extents
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    adapt(input, "AdaptiveMaxPool2D", axes: 2) { $0.adaptiveMaxPooled(to: extents).values }
  }
}

func adapt<Scalar>(
  _ input: Variable<Scalar>, _ name: String, axes: Int,
  _ body: (Variable<Scalar>) -> Variable<Scalar>
) -> Variable<Scalar> {
  LayerScope.within(name) {
    withSamples(input, axes: windowAxisNames(axes)) { input in
      guard !input.shape.dropFirst(2).contains(0) else {
        stop("input \(input.shape) has no elements to pool")
      }
      return body(input)
    }
  }
}

/// The average of each channel: `[n, channels, …]` becomes `[n, channels]`.
///
/// Stops with a message if the input has no axis behind the channels, or one without elements.
public struct GlobalAvgPool<Scalar: FloatingPointScalar>: Layer {
  public init(scalar: Scalar.Type = Float.self) {}
  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    LayerScope.within("GlobalAvgPool") {
      checkPlanes(of: input.shape)
      return input.mean(axes: Array(2..<input.rank))
    }
  }
}

/// The greatest element of each channel: `[n, channels, …]` becomes `[n, channels]`. The gradient is
/// shared among equal elements.
///
/// Stops with a message if the input has no axis behind the channels, or one without elements.
public struct GlobalMaxPool<Scalar: FloatingPointScalar>: Layer {
  public init(scalar: Scalar.Type = Float.self) {}
  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    LayerScope.within("GlobalMaxPool") {
      checkPlanes(of: input.shape)
      return input.max(axes: Array(2..<input.rank))
    }
  }
}

private func checkPlanes(of input: Shape) {
  guard input.rank >= 3 && !input.dropFirst(2).contains(0) else {
    stop("input \(input) does not fit; it must be [n, channels, …] with elements to pool")
  }
}
