/// How matrices `[outer, rows, columns]` of which the columns are reduced are cut into pieces of
/// work: into pieces of rows, each of which makes a partial result, and strips of columns. The cut
/// depends on the extents alone.
struct ReductionCut {
  /// Bytes of one piece: a piece stays in the second-level cache of a core.
  static let pieceByteCount = 131_072

  let outer: Int
  let rows: Int
  let columns: Int
  let rowsPerPiece: Int
  let columnsPerPiece: Int

  /// Partial results cost as much as a row each, so pieces have `fewRows` of them or more.
  init(outer: Int, rows: Int, columns: Int, grain: Int, fewRows: Int = 64) {
    self.outer = outer
    self.rows = rows
    self.columns = columns
    var height = rows
    if rows >= 2 * fewRows && rows * columns > grain {
      height = max(fewRows, grain / max(columns, 1) / fewRows * fewRows)
    }
    var width = columns
    if height * columns > 2 * grain {
      width = min(columns, max(1_024, grain / max(height, 1) / 1_024 * 1_024))
    }
    rowsPerPiece = max(height, 1)
    columnsPerPiece = max(width, 1)
  }

  /// Partial results of each column.
  var heights: Int { (rows + rowsPerPiece - 1) / rowsPerPiece }
  private var widths: Int { (columns + columnsPerPiece - 1) / columnsPerPiece }

  /// Calls `body` for each piece, on any thread.
  func forEachPiece(
    _ body: (_ matrix: Int, _ height: Int, _ rows: Range<Int>, _ columns: Range<Int>) -> Void
  ) {
    let heights = heights
    let widths = widths
    ThreadPool.forEachRange(of: outer * heights * widths, grain: 1) { range in
      for piece in range {
        let column = piece % widths * columnsPerPiece
        let height = piece / widths % heights
        let row = height * rowsPerPiece
        body(
          piece / widths / heights, height, row..<min(rows, row + rowsPerPiece),
          column..<min(columns, column + columnsPerPiece))
      }
    }
  }
}
