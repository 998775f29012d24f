import CKernels

/// Elementwise kernels chosen by element type: the one place where a `DType` becomes a C function.
enum Kernels {
  static func unary(
    _ op: apus_unary_op, _ dtype: DType, _ x: UnsafeRawPointer, _ out: UnsafeMutableRawPointer,
    _ count: Int
  ) {
    switch dtype {
    case .float32: apus_unary_f32(op, x.bound(), out.bound(), count)
    case .float64: apus_unary_f64(op, x.bound(), out.bound(), count)
    case .int32: apus_unary_i32(op, x.bound(), out.bound(), count)
    case .int64: apus_unary_i64(op, x.bound(), out.bound(), count)
    case .uint8, .bool: fatalError("no unary kernel for \(dtype)")
    }
  }

  static func binary(
    _ op: apus_binary_op, _ dtype: DType, _ a: UnsafeRawPointer, _ aStep: Int,
    _ b: UnsafeRawPointer, _ bStep: Int, _ out: UnsafeMutableRawPointer, _ count: Int
  ) {
    switch dtype {
    case .float32: apus_binary_f32(op, a.bound(), aStep, b.bound(), bStep, out.bound(), count)
    case .float64: apus_binary_f64(op, a.bound(), aStep, b.bound(), bStep, out.bound(), count)
    case .int32: apus_binary_i32(op, a.bound(), aStep, b.bound(), bStep, out.bound(), count)
    case .int64: apus_binary_i64(op, a.bound(), aStep, b.bound(), bStep, out.bound(), count)
    case .uint8, .bool: fatalError("no binary kernel for \(dtype)")
    }
  }

  static func dotRows(
    _ dtype: DType, _ a: UnsafeRawPointer, stride aStride: Int, _ b: UnsafeRawPointer,
    stride bStride: Int, rows: Int, columns: Int, _ out: UnsafeMutableRawPointer
  ) {
    switch dtype {
    case .float32:
      apus_dot_rows_f32(a.bound(), aStride, b.bound(), bStride, rows, columns, out.bound())
    case .float64:
      apus_dot_rows_f64(a.bound(), aStride, b.bound(), bStride, rows, columns, out.bound())
    case .int32:
      apus_dot_rows_i32(a.bound(), aStride, b.bound(), bStride, rows, columns, out.bound())
    case .int64:
      apus_dot_rows_i64(a.bound(), aStride, b.bound(), bStride, rows, columns, out.bound())
    case .uint8, .bool: fatalError("no dot product kernel for \(dtype)")
    }
  }
}

extension UnsafeRawPointer {
  /// The same address as a pointer to the element type that the context asks for.
  @inline(__always)
  func bound<Element>() -> UnsafePointer<Element> { assumingMemoryBound(to: Element.self) }
}

extension UnsafeMutableRawPointer {
  /// The same address as a pointer to the element type that the context asks for.
  @inline(__always)
  func bound<Element>() -> UnsafeMutablePointer<Element> { assumingMemoryBound(to: Element.self) }
}
