import NN
import Tensor

/// Views, parts, joining and gathering: what moves elements and, at most, adds them.
enum ShapeFunction: String, CaseIterable, FunctionFamily {
  case slice, overlappingParts, sliceByStep, sliceNewAxis, assignPart, assignBroadcast,
    assignIndices, assignMask
  case reshapeToRest, flattened, squeezed, squeezedAxis, expanded, flipped, flippedAxis
  case diagonal, diagonalOfAxes, diagonalMatrix, lowerTriangle, upperTriangle
  case splitInto, splitAt, chunks, takenRows, slidingWindows, slidingWindowsOfAxis
  case concatenated, stacked, tiled, repeated, repeatedByCounts
  case rolled, rolledAxes, rolledFlat, meshgrid, meshgridCartesian
  case padded, paddedByMirror, paddedByEdge, paddedAround
  case take, takeOfAxis, subscriptOfIndices, mask, maskOfRows
  case gather, scatter, scatterNumber, scatterAdd, scatterAddMore, indexAdd
  case sorted, sortedDescending, topK

  func callAsFunction<S: FloatingPointScalar>(_ x: [Variable<S>]) -> Variable<S> {
    let a = x[0]
    switch self {
    case .slice: return a[1..., -1]
    case .overlappingParts: return (a[..<2] * a[1..<3] + a[0] + a[0..<2, ..<1]) * a.sum()
    case .sliceByStep: return a[(0...).by(-2), .ellipsis]
    case .sliceNewAxis: return a[.newAxis, .ellipsis, 0]
    case .assignPart:
      var y = a
      y[0..., 1..<2] = x[1]
      return y * y
    case .assignBroadcast:
      var y = a
      y[0] = x[1]
      return y
    case .assignIndices:
      var y = a
      y[Tensor<Int32>([2, 0, -1]), axis: 1] = x[1]
      return y * y
    case .assignMask:
      var y = a
      y[Tensor([true, false, true])] = x[1]
      return y * y
    case .reshapeToRest: return a.reshaped(to: [-1, 2])
    case .flattened: return a.flattened
    case .squeezed: return a.squeezed()
    case .squeezedAxis: return a.squeezed(axes: [-1])
    case .expanded: return a.expanded(at: -1)
    case .flipped: return a.flipped()
    case .flippedAxis: return a.flipped(axes: [-1])
    case .diagonal: return a.diagonal(offset: 1)
    case .diagonalOfAxes: return a.diagonal(offset: -1, axes: (0, 2))
    case .diagonalMatrix: return a.diagonalMatrix(offset: -1)
    case .lowerTriangle: return a.lowerTriangle(diagonal: -1)
    case .upperTriangle: return a.upperTriangle()
    case .splitInto:
      let parts = a.split(into: 2, axis: 1)
      return parts[1] - 2 * parts[0]
    case .splitAt: return a.split(at: [1, -1], axis: -1)[1]
    case .chunks:
      let parts = a.chunks(2)
      return parts[0].sum(axes: [0]) * parts[1].sum(axes: [0])
    case .takenRows: return a.rows([1, 0, 1])
    case .slidingWindows: return a.slidingWindows(length: 2)
    case .slidingWindowsOfAxis: return a.slidingWindows(length: 3, axis: 0, step: 2)
    case .concatenated: return .concatenated([x[0], x[1], x[0]], axis: -1)
    case .stacked: return .stacked([x[0], x[1]], axis: -1)
    case .tiled: return a.tiled([2, 1, 3])
    case .repeated: return a.repeated(3, axis: -1)
    case .repeatedByCounts: return a.repeated([2, 0, 1], axis: 1)
    case .rolled: return a.rolled(-4, axis: -1)
    case .rolledAxes: return a.rolled([1, 5], axes: [0, 1])
    case .rolledFlat: return a.rolled(2)
    case .meshgrid:
      let grids = Variable.meshgrid([x[0], x[1]])
      return grids[0] * grids[1]
    case .meshgridCartesian:
      let grids = Variable.meshgrid([x[0], x[1]], indexing: .cartesian)
      return grids[0] * grids[1] + grids[1]
    case .padded: return a.padded([(1, 0), (0, 2)], mode: .constant(1.5))
    case .paddedByMirror: return a.padded([(0, 0), (2, 1)], mode: .reflect)
    case .paddedByEdge: return a.padded([(1, 1), (0, 2)], mode: .replicate)
    case .paddedAround: return a.padded([(1, 0), (4, 2)], mode: .circular)
    case .take: return a.take(Tensor<Int32>([1, 0, -1, 1], shape: [2, 2]))
    case .takeOfAxis: return a.take(Tensor<Int64>([2, 2, 0]), axis: -1)
    case .subscriptOfIndices: return a[Tensor<Int64>([1, 1]), axis: 1]
    case .mask: return a[Tensor([true, false, true, true, false, true], shape: [2, 3])]
    case .maskOfRows: return a[Tensor([true, false, true])]
    case .gather: return a.gather(Self.places, axis: 1)
    case .scatter, .scatterNumber:
      var y = a
      y.scatter(x[1], at: Self.places, axis: 1)
      return y
    case .scatterAdd, .scatterAddMore:
      var y = a
      y.scatterAdd(x[1], at: Self.places, axis: 1)
      return y
    case .indexAdd:
      var y = a
      y.indexAdd(x[1], at: Tensor<Int32>([2, 0, 2]), axis: 1)
      return y
    case .sorted: return a.sorted(axis: 1)
    case .sortedDescending: return a.sorted(descending: true)
    case .topK: return a.topK(2).values + a.topK(2, largest: false).values
    }
  }

  private static let places = Tensor<Int64>([2, 0, 2, 1], shape: [2, 2])

  func reference(_ x: [PlainArray]) -> PlainArray {
    let a = x[0]
    let shape = a.shape
    func moved(_ result: [Int], _ source: ([Int]) -> [Int]) -> PlainArray {
      PlainArray(shape: result) { a[broadcast: source($0)] }
    }
    switch self {
    case .slice:
      return moved([shape[0] - 1] + shape.dropFirst(2)) {
        [$0[0] + 1, shape[1] - 1] + $0.dropFirst()
      }
    case .overlappingParts:
      return PlainArray(shape: [2, shape[1]]) { index in
        let (row, column) = (index[0], index[1])
        let product = a[broadcast: index] * a[broadcast: [row + 1, column]]
        return (product + a[broadcast: [0, column]] + a[broadcast: [row, 0]])
          * a.values.reduce(0, +)
      }
    case .sliceByStep:
      return moved([(shape[0] + 1) / 2] + shape.dropFirst()) {
        [shape[0] - 1 - 2 * $0[0]] + $0.dropFirst()
      }
    case .sliceNewAxis: return moved([1] + shape.dropLast()) { $0.dropFirst() + [0] }
    case .assignPart:
      return PlainArray(shape: shape) { index in
        let element = index[1] == 1 ? x[1][broadcast: [index[0], 0]] : a[broadcast: index]
        return element * element
      }
    case .assignBroadcast:
      return PlainArray(shape: shape) { $0[0] == 0 ? x[1][broadcast: [$0[1]]] : a[broadcast: $0] }
    case .assignIndices:
      return PlainArray(shape: shape) { index in
        let place = [1, nil, 2][index[1]]
        let element = place.map { x[1][broadcast: [index[0], $0]] } ?? a[broadcast: index]
        return element * element
      }
    case .assignMask:
      return PlainArray(shape: shape) { index in
        let element =
          index[0] == 1
          ? a[broadcast: index] : x[1][broadcast: [index[0] / 2] + index.dropFirst()]
        return element * element
      }
    case .reshapeToRest: return a.reshaped(to: [a.values.count / 2, 2])
    case .flattened: return a.reshaped(to: [a.values.count])
    case .squeezed: return a.reshaped(to: shape.filter { $0 != 1 })
    case .squeezedAxis: return a.reshaped(to: shape.dropLast())
    case .expanded: return a.reshaped(to: shape + [1])
    case .flipped: return moved(shape) { zip($0, shape).map { $1 - 1 - $0 } }
    case .flippedAxis: return moved(shape) { $0.dropLast() + [shape.last! - 1 - $0.last!] }
    case .diagonal:
      let length = max(0, min(shape[shape.count - 2], shape.last! - 1))
      return moved(shape.dropLast(2) + [length]) { $0 + [$0.last! + 1] }
    case .diagonalOfAxes:
      return moved([shape[1], min(shape[0] - 1, shape[2])]) { [$0[1] + 1, $0[0], $0[1]] }
    case .diagonalMatrix:
      return PlainArray(shape: [shape[0] + 1, shape[0] + 1]) {
        $0[0] == $0[1] + 1 ? a.values[$0[1]] : 0
      }
    case .lowerTriangle, .upperTriangle:
      return PlainArray(shape: shape) { index in
        let (row, column) = (index[index.count - 2], index[index.count - 1])
        let isKept = self == .lowerTriangle ? column < row : column >= row
        return isKept ? a[broadcast: index] : 0
      }
    case .splitInto:
      let half = shape[1] / 2
      return PlainArray(shape: [shape[0], half]) {
        a[broadcast: [$0[0], $0[1] + half]] - 2 * a[broadcast: $0]
      }
    case .splitAt: return moved([shape[0], shape[1] - 2]) { [$0[0], $0[1] + 1] }
    case .chunks:
      let half = (shape[0] + 1) / 2
      return PlainArray(shape: [shape[1]]) { index in
        func sum(_ rows: Range<Int>) -> Double {
          rows.reduce(0) { $0 + a[broadcast: [$1, index[0]]] }
        }
        return sum(0..<half) * sum(half..<shape[0])
      }
    case .takenRows: return moved([3] + shape.dropFirst()) { [[1, 0, 1][$0[0]]] + $0.dropFirst() }
    case .slidingWindows:
      return moved(shape.dropLast() + [shape.last! - 1, 2]) {
        $0.dropLast(2) + [$0[$0.count - 2] + $0[$0.count - 1]]
      }
    case .slidingWindowsOfAxis:
      return moved([(shape[0] - 3) / 2 + 1, shape[1], 3]) {
        [2 * $0[0] + $0[2], $0[1]]
      }
    case .concatenated:
      let (n, m) = (shape[1], x[1].shape[1])
      return PlainArray(shape: [shape[0], 2 * n + m]) { index in
        let place = index[1]
        if place >= n && place < n + m { return x[1][broadcast: [index[0], place - n]] }
        return a[broadcast: [index[0], place < n ? place : place - n - m]]
      }
    case .stacked:
      return PlainArray(shape: shape + [2]) { x[$0.last!][broadcast: $0.dropLast()] }
    case .tiled:
      return moved([2, shape[0], 3 * shape[1]]) { [$0[1], $0[2] % shape[1]] }
    case .repeated:
      return moved(shape.dropLast() + [3 * shape.last!]) {
        $0.dropLast() + [$0.last! / 3]
      }
    case .repeatedByCounts: return moved([shape[0], 3]) { [$0[0], [0, 0, 2][$0[1]]] }
    case .rolled: return moved(shape) { $0.dropLast() + [($0.last! + 4) % shape.last!] }
    case .rolledAxes:
      return moved(shape) {
        [($0[0] + shape[0] - 1) % shape[0], ($0[1] + 5 * shape[1] - 5) % shape[1]]
      }
    case .rolledFlat:
      let count = a.values.count
      return PlainArray((0..<count).map { a.values[($0 + 2 * count - 2) % count] }, shape: shape)
    case .meshgrid:
      return PlainArray(shape: [shape[0], x[1].shape[0]]) { a.values[$0[0]] * x[1].values[$0[1]] }
    case .meshgridCartesian:
      return PlainArray(shape: [x[1].shape[0], shape[0]]) {
        (a.values[$0[1]] + 1) * x[1].values[$0[0]]
      }
    case .padded:
      return PlainArray(shape: [shape[0] + 1, shape[1] + 2]) {
        $0[0] == 0 || $0[1] >= shape[1] ? 1.5 : a[broadcast: [$0[0] - 1, $0[1]]]
      }
    case .paddedByMirror: return moved([shape[0], 6]) { [$0[0], [2, 1, 0, 1, 2, 1][$0[1]]] }
    case .paddedByEdge:
      return moved([shape[0] + 2, shape[1] + 2]) {
        [min(max($0[0] - 1, 0), shape[0] - 1), min($0[1], shape[1] - 1)]
      }
    case .paddedAround:
      return moved([shape[0] + 1, shape[1] + 6]) {
        [($0[0] + shape[0] - 1) % shape[0], ($0[1] + 4 * shape[1] - 4) % shape[1]]
      }
    case .take:
      return moved([2, 2] + shape.dropFirst()) { index in
        let row = [1, 0, shape[0] - 1, 1][2 * index[0] + index[1]]
        return [row] + index.dropFirst(2)
      }
    case .takeOfAxis:
      return moved(shape.dropLast() + [3]) { $0.dropLast() + [[2, 2, 0][$0.last!]] }
    case .subscriptOfIndices: return moved([shape[0], 2]) { [$0[0], 1] }
    case .mask: return PlainArray([0, 2, 3, 5].map { a.values[$0] }, shape: [4])
    case .maskOfRows: return moved([2] + shape.dropFirst()) { [2 * $0[0]] + $0.dropFirst() }
    case .gather: return moved([2, 2]) { [$0[0], [2, 0, 2, 1][2 * $0[0] + $0[1]]] }
    case .scatter:
      return scattered(x) { _, source in source }
    case .scatterNumber:
      return scattered([a, x[1].broadcast(to: [2, 2])]) { _, source in source }
    case .scatterAdd, .scatterAddMore:
      return scattered(x, +)
    case .indexAdd:
      var y = a
      for index in PlainArray.indices(of: x[1].shape) {
        y.values[index[0] * shape[1] + [2, 0, 2][index[1]]] += x[1][broadcast: index]
      }
      return y
    case .sorted: return a.permuted([0, 2, 1]).mapRows { $0.sorted() }.permuted([0, 2, 1])
    case .sortedDescending: return a.mapRows { $0.sorted(by: >) }
    case .topK:
      return PlainArray(shape: shape.dropLast() + [2]) { index in
        let row = (0..<shape.last!).map { a[broadcast: index.dropLast() + [$0]] }.sorted()
        return row[row.count - 1 - index.last!] + row[index.last!]
      }
    }
  }

  private func scattered(
    _ x: [PlainArray], _ combine: (Double, Double) -> Double
  ) -> PlainArray {
    var y = x[0]
    for index in PlainArray.indices(of: [2, 2]) {
      let place = index[0] * x[0].shape[1] + Int(Self.places.scalars[2 * index[0] + index[1]])
      y.values[place] = combine(y.values[place], x[1][broadcast: index])
    }
    return y
  }

  static let rows: [OperationCase] = [
    row(.slice, [3, 2]), row(.slice, [2, 2, 3]), row(.slice, [1, 2]),
    row(.overlappingParts, [3, 2]), row(.overlappingParts, [3, 1]),
    row(.sliceByStep, [3, 2]), row(.sliceByStep, [4]), row(.sliceByStep, [0, 2]),
    row(.sliceNewAxis, [2, 3]), row(.assignPart, [2, 3], [2, 1]),
    row(.assignPart, [2, 3], [1, 1]),
    row(.assignBroadcast, [2, 3], [3]), row(.assignBroadcast, [2, 3], [1]),
    row(.assignIndices, [2, 3], [2, 3]), row(.assignIndices, [2, 3], [3]),
    row(.assignMask, [3, 2], [2, 2]), row(.assignMask, [3, 2], [1, 1]),
    row(.assignMask, [3], [2]),
    row(.reshapeToRest, [2, 3]), row(.flattened, [2, 3]), row(.flattened, []),
    row(.squeezed, [1, 3, 1]), row(.squeezedAxis, [2, 3, 1]), row(.expanded, [2, 3]),
    row(.expanded, [0]),
    row(.flipped, [2, 3]), row(.flipped, [0, 2]), row(.flippedAxis, [2, 3]),
    row(.diagonal, [3, 3]), row(.diagonal, [2, 2, 3]), row(.diagonal, [2, 0]),
    row(.diagonalOfAxes, [3, 2, 2]), row(.diagonalMatrix, [3]), row(.diagonalMatrix, [0]),
    row(.lowerTriangle, [3, 3]), row(.lowerTriangle, [2, 2, 3]), row(.upperTriangle, [3, 2]),
    row(.upperTriangle, [0, 2]),
    row(.splitInto, [2, 4]), row(.splitAt, [2, 4]), row(.splitAt, [0, 4]), row(.chunks, [3, 2]),
    row(.takenRows, [2, 3]), row(.takenRows, [3]),
    row(.slidingWindows, [2, 4]), row(.slidingWindows, [0, 3]),
    row(.slidingWindowsOfAxis, [6, 2]),
    row(.concatenated, [2, 2], [2, 3]), row(.concatenated, [2, 2], [2, 0]),
    row(.concatenated, [0, 2], [0, 1]), row(.stacked, [2, 3], [2, 3]), row(.stacked, [], []),
    row(.tiled, [2, 2]), row(.tiled, [0, 2]), row(.repeated, [2, 2]), row(.repeated, [2, 0]),
    row(.repeatedByCounts, [2, 3]),
    row(.rolled, [2, 3]), row(.rolled, [3]), row(.rolledAxes, [2, 3]), row(.rolledFlat, [2, 3]),
    row(.meshgrid, [2], [3]), row(.meshgrid, [0], [2]), row(.meshgridCartesian, [2], [3]),
    row(.padded, [2, 2]), row(.padded, [0, 2]), row(.paddedByMirror, [2, 3]),
    row(.paddedByEdge, [2, 2]), row(.paddedAround, [2, 3]),
    row(.take, [2, 3]), row(.take, [3]), row(.take, [3, 0]), row(.takeOfAxis, [2, 3]),
    row(.subscriptOfIndices, [2, 3]), row(.mask, [2, 3]), row(.maskOfRows, [3, 2]),
    row(.maskOfRows, [3]),
    row(.gather, [2, 3]), row(.gather, [3, 3]),
    row(.scatter, [2, 3], [2, 2]), row(.scatter, [2, 3], [3, 2]), row(.scatterNumber, [2, 3], []),
    row(.scatterAdd, [2, 3], [2, 2]), row(.scatterAddMore, [3, 3], [2, 3]),
    row(.indexAdd, [2, 3], [2, 3]),
    row(.sorted, [2, 4, 2]), row(.sorted, [0, 2, 2]), row(.sortedDescending, [2, 4]),
    row(.topK, [2, 4]), row(.topK, [1, 5]),
  ]
}
