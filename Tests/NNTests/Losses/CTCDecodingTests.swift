import NN
import Tensor
import Testing

@Suite struct CTCDecodingTests {
  @Test func greedyDecodingMergesThenRemovesBlanks() {
    let paths: [[Int32]] = [[1, 1, 0, 1, 2, 2], [0, 0, 0, 0, 0, 0], [2, 1, 1, 0, 0, 2]]
    let frames = Tensor<Int32>.stacked(paths.map { Tensor($0) }, axis: 1)
    let scores = Tensor<Float>.oneHot(frames, depth: 3)
    #expect(ctcGreedyDecoding(scores) == [[1, 1, 2], [], [2, 1, 2]])
    #expect(
      ctcGreedyDecoding(scores, inputLengths: [2, 0, 5], blank: 0) == [[1], [], [2, 1]])
    #expect(ctcGreedyDecoding(scores, blank: 2)[0] == [1, 0, 1])
    #expect(ctcGreedyDecoding(Tensor<Float>.zeros([0, 2, 3])) == [[], []])
  }

  // MARK: Beam search

  /// The labels that a path spells.
  private static func spelled(_ path: [Int], blank: Int) -> [Int32] {
    path.indices.filter { path[$0] != blank && ($0 == 0 || path[$0] != path[$0 - 1]) }
      .map { Int32(path[$0]) }
  }

  /// The probability of all labels, from every path there is, the likeliest first.
  private static func bruteForce(
    _ scores: [[Double]], blank: Int
  ) -> [(labels: [Int32], probability: Double)] {
    let classes = scores[0].count
    var paths: [([Int], Double)] = [([], 1)]
    for frame in scores {
      paths = paths.flatMap { path, probability in
        (0..<classes).map { (path + [$0], probability * frame[$0]) }
      }
    }
    var sums: [[Int32]: Double] = [:]
    for (path, probability) in paths {
      sums[spelled(path, blank: blank), default: 0] += probability
    }
    return sums.sorted { $0.value > $1.value }.map { ($0.key, $0.value) }
  }

  @Test(arguments: [0, 1, 2], [1, 2, 4, 5])
  func beamSearchFindsWhatAllPathsSpell(_ blank: Int, _ frames: Int) {
    var random = RandomGenerator(seed: UInt64(10 * blank + frames))
    let probabilities = Tensor<Double>.normal([frames, 3, 3], using: &random).softmax(axis: 2)
    let found = ctcBeamSearchDecoding(
      probabilities.log(), beamWidth: 1000, count: 1000, blank: blank)
    for row in 0..<3 {
      let scores = (0..<frames).map { probabilities[$0, row].scalars }
      let expected = Self.bruteForce(scores, blank: blank)
      #expect(found[row].map(\.labels) == expected.map(\.labels))
      for (mine, its) in zip(found[row], expected) {
        #expect(abs(mine.logProbability - its.probability.logarithm) < 1e-12)
      }
    }
  }

  // The likeliest path is all blanks, with 0.36; the label by any path has 0.64.
  @Test func beamSearchMergesWhatGreedyDecodingMisses() {
    let scores = Tensor<Float>([0.6, 0.4, 0.6, 0.4], shape: [2, 1, 2]).log()
    #expect(ctcGreedyDecoding(scores) == [[]])
    let found = ctcBeamSearchDecoding(scores, count: 2)[0]
    #expect(found.map(\.labels) == [[1], []])
    #expect(abs(found[0].logProbability - 0.64.logarithm) < 1e-6)
    // A beam of one follows the likeliest beginning, which is the empty one.
    #expect(ctcBeamSearchDecoding(scores, beamWidth: 1)[0].map(\.labels) == [[]])
  }

  @Test func beamSearchAgreesWithTheLoss() {
    var random = RandomGenerator(seed: 3)
    let scores = (3 * Tensor<Double>.normal([12, 2, 6], using: &random)).logSoftmax(axis: 2)
    let lengths = [12, 7]
    let found = ctcBeamSearchDecoding(scores, inputLengths: lengths, beamWidth: 2000, count: 3)
    for row in 0..<2 {
      #expect(found[row].count == 3)
      #expect(found[row][0].logProbability >= found[row][1].logProbability)
      let labels = found[row][0].labels
      let loss = ctcLoss(
        Variable(scores[.all, row..<row + 1]), Tensor(labels, shape: [1, labels.count]),
        inputLengths: [lengths[row]], targetLengths: [labels.count], reduction: .sum)
      // What fell out of the beam is less than the rest.
      #expect(abs(found[row][0].logProbability + loss.item) < 1e-3)
    }
  }

  @Test func beamSearchWithoutFramesOrPaths() {
    let none = ctcBeamSearchDecoding(Tensor<Float>.zeros([0, 2, 3]))
    #expect(none.count == 2 && none.allSatisfy { $0.count == 1 && $0[0].labels.isEmpty })
    #expect(none[0][0].logProbability == 0)
    #expect(ctcBeamSearchDecoding(Tensor<Float>.zeros([2, 0, 3])).isEmpty)
    let impossible = Tensor<Float>(repeating: -.infinity, shape: [2, 1, 3])
    #expect(ctcBeamSearchDecoding(impossible) == [[]])
    let scores = Tensor<Float>([.nan, 0, -.infinity], shape: [1, 1, 3])
    #expect(ctcBeamSearchDecoding(scores)[0].map(\.labels) == [[1]])
  }

  @Test func decodingMistakesStop() async {
    let widths = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = ctcBeamSearchDecoding(Tensor<Float>.zeros([2, 1, 3]), beamWidth: 2, count: 3) }
    expectMessage(
      widths,
      "ctcBeamSearchDecoding: the beam width must be positive and the count in 1...beamWidth, got "
        + "2 and 3")
    let blank = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = ctcBeamSearchDecoding(Tensor<Float>.zeros([2, 1, 3]), blank: 3) }
    expectMessage(blank, "ctcBeamSearchDecoding: the blank 3 is outside 0..<3")
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = ctcGreedyDecoding(Tensor<Float>.zeros([2, 1, 3]), inputLengths: [3]) }
    expectMessage(result, "ctcGreedyDecoding: input lengths [3] do not fit scores [2, 1, 3]")
  }
}

extension Double {
  fileprivate var logarithm: Double { Variable<Double>(self).log().item }
}
