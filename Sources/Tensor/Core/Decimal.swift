#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A finite floating-point number in decimal: ± d₁.d₂d₃… · 10^exponent, without trailing zeros.
struct Decimal {
  private var isNegative: Bool
  private var digits: [UInt8]  // ASCII, at least one; the first is zero for zero alone
  private var exponent: Int

  /// The shortest decimal that reads back as the same number.
  init<Scalar: FloatingPointScalar>(_ value: Scalar) {
    isNegative = value.sign == .minus
    digits = []
    exponent = 0
    // The standard library prints that decimal, as 0.00012, 1200.0 or 1.2e-05.
    var integerCount: Int?
    var written = Array("\(value.magnitude)".utf8)
    if let mark = written.firstIndex(of: UInt8(ascii: "e")) {
      exponent = Int(String(decoding: written[(mark + 1)...], as: UTF8.self)) ?? 0
      written.removeSubrange(mark...)
    }
    for character in written {
      if character == UInt8(ascii: ".") {
        integerCount = digits.count
      } else {
        digits.append(character)
      }
    }
    exponent += (integerCount ?? digits.count) - 1
    normalise()
  }

  /// The shortest decimal, if its digits after the point (that of the significand or of the number
  /// itself) are as many as `fractionDigits` allows; else the nearest of the fewest or most allowed.
  init<Scalar: FloatingPointScalar>(
    _ value: Scalar, fractionDigits: ClosedRange<Int>, ofSignificand: Bool
  ) {
    self.init(value)
    let integerDigits = 1 + (ofSignificand ? 0 : exponent)
    let count = digits.count - integerDigits
    if count > fractionDigits.upperBound {
      round(Double(value), to: integerDigits + fractionDigits.upperBound)
    } else if count < fractionDigits.lowerBound {
      round(Double(value), to: integerDigits + fractionDigits.lowerBound)
    }
  }

  /// Rounds the exact value, not its shortest decimal: that may end in a 5 which is not one.
  private mutating func round(_ value: Double, to count: Int) {
    var buffer = [CChar](repeating: 0, count: 64)
    _ = withVaList([Int32(max(count, 1) - 1), abs(value)]) {
      vsnprintf(&buffer, buffer.count, "%.*e", $0)
    }
    let written = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    guard let mark = written.firstIndex(of: UInt8(ascii: "e")) else { return }
    // The point depends on the locale; digits do not.
    digits = written[..<mark].filter { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    exponent = Int(String(decoding: written[(mark + 1)...], as: UTF8.self)) ?? 0
    normalise()
  }

  private mutating func normalise() {
    let zero = UInt8(ascii: "0")
    let leading = digits.prefix { $0 == zero }.count
    digits.removeFirst(leading)
    exponent -= leading
    while digits.last == zero { digits.removeLast() }
    if digits.isEmpty {
      digits = [zero]
      exponent = 0
    }
  }

  private var sign: String { isNegative ? "-" : "" }

  /// The digits with a point after the first: `-1.25`, `3.`
  var significand: String {
    sign + String(decoding: digits[..<1], as: UTF8.self) + "."
      + String(decoding: digits[1...], as: UTF8.self)
  }

  /// The number without an exponent: `-0.00125`, `300.`
  var positional: String {
    let text = String(decoding: digits, as: UTF8.self)
    if exponent < 0 {
      return sign + "0." + String(repeating: "0", count: -exponent - 1) + text
    }
    let integerCount = exponent + 1
    if digits.count <= integerCount {
      return sign + text + String(repeating: "0", count: integerCount - digits.count) + "."
    }
    return sign + text.prefix(integerCount) + "." + text.dropFirst(integerCount)
  }

  /// How many digits the exponent is written with: at least two.
  var exponentDigits: Int { max(2, "\(abs(exponent))".count) }

  /// The number with an exponent, with zeros added to the given counts: `1.500e+05`.
  func scientific(
    fractionDigits: Int, exponentDigits: Int, keepingPoint: Bool = true
  ) -> String {
    var text = significand
    text += String(repeating: "0", count: max(0, fractionDigits - (digits.count - 1)))
    if !keepingPoint { text.removeLast() }
    let size = "\(abs(exponent))"
    let width = max(self.exponentDigits, exponentDigits)
    return text + (exponent < 0 ? "e-" : "e+")
      + String(repeating: "0", count: width - size.count) + size
  }
}
