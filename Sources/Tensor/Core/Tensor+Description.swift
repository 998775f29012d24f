extension Tensor: CustomStringConvertible, CustomDebugStringConvertible {
  /// The elements as NumPy's `str` prints them: columns aligned, eight digits after the point at
  /// most, and only the first and last three along each axis beyond 1,000 elements.
  public var description: String {
    withUnsafeBufferPointer { buffer in
      ArrayPrinter(shape: shape, elements: buffer).print()
    }
  }

  /// The description with element type, shape and strides.
  public var debugDescription: String {
    "Tensor<\(Scalar.self)> shape \(shape) strides \(Array(layout.strides)) "
      + "offset \(layout.offset)\n\(description)"
  }
}

/// Lays out the elements of a tensor as NumPy's `array2string` does.
private struct ArrayPrinter<Scalar: TensorScalar> {
  private static var threshold: Int { 1_000 }
  private static var edge: Int { 3 }
  private static var lineWidth: Int { 75 }

  let shape: Shape
  let elements: UnsafeBufferPointer<Scalar>
  let isSummarised: Bool

  init(shape: Shape, elements: UnsafeBufferPointer<Scalar>) {
    self.shape = shape
    self.elements = elements
    isSummarised = shape.elementCount > Self.threshold
  }

  func print() -> String {
    if shape.elementCount == 0 { return "[]" }
    if shape.rank == 0 { return ElementFormat.text(ofSingle: elements[0]) }
    var shown: [Scalar] = []
    collect(axis: 0, offset: 0, into: &shown)
    let texts = ElementFormat.texts(of: shown)
    var next = 0
    return block(axis: 0, texts: texts, next: &next)
  }

  /// The positions of an axis that are shown; nil marks the gap.
  private func positions(of axis: Int) -> [Int?] {
    let extent = shape[axis]
    guard isSummarised && extent > 2 * Self.edge else { return (0..<extent).map { $0 } }
    return (0..<Self.edge).map { $0 } + [nil] + (extent - Self.edge..<extent).map { $0 }
  }

  private func collect(axis: Int, offset: Int, into shown: inout [Scalar]) {
    if axis == shape.rank {
      shown.append(elements[offset])
      return
    }
    for case let position? in positions(of: axis) {
      collect(axis: axis + 1, offset: offset * shape[axis] + position, into: &shown)
    }
  }

  private func block(axis: Int, texts: [String], next: inout Int) -> String {
    let margin = String(repeating: " ", count: axis + 1)
    if axis == shape.rank - 1 { return row(margin: margin, texts: texts, next: &next) }
    let separator = String(repeating: "\n", count: shape.rank - axis - 1) + margin
    var parts: [String] = []
    for position in positions(of: axis) {
      parts.append(
        position == nil ? "..." : block(axis: axis + 1, texts: texts, next: &next))
    }
    return "[" + parts.joined(separator: separator) + "]"
  }

  /// The last axis, broken into lines that leave room for the closing brackets.
  private func row(margin: String, texts: [String], next: inout Int) -> String {
    let width = Self.lineWidth - shape.rank
    var finished = ""
    var line = margin
    for (index, position) in positions(of: shape.rank - 1).enumerated() {
      var text = "..."
      if position != nil {
        text = texts[next]
        next += 1
      }
      // A line that is still empty takes even a text that is too long for it.
      if line.count + text.count > width && line.count > margin.count {
        while line.last == " " { line.removeLast() }
        finished += line + "\n"
        line = margin
      }
      line += text
      if index < positions(of: shape.rank - 1).count - 1 { line += " " }
    }
    return "[" + (finished + line).dropFirst(margin.count) + "]"
  }
}
