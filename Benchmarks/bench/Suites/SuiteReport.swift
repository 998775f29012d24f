import Tensor

/// The figures of one case.
struct SuiteResult: Encodable {
  struct Seconds: Encodable {
    var median: Double
    var minimum: Double
    var maximum: Double
  }

  var name: String
  var size: String
  var threads: Int
  /// Calls of one batch.
  var calls: Int
  /// Batches measured.
  var rounds: Int
  /// Of one call.
  var seconds: Seconds
  /// Half the range between the quartiles, as a share of the median.
  var spread: Double
  var gigabytesPerSecond: Double?
  /// The time of a copy of the same bytes over that of the case.
  var shareOfCopy: Double?
  var gigaflops: Double?
  var shareOfPeak: Double?
  var meanMagnitude: Double?

  init(name: String, size: String, threads: Int, timing: Timing, calls: Int) {
    self.name = name
    self.size = size
    self.threads = threads
    self.calls = calls
    rounds = timing.samples.count
    seconds = Seconds(median: timing.median, minimum: timing.minimum, maximum: timing.maximum)
    spread = timing.spread
  }
}

/// The file of `--json`; `Benchmarks/README.md` describes it.
struct SuiteReport: Encodable {
  struct Host: Codable {
    var processor: String
    var processorCount: Int

    init(_ machine: Machine) {
      processor = machine.processor
      processorCount = machine.processorCount
    }
  }

  var schema = 1
  var suite: String
  var program = "Apus"
  var machine: Host
  var versions: [String: String]
  var results: [SuiteResult]

  init(suite: String, machine: Machine, results: [SuiteResult]) {
    self.suite = suite
    self.machine = Host(machine)
    versions = Self.versions(machine)
    self.results = results
  }

  static func versions(_ machine: Machine) -> [String: String] {
    [
      "OpenBLAS": "\(machine.openBLAS) (\(machine.openBLASCore))",
      "kernels": machine.instructionSet,
    ]
  }
}
