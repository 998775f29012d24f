import Foundation

/// Results as people read them.
enum SuiteTable {
  /// One line for each result, with rates beside a copy or beside the peak.
  static func print(_ results: [SuiteResult]) {
    guard let first = results.first else { return }
    let isCopied = first.shareOfCopy != nil
    let nameWidth = max(9, results.map(\.name.count).max()!)
    let sizeWidth = max(4, results.map(\.size.count).max()!)
    func line(_ name: String, _ size: String, _ figures: String) -> String {
      padded(name, to: nameWidth) + "  " + padded(size, to: sizeWidth, isRight: true) + figures
    }
    let head = "       time  spread  " + (isCopied ? "   GB/s  of copy" : "GFLOP/s  of peak")
    Swift.print(line("operation", "size", head))
    var previous = first.size
    for result in results {
      if result.size != previous && isCopied { Swift.print() }
      previous = result.size
      Swift.print(
        line(
          result.name, result.size,
          "  " + duration(result.seconds.median)
            + String(
              format: "%7.1f%%%9.1f%8.0f%%", 100 * result.spread,
              result.gigabytesPerSecond ?? result.gigaflops ?? 0,
              100 * (result.shareOfCopy ?? result.shareOfPeak ?? 0))))
    }
  }

  static func padded(_ text: String, to width: Int, isRight: Bool = false) -> String {
    let gap = String(repeating: " ", count: max(0, width - text.count))
    return isRight ? gap + text : text + gap
  }

  /// Nine characters.
  static func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<1e-3: String(format: "%6.2f µs", seconds * 1e6)
    case ..<1: String(format: "%6.2f ms", seconds * 1e3)
    default: String(format: "%6.2f s ", seconds)
    }
  }
}
