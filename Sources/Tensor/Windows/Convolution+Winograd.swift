import CKernels

/// Convolutions by kernels of 3 × 3 with stride and dilation 1, by minimal filtering; see
/// `apus_winograd.h`. They do 4 ÷ 9 of the multiplications.
extension Convolution {
  /// Bytes of transformed inputs that are worked on at a time, so that they stay in the cache.
  private static let forwardBytes = 262_144
  private static let gradientBytes = 1_572_864

  /// Whether there are enough channels to fill the registers, and the kernel fits.
  var suitsWinograd: Bool {
    groups == 1 && channels >= 8 && outputs >= 8 && windows.y.suitsWinograd
      && windows.x.suitsWinograd
  }

  func runByWinograd(
    _ dtype: DType, input: UnsafeRawPointer, weight: UnsafeRawPointer, bias: UnsafeRawPointer?,
    output: UnsafeMutableRawPointer
  ) {
    run(
      dtype,
      apus_winograd(
        inputs: channels, outputs: outputs, height: windows.y.input, width: windows.x.input,
        out_height: windows.y.output, out_width: windows.x.output, before_y: windows.y.before,
        before_x: windows.x.before, first_row: 0, rows: 0),
      input, weight, flipped: false, bias, output)
  }

  /// The input gradient is the convolution of the output gradient by the weight, turned around.
  func runInputGradientByWinograd(
    _ dtype: DType, gradient: UnsafeRawPointer, weight: UnsafeRawPointer, bias: UnsafeRawPointer?,
    input: UnsafeMutableRawPointer
  ) {
    run(
      dtype,
      apus_winograd(
        inputs: outputs, outputs: channels, height: windows.y.output, width: windows.x.output,
        out_height: windows.y.input, out_width: windows.x.input, before_y: 2 - windows.y.before,
        before_x: 2 - windows.x.before, first_row: 0, rows: 0),
      gradient, weight, flipped: true, bias, input)
  }

  private func run(
    _ dtype: DType, _ whole: apus_winograd, _ input: UnsafeRawPointer, _ weight: UnsafeRawPointer,
    flipped: Bool, _ bias: UnsafeRawPointer?, _ output: UnsafeMutableRawPointer
  ) {
    let size = dtype.byteCount
    let block = Int(APUS_WINOGRAD_BLOCK)
    let blocks = (whole.outputs + block - 1) / block
    let u = Storage(byteCount: blocks * block * 16 * whole.inputs * size)
    if dtype == .float32 {
      apus_winograd_weight_f32(
        weight.bound(), whole.inputs, whole.outputs, flipped, u.pointer.bound())
    } else {
      apus_winograd_weight_f64(
        weight.bound(), whole.inputs, whole.outputs, flipped, u.pointer.bound())
    }
    let (rows, parts) = whole.parts(channels: whole.inputs, bytes: Self.forwardBytes, size)
    ThreadPool.forEachRange(of: images * parts, grain: 1) { range in
      for piece in range {
        var part = whole
        part.first_row = piece % parts * rows
        part.rows = min(rows, whole.tileRows - part.first_row)
        let scratch = Storage(byteCount: apus_winograd_scratch(&part, false) * size)
        let image = piece / parts
        let from = input + image * whole.inputs * whole.height * whole.width * size
        let to = output + image * whole.outputs * whole.out_height * whole.out_width * size
        if dtype == .float32 {
          apus_winograd_forward_f32(
            &part, from.bound(), u.pointer.bound(), bias?.bound(), to.bound(),
            scratch.pointer.bound())
        } else {
          apus_winograd_forward_f64(
            &part, from.bound(), u.pointer.bound(), bias?.bound(), to.bound(),
            scratch.pointer.bound())
        }
      }
    }
    withExtendedLifetime(u) {}
  }

  func runWeightGradientByWinograd(
    _ dtype: DType, input: UnsafeRawPointer, gradient: UnsafeRawPointer,
    weight: UnsafeMutableRawPointer
  ) {
    let size = dtype.byteCount
    let whole = apus_winograd(
      inputs: channels, outputs: outputs, height: windows.y.input, width: windows.x.input,
      out_height: windows.y.output, out_width: windows.x.output, before_y: windows.y.before,
      before_x: windows.x.before, first_row: 0, rows: 0)
    let (rows, parts) = whole.parts(
      channels: channels + outputs, bytes: Self.gradientBytes, size)
    Self.summing(of: images * parts, outputs * depth, dtype, into: weight) { range, sum in
      let count = 16 * channels * outputs
      let sums = Storage(byteCount: count * size)
      sums.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: count * size)
      var part = whole
      part.rows = rows
      let scratch = Storage(byteCount: apus_winograd_scratch(&part, true) * size)
      for piece in range {
        part.first_row = piece % parts * rows
        part.rows = min(rows, whole.tileRows - part.first_row)
        let image = piece / parts
        let from = input + image * channels * windows.inputArea * size
        let dy = gradient + image * outputs * windows.outputArea * size
        if dtype == .float32 {
          apus_winograd_weight_grad_f32(
            &part, from.bound(), dy.bound(), sums.pointer.bound(), scratch.pointer.bound())
        } else {
          apus_winograd_weight_grad_f64(
            &part, from.bound(), dy.bound(), sums.pointer.bound(), scratch.pointer.bound())
        }
      }
      if dtype == .float32 {
        apus_winograd_weight_finish_f32(sums.pointer.bound(), channels, outputs, sum.bound())
      } else {
        apus_winograd_weight_finish_f64(sums.pointer.bound(), channels, outputs, sum.bound())
      }
      withExtendedLifetime((sums, scratch)) {}
    }
  }
}

extension apus_window_axis {
  /// Three elements side by side, every window of them, and no more padding than the input gradient
  /// can take back.
  fileprivate var suitsWinograd: Bool {
    kernel == 3 && stride == 1 && dilation == 1 && before <= 2
  }
}

extension apus_winograd {
  fileprivate var tileRows: Int { (out_height + 1) / 2 }

  /// The rows of tiles of one part of an image, evenly cut by the extents alone, and their number.
  fileprivate func parts(channels: Int, bytes: Int, _ size: Int) -> (rows: Int, count: Int) {
    let rowBytes = 16 * channels * ((out_width + 1) / 2) * size
    let most = max(1, bytes / max(1, rowBytes))
    let count = (tileRows + most - 1) / most
    let rows = (tileRows + count - 1) / count
    return (rows, (tileRows + rows - 1) / rows)
  }
}
