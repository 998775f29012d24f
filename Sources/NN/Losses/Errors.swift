import Tensor

/// The squared error: (prediction − target)² for each element.
///
/// - Parameters:
///   - prediction: Of any shape.
///   - target: Of the same shape, a tensor or a variable; stops with a message otherwise, as
///     broadcasting would hide a mistake.
///   - weights: Of the shape of the prediction or its leading extents; 1 each by default.
///   - reduction: The mean over all elements by default.
public func meanSquaredError<Scalar>(
  _ prediction: Variable<Scalar>, _ target: some VariableConvertible<Scalar>,
  weights: Tensor<Scalar>? = nil, reduction: Reduction = .mean
) -> Variable<Scalar> {
  let target = target.variable
  checkSameShape(prediction.shape, target.shape, in: "meanSquaredError")
  return (prediction - target).squared()
    .reduced(reduction, weights: weights, in: "meanSquaredError")
}

/// The absolute error: |prediction − target| for each element; its derivative at 0 is 0.
///
/// - Parameters:
///   - prediction: Of any shape.
///   - target: Of the same shape, a tensor or a variable; stops with a message otherwise.
///   - weights: Of the shape of the prediction or its leading extents; 1 each by default.
///   - reduction: The mean over all elements by default.
public func meanAbsoluteError<Scalar>(
  _ prediction: Variable<Scalar>, _ target: some VariableConvertible<Scalar>,
  weights: Tensor<Scalar>? = nil, reduction: Reduction = .mean
) -> Variable<Scalar> {
  let target = target.variable
  checkSameShape(prediction.shape, target.shape, in: "meanAbsoluteError")
  let difference = prediction - target
  return (difference * Variable(difference.value.sign()))
    .reduced(reduction, weights: weights, in: "meanAbsoluteError")
}
