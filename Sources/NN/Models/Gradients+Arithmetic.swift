import Tensor

/// Gradients of several batches are added and scaled as values:
///
/// ```swift
/// var sum = gradients(of: batches[0])
/// for batch in batches.dropFirst() { sum += gradients(of: batch) }
/// optimizer.update(along: sum * (1 / Double(batches.count)))
/// ```
extension Gradients {
  /// The sum, parameter by parameter; where one has no gradient that of the other is taken.
  ///
  /// Stops with a message if the two are of different parameters.
  public static func + (left: Gradients, right: Gradients) -> Gradients {
    let (mine, its) = (left.parameters.entries, right.parameters.entries)
    guard mine.count == its.count, zip(mine, its).allSatisfy({ $0.parameter === $1.parameter })
    else { fatalError("Gradients: those of different parameters cannot be added") }
    func sum<P: AnyParameter>(
      _ parameter: P, _ a: ErasedVariable, _ b: ErasedVariable
    ) -> ErasedVariable {
      ErasedVariable(a.typed(as: P.Scalar.self) + b.typed(as: P.Scalar.self))
    }
    let values = mine.indices.map { place -> ErasedVariable? in
      guard let a = left.values[place] else { return right.values[place] }
      guard let b = right.values[place] else { return a }
      return sum(mine[place].parameter, a, b)
    }
    return Gradients(parameters: left.parameters, values: values)
  }

  /// Adds gradients of the same parameters.
  public static func += (left: inout Gradients, right: Gradients) { left = left + right }

  /// Every gradient times a factor.
  public static func * (gradients: Gradients, factor: Double) -> Gradients {
    func scaled<P: AnyParameter>(_ parameter: P, _ value: ErasedVariable) -> ErasedVariable {
      ErasedVariable(value.typed(as: P.Scalar.self) * P.Scalar(factor))
    }
    return gradients.mapped { scaled($0, $1) }
  }

  /// Multiplies every gradient by a factor.
  public static func *= (gradients: inout Gradients, factor: Double) {
    gradients = gradients * factor
  }

  private func mapped(
    _ function: (any AnyParameter, ErasedVariable) -> ErasedVariable
  ) -> Gradients {
    let values = zip(parameters.entries, values).map { entry, value in
      value.map { function(entry.parameter, $0) }
    }
    return Gradients(parameters: parameters, values: values)
  }

  // MARK: Clipping

  /// The Euclidean norm of all gradients together, as of one vector.
  ///
  /// The squares neither overflow nor vanish. Infinite or NaN if an element is.
  public var norm: Double { combined(norms(order: 2).map(\.norm), order: 2) }

  /// Gradients whose norm is at most a limit: those of a larger one are scaled by limit ÷ (norm + 10⁻⁶),
  /// as PyTorch's `clip_grad_norm_` does; and the norm that they had.
  ///
  /// The norm of order p is (Σ |g|ᵖ)^(1/p), the Euclidean one by default, and for `.infinity` the largest
  /// magnitude.
  ///
  /// Source: R. Pascanu, T. Mikolov and Y. Bengio, *On the difficulty of training recurrent neural
  /// networks*, 2013. Stops with a message if the limit is not positive or the order below 1.
  ///
  /// - Throws: `NonFiniteGradient` if the norm is infinite or NaN. Nothing was changed, so that
  ///   training can go on with the next batch.
  public func clipped(
    toNorm limit: Double, order: Double = 2
  ) throws(NonFiniteGradient) -> (gradients: Gradients, norm: Double) {
    guard limit > 0 else {
      fatalError("clipped(toNorm:): the limit must be positive, got \(limit)")
    }
    guard order >= 1 else {
      fatalError("clipped(toNorm:): the order must be 1 or more, got \(order)")
    }
    let norms = norms(order: order)
    if let (name, norm) = norms.first(where: { !$0.norm.isFinite }) {
      throw NonFiniteGradient(parameter: name, norm: norm)
    }
    let norm = combined(norms.map(\.norm), order: order)
    let scale = limit / (norm + 1e-6)
    return (scale < 1 ? self * scale : self, norm)
  }

  /// Gradients with every element brought between −limit and limit; NaN stays NaN.
  ///
  /// Stops with a message if the limit is not positive.
  public func clipped(toValue limit: Double) -> Gradients {
    guard limit > 0 else {
      fatalError("clipped(toValue:): the limit must be positive, got \(limit)")
    }
    func clipped<P: AnyParameter>(_ parameter: P, _ value: ErasedVariable) -> ErasedVariable {
      let tensor = value.typed(as: P.Scalar.self).value
      let bound = P.Scalar(limit)
      return ErasedVariable(Variable(tensor.clamped(to: -bound...bound)))
    }
    return mapped { clipped($0, $1) }
  }

  /// The norm of each gradient that there is, with its parameter's name.
  private func norms(order: Double) -> [(name: String, norm: Double)] {
    func norm<P: AnyParameter>(_ parameter: P, _ value: ErasedVariable) -> Double {
      Double(value.typed(as: P.Scalar.self).value.norm(order: order).item)
    }
    return zip(parameters.entries, values).compactMap { entry, value in
      value.map { (entry.name, norm(entry.parameter, $0)) }
    }
  }

  private func combined(_ norms: [Double], order: Double) -> Double {
    let largest = norms.max() ?? 0
    guard largest > 0 && norms.allSatisfy(\.isFinite) else { return norms.reduce(0, +) }
    if order == .infinity { return largest }
    let powers = norms.reduce(0) { $0 + power($1 / largest, order) }
    return largest * power(powers, 1 / order)
  }
}

/// Gradients that are no numbers any more; `description` is one line.
public struct NonFiniteGradient: Error, Sendable, CustomStringConvertible {
  /// The first parameter with such a gradient.
  public let parameter: String
  /// The norm of its gradient: infinite or NaN.
  public let norm: Double

  public var description: String {
    "the gradient of \(parameter.onOneLine()) has norm \(norm): check the inputs of this batch, or "
      + "lower the learning rate"
  }
}
