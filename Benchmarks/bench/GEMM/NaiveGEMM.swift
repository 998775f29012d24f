/// C = A · B by loops in plain Swift: what a BLAS has to be compared with.
///
/// Both leave transposes to the caller's strides: element (i, k) of A is at `i * a.row + k * a.column`.
struct NaiveGEMM {
  typealias Steps = (row: Int, column: Int)

  var n: Int
  var k: Int
  var aSteps: Steps
  var bSteps: Steps

  /// The textbook's three loops, for the first `rows` rows of C.
  func plain(
    rows: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    _ c: UnsafeMutablePointer<Float>
  ) {
    for i in 0..<rows {
      for j in 0..<n {
        var sum: Float = 0
        for p in 0..<k {
          sum += a[i * aSteps.row + p * aSteps.column] * b[p * bSteps.row + j * bSteps.column]
        }
        c[i * n + j] = sum
      }
    }
  }

  /// The loops in blocks that fit the cache, the innermost along a row of C so that the compiler can
  /// use vectors: what a careful programmer writes in an afternoon.
  func blocked(
    rows: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    _ c: UnsafeMutablePointer<Float>
  ) {
    let block = 64
    for index in 0..<(rows * n) { c[index] = 0 }
    for p0 in stride(from: 0, to: k, by: block) {
      for j0 in stride(from: 0, to: n, by: 4 * block) {
        let jEnd = min(n, j0 + 4 * block)
        for i in 0..<rows {
          let row = c + i * n
          for p in p0..<min(k, p0 + block) {
            let factor = a[i * aSteps.row + p * aSteps.column]
            if bSteps.column == 1 {
              let source = b + p * bSteps.row
              for j in j0..<jEnd { row[j] += factor * source[j] }
            } else {
              let source = b + p * bSteps.row
              for j in j0..<jEnd { row[j] += factor * source[j * bSteps.column] }
            }
          }
        }
      }
    }
  }
}
