import CKernels

/// Where tensors have their largest and smallest elements.
extension Tensor where Scalar: NumericScalar {
  /// The position of the largest element along an axis, the last one by default: the first one if
  /// several are equal, the first NaN if there is one.
  ///
  /// With `axis` nil, the position among all elements in row-major order. The axis vanishes, or
  /// stays with extent 1 if `keepingDimensions` (all of them do, with `axis` nil). Stops with a
  /// message if there is no such axis or it has no element.
  public func argmax(axis: Int? = -1, keepingDimensions: Bool = false) -> Tensor<Int64> {
    Argument.run(
      APUS_REDUCE_MAX, self, axis: axis, keepingDimensions: keepingDimensions, of: "argmax")
  }

  /// The position of the smallest element along an axis; see `argmax`.
  public func argmin(axis: Int? = -1, keepingDimensions: Bool = false) -> Tensor<Int64> {
    Argument.run(
      APUS_REDUCE_MIN, self, axis: axis, keepingDimensions: keepingDimensions, of: "argmin")
  }
}

private enum Argument {
  static func run<Scalar>(
    _ op: apus_reduce_op, _ x: Tensor<Scalar>, axis: Int?, keepingDimensions: Bool,
    of name: StaticString
  ) -> Tensor<Int64> {
    guard let axis else {
      guard x.count > 0 else { fatalError("\(name): shape \(x.shape) has no element") }
      let source = x.contiguous
      let kept = keepingDimensions ? x.rank : 0
      let result = Tensor<Int64>(
        uninitialized: Shape(dimensions: Dimensions(repeating: 1, count: kept)))
      source.withStorage {
        rows(op, Scalar.dtype, source.pointer, 1, x.count, result.storage.pointer.bound())
      }
      return result
    }
    let resolved = x.shape.axis(axis, of: name)
    guard x.shape.dimensions[resolved] > 0 else {
      fatalError("\(name): shape \(x.shape) has no element along axis \(resolved)")
    }
    let chosen = AxisSet(of: x.shape) { $0 == resolved }
    let source = x.layout.isDense ? x : x.copied()
    let plan = ReductionPlan(source.layout, reducing: chosen, keepingDimensions: keepingDimensions)
    let storage = Storage(shape: plan.result.shape, dtype: .int64)
    if plan.keptCount > 0 {
      source.withStorage {
        plan.forEachStep { outer, reduced, inner, _ in
          if inner == 1 {
            rows(op, Scalar.dtype, source.pointer, outer, reduced, storage.pointer.bound())
          } else {
            columns(
              op, Scalar.dtype, source.pointer, outer, reduced, inner, storage.pointer.bound())
          }
        }
      }
    }
    return Tensor<Int64>(storage: storage, layout: plan.result)
  }

  private static func rows(
    _ op: apus_reduce_op, _ dtype: DType, _ x: UnsafeRawPointer, _ rows: Int, _ columns: Int,
    _ out: UnsafeMutablePointer<Int64>
  ) {
    let size = dtype.byteCount
    let grain = ReductionKernel.fold(op, dtype).grain
    guard columns > grain else {
      ThreadPool.forEachRange(of: rows, grain: max(1, grain / max(columns, 1))) { range in
        kernelRows(
          op, dtype, x + range.lowerBound * columns * size, range.count, columns,
          out + range.lowerBound)
      }
      return
    }
    // Long rows: position and value of the extreme of each piece, then of them all.
    let pieces = (columns + grain - 1) / grain
    let extremes = Storage(byteCount: rows * pieces * size)
    let places = Storage(byteCount: rows * pieces * 8)
    let target = extremes.pointer
    let found: UnsafeMutablePointer<Int64> = places.pointer.bound()
    ThreadPool.forEachRange(of: rows * pieces, grain: 1) { range in
      for piece in range {
        let start = piece % pieces * grain
        let source = x + (piece / pieces * columns + start) * size
        kernelRows(op, dtype, source, 1, min(grain, columns - start), found + piece)
        (target + piece * size).copyMemory(
          from: source + Int(found[piece]) * size, byteCount: size)
      }
    }
    self.rows(op, dtype, target, rows, pieces, out)
    for row in 0..<rows {
      let piece = Int(out[row])
      out[row] = found[row * pieces + piece] + Int64(piece * grain)
    }
    withExtendedLifetime((extremes, places)) {}
  }

  private static func columns(
    _ op: apus_reduce_op, _ dtype: DType, _ x: UnsafeRawPointer, _ outer: Int, _ rows: Int,
    _ columns: Int, _ out: UnsafeMutablePointer<Int64>
  ) {
    let size = dtype.byteCount
    let matrix = rows * columns
    let grain = ReductionKernel.fold(op, dtype).grain
    if dtype == .uint8 {
      // Bytes have no lanes wide enough for positions: turned, columns are rows.
      let turned = Storage(byteCount: outer * matrix)
      let target = turned.pointer
      ThreadPool.forEachRange(of: outer, grain: max(1, grain / matrix)) { range in
        for index in range {
          apus_copy_2d_1(
            x + index * matrix, 1, columns, target + index * matrix, rows, 1, columns, rows)
        }
      }
      self.rows(op, dtype, target, outer * columns, rows, out)
      withExtendedLifetime(turned) {}
      return
    }
    guard matrix > grain else {
      ThreadPool.forEachRange(of: outer, grain: grain / matrix) { range in
        kernelColumns(
          op, dtype, x + range.lowerBound * matrix * size, columns, range.count, rows, columns,
          out + range.lowerBound * columns, nil)
      }
      return
    }
    let cut = ReductionCut(outer: outer, rows: rows, columns: columns, grain: grain)
    let heights = cut.heights
    if heights == 1 {
      cut.forEachPiece { index, _, rowRange, columnRange in
        kernelColumns(
          op, dtype, x + (index * matrix + columnRange.lowerBound) * size, columns, 1, rows,
          columnRange.count, out + index * columns + columnRange.lowerBound, nil)
      }
      return
    }
    // Tall columns: position and value of the extreme of each piece, then of them all.
    let places = Tensor<Int64>(uninitialized: [outer, heights, columns])
    let extremes = Storage(byteCount: outer * heights * columns * size)
    let target = extremes.pointer
    let found: UnsafeMutablePointer<Int64> = places.storage.pointer.bound()
    cut.forEachPiece { index, height, rowRange, columnRange in
      let place = (index * heights + height) * columns + columnRange.lowerBound
      kernelColumns(
        op, dtype,
        x + (index * matrix + rowRange.lowerBound * columns + columnRange.lowerBound) * size,
        columns, 1, rowRange.count, columnRange.count, found + place, target + place * size)
    }
    self.columns(op, dtype, target, outer, heights, columns, out)
    for index in 0..<outer {
      for column in 0..<columns {
        let height = Int(out[index * columns + column])
        out[index * columns + column] =
          found[(index * heights + height) * columns + column] + Int64(height * cut.rowsPerPiece)
      }
    }
    withExtendedLifetime((places, extremes)) {}
  }

  private static func kernelRows(
    _ op: apus_reduce_op, _ dtype: DType, _ x: UnsafeRawPointer, _ rows: Int, _ columns: Int,
    _ out: UnsafeMutablePointer<Int64>
  ) {
    switch dtype {
    case .float32: apus_argument_rows_f32(op, x.bound(), columns, rows, columns, out)
    case .float64: apus_argument_rows_f64(op, x.bound(), columns, rows, columns, out)
    case .int32: apus_argument_rows_i32(op, x.bound(), columns, rows, columns, out)
    case .int64: apus_argument_rows_i64(op, x.bound(), columns, rows, columns, out)
    case .uint8, .bool: apus_argument_rows_u8(op, x.bound(), columns, rows, columns, out)
    }
  }

  private static func kernelColumns(
    _ op: apus_reduce_op, _ dtype: DType, _ x: UnsafeRawPointer, _ stride: Int, _ batches: Int,
    _ rows: Int, _ columns: Int, _ out: UnsafeMutablePointer<Int64>,
    _ values: UnsafeMutableRawPointer?
  ) {
    switch dtype {
    case .float32:
      apus_argument_columns_f32(
        op, x.bound(), stride, batches, rows, columns, out, values?.bound())
    case .float64:
      apus_argument_columns_f64(
        op, x.bound(), stride, batches, rows, columns, out, values?.bound())
    case .int32:
      apus_argument_columns_i32(
        op, x.bound(), stride, batches, rows, columns, out, values?.bound())
    case .int64:
      apus_argument_columns_i64(
        op, x.bound(), stride, batches, rows, columns, out, values?.bound())
    case .uint8, .bool: fatalError("no kernel of positions along columns for \(dtype)")
    }
  }
}
