import CKernels

/// Convolutions of any geometry on pixels, whose channels lie one after another; see `apus_pixels.h`.
/// A piece of the work turns a few rows of one image to pixels, and its result back to planes.
extension Convolution {
  /// Bytes of pixels that are worked on at a time, so that they stay in the cache.
  private static let pieceBytes = 524_288

  /// Whether there are outputs enough to fill vectors, and not so few inputs that to turn pixels back
  /// into planes takes most of the time.
  var suitsPixels: Bool { !windows.isIdentity && outputs >= 8 && channels >= 2 }

  /// Whether there are inputs enough, which the vectors of the input gradient hold.
  var suitsPixelInputGradient: Bool { !windows.isIdentity && channels >= 8 }

  /// Whether there are outputs enough, and an image has windows enough that sums are not read and
  /// written more than added to.
  var suitsPixelWeightGradient: Bool {
    !windows.isIdentity && outputs >= 8 && windows.outputArea >= 32
  }

  func runByPixels(
    _ dtype: DType, input: UnsafeRawPointer, weight: UnsafeRawPointer, bias: UnsafeRawPointer?,
    output: UnsafeMutableRawPointer
  ) {
    let (u, groupBytes) = pixelWeight(dtype, weight, ofGradient: false)
    let size = dtype.byteCount
    let rowElements =
      windows.y.stride * windows.x.reach * apus_pixel_channels(channels)
      + windows.x.output * Int(APUS_PIXEL_BLOCK)
    forEachRows(of: windows.y.output, rowElements * size) { block, rows in
      var part = pixels(rows)
      let scratch = Storage(byteCount: apus_pixel_scratch(&part) * size)
      let x = input + block * channels * windows.inputArea * size
      let y = output + block * outputs * windows.outputArea * size
      let group = block % groups
      let (u, bias) = (u.pointer + group * groupBytes, bias.map { $0 + group * outputs * size })
      if dtype == .float32 {
        apus_pixel_convolve_f32(
          &part, x.bound(), u.bound(), bias?.bound(), y.bound(), scratch.pointer.bound())
      } else {
        apus_pixel_convolve_f64(
          &part, x.bound(), u.bound(), bias?.bound(), y.bound(), scratch.pointer.bound())
      }
      withExtendedLifetime(scratch) {}
    }
    withExtendedLifetime(u) {}
  }

  func runInputGradientByPixels(
    _ dtype: DType, gradient: UnsafeRawPointer, weight: UnsafeRawPointer, bias: UnsafeRawPointer?,
    input: UnsafeMutableRawPointer
  ) {
    let (u, groupBytes) = pixelWeight(dtype, weight, ofGradient: true)
    let size = dtype.byteCount
    let rowElements =
      windows.x.output * apus_pixel_channels(outputs) / windows.y.stride
      + windows.x.input * Int(APUS_PIXEL_BLOCK)
    forEachRows(of: windows.y.input, rowElements * size) { block, rows in
      var part = pixels(rows)
      let scratch = Storage(byteCount: apus_pixel_input_grad_scratch(&part) * size)
      let dy = gradient + block * outputs * windows.outputArea * size
      let x = input + block * channels * windows.inputArea * size
      let group = block % groups
      let (u, bias) = (u.pointer + group * groupBytes, bias.map { $0 + group * channels * size })
      if dtype == .float32 {
        apus_pixel_input_grad_f32(
          &part, dy.bound(), u.bound(), bias?.bound(), x.bound(), scratch.pointer.bound())
      } else {
        apus_pixel_input_grad_f64(
          &part, dy.bound(), u.bound(), bias?.bound(), x.bound(), scratch.pointer.bound())
      }
      withExtendedLifetime(scratch) {}
    }
    withExtendedLifetime(u) {}
  }

  /// Of many windows each piece sums those of some images. Of few, where that many sums of the extent
  /// of the weight would cost more than they gain, and of groups, each piece has some of the outputs.
  func runWeightGradientByPixels(
    _ dtype: DType, input: UnsafeRawPointer, gradient: UnsafeRawPointer,
    weight: UnsafeMutableRawPointer
  ) {
    let rowElements =
      windows.y.stride * windows.x.reach * apus_pixel_channels(channels)
      + windows.x.output * apus_pixel_channels(outputs)
    let cut = RowCut(
      images: images, rows: windows.y.output, rowBytes: rowElements * dtype.byteCount)
    if groups == 1 && images * windows.outputArea >= 8_192 {
      Self.summing(of: cut.count, outputs * depth, dtype, into: weight) { pieces, sum in
        addWeightGradient(dtype, of: 0..<outputs, input, gradient, cut, pieces, into: sum)
      }
    } else {
      let share = 2 * Int(APUS_PIXEL_BLOCK)
      let shares = (outputs + share - 1) / share
      ThreadPool.forEachPiece(groups * shares) { piece in
        let start = piece / shares * outputs
        let first = start + piece % shares * share
        addWeightGradient(
          dtype, of: first..<min(start + outputs, first + share), input, gradient, cut,
          0..<cut.count, into: weight + first * depth * dtype.byteCount)
      }
    }
  }

  /// Sets `weight` to what some pieces contribute to the gradient of some outputs of a group, counted
  /// through all groups.
  private func addWeightGradient(
    _ dtype: DType, of outputs: Range<Int>, _ input: UnsafeRawPointer, _ gradient: UnsafeRawPointer,
    _ cut: RowCut, _ pieces: Range<Int>, into weight: UnsafeMutableRawPointer
  ) {
    let size = dtype.byteCount
    let count = depth * apus_pixel_channels(outputs.count) * size
    let sums = Storage(byteCount: count)
    sums.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: count)
    for piece in pieces {
      let (image, rows) = cut[piece]
      var part = pixels(rows)
      part.outputs = outputs.count
      let scratch = Storage(byteCount: apus_pixel_weight_grad_scratch(&part) * size)
      let group = outputs.lowerBound / self.outputs
      let x = input + (image * groups + group) * channels * windows.inputArea * size
      let plane = image * groups * self.outputs + outputs.lowerBound
      let dy = gradient + plane * windows.outputArea * size
      if dtype == .float32 {
        apus_pixel_weight_grad_f32(
          &part, x.bound(), dy.bound(), sums.pointer.bound(), scratch.pointer.bound())
      } else {
        apus_pixel_weight_grad_f64(
          &part, x.bound(), dy.bound(), sums.pointer.bound(), scratch.pointer.bound())
      }
      withExtendedLifetime(scratch) {}
    }
    let taps = windows.kernelArea
    if dtype == .float32 {
      apus_pixel_weight_finish_f32(
        sums.pointer.bound(), outputs.count, channels, taps, weight.bound())
    } else {
      apus_pixel_weight_finish_f64(
        sums.pointer.bound(), outputs.count, channels, taps, weight.bound())
    }
    withExtendedLifetime(sums) {}
  }

  private func pixels(_ rows: Range<Int>) -> apus_pixel_convolution {
    apus_pixel_convolution(
      windows: windows, inputs: channels, outputs: outputs, first_row: rows.lowerBound,
      rows: rows.count)
  }

  /// The weight of each group in blocks of outputs, or of inputs for the gradient.
  private func pixelWeight(
    _ dtype: DType, _ weight: UnsafeRawPointer, ofGradient: Bool
  ) -> (all: Storage, groupBytes: Int) {
    let block = Int(APUS_PIXEL_BLOCK)
    let (lanes, depth) = ofGradient ? (channels, outputs) : (outputs, channels)
    let blocks = (lanes + block - 1) / block
    let taps = windows.kernelArea
    let blockBytes = taps * depth * block * dtype.byteCount
    let u = Storage(byteCount: groups * blocks * blockBytes)
    ThreadPool.forEachRange(of: groups * blocks, grain: max(1, 4_096 / (taps * depth))) { range in
      for number in range {
        let target = u.pointer + number * blockBytes
        let first = number % blocks * block
        let weight = weight + number / blocks * outputs * self.depth * dtype.byteCount
        if dtype == .float32 {
          apus_pixel_weight_f32(
            weight.bound(), outputs, channels, taps, ofGradient, first, target.bound())
        } else {
          apus_pixel_weight_f64(
            weight.bound(), outputs, channels, taps, ofGradient, first, target.bound())
        }
      }
    }
    return (u, blocks * blockBytes)
  }

  /// Calls `body` with some rows of a group of an image, of all groups of all images.
  private func forEachRows(
    of rows: Int, _ rowBytes: Int, _ body: (_ block: Int, _ rows: Range<Int>) -> Void
  ) {
    let cut = RowCut(images: images * groups, rows: rows, rowBytes: rowBytes)
    ThreadPool.forEachRange(of: cut.count, grain: 1) { range in
      for piece in range {
        let (block, rows) = cut[piece]
        body(block, rows)
      }
    }
  }

  /// The rows of all images in pieces of equal numbers of rows of one, by their extents alone: as many
  /// as the cache holds, but enough pieces for some threads.
  private struct RowCut {
    private let rows: Int
    private let share: Int
    private let parts: Int
    let count: Int

    init(images: Int, rows: Int, rowBytes: Int) {
      let most = max(1, min(pieceBytes / max(1, rowBytes), rows * images / 8))
      let wanted = (rows + most - 1) / most
      self.rows = rows
      share = (rows + wanted - 1) / wanted
      parts = (rows + share - 1) / share
      count = images * parts
    }

    subscript(piece: Int) -> (image: Int, rows: Range<Int>) {
      let first = piece % parts * share
      return (piece / parts, first..<min(rows, first + share))
    }
  }
}

extension apus_window_axis {
  /// The elements that all windows span.
  fileprivate var reach: Int { (output - 1) * stride + (kernel - 1) * dilation + 1 }
}
