import Tensor

/// The convolution of sequences (a cross-correlation), as PyTorch's `Conv1d`.
///
///     y[n, o, t] = bias[o] + Σ weight[o, c, k] · x[n, g + c, t · stride + k · dilation − padding]
///
/// over the channels c of o's group, of which g is the first, and the places k of the kernel. Input
/// `[n, inputs, length]` or `[inputs, length]`. Parameters as in PyTorch: `weight` of shape `[outputs,
/// inputs ÷ groups, kernel]` and `bias` of shape `[outputs]`, both drawn from U(−1/√f, 1/√f) with
/// f = inputs ÷ groups · kernel unless asked otherwise. Stops with a message if the input does not fit
/// or the kernel is larger than the padded input.
public struct Conv1D<Scalar: FloatingPointScalar>: Layer {
  public let weight: Parameter<Scalar>
  public let bias: Parameter<Scalar>?
  private let options: ConvolutionOptions<Scalar>

  /// - Parameters:
  ///   - inputs: Channels of the input.
  ///   - outputs: Channels of the output.
  ///   - kernel: The extent of the kernel.
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
      "Conv1D", axes: 1, kernel: kernel, stride: stride, padding: padding, dilation: dilation)
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

/// The convolution of images (a cross-correlation), as PyTorch's `Conv2d`.
///
///     y[n, o, y, x] = bias[o] + Σ weight[o, c, i, j] · x[n, g + c, y · stride + i · dilation − padding, …]
///
/// over the channels c of o's group, of which g is the first, and the places (i, j) of the kernel. Input
/// `[n, inputs, height, width]` or `[inputs, height, width]`. Parameters as in PyTorch: `weight` of
/// shape `[outputs, inputs ÷ groups, height, width]` and `bias` of shape `[outputs]`, both drawn from
/// U(−1/√f, 1/√f) with f = inputs ÷ groups · elements of the kernel unless asked otherwise. Stops with a
/// message if the input does not fit or the kernel is larger than the padded input.
///
/// ```swift
/// Conv2D(1, 32, kernel: 3)                                       // 3 × 3
/// Conv2D(32, 64, kernel: [3, 5], stride: 2, padding: [1, 2])
/// Conv2D(64, 64, kernel: 3, padding: .same, groups: 64)          // depthwise
/// Conv2D(64, 64, kernel: 3, padding: 1, paddingMode: .reflect)
/// ```
public struct Conv2D<Scalar: FloatingPointScalar>: Layer {
  public let weight: Parameter<Scalar>
  public let bias: Parameter<Scalar>?
  private let options: ConvolutionOptions<Scalar>

  /// - Parameters:
  ///   - inputs: Channels of the input.
  ///   - outputs: Channels of the output.
  ///   - kernel: The extents of the kernel: `3`, or `[3, 5]` for its height and width.
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
      "Conv2D", axes: 2, kernel: kernel, stride: stride, padding: padding, dilation: dilation)
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

/// What convolutions do whatever the number of axes.
struct ConvolutionOptions<Scalar: FloatingPointScalar> {
  let windows: WindowOptions
  let inputs: Int
  let outputs: Int
  let groups: Int
  let mode: PaddingMode<Scalar>

  init(
    windows: WindowOptions, inputs: Int, outputs: Int, groups: Int, mode: PaddingMode<Scalar>
  ) {
    ConvolutionParameters<Scalar>.check(windows.name, inputs, outputs, groups: groups)
    self.windows = windows
    self.inputs = inputs
    self.outputs = outputs
    self.groups = groups
    self.mode = mode
  }

  func parameters(
    _ bias: Bool, _ weightInitializer: Initializer, _ biasInitializer: Initializer?
  ) -> ConvolutionParameters<Scalar> {
    ConvolutionParameters(
      Shape([outputs, inputs / groups] + windows.kernel), biases: bias ? outputs : nil,
      weightInitializer, biasInitializer)
  }

  func convolve(
    _ input: Variable<Scalar>, _ weight: Parameter<Scalar>, _ bias: Parameter<Scalar>?
  ) -> Variable<Scalar> {
    LayerScope.within(weight.layerPath, "\(windows.name)") {
      withSamples(input, channels: inputs, axes: windows.axisNames) { input in
        windows.checkReach(over: input.shape)
        if case .constant(0) = mode {
          return input.convolved(
            with: weight.variable, bias: bias?.variable, geometry: windows.geometry,
            groups: groups)
        }
        let widths = windows.geometry.paddingWidths(
          of: Array(input.shape.dropFirst(2)), kernel: windows.kernel)
        var geometry = windows.geometry
        geometry.padding = .valid
        return input.padded([(0, 0), (0, 0)] + widths, mode: mode).convolved(
          with: weight.variable, bias: bias?.variable, geometry: geometry, groups: groups)
      }
    }
  }
}
