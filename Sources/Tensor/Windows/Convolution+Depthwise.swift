import CKernels

/// Convolutions of each channel alone, without columns; see `apus_depthwise.h`.
extension Convolution {
  /// Whether groups are single channels with so few outputs that columns or pixels would not pay.
  var suitsDepthwise: Bool { channels == 1 && outputs <= 2 && groups > 1 }

  /// Whether the input gradient is such a convolution too, of the output gradient.
  var suitsDepthwiseInputGradient: Bool {
    func isReversible(_ axis: apus_window_axis) -> Bool {
      axis.stride == 1 && axis.before <= axis.dilation * (axis.kernel - 1)
    }
    return suitsDepthwise && outputs == 1 && isReversible(windows.y) && isReversible(windows.x)
  }

  func runDepthwise(
    _ dtype: DType, input: UnsafeRawPointer, weight: UnsafeRawPointer, bias: UnsafeRawPointer?,
    output: UnsafeMutableRawPointer
  ) {
    run(dtype, windows, input, weight, flipped: false, bias, output)
  }

  func runDepthwiseInputGradient(
    _ dtype: DType, gradient: UnsafeRawPointer, weight: UnsafeRawPointer, bias: UnsafeRawPointer?,
    input: UnsafeMutableRawPointer
  ) {
    func reversed(_ axis: apus_window_axis) -> apus_window_axis {
      let reach = axis.dilation * (axis.kernel - 1)
      return apus_window_axis(
        input: axis.output, output: axis.input, kernel: axis.kernel, stride: 1,
        dilation: axis.dilation, before: reach - axis.before, after: reach - axis.after)
    }
    run(
      dtype, apus_windows(y: reversed(windows.y), x: reversed(windows.x)), gradient, weight,
      flipped: true, bias, input)
  }

  private func run(
    _ dtype: DType, _ windows: apus_windows, _ input: UnsafeRawPointer, _ weight: UnsafeRawPointer,
    flipped: Bool, _ bias: UnsafeRawPointer?, _ output: UnsafeMutableRawPointer
  ) {
    let size = dtype.byteCount
    var depthwise = apus_depthwise(windows: windows, channels: groups, outputs: outputs)
    let work = outputs * windows.outputArea * windows.kernelArea
    let scratchBytes = apus_depthwise_scratch(&depthwise) * size
    ThreadPool.forEachRange(of: images * groups, grain: max(1, 100_000 / work)) { range in
      let scratch = Storage(byteCount: scratchBytes)
      let from = input + range.lowerBound * windows.inputArea * size
      let to = output + range.lowerBound * outputs * windows.outputArea * size
      withUnsafePointer(to: depthwise) { depthwise in
        if dtype == .float32 {
          apus_depthwise_f32(
            depthwise, range.lowerBound, range.count, from.bound(), weight.bound(), flipped,
            bias?.bound(), to.bound(), scratch.pointer.bound())
        } else {
          apus_depthwise_f64(
            depthwise, range.lowerBound, range.count, from.bound(), weight.bound(), flipped,
            bias?.bound(), to.bound(), scratch.pointer.bound())
        }
      }
      withExtendedLifetime(scratch) {}
    }
  }

  func runDepthwiseWeightGradient(
    _ dtype: DType, input: UnsafeRawPointer, gradient: UnsafeRawPointer,
    weight: UnsafeMutableRawPointer
  ) {
    let size = dtype.byteCount
    var depthwise = apus_depthwise(windows: windows, channels: groups, outputs: outputs)
    let work = images * outputs * windows.outputArea * windows.kernelArea
    let scratchBytes = apus_depthwise_scratch(&depthwise) * size
    ThreadPool.forEachRange(of: groups, grain: max(1, 100_000 / work)) { range in
      let scratch = Storage(byteCount: scratchBytes)
      for channel in range {
        let target = weight + channel * outputs * windows.kernelArea * size
        withUnsafePointer(to: depthwise) { depthwise in
          if dtype == .float32 {
            apus_depthwise_weight_grad_f32(
              depthwise, images, channel, input.bound(), gradient.bound(), target.bound(),
              scratch.pointer.bound())
          } else {
            apus_depthwise_weight_grad_f64(
              depthwise, images, channel, input.bound(), gradient.bound(), target.bound(),
              scratch.pointer.bound())
          }
        }
      }
      withExtendedLifetime(scratch) {}
    }
  }
}
