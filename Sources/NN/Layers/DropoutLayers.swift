import Tensor

/// Dropout: in training each element is 0 with a probability, and else divided by 1 − probability
/// (N. Srivastava et al., 2014); in evaluation the input passes.
///
/// Drawn from the context's generator. Input of any shape.
public struct Dropout<Scalar: FloatingPointScalar>: Layer {
  public let probability: Double

  /// Stops with a message if the probability, 0.5 by default, is outside `0...1`.
  public init(_ probability: Double = 0.5, scalar: Scalar.Type = Float.self) {
    checkProbability(probability, of: "Dropout")
    self.probability = probability
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    guard context.isTraining else { return input }
    return dropout(input, probability: probability, using: &context.random)
  }
}

/// Dropout of whole channels of sequences, `[n, channels, length]` or `[channels, length]`: the
/// elements of one are likely to be much alike (J. Tompson et al., 2015).
public struct Dropout1D<Scalar: FloatingPointScalar>: Layer {
  public let probability: Double

  /// Stops with a message if the probability, 0.5 by default, is outside `0...1`.
  public init(_ probability: Double = 0.5, scalar: Scalar.Type = Float.self) {
    checkProbability(probability, of: "Dropout1D")
    self.probability = probability
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    LayerScope.within("Dropout1D") {
      withSamples(input, axes: ["length"]) { input in
        guard context.isTraining else { return input }
        return dropout(
          input, probability: probability, sharedAxes: [2], using: &context.random)
      }
    }
  }
}

/// Dropout of whole channels of images, `[n, channels, height, width]` or `[channels, height, width]`:
/// the elements of one are likely to be much alike (J. Tompson et al., 2015).
public struct Dropout2D<Scalar: FloatingPointScalar>: Layer {
  public let probability: Double

  /// Stops with a message if the probability, 0.5 by default, is outside `0...1`.
  public init(_ probability: Double = 0.5, scalar: Scalar.Type = Float.self) {
    checkProbability(probability, of: "Dropout2D")
    self.probability = probability
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    LayerScope.within("Dropout2D") {
      withSamples(input, axes: ["height", "width"]) { input in
        guard context.isTraining else { return input }
        return dropout(
          input, probability: probability, sharedAxes: [2, 3], using: &context.random)
      }
    }
  }
}

/// Dropout that keeps mean 0 and variance 1, for networks of SELU (G. Klambauer et al., 2017); see
/// `alphaDropout`.
public struct AlphaDropout<Scalar: FloatingPointScalar>: Layer {
  public let probability: Double

  /// Stops with a message if the probability, 0.5 by default, is outside `0...1`.
  public init(_ probability: Double = 0.5, scalar: Scalar.Type = Float.self) {
    checkProbability(probability, of: "AlphaDropout")
    self.probability = probability
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    guard context.isTraining else { return input }
    return alphaDropout(input, probability: probability, using: &context.random)
  }
}

private func checkProbability(_ probability: Double, of layer: StaticString) {
  guard (0...1).contains(probability) else {
    fatalError("\(layer): probability \(probability) is outside 0...1")
  }
}
