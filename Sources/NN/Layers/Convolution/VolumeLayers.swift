import Tensor

/// The convolution of volumes (a cross-correlation), as PyTorch's `Conv3d`.
///
/// As `Conv2D`, along three axes: input `[n, inputs, depth, height, width]` or without the first axis,
/// `weight` of shape `[outputs, inputs ÷ groups, depth, height, width]` and `bias` of shape
/// `[outputs]`. It is made of convolutions of planes, one for each place of the kernel along the depth.
/// Stops with a message if the input does not fit or the kernel is larger than the padded input.
public struct Conv3D<Scalar: FloatingPointScalar>: Layer {
  public let weight: Parameter<Scalar>
  public let bias: Parameter<Scalar>?
  private let options: ConvolutionOptions<Scalar>

  /// - Parameters:
  ///   - inputs: Channels of the input.
  ///   - outputs: Channels of the output.
  ///   - kernel: The extents of the kernel: `3`, or `[3, 5, 5]` for its depth, height and width.
  ///   - stride: How far windows are apart; 1 by default.
  ///   - padding: A width, `.valid` (none, the default) or `.same`, which makes as many outputs as
  ///     inputs, divided by the stride.
  ///   - paddingMode: What stands in the padding: zeros by default.
  ///   - dilation: How far the elements of a window are apart; 1 by default.
  ///   - groups: Into how many groups channels are cut, each convolved alone; 1 by default.
  ///   - bias: Whether there is a bias; true by default.
  ///
  /// Stops with a message if a number is out of range, or the groups do not divide the channels.
  public init(
    _ inputs: Int, _ outputs: Int, kernel: PerAxis, stride: PerAxis = 1,
    padding: WindowPadding = .valid, paddingMode: PaddingMode<Double> = .constant(0),
    dilation: PerAxis = 1, groups: Int = 1, bias: Bool = true,
    weightInitializer: Initializer = .fanInUniform, biasInitializer: Initializer? = nil,
    scalar: Scalar.Type = Float.self
  ) {
    let windows = WindowOptions(
      "Conv3D", axes: 3, kernel: kernel, stride: stride, padding: padding, dilation: dilation)
    options = ConvolutionOptions(
      windows: windows, inputs: inputs, outputs: outputs, groups: groups,
      mode: paddingMode.converted())
    let parameters = options.parameters(bias, weightInitializer, biasInitializer)
    (weight, self.bias) = (parameters.weight, parameters.bias)
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    options.convolve(input, weight, bias)
  }
}

/// The greatest element of each window of volumes, as PyTorch's `MaxPool3d`.
///
/// Input `[n, channels, depth, height, width]` or without the first axis. The gradient goes to the
/// first of equal elements. Stops with a message if the rank is another or the kernel larger than the
/// padded input.
public struct MaxPool3D<Scalar: FloatingPointScalar>: Layer {
  private let windows: WindowOptions
  private let roundingUp: Bool

  /// - Parameters:
  ///   - kernel: The extents of the windows.
  ///   - stride: How far windows are apart; by default they lie side by side.
  ///   - padding: A width, at most half of a window's reach, whose elements never win; 0 by default.
  ///   - dilation: How far the elements of a window are apart; 1 by default.
  ///   - roundingUp: Whether a last window that is not full counts too (`ceil_mode`); false by default.
  public init(
    _ kernel: PerAxis, stride: PerAxis? = nil, padding: WindowPadding = .valid,
    dilation: PerAxis = 1, roundingUp: Bool = false, scalar: Scalar.Type = Float.self
  ) {
    windows = WindowOptions(
      "MaxPool3D", axes: 3, kernel: kernel, stride: stride ?? kernel, padding: padding,
      dilation: dilation)
    windows.checkPooling()
    self.roundingUp = roundingUp
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    windows.pool(input) {
      $0.maxPooled(
        kernel: PerAxis(windows.kernel), geometry: windows.geometry, roundingUp: roundingUp)
    }
  }
}

/// The average of each window of volumes, as PyTorch's `AvgPool3d`.
///
/// Input `[n, channels, depth, height, width]` or without the first axis. Stops with a message if the
/// rank is another or the kernel larger than the padded input.
public struct AvgPool3D<Scalar: FloatingPointScalar>: Layer {
  private let options: AverageOptions

  /// - Parameters:
  ///   - kernel: The extents of the windows.
  ///   - stride: How far windows are apart; by default they lie side by side.
  ///   - padding: A width, at most half of a window, of zeros; 0 by default.
  ///   - roundingUp: Whether a last window that is not full counts too (`ceil_mode`); false by default.
  ///   - countsPadding: Whether the zeros of the padding count (`count_include_pad`); true by default.
  ///   - divisor: What sums are divided by, in place of the number of elements; none by default.
  public init(
    _ kernel: PerAxis, stride: PerAxis? = nil, padding: WindowPadding = .valid,
    roundingUp: Bool = false, countsPadding: Bool = true, divisor: Int? = nil,
    scalar: Scalar.Type = Float.self
  ) {
    let windows = WindowOptions(
      "AvgPool3D", axes: 3, kernel: kernel, stride: stride ?? kernel, padding: padding)
    options = AverageOptions(windows, roundingUp, countsPadding, divisor)
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    options.pool(input)
  }
}

/// The transposed convolution of volumes, as PyTorch's `ConvTranspose3d`.
///
/// As `ConvTranspose2D`, along three axes: input `[n, inputs, depth, height, width]` or without the
/// first axis, `weight` of shape `[inputs, outputs ÷ groups, depth, height, width]` and `bias` of shape
/// `[outputs]`. Stops with a message if the input does not fit, or padding leaves nothing of the output.
public struct ConvTranspose3D<Scalar: FloatingPointScalar>: Layer {
  public let weight: Parameter<Scalar>
  public let bias: Parameter<Scalar>?
  private let options: TransposeOptions

  /// - Parameters:
  ///   - inputs: Channels of the input.
  ///   - outputs: Channels of the output.
  ///   - kernel: The extents of the kernel: `3`, or `[3, 5, 5]` for its depth, height and width.
  ///   - stride: How far windows are apart; 1 by default.
  ///   - padding: How much is cut off on each side; 0 by default.
  ///   - outputPadding: How much is added behind, less than the stride or the dilation; 0 by default.
  ///   - dilation: How far the elements of a window are apart; 1 by default.
  ///   - groups: Into how many groups channels are cut, each convolved alone; 1 by default.
  ///   - bias: Whether there is a bias; true by default.
  ///
  /// Stops with a message if a number is out of range, or the groups do not divide the channels.
  public init(
    _ inputs: Int, _ outputs: Int, kernel: PerAxis, stride: PerAxis = 1, padding: PerAxis = 0,
    outputPadding: PerAxis = 0, dilation: PerAxis = 1, groups: Int = 1, bias: Bool = true,
    weightInitializer: Initializer = .fanInUniform, biasInitializer: Initializer? = nil,
    scalar: Scalar.Type = Float.self
  ) {
    let windows = WindowOptions(
      "ConvTranspose3D", axes: 3, kernel: kernel, stride: stride, padding: .symmetric(padding),
      dilation: dilation)
    options = TransposeOptions(windows, inputs, outputs, groups, outputPadding)
    let parameters = ConvolutionParameters<Scalar>(
      Shape([inputs, outputs / groups] + windows.kernel), biases: bias ? outputs : nil,
      weightInitializer, biasInitializer)
    (weight, self.bias) = (parameters.weight, parameters.bias)
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    options.convolve(input, weight, bias)
  }
}

/// The average of each of a given number of windows that cover volumes, as PyTorch's
/// `AdaptiveAvgPool3d`: window i of k goes from ⌊i · n ÷ k⌋ up to ⌈(i + 1) · n ÷ k⌉.
///
/// Input `[n, channels, depth, height, width]` or without the first axis. Stops with a message if the
/// rank is another or an axis has no elements.
public struct AdaptiveAvgPool3D<Scalar: FloatingPointScalar>: Layer {
  private let extents: PerAxis

  /// - Parameter extents: The extents of the output; stops with a message if one is not positive.
  public init(_ extents: PerAxis, scalar: Scalar.Type = Float.self) {
    _ = WindowOptions.numbers("AdaptiveAvgPool3D", extents, 3, atLeast: 1, "output extents")
    self.extents = extents
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    adapt(input, "AdaptiveAvgPool3D", axes: 3) { $0.adaptiveAveragePooled(to: extents) }
  }
}
