import CKernels

/// Running sums and products, each of the same shape as the tensor.
///
/// `Float` runs on in double precision and each result is rounded once, so that a million of them
/// keep their digits; `Double` rounds at each step, in order; integers wrap around. From the other
/// end, flip before and after: `x.flipped(axes: [0]).cumulativeSum(axis: 0).flipped(axes: [0])`.
/// Stops with a message if there is no such axis.
extension Tensor where Scalar: SignedScalar {
  /// yᵢ = x₀ + … + xᵢ along an axis.
  public func cumulativeSum(axis: Int) -> Tensor {
    cumulative(APUS_CUMULATIVE_SUM, axis: axis, of: "cumulativeSum")
  }

  /// yᵢ = x₀ · … · xᵢ along an axis.
  public func cumulativeProduct(axis: Int) -> Tensor {
    cumulative(APUS_CUMULATIVE_PRODUCT, axis: axis, of: "cumulativeProduct")
  }

  private func cumulative(
    _ op: apus_cumulative_op, axis: Int, of name: StaticString
  ) -> Tensor {
    let axis = shape.axis(axis, of: name)
    let source = contiguous
    let result = Tensor(uninitialized: shape)
    if count == 0 { return result }
    let rows = shape.dimensions[axis]
    let columns = shape.contiguousStrides[axis]
    source.withStorage {
      let dtype = Scalar.dtype
      let matrix = rows * columns
      let from = source.pointer
      let to = result.storage.pointer
      let grain = Swift.max(1, Elementwise.Weight.light.grain / matrix)
      ThreadPool.forEachRange(of: count / matrix, grain: grain) { range in
        let start = range.lowerBound * matrix * dtype.byteCount
        let x = from + start
        let out = to + start
        switch dtype {
        case .float32: apus_cumulative_f32(op, x.bound(), range.count, rows, columns, out.bound())
        case .float64: apus_cumulative_f64(op, x.bound(), range.count, rows, columns, out.bound())
        case .int32: apus_cumulative_i32(op, x.bound(), range.count, rows, columns, out.bound())
        case .int64: apus_cumulative_i64(op, x.bound(), range.count, rows, columns, out.bound())
        case .uint8, .bool: fatalError("no cumulative kernel for \(dtype)")
        }
      }
    }
    return result
  }
}
