import Foundation
import Tensor
import Testing

/// Draws against their distributions. The seeds are fixed, so that a test passes always or never.
struct DistributionTests {
  /// χ² of counts against probabilities is below about its 99.99th percentile.
  private func expectFit(_ counts: [Int], _ probabilities: [Double], _ context: String) {
    let total = Double(counts.reduce(0, +))
    var chiSquare = 0.0
    for (count, probability) in zip(counts, probabilities) {
      if probability == 0 {
        #expect(count == 0, "\(context)")
      } else {
        let expected = total * probability
        chiSquare += pow(Double(count) - expected, 2) / expected
      }
    }
    let freedom = Double(probabilities.count { $0 > 0 } - 1)
    #expect(chiSquare <= freedom + 4 * (2 * freedom).squareRoot() + 10, "\(context) \(chiSquare)")
  }

  /// The largest distance of the empirical distribution from the true one (Kolmogorov, Smirnov): for
  /// n numbers above 2.2 / √n once in 10,000 cases.
  private func expectFit(_ values: [Double], _ context: String, _ below: (Double) -> Double) {
    let n = Double(values.count)
    var distance = 0.0
    for (index, value) in values.sorted().enumerated() {
      let place = below(value)
      distance = max(distance, abs(place - Double(index) / n), abs(place - Double(index + 1) / n))
    }
    #expect(distance < 2.2 / n.squareRoot(), "\(context) \(distance)")
  }

  @Test func uniformAndNormalDistributions() {
    var random = RandomGenerator(seed: 101)
    let uniform = Tensor<Float>.uniform([4_001], in: -1..<3, using: &random).scalars
    expectFit(uniform.map { Double($0) }, "uniform") { ($0 + 1) / 4 }
    let normal = Tensor<Double>.normal([4_001], mean: 1, standardDeviation: 2, using: &random)
    expectFit(normal.scalars, "normal") { 0.5 * erfc(-($0 - 1) / 8.0.squareRoot()) }
  }

  @Test(arguments: [(-2.0, 2.0), (-1, 3), (0.5, 0.75), (4, 9), (-9, -5), (20, 21), (-0.5, 40)])
  func truncatedNormal(lower: Double, upper: Double) {
    func check<Scalar: FloatingPointScalar>(_: Scalar.Type) {
      var random = RandomGenerator(seed: 103)
      let values = Tensor<Scalar>.truncatedNormal(
        [2_001], mean: 5, standardDeviation: 2, within: Scalar(lower)...Scalar(upper),
        using: &random
      ).scalars.map { (Double($0) - 5) / 2 }
      #expect(values.allSatisfy { $0 >= lower - 1e-6 && $0 <= upper + 1e-6 })
      // In the tail nearer to 0, so that no digits are lost.
      func tail(_ x: Double) -> Double { 0.5 * erfc((lower > 0 ? x : -x) / 2.0.squareRoot()) }
      expectFit(values, "\(Scalar.self) \(lower)...\(upper)") {
        (tail($0) - tail(lower)) / (tail(upper) - tail(lower))
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func quantiles() {
    for (p, x) in NormalGoldens.quantiles {
      let value = NormalDistribution.quantile(p)
      #expect(abs(value - x) <= 4e-15 * max(1e-3, abs(x)), "\(p): \(value), not \(x)")
    }
    #expect(NormalDistribution.quantile(0) == -.infinity)
    #expect(NormalDistribution.quantile(1) == .infinity)
    #expect(NormalDistribution.quantile(0.5) == 0)
  }

  @Test func bernoulli() {
    var random = RandomGenerator(seed: 107)
    for probability in [0, 0.1, 0.5, 0.999, 1] {
      let draws = Tensor<Bool>.bernoulli([5_001], probability: probability, using: &random).scalars
      let ones = draws.count { $0 }
      expectFit([ones, 5_001 - ones], [probability, 1 - probability], "\(probability)")
    }
    let probabilities = Tensor<Float>([0, 1, 0.25], shape: [3, 1]).broadcast(to: [3, 4_000])
    var same = random
    let draws = Tensor<Bool>.bernoulli(probabilities: probabilities, using: &random)
    #expect(draws.shape == [3, 4_000])
    let ones = (0..<3).map { row in draws[row].scalars.count { $0 } }
    #expect(ones[0] == 0 && ones[1] == 4_000 && abs(ones[2] - 1_000) < 110)
    // One probability for all draws as many of their own do.
    let quarter = Tensor<Double>(repeating: 0.25, shape: [99])
    var other = same
    #expect(
      Tensor<Bool>.bernoulli([99], probability: 0.25, using: &same)
        == Tensor<Bool>.bernoulli(probabilities: quarter, using: &other))
    #expect(same == other)
  }

  @Test func integers() {
    func check<Scalar: NumericScalar & FixedWidthInteger>(_: Scalar.Type, _ low: Scalar) {
      var random = RandomGenerator(seed: 109)
      for span in [1, 2, 3, 7, 100] {
        let draws = Tensor<Scalar>.integers(
          [4_001], in: low..<low + Scalar(span), using: &random
        ).scalars
        var counts = [Int](repeating: 0, count: span)
        for draw in draws { counts[Int(draw - low)] += 1 }
        expectFit(
          counts, Array(repeating: 1 / Double(span), count: span), "\(Scalar.self) \(span)")
      }
      let all = Tensor<Scalar>.integers([2_000], in: .min ... .max, using: &random).scalars
      var bits = [Int](repeating: 0, count: Scalar.bitWidth)
      for value in all {
        for bit in bits.indices { bits[bit] += Int(truncatingIfNeeded: value >> Scalar(bit) & 1) }
      }
      #expect(bits.allSatisfy { abs($0 - 1_000) < 110 }, "\(Scalar.self) \(bits)")
    }
    check(Int32.self, -5)
    check(Int64.self, .min)
    check(UInt8.self, 3)
    // Spans just above half of all words: every other word is drawn again.
    var random = RandomGenerator(seed: 113)
    let half = Int64(1) << 31
    let narrow = Tensor<Int64>.integers([3_001], in: 0...half, using: &random).scalars
    expectFit(narrow.map { Double($0) }, "32 bits") { $0 / Double(half) }
    let wide = Tensor<Int64>.integers([3_001], in: -1...(.max), using: &random).scalars
    expectFit(wide.map { Double($0) }, "64 bits") { $0 / 0x1p63 }
    #expect(Set(narrow).count > 2_990 && Set(wide).count == 3_001)
    // One range, one sequence of numbers, whatever the scalar.
    var (one, two) = (random, random)
    let ints = Tensor<Int32>.integers([50], in: 0..<9, using: &one)
    #expect(Tensor<UInt8>.integers([50], in: 0...8, using: &two) == Tensor<UInt8>(ints))
    #expect(one == two)
  }

  @Test func permutationsAndShuffles() {
    var random = RandomGenerator(seed: 127)
    for count in [0, 1, 2, 129, 400] {
      var copy = random
      let order = Tensor<Int64>.permutation(count, using: &random)
      #expect(order.sorted() == Tensor((0..<Int64(count)).map { $0 }))
      #expect(copy.permutation(count).map { Int64($0) } == order.scalars && copy == random)
      // An odd place in the sequence.
      _ = random.next()
    }
    let x = Tensor<Float>.range(to: 12).reshaped(to: [4, 3] as Shape)
    let rows = x.shuffled(using: &random)
    #expect(rows.sorted(axis: 0) == x && rows[0..., 1] - rows[0..., 0] == .ones([4]))
    let columns = x.shuffled(axis: -1, using: &random)
    #expect(columns.sorted(axis: 1) == x)
    #expect(columns[1] - columns[0] == Tensor(repeating: 3, shape: [3]))
  }

  @Test func categorical() {
    var random = RandomGenerator(seed: 131)
    let weights: [Float] = [0, 1, 3, 0, 4, 0]
    let rows = Tensor<Float>(weights + weights.reversed(), shape: [2, 6])
    let draws = Tensor<Int32>.categorical(weights: rows, count: 3_000, using: &random)
    #expect(draws.shape == [2, 3_000])
    let logits = rows.log() + 700
    let others = Tensor<Int64>.categorical(logits: logits, count: 3_000, using: &random)
    for row in 0..<2 {
      let probabilities = rows[row].scalars.map { Double($0) / 8 }
      for part in [draws[row].counts(minimumLength: 6), others[row].counts(minimumLength: 6)] {
        expectFit(part.scalars.map { Int($0) }, probabilities, "row \(row)")
      }
    }
    #expect(Tensor<Int64>.categorical(weights: rows, using: &random).shape == [2, 1])
    #expect(Tensor<Int64>.categorical(weights: rows[0], count: 0, using: &random).shape == [0])
    #expect(
      Tensor<Int64>.categorical(weights: Tensor<Float>.ones([0, 3]), using: &random).shape == [
        0, 1,
      ])
  }

  @Test func categoricalWithoutReplacement() {
    var random = RandomGenerator(seed: 137)
    let weights: [Double] = [5, 0, 2, 3]
    let rows = Tensor<Double>(weights).broadcast(to: [6_000, 4])
    for areLogits in [false, true] {
      let draws =
        areLogits
        ? Tensor<Int64>.categorical(logits: rows.log(), count: 2, replacing: false, using: &random)
        : Tensor<Int64>.categorical(weights: rows, count: 2, replacing: false, using: &random)
      var counts = [Int](repeating: 0, count: 16)
      for row in 0..<6_000 {
        counts[Int(draws.scalars(row, 0)) * 4 + Int(draws.scalars(row, 1))] += 1
      }
      // One draw after another: wᵢ / Σ w, then wⱼ of what is left.
      let probabilities = (0..<16).map { pair in
        let (i, j) = (pair / 4, pair % 4)
        return i == j ? 0 : weights[i] / 10 * weights[j] / (10 - weights[i])
      }
      expectFit(counts, probabilities, "logits: \(areLogits)")
    }
    let all = Tensor<Int32>.categorical(
      weights: Tensor<Float>.ones([50]), count: 50, replacing: false, using: &random)
    #expect(all.sorted() == Tensor<Int32>.range(to: 50))
  }

  // Draws that are large enough for several pieces.
  @Test func resultsHangOnNoThreadCount() {
    let count = 40_001
    func draw() -> [[UInt8]] {
      var random = RandomGenerator(seed: 139)
      let parts: [[UInt8]] = [
        bytes(Tensor<Float>.uniform([count], using: &random)),
        bytes(Tensor<Float>.normal([count], using: &random)),
        bytes(Tensor<Bool>.bernoulli([count], probability: 0.3, using: &random)),
        bytes(Tensor<Int32>.integers([count], in: 0..<1_000_000, using: &random)),
        bytes(Tensor<Double>.uniform([3], using: &random)),
      ]
      return parts
    }
    let all = ThreadPool.threadCount
    defer { ThreadPool.threadCount = all }
    ThreadPool.threadCount = 1
    let alone = draw()
    ThreadPool.threadCount = 4
    #expect(draw() == alone)
    // A tensor is the start of a larger one.
    var (one, two) = (RandomGenerator(seed: 149), RandomGenerator(seed: 149))
    let small = Tensor<Float>.normal([301], using: &one)
    #expect(Tensor<Float>.normal([20_000], using: &two)[0..<301] == small)
  }

  private func bytes<Scalar>(_ tensor: Tensor<Scalar>) -> [UInt8] {
    tensor.withUnsafeBufferPointer { Array(UnsafeRawBufferPointer($0)) }
  }

  @Test func theCodedFormStays() throws {
    let text = #"{"key":18446744073709551615,"stream":2,"position":3}"#
    var random = try JSONDecoder().decode(RandomGenerator.self, from: Data(text.utf8))
    let block = RandomGenerator.block(key: .max, counter: (1, 2))
    #expect(random.next() == block.1)
    let coded = try JSONSerialization.jsonObject(with: JSONEncoder().encode(random))
    #expect(coded as? [String: UInt64] == ["key": .max, "stream": 2, "position": 4])
  }
}

extension Tensor {
  fileprivate func scalars(_ row: Int, _ column: Int) -> Scalar { self[row, column].item }
}

extension MisuseTests {
  private static func generator() -> RandomGenerator { RandomGenerator(seed: 1) }

  static let random: [Misuse] = [
    .init("normal: a standard deviation of at least 0 is needed, got -1.0") {
      var random = generator()
      _ = Tensor<Float>.normal([2], standardDeviation: -1, using: &random)
    },
    .init("truncatedNormal: a standard deviation of at least 0 is needed, got nan") {
      var random = generator()
      _ = Tensor<Float>.truncatedNormal([2], standardDeviation: .nan, using: &random)
    },
    .init("truncatedNormal: the normal distribution has no part within 50.0...60.0") {
      var random = generator()
      _ = Tensor<Float>.truncatedNormal([2], within: 50...60, using: &random)
    },
    .init("bernoulli: a probability of 0...1 is needed, got 1.5") {
      var random = generator()
      _ = Tensor<Bool>.bernoulli([2], probability: 1.5, using: &random)
    },
    .init("bernoulli: probability -0.5 at position 2 is not in 0...1") {
      var random = generator()
      _ = Tensor<Bool>.bernoulli(probabilities: Tensor<Float>([0, 1, -0.5]), using: &random)
    },
    .init("integers: a range that is not empty is needed, got 3..<3") {
      var random = generator()
      _ = Tensor<Int32>.integers([2], in: 3..<3, using: &random)
    },
    .init("permutation: int32 has no -1 positions") {
      var random = generator()
      _ = Tensor<Int32>.permutation(-1, using: &random)
    },
    .init("shuffled: axis 0 is out of range for shape []") {
      var random = generator()
      _ = Tensor<Float>(1).shuffled(using: &random)
    },
    .init("categorical: weight nan at position 4 is negative or not finite") {
      var random = generator()
      _ = Tensor<Int32>.categorical(
        weights: Tensor<Float>([1, 2, 3, 4, .nan, 6], shape: [2, 3]), using: &random)
    },
    .init("categorical: logit nan at position 1 is nan or inf") {
      var random = generator()
      _ = Tensor<Int32>.categorical(logits: Tensor<Double>([1, .nan]), using: &random)
    },
    .init("categorical: the weights of row 1 sum to 0") {
      var random = generator()
      _ = Tensor<Int32>.categorical(
        weights: Tensor<Float>([1, 2, 0, 0], shape: [2, 2]), using: &random)
    },
    .init(
      "categorical: 2 draws without replacement from row 0, which has 1 classes of positive weight"
    ) {
      var random = generator()
      _ = Tensor<Int32>.categorical(
        weights: Tensor<Float>([0, 2]), count: 2, replacing: false, using: &random)
    },
    .init("categorical: an axis of classes is needed, got shape []") {
      var random = generator()
      _ = Tensor<Int32>.categorical(weights: Tensor<Float>(1), using: &random)
    },
    .init("categorical: count must not be negative, got -1") {
      var random = generator()
      _ = Tensor<Int32>.categorical(weights: Tensor<Float>([1]), count: -1, using: &random)
    },
  ]
}
