import Tensor
import Testing

/// Joining, padding and indexing against code that goes element by element.
struct GatheringTests {
  private func numbers(_ shape: Shape) -> Tensor<Int32> {
    Tensor((0..<shape.elementCount).map { Int32($0) }, shape: shape)
  }

  /// Calls `check` with tensors of every arrangement and rank from 1 to 4.
  private func forEachTensor(
    _ seed: UInt64, allowingZero: Bool = true,
    _ check: (Tensor<Int32>, _ axis: Int, inout TestRandom) -> Void
  ) {
    var random = TestRandom(seed)
    for arrangement in Arrangement.allCases {
      for _ in 0..<15 {
        let rank = Int.random(in: 1...4, using: &random)
        let shape = random.shape(rank: rank, allowingZero: allowingZero)
        let t: Tensor<Int32> = arrangement.tensor(shape, using: &random) {
          Int32.random(in: -99...99, using: &$0)
        }
        check(t, Int.random(in: 0..<rank, using: &random), &random)
      }
    }
  }

  /// The tensor of a shape whose element at each index `element` tells.
  private func made(_ shape: [Int], _ element: ([Int]) -> Int32) -> Tensor<Int32> {
    Tensor(indices(of: shape).map(element), shape: Shape(shape))
  }

  private func at(_ t: Tensor<Int32>, _ index: [Int]) -> Int32 {
    index.reduce(t) { $0[$1] }.item
  }

  private func replacing(_ index: [Int], _ axis: Int, _ value: Int) -> [Int] {
    var result = index
    result[axis] = value
    return result
  }

  @Test func concatenates() {
    forEachTensor(1) { t, axis, random in
      let parts = (0..<Int.random(in: 1...4, using: &random)).map { part in
        part == 0 ? t : t.split(at: [t.shape[axis] / 2], axis: axis)[part % 2].flipped()
      }
      var expected: [(Int, Int)] = []
      for (part, tensor) in parts.enumerated() {
        expected += (0..<tensor.shape[axis]).map { (part, $0) }
      }
      let joined = Tensor.concatenated(parts, axis: axis - t.rank)
      let shape = replacing(Array(t.shape), axis, expected.count)
      #expect(
        joined
          == made(shape) {
            let (part, place) = expected[$0[axis]]
            return at(parts[part], replacing($0, axis, place))
          })
      let twice = Tensor.stacked([t, t.flipped()], axis: axis)
      #expect(
        twice.split(into: 2, axis: axis).map { $0.squeezed(axes: [axis]) } == [t, t.flipped()])
    }
    #expect(Tensor.stacked([numbers([]), Tensor(7)]).scalars == [0, 7])
    #expect(Tensor.stacked([numbers([2]), numbers([2])], axis: -1).scalars == [0, 0, 1, 1])
  }

  @Test func repeats() {
    forEachTensor(2) { t, axis, random in
      let counts = (0..<t.rank).map { _ in Int.random(in: 0...3, using: &random) }
      let shape = Array(t.shape)
      #expect(
        t.tiled(counts)
          == made(zip(shape, counts).map { $0 * $1 }) { at(t, zip($0, shape).map { $0 % $1 }) })
      let count = Int.random(in: 0...3, using: &random)
      #expect(
        t.repeated(count, axis: axis)
          == made(replacing(shape, axis, shape[axis] * count)) {
            at(t, replacing($0, axis, $0[axis] / count))
          })
      let each = (0..<shape[axis]).map { _ in Int.random(in: 0...2, using: &random) }
      let sources = each.enumerated().flatMap { Array(repeating: $0, count: $1) }
      #expect(
        t.repeated(each, axis: axis)
          == made(replacing(shape, axis, sources.count)) {
            at(t, replacing($0, axis, sources[$0[axis]]))
          })
    }
    #expect(numbers([2]).tiled([2, 1, 2]).shape == [2, 1, 4])
    #expect(numbers([2, 3]).tiled([2]).shape == [2, 6])
    #expect(numbers([]).tiled([3]).scalars == [0, 0, 0])
    #expect(numbers([2, 3]).tiled([]) == numbers([2, 3]))
  }

  @Test func rolls() {
    forEachTensor(3) { t, axis, random in
      let shift = Int.random(in: -9...9, using: &random)
      let extent = t.shape[axis]
      let rolled = made(Array(t.shape)) {
        at(t, replacing($0, axis, (($0[axis] - shift) % extent + extent) % extent))
      }
      #expect(t.rolled(shift, axis: axis) == rolled)
      #expect(t.rolled([shift, -shift], axes: [axis, axis - t.rank]) == t)
      #expect(t.rolled(shift).rolled(-shift) == t)
    }
    #expect(numbers([2, 3]).rolled(1).scalars == [5, 0, 1, 2, 3, 4])
    #expect(numbers([2, 3]).rolled(-7).scalars == [1, 2, 3, 4, 5, 0])
  }

  @Test func pads() {
    forEachTensor(4, allowingZero: false) { t, _, random in
      let widths = (0..<t.rank).map { _ in
        (
          before: Int.random(in: 0...4, using: &random),
          after: Int.random(in: 0...4, using: &random)
        )
      }
      let shape = Array(t.shape)
      let larger = zip(shape, widths).map { $0 + $1.before + $1.after }
      /// Walks step by step from the tensor's edge, turning or jumping at its ends.
      func expected(_ map: (Int, Int) -> Int) -> Tensor<Int32> {
        made(larger) { index in
          at(t, (0..<shape.count).map { map(index[$0] - widths[$0].before, shape[$0]) })
        }
      }
      #expect(t.padded(widths, mode: .replicate) == expected { max(0, min($0, $1 - 1)) })
      #expect(t.padded(widths, mode: .circular) == expected { ($0 + 4 * $1) % $1 })
      #expect(
        t.padded(widths, mode: .reflect)
          == expected { position, extent in
            if extent == 1 { return 0 }
            var place = position
            while place < 0 || place >= extent {
              place = place < 0 ? -place : 2 * (extent - 1) - place
            }
            return place
          })
      let constant = t.padded(widths, mode: .constant(1_000))
      #expect(
        constant
          == made(larger) { index in
            let inner = (0..<shape.count).map { index[$0] - widths[$0].before }
            return zip(inner, shape).allSatisfy { $0 >= 0 && $0 < $1 } ? at(t, inner) : 1_000
          })
    }
    #expect(numbers([3]).padded([(2, 2)], mode: .reflect).scalars == [2, 1, 0, 1, 2, 1, 0])
    #expect(numbers([0]).padded([(1, 2)], mode: .constant(5)).scalars == [5, 5, 5])
    #expect(numbers([0, 2]).padded([(0, 0), (1, 0)], mode: .circular).shape == [0, 3])
    #expect(numbers([2, 2]).padded([(1, 0), (0, 1)]).scalars == [0, 0, 0, 0, 1, 0, 2, 3, 0])
  }

  @Test func takes() {
    forEachTensor(5) { t, axis, random in
      let extent = t.shape[axis]
      let shape = random.shape(rank: Int.random(in: 0...2, using: &random))
      let count = shape.reduce(1, *)
      guard extent > 0 || count == 0 else { return }
      let chosen = (0..<count).map { _ in
        Int32.random(in: -Int32(extent)..<Int32(extent), using: &random)
      }
      let positions = Tensor(chosen, shape: Shape(shape))
      let result = t.take(positions, axis: axis - t.rank)
      let lead = Array(t.shape[..<axis])
      let rest = Array(t.shape[(axis + 1)...])
      func source(_ index: [Int]) -> [Int] {
        let named =
          positions.rank == 0 ? chosen[0] : at(positions, Array(index[axis..<axis + shape.count]))
        let place = named < 0 ? Int(named) + extent : Int(named)
        return index[..<axis] + [place] + index[(axis + shape.count)...]
      }
      #expect(result == made(lead + shape + rest) { at(t, source($0)) })
      #expect(t[positions, axis: axis] == result)

      // Writing: one place after another, so that the last stays.
      var written = t
      let values = made(lead + shape + rest) { Int32($0.reduce(7) { $0 * 31 + $1 } % 1_000) }
      written[positions, axis: axis] = values
      var expected = Dictionary(
        uniqueKeysWithValues: indices(of: Array(t.shape)).map { ($0, at(t, $0)) })
      for index in indices(of: lead + shape + rest) { expected[source(index)] = at(values, index) }
      #expect(written == made(Array(t.shape)) { expected[$0]! })
    }
    var t = Tensor<Bool>(repeating: false, shape: [2, 3])
    t[Tensor<Int64>([1, 1, -1]), axis: 1] = Tensor(true)
    #expect(t.scalars == [false, true, true, false, true, true])
  }

  @Test func gathersAndScatters() {
    forEachTensor(6) { t, axis, random in
      let extent = t.shape[axis]
      var shape = t.shape.map { Int.random(in: 0...$0, using: &random) }
      shape[axis] = extent == 0 ? 0 : Int.random(in: 0...6, using: &random)
      let positions: Tensor<Int32> = Arrangement.allCases.randomElement(using: &random)!
        .tensor(shape, using: &random) {
          Int32.random(in: -Int32(max(1, extent))..<Int32(max(1, extent)), using: &$0)
        }
      func source(_ index: [Int]) -> [Int] {
        let named = Int(at(positions, index))
        return replacing(index, axis, named < 0 ? named + extent : named)
      }
      #expect(t.gather(positions, axis: axis) == made(shape) { at(t, source($0)) })

      let values: Tensor<Int32> = Arrangement.allCases.randomElement(using: &random)!
        .tensor(shape.map { $0 + 1 }, using: &random) { Int32.random(in: 0...99, using: &$0) }
      var last = Dictionary(
        uniqueKeysWithValues: indices(of: Array(t.shape)).map { ($0, at(t, $0)) })
      var sums = last
      for index in indices(of: shape) {
        last[source(index)] = at(values, index)
        sums[source(index)]! += at(values, index)
      }
      var scattered = t
      scattered.scatter(values, at: positions, axis: axis)
      #expect(scattered == made(Array(t.shape)) { last[$0]! })
      var added = t
      added.scatterAdd(values, at: positions, axis: axis - t.rank)
      #expect(added == made(Array(t.shape)) { sums[$0]! })
    }
    let zero = Tensor<Int64>([0, 0, 0])
    func sum<Scalar: NumericScalar>(_ value: Scalar) -> [Scalar] {
      var t = Tensor<Scalar>.zeros([2])
      t.scatterAdd(Tensor(value), at: zero, axis: 0)
      return t.scalars
    }
    #expect(sum(0.5 as Float) == [1.5, 0] && sum(0.25 as Double) == [0.75, 0])
    #expect(sum(100 as UInt8) == [44, 0] && sum(Int64.max) == [.max - 2, 0])
    #expect(sum(Int32.max) == [.max - 2, 0])
  }

  @Test func masks() {
    forEachTensor(7) { t, _, random in
      let rank = Int.random(in: 0...t.rank, using: &random)
      let lead = Array(t.shape.prefix(rank))
      let mask: Tensor<Bool> = Arrangement.allCases.randomElement(using: &random)!
        .tensor(lead, using: &random) { Bool.random(using: &$0) }
      let chosen = zip(indices(of: lead), mask.scalars).filter(\.1).map(\.0)
      let rest = Array(t.shape.dropFirst(rank))
      #expect(
        t[mask] == made([chosen.count] + rest) { at(t, chosen[$0[0]] + $0.dropFirst()) })
      let values = made([chosen.count] + rest) { Int32($0.reduce(7) { $0 * 31 + $1 } % 1_000) }
      var written = t
      written[mask] = values
      var expected = Dictionary(
        uniqueKeysWithValues: indices(of: Array(t.shape)).map { ($0, at(t, $0)) })
      for index in indices(of: [chosen.count] + rest) {
        expected[chosen[index[0]] + index.dropFirst()] = at(values, index)
      }
      #expect(written == made(Array(t.shape)) { expected[$0]! })
    }
    var t = numbers([2, 2])
    t[Tensor<Bool>([true, false, false, true], shape: [2, 2])] *= 10
    #expect(t.scalars == [0, 1, 2, 30])
  }

  @Test func grids() {
    let x = numbers([3])
    let y = Tensor<Int32>([10, 20])
    let grid = Tensor.meshgrid([x, y])
    #expect(grid.map(\.shape) == [[3, 2], [3, 2]])
    #expect(grid[0].scalars == [0, 0, 1, 1, 2, 2] && grid[1].scalars == [10, 20, 10, 20, 10, 20])
    let image = Tensor.meshgrid([x, y, numbers([1])], indexing: .cartesian)
    #expect(image.map(\.shape) == [[2, 3, 1], [2, 3, 1], [2, 3, 1]])
    #expect(
      image[0].scalars == [0, 1, 2, 0, 1, 2] && image[1].scalars == [10, 10, 10, 20, 20, 20])
    #expect(Tensor.meshgrid([numbers([0]), x])[1].shape == [0, 3])
    #expect(Tensor<Int32>.meshgrid([]).isEmpty && Tensor.meshgrid([x.flipped()])[0] == x.flipped())
  }

  /// Beyond the size of one piece of work, so that threads share it.
  @Test func largeOnesAreShared() {
    let t = numbers([300, 1_000])
    let positions = Tensor<Int64>((0..<1_000).map { Int64($0 * 7 % 1_000) })
    let taken = t.take(positions, axis: 1)
    let expected: [Int32] = (0..<300_000).map { (number: Int) -> Int32 in
      let (row, column) = number.quotientAndRemainder(dividingBy: 1_000)
      return Int32(row * 1_000 + column * 7 % 1_000)
    }
    #expect(taken.scalars == expected)
    var back = Tensor<Int32>.zeros([300, 1_000])
    back[positions, axis: 1] = taken
    #expect(back == t)
    let all = positions.broadcast(to: [300, 1_000])
    #expect(t.gather(all, axis: 1) == taken)
    let rows = Tensor<Int64>((0..<300).map { Int64(299 - $0) })
    #expect(t.take(rows) == t.flipped(axes: [0]))
    var scattered = Tensor<Int32>.zeros([300, 1_000])
    scattered.scatter(taken, at: all, axis: 1)
    #expect(scattered == t)
  }
}

extension MisuseTests {
  static let gathering: [Misuse] = [
    .init("concatenated: at least 1 tensor is needed, got none") {
      _ = Tensor<Float>.concatenated([])
    },
    .init(
      "concatenated: shapes [2, 3] and [2, 4] do not fit; extents must be equal but for axis 0"
    ) { _ = Tensor<Float>.concatenated([.zeros([2, 3]), .zeros([2, 4])]) },
    .init("concatenated: axis 0 is out of range for shape []") {
      _ = Tensor<Float>.concatenated([.zeros([])])
    },
    .init("stacked: at least 1 tensor is needed, got none") { _ = Tensor<Float>.stacked([]) },
    .init("stacked: axis 2 is out of range for shape [3]") {
      _ = Tensor<Float>.stacked([.zeros([3])], axis: 2)
    },
    .init("stacked: shapes [3] and [1] differ") {
      _ = Tensor<Float>.stacked([.zeros([3]), .zeros([1])])
    },
    .init("tiled: counts must not be negative, got [2, -1]") {
      _ = Tensor<Float>.zeros([3]).tiled([2, -1])
    },
    .init("repeated: the count must not be negative, got -1") {
      _ = Tensor<Float>.zeros([3]).repeated(-1)
    },
    .init("repeated: axis 0 of shape [3] needs 3 counts of 0 or more, got [1, 2]") {
      _ = Tensor<Float>.zeros([3]).repeated([1, 2])
    },
    .init("rolled: 1 shifts for 2 axes") {
      _ = Tensor<Float>.zeros([3, 2]).rolled([1], axes: [0, 1])
    },
    .init("padded: shape [3] needs 1 pairs of widths of 0 or more, got [[1, -1]]") {
      _ = Tensor<Float>.zeros([3]).padded([(1, -1)], mode: .reflect)
    },
    .init("padded: axis 0 of shape [0] has no element to pad with") {
      _ = Tensor<Float>.zeros([0]).padded([(1, 1)], mode: .replicate)
    },
    .init("padded: the extent of axis 0 overflows Int") {
      _ = Tensor<Float>.zeros([3]).padded([(.max, 1)], mode: .constant(0))
    },
    .init("meshgrid: vectors are needed, got shape [2, 2]") {
      _ = Tensor<Float>.meshgrid([.zeros([2, 2])])
    },
    .init("take: index 3 at position [1, 0] is out of range for axis 0 of shape [3, 4]") {
      _ = Tensor<Float>.zeros([3, 4]).take(Tensor<Int64>([0, -3, 3, 9], shape: [2, 2]))
    },
    .init("subscript: index -5 at position [0] is out of range for axis 1 of shape [3, 4]") {
      var t = Tensor<Float>.zeros([3, 4])
      t[Tensor<Int32>([-5]), axis: 1] = Tensor(1)
    },
    .init("subscript: cannot assign shape [3] to a part of shape [2, 4]") {
      var t = Tensor<Float>.zeros([3, 4])
      t[Tensor<Int32>([0, 1])] = .zeros([3])
    },
    .init("gather: index 4 at position [0, 1] is out of range for axis 1 of shape [3, 4]") {
      _ = Tensor<Float>.zeros([3, 4]).gather(Tensor<Int64>([0, 4], shape: [1, 2]), axis: 1)
    },
    .init(
      "gather: indices of shape [2] do not fit shape [3, 4]; ranks must be equal, and extents at "
        + "most the tensor's but for axis 1"
    ) { _ = Tensor<Float>.zeros([3, 4]).gather(Tensor<Int64>([0, 1]), axis: -1) },
    .init(
      "scatter: a source of shape [1] has too few elements for indices of shape [2]"
    ) {
      var t = Tensor<Float>.zeros([3])
      t.scatter(Tensor([1]), at: Tensor<Int64>([0, 1]), axis: 0)
    },
    .init("scatterAdd: index -4 at position [1] is out of range for axis 0 of shape [3]") {
      var t = Tensor<Float>.zeros([3])
      t.scatterAdd(Tensor(1), at: Tensor<Int64>([0, -4]), axis: 0)
    },
    .init(
      "subscript: a mask of shape [2] does not fit shape [3, 2]; it must have the extents of the "
        + "first axes"
    ) { _ = Tensor<Float>.zeros([3, 2])[Tensor<Bool>([true, false])] },
  ]
}
