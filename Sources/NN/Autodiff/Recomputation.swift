import Tensor

/// Computes a block without keeping what its backward pass needs, and computes it a second time when
/// that pass arrives: memory for time, known as gradient or activation checkpointing.
///
/// ```swift
/// let y = recomputing(in: context) { block(x, in: context) }
/// ```
///
/// Gradients flow to whatever the block uses from outside, inputs and parameters alike; variables that
/// are made inside must not leave it except as its result. The random numbers that it draws from
/// `context` are the same the second time, and running statistics count once. The block runs twice,
/// so it must give the same result from the same values; it is released after the backward pass.
/// Source: T. Chen and others, *Training deep nets with sublinear memory cost*, 2016.
public func recomputing<Scalar>(
  in context: Context? = nil, _ block: @escaping () -> Variable<Scalar>
) -> Variable<Scalar> {
  guard let tape = Tape.current, tape.isRecording else { return block() }
  let random = context?.random
  let start = tape.nodes.count
  let result = block()
  let level = result.origin.level
  // Recorded as usual, so that transforms in the block work, then forgotten.
  tape.truncate(to: start)
  guard level > 0 else { return result.detached }
  return tape.append(.recomputed, result.value, level: level) { gradient, backward in
    backward.propagate(gradient.typed(as: Scalar.self)) {
      guard let context, let random else { return block() }
      let (later, wasRecomputing) = (context.random, context.isRecomputing)
      context.random = random
      context.isRecomputing = true
      defer {
        context.random = later
        context.isRecomputing = wasRecomputing
      }
      return block()
    }
  }
}

extension Layer {
  /// This layer, computed again in the backward pass in place of keeping its intermediate values; see
  /// `recomputing(in:_:)`.
  public func recomputed() -> RecomputedLayer<Self> { RecomputedLayer(self) }
}

/// A layer that is computed again in the backward pass; see `recomputing(in:_:)`.
public struct RecomputedLayer<Wrapped: Layer>: Layer, NamedParts {
  public let layer: Wrapped

  public init(_ layer: Wrapped) {
    self.layer = layer
  }

  public func callAsFunction(
    _ input: Variable<Wrapped.Scalar>, in context: Context
  ) -> Variable<Wrapped.Scalar> {
    let layer = layer
    return recomputing(in: context) { layer(input, in: context) }
  }

  /// The layer's own parts, under its own names.
  public var namedParts: [(name: String, part: Any)] { [("", layer)] }
}
