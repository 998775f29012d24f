import CKernels

/// Convolutions by kernels of 3 × 3 with stride and dilation 1, by minimal filtering; see
/// `apus_winograd.h`. They do a quarter of the multiplications.
extension Convolution {
  /// Bytes of transformed inputs that are worked on at a time, so that they stay in the cache.
  private static let forwardBytes = 1_179_648
  private static let gradientBytes = 3_145_728

  var suitsWinograd: Bool { suitsWinograd(height: windows.y.output, width: windows.x.output) }

  var suitsWinogradInputGradient: Bool {
    suitsWinograd(height: windows.y.input, width: windows.x.input)
  }

  /// Whether the kernel fits, there are channels enough to fill vectors, the tiles have no more
  /// multiplications than the definition, and there are enough of them to transform a weight for: one
  /// image of 512 channels of 7 × 7, 4 tiles, took twice as long as products of pixels, but of 256
  /// channels of 14 × 14, 16 tiles, half as long as those of columns.
  private func suitsWinograd(height: Int, width: Int) -> Bool {
    let tile = Int(APUS_WINOGRAD_TILE)
    let tiles = ((height + tile - 1) / tile) * ((width + tile - 1) / tile)
    return groups == 1 && channels >= 8 && outputs >= 8 && windows.y.suitsWinograd
      && windows.x.suitsWinograd && height * width >= 4 * tiles && images * tiles >= 8
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
    let block = Int(APUS_PIXEL_BLOCK)
    let blocks = (whole.outputs + block - 1) / block
    let blockBytes = Int(APUS_WINOGRAD_ELEMENTS) * apus_winograd_weight_step(whole.inputs) * size
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
      let count = Int(APUS_WINOGRAD_ELEMENTS) * apus_winograd_sums_step(channels, outputs)
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
    let tile = Int(APUS_WINOGRAD_TILE)
    tileRows = (whole.out_height + tile - 1) / tile
    let columns = (whole.out_width + tile - 1) / tile
    let row = Int(APUS_WINOGRAD_ELEMENTS) * channels * columns * size
    let most = max(1, bytes / max(1, row))
    if most >= tileRows {
      // Whole images: an eighth of them, or that halved until it fits, so that threads get as much
      // each.
      self.images = max(1, (images + 7) / 8)
      while self.images > most / tileRows { self.images = (self.images + 1) / 2 }
      rows = tileRows
    } else {
      let parts = (tileRows + most - 1) / most
      rows = (tileRows + parts - 1) / parts
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
