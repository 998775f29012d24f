import Tensor

/// Local response normalisation across channels, as PyTorch's `LocalResponseNorm` (A. Krizhevsky,
/// I. Sutskever and G. E. Hinton, 2012):
///
///     y = x ÷ (k + α · s)^β,   s = Σ x² ÷ size over `size` channels about each
///
/// Channel c has ⌊size ÷ 2⌋ channels before it and ⌊(size − 1) ÷ 2⌋ behind it in its sum; those that
/// do not exist count as zeros. Input `[n, channels, …]`; stops with a message if the rank is lower.
public struct LocalResponseNorm<Scalar: FloatingPointScalar>: Layer {
  private let size: Int
  private let alpha: Scalar
  private let beta: Scalar
  private let k: Scalar

  /// Stops with a message if the size is not positive.
  public init(
    _ size: Int, alpha: Double = 1e-4, beta: Double = 0.75, k: Double = 1,
    scalar: Scalar.Type = Float.self
  ) {
    guard size > 0 else { fatalError("LocalResponseNorm: size must be positive, got \(size)") }
    self.size = size
    self.alpha = Scalar(alpha)
    self.beta = Scalar(beta)
    self.k = Scalar(k)
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    LayerScope.within("LocalResponseNorm") {
      guard input.rank >= 2 else {
        stop("input \(input.shape) does not fit; it must be [n, channels, …]")
      }
      if input.count == 0 { return input }
      let (n, channels) = (input.shape[0], input.shape[1])
      let geometry = WindowGeometry(
        stride: 1,
        padding: .asymmetric(before: [size / 2, 0], after: [(size - 1) / 2, 0]))
      let squares = input.squared()
        .reshaped(to: [n, 1, channels, input.count / (n * channels)])
      let means = squares.averagePooled(kernel: [size, 1], geometry: geometry)
        .reshaped(to: input.shape)
      return input / (means * alpha + k).power(beta)
    }
  }
}
