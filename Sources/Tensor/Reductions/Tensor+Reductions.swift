import CKernels

/// Runs reductions over any set of axes.
enum Reduction {
  /// Elements of one piece of work, and of one partial sum of a long vector: fixed, so that the
  /// order of additions does not depend on the number of threads.
  static let grain = 65_536

  static func run<Scalar>(
    _ op: apus_reduce_op, _ x: Tensor<Scalar>, axes: [Int]?, keepingDimensions: Bool,
    of name: StaticString
  ) -> Tensor<Scalar> {
    let isReduced = reducedAxes(axes, of: x.shape, name)
    var extents = Dimensions()
    for axis in 0..<x.rank {
      if !isReduced[axis] {
        extents.append(x.shape.dimensions[axis])
      } else if keepingDimensions {
        extents.append(1)
      }
    }
    let shape = Shape(dimensions: extents)
    let result = Tensor<Scalar>(uninitialized: shape)
    // Every case is a matrix [outer, inner] of which the rows or the columns are reduced.
    let reducedCount = (0..<x.rank).reduce(1) { isReduced[$1] ? $0 * x.shape.dimensions[$1] : $0 }
    let keptCount = shape.elementCount
    if keptCount == 0 { return result }
    let trailing = (0..<x.rank).drop { !isReduced[$0] }.allSatisfy {
      isReduced[$0] || x.shape.dimensions[$0] == 1
    }
    if trailing {
      let source = x.contiguous
      source.withStorage {
        rows(op, Scalar.dtype, source.pointer, keptCount, reducedCount, result.storage.pointer)
      }
      return result
    }
    let leading = (0..<x.rank).drop { isReduced[$0] }.allSatisfy {
      !isReduced[$0] || x.shape.dimensions[$0] == 1
    }
    if leading {
      let source = x.contiguous
      source.withStorage {
        columns(op, Scalar.dtype, source.pointer, reducedCount, keptCount, result.storage.pointer)
      }
      return result
    }
    // Kept axes first, reduced axes last: then it is the first case.
    let order = (0..<x.rank).filter { !isReduced[$0] } + (0..<x.rank).filter { isReduced[$0] }
    let source = x.permuted(order).contiguous
    source.withStorage {
      rows(op, Scalar.dtype, source.pointer, keptCount, reducedCount, result.storage.pointer)
    }
    return result
  }

  /// Which axes are named; all if `axes` is nil.
  static func reducedAxes(_ axes: [Int]?, of shape: Shape, _ name: StaticString) -> [Bool] {
    guard let axes else { return [Bool](repeating: true, count: shape.rank) }
    var named = [Bool](repeating: false, count: shape.rank)
    for axis in axes {
      let resolved = shape.axis(axis, of: name)
      guard !named[resolved] else {
        fatalError("\(name): axis \(axis) is named twice in \(axes)")
      }
      named[resolved] = true
    }
    return named
  }

  private static func rows(
    _ op: apus_reduce_op, _ dtype: DType, _ x: UnsafeRawPointer, _ rows: Int, _ columns: Int,
    _ out: UnsafeMutableRawPointer
  ) {
    let size = dtype.byteCount
    guard columns > grain else {
      ThreadPool.forEachRange(of: rows, grain: max(1, grain / max(columns, 1))) { range in
        Kernels.reduceRows(
          op, dtype, x + range.lowerBound * columns * size, rowStride: columns, rows: range.count,
          columns: columns, out + range.lowerBound * size)
      }
      return
    }
    // Long rows: a partial result per piece of the row, then a reduction of the partial results.
    let pieces = (columns + grain - 1) / grain
    let partials = Storage(byteCount: rows * pieces * size)
    ThreadPool.forEachPiece(rows * pieces) { piece in
      let start = piece % pieces * grain
      Kernels.reduceRows(
        op, dtype, x + (piece / pieces * columns + start) * size, rowStride: 0, rows: 1,
        columns: min(grain, columns - start), partials.pointer + piece * size)
    }
    // Squares are squared once: their partial results are summed.
    Kernels.reduceRows(
      op == APUS_REDUCE_SUM_OF_SQUARES ? APUS_REDUCE_SUM : op, dtype, partials.pointer,
      rowStride: pieces, rows: rows, columns: pieces, out)
    withExtendedLifetime(partials) {}
  }

  private static func columns(
    _ op: apus_reduce_op, _ dtype: DType, _ x: UnsafeRawPointer, _ rows: Int, _ columns: Int,
    _ out: UnsafeMutableRawPointer
  ) {
    // Strips of columns: the bits of a column do not depend on its neighbours.
    let size = dtype.byteCount
    let width = max(64, (grain / max(rows, 1) + 63) / 64 * 64)
    ThreadPool.forEachRange(of: columns, grain: width) { range in
      Kernels.reduceColumns(
        op, dtype, x + range.lowerBound * size, rowStride: columns, rows: rows,
        columns: range.count, out + range.lowerBound * size)
    }
  }
}

/// Reductions. `axes` nil means all of them; negative axes count from the last; a reduced axis
/// vanishes, or stays with extent 1 if `keepingDimensions`. Stops with a message where an axis is
/// out of range or named twice.
extension Tensor where Scalar: SignedScalar {
  /// Σ x; 0 of nothing. Summed in blocks and pairwise, so that a million floats keep their digits.
  public func sum(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor {
    Reduction.run(
      APUS_REDUCE_SUM, self, axes: axes, keepingDimensions: keepingDimensions, of: "sum")
  }

  /// Π x; 1 of nothing.
  public func product(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor {
    Reduction.run(
      APUS_REDUCE_PRODUCT, self, axes: axes, keepingDimensions: keepingDimensions, of: "product")
  }

  /// The largest element; NaN if there is one. Stops with a message if there is no element.
  public func max(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor {
    checkNotEmpty(axes: axes, of: "max")
    return Reduction.run(
      APUS_REDUCE_MAX, self, axes: axes, keepingDimensions: keepingDimensions, of: "max")
  }

  /// The smallest element; NaN if there is one. Stops with a message if there is no element.
  public func min(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor {
    checkNotEmpty(axes: axes, of: "min")
    return Reduction.run(
      APUS_REDUCE_MIN, self, axes: axes, keepingDimensions: keepingDimensions, of: "min")
  }

  private func checkNotEmpty(axes: [Int]?, of name: StaticString) {
    let isReduced = Reduction.reducedAxes(axes, of: shape, name)
    for axis in 0..<rank where isReduced[axis] && shape.dimensions[axis] == 0 {
      fatalError("\(name): shape \(shape) has no element along axis \(axis)")
    }
  }
}

extension Tensor where Scalar: FloatingPointScalar {
  /// The mean: Σ x / n; NaN of nothing.
  public func mean(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor {
    let total = Reduction.run(
      APUS_REDUCE_SUM, self, axes: axes, keepingDimensions: keepingDimensions, of: "mean")
    return total / Scalar(count == 0 ? 0 : count / Swift.max(total.count, 1))
  }

  /// Σ x²; 0 of nothing.
  public func sumOfSquares(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor {
    Reduction.run(
      APUS_REDUCE_SUM_OF_SQUARES, self, axes: axes, keepingDimensions: keepingDimensions,
      of: "sumOfSquares")
  }

  /// The position of the largest element along an axis: the first one if several are equal, the
  /// first NaN if there is one. Stops with a message if the axis has no element.
  public func argmax(axis: Int = -1) -> Tensor<Int64> {
    arg(axis: axis, of: "argmax", apus_argmax_rows_f32, apus_argmax_rows_f64)
  }

  /// The position of the smallest element along an axis; see `argmax`.
  public func argmin(axis: Int = -1) -> Tensor<Int64> {
    arg(axis: axis, of: "argmin", apus_argmin_rows_f32, apus_argmin_rows_f64)
  }

  private func arg(
    axis: Int, of name: StaticString,
    _ single: (UnsafePointer<Float>?, Int, Int, Int, UnsafeMutablePointer<Int64>?) -> Void,
    _ double: (UnsafePointer<Double>?, Int, Int, Int, UnsafeMutablePointer<Int64>?) -> Void
  ) -> Tensor<Int64> {
    let axis = shape.axis(axis, of: name)
    let columns = shape.dimensions[axis]
    guard columns > 0 else {
      fatalError("\(name): shape \(shape) has no element along axis \(axis)")
    }
    var order = Array(0..<rank)
    order.append(order.remove(at: axis))
    let source = permuted(order).contiguous
    var extents = shape.dimensions
    extents.remove(at: axis)
    let result = Tensor<Int64>(uninitialized: Shape(dimensions: extents))
    source.withStorage {
      if Scalar.dtype == .float32 {
        single(
          source.pointer.bound(), columns, result.count, columns, result.storage.pointer.bound())
      } else {
        double(
          source.pointer.bound(), columns, result.count, columns, result.storage.pointer.bound())
      }
    }
    return result
  }
}
