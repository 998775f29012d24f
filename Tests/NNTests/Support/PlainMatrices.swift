/// Linear algebra in plain loops, for small matrices that are not near singular.
extension PlainArray {
  /// A function of each matrix of a batch.
  func mapMatrices(_ function: (PlainArray) -> PlainArray) -> PlainArray {
    let inner = Array(shape.suffix(2))
    let size = inner[0] * inner[1]
    let batch = Array(shape.dropLast(2))
    let results = (0..<batch.reduce(1, *)).map {
      function(PlainArray(Array(values[$0 * size..<($0 + 1) * size]), shape: inner))
    }
    // Without matrices the shape of the results is that of an identity's.
    let first = results.first ?? function(PlainArray(shape: inner) { $0[0] == $0[1] ? 1 : 0 })
    return PlainArray(results.flatMap(\.values), shape: batch + first.shape)
  }

  var turned: PlainArray {
    let rank = shape.count
    return permuted(Array(0..<rank - 2) + [rank - 1, rank - 2])
  }

  /// With a number added to the elements of the main diagonals.
  func addingToDiagonal(_ number: Double) -> PlainArray {
    PlainArray(shape: shape) { index in
      self[broadcast: index] + (index.last! == index[index.count - 2] ? number : 0)
    }
  }

  /// The inverse of a matrix, by Gauss and Jordan.
  var inverted: PlainArray {
    let n = shape[0]
    var rows = (0..<n).map { i in
      (0..<n).map { values[i * n + $0] } + (0..<n).map { $0 == i ? 1.0 : 0 }
    }
    for column in 0..<n {
      let pivot = (column..<n).max { abs(rows[$0][column]) < abs(rows[$1][column]) }!
      rows.swapAt(column, pivot)
      let head = rows[column][column]
      rows[column] = rows[column].map { $0 / head }
      for row in 0..<n where row != column {
        let factor = rows[row][column]
        rows[row] = zip(rows[row], rows[column]).map { $0 - factor * $1 }
      }
    }
    return PlainArray(rows.flatMap { $0.suffix(n) }, shape: [n, n])
  }

  /// The determinant of a matrix, by its first row.
  var plainDeterminant: Double {
    let n = shape[0]
    if n == 0 { return 1 }
    return (0..<n).reduce(0) { sum, column in
      let minor = (1..<n).flatMap { row in
        (0..<n).filter { $0 != column }.map { values[row * n + $0] }
      }
      let cofactor = PlainArray(minor, shape: [n - 1, n - 1]).plainDeterminant
      return sum + (column % 2 == 0 ? 1 : -1) * values[column] * cofactor
    }
  }

  /// The lower Cholesky factor of a matrix.
  var plainCholesky: PlainArray {
    let n = shape[0]
    var l = PlainArray(shape: shape) { _ in 0 }
    for row in 0..<n {
      for column in 0...row {
        let sum = (0..<column).reduce(values[row * n + column]) {
          $0 - l.values[row * n + $1] * l.values[column * n + $1]
        }
        l.values[row * n + column] =
          row == column ? sum.squareRoot() : sum / l.values[column * n + column]
      }
    }
    return l
  }

  /// Q of a matrix by Gram and Schmidt, with R's diagonal positive.
  var plainQ: PlainArray {
    let (m, n) = (shape[0], min(shape[0], shape[1]))
    var columns: [[Double]] = []
    for column in 0..<n {
      let source = (0..<m).map { values[$0 * shape[1] + column] }
      var rest = source
      for other in columns {
        let share = zip(source, other).reduce(0) { $0 + $1.0 * $1.1 }
        rest = zip(rest, other).map { $0 - share * $1 }
      }
      let length = rest.reduce(0) { $0 + $1 * $1 }.squareRoot()
      columns.append(rest.map { $0 / length })
    }
    return PlainArray(shape: [m, n]) { columns[$0[1]][$0[0]] }
  }

  /// The orthogonal factor of a square matrix, by Newton's iteration.
  var polar: PlainArray {
    var x = self
    for _ in 0..<40 { x = x.combined(with: x.inverted.turned) { 0.5 * ($0 + $1) } }
    return x
  }

  /// e to the power of a matrix, by its series.
  var matrixExponential: PlainArray {
    var term = map { _ in 0 }.addingToDiagonal(1)
    var sum = term
    for k in 1..<60 {
      term = term.matmul(self).map { $0 / Double(k) }
      sum = sum.combined(with: term, +)
    }
    return sum
  }

  /// Sums of products by an equation of single letters; extents of 1 broadcast.
  static func einsum(_ equation: String, _ operands: [PlainArray]) -> PlainArray {
    let sides = equation.split(separator: ">", omittingEmptySubsequences: false)
    let terms = sides[0].dropLast().split(separator: ",", omittingEmptySubsequences: false)
      .map(Array.init)
    let output = Array(sides[1])
    var extents: [Character: Int] = [:]
    for (term, operand) in zip(terms, operands) {
      for (letter, extent) in zip(term, operand.shape) {
        extents[letter] = max(extents[letter] ?? 1, extent)
        if extent == 0 { extents[letter] = 0 }
      }
    }
    let summed = Array(Set(terms.joined())).filter { !output.contains($0) }.sorted()
    return PlainArray(shape: output.map { extents[$0]! }) { index in
      PlainArray.indices(of: summed.map { extents[$0]! }).reduce(0) { sum, inner in
        let places = Dictionary(uniqueKeysWithValues: zip(output + summed, index + inner))
        return sum
          + zip(terms, operands).reduce(1) { $0 * $1.1[broadcast: $1.0.map { places[$0]! }] }
      }
    }
  }
}
