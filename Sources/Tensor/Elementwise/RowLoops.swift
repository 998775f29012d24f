/// The loops of a kernel of two operands of any strides into a row-major result.
///
/// Where both operands lie along the innermost axis one after another, or stand still, the kernel
/// takes whole rows. Where one does not, or rows are so short that calling the kernel would cost more
/// than it does, the elements go through tiles: both operands of a tile are copied into rows without
/// gaps, in memory that stays in the first cache, and the kernel takes them from there.
struct RowLoops {
  private let loops: StridedLoops
  private let first: UnsafeRawPointer
  private let second: UnsafeRawPointer
  private let firstSize: Int
  private let secondSize: Int

  /// What is done with a run of elements; `place` counts the elements of the result before it.
  typealias Body = (
    _ first: UnsafeRawPointer, _ firstStep: Int, _ second: UnsafeRawPointer, _ secondStep: Int,
    _ place: Int, _ count: Int
  ) -> Void

  /// Rows shorter than this go through tiles.
  private static let shortRow = 32
  /// The extents of a tile: 4,096 elements, of a run of cache lines each way.
  private static let tileColumns = 128
  private static let tileElements = 4_096

  /// Loops over `shape`; the strides of each operand are those of its broadcast layout, its size is
  /// that of an element in bytes.
  init(
    _ shape: Shape, _ first: UnsafeRawPointer, _ firstStrides: Dimensions, _ firstSize: Int,
    _ second: UnsafeRawPointer, _ secondStrides: Dimensions, _ secondSize: Int
  ) {
    loops = StridedLoops(shape: shape, strides: firstStrides, secondStrides)
    self.first = first
    self.second = second
    self.firstSize = firstSize
    self.secondSize = secondSize
  }

  /// Calls `body` for every element of the result, about `grain` elements a piece of work.
  func run(grain: Int, _ body: Body) {
    let steps = loops.innerSteps
    let isSteppable = isUnit(steps.first) && isUnit(steps.second)
    if isSteppable && (loops.innerCount >= Self.shortRow || loops.outerCount == 1) {
      rows(grain, body)
    } else {
      tiles(grain, body)
    }
  }

  private func isUnit(_ step: Int) -> Bool { step == 0 || step == 1 }

  private func rows(_ grain: Int, _ body: Body) {
    let inner = loops.innerCount
    let steps = loops.innerSteps
    // Long rows are cut, so that a few of them are work for several threads.
    let parts = max(1, (inner + grain - 1) / grain)
    let length = (inner + parts - 1) / parts
    func run(_ runs: Range<Int>, from start: Int, _ count: Int) {
      var place = runs.lowerBound * inner + start
      loops.forEachRun(in: runs) { x, y in
        body(
          first + (x + start * steps.first) * firstSize, steps.first,
          second + (y + start * steps.second) * secondSize, steps.second, place, count)
        place += inner
      }
    }
    if parts == 1 {
      ThreadPool.forEachRange(of: loops.outerCount, grain: max(1, grain / max(1, inner))) { runs in
        run(runs, from: 0, inner)
      }
    } else {
      ThreadPool.forEachRange(of: loops.outerCount * parts, grain: 1) { range in
        for part in range {
          let start = part % parts * length
          run(part / parts..<part / parts + 1, from: start, min(length, inner - start))
        }
      }
    }
  }

  private func tiles(_ grain: Int, _ body: Body) {
    let (down, across) = loops.plane
    let (rows, columns) = (down.extent, across.extent)
    if rows * columns == 0 { return }
    let planes = loops.outermost
    let firstSteps = (row: down.first, column: across.first)
    let secondSteps = (row: down.second, column: across.second)
    let width = columns <= 2 * Self.tileColumns ? columns : Self.tileColumns
    let height = min(rows, max(1, Self.tileElements / width))
    let tilesAcross = (columns + width - 1) / width
    let perPlane = (rows + height - 1) / height * tilesAcross
    ThreadPool.forEachRange(
      of: planes.outerCount * perPlane, grain: max(1, grain / (width * height))
    ) { range in
      let copies = Storage(byteCount: width * height * (firstSize + secondSize))
      let ofFirst = copies.pointer
      let ofSecond = copies.pointer + width * height * firstSize
      for tile in range {
        let plane = tile / perPlane
        let row = tile % perPlane / tilesAcross * height
        let column = tile % tilesAcross * width
        let tileRows = min(height, rows - row)
        let tileColumns = min(width, columns - column)
        var place = (plane * rows + row) * columns + column
        planes.forEachRun(in: plane..<plane + 1) { x, y in
          let x = Operand(
            first + (x + row * firstSteps.row + column * firstSteps.column) * firstSize,
            firstSteps, firstSize)
          let y = Operand(
            second + (y + row * secondSteps.row + column * secondSteps.column) * secondSize,
            secondSteps, secondSize)
          if tileColumns == columns && columns <= Self.tileColumns {
            // The rows of the result follow each other: the tile is one run.
            let x = x.gathered(tileRows, tileColumns, in: ofFirst)
            let y = y.gathered(tileRows, tileColumns, in: ofSecond)
            body(x.start, x.steps.column, y.start, y.steps.column, place, tileRows * tileColumns)
            return
          }
          let x2 = isUnit(x.steps.column) ? x : x.gathered(tileRows, tileColumns, in: ofFirst)
          let y2 = isUnit(y.steps.column) ? y : y.gathered(tileRows, tileColumns, in: ofSecond)
          for row in 0..<tileRows {
            body(
              x2.start + row * x2.steps.row * firstSize, x2.steps.column,
              y2.start + row * y2.steps.row * secondSize, y2.steps.column, place, tileColumns)
            place += columns
          }
        }
      }
      withExtendedLifetime(copies) {}
    }
  }

  /// One operand of a tile.
  private struct Operand {
    let start: UnsafeRawPointer
    let steps: (row: Int, column: Int)
    private let size: Int

    init(_ start: UnsafeRawPointer, _ steps: (row: Int, column: Int), _ size: Int) {
      self.start = start
      self.steps = steps
      self.size = size
    }

    /// The operand as one run of rows x columns elements: where it is one already, or in `memory`.
    func gathered(_ rows: Int, _ columns: Int, in memory: UnsafeMutableRawPointer) -> Operand {
      if steps.column == 1 && (steps.row == columns || rows == 1) { return self }
      if steps.column == 0 && (steps.row == 0 || rows == 1) { return self }
      StridedCopy.plane(
        byteCount: size, from: start, steps, to: memory, (columns, 1), rows, columns)
      return Operand(memory, (columns, 1), size)
    }
  }
}
