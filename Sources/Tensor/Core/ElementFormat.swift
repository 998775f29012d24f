/// The texts of a tensor's elements, in one format that is chosen from all that are shown.
///
/// The rules are those of NumPy's `array2string` with its default options, as of NumPy 2.3.
enum ElementFormat {
  /// The most digits after the point.
  static let precision = 8

  /// The element of a tensor of rank 0: as few digits as read back as the same number.
  static func text<Scalar: TensorScalar>(ofSingle value: Scalar) -> String {
    switch value {
    case let value as Bool: value ? "True" : "False"
    case let value as Float: single(value)
    case let value as Double: single(value)
    default: "\(value)"
    }
  }

  /// The elements of a tensor of rank 1 or more, padded to one width.
  static func texts<Scalar: TensorScalar>(of values: [Scalar]) -> [String] {
    switch values {
    case let values as [Bool]: values.map { $0 ? " True" : "False" }
    case let values as [Float]: floats(values)
    case let values as [Double]: floats(values)
    default: padded(values.map { "\($0)" })
    }
  }

  private static func single(_ value: some FloatingPointScalar) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    let number = Decimal(value)
    let size = Double(value.magnitude)
    let limit = value is Float ? 1e6 : 1e16
    if size == 0 || (size >= 1e-4 && size < limit) {
      let text = number.positional
      return text.last == "." ? text + "0" : text
    }
    // Without a fraction, the point goes too: 1e-05.
    let fraction = number.significand.split(separator: ".").dropFirst().joined()
    return number.scientific(
      fractionDigits: fraction.count, exponentDigits: 0, keepingPoint: !fraction.isEmpty)
  }

  private static func floats<Scalar: FloatingPointScalar>(_ values: [Scalar]) -> [String] {
    let finite = values.filter { $0.isFinite }
    let sizes = finite.lazy.filter { $0 != 0 }.map { $0.magnitude }
    let limit: Scalar = Scalar.dtype == .float32 ? 1e6 : 1e8
    var isScientific = false
    if let largest = sizes.max(), let smallest = sizes.min() {
      isScientific = largest >= limit || smallest < 1e-4 || largest / smallest > 1000
    }
    var numbers = finite.map {
      Decimal($0, fractionDigits: 0...precision, ofSignificand: isScientific)
    }
    var texts: [String]
    if isScientific {
      let fractionDigits = numbers.map { $0.significand.fractionCount }.max() ?? 0
      let exponentDigits = numbers.map { $0.exponentDigits }.max() ?? 0
      // Shorter numbers are filled with the digits of their exact values.
      numbers = finite.map {
        Decimal($0, fractionDigits: fractionDigits...fractionDigits, ofSignificand: true)
      }
      texts = numbers.map {
        $0.scientific(fractionDigits: fractionDigits, exponentDigits: exponentDigits)
      }
    } else {
      // Points stand below each other: fractions are filled with spaces on the right.
      let positional = numbers.map { $0.positional }
      let fractionDigits = positional.map { $0.fractionCount }.max() ?? 0
      texts = positional.map {
        $0 + String(repeating: " ", count: fractionDigits - $0.fractionCount)
      }
    }
    texts.reverse()
    return padded(
      values.map { value in
        if value.isFinite { return texts.removeLast() }
        return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf"
      })
  }

  private static func padded(_ texts: [String]) -> [String] {
    let width = texts.map(\.count).max() ?? 0
    return texts.map { String(repeating: " ", count: width - $0.count) + $0 }
  }
}

extension String {
  /// How many characters follow the point.
  fileprivate var fractionCount: Int {
    firstIndex(of: ".").map { distance(from: $0, to: endIndex) - 1 } ?? 0
  }
}
