#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// One side of a comparison: some code, how it is made ready, and what it leaves behind.
struct Contender {
  var name: String
  /// Runs the work `count` times.
  var run: (_ count: Int) -> Void
  /// How many calls make one measurement of a round.
  var callsPerRound = 1
  /// In how many of the rounds it takes part; slow code is measured less often.
  var rounds = Int.max
  /// Whether a call outside the measurement goes before it even where one call is measured.
  var isAlwaysWarmedUp = false
  /// Milliseconds until threads that it woke are asleep again and disturb nobody.
  var settleMilliseconds: UInt32 = 1
}

/// Seconds per call over the rounds of a measurement.
struct Timing {
  var samples: [Double]

  var median: Double {
    let sorted = samples.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// Half the range between the quartiles, as a share of the median.
  var spread: Double {
    let sorted = samples.sorted()
    let lower = sorted[(sorted.count - 1) / 4]
    let upper = sorted[(sorted.count * 3 - 1) / 4]
    return (upper - lower) / 2 / median
  }

  var minimum: Double { samples.min()! }
  var maximum: Double { samples.max()! }
}

enum Stopwatch {
  static func seconds(_ body: () -> Void) -> Double {
    let clock = ContinuousClock()
    let duration = clock.measure(body)
    return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }

  /// The number of calls that take about `target` seconds together, at least one.
  static func callsPerRound(target: Double, _ run: (Int) -> Void) -> Int {
    run(1)
    var calls = 1
    while true {
      let elapsed = seconds { run(calls) }
      if elapsed >= target / 4 || calls >= 1 << 24 {
        return max(1, Int(Double(calls) * target / elapsed))
      }
      calls *= elapsed < target / 64 ? 8 : 2
    }
  }

  /// Measures the contenders in turn, round by round, so that a machine that changes its speed
  /// changes it for all of them.
  static func interleaved(
    _ contenders: [Contender], rounds: Int, willStart: (_ round: Int) -> Void = { _ in }
  ) -> [Timing] {
    var samples = contenders.map { _ in [Double]() }
    for round in 0..<rounds {
      willStart(round)
      for (index, contender) in contenders.enumerated() where round < contender.rounds {
        // One call outside the measurement wakes threads and fills caches.
        if contender.callsPerRound > 1 || contender.isAlwaysWarmedUp { contender.run(1) }
        let elapsed = seconds { contender.run(contender.callsPerRound) }
        samples[index].append(elapsed / Double(contender.callsPerRound))
        usleep(contender.settleMilliseconds * 1000)
      }
    }
    return samples.map(Timing.init)
  }
}
