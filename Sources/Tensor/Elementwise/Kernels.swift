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
    case .uint8, .bool:
      ByteArithmetic.run(op, a.bound(), aStep, b.bound(), bStep, out.bound(), count)
    }
  }

  static func compare(
    _ op: apus_compare_op, _ dtype: DType, _ a: UnsafeRawPointer, _ aStep: Int,
    _ b: UnsafeRawPointer, _ bStep: Int, _ out: UnsafeMutableRawPointer, _ count: Int
  ) {
    switch dtype {
    case .float32: apus_compare_f32(op, a.bound(), aStep, b.bound(), bStep, out.bound(), count)
    case .float64: apus_compare_f64(op, a.bound(), aStep, b.bound(), bStep, out.bound(), count)
    case .int32: apus_compare_i32(op, a.bound(), aStep, b.bound(), bStep, out.bound(), count)
    case .int64: apus_compare_i64(op, a.bound(), aStep, b.bound(), bStep, out.bound(), count)
    case .uint8, .bool:
      apus_compare_u8(op, a.bound(), aStep, b.bound(), bStep, out.bound(), count)
    }
  }

  static func classify(
    _ op: apus_classify_op, _ dtype: DType, _ x: UnsafeRawPointer, _ out: UnsafeMutableRawPointer,
    _ count: Int
  ) {
    switch dtype {
    case .float32: apus_classify_f32(op, x.bound(), out.bound(), count)
    case .float64: apus_classify_f64(op, x.bound(), out.bound(), count)
    case .int32, .int64, .uint8, .bool: fatalError("no classification kernel for \(dtype)")
    }
  }

  /// A mask is read as bytes; the elements are known by their size.
  static func select(
    _ dtype: DType, _ mask: UnsafeRawPointer, _ maskStep: Int, _ a: UnsafeRawPointer, _ aStep: Int,
    _ b: UnsafeRawPointer, _ bStep: Int, _ out: UnsafeMutableRawPointer, _ count: Int
  ) {
    switch dtype.byteCount {
    case 1: apus_select_1(mask.bound(), maskStep, a, aStep, b, bStep, out, count)
    case 4: apus_select_4(mask.bound(), maskStep, a, aStep, b, bStep, out, count)
    default: apus_select_8(mask.bound(), maskStep, a, aStep, b, bStep, out, count)
    }
  }

  static func clamp(
    _ dtype: DType, _ x: UnsafeRawPointer, _ low: UnsafeRawPointer, _ high: UnsafeRawPointer,
    _ out: UnsafeMutableRawPointer, _ count: Int
  ) {
    switch dtype {
    case .float32: apus_clamp_f32(x.bound(), low.bound(), high.bound(), out.bound(), count)
    case .float64: apus_clamp_f64(x.bound(), low.bound(), high.bound(), out.bound(), count)
    case .int32: apus_clamp_i32(x.bound(), low.bound(), high.bound(), out.bound(), count)
    case .int64: apus_clamp_i64(x.bound(), low.bound(), high.bound(), out.bound(), count)
    case .uint8, .bool: apus_clamp_u8(x.bound(), low.bound(), high.bound(), out.bound(), count)
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
