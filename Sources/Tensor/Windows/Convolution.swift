import CKernels

/// A convolution whose shapes have been checked: what the engines work from.
struct Convolution {
  var images: Int
  var groups: Int
  /// Channels of the input in one group.
  var channels: Int
  /// Channels of the output in one group.
  var outputs: Int
  var windows: apus_windows
  /// Extents of the axes behind the channels, one or two.
  private var inputExtents: Dimensions
  private var outputExtents: Dimensions

  /// The convolution of an input by a weight; stops with a message if the shapes do not fit.
  init(
    input: Shape, weight: Shape, _ geometry: WindowGeometry, groups: Int,
    of operation: StaticString
  ) {
    Self.check(input, weight, groups, of: operation)
    let taken = weight.dimensions[1].multipliedReportingOverflow(by: groups).partialValue
    guard input.dimensions[1] == taken && weight.dimensions[0] % groups == 0 else {
      Self.stop(input, weight, groups, of: operation)
    }
    self.init(
      images: input.dimensions[0], weight: weight, groups: groups,
      inputExtents: Dimensions(input.dimensions[2...]),
      axes: geometry.windows(
        over: Dimensions(input.dimensions[2...]), kernel: Dimensions(weight.dimensions[2...]),
        of: operation))
  }

  /// The convolution whose input gradient is wanted for an output gradient, as which a transposed
  /// convolution runs; stops with a message if the shapes do not fit.
  init(
    outputGradient: Shape, weight: Shape, _ geometry: WindowGeometry, groups: Int,
    inputExtents: [Int]?, outputPadding: PerAxis, of operation: StaticString
  ) {
    Self.check(outputGradient, weight, groups, of: operation)
    guard
      outputGradient.dimensions[1] == weight.dimensions[0]
        && weight.dimensions[0] % groups == 0
    else {
      Self.stop(outputGradient, weight, groups, of: operation)
    }
    let given = Dimensions(outputGradient.dimensions[2...])
    let kernel = Dimensions(weight.dimensions[2...])
    let extra = outputPadding.resolved(
      given.count, atLeast: 0, "output padding", of: operation)
    let extents =
      inputExtents.map { Dimensions($0) }
      ?? geometry.transposedExtents(given, kernel: kernel, outputPadding: extra, of: operation)
    var axes = geometry.windows(over: extents, kernel: kernel, of: operation)
    for axis in axes.indices {
      // With explicit extents the windows must be those; output padding may leave room for more.
      guard
        axes[axis].output == given[axis]
          || inputExtents == nil && axes[axis].output > given[axis]
      else {
        fatalError(
          "\(operation): a convolution of extents \(Array(extents)) gives "
            + "\(axes.map(\.output)), not those of \(outputGradient)")
      }
      axes[axis].output = given[axis]
    }
    self.init(
      images: outputGradient.dimensions[0], weight: weight, groups: groups, inputExtents: extents,
      axes: axes)
  }

  private init(
    images: Int, weight: Shape, groups: Int, inputExtents: Dimensions, axes: [apus_window_axis]
  ) {
    self.images = images
    self.groups = groups
    channels = weight.dimensions[1]
    outputs = weight.dimensions[0] / groups
    windows = apus_windows(axes)
    self.inputExtents = inputExtents
    outputExtents = Dimensions(axes.map(\.output))
  }

  var inputShape: Shape { Shape([images, groups * channels] + Array(inputExtents)) }
  var outputShape: Shape { Shape([images, groups * outputs] + Array(outputExtents)) }

  /// Elements of the weight that one output channel has: the depth of the products.
  var depth: Int { channels * windows.kernelArea }

  /// Multiply-adds of the definition, of the convolution and of each gradient.
  var multiplications: Int { images &* groups &* depth &* outputs &* windows.outputArea }

  /// Whether no products are summed at all.
  var isEmpty: Bool {
    images * groups * depth * outputs * windows.outputArea * windows.inputArea == 0
  }

  private static func check(
    _ input: Shape, _ weight: Shape, _ groups: Int, of operation: StaticString
  ) {
    guard (input.rank == 3 || input.rank == 4) && weight.rank == input.rank else {
      fatalError(
        "\(operation): an input [n, channels, length] or [n, channels, height, width] and a weight "
          + "of the same rank are needed, got \(input) and \(weight)")
    }
    guard groups >= 1 else { fatalError("\(operation): groups must be at least 1, got \(groups)") }
  }

  private static func stop(
    _ input: Shape, _ weight: Shape, _ groups: Int, of operation: StaticString
  ) -> Never {
    fatalError(
      "\(operation): the channels of input \(input) and weight \(weight) do not fit \(groups) "
        + "group\(groups == 1 ? "" : "s")")
  }

  /// Stops with a message unless there is no bias or one number for each of `count` channels.
  func check(bias: Shape?, _ count: Int, of operation: StaticString) {
    guard let bias, bias != [count] else { return }
    fatalError("\(operation): a bias of shape [\(count)] is needed, got \(bias)")
  }
}

extension WindowGeometry {
  /// The extents of a transposed convolution: the least from which a convolution gives `extents`,
  /// and `outputPadding` more.
  fileprivate func transposedExtents(
    _ extents: Dimensions, kernel: Dimensions, outputPadding: Dimensions,
    of operation: StaticString
  ) -> Dimensions {
    let rank = extents.count
    let strides = stride.resolved(rank, atLeast: 1, "stride", of: operation)
    let dilations = dilation.resolved(rank, atLeast: 1, "dilation", of: operation)
    var result = extents
    for axis in 0..<rank {
      guard outputPadding[axis] < max(strides[axis], dilations[axis]) else {
        fatalError(
          "\(operation): output padding \(Array(outputPadding)) must be less than stride or "
            + "dilation, \(stride) and \(dilation)")
      }
      let reach = (extents[axis] - 1) * strides[axis] + dilations[axis] * (kernel[axis] - 1) + 1
      let padding: Int
      switch self.padding {
      case .valid: padding = 0
      case .same: padding = max(0, reach - extents[axis] * strides[axis])
      case .symmetric(let widths):
        padding = 2 * widths.resolved(rank, atLeast: 0, "padding", of: operation)[axis]
      case .asymmetric(let before, let after):
        padding =
          before.resolved(rank, atLeast: 0, "padding", of: operation)[axis]
          + after.resolved(rank, atLeast: 0, "padding", of: operation)[axis]
      }
      let least = self.padding == .same ? extents[axis] * strides[axis] : reach - padding
      guard least + outputPadding[axis] >= 0 else {
        fatalError(
          "\(operation): extents \(Array(extents)) with kernel \(Array(kernel)) leave nothing "
            + "within a padding of \(padding) along axis \(axis)")
      }
      result[axis] = least + outputPadding[axis]
    }
    return result
  }
}

/// The engine for each convolution.
extension Convolution {
  func run(
    _ dtype: DType, input: UnsafeRawPointer, weight: UnsafeRawPointer, bias: UnsafeRawPointer?,
    output: UnsafeMutableRawPointer
  ) {
    Multiplications.add(multiplications)
    if isEmpty {
      for image in 0..<images {
        fillPlanes(
          dtype, output + image * groups * outputs * windows.outputArea * dtype.byteCount, bias,
          groups * outputs, windows.outputArea)
      }
    } else if suitsWinograd {
      runByWinograd(dtype, input: input, weight: weight, bias: bias, output: output)
    } else if suitsDepthwise {
      runDepthwise(dtype, input: input, weight: weight, bias: bias, output: output)
    } else if suitsPixels {
      runByPixels(dtype, input: input, weight: weight, bias: bias, output: output)
    } else {
      runByColumns(dtype, input: input, weight: weight, bias: bias, output: output)
    }
  }

  func runInputGradient(
    _ dtype: DType, gradient: UnsafeRawPointer, weight: UnsafeRawPointer, bias: UnsafeRawPointer?,
    input: UnsafeMutableRawPointer
  ) {
    Multiplications.add(multiplications)
    if isEmpty {
      for image in 0..<images {
        fillPlanes(
          dtype, input + image * groups * channels * windows.inputArea * dtype.byteCount, bias,
          groups * channels, windows.inputArea)
      }
    } else if suitsWinogradInputGradient {
      runInputGradientByWinograd(
        dtype, gradient: gradient, weight: weight, bias: bias, input: input)
    } else if suitsDepthwiseInputGradient {
      runDepthwiseInputGradient(
        dtype, gradient: gradient, weight: weight, bias: bias, input: input)
    } else if suitsPixelInputGradient {
      runInputGradientByPixels(
        dtype, gradient: gradient, weight: weight, bias: bias, input: input)
    } else {
      runInputGradientByColumns(
        dtype, gradient: gradient, weight: weight, bias: bias, input: input)
    }
  }

  func runWeightGradient(
    _ dtype: DType, input: UnsafeRawPointer, gradient: UnsafeRawPointer,
    weight: UnsafeMutableRawPointer
  ) {
    Multiplications.add(multiplications)
    if isEmpty {
      fillPlanes(dtype, weight, nil, groups * outputs, depth)
    } else if suitsWinograd {
      runWeightGradientByWinograd(dtype, input: input, gradient: gradient, weight: weight)
    } else if suitsDepthwise {
      runDepthwiseWeightGradient(dtype, input: input, gradient: gradient, weight: weight)
    } else if suitsPixelWeightGradient {
      runWeightGradientByPixels(dtype, input: input, gradient: gradient, weight: weight)
    } else {
      runWeightGradientByColumns(dtype, input: input, gradient: gradient, weight: weight)
    }
  }
}
