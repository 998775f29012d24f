import Tensor

/// The labels that the likeliest class of each frame spells: repetitions merged, then blanks removed.
///
/// Fast, and right where the probabilities are peaked; it is the labels of the likeliest path, not
/// the likeliest labels.
///
/// - Parameters:
///   - scores: Logits or log probabilities, of shape [frames, n, classes]; of equal ones in a frame
///     the first counts.
///   - inputLengths: The number of frames of each sequence; all of them by default.
///   - blank: The class of the blank; 0 by default.
/// - Returns: The labels of each sequence. Stops with a message if shapes or lengths do not fit.
public func ctcGreedyDecoding<Scalar: FloatingPointScalar>(
  _ scores: Tensor<Scalar>, inputLengths: [Int]? = nil, blank: Int = 0
) -> [[Int32]] {
  let lengths = ctcLengths(scores.shape, inputLengths, blank: blank, in: "ctcGreedyDecoding")
  let (frames, n) = (scores.shape[0], scores.shape[1])
  if frames * n == 0 { return Array(repeating: [], count: n) }
  let best = scores.argmax(axis: 2).scalars
  return (0..<n).map { row in
    var labels: [Int32] = []
    var before = blank
    for frame in 0..<lengths[row] {
      let symbol = Int(best[frame * n + row])
      if symbol != before && symbol != blank { labels.append(Int32(symbol)) }
      before = symbol
    }
    return labels
  }
}

/// The lengths of sequences of scores [frames, n, classes]; stops with a message if they do not fit.
func ctcLengths(
  _ scores: Shape, _ inputLengths: [Int]?, blank: Int, in function: StaticString
) -> [Int] {
  guard scores.rank == 3 else {
    stop("\(function): scores are [frames, n, classes], got \(scores)")
  }
  let (frames, n, classes) = (scores[0], scores[1], scores[2])
  guard (0..<classes).contains(blank) else {
    stop("\(function): the blank \(blank) is outside 0..<\(classes)")
  }
  let lengths = inputLengths ?? Array(repeating: frames, count: n)
  guard lengths.count == n, lengths.allSatisfy((0...frames).contains) else {
    stop("\(function): input lengths \(lengths) do not fit scores \(scores)")
  }
  return lengths
}
