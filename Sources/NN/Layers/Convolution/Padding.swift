import Tensor

/// Padding around sequences, as PyTorch's `ZeroPad1d`, `ConstantPad1d`, `ReflectionPad1d`, `ReplicationPad1d` and
/// `CircularPad1d`.
///
/// Input `[n, channels, length]` or `[channels, length]`. Reflection and circular padding may be
/// wider than the input. Stops with a message if the rank is another, or an axis without elements is to
/// be padded by other than a constant.
public struct Pad1D<Scalar: FloatingPointScalar>: Layer {
  private let windows: WindowOptions
  private let mode: PaddingMode<Scalar>

  /// - Parameters:
  ///   - widths: The same width on both sides, `2`, or
  ///     `.asymmetric(before:after:)`.
  ///   - mode: What stands there: zeros by default.
  ///
  /// Stops with a message if a width is negative, or the widths are those of windows, `.same`.
  public init(
    _ widths: WindowPadding, mode: PaddingMode<Double> = .constant(0),
    scalar: Scalar.Type = Float.self
  ) {
    windows = WindowOptions("Pad1D", axes: 1, kernel: 1, stride: 1, padding: widths)
    if windows.widths == nil { fatalError("Pad1D: widths are needed, got .same") }
    self.mode = mode.converted()
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    windows.pad(input, mode)
  }
}

/// Padding around images, as PyTorch's `ZeroPad2d`, `ConstantPad2d`, `ReflectionPad2d`, `ReplicationPad2d` and
/// `CircularPad2d`.
///
/// Input `[n, channels, height, width]` or `[channels, height, width]`. Reflection and circular padding may be
/// wider than the input. Stops with a message if the rank is another, or an axis without elements is to
/// be padded by other than a constant.
public struct Pad2D<Scalar: FloatingPointScalar>: Layer {
  private let windows: WindowOptions
  private let mode: PaddingMode<Scalar>

  /// - Parameters:
  ///   - widths: The same width on both sides, `2` or `[1, 2]` for height and width, or
  ///     `.asymmetric(before:after:)`.
  ///   - mode: What stands there: zeros by default.
  ///
  /// Stops with a message if a width is negative, or the widths are those of windows, `.same`.
  public init(
    _ widths: WindowPadding, mode: PaddingMode<Double> = .constant(0),
    scalar: Scalar.Type = Float.self
  ) {
    windows = WindowOptions("Pad2D", axes: 2, kernel: 1, stride: 1, padding: widths)
    if windows.widths == nil { fatalError("Pad2D: widths are needed, got .same") }
    self.mode = mode.converted()
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    windows.pad(input, mode)
  }
}

extension WindowOptions {
  fileprivate func pad<Scalar>(
    _ input: Variable<Scalar>, _ mode: PaddingMode<Scalar>
  ) -> Variable<Scalar> {
    LayerScope.within("\(name)") {
      withSamples(input, axes: axisNames) { input in
        if case .constant = mode {
        } else if input.shape.dropFirst(2).contains(0) {
          stop("input \(input.shape) has no elements to pad with")
        }
        return input.padded([(0, 0), (0, 0)] + widths!, mode: mode)
      }
    }
  }
}
