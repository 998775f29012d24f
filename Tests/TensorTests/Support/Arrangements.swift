import Tensor

/// A small generator of its own, so that tests of the library's do not hang on it (SplitMix64).
struct TestRandom: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Extents up to `largest`, one in ten of them zero if that is allowed.
  mutating func shape(rank: Int, largest: Int = 5, allowingZero: Bool = true) -> [Int] {
    (0..<rank).map { _ in
      allowingZero && Int.random(in: 0..<10, using: &self) == 0
        ? 0 : Int.random(in: 1...largest, using: &self)
    }
  }
}

/// How the elements of a tensor lie in memory.
enum Arrangement: CaseIterable {
  case contiguous, transposed, permuted, sliced, stepped, broadcast, flipped, strided, windowed

  /// A tensor of the given shape, so arranged, of numbers that `element` makes.
  func tensor<Scalar: TensorScalar>(
    _ shape: [Int], using random: inout TestRandom, _ element: (inout TestRandom) -> Scalar
  ) -> Tensor<Scalar> {
    let rank = shape.count
    func fresh(_ shape: [Int]) -> Tensor<Scalar> {
      let count = shape.reduce(1, *)
      return Tensor((0..<count).map { _ in element(&random) }, shape: Shape(shape))
    }
    switch self {
    case .contiguous:
      return fresh(shape)
    case .transposed:
      guard rank >= 2 else { return fresh(shape) }
      var extents = shape
      extents.swapAt(rank - 2, rank - 1)
      return fresh(extents).transposed
    case .permuted:
      let order = Array(0..<rank).shuffled(using: &random)
      var extents = shape
      for (axis, source) in order.enumerated() { extents[source] = shape[axis] }
      return fresh(extents).permuted(order)
    case .sliced:
      var result = fresh(shape.map { $0 + 3 })
      let rotation = (0..<rank).map { ($0 + 1) % rank }
      // Each axis comes first in turn, and is back in its place at the end.
      for extent in shape {
        let start = Int.random(in: 0...3, using: &random)
        result = result[start..<(start + extent)].permuted(rotation)
      }
      return result
    case .stepped:
      let last = fresh(shape + [3]).permuted([rank] + Array(0..<rank))
      return last[Int.random(in: 0..<3, using: &random)]
    case .broadcast:
      let extents = shape.map { Bool.random(using: &random) ? 1 : $0 }
      let dropped = extents.prefix { $0 == 1 }.count
      let kept = Bool.random(using: &random) ? Array(extents.dropFirst(dropped)) : extents
      return fresh(kept).broadcast(to: Shape(shape))
    case .flipped:
      return fresh(shape).flipped(axes: (0..<rank).filter { _ in Bool.random(using: &random) })
    case .strided:
      let selections = shape.map { extent in
        let step = Int.random(in: 1...3, using: &random)
        let upper = extent == 0 ? 1 : 2 + (extent - 1) * step
        let isReversed = Bool.random(using: &random)
        return AxisSelection.strided(
          lower: 1, upper: upper, step: isReversed ? -step : step)
      }
      let whole = fresh(shape.map { 3 * $0 + 2 })
      // The subscript takes its selections one by one, so each axis comes first in turn.
      return selections.reduce(whole) { part, selection in
        part[selection].permuted((0..<rank).map { ($0 + 1) % rank })
      }
    case .windowed:
      // Overlapping windows, in which several places show one element.
      guard rank >= 2, let length = shape.last, length > 0, shape[rank - 2] > 0 else {
        return fresh(shape)
      }
      return fresh(shape.dropLast(2) + [shape[rank - 2] + length - 1])
        .slidingWindows(length: length)
    }
  }
}

/// Every index of a shape, in row-major order.
func indices(of shape: [Int]) -> [[Int]] {
  if shape.contains(0) { return [] }
  var result: [[Int]] = []
  var index = [Int](repeating: 0, count: shape.count)
  while true {
    result.append(index)
    var axis = shape.count - 1
    while axis >= 0 {
      index[axis] += 1
      if index[axis] < shape[axis] { break }
      index[axis] = 0
      axis -= 1
    }
    if axis < 0 { return result }
  }
}

/// Every place `offset + Σ index · stride` of a shape, in row-major order.
func places(of shape: [Int], strides: [Int], offset: Int = 0) -> [Int] {
  var result = [offset]
  for (extent, stride) in zip(shape, strides) {
    var next: [Int] = []
    next.reserveCapacity(result.count * extent)
    for place in result {
      var step = 0
      while step < extent {
        next.append(place + step * stride)
        step += 1
      }
    }
    result = next
  }
  return result
}

/// The elements in row-major order, read one by one by the definition of a layout.
func elements<Scalar: TensorScalar>(of tensor: Tensor<Scalar>) -> [Scalar] {
  let base = UnsafePointer(tensor.storage.pointer.assumingMemoryBound(to: Scalar.self))
  let layout = tensor.layout
  return tensor.withStorage {
    places(of: Array(layout.shape), strides: Array(layout.strides), offset: layout.offset).map {
      base[$0]
    }
  }
}

/// The elements of an operand, in row-major order of the larger shape it broadcasts to.
func broadcastElements<Scalar: TensorScalar>(
  of tensor: Tensor<Scalar>, to shape: [Int]
) -> [Scalar] {
  let own = elements(of: tensor)
  var strides: [Int] = []
  var step = 1
  for extent in tensor.shape.reversed() {
    strides.insert(extent == 1 ? 0 : step, at: 0)
    step *= extent
  }
  let lead = [Int](repeating: 0, count: shape.count - tensor.rank)
  return places(of: shape, strides: lead + strides).map { own[$0] }
}

/// NumPy's rule, in its own words; nil where shapes do not fit.
func broadcastShape(_ left: [Int], _ right: [Int]) -> [Int]? {
  let rank = max(left.count, right.count)
  let a = Array(repeating: 1, count: rank - left.count) + left
  let b = Array(repeating: 1, count: rank - right.count) + right
  var result: [Int] = []
  for (x, y) in zip(a, b) {
    guard x == y || x == 1 || y == 1 else { return nil }
    result.append(x == 1 ? y : x)
  }
  return result
}

/// Two shapes that broadcast, often by expansion on either side.
func broadcastableShapes(using random: inout TestRandom) -> ([Int], [Int]) {
  let shape = random.shape(rank: Int.random(in: 0...4, using: &random))
  func part() -> [Int] {
    if Int.random(in: 0..<3, using: &random) == 0 { return shape }
    let dropped = Int.random(in: 0...shape.count, using: &random)
    return shape.dropFirst(dropped).map { Int.random(in: 0..<3, using: &random) == 0 ? 1 : $0 }
  }
  return (part(), part())
}

/// Whether a number is within some units in the last place of a reference in double precision; NaN
/// and infinities must be the same.
func isClose<Scalar: FloatingPointScalar>(
  _ value: Scalar, _ reference: Double, ulps: Double, slack: Double = 0
) -> Bool {
  if reference.isNaN { return value.isNaN }
  let rounded = Scalar(reference)
  if rounded.isInfinite || value.isInfinite { return value == rounded }
  return abs(Double(value) - reference) <= ulps * Double(rounded.ulp) + slack
}
