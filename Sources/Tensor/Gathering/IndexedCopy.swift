import CKernels

/// Copies between places named by integers. Elements are known by their size alone.
enum IndexedCopy {
  /// Bytes of one piece of work.
  private static let grain = 131_072

  /// target[o, i] ← source[o, positions[i]] for blocks of `blockSize` bytes; `source` is contiguous
  /// with `extent` blocks for each o, `target` with one for each position. False if a position is
  /// not in `0..<extent`; the target is of no use then.
  static func take(
    _ positions: UnsafeBufferPointer<Int64>, from source: UnsafeRawPointer, extent: Int,
    to target: UnsafeMutableRawPointer, outer: Int, blockSize: Int
  ) -> Bool {
    let count = positions.count
    // What the position and the reading of a cache line cost counts as well.
    let grain = max(1, grain / (blockSize + 8))
    return ThreadPool.holds(forEachRangeOf: outer * count, grain: grain) { range in
      var isInside = true
      var (row, place) = range.lowerBound.quotientAndRemainder(dividingBy: count)
      var start = range.lowerBound
      while start < range.upperBound {
        let length = min(count - place, range.upperBound - start)
        let isDone = apus_gather(
          blockSize, source + row * extent * blockSize, 0, 1, positions.baseAddress! + place,
          Int64(extent), target + start * blockSize, length)
        isInside = isInside && isDone
        start += length
        row += 1
        place = 0
      }
      return isInside
    }
  }

  /// target[o, positions[i]] ← source[o, i]: `take` the other way. The last of several blocks for
  /// one place stays.
  static func put(
    _ positions: UnsafeBufferPointer<Int64>, from source: UnsafeRawPointer,
    to target: UnsafeMutableRawPointer, extent: Int, outer: Int, blockSize: Int
  ) {
    let count = positions.count
    // Within one o the order decides which block stays.
    let grain = max(1, grain / max(1, count * blockSize))
    ThreadPool.forEachRange(of: outer, grain: grain) { range in
      for index in range {
        var from = source + index * count * blockSize
        let row = target + index * extent * blockSize
        for position in positions {
          (row + Int(position) * blockSize).copyMemory(from: from, byteCount: blockSize)
          from += blockSize
        }
      }
    }
  }
}

/// The places that an index tensor names along an axis of another tensor, as `gather` and `scatter`
/// read it: index [i, j, k] names [index, j, k] for axis 0, [i, index, k] for axis 1, and so on.
struct IndexedPlaces {
  private let storage: Storage
  private let positions: UnsafeBufferPointer<Int64>
  private let loops: StridedLoops
  private let step: Int

  /// Indices of one piece of work.
  private static let grain = 8_192

  /// `positions`, which `storage` holds, are counted from the front and contiguous; their shape fits
  /// the layout but for `axis`.
  init(
    _ storage: Storage, _ positions: UnsafeBufferPointer<Int64>, _ shape: Shape, axis: Int,
    in layout: Layout
  ) {
    self.storage = storage
    self.positions = positions
    var strides = layout.strides
    step = strides[axis]
    strides[axis] = 0
    loops = StridedLoops(shape: shape, strides: strides, shape.contiguousStrides)
  }

  /// target[number] ← source[place] for elements of `size` bytes. False if an index is not in
  /// `0..<extent`; the target is of no use then.
  func gather(
    size: Int, from source: UnsafeRawPointer, extent: Int, to target: UnsafeMutableRawPointer
  ) -> Bool {
    let inner = loops.innerCount
    let innerStep = loops.innerSteps.first
    // Long runs are cut, so that a few of them are work for several threads.
    let most = max(Self.grain, positions.count / (ThreadPool.maximumPieceCount / 4))
    let parts = max(1, (inner + most - 1) / most)
    let length = (inner + parts - 1) / parts
    let grain = max(1, most / max(1, length))
    return withExtendedLifetime(storage) {
      let indices = positions.baseAddress!
      return ThreadPool.holds(forEachRangeOf: loops.outerCount * parts, grain: grain) { range in
        var isInside = true
        // Where runs are cut, a piece is one part of one.
        let start = range.lowerBound % parts * length
        let runs = range.lowerBound / parts..<(range.upperBound + parts - 1) / parts
        loops.forEachRun(in: runs) { base, first in
          let isDone = apus_gather(
            size, source + (base + start * innerStep) * size, innerStep, step,
            indices + first + start, Int64(extent), target + (first + start) * size,
            min(length, inner - start))
          isInside = isInside && isDone
        }
        return isInside
      }
    }
  }

  /// target[place] ← combine(target[place], source[number]), one index after another.
  @inline(__always)
  func scatter<Element: BitwiseCopyable>(
    _: Element.Type, from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer,
    _ combine: (Element, Element) -> Element
  ) {
    let from: UnsafePointer<Element> = source.bound()
    let to: UnsafeMutablePointer<Element> = target.bound()
    let inner = loops.innerCount
    let innerStep = loops.innerSteps.first
    withExtendedLifetime(storage) {
      loops.forEachRun(in: 0..<loops.outerCount) { base, first in
        for offset in 0..<inner {
          let place = base + offset * innerStep + Int(positions[first + offset]) * step
          to[place] = combine(to[place], from[first + offset])
        }
      }
    }
  }
}
