/// The 16-bit floating-point formats, which Apus reads from files and holds as `Float`.
package enum HalfFormat: Sendable {
  /// IEEE 754 binary16: 5 bits of exponent, 10 of fraction.
  case float16
  /// The upper half of a binary32: 8 bits of exponent, 7 of fraction.
  case bfloat16

  /// The value of a bit pattern; every finite one and infinity is exact, a NaN keeps its payload.
  package func float(bitPattern bits: UInt16) -> Float {
    switch self {
    case .bfloat16:
      return Float(bitPattern: UInt32(bits) << 16)
    case .float16:
      // Swift's Float16 is missing on some of the platforms, so that the bits are taken apart.
      let sign = UInt32(bits & 0x8000) << 16
      let exponent = UInt32(bits >> 10 & 0x1F)
      let fraction = UInt32(bits & 0x3FF)
      switch exponent {
      case 0:
        let magnitude = Float(fraction) * 0x1p-24
        return Float(bitPattern: sign | magnitude.bitPattern)
      case 31:
        return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
      default:
        return Float(bitPattern: sign | (exponent + 127 - 15) << 23 | fraction << 13)
      }
    }
  }

  /// Widens the 16-bit values in the upper half of `elements` to fill it with `Float`s.
  ///
  /// Going up from the front, no result reaches a value that has not been read yet.
  func widen(_ elements: UnsafeMutableRawBufferPointer) {
    let count = elements.count / 4
    for index in 0..<count {
      let bits = elements.loadUnaligned(fromByteOffset: 2 * (count + index), as: UInt16.self)
      elements.storeBytes(
        of: float(bitPattern: bits), toByteOffset: 4 * index, as: Float.self)
    }
  }
}
