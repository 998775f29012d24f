import Tensor

/// Averages of a model's parameters over the steps of training, which often do better than the last
/// parameters themselves.
///
///     a ← d · a + (1 − d) · p,  d = warmsUp ? min(decay, (1 + n) ÷ (10 + n)) : decay
///
/// at the update after n others. The averages begin at the parameters as they are when they are created;
/// with a warm-up the first ones count for less. Sources: B. Polyak and A. Juditsky, *Acceleration of
/// stochastic approximation by averaging*, 1992; the warm-up as in TensorFlow.
///
/// ```swift
/// let average = ExponentialMovingAverage(of: model, decay: 0.999)
/// for batch in batches {
///   …
///   optimizer.update(along: gradients)
///   average.update()
/// }
/// let accuracy = average.applied { evaluate(model) }
/// ```
///
/// Buffers, such as running means, are not averaged.
public final class ExponentialMovingAverage {
  private let parameters: Parameters
  /// The averages, under the names of the parameters.
  private let averages: Parameters
  private let decay: Double
  private let warmsUp: Bool
  private var pass = UpdatePass()
  private var isApplied = false

  /// How often `update()` was called.
  public private(set) var updateCount = 0

  /// Creates averages that are the parameters of a model.
  ///
  /// Stops with a message if the decay is outside 0...1.
  public init(of model: Any, decay: Double = 0.999, warmsUp: Bool = false) {
    guard decay >= 0 && decay <= 1 else {
      fatalError("ExponentialMovingAverage: decay must be in 0...1, got \(decay)")
    }
    parameters = Parameters(of: model)
    averages = Parameters(
      entries: parameters.entries.map { .init(name: $0.name, parameter: $0.parameter.copied()) },
      buffers: [])
    self.decay = decay
    self.warmsUp = warmsUp
  }

  /// Takes the parameters into the averages.
  public func update() {
    checkNotApplied("update()")
    let count = Double(updateCount)
    let kept = warmsUp ? min(decay, (1 + count) / (10 + count)) : decay
    updateCount += 1
    // A step of SGD up along the parameters, from averages that have decayed.
    var coefficients = UpdateCoefficients()
    coefficients.keep = kept
    coefficients.learningRate = kept - 1
    func add<P: AnyParameter>(_ average: P, _ parameter: any AnyParameter) {
      var state: [Tensor<P.Scalar>] = []
      average.modify {
        pass.add(
          .sgd, &$0, along: (parameter as! P).modify { $0 }, state: &state, coefficients)
      }
    }
    for (average, parameter) in zip(averages.entries, parameters.entries) {
      add(average.parameter, parameter.parameter)
    }
    pass.run()
  }

  /// Runs a closure while the model's parameters are the averages; they are themselves again after it,
  /// also after an error.
  public func applied<Result>(_ body: () throws -> Result) rethrows -> Result {
    checkNotApplied("applied(_:)")
    isApplied = true
    exchange()
    defer {
      exchange()
      isApplied = false
    }
    return try body()
  }

  /// Sets the model's parameters to the averages for good.
  public func apply() {
    checkNotApplied("apply()")
    func set<P: AnyParameter>(_ parameter: P, _ average: any AnyParameter) {
      let value = (average as! P).modify { $0 }
      parameter.modify { $0 = value }
    }
    for (average, parameter) in zip(averages.entries, parameters.entries) {
      set(parameter.parameter, average.parameter)
    }
  }

  /// The average of the parameter of a name; nil if there is none, or of another scalar type.
  public func average<Scalar: FloatingPointScalar>(
    named name: String, as scalar: Scalar.Type = Float.self
  ) -> Tensor<Scalar>? {
    let entry = averages.entries.first { $0.name == name }
    return (entry?.parameter as? Parameter<Scalar>)?.value
  }

  // MARK: Files

  private static let countKey = "exponentialMovingAverage.updateCount"

  /// Writes the averages to a safetensors file under the parameters' names, so that it can also be
  /// loaded into a model; it appears complete or not at all.
  ///
  /// - Throws: `SafetensorsError` if the file cannot be written; a file that was there stays.
  public func save(to path: String) throws(SafetensorsError) {
    try averages.save(to: path, metadata: [Self.countKey: "\(updateCount)"])
  }

  /// Sets the averages and the count of updates from a file that `save(to:)` wrote, or the averages
  /// alone from a file of weights.
  ///
  /// - Throws: `WeightsError` if the file cannot be read or is of another model; nothing is changed.
  public func load(from path: String) throws(WeightsError) {
    let file: SafetensorsFile
    do { file = try SafetensorsFile(path: path) } catch { throw .file(error) }
    try averages.load(from: file)
    updateCount = file.metadata[Self.countKey].flatMap { Int($0) }.map { max($0, 0) } ?? 0
  }

  // MARK: Exchange

  private func exchange() {
    func exchange<P: AnyParameter>(_ parameter: P, _ average: any AnyParameter) {
      parameter.modify { value in (average as! P).modify { swap(&value, &$0) } }
    }
    for (average, parameter) in zip(averages.entries, parameters.entries) {
      exchange(parameter.parameter, average.parameter)
    }
  }

  private func checkNotApplied(_ method: StaticString) {
    guard !isApplied else {
      fatalError("ExponentialMovingAverage.\(method): the averages are applied to the model now")
    }
  }
}
