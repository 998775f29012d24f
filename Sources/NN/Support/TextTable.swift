/// Rows of equally many cells as lines whose columns are aligned, to the left or, where said, to the
/// right.
func textTable(_ rows: [[String]], right: Set<Int> = []) -> String {
  let columns = rows.first?.indices ?? 0..<0
  let widths = columns.map { column in rows.map { $0[column].count }.max() ?? 0 }
  return rows.map { row in
    var line = columns.map { column in
      let gap = String(repeating: " ", count: widths[column] - row[column].count)
      return right.contains(column) ? gap + row[column] : row[column] + gap
    }.joined(separator: "  ")
    while line.last == " " { line.removeLast() }
    return line
  }.joined(separator: "\n")
}
