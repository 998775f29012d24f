import Tensor

/// What a loss makes of the losses of its samples.
///
/// With weights each loss is first multiplied by its own. The mean is then the weighted mean,
/// Σ wᵢ · lossᵢ ÷ Σ wᵢ, for every loss alike. PyTorch does the same for cross-entropy and squared
/// and absolute errors, but divides by the number of samples for its other losses.
///
/// The sum of no losses is 0; for their mean a loss stops with the message that the batch is empty,
/// where PyTorch gives NaN. A mean whose weights sum to 0 is NaN or infinite.
public enum Reduction: String, CaseIterable, Sendable {
  /// Every loss of its own.
  case none
  /// The mean, weighted if there are weights: a number.
  case mean
  /// The sum: a number.
  case sum
}

/// A tensor, taken as a constant, or a variable: what the target of a loss may be.
public protocol VariableConvertible<Scalar> {
  associatedtype Scalar: FloatingPointScalar
  /// The value in a computation that can be differentiated.
  var variable: Variable<Scalar> { get }
}

extension Variable: VariableConvertible {
  public var variable: Variable { self }
}

extension Tensor: VariableConvertible where Scalar: FloatingPointScalar {
  public var variable: Variable<Scalar> { Variable(self) }
}

extension Variable {
  /// This as losses, weighted and reduced.
  ///
  /// `weights` have the shape of the losses or lead it: `[n]` weighs the samples of losses `[n, d]`.
  /// Stops with a message where a mean of no losses is asked for.
  func reduced(
    _ reduction: Reduction, weights: Tensor<Scalar>? = nil, in loss: StaticString
  ) -> Variable {
    if reduction == .mean && count == 0 { stop("\(loss): the batch is empty") }
    guard let weights else {
      switch reduction {
      case .none: return self
      case .mean: return mean()
      case .sum: return sum()
      }
    }
    let weighted = self * Variable(sampleWeights(weights, for: shape, in: loss))
    switch reduction {
    case .none: return weighted
    case .sum: return weighted.sum()
    case .mean:
      return weighted.sum() / Variable(weights.sum() * Scalar(count / weights.count))
    }
  }
}

/// Weights with axes of extent 1 added, so that they broadcast to losses of this shape.
func sampleWeights<Scalar>(
  _ weights: Tensor<Scalar>, for losses: Shape, in loss: StaticString
) -> Tensor<Scalar> {
  guard weights.rank <= losses.rank, weights.shape.elementsEqual(losses.prefix(weights.rank)) else {
    stop(
      "\(loss): weights \(weights.shape) do not fit losses \(losses); "
        + "weights have the leading extents of the losses")
  }
  let ones = Array(repeating: 1, count: losses.rank - weights.rank)
  return ones.isEmpty ? weights : weights.reshaped(to: Shape(weights.shape + ones))
}

/// Stops unless two operands of a loss have one shape: broadcasting would hide a mistake.
func checkSameShape(
  _ a: Shape, _ b: Shape, in loss: StaticString, _ names: StaticString = "prediction and target"
) {
  guard a == b else { stop("\(loss): shapes \(a) and \(b) differ; \(names) need one shape") }
}
