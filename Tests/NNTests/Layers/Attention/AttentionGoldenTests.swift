import NN
import Tensor
import Testing

/// Attention layers and transformers against PyTorch's: outputs, and gradients by inputs and parameters.
@Suite struct AttentionGoldenTests {
  static let goldens = GoldenFile("attention")
  static let keyMask = Tensor<Bool>([true, true, false, true, true, true], shape: [2, 3])

  @Test(arguments: goldens.cases)
  func doublePrecision(_ golden: String) throws {
    try check(golden, Double.self, tolerance: 1e-12)
  }

  @Test(arguments: goldens.cases)
  func singlePrecision(_ golden: String) throws {
    try check(golden, Float.self, tolerance: 1e-5)
  }

  private func check<S: FloatingPointScalar>(
    _ golden: String, _ scalar: S.Type, tolerance: Double
  ) throws {
    let (model, forward) = Self.model(golden, S.self)
    try Self.goldens.check(
      golden, model: ["layer": model], S.self, tolerance: tolerance, forward: forward)
  }

  typealias Forward<S: FloatingPointScalar> = ([Variable<S>]) -> [Variable<S>]

  /// The layer of a case, and its call.
  static func model<S: FloatingPointScalar>(
    _ golden: String, _ scalar: S.Type
  ) -> (Any, Forward<S>) {
    golden.hasPrefix("encoder") || golden.hasPrefix("decoder")
      ? transformer(golden, S.self) : attention(golden, S.self)
  }

  private static func attention<S: FloatingPointScalar>(
    _ golden: String, _ scalar: S.Type
  ) -> (Any, Forward<S>) {
    let hasWidths = golden.contains("widths")
    let layer = MultiHeadAttention(
      4, heads: 2, bias: !golden.contains("no-bias"), keyWidth: hasWidths ? 3 : nil,
      valueWidth: hasWidths ? 5 : nil, batchFirst: !golden.contains("time-first"), scalar: S.self)
    let keyMask = golden.contains("padded") ? keyMask : nil
    let isCausal = golden.contains("causal")
    if golden.hasPrefix("biased") {
      return (
        layer,
        { x in
          let key = x.count == 3 ? x[1] : x[0]
          // One bias for all, or, batch by batch, one for each head.
          let bias = x.count == 3 ? x[2].reshaped(to: [2, 2, 3, 5]) : x[1]
          if golden.contains("weights") {
            let result = layer.withWeights(x[0], key: key, value: key, bias: bias)
            return [result.output, result.weights]
          }
          return [layer(x[0], key: key, value: key, keyMask: keyMask, bias: bias)]
        }
      )
    }
    return (
      layer,
      { x in
        if golden == "self-weights" {
          let result = layer.withWeights(x[0], key: x[0], value: x[0])
          return [result.output, result.weights]
        }
        if x.count == 1 { return [layer(x[0], keyMask: keyMask, isCausal: isCausal)] }
        return [layer(x[0], key: x[1], value: x[x.count - 1])]
      }
    )
  }
}
