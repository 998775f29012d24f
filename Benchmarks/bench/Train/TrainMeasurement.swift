import Foundation
import NN
import Tensor

/// The figures of one workload.
struct TrainResult: Codable {
  var name: String
  var threads: Int
  var steps: Int
  /// The median of the steps after the first tenth, and half the range between their quartiles as a
  /// share of it.
  var stepMicroseconds: Double
  var spread: Double
  var samplesPerSecond: Double
  /// Multiply-adds of the products and convolutions of a step, by their definition.
  var multiplyAddsPerStep: Int
  /// The time of those at the rate of the fastest large product of this run, over the time of a step.
  var floorShare: Double
  var peakGigaflops: Double
  /// The most memory that the process had, with the data and the program.
  var peakResidentBytes: Int
  /// Blocks that storage had to ask of the system, per step after the second.
  var allocationsPerStep: Double
  /// From the start of the process to the end of the first step.
  var firstStepSeconds: Double
  var parameterCount: Int
  /// The mean of the last 50 losses.
  var finalLoss: Double
}

/// Trains one workload in this process.
struct TrainMeasurement {
  let workload: Workload
  let steps: Int

  /// Steps whose losses make the final loss.
  private static let lossesAtEnd = 50

  func run(_ data: TrainData, profilingSteps: Int?) throws -> (TrainResult, Profile?) {
    let loop = try workload.loop(data)
    var losses: [Float] = []
    losses.reserveCapacity(steps)
    var times: [Double] = []
    times.reserveCapacity(steps)
    losses.append(loop.step())
    let firstStepSeconds = ProcessFacts.secondsSinceStart
    losses.append(loop.step())
    let missesBefore = MemoryPool.statistics.misses
    let clock = ContinuousClock()
    var last = clock.now
    for _ in losses.count..<steps {
      losses.append(loop.step())
      let now = clock.now
      let (seconds, attoseconds) = (now - last).components
      times.append(Double(seconds) + Double(attoseconds) * 1e-18)
      last = now
    }
    let misses = MemoryPool.statistics.misses - missesBefore
    let peakResidentBytes = ProcessFacts.peakResidentBytes

    let counter = Multiplications()
    counter.during { _ = loop.step() }
    let profile = profilingSteps.map { steps in
      // The first time, the profiler itself takes longer.
      _ = profiling(repetitions: 1) { _ = loop.step() }
      return profiling(repetitions: steps) { _ = loop.step() }.profile
    }
    let timing = Timing(samples: Array(times.dropFirst(times.count / 10)))
    let peak = Self.productRate()
    return (
      TrainResult(
        name: workload.rawValue, threads: ThreadPool.threadCount, steps: steps,
        stepMicroseconds: timing.median * 1e6,
        spread: timing.spread,
        samplesPerSecond: Double(loop.samplesPerStep) / timing.median,
        multiplyAddsPerStep: counter.count,
        floorShare: 2 * Double(counter.count) / peak / timing.median,
        peakGigaflops: peak / 1e9, peakResidentBytes: peakResidentBytes,
        allocationsPerStep: Double(misses) / Double(times.count),
        firstStepSeconds: firstStepSeconds, parameterCount: loop.parameterCount,
        finalLoss: losses.suffix(Self.lossesAtEnd).reduce(0) { $0 + Double($1) }
          / Double(min(losses.count, Self.lossesAtEnd))), profile
    )
  }

  /// FLOP/s of the fastest of a few large products, each several times.
  static func productRate() -> Double {
    [512, 768, 1024].map { size in
      var random = RandomGenerator(seed: 0)
      let a = Tensor<Float>.uniform([size, size], in: -1..<1, using: &random)
      let b = Tensor<Float>.uniform([size, size], in: -1..<1, using: &random)
      let times = (0..<12).map { _ in Stopwatch.seconds { _ = a.matmul(b) } }
      return 2 * Double(size * size * size) / times.min()!
    }.max()!
  }
}

/// What the system knows of this process.
enum ProcessFacts {
  static var peakResidentBytes: Int {
    var usage = rusage()
    #if os(Linux)
      getrusage(RUSAGE_SELF.rawValue, &usage)
      return usage.ru_maxrss * 1024
    #else
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #endif
  }

  /// Since the process was started; where the system does not tell, since the first use of this.
  static var secondsSinceStart: Double {
    #if os(Linux)
      // Field 22 of the file, counted after the name in parentheses: ticks between boot and start.
      if let text = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
        let fields = text.split(separator: ")").last?.split(separator: " "), fields.count > 19,
        let ticks = Double(fields[19])
      {
        var now = timespec()
        clock_gettime(CLOCK_BOOTTIME, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
          - ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
      }
    #endif
    return Date().timeIntervalSince(firstUse)
  }

  private static let firstUse = Date()
}
