extension Profile {
  /// The timeline as JSON in the Trace Event Format of Chrome, which `chrome://tracing` and
  /// ui.perfetto.dev open.
  ///
  /// Three lines run beside each other: repetitions, layers, and operations with what they cost.
  public var chromeTrace: String {
    var lines = ["repetitions", "layers", "operations"].enumerated().map { line, name in
      #"{"name":"thread_name","ph":"M","pid":1,"tid":\#(line),"args":{"name":"\#(name)"}}"#
    }
    for (index, span) in spans.enumerated() {
      lines.append(
        Self.line(
          "repetition \(index + 1)", "repetition", span.start, span.duration, thread: 0, ""))
    }
    for span in layerSpans {
      lines.append(
        Self.line(
          span.layer, span.isBackward ? "backward" : "forward", span.start, span.end - span.start,
          thread: 1, ""))
    }
    for event in events {
      let arguments =
        #""layer":\#(jsonString(event.layer)),"multiplyAdds":\#(event.multiplyAdds),"#
        + #""bytesMoved":\#(event.bytesMoved),"bytesAllocated":\#(event.bytesAllocated)"#
      lines.append(
        Self.line(
          event.name, event.isBackward ? "backward" : "forward", event.start, event.duration,
          thread: 2, arguments))
    }
    return "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n" + lines.joined(separator: ",\n")
      + "\n]}\n"
  }

  /// A complete event, with times in microseconds as the format has them.
  private static func line(
    _ name: String, _ category: String, _ start: Int64, _ duration: Int64, thread: Int,
    _ arguments: String
  ) -> String {
    let start = fixedPoint(Double(start) * 1e-3, places: 3)
    let duration = fixedPoint(Double(duration) * 1e-3, places: 3)
    return #"{"name":\#(jsonString(name)),"cat":"\#(category)","ph":"X","pid":1,"tid":\#(thread),"#
      + #""ts":\#(start),"dur":\#(duration),"args":{\#(arguments)}}"#
  }

  /// Operations of one layer that follow each other, as one span.
  private var layerSpans: [(layer: String, isBackward: Bool, start: Int64, end: Int64)] {
    var spans: [(layer: String, isBackward: Bool, start: Int64, end: Int64)] = []
    var isOpen = false
    for event in events {
      let end = event.start + event.duration
      if event.layer.isEmpty {
        isOpen = false
      } else if isOpen, let last = spans.last, last.layer == event.layer,
        last.isBackward == event.isBackward
      {
        spans[spans.count - 1].end = max(last.end, end)
      } else {
        spans.append((event.layer, event.isBackward, event.start, end))
        isOpen = true
      }
    }
    return spans
  }
}
