import CKernels

/// Planes resized by kernels. `self` is contiguous and has elements, as has the result.
extension Tensor where Scalar: FloatingPointScalar {
  /// Makes `result`, of shape `[N, C, h, w]`, from the planes of `self`, `[N, C, H, W]`.
  func resize(_ sampling: Sampling<Scalar>, into result: Tensor) {
    let (x, y) = (sampling.x, sampling.y)
    let planes = shape[0] * shape[1]
    if sampling.isNearest {
      return sampleNearest(sampling, into: result, planes, isGradient: false)
    }
    switch (x.isIdentity, y.isIdentity) {
    case (true, true): result.copyElements(from: self)
    case (false, true): sample(x, outer: planes * y.input, inner: 1, into: result)
    case (true, false): sample(y, outer: planes, inner: x.output, into: result)
    case (false, false):
      let columns = Tensor(uninitialized: [planes * y.input * x.output])
      sample(x, outer: planes * y.input, inner: 1, into: columns)
      columns.sample(y, outer: planes, inner: x.output, into: result)
    }
  }

  /// Adds the elements of `self`, the gradients of samples, to those of `result` that each was made of.
  func addResized(_ sampling: Sampling<Scalar>, into result: Tensor) {
    let (x, y) = (sampling.x, sampling.y)
    let planes = shape[0] * shape[1]
    if sampling.isNearest {
      return sampleNearest(sampling, into: result, planes, isGradient: true)
    }
    switch (x.isIdentity, y.isIdentity) {
    case (true, true): result.copyElements(from: self)
    case (false, true): addSamples(x, outer: planes * y.input, inner: 1, into: result)
    case (true, false): addSamples(y, outer: planes, inner: x.output, into: result)
    case (false, false):
      let columns = Tensor.zeros([planes * y.input * x.output])
      addSamples(y, outer: planes, inner: x.output, into: columns)
      columns.addSamples(x, outer: planes * y.input, inner: 1, into: result)
    }
  }

  private func copyElements(from source: Tensor) {
    source.withStorage {
      storage.pointer.copyMemory(from: source.pointer, byteCount: count * Scalar.dtype.byteCount)
    }
  }

  /// Resizes the middle axis of `[outer, input, inner]`.
  private func sample(
    _ axis: SamplingAxis<Scalar>, outer: Int, inner: Int, into result: Tensor
  ) {
    forEachRange(axis, outer: outer, inner: inner, isGradient: false, result) {
      range, table, weights, from, to in
      if Scalar.dtype == .float32 {
        apus_resample_f32(from.bound(), range, table, weights.bound(), inner, to.bound())
      } else {
        apus_resample_f64(from.bound(), range, table, weights.bound(), inner, to.bound())
      }
    }
  }

  private func addSamples(
    _ axis: SamplingAxis<Scalar>, outer: Int, inner: Int, into result: Tensor
  ) {
    forEachRange(axis, outer: outer, inner: inner, isGradient: true, result) {
      range, table, weights, from, to in
      if Scalar.dtype == .float32 {
        apus_resample_grad_f32(from.bound(), range, table, weights.bound(), inner, to.bound())
      } else {
        apus_resample_grad_f64(from.bound(), range, table, weights.bound(), inner, to.bound())
      }
    }
  }

  /// Calls `body` with counts of parts of the outer axis and their places in both tensors.
  private func forEachRange(
    _ axis: SamplingAxis<Scalar>, outer: Int, inner: Int, isGradient: Bool, _ result: Tensor,
    _ body: (
      Int, UnsafePointer<apus_resample_axis>, UnsafeRawPointer, UnsafeRawPointer,
      UnsafeMutableRawPointer
    ) -> Void
  ) {
    let (fromRows, toRows) =
      isGradient ? (axis.output, axis.input) : (axis.input, axis.output)
    let bytes = inner * Scalar.dtype.byteCount
    let (from, to) = (pointer, result.storage.pointer)
    let grain = Swift.max(1, 32_768 / Swift.max(1, Swift.max(fromRows, toRows) * inner))
    withStorage {
      axis.withTable { table, weights in
        ThreadPool.forEachRange(of: outer, grain: grain) { range in
          body(
            range.count, table, weights!, from + range.lowerBound * fromRows * bytes,
            to + range.lowerBound * toRows * bytes)
        }
      }
    }
  }

  private func sampleNearest(
    _ sampling: Sampling<Scalar>, into result: Tensor, _ planes: Int, isGradient: Bool
  ) {
    let (from, to) = (pointer, result.storage.pointer)
    let fromArea = count / planes * Scalar.dtype.byteCount
    let toArea = result.count / planes * Scalar.dtype.byteCount
    let grain = Swift.max(1, 32_768 / Swift.max(count / planes, result.count / planes))
    withStorage {
      sampling.y.withTable { y, _ in
        sampling.x.withTable { x, _ in
          ThreadPool.forEachRange(of: planes, grain: grain) { range in
            let source = from + range.lowerBound * fromArea
            let target = to + range.lowerBound * toArea
            if Scalar.dtype == .float32 {
              let kernel = isGradient ? apus_resize_nearest_grad_f32 : apus_resize_nearest_f32
              kernel(source.bound(), range.count, y, x, target.bound())
            } else {
              let kernel = isGradient ? apus_resize_nearest_grad_f64 : apus_resize_nearest_f64
              kernel(source.bound(), range.count, y, x, target.bound())
            }
          }
        }
      }
    }
  }
}
