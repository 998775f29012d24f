import Tensor

/// The options of a layer whose windows move over its input, checked when the layer is made.
struct WindowOptions {
  let name: StaticString
  /// Extents of the kernel, one for each axis that windows move along.
  let kernel: [Int]
  let geometry: WindowGeometry

  /// Stops with a message if a number does not fit the axes, or is out of range.
  init(
    _ name: StaticString, axes: Int, kernel: PerAxis, stride: PerAxis, padding: WindowPadding,
    dilation: PerAxis = 1
  ) {
    self.name = name
    self.kernel = Self.numbers(name, kernel, axes, atLeast: 1, "kernel")
    _ = Self.numbers(name, stride, axes, atLeast: 1, "stride")
    _ = Self.numbers(name, dilation, axes, atLeast: 1, "dilation")
    for widths in Self.widths(of: padding) {
      _ = Self.numbers(name, widths, axes, atLeast: 0, "padding")
    }
    geometry = WindowGeometry(stride: stride, padding: padding, dilation: dilation)
  }

  /// The numbers for each axis.
  static func numbers(
    _ name: StaticString, _ given: PerAxis, _ axes: Int, atLeast minimum: Int,
    _ what: StaticString
  ) -> [Int] {
    guard let numbers = given.extents(for: axes) else {
      fatalError("\(name): \(what) \(given) does not fit \(axes) \(axes == 1 ? "axis" : "axes")")
    }
    guard numbers.allSatisfy({ $0 >= minimum }) else {
      fatalError("\(name): \(what) must be at least \(minimum), got \(given)")
    }
    return numbers
  }

  private static func widths(of padding: WindowPadding) -> [PerAxis] {
    switch padding {
    case .valid, .same: []
    case .symmetric(let widths): [widths]
    case .asymmetric(let before, let after): [before, after]
    }
  }

  var axes: Int { kernel.count }

  /// The names of the axes that windows move along.
  var axisNames: [String] { windowAxisNames(axes) }

  /// How far a kernel reaches along each axis.
  var reach: [Int] {
    let dilation = geometry.dilation.extents(for: axes)!
    return zip(kernel, dilation).map { ($0 - 1) * $1 + 1 }
  }

  /// The padding before and behind each axis; nil if it depends on the input.
  var widths: [(before: Int, after: Int)]? {
    switch geometry.padding {
    case .same: return nil
    case .valid: return Array(repeating: (0, 0), count: axes)
    case .symmetric(let widths): return widths.extents(for: axes)!.map { ($0, $0) }
    case .asymmetric(let before, let after):
      return zip(before.extents(for: axes)!, after.extents(for: axes)!).map { ($0, $1) }
    }
  }

  /// Stops with a message if pooling windows could lie in the padding alone.
  func checkPooling() {
    guard let widths else { return }
    for (reach, width) in zip(reach, widths) where Swift.max(width.before, width.after) > reach / 2
    {
      fatalError(
        "\(name): padding must be at most half of the kernel's reach, got "
          + "\(Swift.max(width.before, width.after)) for \(reach)")
    }
  }

  /// Stops with a message if the kernel is larger than the padded input `[n, channels, …]`.
  func checkReach(over input: Shape) {
    guard let widths else { return }
    let padded = zip(input.dropFirst(2), widths).map { $0 + $1.before + $1.after }
    guard zip(reach, padded).allSatisfy({ $0 <= $1 }) else {
      stop(
        "kernel \(kernel) reaches over \(reach) elements, more than the \(padded) of input \(input) "
          + "with its padding")
    }
  }
}

/// The names of one, two or three axes that windows move along.
func windowAxisNames(_ axes: Int) -> [String] {
  axes == 1 ? ["length"] : Array(["depth", "height", "width"].suffix(axes))
}

/// Weight and bias of a convolution, drawn as PyTorch does.
struct ConvolutionParameters<Scalar: FloatingPointScalar> {
  let weight: Parameter<Scalar>
  let bias: Parameter<Scalar>?

  init(
    _ shape: Shape, biases: Int?, _ weightInitializer: Initializer, _ biasInitializer: Initializer?
  ) {
    var random = RandomGenerator(seed: .random(in: .min ... .max))
    weight = Parameter(
      weightInitializer.tensor(shape, using: &random), initializer: weightInitializer)
    let fanIn = shape.dropFirst().reduce(1, *)
    let initializer = biasInitializer ?? .uniform(bound: 1 / Double(fanIn).squareRoot())
    bias = biases.map {
      Parameter(initializer.tensor([$0], using: &random), initializer: initializer)
    }
  }

  /// Stops with a message if channels are not positive or groups do not divide them.
  static func check(_ name: StaticString, _ inputs: Int, _ outputs: Int, groups: Int) {
    guard inputs > 0 && outputs > 0 else {
      fatalError("\(name): channels must be positive, got \(inputs) and \(outputs)")
    }
    guard groups > 0 else { fatalError("\(name): groups must be positive, got \(groups)") }
    guard inputs % groups == 0 && outputs % groups == 0 else {
      fatalError(
        "\(name): \(inputs) input and \(outputs) output channels do not divide into \(groups) groups"
      )
    }
  }
}

extension PaddingMode<Double> {
  /// The same padding of elements of another type.
  func converted<Other: FloatingPointScalar>() -> PaddingMode<Other> {
    switch self {
    case .constant(let value): .constant(Other(value))
    case .reflect: .reflect
    case .replicate: .replicate
    case .circular: .circular
    }
  }
}
