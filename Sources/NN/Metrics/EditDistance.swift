/// The fewest insertions, deletions and substitutions that turn one sequence into another (V. I.
/// Levenshtein, 1966).
///
/// Takes time in proportion to the product of the lengths, and memory to the second.
public func editDistance<Element: Equatable>(
  _ first: some Collection<Element>, _ second: some Collection<Element>
) -> Int {
  let second = Array(second)
  // The distances of the part of the first so far to every start of the second.
  var distances = Array(0...second.count)
  for (row, element) in first.enumerated() {
    var diagonal = distances[0]
    distances[0] = row + 1
    for (place, other) in second.enumerated() {
      let substituted = diagonal + (element == other ? 0 : 1)
      diagonal = distances[place + 1]
      distances[place + 1] = min(substituted, diagonal + 1, distances[place] + 1)
    }
  }
  return distances[second.count]
}

/// The edits that hypotheses need, per element of the references: over batches, Σ edit distances ÷ Σ
/// lengths of references.
///
/// With words as elements it is the word error rate, with characters the character error rate. It may
/// exceed 1. NaN without reference elements if there were no edits either, else infinite.
public struct EditErrorRate: Metric {
  private var edits = 0
  private var length = 0

  public init() {}

  public var value: Double { Double(edits) / Double(length) }

  /// Adds one pair of sequences, such as arrays of labels.
  public mutating func update<Element: Equatable>(
    _ hypothesis: some Collection<Element>, _ reference: some Collection<Element>
  ) {
    edits += editDistance(hypothesis, reference)
    length += reference.count
  }

  /// Adds one pair of sentences by their words, which spaces and line ends separate.
  public mutating func updateWords(_ hypothesis: String, _ reference: String) {
    update(
      hypothesis.split(whereSeparator: \.isWhitespace),
      reference.split(whereSeparator: \.isWhitespace))
  }

  public mutating func reset() { self = EditErrorRate() }

  public mutating func merge(_ other: EditErrorRate) {
    edits += other.edits
    length += other.length
  }
}
