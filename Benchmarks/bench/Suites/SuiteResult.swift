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
