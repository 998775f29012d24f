extension Tensor where Scalar: SignedScalar {
  /// A number for the index of each axis of the operands, and of the result, of an equation of
  /// `einsum`; stops with its messages.
  package static func einsumIndices(
    _ equation: String, _ shapes: [Shape]
  ) -> (operands: [[Int]], output: [Int]) {
    let parsed = EinsumEquation(equation, shapes: shapes)
    return (parsed.operands, parsed.output)
  }
}
