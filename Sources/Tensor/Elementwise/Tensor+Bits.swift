/// Operations on the bits of integers, spelled as for Swift's integers; shapes broadcast.
///
/// A tensor that nobody else holds is written over where it has the shape of the result.
extension Tensor where Scalar: NumericScalar & FixedWidthInteger {
  /// The bits that are 1 in both a and b.
  public static func & (a: consuming Tensor, b: consuming Tensor) -> Tensor {
    BitOperation.and.run(a, b, of: "&")
  }

  /// The bits that are 1 in a, b or both.
  public static func | (a: consuming Tensor, b: consuming Tensor) -> Tensor {
    BitOperation.or.run(a, b, of: "|")
  }

  /// The bits that are 1 in one of a and b and not in the other.
  public static func ^ (a: consuming Tensor, b: consuming Tensor) -> Tensor {
    BitOperation.exclusiveOr.run(a, b, of: "^")
  }

  /// a · 2ᵇ without what overflows: the bits moved up by b places, 0 if that is all of them. A negative
  /// b moves them down, as `>>` does.
  public static func << (a: consuming Tensor, b: consuming Tensor) -> Tensor {
    BitOperation.shiftLeft.run(a, b, of: "<<")
  }

  /// ⌊a ÷ 2ᵇ⌋: the bits moved down by b places; the sign fills what is left, so that it is 0 or −1 if
  /// that is all of them. A negative b moves them up, as `<<` does.
  public static func >> (a: consuming Tensor, b: consuming Tensor) -> Tensor {
    BitOperation.shiftRight.run(a, b, of: ">>")
  }

  /// Every bit the other way around: −1 − a for signed integers.
  public static prefix func ~ (a: consuming Tensor) -> Tensor { a ^ ~0 }

  /// The bits that are 1 in both a and b.
  public static func & (a: consuming Tensor, b: Scalar) -> Tensor { a & Tensor(b) }

  /// The bits that are 1 in a, b or both.
  public static func | (a: consuming Tensor, b: Scalar) -> Tensor { a | Tensor(b) }

  /// The bits that are 1 in one of a and b and not in the other.
  public static func ^ (a: consuming Tensor, b: Scalar) -> Tensor { a ^ Tensor(b) }

  /// The bits moved up by b places.
  public static func << (a: consuming Tensor, b: Scalar) -> Tensor { a << Tensor(b) }

  /// The bits moved down by b places.
  public static func >> (a: consuming Tensor, b: Scalar) -> Tensor { a >> Tensor(b) }
}

/// In place: the right side is broadcast to the shape of the left.
extension Tensor where Scalar: NumericScalar & FixedWidthInteger {
  /// a ← a & b
  public static func &= (a: inout Tensor, b: Tensor) { BitOperation.and.run(&a, b, of: "&=") }

  /// a ← a | b
  public static func |= (a: inout Tensor, b: Tensor) { BitOperation.or.run(&a, b, of: "|=") }

  /// a ← a ^ b
  public static func ^= (a: inout Tensor, b: Tensor) {
    BitOperation.exclusiveOr.run(&a, b, of: "^=")
  }

  /// a ← a << b
  public static func <<= (a: inout Tensor, b: Tensor) {
    BitOperation.shiftLeft.run(&a, b, of: "<<=")
  }

  /// a ← a >> b
  public static func >>= (a: inout Tensor, b: Tensor) {
    BitOperation.shiftRight.run(&a, b, of: ">>=")
  }

  /// a ← a & b
  public static func &= (a: inout Tensor, b: Scalar) { a &= Tensor(b) }

  /// a ← a | b
  public static func |= (a: inout Tensor, b: Scalar) { a |= Tensor(b) }

  /// a ← a ^ b
  public static func ^= (a: inout Tensor, b: Scalar) { a ^= Tensor(b) }

  /// a ← a << b
  public static func <<= (a: inout Tensor, b: Scalar) { a <<= Tensor(b) }

  /// a ← a >> b
  public static func >>= (a: inout Tensor, b: Scalar) { a >>= Tensor(b) }
}

private enum BitOperation {
  case and, or, exclusiveOr, shiftLeft, shiftRight

  func run<Scalar>(
    _ a: consuming Tensor<Scalar>, _ b: consuming Tensor<Scalar>, of name: StaticString
  ) -> Tensor<Scalar> {
    var result = consume a
    var other = consume b
    let dtype = Scalar.dtype
    Elementwise.combine(
      &result.storage, &result.layout, &other.storage, &other.layout, dtype, of: name, .light
    ) { a, aStep, b, bStep, out, count in
      run(dtype, a, aStep, b, bStep, out, count)
    }
    return result
  }

  func run<Scalar>(_ a: inout Tensor<Scalar>, _ b: Tensor<Scalar>, of name: StaticString) {
    let dtype = Scalar.dtype
    Elementwise.zipInPlace(
      &a.storage, &a.layout, b.storage, b.layout, dtype, of: name, .light
    ) { a, aStep, b, bStep, out, count in
      run(dtype, a, aStep, b, bStep, out, count)
    }
  }

  private func run(
    _ dtype: DType, _ a: UnsafeRawPointer, _ aStep: Int, _ b: UnsafeRawPointer, _ bStep: Int,
    _ out: UnsafeMutableRawPointer, _ count: Int
  ) {
    switch dtype {
    case .int32: run(Int32.self, a, aStep, b, bStep, out, count)
    case .int64: run(Int64.self, a, aStep, b, bStep, out, count)
    case .uint8: run(UInt8.self, a, aStep, b, bStep, out, count)
    case .float32, .float64, .bool: fatalError("no operation on the bits of \(dtype)")
    }
  }

  private func run<Element: FixedWidthInteger & BitwiseCopyable>(
    _: Element.Type, _ a: UnsafeRawPointer, _ aStep: Int, _ b: UnsafeRawPointer, _ bStep: Int,
    _ out: UnsafeMutableRawPointer, _ count: Int
  ) {
    let a: UnsafePointer<Element> = a.bound()
    let b: UnsafePointer<Element> = b.bound()
    let out: UnsafeMutablePointer<Element> = out.bound()
    func loop(_ combine: (Element, Element) -> Element) {
      for index in 0..<count { out[index] = combine(a[index * aStep], b[index * bStep]) }
    }
    switch self {
    case .and: loop(&)
    case .or: loop(|)
    case .exclusiveOr: loop(^)
    case .shiftLeft: loop(<<)
    case .shiftRight: loop(>>)
    }
  }
}
