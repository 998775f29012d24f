/// A row-major array of float64 with operations written as plain loops over indices: the reference
/// that shares no code with what is tested.
struct PlainArray: Sendable, Equatable {
  var shape: [Int]
  var values: [Double]

  init(_ values: [Double], shape: [Int]) {
    self.values = values
    self.shape = shape
  }

  init(shape: [Int], _ element: ([Int]) -> Double) {
    self.shape = shape
    values = []
    values = Self.indices(of: shape).map(element)
  }

  /// Every index of a shape, the last axis fastest.
  static func indices(of shape: [Int]) -> [[Int]] {
    shape.reduce([[]]) { prefixes, extent in
      prefixes.flatMap { prefix in (0..<extent).map { prefix + [$0] } }
    }
  }

  /// The element at an index, which may have too many axes and positions beyond an extent of 1.
  subscript(broadcast index: [Int]) -> Double {
    var place = 0
    for (axis, position) in index.suffix(shape.count).enumerated() {
      place = place * shape[axis] + (shape[axis] == 1 ? 0 : position)
    }
    return values[place]
  }

  func map(_ function: (Double) -> Double) -> PlainArray {
    PlainArray(values.map(function), shape: shape)
  }

  func reshaped(to shape: [Int]) -> PlainArray { PlainArray(values, shape: shape) }

  func broadcast(to shape: [Int]) -> PlainArray {
    PlainArray(shape: shape) { self[broadcast: $0] }
  }

  func combined(with other: PlainArray, _ function: (Double, Double) -> Double) -> PlainArray {
    let shape = Self.common(shape, other.shape)
    return PlainArray(shape: shape) { function(self[broadcast: $0], other[broadcast: $0]) }
  }

  private static func common(_ left: [Int], _ right: [Int]) -> [Int] {
    let rank = max(left.count, right.count)
    let a = Array(repeating: 1, count: rank - left.count) + left
    let b = Array(repeating: 1, count: rank - right.count) + right
    return zip(a, b).map { $0 == 1 ? $1 : $0 }
  }

  func permuted(_ axes: [Int]) -> PlainArray {
    PlainArray(shape: axes.map { shape[$0] }) { index in
      var source = index
      for (place, axis) in axes.enumerated() { source[axis] = index[place] }
      return self[broadcast: source]
    }
  }

  func sum(axes: [Int]? = nil, keeping: Bool = false) -> PlainArray {
    let axes = axes ?? Array(shape.indices)
    let kept = shape.indices.map { axes.contains($0) ? 1 : shape[$0] }
    var result = PlainArray(shape: kept) { _ in 0 }
    for (place, index) in Self.indices(of: shape).enumerated() {
      var target = 0
      for axis in shape.indices {
        target = target * kept[axis] + (kept[axis] == 1 ? 0 : index[axis])
      }
      result.values[target] += values[place]
    }
    let rest = shape.indices.filter { !axes.contains($0) }.map { shape[$0] }
    return keeping ? result : result.reshaped(to: rest)
  }

  func mean(axes: [Int]? = nil, keeping: Bool = false) -> PlainArray {
    let extent = (axes ?? Array(shape.indices)).map { shape[$0] }.reduce(1, *)
    return sum(axes: axes, keeping: keeping).map { $0 / Double(extent) }
  }

  /// The product of matrices over the last two axes, of batches before them.
  func matmul(_ other: PlainArray) -> PlainArray {
    if shape.count == 1 {
      let product = reshaped(to: [1] + shape).matmul(other)
      var rest = product.shape
      rest.remove(at: rest.count - (other.shape.count == 1 ? 1 : 2))
      return product.reshaped(to: rest)
    }
    if other.shape.count == 1 {
      let product = matmul(other.reshaped(to: other.shape + [1]))
      return product.reshaped(to: product.shape.dropLast())
    }
    let inner = shape[shape.count - 1]
    let batch = Self.common(shape.dropLast(2), other.shape.dropLast(2))
    let extents = batch + [shape[shape.count - 2], other.shape[other.shape.count - 1]]
    return PlainArray(shape: extents) { index in
      let lead = Array(index.dropLast(2))
      return (0..<inner).reduce(0) { sum, k in
        let left = self[broadcast: lead + [index[index.count - 2], k]]
        return sum + left * other[broadcast: lead + [k, index[index.count - 1]]]
      }
    }
  }

  /// Applies a function to each row along the last axis.
  func mapRows(_ function: ([Double]) -> [Double]) -> PlainArray {
    let columns = shape[shape.count - 1]
    guard columns > 0 else { return self }
    let rows = stride(from: 0, to: values.count, by: columns).map {
      Array(values[$0..<$0 + columns])
    }
    return PlainArray(rows.flatMap(function), shape: shape)
  }
}
