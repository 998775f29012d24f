extension Tensor where Scalar == Bool {
  /// Where the elements are true: shape `[n, rank]`, one position for each axis, in row-major order; as
  /// NumPy's `argwhere` and PyTorch's `nonzero`.
  ///
  /// `t.gatherND(mask.nonzeroPositions())` is `t[mask]`. Transposed it is ONNX's `NonZero`.
  public func nonzeroPositions() -> Tensor<Int64> {
    let axes = shape.dimensions
    return withUnsafeBufferPointer { mask in
      let count = mask.count(where: { $0 })
      return Tensor<Int64>(unsafeUninitialized: [count, rank]) { positions in
        var next = 0
        for (number, element) in mask.enumerated() where element {
          var rest = number
          for axis in axes.indices.reversed() {
            positions[next + axis] = Int64(rest % axes[axis])
            rest /= axes[axis]
          }
          next += axes.count
        }
      }
    }
  }
}

extension Tensor where Scalar: NumericScalar {
  /// Where the elements are not 0: shape `[n, rank]`, one position for each axis, in row-major order.
  /// NaN is not 0.
  public func nonzeroPositions() -> Tensor<Int64> { (self .!= 0).nonzeroPositions() }
}
