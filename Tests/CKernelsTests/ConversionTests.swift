import CKernels
import Testing

/// A type and its numbers one by one: what a conversion must give.
private protocol Convertible: BitwiseCopyable, Sendable {
  static var type: apus_type { get }
  /// Elements at the edges of the other types, and between.
  static var samples: [Self] { get }
  static var zero: Self { get }
  var real: Double? { get }
  var integer: Int64 { get }
  /// The value rounded towards zero or to nearest; nil if it does not fit.
  static func exact(_ real: Double) -> Self?
  static func exact(_ integer: Int64) -> Self?
  static var range: (least: Self, greatest: Self) { get }
}

extension Convertible where Self: BinaryFloatingPoint {
  static var samples: [Self] {
    let edges: [Double] = [
      0, -0.0, 0.5, -0.9, -1, 1, 255, 255.9, 256, 300, 0x1p31, -0x1p31, -0x1p31 - 0.5,
      -0x1p31 - 1, 0x1p31 - 1, 0x1p31 - 0.5, 0x1p63, -0x1p63, 1e19, -1e19, 1e-300, 1e300, .nan,
      .infinity, -.infinity, 0.1, 2.9, -2.9, 16_777_217,
    ]
    return edges.flatMap { [Self($0), Self($0).nextUp, Self($0).nextDown] }
  }
  static var zero: Self { 0 }
  var real: Double? { Double(self) }
  var integer: Int64 { 0 }
  static func exact(_ real: Double) -> Self? { Self(real) }
  static func exact(_ integer: Int64) -> Self? { Self(integer) }
  static var range: (least: Self, greatest: Self) { (0, 0) }
}

extension Convertible where Self: FixedWidthInteger {
  static var samples: [Self] {
    let edges: [Int64] = [
      0, 1, -1, 255, 256, Int64(Int32.max), Int64(Int32.min), .max, .min, 16_777_217, 77,
      (1 << 53) + 1, Int64(Int32.max) + 1, Int64(Int32.min) - 1, 1 << 32, -256, -255, 128,
    ]
    return (0..<76).map { Self(truncatingIfNeeded: edges[$0 * 5 % edges.count]) }
  }
  static var zero: Self { 0 }
  var real: Double? { nil }
  var integer: Int64 { Int64(self) }
  static func exact(_ real: Double) -> Self? { Self(exactly: real.rounded(.towardZero)) }
  static func exact(_ integer: Int64) -> Self? { Self(exactly: integer) }
  static var range: (least: Self, greatest: Self) { (.min, .max) }
}

extension Float: Convertible { fileprivate static let type = APUS_TYPE_f32 }
extension Double: Convertible { fileprivate static let type = APUS_TYPE_f64 }
extension Int32: Convertible { fileprivate static let type = APUS_TYPE_i32 }
extension Int64: Convertible { fileprivate static let type = APUS_TYPE_i64 }
extension UInt8: Convertible { fileprivate static let type = APUS_TYPE_u8 }

extension Bool: Convertible {
  fileprivate static let type = APUS_TYPE_bool
  fileprivate static let samples = (0..<76).map { $0 % 3 == 0 }
  fileprivate static let zero = false
  fileprivate var real: Double? { nil }
  fileprivate var integer: Int64 { self ? 1 : 0 }
  fileprivate static func exact(_ real: Double) -> Bool? { real != 0 }
  fileprivate static func exact(_ integer: Int64) -> Bool? { integer != 0 }
  fileprivate static let range = (least: false, greatest: true)
}

extension CKernelsTests {
  @Suite struct ConversionTests {
    @Test func everyPairOfTypes() {
      func pair<From: Convertible, To: Convertible>(_: From.Type, _: To.Type) {
        let x = From.samples
        let exact = x.map { v in v.real.map { To.exact($0) } ?? To.exact(v.integer) }
        let nearest = zip(x, exact).map { v, exact in
          if let exact { return exact }
          if let real = v.real, real.isNaN { return To.zero }
          return v.real ?? Double(v.integer) < 0 ? To.range.least : To.range.greatest
        }
        withEachInstructionSet { isa in
          for length in 0...70 {
            let start = length % 5
            let part = start..<start + length
            for saturates in [false, true] {
              let size = MemoryLayout<To>.stride
              var out = [UInt8](repeating: 9, count: (length + 2) * size)
              let fits = out.withUnsafeMutableBytes { out in
                x.withUnsafeBufferPointer {
                  apus_convert(
                    From.type, To.type, saturates, $0.baseAddress! + start,
                    out.baseAddress! + size, length)
                }
              }
              let expected = saturates ? Array(nearest[part]) : exact[part].map { $0 ?? To.zero }
              let got = out[size..<(length + 1) * size].withUnsafeBytes {
                Array($0.bindMemory(to: To.self))
              }
              let isRight =
                same(got, expected) && fits == (saturates || exact[part].allSatisfy { $0 != nil })
                && (out[..<size] + out[((length + 1) * size)...]).allSatisfy { $0 == 9 }
              if !isRight {
                Issue.record(
                  "\(From.self) to \(To.self), \(isa), length \(length), \(saturates): \(got)")
                return
              }
            }
          }
        }
      }
      func from<From: Convertible>(_ type: From.Type) {
        pair(type, Float.self)
        pair(type, Double.self)
        pair(type, Int32.self)
        pair(type, Int64.self)
        pair(type, UInt8.self)
        pair(type, Bool.self)
      }
      from(Float.self)
      from(Double.self)
      from(Int32.self)
      from(Int64.self)
      from(UInt8.self)
      from(Bool.self)
    }
  }
}
