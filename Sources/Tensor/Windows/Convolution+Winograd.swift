import CKernels

/// Convolutions by kernels of 3 × 3 with stride and dilation 1, by minimal filtering; see
/// `apus_winograd.h`. They do 4 ÷ 9 of the multiplications.
extension Convolution {
  /// Bytes of transformed inputs that are worked on at a time, so that they stay in the cache.
  private static let forwardBytes = 917_504
  private static let gradientBytes = 3_145_728

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
        images: 1, inputs: channels, outputs: outputs, height: windows.y.input,
        width: windows.x.input,
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
        images: 1, inputs: outputs, outputs: channels, height: windows.y.output,
        width: windows.x.output,
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
    let blockBytes = block * 16 * whole.inputs * size
    let u = Storage(byteCount: blocks * blockBytes)
    ThreadPool.forEachRange(of: blocks, grain: max(1, 512 / whole.inputs)) { range in
      for number in range {
        let target = u.pointer + number * blockBytes
        if dtype == .float32 {
          apus_winograd_weight_f32(
            weight.bound(), whole.inputs, whole.outputs, flipped, number * block, target.bound())
        } else {
          apus_winograd_weight_f64(
            weight.bound(), whole.inputs, whole.outputs, flipped, number * block, target.bound())
        }
      }
    }
    let cut = WinogradCut(
      whole, images: images, channels: whole.inputs, bytes: Self.forwardBytes, size)
    ThreadPool.forEachRange(of: cut.count, grain: 1) { range in
      for piece in range {
        var part = whole
        let image = cut.set(&part, to: piece)
        let scratch = Storage(byteCount: apus_winograd_scratch(&part, false) * size)
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
        withExtendedLifetime(scratch) {}
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
      images: 1, inputs: channels, outputs: outputs, height: windows.y.input,
      width: windows.x.input,
      out_height: windows.y.output, out_width: windows.x.output, before_y: windows.y.before,
      before_x: windows.x.before, first_row: 0, rows: 0)
    let cut = WinogradCut(
      whole, images: images, channels: channels + outputs, bytes: Self.gradientBytes, size)
    Self.summing(of: cut.count, outputs * depth, dtype, into: weight) { range, sum in
      let count = 16 * channels * outputs
      let sums = Storage(byteCount: count * size)
      sums.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: count * size)
      for piece in range {
        var part = whole
        let image = cut.set(&part, to: piece)
        let scratch = Storage(byteCount: apus_winograd_scratch(&part, true) * size)
        let from = input + image * channels * windows.inputArea * size
        let dy = gradient + image * outputs * windows.outputArea * size
        if dtype == .float32 {
          apus_winograd_weight_grad_f32(
            &part, from.bound(), dy.bound(), sums.pointer.bound(), scratch.pointer.bound())
        } else {
          apus_winograd_weight_grad_f64(
            &part, from.bound(), dy.bound(), sums.pointer.bound(), scratch.pointer.bound())
        }
        withExtendedLifetime(scratch) {}
      }
      if dtype == .float32 {
        apus_winograd_weight_finish_f32(sums.pointer.bound(), channels, outputs, sum.bound())
      } else {
        apus_winograd_weight_finish_f64(sums.pointer.bound(), channels, outputs, sum.bound())
      }
      withExtendedLifetime(sums) {}
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

/// How images are cut into parts, by their extents alone: several whole images, or rows of one.
private struct WinogradCut {
  private let allImages: Int
  private let tileRows: Int
  private var images = 1
  private var rows: Int

  /// Parts whose transformed channels take about `bytes`.
  init(_ whole: apus_winograd, images: Int, channels: Int, bytes: Int, _ size: Int) {
    allImages = images
    tileRows = (whole.out_height + 1) / 2
    let columns = (whole.out_width + 1) / 2
    let most = max(1, bytes / max(1, 16 * channels * columns * size))
    rows = tileRows
    if most >= tileRows {
      // Whole images, but enough parts for some threads.
      self.images = max(1, min(most / tileRows, (images + 7) / 8))
    } else {
      // The cut that leaves the fewest places in blocks of 16 tiles unused.
      func places(_ rows: Int) -> Int {
        func block(_ rows: Int) -> Int { (rows * columns + 15) / 16 }
        return tileRows / rows * block(rows) + block(tileRows % rows)
      }
      rows = (1...most).min { (places($0), -$0) < (places($1), -$1) }!
    }
  }

  private var rowParts: Int { (tileRows + rows - 1) / rows }

  var count: Int { (allImages + images - 1) / images * rowParts }

  /// Makes `part` the given piece, and returns its first image.
  func set(_ part: inout apus_winograd, to piece: Int) -> Int {
    let first = piece / rowParts * images
    part.images = min(images, allImages - first)
    part.first_row = piece % rowParts * rows
    part.rows = min(rows, tileRows - part.first_row)
    return first
  }
}
