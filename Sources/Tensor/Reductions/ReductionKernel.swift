import CKernels

/// A kernel that makes one element of many, for elements of one type.
enum ReductionKernel {
  case fold(apus_reduce_op, DType)
  case nonzero(DType)

  var input: DType {
    switch self {
    case .fold(_, let dtype), .nonzero(let dtype): dtype
    }
  }

  var output: DType {
    switch self {
    case .fold(_, let dtype): dtype
    case .nonzero: .int64
    }
  }

  /// The kernel that makes one result of partial ones.
  var merging: ReductionKernel {
    switch self {
    case .nonzero: .fold(APUS_REDUCE_SUM, .int64)
    case .fold(APUS_REDUCE_SUM_OF_SQUARES, let dtype): .fold(APUS_REDUCE_SUM, dtype)
    case .fold(APUS_REDUCE_SUM_OF_MAGNITUDES, let dtype): .fold(APUS_REDUCE_SUM, dtype)
    case .fold(APUS_REDUCE_MAX_MAGNITUDE, let dtype): .fold(APUS_REDUCE_MAX, dtype)
    case .fold: self
    }
  }

  /// Elements of one piece of work, and of one partial result: fixed, so that the order of
  /// additions does not depend on the number of threads.
  var grain: Int {
    switch self {
    case .fold(APUS_REDUCE_LOG_SUM_EXP, _): Elementwise.Weight.heavy.grain
    default: ReductionCut.pieceByteCount / input.byteCount
    }
  }

  /// out[r] = the columns of row r as one.
  func rows(
    _ x: UnsafeRawPointer, rows: Int, columns: Int, _ out: UnsafeMutableRawPointer
  ) {
    switch self {
    case .fold(let op, .float32):
      apus_reduce_rows_f32(op, x.bound(), columns, rows, columns, out.bound())
    case .fold(let op, .float64):
      apus_reduce_rows_f64(op, x.bound(), columns, rows, columns, out.bound())
    case .fold(let op, .int32):
      apus_reduce_rows_i32(op, x.bound(), columns, rows, columns, out.bound())
    case .fold(let op, .int64):
      apus_reduce_rows_i64(op, x.bound(), columns, rows, columns, out.bound())
    case .fold(let op, .uint8), .fold(let op, .bool):
      apus_reduce_rows_u8(op, x.bound(), columns, rows, columns, out.bound())
    case .nonzero(.float32): apus_nonzero_rows_f32(x.bound(), columns, rows, columns, out.bound())
    case .nonzero(.float64): apus_nonzero_rows_f64(x.bound(), columns, rows, columns, out.bound())
    case .nonzero(.int32): apus_nonzero_rows_i32(x.bound(), columns, rows, columns, out.bound())
    case .nonzero(.int64): apus_nonzero_rows_i64(x.bound(), columns, rows, columns, out.bound())
    case .nonzero(.uint8), .nonzero(.bool):
      apus_nonzero_rows_u8(x.bound(), columns, rows, columns, out.bound())
    }
  }

  /// out[b, j] = the rows of column j of matrix b as one; the rows of a matrix are `stride`
  /// elements apart.
  func columns(
    _ x: UnsafeRawPointer, stride: Int, batches: Int, rows: Int, columns: Int,
    _ out: UnsafeMutableRawPointer
  ) {
    switch self {
    case .fold(let op, .float32):
      apus_reduce_columns_f32(op, x.bound(), stride, batches, rows, columns, out.bound())
    case .fold(let op, .float64):
      apus_reduce_columns_f64(op, x.bound(), stride, batches, rows, columns, out.bound())
    case .fold(let op, .int32):
      apus_reduce_columns_i32(op, x.bound(), stride, batches, rows, columns, out.bound())
    case .fold(let op, .int64):
      apus_reduce_columns_i64(op, x.bound(), stride, batches, rows, columns, out.bound())
    case .fold(let op, .uint8), .fold(let op, .bool):
      apus_reduce_columns_u8(op, x.bound(), stride, batches, rows, columns, out.bound())
    case .nonzero(.float32):
      apus_nonzero_columns_f32(x.bound(), stride, batches, rows, columns, out.bound())
    case .nonzero(.float64):
      apus_nonzero_columns_f64(x.bound(), stride, batches, rows, columns, out.bound())
    case .nonzero(.int32):
      apus_nonzero_columns_i32(x.bound(), stride, batches, rows, columns, out.bound())
    case .nonzero(.int64):
      apus_nonzero_columns_i64(x.bound(), stride, batches, rows, columns, out.bound())
    case .nonzero(.uint8), .nonzero(.bool):
      apus_nonzero_columns_u8(x.bound(), stride, batches, rows, columns, out.bound())
    }
  }
}
