import Tensor

/// The transposed convolution of sequences, as PyTorch's `ConvTranspose1d`: the gradient of a convolution with
/// respect to its input, which spreads each element over a window.
///
/// Input `[n, inputs, length]` or `[inputs, length]`; an extent n becomes
/// (n − 1) · stride − 2 · padding + dilation · (kernel − 1) + 1 + outputPadding. Parameters as in PyTorch:
/// `weight` of shape `[inputs, outputs ÷ groups, kernel]` and `bias` of shape `[outputs]`, both
/// drawn from U(−1/√f, 1/√f) with f = outputs ÷ groups · elements of the kernel unless asked otherwise.
/// Stops with a message if the input does not fit, or padding leaves nothing of the output.
public struct ConvTranspose1D<Scalar: FloatingPointScalar>: Layer {
  public let weight: Parameter<Scalar>
  public let bias: Parameter<Scalar>?
  private let options: TransposeOptions

  /// - Parameters:
  ///   - inputs: Channels of the input.
  ///   - outputs: Channels of the output.
  ///   - kernel: The extent of the kernel.
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
      "ConvTranspose1D", axes: 1, kernel: kernel, stride: stride, padding: .symmetric(padding),
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

/// The transposed convolution of images, as PyTorch's `ConvTranspose2d`: the gradient of a convolution with
/// respect to its input, which spreads each element over a window.
///
/// Input `[n, inputs, height, width]` or `[inputs, height, width]`; an extent n becomes
/// (n − 1) · stride − 2 · padding + dilation · (kernel − 1) + 1 + outputPadding. Parameters as in PyTorch:
/// `weight` of shape `[inputs, outputs ÷ groups, height, width]` and `bias` of shape `[outputs]`, both
/// drawn from U(−1/√f, 1/√f) with f = outputs ÷ groups · elements of the kernel unless asked otherwise.
/// Stops with a message if the input does not fit, or padding leaves nothing of the output.
public struct ConvTranspose2D<Scalar: FloatingPointScalar>: Layer {
  public let weight: Parameter<Scalar>
  public let bias: Parameter<Scalar>?
  private let options: TransposeOptions

  /// - Parameters:
  ///   - inputs: Channels of the input.
  ///   - outputs: Channels of the output.
  ///   - kernel: The extents of the kernel: `3`, or `[3, 5]` for its height and width.
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
      "ConvTranspose2D", axes: 2, kernel: kernel, stride: stride, padding: .symmetric(padding),
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

/// What transposed convolutions do whatever the number of axes.
struct TransposeOptions {
  let windows: WindowOptions
  let inputs: Int
  let groups: Int
  let outputPadding: PerAxis

  init(
    _ windows: WindowOptions, _ inputs: Int, _ outputs: Int, _ groups: Int,
    _ outputPadding: PerAxis
  ) {
    let name = windows.name
    ConvolutionParameters<Float>.check(name, inputs, outputs, groups: groups)
    let extra = WindowOptions.numbers(
      name, outputPadding, windows.axes, atLeast: 0, "output padding")
    let strides = windows.geometry.stride.extents(for: windows.axes)!
    let dilations = windows.geometry.dilation.extents(for: windows.axes)!
    for axis in extra.indices where extra[axis] >= max(strides[axis], dilations[axis]) {
      fatalError(
        "\(name): output padding must be less than the stride or the dilation, got "
          + "\(extra[axis]) for \(strides[axis]) and \(dilations[axis])")
    }
    self.windows = windows
    self.inputs = inputs
    self.groups = groups
    self.outputPadding = outputPadding
  }

  func convolve<Scalar>(
    _ input: Variable<Scalar>, _ weight: Parameter<Scalar>, _ bias: Parameter<Scalar>?
  ) -> Variable<Scalar> {
    LayerScope.within(weight.layerPath, "\(windows.name)") {
      withSamples(input, channels: inputs, axes: windows.axisNames) { input in
        checkExtents(of: input.shape)
        return input.transposeConvolved(
          with: weight.variable, bias: bias?.variable, geometry: windows.geometry, groups: groups,
          outputPadding: outputPadding)
      }
    }
  }

  /// Stops with a message if the output has no extent.
  private func checkExtents(of input: Shape) {
    let strides = windows.geometry.stride.extents(for: windows.axes)!
    let extra = outputPadding.extents(for: windows.axes)!
    let extents = (0..<windows.axes).map { axis in
      let width = windows.widths![axis]
      return (input[axis + 2] - 1) * strides[axis] + windows.reach[axis] + extra[axis]
        - width.before - width.after
    }
    guard extents.allSatisfy({ $0 > 0 }) else {
      stop(
        "input \(input) with kernel \(windows.kernel) and padding \(windows.widths!.map(\.before)) "
          + "leaves outputs of extents \(extents)")
    }
  }
}
