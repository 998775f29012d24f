import Tensor

/// Records an operation that is fused, with a composite of differentiable operations that computes the
/// same.
///
/// `pullback` adds the gradients of the operands where nobody will differentiate them. Where somebody
/// will, they are those of the composite.
func recordFused<Scalar>(
  _ operation: Operation, _ value: Tensor<Scalar>, from operands: [Variable<Scalar>],
  composite: @escaping ([Variable<Scalar>]) -> Variable<Scalar>,
  pullback: @escaping (_ g: Tensor<Scalar>, Backward) -> Void
) -> Variable<Scalar> {
  record(operation, value, fromAll: operands) { g, backward in
    guard backward.isRecording else { return pullback(g.value, backward) }
    let gradients = valueAndGradient(at: operands) { (composite($0) * g).sum() }.gradient
    for (operand, gradient) in zip(operands, gradients) { backward.add(to: operand) { gradient } }
  }
}
