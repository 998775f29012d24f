/// Operations on the bits of integers, spelled as for Swift's integers; shapes broadcast.
extension Tensor where Scalar: NumericScalar & FixedWidthInteger {
  /// The bits that are 1 in both a and b.
  public static func & (a: Tensor, b: Tensor) -> Tensor { BitOperation.and.run(a, b, of: "&") }

  /// The bits that are 1 in a, b or both.
  public static func | (a: Tensor, b: Tensor) -> Tensor { BitOperation.or.run(a, b, of: "|") }

  /// The bits that are 1 in one of a and b and not in the other.
  public static func ^ (a: Tensor, b: Tensor) -> Tensor {
    BitOperation.exclusiveOr.run(a, b, of: "^")
  }

  /// a · 2ᵇ without what overflows: the bits moved up by b places, 0 if that is all of them. A negative
  /// b moves them down, as `>>` does.
  public static func << (a: Tensor, b: Tensor) -> Tensor {
    BitOperation.shiftLeft.run(a, b, of: "<<")
  }

  /// ⌊a ÷ 2ᵇ⌋: the bits moved down by b places; the sign fills what is left, so that it is 0 or −1 if
  /// that is all of them. A negative b moves them up, as `<<` does.
  public static func >> (a: Tensor, b: Tensor) -> Tensor {
    BitOperation.shiftRight.run(a, b, of: ">>")
  }

  /// Every bit the other way around: −1 − a for signed integers.
  public static prefix func ~ (a: Tensor) -> Tensor { a ^ ~0 }

  /// The bits that are 1 in both a and b.
  public static func & (a: Tensor, b: Scalar) -> Tensor { a & Tensor(b) }

  /// The bits that are 1 in a, b or both.
  public static func | (a: Tensor, b: Scalar) -> Tensor { a | Tensor(b) }

  /// The bits that are 1 in one of a and b and not in the other.
  public static func ^ (a: Tensor, b: Scalar) -> Tensor { a ^ Tensor(b) }

  /// The bits moved up by b places.
  public static func << (a: Tensor, b: Scalar) -> Tensor { a << Tensor(b) }

  /// The bits moved down by b places.
  public static func >> (a: Tensor, b: Scalar) -> Tensor { a >> Tensor(b) }
}

private enum BitOperation {
  case and, or, exclusiveOr, shiftLeft, shiftRight

  func run<Scalar>(
    _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, of name: StaticString
  ) -> Tensor<Scalar> {
    let dtype = Scalar.dtype
    let (storage, layout) = Elementwise.zip(
      a.storage, a.layout, b.storage, b.layout, dtype, to: dtype, of: name, .light
    ) { a, aStep, b, bStep, out, count in
      switch dtype {
      case .int32: run(Int32.self, a, aStep, b, bStep, out, count)
      case .int64: run(Int64.self, a, aStep, b, bStep, out, count)
      case .uint8: run(UInt8.self, a, aStep, b, bStep, out, count)
      case .float32, .float64, .bool: fatalError("\(name): \(dtype) is no integer")
      }
    }
    return Tensor(storage: storage, layout: layout)
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
