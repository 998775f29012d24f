/// An einsum equation beside the shapes of its operands: every index as a number, with its extent.
struct EinsumEquation {
  private let text: String
  private let shapes: [Shape]

  /// For each operand, the index of each of its axes.
  private(set) var operands: [[Int]] = []

  /// The index of each axis of the result.
  private(set) var output: [Int] = []

  /// The extent of each index: the largest that an operand has, as extents of 1 broadcast.
  private(set) var extents: [Int] = []

  /// Axes behind ellipses, aligned at their last, are the first indices; letters follow.
  private var ellipsisCount = 0
  private var letters: [Character: Int] = [:]

  /// One place of a term.
  private enum Symbol: Hashable {
    case letter(Character)
    case ellipsis
  }

  /// Stops with a message that names the equation and the shapes if they do not fit.
  init(_ text: String, shapes: [Shape]) {
    self.text = text
    self.shapes = shapes
    guard !shapes.isEmpty else { stop("at least one operand is needed") }

    let (inputs, result) = split()
    let terms = inputs.split(separator: ",", omittingEmptySubsequences: false).map { symbols($0) }
    guard terms.count == shapes.count else {
      stop("the number of terms is \(terms.count), that of operands \(shapes.count)")
    }
    for (number, (term, shape)) in zip(terms, shapes).enumerated() {
      let hasEllipsis = term.contains(.ellipsis)
      let named = term.count - (hasEllipsis ? 1 : 0)
      guard hasEllipsis ? named <= shape.rank : named == shape.rank else {
        stop("operand \(number) has rank \(shape.rank), its term names \(named)")
      }
      ellipsisCount = max(ellipsisCount, shape.rank - named)
    }
    extents = [Int](repeating: 1, count: ellipsisCount)
    var owners = [Int](repeating: 0, count: ellipsisCount)
    for (number, (term, shape)) in zip(terms, shapes).enumerated() {
      let indices = numbered(term, rank: shape.rank)
      owners += [Int](repeating: 0, count: extents.count - owners.count)
      for (axis, index) in indices.enumerated() {
        let extent = shape[axis]
        if let first = indices[..<axis].firstIndex(of: index), shape[first] != extent {
          stop("\(name(index)) is \(shape[first]) and \(extent) in operand \(number)")
        }
        if extents[index] == 1 {
          extents[index] = extent
          owners[index] = number
        } else if extent != 1 && extent != extents[index] {
          stop(
            "\(name(index)) is \(extents[index]) in operand \(owners[index]) and \(extent) in "
              + "operand \(number)")
        }
      }
      operands.append(indices)
    }
    output = result.map { explicitOutput($0) } ?? implicitOutput(terms)
    guard output.count <= Dimensions.capacity else {
      stop("the result would have \(output.count) axes, tensors have at most 8")
    }
  }

  /// Stops the program: an equation that does not fit is a programmer's mistake.
  func stop(_ reason: String) -> Never {
    let list = shapes.map { $0.description }.joined(separator: ", ")
    fatalError(
      "einsum \"\(text.onOneLine())\": \(reason); operands: \(list.isEmpty ? "none" : list)")
  }

  /// The parts before and after the arrow, without spaces.
  private func split() -> (inputs: Substring, result: Substring?) {
    let letters = Substring(text.filter { $0 != " " })
    guard let arrow = letters.firstRange(of: "->") else { return (letters, nil) }
    let result = letters[arrow.upperBound...]
    guard !result.contains(",") else { stop("a comma after the arrow") }
    return (letters[..<arrow.lowerBound], result)
  }

  private func symbols(_ term: Substring) -> [Symbol] {
    var result: [Symbol] = []
    var rest = term
    while let character = rest.first {
      if rest.hasPrefix("...") {
        guard !result.contains(.ellipsis) else { stop("more than one ellipsis in a term") }
        result.append(.ellipsis)
        rest = rest.dropFirst(3)
      } else if character.isASCII && character.isLetter {
        result.append(.letter(character))
        rest = rest.dropFirst()
      } else {
        stop("'\(character)' is neither a letter from a to z or A to Z nor an ellipsis")
      }
    }
    return result
  }

  /// The index of each axis of an operand; new letters get a number.
  private mutating func numbered(_ term: [Symbol], rank: Int) -> [Int] {
    term.flatMap { symbol -> [Int] in
      switch symbol {
      case .ellipsis:
        return Array((ellipsisCount - (rank - term.count + 1))..<ellipsisCount)
      case .letter(let letter):
        if letters[letter] == nil {
          letters[letter] = extents.count
          extents.append(1)
        }
        return [letters[letter]!]
      }
    }
  }

  private func explicitOutput(_ result: Substring) -> [Int] {
    var indices: [Int] = []
    for symbol in symbols(result) {
      switch symbol {
      case .ellipsis:
        indices += 0..<ellipsisCount
      case .letter(let letter):
        guard let index = letters[letter] else { stop("index '\(letter)' is in no operand") }
        guard !indices.contains(index) else { stop("index '\(letter)' is in the result twice") }
        indices.append(index)
      }
    }
    return indices
  }

  /// NumPy's rule: the ellipsis, then the letters that occur once, in alphabetical order.
  private func implicitOutput(_ terms: [[Symbol]]) -> [Int] {
    var counts: [Character: Int] = [:]
    for case .letter(let letter) in terms.joined() { counts[letter, default: 0] += 1 }
    let single = counts.filter { $0.value == 1 }.keys.sorted()
    return Array(0..<ellipsisCount) + single.map { letters[$0]! }
  }

  private func name(_ index: Int) -> String {
    if let letter = letters.first(where: { $0.value == index })?.key { return "index '\(letter)'" }
    return "axis \(index - ellipsisCount) of the ellipsis"
  }
}
