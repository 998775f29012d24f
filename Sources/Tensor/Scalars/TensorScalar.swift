/// The element types of tensors, as values.
public enum DType: UInt8, Sendable, Hashable, CaseIterable, CustomStringConvertible {
  case float32, float64, int32, int64, uint8, bool

  /// Bytes of one element.
  public var byteCount: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .uint8, .bool: 1
    }
  }

  /// NumPy's name of the type.
  public var description: String {
    switch self {
    case .float32: "float32"
    case .float64: "float64"
    case .int32: "int32"
    case .int64: "int64"
    case .uint8: "uint8"
    case .bool: "bool"
    }
  }
}

/// A type that tensors can hold: `Float`, `Double`, `Int32`, `Int64`, `UInt8` or `Bool`.
///
/// The list is closed: kernels exist for these types alone.
public protocol TensorScalar: Sendable, Equatable, Codable, BitwiseCopyable, NestedArrayElement
where Leaf == Self {
  /// The type as a value.
  static var dtype: DType { get }
}

/// A scalar that counts: every `TensorScalar` but `Bool`.
public protocol NumericScalar: TensorScalar, Numeric, Comparable {}

/// A scalar with signed arithmetic: `Float`, `Double`, `Int32` or `Int64`.
///
/// Bytes are for images and masks: they have the operators, remainders and powers, which wrap around at
/// 256, and their sums are of `Int64`; convert them for everything else.
public protocol SignedScalar: NumericScalar, SignedNumeric {}

/// A scalar with real arithmetic: `Float` or `Double`.
public protocol FloatingPointScalar: SignedScalar, BinaryFloatingPoint {}

extension Float: FloatingPointScalar {
  public static var dtype: DType { .float32 }
}
extension Double: FloatingPointScalar {
  public static var dtype: DType { .float64 }
}
extension Int32: SignedScalar {
  public static var dtype: DType { .int32 }
}
extension Int64: SignedScalar {
  public static var dtype: DType { .int64 }
}
extension UInt8: NumericScalar {
  public static var dtype: DType { .uint8 }
}
extension Bool: TensorScalar {
  public static var dtype: DType { .bool }
}
