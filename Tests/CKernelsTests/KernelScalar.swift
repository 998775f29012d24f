import CKernels

/// The kernels of one element type under common names.
protocol KernelScalar: Numeric, Comparable, Sendable, BitwiseCopyable {
  typealias In = UnsafePointer<Self>
  typealias Out = UnsafeMutablePointer<Self>
  static func unary(_ op: apus_unary_op, _ x: In, _ out: Out, _ n: Int)
  static func binary(
    _ op: apus_binary_op, _ a: In, _ aStep: Int, _ b: In, _ bStep: Int, _ out: Out, _ n: Int)
  static func reduceRows(
    _ op: apus_reduce_op, _ x: In, _ stride: Int, _ rows: Int, _ columns: Int, _ out: Out)
  static func reduceColumns(
    _ op: apus_reduce_op, _ x: In, _ stride: Int, _ batches: Int, _ rows: Int, _ columns: Int,
    _ out: Out)
  static func argument(
    _ op: apus_reduce_op, _ x: In, _ stride: Int, _ rows: Int, _ columns: Int,
    _ out: UnsafeMutablePointer<Int64>)
  static func argumentColumns(
    _ op: apus_reduce_op, _ x: In, _ stride: Int, _ batches: Int, _ rows: Int, _ columns: Int,
    _ out: UnsafeMutablePointer<Int64>, _ values: Out?)
  static func nonzeroRows(
    _ x: In, _ stride: Int, _ rows: Int, _ columns: Int, _ out: UnsafeMutablePointer<Int64>)
  static func nonzeroColumns(
    _ x: In, _ stride: Int, _ batches: Int, _ rows: Int, _ columns: Int,
    _ out: UnsafeMutablePointer<Int64>)
  static func cumulative(
    _ op: apus_cumulative_op, _ x: In, _ batches: Int, _ rows: Int, _ columns: Int, _ out: Out)
}

protocol KernelFloat: KernelScalar, BinaryFloatingPoint {
  static func axpby(_ alpha: Self, _ x: In, _ beta: Self, _ out: Out, _ n: Int)
  static func affine(_ scale: Self, _ shift: Self, _ x: In, _ out: Out, _ n: Int)
  static func fromBytes(
    _ x: UnsafePointer<UInt8>, _ scale: Self, _ shift: Self, _ out: Out, _ n: Int)
  static func moments(
    _ x: In, _ stride: Int, _ rows: Int, _ columns: Int, _ means: UnsafeMutablePointer<Double>,
    _ deviations: UnsafeMutablePointer<Double>)
  static func momentsOfColumns(
    _ x: In, _ stride: Int, _ batches: Int, _ rows: Int, _ columns: Int,
    _ means: UnsafeMutablePointer<Double>, _ deviations: UnsafeMutablePointer<Double>)
  static func softmaxColumns(
    log: Bool, _ x: In, _ out: Out, _ stride: Int, _ rows: Int, _ columns: Int)
  static func softmax(log: Bool, _ x: In, _ out: Out, _ rows: Int, _ columns: Int)
  static func softmaxGradient(
    log: Bool, _ y: In, _ g: In, _ out: Out, _ rows: Int, _ columns: Int)
  static func crossEntropy(
    _ x: In, _ labels: UnsafePointer<Int32>, _ losses: Out, _ p: Out?, _ rows: Int, _ columns: Int)
  static func crossEntropyGradient(
    _ p: In, _ labels: UnsafePointer<Int32>, _ scale: In, _ step: Int, _ out: Out, _ rows: Int,
    _ columns: Int)
  static func update(
    _ rule: apus_update_rule, _ p: Out, _ g: In, _ states: [Out?], _ n: Int,
    _ options: apus_update_options)
}

extension Float: KernelScalar {
  static func unary(_ op: apus_unary_op, _ x: In, _ out: Out, _ n: Int) {
    apus_unary_f32(op, x, out, n)
  }

  static func binary(
    _ op: apus_binary_op, _ a: In, _ aStep: Int, _ b: In, _ bStep: Int, _ out: Out, _ n: Int
  ) {
    apus_binary_f32(op, a, aStep, b, bStep, out, n)
  }

  static func reduceRows(
    _ op: apus_reduce_op, _ x: In, _ stride: Int, _ rows: Int, _ columns: Int, _ out: Out
  ) {
    apus_reduce_rows_f32(op, x, stride, rows, columns, out)
  }

  static func reduceColumns(
    _ op: apus_reduce_op, _ x: In, _ stride: Int, _ batches: Int, _ rows: Int, _ columns: Int,
    _ out: Out
  ) {
    apus_reduce_columns_f32(op, x, stride, batches, rows, columns, out)
  }

  static func argument(
    _ op: apus_reduce_op, _ x: In, _ stride: Int, _ rows: Int, _ columns: Int,
    _ out: UnsafeMutablePointer<Int64>
  ) {
    apus_argument_rows_f32(op, x, stride, rows, columns, out)
  }

  static func argumentColumns(
    _ op: apus_reduce_op, _ x: In, _ stride: Int, _ batches: Int, _ rows: Int, _ columns: Int,
    _ out: UnsafeMutablePointer<Int64>, _ values: Out?
  ) {
    apus_argument_columns_f32(op, x, stride, batches, rows, columns, out, values)
  }

  static func nonzeroRows(
    _ x: In, _ stride: Int, _ rows: Int, _ columns: Int, _ out: UnsafeMutablePointer<Int64>
  ) {
    apus_nonzero_rows_f32(x, stride, rows, columns, out)
  }

  static func nonzeroColumns(
    _ x: In, _ stride: Int, _ batches: Int, _ rows: Int, _ columns: Int,
    _ out: UnsafeMutablePointer<Int64>
  ) {
    apus_nonzero_columns_f32(x, stride, batches, rows, columns, out)
  }

  static func cumulative(
    _ op: apus_cumulative_op, _ x: In, _ batches: Int, _ rows: Int, _ columns: Int, _ out: Out
  ) {
    apus_cumulative_f32(op, x, batches, rows, columns, out)
  }
}

extension Double: KernelScalar {
  static func unary(_ op: apus_unary_op, _ x: In, _ out: Out, _ n: Int) {
    apus_unary_f64(op, x, out, n)
  }

  static func binary(
    _ op: apus_binary_op, _ a: In, _ aStep: Int, _ b: In, _ bStep: Int, _ out: Out, _ n: Int
  ) {
    apus_binary_f64(op, a, aStep, b, bStep, out, n)
  }

  static func reduceRows(
    _ op: apus_reduce_op, _ x: In, _ stride: Int, _ rows: Int, _ columns: Int, _ out: Out
  ) {
    apus_reduce_rows_f64(op, x, stride, rows, columns, out)
  }

  static func reduceColumns(
    _ op: apus_reduce_op, _ x: In, _ stride: Int, _ batches: Int, _ rows: Int, _ columns: Int,
    _ out: Out
  ) {
    apus_reduce_columns_f64(op, x, stride, batches, rows, columns, out)
  }

  static func argument(
    _ op: apus_reduce_op, _ x: In, _ stride: Int, _ rows: Int, _ columns: Int,
    _ out: UnsafeMutablePointer<Int64>
  ) {
    apus_argument_rows_f64(op, x, stride, rows, columns, out)
  }

  static func argumentColumns(
    _ op: apus_reduce_op, _ x: In, _ stride: Int, _ batches: Int, _ rows: Int, _ columns: Int,
    _ out: UnsafeMutablePointer<Int64>, _ values: Out?
  ) {
    apus_argument_columns_f64(op, x, stride, batches, rows, columns, out, values)
  }

  static func nonzeroRows(
    _ x: In, _ stride: Int, _ rows: Int, _ columns: Int, _ out: UnsafeMutablePointer<Int64>
  ) {
    apus_nonzero_rows_f64(x, stride, rows, columns, out)
  }

  static func nonzeroColumns(
    _ x: In, _ stride: Int, _ batches: Int, _ rows: Int, _ columns: Int,
    _ out: UnsafeMutablePointer<Int64>
  ) {
    apus_nonzero_columns_f64(x, stride, batches, rows, columns, out)
  }

  static func cumulative(
    _ op: apus_cumulative_op, _ x: In, _ batches: Int, _ rows: Int, _ columns: Int, _ out: Out
  ) {
    apus_cumulative_f64(op, x, batches, rows, columns, out)
  }
}

extension Int32: KernelScalar {
  static func unary(_ op: apus_unary_op, _ x: In, _ out: Out, _ n: Int) {
    apus_unary_i32(op, x, out, n)
  }

  static func binary(
    _ op: apus_binary_op, _ a: In, _ aStep: Int, _ b: In, _ bStep: Int, _ out: Out, _ n: Int
  ) {
    apus_binary_i32(op, a, aStep, b, bStep, out, n)
  }

  static func reduceRows(
    _ op: apus_reduce_op, _ x: In, _ stride: Int, _ rows: Int, _ columns: Int, _ out: Out
  ) {
    apus_reduce_rows_i32(op, x, stride, rows, columns, out)
  }

  static func reduceColumns(
    _ op: apus_reduce_op, _ x: In, _ stride: Int, _ batches: Int, _ rows: Int, _ columns: Int,
    _ out: Out
  ) {
    apus_reduce_columns_i32(op, x, stride, batches, rows, columns, out)
  }

  static func argument(
    _ op: apus_reduce_op, _ x: In, _ stride: Int, _ rows: Int, _ columns: Int,
    _ out: UnsafeMutablePointer<Int64>
  ) {
    apus_argument_rows_i32(op, x, stride, rows, columns, out)
  }

  static func argumentColumns(
    _ op: apus_reduce_op, _ x: In, _ stride: Int, _ batches: Int, _ rows: Int, _ columns: Int,
    _ out: UnsafeMutablePointer<Int64>, _ values: Out?
  ) {
    apus_argument_columns_i32(op, x, stride, batches, rows, columns, out, values)
  }

  static func nonzeroRows(
    _ x: In, _ stride: Int, _ rows: Int, _ columns: Int, _ out: UnsafeMutablePointer<Int64>
  ) {
    apus_nonzero_rows_i32(x, stride, rows, columns, out)
  }

  static func nonzeroColumns(
    _ x: In, _ stride: Int, _ batches: Int, _ rows: Int, _ columns: Int,
    _ out: UnsafeMutablePointer<Int64>
  ) {
    apus_nonzero_columns_i32(x, stride, batches, rows, columns, out)
  }

  static func cumulative(
    _ op: apus_cumulative_op, _ x: In, _ batches: Int, _ rows: Int, _ columns: Int, _ out: Out
  ) {
    apus_cumulative_i32(op, x, batches, rows, columns, out)
  }
}

extension Int64: KernelScalar {
  static func unary(_ op: apus_unary_op, _ x: In, _ out: Out, _ n: Int) {
    apus_unary_i64(op, x, out, n)
  }

  static func binary(
    _ op: apus_binary_op, _ a: In, _ aStep: Int, _ b: In, _ bStep: Int, _ out: Out, _ n: Int
  ) {
    apus_binary_i64(op, a, aStep, b, bStep, out, n)
  }

  static func reduceRows(
    _ op: apus_reduce_op, _ x: In, _ stride: Int, _ rows: Int, _ columns: Int, _ out: Out
  ) {
    apus_reduce_rows_i64(op, x, stride, rows, columns, out)
  }

  static func reduceColumns(
    _ op: apus_reduce_op, _ x: In, _ stride: Int, _ batches: Int, _ rows: Int, _ columns: Int,
    _ out: Out
  ) {
    apus_reduce_columns_i64(op, x, stride, batches, rows, columns, out)
  }

  static func argument(
    _ op: apus_reduce_op, _ x: In, _ stride: Int, _ rows: Int, _ columns: Int,
    _ out: UnsafeMutablePointer<Int64>
  ) {
    apus_argument_rows_i64(op, x, stride, rows, columns, out)
  }

  static func argumentColumns(
    _ op: apus_reduce_op, _ x: In, _ stride: Int, _ batches: Int, _ rows: Int, _ columns: Int,
    _ out: UnsafeMutablePointer<Int64>, _ values: Out?
  ) {
    apus_argument_columns_i64(op, x, stride, batches, rows, columns, out, values)
  }

  static func nonzeroRows(
    _ x: In, _ stride: Int, _ rows: Int, _ columns: Int, _ out: UnsafeMutablePointer<Int64>
  ) {
    apus_nonzero_rows_i64(x, stride, rows, columns, out)
  }

  static func nonzeroColumns(
    _ x: In, _ stride: Int, _ batches: Int, _ rows: Int, _ columns: Int,
    _ out: UnsafeMutablePointer<Int64>
  ) {
    apus_nonzero_columns_i64(x, stride, batches, rows, columns, out)
  }

  static func cumulative(
    _ op: apus_cumulative_op, _ x: In, _ batches: Int, _ rows: Int, _ columns: Int, _ out: Out
  ) {
    apus_cumulative_i64(op, x, batches, rows, columns, out)
  }
}

extension Float: KernelFloat {
  static func axpby(_ alpha: Self, _ x: In, _ beta: Self, _ out: Out, _ n: Int) {
    apus_axpby_f32(alpha, x, beta, out, n)
  }

  static func affine(_ scale: Self, _ shift: Self, _ x: In, _ out: Out, _ n: Int) {
    apus_affine_f32(scale, shift, x, out, n)
  }

  static func fromBytes(
    _ x: UnsafePointer<UInt8>, _ scale: Self, _ shift: Self, _ out: Out, _ n: Int
  ) {
    apus_u8_to_f32(x, scale, shift, out, n)
  }

  static func moments(
    _ x: In, _ stride: Int, _ rows: Int, _ columns: Int, _ means: UnsafeMutablePointer<Double>,
    _ deviations: UnsafeMutablePointer<Double>
  ) {
    apus_moment_rows_f32(x, stride, rows, columns, means, deviations)
  }

  static func momentsOfColumns(
    _ x: In, _ stride: Int, _ batches: Int, _ rows: Int, _ columns: Int,
    _ means: UnsafeMutablePointer<Double>, _ deviations: UnsafeMutablePointer<Double>
  ) {
    apus_moment_columns_f32(x, stride, batches, rows, columns, means, deviations)
  }

  static func softmaxColumns(
    log: Bool, _ x: In, _ out: Out, _ stride: Int, _ rows: Int, _ columns: Int
  ) {
    (log ? apus_log_softmax_columns_f32 : apus_softmax_columns_f32)(x, out, stride, rows, columns)
  }

  static func softmax(log: Bool, _ x: In, _ out: Out, _ rows: Int, _ columns: Int) {
    (log ? apus_log_softmax_rows_f32 : apus_softmax_rows_f32)(x, out, rows, columns)
  }

  static func softmaxGradient(
    log: Bool, _ y: In, _ g: In, _ out: Out, _ rows: Int, _ columns: Int
  ) {
    (log ? apus_log_softmax_grad_rows_f32 : apus_softmax_grad_rows_f32)(y, g, out, rows, columns)
  }

  static func crossEntropy(
    _ x: In, _ labels: UnsafePointer<Int32>, _ losses: Out, _ p: Out?, _ rows: Int, _ columns: Int
  ) {
    apus_softmax_cross_entropy_f32(x, labels, losses, p, rows, columns)
  }

  static func crossEntropyGradient(
    _ p: In, _ labels: UnsafePointer<Int32>, _ scale: In, _ step: Int, _ out: Out, _ rows: Int,
    _ columns: Int
  ) {
    apus_softmax_cross_entropy_grad_f32(p, labels, scale, step, out, rows, columns)
  }

  static func update(
    _ rule: apus_update_rule, _ p: Out, _ g: In, _ states: [Out?], _ n: Int,
    _ options: apus_update_options
  ) {
    withUnsafePointer(to: options) {
      apus_update_f32(rule, p, g, states[0], states[1], states[2], n, $0)
    }
  }
}

extension Double: KernelFloat {
  static func axpby(_ alpha: Self, _ x: In, _ beta: Self, _ out: Out, _ n: Int) {
    apus_axpby_f64(alpha, x, beta, out, n)
  }

  static func affine(_ scale: Self, _ shift: Self, _ x: In, _ out: Out, _ n: Int) {
    apus_affine_f64(scale, shift, x, out, n)
  }

  static func fromBytes(
    _ x: UnsafePointer<UInt8>, _ scale: Self, _ shift: Self, _ out: Out, _ n: Int
  ) {
    apus_u8_to_f64(x, scale, shift, out, n)
  }

  static func moments(
    _ x: In, _ stride: Int, _ rows: Int, _ columns: Int, _ means: UnsafeMutablePointer<Double>,
    _ deviations: UnsafeMutablePointer<Double>
  ) {
    apus_moment_rows_f64(x, stride, rows, columns, means, deviations)
  }

  static func momentsOfColumns(
    _ x: In, _ stride: Int, _ batches: Int, _ rows: Int, _ columns: Int,
    _ means: UnsafeMutablePointer<Double>, _ deviations: UnsafeMutablePointer<Double>
  ) {
    apus_moment_columns_f64(x, stride, batches, rows, columns, means, deviations)
  }

  static func softmaxColumns(
    log: Bool, _ x: In, _ out: Out, _ stride: Int, _ rows: Int, _ columns: Int
  ) {
    (log ? apus_log_softmax_columns_f64 : apus_softmax_columns_f64)(x, out, stride, rows, columns)
  }

  static func softmax(log: Bool, _ x: In, _ out: Out, _ rows: Int, _ columns: Int) {
    (log ? apus_log_softmax_rows_f64 : apus_softmax_rows_f64)(x, out, rows, columns)
  }

  static func softmaxGradient(
    log: Bool, _ y: In, _ g: In, _ out: Out, _ rows: Int, _ columns: Int
  ) {
    (log ? apus_log_softmax_grad_rows_f64 : apus_softmax_grad_rows_f64)(y, g, out, rows, columns)
  }

  static func crossEntropy(
    _ x: In, _ labels: UnsafePointer<Int32>, _ losses: Out, _ p: Out?, _ rows: Int, _ columns: Int
  ) {
    apus_softmax_cross_entropy_f64(x, labels, losses, p, rows, columns)
  }

  static func crossEntropyGradient(
    _ p: In, _ labels: UnsafePointer<Int32>, _ scale: In, _ step: Int, _ out: Out, _ rows: Int,
    _ columns: Int
  ) {
    apus_softmax_cross_entropy_grad_f64(p, labels, scale, step, out, rows, columns)
  }

  static func update(
    _ rule: apus_update_rule, _ p: Out, _ g: In, _ states: [Out?], _ n: Int,
    _ options: apus_update_options
  ) {
    withUnsafePointer(to: options) {
      apus_update_f64(rule, p, g, states[0], states[1], states[2], n, $0)
    }
  }
}
