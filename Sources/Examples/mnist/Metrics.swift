import Foundation
import Tensor

/// The figures of one epoch.
struct EpochMetrics: Encodable {
  /// The mean loss over the training images, each taken before its step.
  var loss: Double
  /// The share of training images that were right, each taken before its step.
  var trainAccuracy: Double
  /// The share of test images that were right after the epoch.
  var testAccuracy: Double
  /// The time of the epoch's training.
  var seconds: Double
  /// The median time of a step: a batch taken, forward, backward, update, and its bookkeeping.
  var stepMicroseconds: Double
}

/// What `--metrics` writes.
struct Metrics: Encodable {
  var epochs: [EpochMetrics]
  var testAccuracy: Double
  var peakResidentBytes: Int
  var seed: UInt64
  var threads: Int
  var dataset: String
  var model: String
  var machine: Machine

  /// The most memory that the process has had in RAM.
  static var peakResidentBytes: Int {
    var usage = rusage()
    #if os(Linux)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return usage.ru_maxrss * 1024
    #else
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss  // In bytes there.
    #endif
  }

  func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try OutputFile.write(encoder.encode(self), to: path, option: "--metrics")
  }
}
