import Tensor

/// A function of one tensor, usually with parameters: a part of a network.
///
/// Any type can be a model; conforming to `Layer` lets it take its place in a `Sequential` and be
/// called with tensors as well as variables.
public protocol Layer<Scalar> {
  associatedtype Scalar: FloatingPointScalar

  /// The output for an input.
  func callAsFunction(_ input: Variable<Scalar>) -> Variable<Scalar>
}

extension Layer {
  /// The output for a constant input.
  public func callAsFunction(_ input: Tensor<Scalar>) -> Variable<Scalar> {
    self(Variable(input))
  }

  /// Draws every parameter anew by its initializer, in the order of the properties, so that a seed
  /// determines the model.
  public func initialize(using random: inout RandomGenerator) {
    Parameters(of: self).initialize(using: &random)
  }
}
