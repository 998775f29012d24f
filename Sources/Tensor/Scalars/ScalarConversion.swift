/// How a scalar becomes one of another type: through `Double` if it is real, through `Int64` if not.
/// Both ways are exact up to the last step, because every source fits one of them.
protocol ScalarConversion: TensorScalar {
  static var isReal: Bool { get }
  var real: Double { get }
  var integer: Int64 { get }
  /// Rounded towards zero; nil if the value does not fit or is NaN.
  static func converting(_ real: Double) -> Self?
  static func converting(_ integer: Int64) -> Self?
  /// The nearest value of this type; NaN becomes 0.
  static func saturating(_ real: Double) -> Self
  static func saturating(_ integer: Int64) -> Self
}

extension ScalarConversion where Self: BinaryFloatingPoint {
  static var isReal: Bool { true }
  var real: Double { Double(self) }
  var integer: Int64 { fatalError("a real scalar is converted through Double") }
  static func converting(_ real: Double) -> Self? { Self(real) }
  static func converting(_ integer: Int64) -> Self? { Self(integer) }
  static func saturating(_ real: Double) -> Self { Self(real) }
  static func saturating(_ integer: Int64) -> Self { Self(integer) }
}

extension ScalarConversion where Self: FixedWidthInteger {
  static var isReal: Bool { false }
  var real: Double { Double(self) }
  var integer: Int64 { Int64(truncatingIfNeeded: self) }

  static func converting(_ real: Double) -> Self? {
    Self(exactly: real.rounded(.towardZero))
  }

  static func converting(_ integer: Int64) -> Self? { Self(exactly: integer) }

  static func saturating(_ real: Double) -> Self {
    if real.isNaN { return 0 }
    return converting(real) ?? (real < 0 ? .min : .max)
  }

  static func saturating(_ integer: Int64) -> Self { Self(clamping: integer) }
}

extension Float: ScalarConversion {}
extension Double: ScalarConversion {}
extension Int32: ScalarConversion {}
extension Int64: ScalarConversion {}
extension UInt8: ScalarConversion {}

extension Bool: ScalarConversion {
  static var isReal: Bool { false }
  var real: Double { self ? 1 : 0 }
  var integer: Int64 { self ? 1 : 0 }
  static func converting(_ real: Double) -> Bool? { real != 0 }
  static func converting(_ integer: Int64) -> Bool? { integer != 0 }
  static func saturating(_ real: Double) -> Bool { real != 0 }
  static func saturating(_ integer: Int64) -> Bool { integer != 0 }
}

extension Tensor {
  /// Creates a tensor from one of another type, element by element.
  ///
  /// Reals become integers by rounding towards zero, anything but 0 (NaN too) becomes `true`, and
  /// `true` becomes 1. `Double` becomes `Float` by rounding to nearest. Stops with a message at the
  /// first element that does not fit, such as 300 or −1 for `UInt8`, or NaN for an integer; see
  /// `init(saturating:)`.
  public init<Source: TensorScalar>(_ source: Tensor<Source>) {
    self.init(converting: source, saturates: false)
  }

  /// Creates a tensor from one of another type, element by element, where values that do not fit
  /// become the nearest one that does, and NaN becomes 0 in integers.
  public init<Source: TensorScalar>(saturating source: Tensor<Source>) {
    self.init(converting: source, saturates: true)
  }

  private init<Source: TensorScalar>(converting source: Tensor<Source>, saturates: Bool) {
    self.init(uninitialized: source.shape)
    let source = source.contiguous
    let from = source.pointer
    let to = storage.pointer
    func convert<From: ScalarConversion>(from type: From.Type) {
      switch Scalar.dtype {
      case .float32: Conversion<From, Float>.run(from, to, count, saturates)
      case .float64: Conversion<From, Double>.run(from, to, count, saturates)
      case .int32: Conversion<From, Int32>.run(from, to, count, saturates)
      case .int64: Conversion<From, Int64>.run(from, to, count, saturates)
      case .uint8: Conversion<From, UInt8>.run(from, to, count, saturates)
      case .bool: Conversion<From, Bool>.run(from, to, count, saturates)
      }
    }
    source.withStorage {
      switch Source.dtype {
      case .float32: convert(from: Float.self)
      case .float64: convert(from: Double.self)
      case .int32: convert(from: Int32.self)
      case .int64: convert(from: Int64.self)
      case .uint8: convert(from: UInt8.self)
      case .bool: convert(from: Bool.self)
      }
    }
  }
}

/// The loop for one pair of types.
private enum Conversion<From: ScalarConversion, To: ScalarConversion> {
  static func run(
    _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, _ count: Int, _ saturates: Bool
  ) {
    let source: UnsafePointer<From> = source.bound()
    let target: UnsafeMutablePointer<To> = target.bound()
    for index in 0..<count {
      let element = source[index]
      if saturates {
        target[index] = From.isReal ? .saturating(element.real) : .saturating(element.integer)
      } else if let converted = From.isReal
        ? To.converting(element.real) : To.converting(element.integer)
      {
        target[index] = converted
      } else {
        fatalError(
          "Tensor<\(To.self)>: element \(element) at position \(index) does not fit; "
            + "init(saturating:) takes the nearest value")
      }
    }
  }
}
