import Foundation
import NN
import Tensor
import Testing

@Suite struct ScheduleTests {
  private static let goldens = GoldenFile("schedules")

  /// A schedule that PyTorch has too, with the options of `scripts/make-schedule-goldens`.
  static let schedules: [String: Schedule] = [
    "step": .step(0.1, every: 10, factor: 0.5),
    "multi-step": .multiStep(0.1, at: [3, 10, 10, 30], factor: 0.3),
    "exponential": .exponential(0.1, factor: 0.9),
    "polynomial": .polynomial(0.1, steps: 20, exponent: 2.5),
    "linear": .linear(from: 0.02, to: 0.09, steps: 20),
    "cosine": .cosine(0.1, to: 0.01, steps: 20),
    "cosine-restarts": .cosineRestarts(0.1, to: 0.01, period: 9),
    "cosine-restarts-growth": .cosineRestarts(0.1, period: 5, growth: 2),
    "one-cycle": .oneCycle(peak: 0.1, steps: 40),
    "one-cycle-options": .oneCycle(
      peak: 0.1, steps: 37, warmup: 0.42, startDivisor: 10, endDivisor: 50, curve: .linear),
    "one-cycle-three": .oneCycle(peak: 0.1, steps: 40, warmup: 0.4, threePhases: true),
    "cyclic": .cyclic(from: 0.01, to: 0.1, stepsUp: 7),
    "cyclic-halving": .cyclic(from: 0.01, to: 0.1, stepsUp: 7, stepsDown: 4, height: .halving),
    "cyclic-exponential": .cyclic(from: 0.01, to: 0.1, stepsUp: 5, height: .exponential(0.97)),
    "warmup": Schedule.cosine(0.1, steps: 32).warmup(steps: 8, from: 0.25),
    "sequence": Schedule.constant(0.05).then(.exponential(0.1, factor: 0.8), at: 12),
    "product": .step(0.1, every: 10) * .exponential(1, factor: 0.9),
  ]

  static let plateaus: [String: ReduceOnPlateau] = [
    "plateau": ReduceOnPlateau(0.1),
    "plateau-patience": ReduceOnPlateau(0.1, factor: 0.5, patience: 2),
    "plateau-maximum": ReduceOnPlateau(
      0.1, goal: .maximum, factor: 0.5, patience: 1, threshold: 0.05),
    "plateau-absolute": ReduceOnPlateau(
      0.1, factor: 0.5, patience: 1, threshold: 0.02, thresholdMode: .absolute),
    "plateau-maximum-absolute": ReduceOnPlateau(
      0.1, goal: .maximum, factor: 0.5, patience: 1, threshold: 0.02, thresholdMode: .absolute),
    "plateau-cooldown": ReduceOnPlateau(
      0.1, factor: 0.5, patience: 1, cooldown: 4, minimum: 0.01),
  ]

  private func rates(_ golden: String) -> [Double] {
    Self.goldens.tensor(golden, "rates", Double.self)!.scalars
  }

  @Test func everyCaseOfTheFileIsTested() {
    let names = Array(Self.schedules.keys) + Array(Self.plateaus.keys)
    #expect(names.sorted() == Self.goldens.cases.filter { $0 != "problem" })
  }

  @Test(arguments: schedules.keys.sorted())
  func againstPyTorch(_ golden: String) {
    let expected = rates(golden)
    let actual = Self.schedules[golden]!.values(count: expected.count)
    for (step, (a, e)) in zip(actual, expected).enumerated() where abs(a - e) > 1e-13 {
      Issue.record("step \(step): \(a), expected \(e)")
    }
  }

  // Encoded and decoded at every step, as by checkpoints.
  @Test(arguments: plateaus.keys.sorted())
  func plateauAgainstPyTorch(_ golden: String) throws {
    var plateau = Self.plateaus[golden]!
    let metrics = Self.goldens.tensor("problem", "metrics", Double.self)!.scalars
    for (step, (metric, expected)) in zip(metrics, rates(golden)).enumerated() {
      let data = try JSONEncoder().encode(plateau)
      plateau = try JSONDecoder().decode(ReduceOnPlateau.self, from: data)
      plateau.update(metric)
      #expect(abs(plateau.learningRate - expected) < 1e-15, "step \(step)")
    }
  }

  @Test func plateauTakesNaNForWorse() {
    var plateau = ReduceOnPlateau(1, factor: 0.5, patience: 1)
    #expect([.nan, .nan, 3, 3, 3].map { plateau.update($0) } == [1, 0.5, 0.5, 0.5, 0.25])
    #expect(plateau.best == 3 && plateau.badCount == 0)
  }

  @Test func spansEndWhereTheyShould() {
    #expect(Schedule.constant(0.3).values(count: 2) == [0.3, 0.3])
    #expect(
      Schedule.cosine(1, to: 0.25, steps: 4).values(count: 7).suffix(3) == [0.25, 0.25, 0.25])
    #expect(Schedule.polynomial(1, to: 0.5, steps: 2).values(count: 4) == [1, 0.75, 0.5, 0.5])
    #expect(
      Schedule.linear(from: 0, to: 1, steps: 4).values(count: 6) == [0, 0.25, 0.5, 0.75, 1, 1])
    let cycle = Schedule.oneCycle(peak: 1, steps: 10)
    #expect(cycle(9) == 1.0 / 25 / 1e4 && cycle(1000) == cycle(9))
    #expect(Schedule.oneCycle(peak: 1, steps: 1)(0) == 1.0 / 25 / 1e4)
    #expect(
      Schedule.oneCycle(peak: 1, steps: 4, warmup: 0).values(count: 4).allSatisfy { $0.isFinite })
    #expect(Schedule.constant(1).values(count: 0) == [])
  }

  @Test func compositions() {
    let warm = Schedule.constant(2).warmup(steps: 4)
    #expect(warm.values(count: 6) == [0, 0.5, 1, 1.5, 2, 2])
    #expect(Schedule.constant(2).warmup(steps: 0)(0) == 2)
    let steps = Schedule { Double($0) }
    #expect(steps.then(steps, at: 2).then(steps * 10, at: 3).values(count: 5) == [0, 1, 0, 0, 10])
    #expect((steps * steps * 0.5)(4) == 8)
  }

  // A. Vaswani and others, 2017: the widths and warm-up of their base model, by its equation.
  @Test func noam() {
    let schedule = Schedule.noam(width: 512, warmupSteps: 4000)
    for step in [0, 1, 100, 3999, 4000, 100_000] {
      let s = Double(step + 1)
      let expected = pow(512, -0.5) * min(pow(s, -0.5), s * pow(4000, -1.5))
      #expect(abs(schedule(step) / expected - 1) < 1e-14)
    }
    #expect(abs(schedule(3999) - 6.98771e-4) < 1e-8)
    #expect(Schedule.inverseSquareRoot(peak: 3, warmupSteps: 10)(9) == 3)
  }

  @Test func drivesAnOptimizer() {
    let w = Parameter(Tensor<Double>(0))
    let optimizer = SGD(w, learningRate: 1)
    let schedule = Schedule.linear(from: 1, to: 0, steps: 4)
    for step in 0..<5 {
      optimizer.learningRate = schedule(step)
      optimizer.update(along: valueAndGradients(of: w) { -w.variable }.gradients)
    }
    #expect(w.value.item == 2.5)
  }

  // MARK: Messages

  struct Mistake: Sendable {
    let message: String
    let make: @Sendable () -> Void

    init(_ message: String, _ make: @escaping @Sendable () -> Void) {
      self.message = message
      self.make = make
    }
  }

  static let mistakes: [Mistake] = [
    .init("Schedule: a step must be 0 or more, got -1") { _ = Schedule.constant(1)(-1) },
    .init("values(count:): 0 or more are needed, got -1") {
      _ = Schedule.constant(1).values(count: -1)
    },
    .init("Schedule.constant: rate must be 0 or more and finite, got nan") {
      _ = Schedule.constant(.nan)
    },
    .init("Schedule.step: period must be positive, got 0") { _ = Schedule.step(1, every: 0) },
    .init("Schedule.multiStep: factor must be 0 or more and finite, got -1.0") {
      _ = Schedule.multiStep(1, at: [], factor: -1)
    },
    .init("Schedule.polynomial: exponent must be positive, got 0.0") {
      _ = Schedule.polynomial(1, steps: 1, exponent: 0)
    },
    .init("Schedule.cosine: steps must be positive, got 0") { _ = Schedule.cosine(1, steps: 0) },
    .init("Schedule.cosineRestarts: growth must be positive, got 0") {
      _ = Schedule.cosineRestarts(1, period: 1, growth: 0)
    },
    .init(
      "Schedule.oneCycle: warmup must be a fraction (of at most a half with three phases), got 0.6"
    ) { _ = Schedule.oneCycle(peak: 1, steps: 1, warmup: 0.6, threePhases: true) },
    .init("Schedule.cyclic: stepsDown must be positive, got 0") {
      _ = Schedule.cyclic(from: 0, to: 1, stepsDown: 0)
    },
    .init("Schedule.noam: width must be positive, got 0") {
      _ = Schedule.noam(width: 0, warmupSteps: 1)
    },
    .init("Schedule.warmup: start must be in 0...1, got 2.0") {
      _ = Schedule.constant(1).warmup(steps: 1, from: 2)
    },
    .init("Schedule.then: step must be 0 or more, got -2") {
      _ = Schedule.constant(1).then(.constant(2), at: -2)
    },
    .init("ReduceOnPlateau: factor must be in 0..<1, got 1.0") {
      _ = ReduceOnPlateau(1, factor: 1)
    },
    .init("ReduceOnPlateau: patience must be 0 or more, got -1") {
      _ = ReduceOnPlateau(1, patience: -1)
    },
  ]

  @Test(arguments: mistakes.indices)
  func mistakeStops(_ index: Int) async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [index] in ScheduleTests.mistakes[index].make() }
    expectMessage(result, Self.mistakes[index].message)
  }
}
