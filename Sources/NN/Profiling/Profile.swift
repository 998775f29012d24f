import Tensor

/// Where the time of some work went: by operation, by layer, and as a timeline.
///
/// ```swift
/// let (_, profile) = profiling(repetitions: 20) { trainingStep() }
/// print(profile)                          // two tables, for one repetition
/// profile.chromeTrace                     // JSON that opens in chrome://tracing and ui.perfetto.dev
/// ```
///
/// The time of an operation counts from the end of the one before, so that what the program does
/// between two operations belongs to the second. The backward pass is timed node by node. Work that is
/// no operation of a variable has a row where `profileRegion` names it, as optimizers do for their
/// update; the rest is `otherSeconds`.
public struct Profile: Sendable {
  /// What one operation, layer or region cost, all repetitions together.
  public struct Row: Sendable {
    /// The operation, such as `linear`, or the region; empty in a row of a layer.
    public var operation = ""
    /// The layer's path and kind, such as `encoder.0 (Linear)`; empty outside of layers, and in a row
    /// of an operation.
    public var layer = ""
    public var calls = 0
    public var forwardSeconds = 0.0
    public var backwardSeconds = 0.0
    /// Multiply-adds of the definition of products and convolutions, both passes together.
    public var multiplyAdds = 0
    /// The bytes of results, of the operands that gradients flow to, and of gradients, each once.
    public var bytesMoved = 0
    /// Bytes asked of the storage pool.
    public var bytesAllocated = 0

    public var seconds: Double { forwardSeconds + backwardSeconds }
  }

  /// Something that took time, in the order in which it began.
  struct Event: Sendable {
    var name: String
    var layer: String
    var isBackward: Bool
    /// Nanoseconds since the first repetition began.
    var start: Int64
    var duration: Int64
    /// The duration without that of events inside.
    var ownDuration: Int64
    var multiplyAdds: Int
    var bytesMoved: Int
    var bytesAllocated: Int
  }

  let events: [Event]
  /// The begin and the duration of each repetition, in nanoseconds.
  let spans: [(start: Int64, duration: Int64)]

  /// How often the work was done.
  public var repetitions: Int { spans.count }

  /// The time of all repetitions.
  public var totalSeconds: Double { Double(spans.reduce(0) { $0 + $1.duration }) * 1e-9 }

  /// The time that no row has.
  public var otherSeconds: Double {
    totalSeconds - Double(events.reduce(0) { $0 + $1.ownDuration }) * 1e-9
  }

  /// One row for each operation and region; the slowest come first.
  public var byOperation: [Row] {
    rows { Row(operation: $0.name) }
  }

  /// One row for each layer; what is outside of layers is one row too.
  public var byLayer: [Row] {
    rows { Row(layer: $0.layer) }
  }

  private func rows(_ key: (Event) -> Row) -> [Row] {
    var places: [String: Int] = [:]
    var rows: [Row] = []
    for event in events {
      let fresh = key(event)
      let name = fresh.operation + "\n" + fresh.layer
      let place = places[name] ?? rows.count
      if place == rows.count {
        places[name] = place
        rows.append(fresh)
      }
      let seconds = Double(event.ownDuration) * 1e-9
      if event.isBackward {
        rows[place].backwardSeconds += seconds
      } else {
        rows[place].calls += 1
        rows[place].forwardSeconds += seconds
      }
      rows[place].multiplyAdds += event.multiplyAdds
      rows[place].bytesMoved += event.bytesMoved
      rows[place].bytesAllocated += event.bytesAllocated
    }
    return rows.sorted { $0.seconds > $1.seconds }
  }
}

extension Profile: CustomStringConvertible {
  /// Two tables with the figures of one repetition.
  public var description: String {
    let others = "not in a row \(timeText(otherSeconds / Double(max(1, repetitions))))"
    let total =
      "one of \(repetitions) repetition\(repetitions == 1 ? "" : "s") took "
      + "\(timeText(totalSeconds / Double(max(1, repetitions)))), \(others)"
    return [total, "", table("operation", byOperation), "", table("layer", byLayer)]
      .joined(separator: "\n")
  }

  private func table(_ title: String, _ rows: [Row]) -> String {
    var lines = [[title, "calls", "forward", "backward", "share", "rate", "allocated"]]
    let count = Double(max(1, repetitions))
    for row in rows {
      let name = title == "layer" ? row.layer : row.operation
      let calls = Double(row.calls) / count
      lines.append([
        name.isEmpty ? "(no layer)" : name,
        calls == calls.rounded() ? "\(Int(calls))" : fixedPoint(calls, places: 1),
        row.forwardSeconds > 0 ? timeText(row.forwardSeconds / count) : "",
        row.backwardSeconds > 0 ? timeText(row.backwardSeconds / count) : "",
        fixedPoint(100 * row.seconds / max(totalSeconds, 1e-12), places: 1) + " %", row.rate,
        byteText(row.bytesAllocated / max(1, repetitions)),
      ])
    }
    return textTable(lines, right: Set(1...6))
  }
}

extension Profile.Row {
  /// FLOP/s where there are products, and otherwise bytes in a second.
  fileprivate var rate: String {
    guard seconds > 0 else { return "" }
    if multiplyAdds > 0 {
      return fixedPoint(2e-9 * Double(multiplyAdds) / seconds, places: 1) + " GFLOP/s"
    }
    guard bytesMoved > 0 else { return "" }
    return fixedPoint(1e-9 * Double(bytesMoved) / seconds, places: 1) + " GB/s"
  }
}
