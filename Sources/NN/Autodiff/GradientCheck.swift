import Tensor

/// What `gradientCheck` found.
public struct GradientReport: Sendable, CustomStringConvertible {
  /// The element whose analytic gradient is farthest from the numerical one.
  public struct Element: Sendable, CustomStringConvertible {
    /// The argument, by place or by a parameter's name.
    public let argument: String
    public let index: [Int]
    public let analytic: Double
    public let numerical: Double

    public var description: String {
      "\(argument)\(index): analytic \(analytic), numerical \(numerical)"
    }
  }

  /// The error allowed: relative to the larger of 1 and the two derivatives' magnitudes.
  public let tolerance: Double
  /// The largest error of the directional derivatives.
  public let directionalError: Double
  /// The element with the largest error, and that error; nil if there are no elements.
  public let worst: Element?
  public let worstError: Double

  /// Whether all errors are within the tolerance.
  public var isCorrect: Bool { directionalError <= tolerance && worstError <= tolerance }

  public var description: String {
    let verdict = isCorrect ? "the gradient is right" : "the gradient is WRONG"
    let place = worst.map { "; worst element \($0), error \(worstError)" } ?? ""
    return "\(verdict) to \(tolerance): directional error \(directionalError)\(place)"
  }
}

/// Compares the gradient of a function with central differences.
///
///     (f(x + h·d) − f(x − h·d)) ÷ 2h  against  Σ ∂f/∂x · d
///
/// along random directions d through all arguments at once, and element by element, which names the
/// worst element (with more than `elementLimit` elements, a random choice of that many). The function
/// must give the same value each time; at a kink the differences mean nothing. A value that is no
/// single number is multiplied by a fixed random cotangent. h is taken relative to each element's
/// magnitude where that is above 1; with the default the differences are right to about 1e-9 of the
/// function's scale, hence the default tolerance.
///
/// ```swift
/// let report = gradientCheck(at: [x]) { $0[0].squared().sum() }
/// #expect(report.isCorrect, "\(report)")
/// ```
public func gradientCheck(
  at arguments: [Tensor<Double>], directions: Int = 3, step: Double = 1e-5,
  tolerance: Double = 1e-6, elementLimit: Int = 1000, seed: UInt64 = 0,
  of function: ([Variable<Double>]) throws -> Variable<Double>
) rethrows -> GradientReport {
  var random = RandomGenerator(seed: seed)
  let shape = try function(arguments.map { Variable($0) }).shape
  let cotangent: Tensor<Double> =
    shape.elementCount == 1 ? .ones(shape) : .normal(shape, using: &random)
  func scalar(_ x: [Variable<Double>]) throws -> Variable<Double> {
    (try function(x) * Variable(cotangent)).sum()
  }
  let (_, gradients) = try valueAndGradient(at: arguments.map { Variable($0) }, of: scalar)
  var check = GradientComparison(
    arguments: arguments, gradients: gradients.map(\.value),
    names: arguments.indices.map { "argument \($0)" }, step: step)
  try check.run(directions, elementLimit, &random) { values in
    try scalar(values.map { Variable($0) }).item
  }
  return check.report(tolerance)
}

/// Compares the gradients of a loss by the parameters of a model with central differences.
///
/// As for functions of tensors; the report names the parameter. The model's parameters are of
/// `Double`, are moved during the check, and have their old values again when it is over.
public func gradientCheck(
  of model: Any, directions: Int = 3, step: Double = 1e-5, tolerance: Double = 1e-6,
  elementLimit: Int = 1000, seed: UInt64 = 0, _ loss: () throws -> Variable<Double>
) rethrows -> GradientReport {
  var random = RandomGenerator(seed: seed)
  let parameters = Parameters(of: model)
  let entries = parameters.entries.filter { !$0.parameter.isFrozen }
  let trained = entries.map { entry -> Parameter<Double> in
    guard let parameter = entry.parameter as? Parameter<Double> else {
      fatalError("gradientCheck: the parameter \(entry.name) is not of Double")
    }
    return parameter
  }
  let (_, gradients) = try valueAndGradients(of: parameters, loss)
  let before = trained.map(\.value)
  defer { for (parameter, value) in zip(trained, before) { parameter.value = value } }
  var check = GradientComparison(
    arguments: before,
    gradients: trained.map { gradients[$0]?.value ?? .zeros($0.shape) },
    names: entries.map(\.name), step: step)
  try check.run(directions, elementLimit, &random) { values in
    for (parameter, value) in zip(trained, values) { parameter.value = value }
    return try loss().item
  }
  return check.report(tolerance)
}

/// Central differences beside an analytic gradient.
private struct GradientComparison {
  let arguments: [Tensor<Double>]
  let gradients: [Tensor<Double>]
  let names: [String]
  let step: Double
  var directionalError = 0.0
  var worst: GradientReport.Element?
  var worstError = 0.0

  init(
    arguments: [Tensor<Double>], gradients: [Tensor<Double>], names: [String], step: Double
  ) {
    self.arguments = arguments
    self.gradients = gradients
    self.names = names
    self.step = step
  }

  mutating func run(
    _ directions: Int, _ elementLimit: Int, _ random: inout RandomGenerator,
    _ value: ([Tensor<Double>]) throws -> Double
  ) rethrows {
    for _ in 0..<directions {
      // Of length 1, so that the step does not grow with the number of elements.
      var direction: [Tensor<Double>] = arguments.map { .normal($0.shape, using: &random) }
      let length = direction.reduce(0) { $0 + $1.squared().sum().item }.squareRoot()
      if length > 0 { direction = direction.map { $0 / length } }
      let analytic = zip(gradients, direction).reduce(0) { $0 + ($1.0 * $1.1).sum().item }
      let above = try value(zip(arguments, direction).map { $0 + step * $1 })
      let below = try value(zip(arguments, direction).map { $0 - step * $1 })
      directionalError = max(directionalError, error(analytic, (above - below) / (2 * step)))
    }
    for (argument, element) in chosenElements(elementLimit, &random) {
      try compare(argument, element, value)
    }
  }

  /// All elements, or a random choice of them.
  private func chosenElements(
    _ limit: Int, _ random: inout RandomGenerator
  ) -> [(argument: Int, element: Int)] {
    let all = arguments.enumerated().flatMap { argument, tensor in
      (0..<tensor.count).map { (argument, $0) }
    }
    guard all.count > limit else { return all }
    return Array(all.shuffled(using: &random).prefix(limit))
  }

  private mutating func compare(
    _ argument: Int, _ element: Int, _ value: ([Tensor<Double>]) throws -> Double
  ) rethrows {
    let flat = arguments[argument].reshaped(to: [arguments[argument].count])
    let center = flat[at: element]
    let h = step * max(1, center.magnitude)
    func moved(by distance: Double) -> [Tensor<Double>] {
      var copy = flat
      copy[at: element] = center + distance
      var all = arguments
      all[argument] = copy.reshaped(to: arguments[argument].shape)
      return all
    }
    let numerical = (try value(moved(by: h)) - value(moved(by: -h))) / (2 * h)
    let analytic = gradients[argument].reshaped(to: [flat.count])[at: element]
    let error = error(analytic, numerical)
    guard worst == nil || error > worstError else { return }
    worstError = error
    worst = GradientReport.Element(
      argument: names[argument], index: index(of: element, in: arguments[argument].shape),
      analytic: analytic, numerical: numerical)
  }

  /// The relative error above 1, absolute below; infinite if a derivative is not finite.
  private func error(_ a: Double, _ b: Double) -> Double {
    guard a.isFinite && b.isFinite else { return .infinity }
    return (a - b).magnitude / max(1, a.magnitude, b.magnitude)
  }

  private func index(of element: Int, in shape: Shape) -> [Int] {
    var rest = element
    var index = [Int](repeating: 0, count: shape.rank)
    for axis in (0..<shape.rank).reversed() {
      index[axis] = rest % shape[axis]
      rest /= shape[axis]
    }
    return index
  }

  func report(_ tolerance: Double) -> GradientReport {
    GradientReport(
      tolerance: tolerance, directionalError: directionalError, worst: worst,
      worstError: worstError)
  }
}
