import Foundation
import Tensor
import Testing

struct RandomTests {
  // The known answers of the authors' library Random123, file kat_vectors.
  @Test(
    arguments: [
      (
        [0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
      ),
      (
        [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff], [0xffff_ffff, 0xffff_ffff],
        [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
      ),
      (
        [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
      ),
    ] as [([UInt64], [UInt64], [UInt64])])
  func philoxGivesTheKnownAnswers(counter: [UInt64], key: [UInt64], answer: [UInt64]) {
    func joined(_ words: ArraySlice<UInt64>) -> UInt64 { words.first! | words.last! << 32 }
    let (low, high) = RandomGenerator.block(
      key: joined(key[...]), counter: (joined(counter[..<2]), joined(counter[2...])))
    #expect(low == joined(answer[..<2]) && high == joined(answer[2...]))
  }

  @Test func aSeedIsASequence() {
    var random = RandomGenerator(seed: 0)
    #expect(random.next() == 0xe169_c58d_6627_e8d5)
    #expect(random.next() == 0x9b00_dbd8_bc57_ac4c)
    var other = RandomGenerator(seed: 1)
    var same = RandomGenerator(seed: 0)
    #expect(other.next() != same.next())
    var later = RandomGenerator(seed: 0)
    _ = later.next()
    #expect(later == same && later != RandomGenerator(seed: 0))
  }

  @Test func continuesAfterCoding() throws {
    var random = RandomGenerator(seed: .max)
    for count in 0..<5 {
      _ = random.next()
      _ = Tensor<Float>.normal([count], using: &random)
      let data = try JSONEncoder().encode(random)
      var copy = try JSONDecoder().decode(RandomGenerator.self, from: data)
      #expect(copy == random)
      #expect((0..<9).map { _ in copy.next() } == (0..<9).map { _ in random.next() })
    }
  }

  @Test func splitsAreUnrelated() {
    var random = RandomGenerator(seed: 7)
    var first = random.split()
    var second = random.split()
    var nested = first.split()
    let draws = [
      (0..<1_000).map { _ in random.next() }, (0..<1_000).map { _ in first.next() },
      (0..<1_000).map { _ in second.next() }, (0..<1_000).map { _ in nested.next() },
    ]
    #expect(Set(draws.joined()).count == 4_000)
    for left in 0..<4 {
      for right in 0..<left {
        // Bits that agree: 32,000 of 64,000, with a standard deviation of 126.
        let equal = zip(draws[left], draws[right]).reduce(0) {
          $0 + 64 - ($1.0 ^ $1.1).nonzeroBitCount
        }
        #expect(abs(equal - 32_000) < 600)
      }
    }
    var again = RandomGenerator(seed: 7)
    var repeated = again.split()
    _ = repeated.split()
    #expect(repeated.next() == draws[1][0])
  }

  @Test func numbersBelowABoundAreUniform() {
    var random = RandomGenerator(seed: 11)
    for bound in [1, 2, 3, 7, 100] {
      var counts = [Int](repeating: 0, count: bound)
      let draws = 20_000
      for _ in 0..<draws { counts[random.next(below: bound)] += 1 }
      let expected = Double(draws) / Double(bound)
      let chiSquare = counts.reduce(0) { $0 + pow(Double($1) - expected, 2) / expected }
      // The 99.99th percentile of χ² is below n + 4√(2n) + 10 for n degrees of freedom.
      let freedom = Double(bound - 1)
      #expect(chiSquare <= freedom + 4 * (2 * freedom).squareRoot() + 10, "below \(bound)")
    }
    // A bound that does not divide 2⁶⁴: the remainder would favour the low third.
    let bound = Int.max / 2 + Int.max / 4
    let low = (0..<3_000).filter { _ in random.next(below: bound) < bound / 3 }.count
    #expect(abs(low - 1_000) < 130)
  }

  @Test func permutations() {
    var random = RandomGenerator(seed: 13)
    for count in [0, 1, 2, 50] {
      #expect(random.permutation(count).sorted() == Array(0..<count))
    }
    var counts: [[Int]: Int] = [:]
    for _ in 0..<6_000 { counts[random.permutation(3), default: 0] += 1 }
    #expect(counts.count == 6 && counts.values.allSatisfy { abs($0 - 1_000) < 150 })
  }

  @Test func uniformNumbers() {
    uniformNumbers(Float.self)
    uniformNumbers(Double.self)
  }

  private func uniformNumbers<Scalar: FloatingPointScalar>(_: Scalar.Type) {
    var random = RandomGenerator(seed: 17)
    let one: Scalar = 1
    let ranges: [Range<Scalar>] = [0..<1, -3..<5, one..<one.nextUp, 1_000_000..<1_000_001]
    for range in ranges {
      let values = Tensor<Scalar>.uniform([50_001], in: range, using: &random).scalars
      #expect(values.allSatisfy { range.contains($0) }, "\(range)")
    }
    let values = Tensor<Scalar>.uniform([100_000], using: &random).scalars.map { Double($0) }
    let mean = values.reduce(0, +) / 100_000
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 100_000
    #expect(abs(mean - 0.5) < 0.004 && abs(variance - 1.0 / 12) < 0.001)
    var counts = [Int](repeating: 0, count: 10)
    for value in values { counts[Int(value * 10)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 450 })
  }

  @Test func normalNumbers() {
    normalNumbers(Float.self)
    normalNumbers(Double.self)
  }

  private func normalNumbers<Scalar: FloatingPointScalar>(_: Scalar.Type) {
    var random = RandomGenerator(seed: 19)
    let values = Tensor<Scalar>.normal(
      [1_001, 100], mean: 2, standardDeviation: 3, using: &random
    ).scalars.map { (Double($0) - 2) / 3 }
    func moment(_ power: Int) -> Double {
      values.reduce(0) { $0 + pow($1, Double(power)) } / Double(values.count)
    }
    #expect(abs(moment(1)) < 0.015 && abs(moment(2) - 1) < 0.02)
    #expect(abs(moment(3)) < 0.05 && abs(moment(4) - 3) < 0.12)
    let within = values.filter { abs($0) < 1 }.count
    #expect(abs(Double(within) / Double(values.count) - 0.6827) < 0.006)
    // Neighbours, which one block makes, are independent.
    let product = stride(from: 0, to: 100_000, by: 2).reduce(0.0) {
      $0 + values[$1] * values[$1 + 1]
    }
    #expect(abs(product / 50_000) < 0.018)
  }

  @Test func everyTensorContinuesTheSequence() {
    var random = RandomGenerator(seed: 23)
    let first = Tensor<Float>.uniform([3], using: &random)
    let second = Tensor<Float>.uniform([3], using: &random)
    #expect(Set(first.scalars + second.scalars).count == 6)
    #expect(Tensor<Float>.normal([0, 2], using: &random).shape == [0, 2])
    // Both precisions see the same numbers.
    var one = RandomGenerator(seed: 29)
    var two = one
    let floats = Tensor<Float>.normal([9], using: &one).scalars
    let doubles = Tensor<Double>.normal([9], using: &two).scalars
    #expect(floats == doubles.map { Float($0) })
    #expect(one == two)
  }
}
