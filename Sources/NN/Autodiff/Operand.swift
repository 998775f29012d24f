import Tensor

/// What a pullback keeps of an operand whose numbers it does not need, so that they can be released.
struct Operand<Scalar: FloatingPointScalar>: Sendable {
  let shape: Shape
  let origin: Origin
}

extension Variable {
  var operand: Operand<Scalar> { Operand(shape: shape, origin: origin) }

  /// This as what the gradient of another operand needs; nil where that is a constant, so that these
  /// numbers can be released.
  func kept(for other: Variable) -> Variable? { other.origin.isConstant ? nil : self }

  /// Whether what is computed from this is recorded now.
  var isRecorded: Bool {
    guard !origin.isConstant, let tape = Tape.current else { return false }
    return tape.isRecording
  }

  /// Records a linear map of this by its value and its adjoint, which is the gradient; the numbers of
  /// the operand are not kept.
  @inline(__always)
  func linearMap(
    _ operation: Operation, _ value: Tensor<Scalar>,
    adjoint: @escaping (Variable) -> Variable
  ) -> Variable {
    let operand = operand
    return record(operation, value, from: self) { g, backward in
      backward.add(to: operand) { adjoint(g) }
    }
  }

  /// Records a function of each element whose gradient follows from the element, `(x, g)`.
  @inline(__always)
  func function(
    _ operation: Operation, _ value: Tensor<Scalar>,
    gradient: @escaping (_ x: Variable, _ g: Variable) -> Variable
  ) -> Variable {
    record(operation, value, from: self) { g, backward in
      backward.add(to: self) { gradient(self, g) }
    }
  }

  /// Records a function of each element whose gradient follows from its result, `(y, g)`; the numbers
  /// of the operand are not kept.
  @inline(__always)
  func functionOfResult(
    _ operation: Operation, _ value: Tensor<Scalar>,
    gradient: @escaping (_ y: Variable, _ g: Variable) -> Variable
  ) -> Variable {
    let operand = operand
    return record(operation, value, from: self) { y, g, backward in
      backward.add(to: operand) { gradient(y, g) }
    }
  }
}

/// Records an operation with several results, each with a pullback that gets all of them.
///
/// A gradient is linear in those of the results, so that each pullback adds the share of its own.
func record<Scalar>(
  _ operation: Operation, _ values: [Tensor<Scalar>], fromAll operands: [Variable<Scalar>],
  pullbacks: [(_ results: [Variable<Scalar>], _ g: Variable<Scalar>, Backward) -> Void]
) -> [Variable<Scalar>] {
  let level = operands.reduce(0) { max($0, $1.origin.level) }
  guard level > 0, let tape = Tape.current, tape.isRecording else {
    return values.map { unrecorded(operation, $0) }
  }
  let first = tape.nodes.count
  let results = values.enumerated().map { place, value in
    Variable(
      value, origin: Origin(node: Int32(first + place), level: level, tape: tape.number))
  }
  for (value, pullback) in zip(values, pullbacks) {
    _ = record(operation, value, fromAll: operands) { pullback(results, $0, $1) }
  }
  return results
}
