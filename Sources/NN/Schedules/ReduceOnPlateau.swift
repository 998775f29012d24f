/// A learning rate that falls when a metric has not become better for some time (PyTorch's
/// `ReduceLROnPlateau`).
///
/// ```swift
/// var plateau = ReduceOnPlateau(1e-3, patience: 5)
/// for epoch in 0..<epochs {
///   …
///   optimizer.learningRate = plateau.update(validationLoss)
/// }
/// ```
///
/// It has a memory, unlike a `Schedule`: it is `Codable`, so that it can be kept with a checkpoint.
public struct ReduceOnPlateau: Codable, Hashable, Sendable {
  /// Whether a metric is better when it is smaller or when it is larger.
  public enum Goal: String, Codable, Sendable {
    case minimum, maximum
  }

  /// By what a metric must be better to count: a part of the best, or a difference from it.
  public enum ThresholdMode: String, Codable, Sendable {
    case relative, absolute
  }

  /// The rate at present.
  public private(set) var learningRate: Double

  /// The best metric so far; nil before the first, and while all were NaN.
  public private(set) var best: Double?

  /// Metrics in turn that were not better.
  public private(set) var badCount = 0

  private var cooldownLeft = 0
  private let goal: Goal
  private let factor: Double
  private let patience: Int
  private let threshold: Double
  private let thresholdMode: ThresholdMode
  private let cooldown: Int
  private let minimum: Double

  /// Creates a schedule that starts at a rate.
  ///
  /// After more than `patience` metrics that were not better the rate is multiplied by `factor`, but
  /// does not fall below `minimum`; changes of at most 10⁻⁸ are left out. Then metrics are not counted
  /// for `cooldown` updates. Stops with a message if a number is out of range.
  public init(
    _ learningRate: Double, goal: Goal = .minimum, factor: Double = 0.1, patience: Int = 10,
    threshold: Double = 1e-4, thresholdMode: ThresholdMode = .relative, cooldown: Int = 0,
    minimum: Double = 0
  ) {
    func require<Value>(
      _ condition: Bool, _ name: StaticString, _ value: Value, _ expected: StaticString
    ) {
      guard condition else {
        fatalError("ReduceOnPlateau: \(name) must be \(expected), got \(value)")
      }
    }
    require(
      learningRate >= 0 && learningRate.isFinite, "learningRate", learningRate,
      "0 or more and finite")
    require(factor >= 0 && factor < 1, "factor", factor, "in 0..<1")
    require(patience >= 0, "patience", patience, "0 or more")
    require(threshold >= 0 && threshold.isFinite, "threshold", threshold, "0 or more and finite")
    require(cooldown >= 0, "cooldown", cooldown, "0 or more")
    require(minimum >= 0 && minimum.isFinite, "minimum", minimum, "0 or more and finite")
    self.learningRate = learningRate
    self.goal = goal
    self.factor = factor
    self.patience = patience
    self.threshold = threshold
    self.thresholdMode = thresholdMode
    self.cooldown = cooldown
    self.minimum = minimum
  }

  /// Takes a metric and returns the rate from now on. NaN is never better.
  @discardableResult
  public mutating func update(_ metric: Double) -> Double {
    if isBetter(metric) {
      best = metric
      badCount = 0
    } else {
      badCount += 1
    }
    if cooldownLeft > 0 {
      cooldownLeft -= 1
      badCount = 0
    }
    if badCount > patience {
      let reduced = max(learningRate * factor, minimum)
      if learningRate - reduced > 1e-8 { learningRate = reduced }
      cooldownLeft = cooldown
      badCount = 0
    }
    return learningRate
  }

  private func isBetter(_ metric: Double) -> Bool {
    guard let best else { return !metric.isNaN }
    switch (goal, thresholdMode) {
    case (.minimum, .relative): return metric < best * (1 - threshold)
    case (.minimum, .absolute): return metric < best - threshold
    case (.maximum, .relative): return metric > best * (1 + threshold)
    case (.maximum, .absolute): return metric > best + threshold
    }
  }
}
