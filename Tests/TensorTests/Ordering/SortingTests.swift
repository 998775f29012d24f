import Tensor
import Testing

/// A scalar that the ordering tests draw with many ties and every special value, and compare as the
/// documentation says.
protocol OrderedScalar: TensorScalar {
  static func drawn(using random: inout TestRandom) -> Self
  /// Whether a comes before b in ascending order.
  static func isOrdered(_ a: Self, before b: Self) -> Bool
  var bits: UInt64 { get }
}

extension OrderedScalar where Self: FloatingPointScalar {
  static func drawn(using random: inout TestRandom) -> Self {
    let specials: [Self] = [
      .nan, -.nan, .infinity, -.infinity, 0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
      .greatestFiniteMagnitude,
    ]
    switch Int.random(in: 0..<3, using: &random) {
    case 0: return specials.randomElement(using: &random)!
    case 1: return Self(Int.random(in: -3...3, using: &random))
    default: return Self(Double.random(in: -100...100, using: &random))
    }
  }
  static func isOrdered(_ a: Self, before b: Self) -> Bool {
    a.isNaN ? false : (b.isNaN ? true : a < b)
  }
}
extension OrderedScalar where Self: FixedWidthInteger {
  static func drawn(using random: inout TestRandom) -> Self {
    let specials: [Self] = [.min, .max, .min + 1, .max - 1]
    switch Int.random(in: 0..<3, using: &random) {
    case 0: return specials.randomElement(using: &random)!
    case 1: return Self(Int.random(in: 0...3, using: &random))
    default: return Self(truncatingIfNeeded: random.next())
    }
  }
  static func isOrdered(_ a: Self, before b: Self) -> Bool { a < b }
  var bits: UInt64 { UInt64(truncatingIfNeeded: self) }
}
extension Float: OrderedScalar { var bits: UInt64 { UInt64(bitPattern) } }
extension Double: OrderedScalar { var bits: UInt64 { bitPattern } }
extension Int32: OrderedScalar {}
extension Int64: OrderedScalar {}
extension UInt8: OrderedScalar {}
extension Bool: OrderedScalar {
  static func drawn(using random: inout TestRandom) -> Bool { random.next() & 1 == 1 }
  static func isOrdered(_ a: Bool, before b: Bool) -> Bool { !a && b }
  var bits: UInt64 { self ? 1 : 0 }
}

let orderedScalars: [any OrderedScalar.Type] = [
  Float.self, Double.self, Int32.self, Int64.self, UInt8.self, Bool.self,
]

/// The positions of a line's elements in order, by the definition of a stable order.
func order<Scalar: OrderedScalar>(of line: [Scalar], descending: Bool = false) -> [Int] {
  line.indices.sorted { left, right in
    let (a, b) = descending ? (right, left) : (left, right)
    if Scalar.isOrdered(line[a], before: line[b]) { return true }
    if Scalar.isOrdered(line[b], before: line[a]) { return false }
    return left < right
  }
}

/// The places of each line along an axis, in row-major order of the lines.
func lines(of shape: [Int], axis: Int) -> [[Int]] {
  var strides = [Int](repeating: 1, count: shape.count)
  for index in strides.indices.dropLast().reversed() {
    strides[index] = strides[index + 1] * shape[index + 1]
  }
  var others = shape
  others[axis] = 1
  return places(of: others, strides: strides).map { first in
    (0..<shape[axis]).map { first + $0 * strides[axis] }
  }
}

func sameBits<Scalar: OrderedScalar>(_ a: [Scalar], _ b: [Scalar]) -> Bool {
  a.map(\.bits) == b.map(\.bits)
}

struct SortingTests {
  @Test(arguments: orderedScalars.indices)
  func everyArrangementAndAxis(_ scalar: Int) {
    func check<Scalar: OrderedScalar>(_: Scalar.Type) {
      var random = TestRandom(UInt64(scalar) + 1)
      for arrangement in Arrangement.allCases {
        for round in 0..<12 {
          let shape = random.shape(rank: 1 + round % 3, largest: round < 9 ? 5 : 20)
          let x: Tensor<Scalar> = arrangement.tensor(shape, using: &random) {
            Scalar.drawn(using: &$0)
          }
          for axis in shape.indices {
            checkLines(x, axis, Bool.random(using: &random), "\(arrangement) \(shape) \(axis)")
          }
        }
      }
    }
    check(orderedScalars[scalar])
  }

  @Test(arguments: orderedScalars.indices)
  func everyLength(_ scalar: Int) {
    func check<Scalar: OrderedScalar>(_: Scalar.Type) {
      var random = TestRandom(UInt64(scalar) + 11)
      for length in [1, 2, 47, 48, 49, 70, 200, 500, 1_100] {
        let x = Tensor((0..<length).map { _ in Scalar.drawn(using: &random) })
        checkLines(x, 0, length % 2 == 0, "\(Scalar.self) \(length)")
      }
      let x = Tensor((0..<1_200).map { _ in Scalar.drawn(using: &random) }, shape: [300, 4])
      checkLines(x, 0, true, "\(Scalar.self) columns")
    }
    check(orderedScalars[scalar])
  }

  private func checkLines<Scalar: OrderedScalar>(
    _ x: Tensor<Scalar>, _ axis: Int, _ descending: Bool, _ context: String
  ) {
    let shape = Array(x.shape)
    let all = elements(of: x)
    let sorted = x.sorted(axis: axis, descending: descending)
    let positions = x.argsort(axis: axis - x.rank, descending: descending)
    let k = shape[axis] / (context.count % 2 == 0 ? 9 : 2)
    let top = x.topK(k, axis: axis, largest: descending)
    var topShape = shape
    topShape[axis] = k
    #expect(sorted.shape == x.shape && positions.shape == x.shape)
    #expect(top.values.shape == Shape(topShape) && top.indices.shape == Shape(topShape))
    let (values, indices) = (sorted.scalars, positions.scalars)
    let (topValues, topIndices) = (top.values.scalars, top.indices.scalars)
    for (line, topLine) in zip(lines(of: shape, axis: axis), lines(of: topShape, axis: axis)) {
      let elements = line.map { all[$0] }
      let expected = order(of: elements, descending: descending)
      let ordered = expected.map { elements[$0] }
      #expect(line.map { Int(indices[$0]) } == expected, "argsort \(context)")
      #expect(sameBits(line.map { values[$0] }, ordered), "sorted \(context)")
      #expect(topLine.map { Int(topIndices[$0]) } == Array(expected.prefix(k)), "top \(context)")
      #expect(sameBits(topLine.map { topValues[$0] }, Array(ordered.prefix(k))), "\(context)")
    }
  }

  // Long lines are cut into parts for all threads. 40,503 and the length have no common factor, so
  // that its multiples are a permutation; its inverse is known.
  @Test func longLines() {
    let count = 131_101 + 65_536
    var permutation = [Int](repeating: 0, count: count)
    var inverse = permutation
    for index in 0..<count {
      permutation[index] = index * 40_503 % count
      inverse[permutation[index]] = index
    }
    func check<Scalar: NumericScalar>(_ make: (Int) -> Scalar) {
      let x = Tensor(permutation.map(make))
      let expected = (0..<count).map(make)
      let ascending = inverse.map { Int64($0) }
      #expect(x.sorted().scalars == expected)
      #expect(x.argsort().scalars == ascending)
      #expect(x.reshaped(to: [count, 1]).argsort(axis: 0).scalars == ascending)
      #expect(x.reshaped(to: [count, 1]).sorted(axis: 0).scalars == expected)
      let top = x.topK(700)
      #expect(top.indices.scalars == ascending.suffix(700).reversed())
      #expect(top.values.scalars == expected.suffix(700).reversed())
      #expect(x.topK(3, largest: false).indices.scalars == Array(ascending.prefix(3)))
    }
    check { Float($0) * 0.5 - 1_000 }
    check { Double($0) * 1e-3 + 1e9 }
    check { Int64($0) << 40 | Int64($0) }
    // Ties: each value 1,000 times and more, in the order of their positions.
    let ties = Tensor(permutation.map { Int32($0 % 97) })
    let order = ties.argsort().scalars
    let values = ties.scalars
    #expect(
      zip(order, order.dropFirst()).allSatisfy {
        let (a, b) = (values[Int($0)], values[Int($1)])
        return a < b || (a == b && $0 < $1)
      })
    let top = ties.topK(2_000, largest: false).indices.scalars
    #expect(top == Array(order.prefix(2_000)))
  }

  @Test func resultsHangOnNoThreadCount() {
    var random = TestRandom(5)
    let x = Tensor(
      (0..<40_000).map { _ in Double.drawn(using: &random) }, shape: [20, 100, 20])
    let all = ThreadPool.threadCount
    defer { ThreadPool.threadCount = all }
    var results: [[Int64]] = []
    for threads in [1, 4] {
      ThreadPool.threadCount = threads
      results.append(
        x.argsort(axis: 1).scalars + x.argsort(axis: 2).scalars
          + x.topK(5, axis: 1).indices.scalars)
    }
    #expect(results[0] == results[1])
  }

  // The upper bytes of small numbers of both signs repeat the sign, and are not sorted by.
  @Test func smallNumbersOfBothSigns() {
    func check<Scalar: OrderedScalar & SignedScalar & FixedWidthInteger>(_: Scalar.Type) {
      var random = TestRandom(7)
      for largest: Scalar in [1, 100, 300, 70_000] {
        let x = Tensor(
          (0..<1_500).map { _ in Scalar.random(in: -largest...largest, using: &random) })
        checkLines(x, 0, largest > 100, "\(Scalar.self) up to \(largest)")
      }
    }
    check(Int32.self)
    check(Int64.self)
  }

  @Test func selectionKeepsTheFirstOfTies() {
    // All candidates are equal, then better ones come to the very end: every bound is met.
    var elements = [Float](repeating: 1, count: 5_000)
    #expect(Tensor(elements).topK(3).indices.scalars == [0, 1, 2])
    for index in 0..<5_000 { elements[index] = Float(index / 2) }
    #expect(Tensor(elements).topK(4).indices.scalars == [4_998, 4_999, 4_996, 4_997])
    #expect(Tensor(elements).topK(3, largest: false).indices.scalars == [0, 1, 2])
  }
}

extension MisuseTests {
  private static func zeros(_ shape: Shape) -> Tensor<Float> { .zeros(shape) }

  static let ordering: [Misuse] = [
    .init("sorted: axis 2 is out of range for shape [2, 3]") { _ = zeros([2, 3]).sorted(axis: 2) },
    .init("argsort: axis -1 is out of range for shape []") { _ = zeros([]).argsort() },
    .init("topK: axis 1 is out of range for shape [4]") { _ = zeros([4]).topK(1, axis: 1) },
    .init("topK: k is 5, but axis 0 of shape [4, 2] has 4 elements") {
      _ = zeros([4, 2]).topK(5, axis: 0)
    },
    .init("topK: k is -1, but axis 0 of shape [4] has 4 elements") { _ = zeros([4]).topK(-1) },
  ]
}
