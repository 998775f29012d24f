import Tensor

/// How each distribution is drawn.
extension Initializer {
  private static func require<Value>(
    _ condition: Bool, _ name: StaticString, _ value: Value,
    _ expected: StaticString = "0 or more and finite"
  ) {
    guard condition else {
      fatalError("Initializer: \(name) must be \(expected), got \(value)")
    }
  }

  private static func requireShape(
    _ condition: Bool, _ name: StaticString, _ shape: Shape, _ expected: StaticString
  ) {
    guard condition else {
      fatalError("Initializer: \(name) needs a shape with \(expected), got \(shape)")
    }
  }

  static func uniform<Scalar: FloatingPointScalar>(
    _ shape: Shape, _ bound: Double, _ random: inout RandomGenerator
  ) -> Tensor<Scalar> {
    require(bound >= 0 && bound.isFinite, "a uniform bound", bound)
    if bound == 0 { return .zeros(shape) }
    return .uniform(shape, in: Scalar(-bound)..<Scalar(bound), using: &random)
  }

  static func normal<Scalar: FloatingPointScalar>(
    _ shape: Shape, _ deviation: Double, _ random: inout RandomGenerator
  ) -> Tensor<Scalar> {
    require(deviation >= 0 && deviation.isFinite, "a standard deviation", deviation)
    return .normal(shape, standardDeviation: Scalar(deviation), using: &random)
  }

  static func truncatedNormal<Scalar: FloatingPointScalar>(
    _ shape: Shape, _ deviation: Double, _ bound: Double, _ random: inout RandomGenerator
  ) -> Tensor<Scalar> {
    require(deviation >= 0 && deviation.isFinite, "a standard deviation", deviation)
    require(
      bound > 0 && bound.isFinite, "the bound of a normal distribution", bound,
      "positive and finite")
    return .truncatedNormal(
      shape, standardDeviation: Scalar(deviation), within: Scalar(-bound)...Scalar(bound),
      using: &random)
  }

  static func scaled<Scalar: FloatingPointScalar>(
    _ shape: Shape, _ scale: Double, _ fan: Fan, _ distribution: Distribution,
    _ random: inout RandomGenerator
  ) -> Tensor<Scalar> {
    require(scale >= 0 && scale.isFinite, "a scale", scale)
    let (fanIn, fanOut) = fans(of: shape)
    let divisor =
      switch fan {
      case .input: fanIn
      case .output: fanOut
      case .average: (fanIn + fanOut) / 2
      }
    switch distribution {
    case .uniform: return uniform(shape, (3 * scale / divisor).squareRoot(), &random)
    case .normal: return normal(shape, (scale / divisor).squareRoot(), &random)
    case .truncatedNormal:
      // The deviation of N(0, 1) cut off at −2 and 2: √(1 − 4 φ(2) ÷ (2 Φ(2) − 1)).
      let cut = 0.879_625_661_034_239_8
      return truncatedNormal(shape, (scale / divisor).squareRoot() / cut, 2, &random)
    }
  }

  static func orthogonal<Scalar: FloatingPointScalar>(
    _ shape: Shape, _ gain: Double, _ random: inout RandomGenerator
  ) -> Tensor<Scalar> {
    requireShape(shape.rank >= 2, "orthogonal", shape, "two axes or more")
    require(gain.isFinite, "a gain", gain, "finite")
    if shape.elementCount == 0 { return .zeros(shape) }
    let (rows, columns) = (shape[0], shape.elementCount / shape[0])
    let normal: Tensor<Scalar> = .normal([max(rows, columns), min(rows, columns)], using: &random)
    let (q, r) = normal.qr()
    // A sign of 0 would lose a column.
    let signs = Tensor.where(r.diagonal() .< 0, Scalar(-gain), Scalar(gain))
    let result = q * signs
    return (rows < columns ? result.transposed : result).reshaped(to: shape)
  }

  static func sparse<Scalar: FloatingPointScalar>(
    _ shape: Shape, _ sparsity: Double, _ deviation: Double, _ random: inout RandomGenerator
  ) -> Tensor<Scalar> {
    requireShape(shape.rank == 2, "sparse", shape, "two axes")
    require(sparsity >= 0 && sparsity <= 1, "a sparsity", sparsity, "in 0...1")
    var values: Tensor<Scalar> = normal(shape, deviation, &random)
    let (rows, columns) = (shape[0], shape[1])
    let zeros = Int((sparsity * Double(rows)).rounded(.up))
    values.withUnsafeMutableBufferPointer { elements in
      var places = Array(0..<rows)
      for column in 0..<columns {
        places.shuffle(using: &random)
        for row in places.prefix(zeros) { elements[row * columns + column] = 0 }
      }
    }
    return values
  }

  static func identity<Scalar: FloatingPointScalar>(
    _ shape: Shape, _ gain: Double
  ) -> Tensor<Scalar> {
    requireShape(shape.rank == 2, "identity", shape, "two axes")
    var values = Tensor<Scalar>.zeros(shape)
    values.withUnsafeMutableBufferPointer { elements in
      for place in 0..<min(shape[0], shape[1]) {
        elements[place * shape[1] + place] = Scalar(gain)
      }
    }
    return values
  }

  static func dirac<Scalar: FloatingPointScalar>(
    _ shape: Shape, _ groups: Int
  ) -> Tensor<Scalar> {
    requireShape((3...5).contains(shape.rank), "dirac", shape, "three to five axes")
    guard groups > 0 && shape[0].isMultiple(of: groups) else {
      fatalError(
        "Initializer: dirac cannot divide the \(shape[0]) outputs of \(shape) into \(groups) groups"
      )
    }
    var values = Tensor<Scalar>.zeros(shape)
    if shape.elementCount == 0 { return values }
    let kernel = Array(shape.dropFirst(2))
    let center = kernel.reduce(0) { $0 * $1 + $1 / 2 }
    let kernelCount = kernel.reduce(1, *)
    let outputs = shape[0] / groups
    values.withUnsafeMutableBufferPointer { elements in
      for group in 0..<groups {
        for place in 0..<min(outputs, shape[1]) {
          let output = group * outputs + place
          elements[(output * shape[1] + place) * kernelCount + center] = 1
        }
      }
    }
    return values
  }
}
