import Tensor

/// The greatest element of each window of sequences, as PyTorch's `MaxPool1d`.
///
/// Input `[n, channels, length]` or `[channels, length]`. The gradient goes to the first of equal
/// elements. Stops with a message if the rank is another or the kernel larger than the padded input.
public struct MaxPool1D<Scalar: FloatingPointScalar>: Layer {
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
      "MaxPool1D", axes: 1, kernel: kernel, stride: stride ?? kernel, padding: padding,
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

/// The greatest element of each window of images, as PyTorch's `MaxPool2d`.
///
/// Input `[n, channels, height, width]` or `[channels, height, width]`. The gradient goes to the first of equal
/// elements. Stops with a message if the rank is another or the kernel larger than the padded input.
public struct MaxPool2D<Scalar: FloatingPointScalar>: Layer {
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
      "MaxPool2D", axes: 2, kernel: kernel, stride: stride ?? kernel, padding: padding,
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

/// The average of each window of sequences, as PyTorch's `AvgPool1d`.
///
/// Input `[n, channels, length]` or `[channels, length]`. Stops with a message if the rank is
/// another or the kernel larger than the padded input.
public struct AvgPool1D<Scalar: FloatingPointScalar>: Layer {
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
      "AvgPool1D", axes: 1, kernel: kernel, stride: stride ?? kernel, padding: padding)
    options = AverageOptions(windows, roundingUp, countsPadding, divisor)
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    options.pool(input)
  }
}

/// The average of each window of images, as PyTorch's `AvgPool2d`.
///
/// Input `[n, channels, height, width]` or `[channels, height, width]`. Stops with a message if the rank is
/// another or the kernel larger than the padded input.
public struct AvgPool2D<Scalar: FloatingPointScalar>: Layer {
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
      "AvgPool2D", axes: 2, kernel: kernel, stride: stride ?? kernel, padding: padding)
    options = AverageOptions(windows, roundingUp, countsPadding, divisor)
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    options.pool(input)
  }
}

extension WindowOptions {
  /// Pools samples, or one sample.
  func pool<Scalar>(
    _ input: Variable<Scalar>, _ body: (Variable<Scalar>) -> Variable<Scalar>
  ) -> Variable<Scalar> {
    LayerScope.within("\(name)") {
      withSamples(input, axes: axisNames) { input in
        checkReach(over: input.shape)
        return body(input)
      }
    }
  }
}

/// What average pooling does whatever the number of axes.
struct AverageOptions {
  let windows: WindowOptions
  let roundingUp: Bool
  let countsPadding: Bool
  let divisor: Int?

  init(_ windows: WindowOptions, _ roundingUp: Bool, _ countsPadding: Bool, _ divisor: Int?) {
    windows.checkPooling()
    if let divisor, divisor == 0 { fatalError("\(windows.name): the divisor must not be 0") }
    self.windows = windows
    self.roundingUp = roundingUp
    self.countsPadding = countsPadding
    self.divisor = divisor
  }

  func pool<Scalar>(_ input: Variable<Scalar>) -> Variable<Scalar> {
    windows.pool(input) { input in
      let averages = input.averagePooled(
        kernel: PerAxis(windows.kernel), geometry: windows.geometry, roundingUp: roundingUp,
        countsPadding: countsPadding || divisor != nil)
      guard let divisor else { return averages }
      return averages * Variable(counts(for: input.shape, averages.shape) / Scalar(divisor))
    }
  }

  /// How many elements, with those of the padding, each average divides by.
  private func counts<Scalar: FloatingPointScalar>(
    for input: Shape, _ output: Shape
  ) -> Tensor<Scalar> {
    let widths = windows.geometry.paddingWidths(
      of: Array(input.dropFirst(2)), kernel: windows.kernel)
    let strides = windows.geometry.stride.extents(for: windows.axes)!
    var result = Tensor<Scalar>(1)
    for axis in 0..<windows.axes {
      let end = input[axis + 2] + widths[axis].after
      let counts = (0..<output[axis + 2]).map { index in
        Scalar(min(windows.kernel[axis], end - (index * strides[axis] - widths[axis].before)))
      }
      let others = Array(repeating: 1, count: windows.axes - 1 - axis)
      result = result * Tensor(counts, shape: Shape([counts.count] + others))
    }
    return result
  }
}
