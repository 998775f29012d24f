/// A learning rate as a function of the step, counted from 0.
///
/// ```swift
/// let schedule = Schedule.cosine(1e-3, steps: 900).warmup(steps: 100)
/// for step in 0..<1000 {
///   optimizer.learningRate = schedule(step)
///   …
/// }
/// ```
///
/// Schedules are values without a memory: a resumed run asks for the step at which it goes on. They are
/// composed by `then(_:at:)`, `warmup(steps:from:)` and `*`. Where PyTorch has the same schedule the
/// rates are those of its scheduler after as many calls of `step()`.
public struct Schedule: Sendable {
  private let rate: @Sendable (_ step: Int) -> Double

  /// A schedule of one's own.
  public init(_ rate: @escaping @Sendable (_ step: Int) -> Double) {
    self.rate = rate
  }

  /// The learning rate at a step; stops with a message if the step is negative.
  public func callAsFunction(_ step: Int) -> Double {
    guard step >= 0 else { fatalError("Schedule: a step must be 0 or more, got \(step)") }
    return rate(step)
  }

  /// The learning rates of the first steps, to be looked at.
  public func values(count: Int) -> [Double] {
    guard count >= 0 else { fatalError("values(count:): 0 or more are needed, got \(count)") }
    return (0..<count).map(rate)
  }
}

// MARK: - Composition

extension Schedule {
  /// This schedule up to a step, and from there on another one, which counts from 0 at it.
  public func then(_ next: Schedule, at step: Int) -> Schedule {
    Self.require(step >= 0, "then", "step", step, "0 or more")
    return Schedule { $0 < step ? self($0) : next($0 - step) }
  }

  /// A rise in a straight line to the first rate of this schedule, which begins after it:
  /// rate(0) · (start + (1 − start) · step ÷ steps), where `start` is a fraction.
  public func warmup(steps: Int, from start: Double = 0) -> Schedule {
    Self.require(steps >= 0, "warmup", "steps", steps, "0 or more")
    Self.require(start >= 0 && start <= 1, "warmup", "start", start, "in 0...1")
    return Schedule { step in
      if step >= steps { return self(step - steps) }
      return self(0) * (start + (1 - start) * Double(step) / Double(steps))
    }
  }

  /// The product of two schedules.
  public static func * (left: Schedule, right: Schedule) -> Schedule {
    Schedule { left($0) * right($0) }
  }

  /// A schedule times a factor.
  public static func * (schedule: Schedule, factor: Double) -> Schedule {
    Schedule { schedule($0) * factor }
  }

  static func require<Value>(
    _ condition: Bool, _ schedule: StaticString, _ name: StaticString, _ value: Value,
    _ expected: StaticString
  ) {
    guard condition else {
      fatalError("Schedule.\(schedule): \(name) must be \(expected), got \(value)")
    }
  }
}
