import Tensor
import Testing

/// Shapes and layouts against brute force.
struct ShapeTests {
  @Test func countsAndReads() {
    let shape: Shape = [2, 3, 4]
    #expect(shape.elementCount == 24 && shape.rank == 3)
    #expect(shape[0] == 2 && shape[-1] == 4)
    #expect(Array(shape) == [2, 3, 4])
    #expect(shape.description == "[2, 3, 4]")
    #expect(Shape([]).elementCount == 1 && Shape([]).description == "[]")
    #expect(Shape([.max, 0, .max]).elementCount == 0)
    #expect(
      shape == Shape([2, 3, 4]) && shape != [2, 3] && shape.hashValue == Shape(shape).hashValue)
  }

  @Test func broadcastsAsNumPy() {
    var random = TestRandom(12)
    for _ in 0..<500 {
      let left = random.shape(rank: Int.random(in: 0...4, using: &random), largest: 3)
      let right = random.shape(rank: Int.random(in: 0...4, using: &random), largest: 3)
      #expect(
        Shape.broadcast(Shape(left), Shape(right)).map(Array.init) == broadcastShape(left, right))
    }
  }

  @Test func dimensionsAreACollection() {
    var dimensions = Dimensions([1, 2, 3])
    dimensions.insert(9, at: 0)
    dimensions.insert(8, at: 4)
    #expect(Array(dimensions) == [9, 1, 2, 3, 8])
    #expect(dimensions.remove(at: 1) == 1)
    dimensions[0] = 7
    #expect(dimensions == Dimensions([7, 2, 3, 8]))
    // What was removed does not count.
    #expect(dimensions.hashValue == Dimensions([7, 2, 3, 8]).hashValue)
    #expect(dimensions != Dimensions([7, 2, 3]))
  }

  /// Integers of more than 32 bits are kept elsewhere: any changes, beside an array with the same.
  @Test func dimensionsHoldAnyInteger() {
    let values = [0, 1, 7, -3, 1 << 31 - 1, 1 << 31, -1 << 31, -1 << 31 - 1, 1 << 40, .max, .min]
    var random = TestRandom(14)
    for _ in 0..<500 {
      var array = (0..<Int.random(in: 0...8, using: &random)).map { _ in
        values.randomElement(using: &random)!
      }
      var dimensions = Dimensions(array)
      for _ in 0..<12 {
        let value = values.randomElement(using: &random)!
        let place = Int.random(in: 0..<max(1, array.count), using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0 where array.count < Dimensions.capacity:
          array.append(value)
          dimensions.append(value)
        case 1 where array.count < Dimensions.capacity:
          array.insert(value, at: place)
          dimensions.insert(value, at: place)
        case 2 where !array.isEmpty:
          #expect(dimensions.remove(at: place) == array.remove(at: place))
        case 3 where !array.isEmpty:
          array[place] = value
          dimensions[place] = value
        case 4 where !array.isEmpty:
          array.swapAt(0, place)
          dimensions.swapAt(0, place)
        default: break
        }
        #expect(Array(dimensions) == array)
        let same = Dimensions(array)
        #expect(dimensions == same && dimensions.hashValue == same.hashValue)
        if !array.isEmpty {
          var other = same
          other[array.count - 1] &+= 1
          #expect(dimensions != other)
        }
      }
      let repeated = Dimensions(repeating: values.randomElement(using: &random)!, count: 3)
      #expect(Array(repeated) == [Int](repeating: repeated[0], count: 3))
    }
    let view = Tensor<Float>([1, 2], shape: [2, 1]).broadcast(to: [2, 1 << 40])
    #expect(view.shape == [2, 1 << 40] && view[1, 1 << 39].item == 2)
    #expect(view.transposed.shape == [1 << 40, 2] && view.count == 1 << 41)
    #expect(view[0..., (1 << 33)..<(1 << 33 + 2)].scalars == [1, 1, 2, 2])
  }

  /// Some layout that a tensor can have.
  private func layout(using random: inout TestRandom, allowingZero: Bool) -> Layout {
    let rank = Int.random(in: 0...4, using: &random)
    let shape = random.shape(rank: rank, largest: 4, allowingZero: allowingZero)
    let arrangement = Arrangement.allCases.randomElement(using: &random)!
    let tensor: Tensor<UInt8> = arrangement.tensor(shape, using: &random) { _ in 0 }
    return tensor.layout
  }

  private func places(_ layout: Layout) -> [Int] {
    TensorTests.places(
      of: Array(layout.shape), strides: Array(layout.strides), offset: layout.offset)
  }

  @Test func contiguousAndDense() {
    var random = TestRandom(13)
    for _ in 0..<2_000 {
      let layout = layout(using: &random, allowingZero: true)
      let places = places(layout)
      let isRun = places.enumerated().allSatisfy { $1 == layout.offset + $0 }
      #expect(layout.isContiguous == isRun || layout.count == 0, "\(layout)")
      if layout.count > 0 {
        let isBlock = places.sorted().enumerated().allSatisfy { $1 == layout.offset + $0 }
        #expect(layout.isDense == isBlock, "\(layout)")
        #expect(layout.repeatsElements == (Set(places).count < places.count), "\(layout)")
      }
    }
  }

  /// A random shape with the same number of elements.
  private func regrouped(_ count: Int, using random: inout TestRandom) -> [Int] {
    var rest = count
    var result: [Int] = []
    while rest > 1 {
      let divisors = (2...rest).filter { rest % $0 == 0 }
      result.append(divisors.randomElement(using: &random)!)
      rest /= result[result.count - 1]
    }
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      result.insert(1, at: Int.random(in: 0...result.count, using: &random))
    }
    return result
  }

  @Test func reshapesWhereStridesAllowIt() {
    var random = TestRandom(14)
    var views = 0
    for _ in 0..<4_000 {
      let layout = layout(using: &random, allowingZero: false)
      let target = regrouped(layout.count, using: &random)
      if target.count > 8 { continue }
      let expected = places(layout)
      if let view = layout.reshaped(to: Shape(target)) {
        views += 1
        #expect(places(view) == expected, "\(layout) to \(target)")
      } else {
        // No strides can do it: each is fixed by the place of the element one step along its axis.
        let steps = Layout(contiguous: Shape(target)).strides
        let strides = target.indices.map {
          target[$0] == 1 ? 0 : expected[steps[$0]] - expected[0]
        }
        let best = TensorTests.places(of: target, strides: strides, offset: layout.offset)
        #expect(best != expected, "\(layout) to \(target) needs no copy")
      }
    }
    #expect(views > 1_000)
  }

  @Test func loopsVisitEveryPairOnce() {
    var random = TestRandom(15)
    for _ in 0..<1_000 {
      let (left, right) = broadcastableShapes(using: &random)
      let shape = Shape(broadcastShape(left, right)!)
      func arranged(_ shape: [Int]) -> Layout {
        let tensor: Tensor<UInt8> =
          Arrangement.allCases.randomElement(using: &random)!.tensor(shape, using: &random) { _ in 0
          }
        return tensor.layout
      }
      let a = arranged(left).broadcast(to: shape)
      let b = arranged(right).broadcast(to: shape)
      var loops = StridedLoops(shape: shape, strides: a.strides, b.strides)
      let expected = zip(places(a), places(b)).map { [$0 - a.offset, $1 - b.offset] }
      #expect(loops.outerCount * loops.innerCount == shape.elementCount)
      // In two parts, as two threads would.
      let cut = Int.random(in: 0...loops.outerCount, using: &random)
      #expect(pairs(loops, in: 0..<cut) + pairs(loops, in: cut..<loops.outerCount) == expected)
      // In another order, but the same pairs.
      loops.bringTransposedAxisInward()
      let turned = pairs(loops, in: 0..<loops.outerCount)
      #expect(
        turned.sorted { $0.lexicographicallyPrecedes($1) }
          == expected.sorted { $0.lexicographicallyPrecedes($1) })
    }
  }

  private func pairs(_ loops: StridedLoops, in runs: Range<Int>) -> [[Int]] {
    var pairs: [[Int]] = []
    loops.forEachRun(in: runs) { first, second in
      for step in 0..<loops.innerCount {
        pairs.append(
          [first + step * loops.innerSteps.first, second + step * loops.innerSteps.second])
      }
    }
    return pairs
  }
}
