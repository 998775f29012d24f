import Foundation

/// The figures of one value of a sweep with one number of threads.
struct ScaleResult: Encodable {
  var sweep: Sweep
  var value: Int
  var threads: Int
  var rounds: Int
  /// The median of the rounds, and half the range between their quartiles as a share of it.
  var stepMicroseconds: Double
  var spread: Double
  var samplesPerSecond: Double
  var parameterCount: Int
  /// Multiply-adds of the products of a step, by their definition.
  var multiplyAddsPerStep: Int
  var gigaflops: Double
  /// Of the fastest large product with as many threads.
  var peakGigaflops: Double
  /// The time of the multiply-adds at that rate, over the time of a step.
  var floorShare: Double
}

/// The results as people read them: a line for each value.
enum ScaleTable {
  static func printHeader(_ sweep: Sweep, threads: [Int]) {
    Swift.print("\n\(sweep.summary)")
    let columns = threads.map { count in
      let title = "\(count) thread\(count == 1 ? "" : "s")"
      return SuiteTable.padded(title, to: 12, isRight: true) + "  spread  GFLOP/s  floor"
    }
    Swift.print(
      SuiteTable.padded(sweep.rawValue, to: 6) + columns.joined()
        + (threads.count > 1 ? "  speed-up" : ""))
  }

  static func print(_ row: [ScaleResult]) {
    let columns = row.map { result in
      "   " + SuiteTable.duration(result.stepMicroseconds * 1e-6)
        + String(
          format: "%7.1f%%%9.1f%6.0f%%", 100 * result.spread, result.gigaflops,
          100 * result.floorShare)
    }
    let speedUp =
      row.count > 1 ? row[0].stepMicroseconds / row[row.count - 1].stepMicroseconds : nil
    Swift.print(
      SuiteTable.padded("\(row[0].value)", to: 6, isRight: true) + columns.joined()
        + (speedUp.map { String(format: "%10.2f", $0) } ?? ""))
  }
}
