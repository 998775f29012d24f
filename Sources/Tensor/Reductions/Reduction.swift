import CKernels

/// Runs reductions over any set of axes. Nothing is copied where the elements are dense.
enum Reduction {
  /// Which axes are named; all if `axes` is nil.
  static func reducedAxes(_ axes: [Int]?, of shape: Shape, _ name: StaticString) -> AxisSet {
    AxisSet(axes, of: shape, name)
  }

  @_specialize(where Scalar == Float)
  static func run<Scalar>(
    _ op: apus_reduce_op, _ x: Tensor<Scalar>, axes: [Int]?, keepingDimensions: Bool,
    of name: StaticString
  ) -> Tensor<Scalar> {
    run(
      .fold(op, Scalar.dtype), x, axes: axes, keepingDimensions: keepingDimensions, of: name)
  }

  static func run<Scalar, Result>(
    _ kernel: ReductionKernel, _ x: Tensor<Scalar>, axes: [Int]?, keepingDimensions: Bool,
    of name: StaticString
  ) -> Tensor<Result> {
    let axes = AxisSet(axes, of: x.shape, name)
    let source = x.layout.isDense ? x : x.copied()
    let plan = ReductionPlan(source.layout, reducing: axes, keepingDimensions: keepingDimensions)
    let storage = Storage(shape: plan.result.shape, dtype: Result.dtype)
    source.withStorage { run(kernel, source.pointer, plan, storage.pointer) }
    return Tensor<Result>(storage: storage, layout: plan.result)
  }

  /// Follows a plan from dense elements at `x`.
  static func run(
    _ kernel: ReductionKernel, _ x: UnsafeRawPointer, _ plan: ReductionPlan,
    _ out: UnsafeMutableRawPointer
  ) {
    if plan.keptCount == 0 { return }
    if plan.reducedCount == 0 {
      kernel.rows(x, rows: plan.keptCount, columns: 0, out)
      return
    }
    var kernel = kernel
    var source = x
    var partial: Storage?
    plan.forEachStep { outer, reduced, inner, isLast in
      if isLast {
        step(kernel, source, outer, reduced, inner, out)
      } else {
        let next = Storage(byteCount: outer * inner * kernel.output.byteCount)
        step(kernel, source, outer, reduced, inner, next.pointer)
        partial = next
        source = UnsafeRawPointer(next.pointer)
        kernel = kernel.merging
      }
    }
    withExtendedLifetime(partial) {}
  }

  /// Elements `[outer, reduced, inner]` become `[outer, inner]`.
  static func step(
    _ kernel: ReductionKernel, _ x: UnsafeRawPointer, _ outer: Int, _ reduced: Int, _ inner: Int,
    _ out: UnsafeMutableRawPointer
  ) {
    if inner == 1 {
      rows(kernel, x, outer, reduced, out)
    } else {
      columns(kernel, x, outer, reduced, inner, out)
    }
  }

  private static func rows(
    _ kernel: ReductionKernel, _ x: UnsafeRawPointer, _ rows: Int, _ columns: Int,
    _ out: UnsafeMutableRawPointer
  ) {
    let size = kernel.input.byteCount
    let outSize = kernel.output.byteCount
    let grain = kernel.grain
    guard columns > grain else {
      ThreadPool.forEachRange(of: rows, grain: max(1, grain / columns)) { range in
        kernel.rows(
          x + range.lowerBound * columns * size, rows: range.count, columns: columns,
          out + range.lowerBound * outSize)
      }
      return
    }
    // Long rows: a partial result per piece of the row, then a reduction of the partial results.
    let pieces = (columns + grain - 1) / grain
    let partials = Storage(byteCount: rows * pieces * outSize)
    let target = partials.pointer
    ThreadPool.forEachRange(of: rows * pieces, grain: 1) { range in
      for piece in range {
        let start = piece % pieces * grain
        kernel.rows(
          x + (piece / pieces * columns + start) * size, rows: 1,
          columns: min(grain, columns - start), target + piece * outSize)
      }
    }
    self.rows(kernel.merging, target, rows, pieces, out)
    withExtendedLifetime(partials) {}
  }

  private static func columns(
    _ kernel: ReductionKernel, _ x: UnsafeRawPointer, _ outer: Int, _ rows: Int, _ columns: Int,
    _ out: UnsafeMutableRawPointer
  ) {
    let size = kernel.input.byteCount
    let outSize = kernel.output.byteCount
    let matrix = rows * columns
    guard matrix > kernel.grain else {
      ThreadPool.forEachRange(of: outer, grain: kernel.grain / matrix) { range in
        kernel.columns(
          x + range.lowerBound * matrix * size, stride: columns, batches: range.count, rows: rows,
          columns: columns, out + range.lowerBound * columns * outSize)
      }
      return
    }
    let cut = ReductionCut(outer: outer, rows: rows, columns: columns, grain: kernel.grain)
    let heights = cut.heights
    let partials =
      heights == 1 ? nil : Storage(byteCount: outer * heights * columns * outSize)
    let target = partials?.pointer ?? out
    cut.forEachPiece { index, height, rowRange, columnRange in
      kernel.columns(
        x + (index * matrix + rowRange.lowerBound * columns + columnRange.lowerBound) * size,
        stride: columns, batches: 1, rows: rowRange.count, columns: columnRange.count,
        target + ((index * heights + height) * columns + columnRange.lowerBound) * outSize)
    }
    if let partials {
      self.columns(kernel.merging, partials.pointer, outer, heights, columns, out)
      withExtendedLifetime(partials) {}
    }
  }
}
