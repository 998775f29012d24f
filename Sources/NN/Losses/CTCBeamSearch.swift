import Tensor

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Labels that frames may spell, with their probability.
public struct CTCHypothesis: Equatable, Sendable {
  public let labels: [Int32]
  /// The logarithm of the probability of all paths that spell the labels and were followed; with a beam
  /// that is wide enough, minus the `ctcLoss` of these labels.
  public let logProbability: Double
}

/// The likeliest labels of each sequence by a search that follows the `beamWidth` likeliest beginnings
/// from frame to frame (A. Graves, 2012; A. Hannun et al., 2014).
///
/// Paths that spell the same labels so far are merged: a beginning has the probability of all of them,
/// those that end in a blank apart from the others, since only after a blank a label is repeated. So
/// this finds labels that are likely by many paths, where `ctcGreedyDecoding` finds those of the one
/// likeliest path. Of equally likely ones the beginning that was there first counts, then the smaller
/// label. Takes about frames · `beamWidth` · classes steps for each sequence, in `Double`.
///
/// - Parameters:
///   - logProbabilities: Of shape [frames, n, classes], such as from `logSoftmax`; classes whose
///     logarithm is −∞ or NaN are passed over.
///   - inputLengths: The number of frames of each sequence; all of them by default.
///   - beamWidth: How many beginnings are followed; 100 by default.
///   - count: How many hypotheses are wanted, at most `beamWidth`; 1 by default.
///   - blank: The class of the blank; 0 by default.
/// - Returns: For each sequence at most `count` hypotheses, the likeliest first; none if no path is
///   possible. Stops with a message if shapes, lengths or numbers do not fit.
public func ctcBeamSearchDecoding<Scalar: FloatingPointScalar>(
  _ logProbabilities: Tensor<Scalar>, inputLengths: [Int]? = nil, beamWidth: Int = 100,
  count: Int = 1, blank: Int = 0
) -> [[CTCHypothesis]] {
  let lengths = ctcLengths(
    logProbabilities.shape, inputLengths, blank: blank, in: "ctcBeamSearchDecoding")
  guard beamWidth > 0, (1...beamWidth).contains(count) else {
    stop(
      "ctcBeamSearchDecoding: the beam width must be positive and the count in 1...beamWidth, got "
        + "\(beamWidth) and \(count)")
  }
  let (n, classes) = (logProbabilities.shape[1], logProbabilities.shape[2])
  let scores = logProbabilities.scalars
  return (0..<n).map { row in
    var beam = CTCBeam(width: beamWidth, blank: blank)
    for frame in 0..<lengths[row] {
      let start = (frame * n + row) * classes
      beam.advance(by: scores[start..<start + classes].map { $0.isNaN ? -.infinity : Double($0) })
    }
    return beam.hypotheses(count)
  }
}

/// The beginnings that a beam search follows, as nodes of a tree.
private struct CTCBeam {
  /// The logarithms of the probabilities of the paths that spell a beginning.
  private struct Weights {
    var endingInBlank = -Double.infinity
    var endingInLabel = -Double.infinity

    var total: Double { logAdd(endingInBlank, endingInLabel) }
  }

  private struct Candidate {
    var parent: Int
    var label: Int
    /// The node if it exists.
    var node: Int?
    var weights: Weights
  }

  private let width: Int
  private let blank: Int
  private var parents = [-1]
  private var labels = [-1]
  private var children: [[Int: Int]] = [[:]]
  /// The nodes that are followed, the likeliest first.
  private var beam: [(node: Int, weights: Weights)] = [(0, Weights(endingInBlank: 0))]

  init(width: Int, blank: Int) {
    self.width = width
    self.blank = blank
  }

  /// Takes the logarithms of the probabilities of the classes in one more frame.
  mutating func advance(by frame: [Double]) {
    var candidates = beam.map { entry in
      let label = labels[entry.node]
      let stays = label < 0 ? -Double.infinity : entry.weights.endingInLabel + frame[label]
      return Candidate(
        parent: parents[entry.node], label: label, node: entry.node,
        weights: Weights(
          endingInBlank: entry.weights.total + frame[blank], endingInLabel: stays))
    }
    let places = Dictionary(uniqueKeysWithValues: beam.enumerated().map { ($1.node, $0) })
    for (node, weights) in beam {
      let total = weights.total
      for (label, score) in frame.enumerated() where label != blank && score > -.infinity {
        let weight = (label == labels[node] ? weights.endingInBlank : total) + score
        guard weight > -.infinity else { continue }
        let child = children[node][label]
        if let child, let place = places[child] {
          let before = candidates[place].weights.endingInLabel
          candidates[place].weights.endingInLabel = logAdd(before, weight)
        } else {
          candidates.append(
            Candidate(
              parent: node, label: label, node: child, weights: Weights(endingInLabel: weight)))
        }
      }
    }
    // Sorting keeps the order of equal ones.
    let best = candidates.map { ($0, $0.weights.total) }.filter { $0.1 > -.infinity }
      .sorted { $0.1 > $1.1 }.prefix(width)
    beam = best.map { (node(of: $0.0), $0.0.weights) }
  }

  /// The likeliest beginnings.
  func hypotheses(_ count: Int) -> [CTCHypothesis] {
    beam.prefix(count).map { entry in
      var spelled: [Int32] = []
      var node = entry.node
      while node > 0 {
        spelled.append(Int32(labels[node]))
        node = parents[node]
      }
      return CTCHypothesis(labels: spelled.reversed(), logProbability: entry.weights.total)
    }
  }

  private mutating func node(of candidate: Candidate) -> Int {
    if let node = candidate.node { return node }
    let node = parents.count
    parents.append(candidate.parent)
    labels.append(candidate.label)
    children.append([:])
    children[candidate.parent][candidate.label] = node
    return node
  }
}

/// ln(eᵃ + eᵇ)
private func logAdd(_ a: Double, _ b: Double) -> Double {
  guard a > -.infinity else { return b }
  return max(a, b) + log1p(exp(-abs(a - b)))
}
