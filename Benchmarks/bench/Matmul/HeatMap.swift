import Foundation

/// The products of square matrices as a map: sizes down, ways of storage across, in the colours of
/// their shares of the peak where a terminal shows them.
struct HeatMap {
  private let columns = MatmulCases.Storage.allCases
  private var sizes: [String] = []
  private var cells: [String: [String: SuiteResult]] = [:]
  private let isColoured: Bool

  init(_ results: [SuiteResult]) {
    let environment = ProcessInfo.processInfo.environment
    isColoured =
      isatty(STDOUT_FILENO) == 1 && environment["NO_COLOR"] == nil && environment["TERM"] != "dumb"
    for result in results where columns.contains(where: { $0.rawValue == result.name }) {
      if cells[result.size] == nil { sizes.append(result.size) }
      cells[result.size, default: [:]][result.name] = result
    }
  }

  /// Whether a result is in the map.
  func shows(_ result: SuiteResult) -> Bool { cells[result.size]?[result.name] != nil }

  func print() {
    guard !sizes.isEmpty else { return }
    Swift.print("GFLOP/s and share of the measured peak\n")
    let heads = ["A·B", "Aᵀ·B", "A·Bᵀ", "Aᵀ·Bᵀ"].map {
      SuiteTable.padded($0, to: 14, isRight: true)
    }
    Swift.print("  size" + heads.joined())
    for size in sizes {
      Swift.print(
        SuiteTable.padded(size, to: 6, isRight: true)
          + columns.map { cell(cells[size]?[$0.rawValue]) }.joined())
    }
  }

  private func cell(_ result: SuiteResult?) -> String {
    guard let result, let rate = result.gigaflops, let share = result.shareOfPeak else {
      return String(repeating: " ", count: 14)
    }
    let text = String(format: "%6.1f %4.0f%% ", rate, 100 * share)
    return "  " + (isColoured ? "\u{1B}[30;48;5;\(colour(share))m\(text)\u{1B}[0m" : text)
  }

  /// From a pale red over yellow to green, of the 256 colours that terminals share.
  private func colour(_ share: Double) -> Int {
    let scale = [217, 216, 222, 228, 192, 157, 120, 84]
    return scale[max(0, min(scale.count - 1, Int(share * Double(scale.count))))]
  }
}
