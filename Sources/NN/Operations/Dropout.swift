import Tensor

/// Dropout: each element is 0 with a probability p, and else divided by 1 − p, so that the mean stays
/// (N. Srivastava et al., 2014).
///
///     y = x · m ÷ (1 − p),   m = 0 or 1;  ∂x = g · m ÷ (1 − p)
///
/// With p = 1 everything is 0. Where the axes `sharedAxes` have extents above 1, one m counts for all
/// elements along them. Stops with a message if the probability is outside `0...1`.
public func dropout<Scalar>(
  _ x: Variable<Scalar>, probability: Double = 0.5, sharedAxes: [Int] = [],
  using random: inout RandomGenerator
) -> Variable<Scalar> {
  checkDropout("dropout", probability)
  if probability == 0 { return x }
  var extents = Array(x.shape)
  for axis in sharedAxes { extents[axis] = 1 }
  let isKept = Tensor.bernoulli(Shape(extents), probability: 1 - probability, using: &random)
  let scale = probability < 1 ? Scalar(1 / (1 - probability)) : 0
  return x * Variable(Tensor<Scalar>.where(isKept, scale, 0))
}

/// Dropout for networks of `selu`, which keeps their mean 0 and variance 1 (G. Klambauer et al.,
/// 2017): each element is α′ = −λα with a probability p, and then all of them are scaled and shifted.
///
///     y = a · (x · m + α′ · (1 − m)) + b,   a = 1 ÷ √((1 − p) · (1 + p · α′²)), b = −a · p · α′
///
/// With p = 1 everything is 0. Stops with a message if the probability is outside `0...1`.
public func alphaDropout<Scalar>(
  _ x: Variable<Scalar>, probability: Double = 0.5, using random: inout RandomGenerator
) -> Variable<Scalar> {
  checkDropout("alphaDropout", probability)
  if probability == 0 { return x }
  if probability == 1 { return x * 0 }
  let alpha = -1.7580993408473766  // −λ · α of SELU.
  let a = 1 / ((1 - probability) * (1 + probability * alpha * alpha)).squareRoot()
  let b = -a * probability * alpha
  let isKept = Tensor.bernoulli(x.shape, probability: 1 - probability, using: &random)
  let factors = Tensor<Scalar>.where(isKept, Scalar(a), 0)
  let offsets = Tensor<Scalar>.where(isKept, Scalar(b), Scalar(a * alpha + b))
  return x * Variable(factors) + Variable(offsets)
}

private func checkDropout(_ operation: StaticString, _ probability: Double) {
  guard (0...1).contains(probability) else {
    stop("\(operation): probability \(probability) is outside 0...1")
  }
}
