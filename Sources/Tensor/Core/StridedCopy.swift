import CKernels

/// Copies elements from one strided arrangement to another, on as many threads as pays.
package enum StridedCopy {
  /// Bytes of one piece of work: enough to hide its handing out, few enough for the second cache.
  private static let grain = 131_072

  /// Copies every element of `shape`; elements have 1, 4 or 8 bytes, strides count elements.
  ///
  /// The two arrangements share no memory.
  package static func run(
    byteCount: Int, shape: Shape, from source: UnsafeRawPointer, strides sourceStrides: Dimensions,
    to target: UnsafeMutableRawPointer, strides targetStrides: Dimensions
  ) {
    if shape.elementCount == 0 { return }
    var loops = StridedLoops(shape: shape, strides: sourceStrides, targetStrides)
    loops.bringTransposedAxisInward()
    let plane = Plane(loops, byteCount: byteCount)
    let planes = loops.outermost
    let grain = max(1, grain / byteCount)
    let size = plane.rows * plane.columns
    if size <= grain {
      ThreadPool.forEachRange(of: planes.outerCount, grain: max(1, grain / size)) { range in
        planes.forEachRun(in: range) { from, to in
          plane.copy(
            from: source + from * byteCount, to: target + to * byteCount, rows: 0..<plane.rows,
            columns: 0..<plane.columns)
        }
      }
      return
    }
    // Large planes are cut along their longer side, in multiples of what the kernel transposes.
    let isCutByRows = plane.rows >= plane.columns
    let (long, short) =
      isCutByRows ? (plane.rows, plane.columns) : (plane.columns, plane.rows)
    let width = max(32, grain / short / 32 * 32)
    let parts = (long + width - 1) / width
    ThreadPool.forEachPiece(planes.outerCount * parts) { piece in
      let start = piece % parts * width
      let part = start..<min(long, start + width)
      planes.forEachRun(in: piece / parts..<piece / parts + 1) { from, to in
        plane.copy(
          from: source + from * byteCount, to: target + to * byteCount,
          rows: isCutByRows ? part : 0..<plane.rows,
          columns: isCutByRows ? 0..<plane.columns : part)
      }
    }
  }

  /// Copies rows x columns elements on this thread.
  static func plane(
    byteCount: Int, from: UnsafeRawPointer, _ fromSteps: (row: Int, column: Int),
    to: UnsafeMutableRawPointer, _ toSteps: (row: Int, column: Int), _ rows: Int, _ columns: Int
  ) {
    let kernel =
      byteCount == 1 ? apus_copy_2d_1 : byteCount == 4 ? apus_copy_2d_4 : apus_copy_2d_8
    kernel(
      from, fromSteps.row, fromSteps.column, to, toSteps.row, toSteps.column, rows, columns)
  }

  /// The elements of a layout in row-major order without gaps, in storage of their own.
  static func contiguous(_ storage: Storage, _ layout: Layout, _ dtype: DType) -> Storage {
    let size = dtype.byteCount
    let result = Storage(shape: layout.shape, dtype: dtype)
    run(
      byteCount: size, shape: layout.shape, from: storage.pointer + layout.offset * size,
      strides: layout.strides, to: result.pointer, strides: layout.shape.contiguousStrides)
    return result
  }

  /// Copies `count` elements that lie one after another.
  package static func run(
    byteCount: Int, count: Int, from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer
  ) {
    ThreadPool.forEachRange(of: count * byteCount, grain: grain) { bytes in
      (target + bytes.lowerBound).copyMemory(
        from: source + bytes.lowerBound, byteCount: bytes.count)
    }
  }

  /// Sets `count` elements to the one at `value`.
  package static func fill(
    byteCount: Int, count: Int, _ target: UnsafeMutableRawPointer, with value: UnsafeRawPointer
  ) {
    ThreadPool.forEachRange(of: count, grain: grain / byteCount) { range in
      let start = target + range.lowerBound * byteCount
      switch byteCount {
      case 1: apus_fill_1(start, value, range.count)
      case 4: apus_fill_4(start, value, range.count)
      default: apus_fill_8(start, value, range.count)
      }
    }
  }
}

/// The two innermost loops: one kernel call, which cuts a transposition into cache blocks.
private struct Plane {
  let rows: Int
  let columns: Int
  private let byteCount: Int
  private let source: (row: Int, column: Int)
  private let target: (row: Int, column: Int)

  init(_ loops: StridedLoops, byteCount: Int) {
    let (down, across) = loops.plane
    columns = across.extent
    rows = down.extent
    source = (down.first, across.first)
    target = (down.second, across.second)
    self.byteCount = byteCount
  }

  /// Copies a part of the plane whose first element has the given addresses.
  func copy(
    from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, rows: Range<Int>,
    columns: Range<Int>
  ) {
    let first = rows.lowerBound * self.source.row + columns.lowerBound * self.source.column
    let second = rows.lowerBound * self.target.row + columns.lowerBound * self.target.column
    StridedCopy.plane(
      byteCount: byteCount, from: source + first * byteCount, self.source,
      to: target + second * byteCount, self.target, rows.count, columns.count)
  }
}
