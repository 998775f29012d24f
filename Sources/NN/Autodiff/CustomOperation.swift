import Tensor

/// An operation with a derivative of the user's own.
///
/// ```swift
/// /// Rounds, and lets the gradient pass as if it did not.
/// func straightThroughRound(_ x: Variable<Float>) -> Variable<Float> {
///   customOperation(
///     "round", of: [x], value: { $0[0].round() }, pullback: { gradient, _, _ in [gradient] })
/// }
/// ```
///
/// `value` computes the result from the values of the operands. `pullback` gets the gradient of the
/// result, the operands and the result, and returns the gradient of each operand, or nil where there
/// is none; it is written with operations on variables, so that gradients of gradients come out right.
///
/// Stops with a message if `pullback` returns another number of gradients than there are operands, or
/// a gradient whose shape is not its operand's.
public func customOperation<Scalar>(
  _ name: String, of operands: [Variable<Scalar>],
  value: ([Tensor<Scalar>]) -> Tensor<Scalar>,
  pullback:
    @escaping (
      _ gradient: Variable<Scalar>, _ operands: [Variable<Scalar>], _ result: Variable<Scalar>
    ) -> [Variable<Scalar>?]
) -> Variable<Scalar> {
  LayerScope.within(LayerScope.current.path, name) {
    let computed = value(operands.map(\.value))
    let level = operands.reduce(0) { max($0, $1.origin.level) }
    // Its own place on the tape, which the pullback needs to differentiate through the result.
    let origin = Tape.current.map {
      Origin(node: Int32($0.nodes.count), level: level, tape: $0.number)
    }
    return record(.custom, computed, fromAll: operands) { gradient, backward in
      let result = Variable(computed, origin: origin ?? .constant)
      let gradients = pullback(gradient, operands, result)
      guard gradients.count == operands.count else {
        fatalError(
          "\(name): the pullback returned \(gradients.count) gradients for \(operands.count) "
            + "operands")
      }
      for (place, (operand, gradient)) in zip(operands, gradients).enumerated() {
        guard let gradient else { continue }
        guard gradient.shape == operand.shape else {
          fatalError(
            "\(name): the pullback returned a gradient of shape \(gradient.shape) for operand "
              + "\(place) of shape \(operand.shape)")
        }
        backward.add(to: operand) { gradient }
      }
    }
  }
}
