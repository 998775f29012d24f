import CKernels

/// Arithmetic of bytes, which wraps around at 256: plain loops, which the compiler turns into vectors.
enum ByteArithmetic {
  /// op(a, b) for a run of elements; divisors are not zero.
  static func run(
    _ op: apus_binary_op, _ a: UnsafePointer<UInt8>, _ aStep: Int, _ b: UnsafePointer<UInt8>,
    _ bStep: Int, _ out: UnsafeMutablePointer<UInt8>, _ count: Int
  ) {
    switch op {
    case APUS_ADD: loop(a, aStep, b, bStep, out, count, &+)
    case APUS_SUB: loop(a, aStep, b, bStep, out, count, &-)
    case APUS_MUL: loop(a, aStep, b, bStep, out, count, &*)
    case APUS_DIV, APUS_FLOOR_DIV: loop(a, aStep, b, bStep, out, count, /)
    case APUS_FLOOR_REM, APUS_TRUNC_REM: loop(a, aStep, b, bStep, out, count, %)
    case APUS_POW: loop(a, aStep, b, bStep, out, count, power)
    default: apus_binary_u8(op, a, aStep, b, bStep, out, count)
    }
  }

  // Steps that are known let the loops become vectors.
  @inline(__always)
  private static func loop(
    _ a: UnsafePointer<UInt8>, _ aStep: Int, _ b: UnsafePointer<UInt8>, _ bStep: Int,
    _ out: UnsafeMutablePointer<UInt8>, _ count: Int, _ combine: (UInt8, UInt8) -> UInt8
  ) {
    switch (aStep, bStep) {
    case (0, _):
      // With count 0 there may be no element to read.
      if count == 0 { return }
      let number = a[0]
      for index in 0..<count { out[index] = combine(number, b[index * bStep]) }
    case (_, 0):
      if count == 0 { return }
      let number = b[0]
      for index in 0..<count { out[index] = combine(a[index], number) }
    default:
      for index in 0..<count { out[index] = combine(a[index], b[index]) }
    }
  }

  /// By squaring, modulo 256.
  private static func power(_ base: UInt8, _ exponent: UInt8) -> UInt8 {
    var (result, square, rest): (UInt8, UInt8, UInt8) = (1, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result = result &* square }
      square = square &* square
      rest >>= 1
    }
    return result
  }
}
