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

/// The Huber loss (P. J. Huber, 1964), quadratic near 0 and linear beyond δ:
///
///     d = prediction − target;  loss = d² ÷ 2 where |d| ≤ δ, else δ · (|d| − δ ÷ 2)
///     ∂prediction = g · clamp(d, −δ…δ)
///
/// - Parameters:
///   - prediction: Of any shape.
///   - target: Of the same shape, a tensor or a variable; stops with a message otherwise.
///   - delta: δ, positive; 1 by default.
///   - weights: Of the shape of the prediction or its leading extents; 1 each by default.
///   - reduction: The mean over all elements by default.
public func huberLoss<Scalar>(
  _ prediction: Variable<Scalar>, _ target: some VariableConvertible<Scalar>, delta: Double = 1,
  weights: Tensor<Scalar>? = nil, reduction: Reduction = .mean
) -> Variable<Scalar> {
  let target = target.variable
  checkSameShape(prediction.shape, target.shape, in: "huberLoss")
  guard delta > 0 else { stop("huberLoss: delta must be positive, got \(delta)") }
  return (prediction - target).huber(Scalar(delta))
    .reduced(reduction, weights: weights, in: "huberLoss")
}

/// The smooth absolute error (R. Girshick, 2015): the Huber loss of δ = β, divided by β.
///
///     d = prediction − target;  loss = d² ÷ 2β where |d| < β, else |d| − β ÷ 2
///
/// With β = 0 it is the absolute error. As in PyTorch.
///
/// - Parameters:
///   - prediction: Of any shape.
///   - target: Of the same shape, a tensor or a variable; stops with a message otherwise.
///   - beta: β, not negative; 1 by default.
///   - weights: Of the shape of the prediction or its leading extents; 1 each by default.
///   - reduction: The mean over all elements by default.
public func smoothL1Loss<Scalar>(
  _ prediction: Variable<Scalar>, _ target: some VariableConvertible<Scalar>, beta: Double = 1,
  weights: Tensor<Scalar>? = nil, reduction: Reduction = .mean
) -> Variable<Scalar> {
  let target = target.variable
  checkSameShape(prediction.shape, target.shape, in: "smoothL1Loss")
  guard beta >= 0 else { stop("smoothL1Loss: beta must not be negative, got \(beta)") }
  if beta == 0 {
    return meanAbsoluteError(prediction, target, weights: weights, reduction: reduction)
  }
  return ((prediction - target).huber(Scalar(beta)) / Scalar(beta))
    .reduced(reduction, weights: weights, in: "smoothL1Loss")
}

extension Variable {
  /// y = c · (x − c ÷ 2) with c = clamp(x, −δ…δ), which is the Huber loss of x;  ∂x = g · c
  fileprivate func huber(_ delta: Scalar) -> Variable {
    let clamped = value.clamped(to: -delta...delta)
    return record(.huber, clamped * (value - clamped / 2), from: self) { g, backward in
      backward.add(to: self) {
        guard backward.isRecording else { return Variable(g.value * clamped) }
        let isInside = value.magnitude() .<= delta
        let inside = Tensor<Scalar>(isInside)
        let beyond = Tensor.where(isInside, 0, clamped)
        return g * (self * Variable(inside) + Variable(beyond))
      }
    }
  }
}
