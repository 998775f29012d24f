import Tensor

/// The value of a loss and its gradients with respect to the parameters of a model.
///
/// ```swift
/// let (loss, gradients) = valueAndGradients(of: model) {
///   softmaxCrossEntropy(model(images), labels)
/// }
/// optimizer.update(along: gradients)
/// ```
///
/// The model may be any value that holds parameters, in properties, arrays, optionals, dictionaries
/// or tuples; see `Parameters`, which can also be passed in its place. Nothing is left behind in the
/// model. Inside another transform the results are variables of that one, so that gradients of
/// gradients come out right.
///
/// Stops with a message if the loss is not a single number.
@_specialize(where Scalar == Float)
public func valueAndGradients<Scalar>(
  of model: Any, _ loss: () throws -> Variable<Scalar>
) rethrows -> (value: Variable<Scalar>, gradients: Gradients) {
  let parameters = Parameters.found(in: model)
  return try Tape.withTransform { tape, _ in
    tape.differentiate(by: parameters)
    let value = try loss()
    checkScalar(value)
    let frame = tape.frames[tape.frames.count - 1]
    let backward = Backward(on: tape, frame: frame, leafCount: parameters.count, output: value)
    let gradients = (0..<parameters.count).map { backward.gradient(at: Int(frame.firstNode) + $0) }
    return (tape.result(value), Gradients(parameters: parameters, values: gradients))
  }
}

/// The value of a function of tensors and its gradient with respect to each of them.
///
/// A gradient is zero where the function does not depend on its argument. Transforms nest: the
/// gradient of a function that calls this one is the second derivative. Stops with a message if the
/// function's value is not a single number.
public func valueAndGradient<Scalar>(
  at arguments: [Variable<Scalar>], of function: ([Variable<Scalar>]) throws -> Variable<Scalar>
) rethrows -> (value: Variable<Scalar>, gradient: [Variable<Scalar>]) {
  try Tape.withTransform { tape, frame in
    let leaves = arguments.map { tape.leaf($0, level: frame.level) }
    let value = try function(leaves)
    checkScalar(value)
    let backward = Backward(on: tape, frame: frame, leafCount: leaves.count, output: value)
    return (tape.result(value), leaves.map { backward.gradientOrZero(of: $0) })
  }
}

/// The gradient of a function of one tensor.
public func gradient<Scalar>(
  at argument: Variable<Scalar>, of function: (Variable<Scalar>) throws -> Variable<Scalar>
) rethrows -> Variable<Scalar> {
  try valueAndGradient(at: [argument]) { try function($0[0]) }.gradient[0]
}

private func checkScalar<Scalar>(_ loss: Variable<Scalar>) {
  guard loss.count == 1 else {
    fatalError(
      "gradient: the function must return a single number, got shape \(loss.shape); "
        + "reduce it with sum() or mean()")
  }
}

extension Tape {
  /// What leaves a transform: a constant, unless there is a transform around it.
  func result<Scalar>(_ variable: Variable<Scalar>) -> Variable<Scalar> {
    isOutermost ? variable.detached : variable
  }
}

extension Backward {
  /// The gradient that arrived at a leaf, as it leaves the transform.
  func gradientOrZero<Scalar>(of leaf: Variable<Scalar>) -> Variable<Scalar> {
    gradient(at: Int(leaf.origin.node)).map { tape.result($0.typed()) }
      ?? Variable(Tensor<Scalar>.zeros(leaf.shape))
  }
}
