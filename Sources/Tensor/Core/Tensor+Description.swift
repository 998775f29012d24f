#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension Tensor: CustomStringConvertible, CustomDebugStringConvertible {
  /// The elements in NumPy's layout: columns aligned, eight significant digits after the point at
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

/// Lays out the elements of a tensor as NumPy's `array_str` does.
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
    if shape.elementCount == 0 {
      return shape.rank == 1 ? "[]" : "[] (shape \(shape))"
    }
    var shown: [Scalar] = []
    collect(axis: 0, offset: 0, into: &shown)
    let texts = ElementFormat(shown).texts(of: shown)
    var next = 0
    return block(axis: 0, indent: 0, texts: texts, next: &next)
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
    for position in positions(of: axis) {
      if let position { collect(axis: axis + 1, offset: offset * shape[axis] + position, into: &shown) }
    }
  }

  private func block(axis: Int, indent: Int, texts: [String], next: inout Int) -> String {
    if axis == shape.rank {
      next += 1
      return texts[next - 1]
    }
    let margin = String(repeating: " ", count: indent + 1)
    if axis == shape.rank - 1 {
      var result = "["
      var column = indent + 1
      for (index, position) in positions(of: axis).enumerated() {
        var text = "..."
        if position != nil {
          text = texts[next]
          next += 1
        }
        if index > 0 {
          if column + 1 + text.count > Self.lineWidth {
            result += "\n" + margin
            column = indent + 1
          } else {
            result += " "
            column += 1
          }
        }
        result += text
        column += text.count
      }
      return result + "]"
    }
    let separator = String(repeating: "\n", count: shape.rank - axis - 1) + margin
    let parts = positions(of: axis).map { position in
      position == nil ? "..." : block(axis: axis + 1, indent: indent + 1, texts: texts, next: &next)
    }
    return "[" + parts.joined(separator: separator) + "]"
  }
}

/// The common format of a tensor's elements, chosen from all that are shown.
private struct ElementFormat<Scalar: TensorScalar> {
  private static var precision: Int { 8 }

  private var usesExponent = false
  private var fractionDigits = 0

  init(_ values: [Scalar]) {
    let finite = values.compactMap(Self.real).filter { $0.isFinite }
    let sizes = finite.map(abs).filter { $0 != 0 }
    if let largest = sizes.max(), let smallest = sizes.min() {
      usesExponent = largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1000
    }
    fractionDigits = finite.map { value in
      let text = Self.shortest(value)
      let mantissa = usesExponent ? Self.scientificDigits(of: value) : Self.fraction(of: text)
      return min(mantissa, Self.precision)
    }.max() ?? 0
    // Trailing zeros that all elements share are dropped again after rounding.
    while fractionDigits > 0
      && finite.allSatisfy({ format($0, digits: fractionDigits).hasTrailingZero })
    {
      fractionDigits -= 1
    }
  }

  func texts(of values: [Scalar]) -> [String] {
    let texts = values.map(text)
    let width = texts.map(\.count).max() ?? 0
    // Numbers with fewer digits than the common format are filled on the right, as NumPy does.
    return texts.map { String(repeating: " ", count: width - $0.count) + $0 }
  }

  private func text(_ value: Scalar) -> String {
    guard let real = Self.real(value) else {
      return Scalar.dtype == .bool ? ((value as? Bool) == true ? "True" : "False") : "\(value)"
    }
    if real.isNaN { return "nan" + pad }
    if real.isInfinite { return (real < 0 ? "-inf" : "inf") + pad }
    let text = format(real, digits: fractionDigits)
    if usesExponent { return text }
    // 1.50 reads "1.5 ": the point stays aligned, the zeros go.
    let trimmed = String(text.reversed().drop { $0 == "0" }.reversed())
    return trimmed + String(repeating: " ", count: text.count - trimmed.count)
  }

  private var pad: String { "" }

  private func format(_ value: Double, digits: Int) -> String {
    var buffer = [CChar](repeating: 0, count: 400)
    let format = usesExponent ? "%.\(digits)e" : "%.\(digits)f"
    _ = withVaList([value]) { vsnprintf(&buffer, buffer.count, format, $0) }
    let text = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    return digits == 0 && !usesExponent ? text + "." : text
  }

  private static func real(_ value: Scalar) -> Double? {
    switch value {
    case let value as Float: Double(value)
    case let value as Double: value
    default: nil
    }
  }

  /// The shortest text that reads back as the same element, without an exponent where possible.
  private static func shortest(_ value: Double) -> String {
    Scalar.dtype == .float32 ? "\(Float(value))" : "\(value)"
  }

  private static func fraction(of text: String) -> Int {
    guard let point = text.firstIndex(of: ".") else { return 0 }
    let digits = text[text.index(after: point)...]
    if let exponent = digits.firstIndex(where: { $0 == "e" }) {
      let shift = Int(digits[digits.index(after: exponent)...]) ?? 0
      return max(0, digits[..<exponent].count - shift)
    }
    return digits == "0" ? 0 : digits.count
  }

  private static func scientificDigits(of value: Double) -> Int {
    let text = shortest(value)
    let mantissa = text.prefix { $0 != "e" }.filter(\.isNumber)
    let significant = String(mantissa.drop { $0 == "0" }.reversed().drop { $0 == "0" })
    return max(0, significant.count - 1)
  }
}

extension String {
  /// Whether the digits after the point end in a zero that carries nothing.
  fileprivate var hasTrailingZero: Bool {
    guard contains(".") else { return false }
    return (firstIndex(of: "e").map { self[..<$0] } ?? self[...]).last == "0"
  }
}
