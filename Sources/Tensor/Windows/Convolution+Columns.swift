import CKernels

/// Convolutions of any geometry as matrix products on columns: a few rows of windows at a time, so
/// that the columns stay in the cache.
extension Convolution {
  /// Bytes of columns that are made at a time.
  private static let columnBytes = 131_072

  /// Rows of windows whose columns are made at a time.
  private func tileRows(_ dtype: DType, depth: Int) -> Int {
    let rowBytes = max(1, depth * windows.x.output * dtype.byteCount)
    return min(windows.y.output, max(1, Self.columnBytes / rowBytes))
  }

  /// The biases are one more column of the weight, which meets a row of ones below the columns: to
  /// write them to the result before the product takes a tenth of a convolution with one channel.
  /// Where the columns are the image as it lies, there is no place for such a row.
  func runByColumns(
    _ dtype: DType, input: UnsafeRawPointer, weight: UnsafeRawPointer, bias: UnsafeRawPointer?,
    output: UnsafeMutableRawPointer
  ) {
    let size = dtype.byteCount
    let rows = tileRows(dtype, depth: depth)
    let tiles = (windows.y.output + rows - 1) / rows
    let joined = windows.isIdentity ? nil : bias.map { joining(dtype, weight, $0) }
    let factors = joined.map { UnsafeRawPointer($0.pointer) } ?? weight
    let terms = joined == nil ? depth : depth + 1
    ThreadPool.forEachRange(of: images * groups * tiles, grain: 1) { range in
      let columns = Storage(
        byteCount: windows.isIdentity ? 0 : terms * rows * windows.x.output * size)
      for part in range {
        let block = part / tiles
        let tile = part % tiles * rows..<min(windows.y.output, (part % tiles + 1) * rows)
        let group = block % groups
        let image = input + block * channels * windows.inputArea * size
        let first = tile.lowerBound * windows.x.output
        let count = tile.count * windows.x.output
        let target = output + (block * outputs * windows.outputArea + first) * size
        if !windows.isIdentity {
          WindowKernels.imageToColumns(
            dtype, image, channels: channels, windows, rows: tile, columns.pointer)
        }
        if joined != nil {
          WindowKernels.fillOnes(dtype, columns.pointer + depth * count * size, count)
        } else if let bias {
          for channel in 0..<outputs {
            WindowKernels.fill(
              dtype, target + channel * windows.outputArea * size,
              with: bias + (group * outputs + channel) * size, count)
          }
        }
        GEMM(
          m: outputs, n: count, k: terms, lda: terms,
          ldb: windows.isIdentity ? windows.outputArea : count, ldc: windows.outputArea
        ).runInPiece(
          dtype, a: factors + group * outputs * terms * size,
          b: windows.isIdentity ? image + first * size : UnsafeRawPointer(columns.pointer),
          beta: bias == nil || joined != nil ? 0 : 1, c: target)
      }
    }
    withExtendedLifetime(joined) {}
  }

  /// The rows of the weight, each followed by its bias.
  private func joining(
    _ dtype: DType, _ weight: UnsafeRawPointer, _ bias: UnsafeRawPointer
  ) -> Storage {
    let (size, bytes) = (dtype.byteCount, depth * dtype.byteCount)
    let joined = Storage(byteCount: groups * outputs * (bytes + size))
    for row in 0..<groups * outputs {
      let target = joined.pointer + row * (bytes + size)
      target.copyMemory(from: weight + row * bytes, byteCount: bytes)
      (target + bytes).copyMemory(from: bias + row * size, byteCount: size)
    }
    return joined
  }

  func runInputGradientByColumns(
    _ dtype: DType, gradient: UnsafeRawPointer, weight: UnsafeRawPointer, bias: UnsafeRawPointer?,
    input: UnsafeMutableRawPointer
  ) {
    let size = dtype.byteCount
    // Channels go apart from each other: a few images give enough pieces too.
    let wanted = max(1, 8 / (images * groups))
    let blockChannels = (channels + wanted - 1) / wanted
    let blocks = (channels + blockChannels - 1) / blockChannels
    let rows = tileRows(dtype, depth: blockChannels * windows.kernelArea)
    ThreadPool.forEachRange(of: images * groups * blocks, grain: 1) { range in
      let columns = Storage(
        byteCount: windows.isIdentity
          ? 0 : blockChannels * windows.kernelArea * rows * windows.x.output * size)
      for part in range {
        let block = part / blocks
        let group = block % groups
        let first = part % blocks * blockChannels
        let count = min(blockChannels, channels - first)
        let target = input + (block * channels + first) * windows.inputArea * size
        // What the products set themselves need not be there before.
        let isAdded = !windows.isIdentity || bias != nil
        if isAdded {
          fillPlanes(
            dtype, target, bias.map { $0 + (group * channels + first) * size }, count,
            windows.inputArea)
        }
        let from = gradient + block * outputs * windows.outputArea * size
        let factor = weight + (group * outputs * depth + first * windows.kernelArea) * size
        for start in stride(from: 0, to: windows.y.output, by: rows) {
          let tile = start..<min(windows.y.output, start + rows)
          let width = tile.count * windows.x.output
          let product = GEMM(
            m: count * windows.kernelArea, n: width, k: outputs, transposeA: true, lda: depth,
            ldb: windows.outputArea, ldc: windows.isIdentity ? windows.inputArea : width)
          let operand = from + start * windows.x.output * size
          if windows.isIdentity {
            product.runInPiece(
              dtype, a: factor, b: operand, beta: isAdded ? 1 : 0,
              c: target + start * windows.x.output * size)
          } else {
            product.runInPiece(dtype, a: factor, b: operand, c: columns.pointer)
            WindowKernels.columnsToImage(
              dtype, columns.pointer, channels: count, windows, rows: tile, target)
          }
        }
      }
    }
  }

  func runWeightGradientByColumns(
    _ dtype: DType, input: UnsafeRawPointer, gradient: UnsafeRawPointer,
    weight: UnsafeMutableRawPointer
  ) {
    let size = dtype.byteCount
    let rows = tileRows(dtype, depth: depth)
    let tiles = (windows.y.output + rows - 1) / rows
    let count = groups * outputs * depth
    Self.summing(of: images * tiles, count, dtype, into: weight) { range, sum in
      let columns = Storage(
        byteCount: windows.isIdentity ? 0 : depth * rows * windows.x.output * size)
      for part in range {
        let tile = part % tiles * rows..<min(windows.y.output, (part % tiles + 1) * rows)
        let first = tile.lowerBound * windows.x.output
        let width = tile.count * windows.x.output
        for group in 0..<groups {
          let block = part / tiles * groups + group
          let image = input + block * channels * windows.inputArea * size
          if !windows.isIdentity {
            WindowKernels.imageToColumns(
              dtype, image, channels: channels, windows, rows: tile, columns.pointer)
          }
          GEMM(
            m: outputs, n: depth, k: width, transposeB: true, lda: windows.outputArea,
            ldb: windows.isIdentity ? windows.outputArea : width, ldc: depth
          ).runInPiece(
            dtype, a: gradient + (block * outputs * windows.outputArea + first) * size,
            b: windows.isIdentity ? image + first * size : UnsafeRawPointer(columns.pointer),
            beta: part == range.lowerBound ? 0 : 1, c: sum + group * outputs * depth * size)
        }
      }
    }
  }

  /// Cuts `0..<parts` into at most 16 ranges by their number alone, lets `body` set a sum of `count`
  /// elements for each, and adds the sums in their order.
  static func summing(
    of parts: Int, _ count: Int, _ dtype: DType, into target: UnsafeMutableRawPointer,
    _ body: (_ range: Range<Int>, _ sum: UnsafeMutableRawPointer) -> Void
  ) {
    let grain = (parts + 15) / 16
    let pieces = (parts + grain - 1) / grain
    if pieces == 1 { return body(0..<parts, target) }
    let bytes = count * dtype.byteCount
    let sums = Storage(byteCount: pieces * bytes)
    ThreadPool.forEachPiece(pieces) { piece in
      body(piece * grain..<min(parts, (piece + 1) * grain), sums.pointer + piece * bytes)
    }
    ThreadPool.forEachRange(of: count, grain: 16_384) { range in
      let start = range.lowerBound * dtype.byteCount
      ReductionKernel.fold(APUS_REDUCE_SUM, dtype).columns(
        sums.pointer + start, stride: count, batches: 1, rows: pieces, columns: range.count,
        target + start)
    }
  }

  /// Planes of zeros, or of the bias of each.
  func fillPlanes(
    _ dtype: DType, _ target: UnsafeMutableRawPointer, _ bias: UnsafeRawPointer?, _ count: Int,
    _ area: Int
  ) {
    guard let bias else {
      target.initializeMemory(as: UInt8.self, repeating: 0, count: count * area * dtype.byteCount)
      return
    }
    for plane in 0..<count {
      WindowKernels.fill(
        dtype, target + plane * area * dtype.byteCount, with: bias + plane * dtype.byteCount, area)
    }
  }
}
