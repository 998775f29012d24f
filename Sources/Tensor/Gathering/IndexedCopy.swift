/// Copies between places named by integers. Elements are known by their size alone, so that the
/// loops are compiled for each size and not for each scalar.
enum IndexedCopy {
  /// Bytes of one piece of work.
  private static let grain = 131_072

  /// target[o, i] ← source[o, positions[i]] for blocks of `blockSize` bytes; `source` is contiguous
  /// with `extent` blocks for each o, `target` with one for each position.
  static func take(
    _ positions: UnsafeBufferPointer<Int64>, from source: UnsafeRawPointer, extent: Int,
    to target: UnsafeMutableRawPointer, outer: Int, blockSize: Int
  ) {
    switch blockSize {
    case 1: take(UInt8.self, positions, source.bound(), extent, target.bound(), outer)
    case 4: take(UInt32.self, positions, source.bound(), extent, target.bound(), outer)
    case 8: take(UInt64.self, positions, source.bound(), extent, target.bound(), outer)
    default:
      let count = positions.count
      let grain = max(1, grain / max(1, blockSize))
      ThreadPool.forEachRange(of: outer * count, grain: grain) { range in
        for index in range {
          let block = index / count * extent + Int(positions[index % count])
          (target + index * blockSize).copyMemory(
            from: source + block * blockSize, byteCount: blockSize)
        }
      }
    }
  }

  private static func take<Element: BitwiseCopyable>(
    _: Element.Type, _ positions: UnsafeBufferPointer<Int64>, _ source: UnsafePointer<Element>,
    _ extent: Int, _ target: UnsafeMutablePointer<Element>, _ outer: Int
  ) {
    let count = positions.count
    ThreadPool.forEachRange(of: outer * count, grain: grain / 4) { range in
      var place = range.lowerBound % count
      var row = source + range.lowerBound / count * extent
      for index in range {
        target[index] = row[Int(positions[place])]
        place += 1
        if place == count {
          place = 0
          row += extent
        }
      }
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
  private let positions: Tensor<Int64>
  private let loops: StridedLoops
  private let step: Int

  /// `positions` are resolved and contiguous; they fit the layout but for `axis`.
  init(_ positions: Tensor<Int64>, axis: Int, in layout: Layout) {
    self.positions = positions
    var strides = layout.strides
    step = strides[axis]
    strides[axis] = 0
    loops = StridedLoops(
      shape: positions.shape, strides: strides, positions.layout.strides)
  }

  /// The number of runs of indices that can be gone through apart from each other, about `grain`
  /// indices a piece.
  var runs: (count: Int, grain: Int) {
    (loops.outerCount, max(1, 16_384 / max(1, loops.innerCount)))
  }

  /// Calls `body` with the place, relative to the first element, that each index of the runs names,
  /// and the number of the index in row-major order.
  @inline(__always)
  func forEach(in runs: Range<Int>, _ body: (_ place: Int, _ number: Int) -> Void) {
    let inner = loops.innerCount
    let innerStep = loops.innerSteps.first
    positions.withStorage {
      let indices = positions.typedPointer
      loops.forEachRun(in: runs) { base, first in
        for offset in 0..<inner {
          let place = base + offset * innerStep + Int(indices[first + offset]) * step
          body(place, first + offset)
        }
      }
    }
  }

  /// target[number] ← source[place] for elements of one size.
  func gather<Element: BitwiseCopyable>(
    _: Element.Type, from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer
  ) {
    let from: UnsafePointer<Element> = source.bound()
    let to: UnsafeMutablePointer<Element> = target.bound()
    ThreadPool.forEachRange(of: runs.count, grain: runs.grain) { runs in
      forEach(in: runs) { place, number in to[number] = from[place] }
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
    forEach(in: 0..<runs.count) { place, number in
      to[place] = combine(to[place], from[number])
    }
  }
}
