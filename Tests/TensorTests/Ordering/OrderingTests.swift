import Tensor
import Testing

/// The operations on order besides sorting: each against its definition in plain code, for every
/// scalar and arrangement in memory.
struct OrderingTests {
  /// Calls `check` with tensors of every arrangement, empty ones among them.
  private func forEachTensor<Scalar: TensorScalar>(
    seed: UInt64, rank: ClosedRange<Int> = 1...3,
    _ element: @escaping (inout TestRandom) -> Scalar,
    _ check: (Tensor<Scalar>, _ elements: [Scalar], inout TestRandom, String) -> Void
  ) {
    var random = TestRandom(seed)
    for arrangement in Arrangement.allCases {
      for round in 0..<8 {
        let shape = random.shape(
          rank: Int.random(in: rank, using: &random), largest: round == 0 ? 12 : 5)
        let x = arrangement.tensor(shape, using: &random, element)
        check(x, elements(of: x), &random, "\(Scalar.self) \(arrangement) \(shape)")
      }
    }
  }

  @Test(arguments: orderedScalars.indices)
  func unique(_ scalar: Int) {
    func check<Scalar: OrderedScalar>(_: Scalar.Type) {
      forEachTensor(seed: UInt64(scalar), Scalar.drawn(using:)) { x, elements, _, context in
        var groups: [[Int]] = []
        for position in order(of: elements) {
          if let first = groups.last?.first,
            !Scalar.isOrdered(elements[first], before: elements[position])
          {
            groups[groups.count - 1].append(position)
          } else {
            groups.append([position])
          }
        }
        let all = x.uniqueElements()
        #expect(sameBits(x.unique().scalars, groups.map { elements[$0[0]] }), "\(context)")
        #expect(sameBits(all.values.scalars, groups.map { elements[$0[0]] }), "\(context)")
        #expect(all.indices.scalars == groups.map { Int64($0[0]) }, "\(context)")
        #expect(all.counts.scalars == groups.map { Int64($0.count) }, "\(context)")
        var inverse = [Int64](repeating: 0, count: elements.count)
        for (number, group) in groups.enumerated() {
          for position in group { inverse[position] = Int64(number) }
        }
        #expect(all.inverse.scalars == inverse && all.inverse.shape == x.shape, "\(context)")
      }
    }
    check(orderedScalars[scalar])
  }

  @Test(arguments: orderedScalars.indices)
  func searchSorted(_ scalar: Int) {
    func check<Scalar: OrderedScalar>(_: Scalar.Type) {
      forEachTensor(seed: 20 + UInt64(scalar), Scalar.drawn(using:)) { x, _, random, context in
        var shape = Array(x.shape)
        if shape.count > 1 { shape[shape.count - 1] = Int.random(in: 0...6, using: &random) }
        let values: Tensor<Scalar> = Arrangement.allCases.randomElement(using: &random)!.tensor(
          shape, using: &random, Scalar.drawn(using:))
        let sorted = x.sorted()
        let rows = sorted.scalars
        let wanted = elements(of: values)
        let (extent, columns) = (x.shape[-1], shape.last!)
        for side in [SearchSide.left, .right] {
          let expected = wanted.indices.map { index in
            let start = columns == 0 ? 0 : index / columns * extent
            return Int64(
              rows[start..<start + extent].filter {
                side == .left
                  ? Scalar.isOrdered($0, before: wanted[index])
                  : !Scalar.isOrdered(wanted[index], before: $0)
              }.count)
          }
          let positions = sorted.searchSorted(values, side: side)
          #expect(positions.scalars == expected && positions.shape == values.shape, "\(context)")
        }
        // A vector takes values of any shape.
        let vector = Tensor(rows.isEmpty ? [] : Array(rows.prefix(extent)))
        #expect(vector.searchSorted(values).shape == values.shape)
      }
    }
    check(orderedScalars[scalar])
  }

  @Test func counts() {
    func check<Scalar: NumericScalar & FixedWidthInteger>(_: Scalar.Type) {
      let small: (inout TestRandom) -> Scalar = { Scalar(Int.random(in: 0...6, using: &$0)) }
      forEachTensor(seed: 40, small) { x, elements, random, context in
        let minimum = Int.random(in: 0...9, using: &random)
        let length = max(minimum, (elements.max().map { Int($0) } ?? -1) + 1)
        let expected = (0..<length).map { k in Int64(elements.filter { Int($0) == k }.count) }
        #expect(x.counts(minimumLength: minimum).scalars == expected, "\(context)")
        let weights: Tensor<Float> = Arrangement.transposed.tensor(
          Array(x.shape), using: &random
        ) { Float(Int.random(in: -8...8, using: &$0)) / 4 }
        let sums = (0..<length).map { k in
          zip(elements, weights.scalars).reduce(Float(0)) { Int($1.0) == k ? $0 + $1.1 : $0 }
        }
        #expect(x.counts(weights: weights, minimumLength: minimum).scalars == sums, "\(context)")
      }
    }
    check(Int32.self)
    check(Int64.self)
    check(UInt8.self)
    #expect(Tensor<UInt8>([255]).counts().count == 256)
  }

  @Test func histograms() {
    func check<Scalar: FloatingPointScalar & OrderedScalar>(_: Scalar.Type) {
      forEachTensor(seed: 50, Scalar.drawn(using:)) { x, elements, random, context in
        let bins = Int.random(in: 1...7, using: &random)
        let even = x.histogram(bins: bins, range: -3...4)
        #expect(even.edges.scalars.first == -3 && even.edges.scalars.last == 4)
        #expect(even.counts.scalars == numbers(of: elements, between: even.edges), "\(context)")
        let edges = Tensor<Scalar>([-50, -3, -3, 0, 1.5, 2, 2])
        let given = x.histogram(edges: edges)
        #expect(given.counts.scalars == numbers(of: elements, between: edges), "\(context)")
        let finite = elements.filter { $0.isFinite && abs($0) < 1e30 }
        let own = Tensor(finite).histogram(bins: bins)
        #expect(own.counts.scalars == numbers(of: finite, between: own.edges), "\(context)")
        #expect(own.counts.sum().item == Int64(finite.count))
      }
    }
    check(Float.self)
    check(Double.self)
    let bytes = Tensor<UInt8>([0, 1, 2, 255, 255])
    #expect(bytes.histogram(bins: 3).counts.scalars == [3, 0, 2])
    #expect(bytes.histogram(edges: Tensor([0, 1, 200])).counts.scalars == [1, 2])
  }

  private func numbers<Scalar: FloatingPointScalar>(
    of elements: [Scalar], between edges: Tensor<Scalar>
  ) -> [Int64] {
    let edges = edges.scalars
    return (1..<edges.count).map { bin in
      Int64(
        elements.filter {
          $0 >= edges[bin - 1]
            && ($0 < edges[bin] || (bin == edges.count - 1 && $0 == edges[bin]))
        }.count)
    }
  }

  // Large tensors are counted in parts.
  @Test func partsAddUp() {
    let count = 70_000
    let x = Tensor<Int32>(unsafeUninitialized: [count]) { buffer in
      for index in 0..<count { buffer[index] = Int32(index % 7) }
    }
    let expected = (0..<7).map { Int64((count - $0 + 6) / 7) }
    #expect(x.counts().scalars == expected)
    #expect(x.histogram(bins: 7).counts.scalars == expected)
    #expect(x.counts(minimumLength: 5_000).scalars.prefix(7) == expected[...])
    let positions = Tensor<Int32>.range(to: 7).searchSorted(x)
    #expect(positions.counts().scalars == expected)
  }
}

struct OrderingGoldenTests {
  @Test(arguments: OrderingGoldens.orders)
  func order(_ golden: OrderingGoldens.Order) {
    func check<Scalar: FloatingPointScalar & OrderedScalar>(_: Scalar.Type) {
      let x = Tensor(golden.x.map { Scalar($0) })
      let all = x.uniqueElements()
      #expect(sameNumbers(x.sorted().scalars, golden.sorted))
      #expect(x.argsort().scalars == golden.argsort)
      #expect(sameNumbers(all.values.scalars, golden.unique))
      #expect(all.indices.scalars == golden.indices && all.inverse.scalars == golden.inverse)
      #expect(all.counts.scalars == golden.counts)
    }
    check(Float.self)
    check(Double.self)
  }

  /// Equal, the sign of zeros among it, or both NaN.
  private func sameNumbers<Scalar: FloatingPointScalar>(_ a: [Scalar], _ b: [Double]) -> Bool {
    a.count == b.count
      && zip(a, b).allSatisfy {
        ($0.isNaN && $1.isNaN) || (Double($0) == $1 && $0.sign == $1.sign)
      }
  }

  @Test(arguments: OrderingGoldens.searches)
  func search(_ golden: OrderingGoldens.Search) {
    let row = Tensor(golden.row)
    #expect(row.searchSorted(Tensor(golden.values)).scalars == golden.left)
    #expect(row.searchSorted(Tensor(golden.values), side: .right).scalars == golden.right)
  }

  @Test(arguments: OrderingGoldens.histograms)
  func histogram(_ golden: OrderingGoldens.Bins) {
    let histogram = Tensor(golden.x).histogram(bins: golden.bins, range: golden.range)
    #expect(histogram.counts.scalars == golden.counts)
    #expect(histogram.edges.scalars == golden.edges)
  }
}

extension MisuseTests {
  static let searching: [Misuse] = [
    .init(
      "searchSorted: values of shape [2, 3] do not fit shape [3, 3]; a vector is needed, or rows for "
        + "which all extents but the last are equal"
    ) { _ = Tensor<Float>.zeros([3, 3]).searchSorted(.zeros([2, 3])) },
    .init(
      "searchSorted: values of shape [] do not fit shape []; a vector is needed, or rows for which "
        + "all extents but the last are equal"
    ) { _ = Tensor<Float>(1).searchSorted(Tensor(1)) },
    .init("counts: element -2 at position 3 is negative") {
      _ = Tensor<Int32>([0, 1, 5, -2, -3], shape: [5, 1]).counts()
    },
    .init("counts: minimumLength must not be negative, got -1") {
      _ = Tensor<UInt8>([1]).counts(minimumLength: -1)
    },
    .init("counts: weights of shape [2] do not fit shape [3]") {
      _ = Tensor<Int64>([0, 1, 2]).counts(weights: Tensor<Float>([1, 2]))
    },
    .init("histogram: at least 1 bin is needed, got 0") {
      _ = Tensor<Float>([1]).histogram(bins: 0)
    },
    .init("histogram: a finite range is needed, got 0.0...inf") {
      _ = Tensor<Float>([1]).histogram(range: 0...Float.infinity)
    },
    .init(
      "histogram: element nan at position 2 has no place in a finite range; give a range to leave it "
        + "out"
    ) { _ = Tensor<Float>([1, 2, .nan]).histogram() },
    .init(
      "histogram: 10 bins are too many for 1.0...1.0000001: float32 cannot tell their edges apart"
    ) { _ = Tensor<Float>([1]).histogram(range: 1...Float(1).nextUp) },
    .init("histogram: a vector of at least 2 edges is needed, got shape [1]") {
      _ = Tensor<Double>([1]).histogram(edges: Tensor([1]))
    },
    .init("histogram: edge 1.0 at position 2 is out of order") {
      _ = Tensor<Double>([1]).histogram(edges: Tensor([0, 2, 1]))
    },
  ]
}
