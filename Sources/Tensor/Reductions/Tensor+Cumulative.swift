import CKernels

/// Running sums and products, each of the same shape as the tensor.
///
/// `Float` runs on in double precision and each result is rounded once, so that a million of them
/// keep their digits; `Double` rounds at each step, in order; integers wrap around. `exclusive` ones
/// leave the element itself out, so that the first is 0 or 1; `reversed` ones run from the other end;
/// as ONNX's `CumSum`. Stops with a message if there is no such axis.
extension Tensor where Scalar: SignedScalar {
  /// yᵢ = x₀ + … + xᵢ along an axis.
  public func cumulativeSum(
    axis: Int, exclusive: Bool = false, reversed: Bool = false
  ) -> Tensor {
    cumulative(APUS_CUMULATIVE_SUM, axis, exclusive, reversed, of: "cumulativeSum")
  }

  /// yᵢ = x₀ · … · xᵢ along an axis.
  public func cumulativeProduct(
    axis: Int, exclusive: Bool = false, reversed: Bool = false
  ) -> Tensor {
    cumulative(APUS_CUMULATIVE_PRODUCT, axis, exclusive, reversed, of: "cumulativeProduct")
  }

  private func cumulative(
    _ op: apus_cumulative_op, _ axis: Int, _ exclusive: Bool, _ reversed: Bool,
    of name: StaticString
  ) -> Tensor {
    let axis = shape.axis(axis, of: name)
    if reversed {
      let turned = flipped(axes: [axis])
      return turned.cumulative(op, axis, exclusive, false, of: name).flipped(axes: [axis])
    }
    guard exclusive, count > 0 else { return cumulative(op, axis: axis) }
    var extents = shape.dimensions
    extents[axis] = 1
    let first = Tensor(
      repeating: op == APUS_CUMULATIVE_SUM ? 0 : 1, shape: Shape(dimensions: extents))
    let rest = narrowed(axis, 0..<shape.dimensions[axis] - 1).cumulative(op, axis: axis)
    return Tensor.concatenated([first, rest], axis: axis)
  }

  private func cumulative(_ op: apus_cumulative_op, axis: Int) -> Tensor {
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
