import Tensor
import Testing

/// Positions, counts, truth of many and running totals.
struct PositionTests {
  private let table = ReductionTests()

  private func checkPositions<Scalar: NumericScalar>(
    _: Scalar.Type, _ element: (inout TestRandom) -> Scalar
  ) {
    var random = TestRandom(31)
    for arrangement in Arrangement.allCases {
      let shape = [3, 4, 5]
      let x: Tensor<Scalar> = arrangement.tensor(shape, using: &random, element)
      let all = elements(of: x)
      #expect(x.argmax(axis: nil).item == Int64(all.firstIndex(of: all.max()!)!))
      #expect(x.argmin(axis: nil, keepingDimensions: true).shape == [1, 1, 1])
      #expect(x.argmin(axis: nil).item == Int64(all.firstIndex(of: all.min()!)!))
      for axis in 0..<3 {
        var groups = [[Scalar]](repeating: [], count: 60 / shape[axis])
        var kept = shape
        kept[axis] = 1
        for (value, index) in zip(all, indices(of: shape)) {
          let place = (0..<3).reduce(0) { $0 * kept[$1] + ($1 == axis ? 0 : index[$1]) }
          groups[place].append(value)
        }
        let largest = x.argmax(axis: axis, keepingDimensions: true)
        #expect(Array(largest.shape) == kept)
        #expect(
          elements(of: largest).map { Int($0) } == groups.map { $0.firstIndex(of: $0.max()!)! })
        let smallest = elements(of: x.argmin(axis: axis - 3)).map { Int($0) }
        #expect(smallest == groups.map { $0.firstIndex(of: $0.min()!)! })
        #expect(elements(of: x.max(axes: [axis])) == groups.map { $0.max()! })
        #expect(elements(of: x.min(axes: [axis])) == groups.map { $0.min()! })
        let counts = elements(of: x.countNonzero(axes: [axis]))
        #expect(counts == groups.map { Int64($0.count { $0 != 0 }) })
      }
    }
  }

  @Test func ofEveryScalar() {
    checkPositions(Float.self) { Float(Int.random(in: 0..<4, using: &$0)) }
    checkPositions(Double.self) { Double(Int.random(in: 0..<4, using: &$0)) }
    checkPositions(Int32.self) { Int32.random(in: -2..<2, using: &$0) }
    checkPositions(Int64.self) { Int64.random(in: -2..<2, using: &$0) }
    checkPositions(UInt8.self) { UInt8.random(in: 0..<4, using: &$0) }
  }

  @Test func inLongAxes() {
    var values = (0..<300_000).map { Float($0 % 1_000) }
    values[150_001] = 5_000
    values[250_001] = 5_000
    let x = Tensor(values)
    #expect(x.argmax().item == 150_001)
    #expect(x.argmin().item == 0)
    #expect(x.reshaped(to: [2, 150_000]).argmax(axis: 1).scalars == [999, 1])
    #expect(x.reshaped(to: [100_000, 3]).argmax(axis: 0).scalars == [333, 50_000, 83_333])
    #expect(x.reshaped(to: [3, 25_000, 4]).argmax(axis: 1)[1, 1].item == 12_500)
    values[200_000] = .nan
    values[100_000] = .nan
    #expect(Tensor(values).argmax().item == 100_000)
    #expect(Tensor(values).argmin().item == 100_000)
    #expect(Tensor(values, shape: [100_000, 3]).argmin(axis: 0).scalars == [0, 33_333, 66_666])
    #expect(Tensor(values).max().item.isNaN && Tensor(values).min().item.isNaN)
  }

  @Test func truthOfMany() {
    var random = TestRandom(32)
    for rank in 0...3 {
      for arrangement in Arrangement.allCases {
        let shape = random.shape(rank: rank)
        let x: Tensor<Bool> = arrangement.tensor(shape, using: &random) {
          Int.random(in: 0..<4, using: &$0) > 0
        }
        let numbers = elements(of: x).map { $0 ? 1.0 : 0 }
        for set in 0..<(1 << rank) {
          let axes = (0..<rank).filter { set >> $0 & 1 == 1 }
          let groups = table.grouped(numbers, shape, axes)
          for keeping in [false, true] {
            let expectedShape = table.reducedShape(shape, axes, keeping: keeping)
            let any = x.any(axes: axes, keepingDimensions: keeping)
            let all = x.all(axes: axes, keepingDimensions: keeping)
            let count = x.countNonzero(axes: axes, keepingDimensions: keeping)
            #expect(Array(any.shape) == expectedShape && Array(all.shape) == expectedShape)
            #expect(elements(of: any) == groups.map { $0.contains(1) })
            #expect(elements(of: all) == groups.map { !$0.contains(0) })
            #expect(elements(of: count) == groups.map { Int64($0.reduce(0, +)) })
            let means = elements(of: x.mean(axes: axes, keepingDimensions: keeping))
            #expect(
              zip(means, groups).allSatisfy {
                $1.isEmpty ? $0.isNaN : $0 == $1.reduce(0, +) / Double($1.count)
              })
          }
        }
      }
    }
  }

  @Test func truthOfMillions() {
    let count = 700_000
    #expect(!Tensor<Bool>(repeating: false, shape: [count]).any().item)
    #expect(Tensor<Bool>(repeating: true, shape: [count]).all().item)
    for place in [0, 65_535, 65_536, 400_000, count - 1] {
      var x = Tensor<Bool>(repeating: false, shape: [700, 1_000])
      x.withUnsafeMutableBufferPointer { $0[place] = true }
      #expect(x.any().item)
      #expect(x.any(axes: [0, 1], keepingDimensions: true).shape == [1, 1])
      #expect(x.any(axes: [0]).countNonzero().item == 1)
      #expect(x.countNonzero().item == 1)
      x.withUnsafeMutableBufferPointer { for index in $0.indices { $0[index].toggle() } }
      #expect(!x.all().item)
      #expect(x.all(axes: [1]).countNonzero().item == 699)
    }
  }

  @Test func runningTotals() {
    var random = TestRandom(33)
    for arrangement in Arrangement.allCases {
      let shape = [3, 4, 5]
      let x: Tensor<Float> = arrangement.tensor(shape, using: &random) {
        Float.random(in: 0.5...1.5, using: &$0)
      }
      let whole: Tensor<Int64> = arrangement.tensor(shape, using: &random) {
        Int64.random(in: -3...3, using: &$0)
      }
      for axis in 0..<3 {
        let sums = elements(of: x.cumulativeSum(axis: axis))
        let products = elements(of: x.cumulativeProduct(axis: axis - 3))
        let integers = elements(of: whole.cumulativeSum(axis: axis))
        let (values, numbers) = (elements(of: x), elements(of: whole))
        let step = shape[(axis + 1)...].reduce(1, *)
        for place in values.indices {
          let before = place / step % shape[axis]
          let run = (0...before).map { place - $0 * step }.reversed()
          #expect(sums[place] == Float(run.reduce(0) { $0 + Double(values[$1]) }))
          #expect(products[place] == Float(run.reduce(1) { $0 * Double(values[$1]) }))
          #expect(integers[place] == run.reduce(0) { $0 + numbers[$1] })
        }
        let back = whole.flipped(axes: [axis]).cumulativeSum(axis: axis).flipped(axes: [axis])
        let total = whole.sum(axes: [axis], keepingDimensions: true)
        #expect(back == total - whole.cumulativeSum(axis: axis) + whole)
      }
    }
    #expect(Tensor<Float>.zeros([2, 0]).cumulativeSum(axis: 1).shape == [2, 0])
    let tenths = Tensor<Float>(repeating: 0.1, shape: [1_000_000]).cumulativeSum(axis: 0)
    #expect(tenths.scalars.last == Float(Double(Float(0.1)) * 1_000_000))
  }

  /// Sums along axes too long for one piece of work, of each position of the axes.
  @Test func longAxes() {
    var random = TestRandom(34)
    let x = Tensor<Float>(
      (0..<360_000).map { _ in Float.random(in: -1...1, using: &random) })
    let wide = Tensor<Double>(x)
    let cases: [(shape: [Int], axes: [Int])] = [
      ([360_000], [0]), ([2, 180_000], [1]), ([180_000, 2], [0]), ([45_000, 8], [0]),
      ([3, 40_000, 3], [1]), ([600, 600], [0]), ([4, 300, 300], [1]), ([60, 60, 100], [0, 2]),
      ([36_000, 5, 2], [0, 2]), ([2, 180_000], [0]), ([10, 6, 20, 5, 60], [0, 2, 4]),
    ]
    for (shape, axes) in cases {
      let part = x.reshaped(to: shape)
      // Row by row, where no kernel has a choice of order.
      let kept = (0..<shape.count).filter { !axes.contains($0) }
      let rows = wide.reshaped(to: shape).permuted(kept + axes).scalars
      let count = axes.reduce(1) { $0 * shape[$1] }
      let exact = stride(from: 0, to: rows.count, by: count).map {
        rows[$0..<$0 + count].reduce(0, +)
      }
      let largest = stride(from: 0, to: rows.count, by: count).map {
        Float(rows[$0..<$0 + count].max()!)
      }
      let sums = part.sum(axes: axes).scalars
      #expect(zip(sums, exact).allSatisfy { abs(Double($0) - $1) < 2e-4 }, "\(shape) \(axes)")
      #expect(part.max(axes: axes).scalars == largest, "\(shape) \(axes)")
    }
  }
}
