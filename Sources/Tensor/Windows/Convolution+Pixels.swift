import CKernels

/// Convolutions of any geometry on pixels, whose channels lie one after another; see `apus_pixels.h`.
/// A piece of the work turns a few rows of one image to pixels, and its result back to planes.
extension Convolution {
  /// Bytes of pixels that are worked on at a time, so that they stay in the cache.
  private static let pieceBytes = 524_288

  /// Whether there are outputs enough to fill vectors, and not so few inputs that to turn pixels back
  /// into planes takes most of the time.
  var suitsPixels: Bool { hasPixelWindows && outputs >= 8 && channels >= 2 }

  /// Whether there are inputs enough, which the vectors of the input gradient hold.
  var suitsPixelInputGradient: Bool { hasPixelWindows && channels >= 8 }

  /// Whether there are outputs enough, and an image has windows enough that sums are not read and
  /// written more than added to.
  var suitsPixelWeightGradient: Bool {
    hasPixelWindows && outputs >= 8 && windows.outputArea >= 32
  }

  /// Whether windows use most of the pixels that they span, and are not the elements themselves.
  private var hasPixelWindows: Bool {
    !windows.isIdentity && windows.y.isDense && windows.x.isDense
  }

  func runByPixels(
    _ dtype: DType, input: UnsafeRawPointer, weight: UnsafeRawPointer, bias: UnsafeRawPointer?,
    output: UnsafeMutableRawPointer
  ) {
    let size = dtype.byteCount
    let rowElements =
      windows.y.stride * windows.x.span * apus_pixel_channels(channels)
      + windows.x.output * Int(APUS_PIXEL_BLOCK)
    forEachPiece(
      dtype, of: windows.y.output, rowElements, outputs,
      pixelWeight(dtype, weight, ofGradient: false)
    ) { block, rows, lanes, u in
      var part = pixels(rows)
      part.outputs = lanes.count
      let scratch = Storage(byteCount: apus_pixel_scratch(&part) * size)
      let x = input + block * channels * windows.inputArea * size
      let y = output + (block * outputs + lanes.lowerBound) * windows.outputArea * size
      let bias = bias.map { $0 + (block % groups * outputs + lanes.lowerBound) * size }
      if dtype == .float32 {
        apus_pixel_convolve_f32(
          &part, x.bound(), u.bound(), bias?.bound(), y.bound(), scratch.pointer.bound())
      } else {
        apus_pixel_convolve_f64(
          &part, x.bound(), u.bound(), bias?.bound(), y.bound(), scratch.pointer.bound())
      }
      withExtendedLifetime(scratch) {}
    }
  }

  func runInputGradientByPixels(
    _ dtype: DType, gradient: UnsafeRawPointer, weight: UnsafeRawPointer, bias: UnsafeRawPointer?,
    input: UnsafeMutableRawPointer
  ) {
    let size = dtype.byteCount
    let rowElements =
      windows.x.output * apus_pixel_channels(outputs) / windows.y.stride
      + windows.x.input * Int(APUS_PIXEL_BLOCK)
    forEachPiece(
      dtype, of: windows.y.input, rowElements, channels,
      pixelWeight(dtype, weight, ofGradient: true)
    ) { block, rows, lanes, u in
      var part = pixels(rows)
      part.inputs = lanes.count
      let scratch = Storage(byteCount: apus_pixel_input_grad_scratch(&part) * size)
      let dy = gradient + block * outputs * windows.outputArea * size
      let x = input + (block * channels + lanes.lowerBound) * windows.inputArea * size
      let bias = bias.map { $0 + (block % groups * channels + lanes.lowerBound) * size }
      if dtype == .float32 {
        apus_pixel_input_grad_f32(
          &part, dy.bound(), u.bound(), bias?.bound(), x.bound(), scratch.pointer.bound())
      } else {
        apus_pixel_input_grad_f64(
          &part, dy.bound(), u.bound(), bias?.bound(), x.bound(), scratch.pointer.bound())
      }
      withExtendedLifetime(scratch) {}
    }
  }

  /// Calls `body` with some rows of the result of a group of an image, of all groups of all images, some
  /// of the result's channels, and their part of the weight.
  ///
  /// All channels, or, of few images, where each piece would read a large weight as a whole, 32.
  private func forEachPiece(
    _ dtype: DType, of rows: Int, _ rowElements: Int, _ channels: Int, _ weight: PixelWeight,
    _ body: (_ block: Int, _ rows: Range<Int>, _ lanes: Range<Int>, UnsafeRawPointer) -> Void
  ) {
    let isCut = images * groups < 8 && weight.groupBytes > Self.pieceBytes / 2
    let cut = RowCut(
      images: images * groups, rows: rows, rowBytes: rowElements * dtype.byteCount,
      halo: windows.y.halo, isShared: !isCut)
    let share = isCut ? 2 * Int(APUS_PIXEL_BLOCK) : channels
    let shares = (channels + share - 1) / share
    ThreadPool.forEachRange(of: cut.count * shares, grain: 1) { pieces in
      for piece in pieces {
        let (block, rows) = cut[piece / shares]
        let first = piece % shares * share
        let u = weight.all.pointer + block % groups * weight.groupBytes
        body(
          block, rows, first..<min(channels, first + share),
          u + first / Int(APUS_PIXEL_BLOCK) * weight.blockBytes)
      }
    }
    withExtendedLifetime(weight.all) {}
  }

  /// Of many windows each piece sums those of some rows. Of few, where as many sums of the extent of the
  /// weight would cost more than they gain, and where there are groups, each piece has some outputs.
  func runWeightGradientByPixels(
    _ dtype: DType, input: UnsafeRawPointer, gradient: UnsafeRawPointer,
    weight: UnsafeMutableRawPointer
  ) {
    let rowElements =
      windows.y.stride * windows.x.span * apus_pixel_channels(channels)
      + windows.x.output * apus_pixel_channels(outputs)
    let sums = images * windows.outputArea / Self.windowsOfSum
    let isSummed = groups == 1 && sums >= 4
    let cut = RowCut(
      images: images, rows: windows.y.output, rowBytes: rowElements * dtype.byteCount,
      halo: windows.y.halo, isShared: isSummed)
    if isSummed {
      let bundles = min(sums, cut.count)
      Self.summing(of: bundles, outputs * depth, dtype, into: weight) { range, sum in
        let pieces =
          range.lowerBound * cut.count / bundles..<range.upperBound * cut.count / bundles
        addWeightGradient(dtype, of: 0..<outputs, input, gradient, cut, pieces, into: sum)
      }
    } else {
      let share = (outputs < 64 ? 1 : 2) * Int(APUS_PIXEL_BLOCK)
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

  /// Windows whose products pay for a sum of their own, which is cleared, transposed and added up: by an
  /// estimate, ten times over.
  private static let windowsOfSum = 256

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

  /// A weight in blocks of channels of the result, group by group.
  private struct PixelWeight {
    let all: Storage
    let blockBytes: Int
    let groupBytes: Int
  }

  /// The weight in blocks of outputs, or of inputs for the gradient.
  private func pixelWeight(
    _ dtype: DType, _ weight: UnsafeRawPointer, ofGradient: Bool
  ) -> PixelWeight {
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
    return PixelWeight(all: u, blockBytes: blockBytes, groupBytes: blocks * blockBytes)
  }

  /// The rows of all images in pieces of equal numbers of rows of one, by their extents alone: as many
  /// as the cache holds, or as the windows of a piece reach beyond it, but enough pieces for some threads
  /// if the work is shared.
  private struct RowCut {
    private let rows: Int
    private let share: Int
    private let parts: Int
    let count: Int

    init(images: Int, rows: Int, rowBytes: Int, halo: Int, isShared: Bool = true) {
      let near = max(1, halo, pieceBytes / max(1, rowBytes))
      let most = isShared ? max(1, min(near, rows * images / 8)) : near
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
  fileprivate var span: Int { halo + (output - 1) * stride + 1 }

  /// The elements that a window reaches beyond its first one.
  fileprivate var halo: Int { (kernel - 1) * dilation }

  /// Whether windows leave no elements out between them, and span no more than twice the axis.
  fileprivate var isDense: Bool { kernel >= stride && span <= 2 * input + 16 }
}
