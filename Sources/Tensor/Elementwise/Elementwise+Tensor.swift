import CKernels

// The kernels for tensors: the thin generic layer over `Elementwise`, inlined into each operation.
extension Elementwise {
  /// op(x), with the layout of x where x is dense, and over x where x is given away and nobody else
  /// holds its storage.
  @inline(__always)
  static func unary<Scalar>(
    _ op: apus_unary_op, _ x: consuming Tensor<Scalar>, weight: Weight
  ) -> Tensor<Scalar> {
    let dtype = Scalar.dtype
    var result = consume x
    map(&result.storage, &result.layout, dtype, weight) { x, out, count in
      Kernels.unary(op, dtype, x, out, count)
    }
    return result
  }

  /// op(a, b), broadcast, over a or b where it is given away and has the shape of the result.
  @inline(__always)
  static func binary<Scalar>(
    _ op: apus_binary_op, _ a: consuming Tensor<Scalar>, _ b: consuming Tensor<Scalar>,
    of name: StaticString, weight: Weight = .light
  ) -> Tensor<Scalar> {
    let dtype = Scalar.dtype
    var result = consume a
    var other = consume b
    combine(
      &result.storage, &result.layout, &other.storage, &other.layout, dtype, of: name, weight
    ) { a, aStep, b, bStep, out, count in
      Kernels.binary(op, dtype, a, aStep, b, bStep, out, count)
    }
    return result
  }

  /// op(a, b) for every element of a, over a where a is given away.
  @inline(__always)
  static func binary<Scalar>(
    _ op: apus_binary_op, _ a: consuming Tensor<Scalar>, _ b: Scalar, weight: Weight = .light
  ) -> Tensor<Scalar> {
    let dtype = Scalar.dtype
    var result = consume a
    withUnsafePointer(to: b) { b in
      map(&result.storage, &result.layout, dtype, weight) { a, out, count in
        Kernels.binary(op, dtype, a, 1, b, 0, out, count)
      }
    }
    return result
  }

  /// op(a, b) for every element of b, over b where b is given away.
  @inline(__always)
  static func binary<Scalar>(
    _ op: apus_binary_op, _ a: Scalar, _ b: consuming Tensor<Scalar>, weight: Weight = .light
  ) -> Tensor<Scalar> {
    let dtype = Scalar.dtype
    var result = consume b
    withUnsafePointer(to: a) { a in
      map(&result.storage, &result.layout, dtype, weight) { b, out, count in
        Kernels.binary(op, dtype, a, 0, b, 1, out, count)
      }
    }
    return result
  }

  /// a ← op(a, b); b is broadcast to the shape of a.
  @inline(__always)
  static func binaryInPlace<Scalar>(
    _ op: apus_binary_op, _ a: inout Tensor<Scalar>, _ b: Tensor<Scalar>, of name: StaticString,
    weight: Weight = .light
  ) {
    let dtype = Scalar.dtype
    zipInPlace(&a.storage, &a.layout, b.storage, b.layout, dtype, of: name, weight) {
      a, aStep, b, bStep, out, count in
      Kernels.binary(op, dtype, a, aStep, b, bStep, out, count)
    }
  }

  /// a ← op(a, b) for every element.
  @inline(__always)
  static func binaryInPlace<Scalar>(
    _ op: apus_binary_op, _ a: inout Tensor<Scalar>, _ b: Scalar, weight: Weight = .light
  ) {
    let dtype = Scalar.dtype
    withUnsafePointer(to: b) { b in
      map(&a.storage, &a.layout, dtype, weight) { a, out, count in
        Kernels.binary(op, dtype, a, 1, b, 0, out, count)
      }
    }
  }

  /// op(a, b) as truth values, broadcast.
  @inline(__always)
  static func compare<Scalar>(
    _ op: apus_compare_op, _ a: borrowing Tensor<Scalar>, _ b: borrowing Tensor<Scalar>,
    of name: StaticString
  ) -> Tensor<Bool> {
    let dtype = Scalar.dtype
    let (storage, layout) = zip(
      a.storage, a.layout, b.storage, b.layout, dtype, to: .bool, of: name, .light
    ) { a, aStep, b, bStep, out, count in
      Kernels.compare(op, dtype, a, aStep, b, bStep, out, count)
    }
    return Tensor<Bool>(storage: storage, layout: layout)
  }

  /// op(a, b) for every element of a.
  @inline(__always)
  static func compare<Scalar>(
    _ op: apus_compare_op, _ a: borrowing Tensor<Scalar>, _ b: Scalar
  ) -> Tensor<Bool> {
    let dtype = Scalar.dtype
    let (storage, layout) = withUnsafePointer(to: b) { b in
      map(a.storage, a.layout, dtype, to: .bool, .light) { a, out, count in
        Kernels.compare(op, dtype, a, 1, b, 0, out, count)
      }
    }
    return Tensor<Bool>(storage: storage, layout: layout)
  }

  /// op(a, b) for every element of b.
  @inline(__always)
  static func compare<Scalar>(
    _ op: apus_compare_op, _ a: Scalar, _ b: borrowing Tensor<Scalar>
  ) -> Tensor<Bool> {
    let dtype = Scalar.dtype
    let (storage, layout) = withUnsafePointer(to: a) { a in
      map(b.storage, b.layout, dtype, to: .bool, .light) { b, out, count in
        Kernels.compare(op, dtype, a, 0, b, 1, out, count)
      }
    }
    return Tensor<Bool>(storage: storage, layout: layout)
  }
}
