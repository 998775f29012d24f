/// Sums of products over numbered indices, pair by pair.
enum Einsum {
  static func run<Scalar: SignedScalar>(
    _ text: String, _ operands: [Tensor<Scalar>]
  ) -> Tensor<Scalar> {
    let equation = EinsumEquation(text, shapes: operands.map { $0.shape })
    let output = EinsumIndices(equation.output)
    var terms = zip(operands, equation.operands).map { EinsumTerm($0, $1) }
    while terms.count > 1 {
      guard let (i, j) = cheapestPair(terms, output, extents: equation.extents) else {
        equation.stop("a product on the way would have more than \(Dimensions.capacity) axes")
      }
      let second = terms.remove(at: j)
      let first = terms.remove(at: i)
      let wanted = terms.reduce(output) { $0.union($1.set) }
      terms.append(first.multiplied(by: second, keeping: wanted, order: equation.output))
    }
    return terms[0].summed(keeping: output).arranged(equation.output)
  }

  /// The product of two tensors whose axes have the given indices, each once.
  static func product<Scalar: SignedScalar>(
    _ a: Tensor<Scalar>, _ aIndices: [Int], _ b: Tensor<Scalar>, _ bIndices: [Int], output: [Int]
  ) -> Tensor<Scalar> {
    EinsumTerm(a, aIndices).multiplied(
      by: EinsumTerm(b, bIndices), keeping: EinsumIndices(output), order: output
    ).arranged(output)
  }

  /// The pair with the fewest multiplications, then with the smallest product; the first of equals.
  /// Nil if every product has too many axes.
  private static func cheapestPair<Scalar>(
    _ terms: [EinsumTerm<Scalar>], _ output: EinsumIndices, extents: [Int]
  ) -> (Int, Int)? {
    if terms.count == 2 { return (0, 1) }
    var best: (pair: (Int, Int), work: Double, size: Double)?
    for i in terms.indices {
      for j in terms.indices.dropFirst(i + 1) {
        let wanted = terms.indices.reduce(output) {
          $1 == i || $1 == j ? $0 : $0.union(terms[$1].set)
        }
        let (a, b) = (terms[i].set, terms[j].set)
        let kept = a.union(b).intersection(wanted)
        guard kept.count <= Dimensions.capacity else { continue }
        let size = kept.elementCount(extents)
        // Indices of one operand alone that nobody wants are summed before.
        let work = size * a.intersection(b).subtracting(wanted).elementCount(extents)
        if let best, (best.work, best.size) <= (work, size) { continue }
        best = ((i, j), work, size)
      }
    }
    return best?.pair
  }
}

/// A set of indices: at most 52 letters and the axes behind an ellipsis.
struct EinsumIndices: OptionSet {
  let rawValue: UInt64

  init(rawValue: UInt64) { self.rawValue = rawValue }

  init(_ indices: [Int]) {
    rawValue = indices.reduce(0) { $0 | 1 << UInt64($1) }
  }

  var count: Int { rawValue.nonzeroBitCount }

  func contains(_ index: Int) -> Bool { rawValue >> UInt64(index) & 1 == 1 }

  /// The product of the extents; in floating point, which does not overflow.
  func elementCount(_ extents: [Int]) -> Double {
    extents.indices.reduce(1) { contains($1) ? $0 * Double(extents[$1]) : $0 }
  }
}
