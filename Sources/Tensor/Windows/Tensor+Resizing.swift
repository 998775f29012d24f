import CKernels

/// How `resized` makes an image of other extents.
public enum ResizeMode: Sendable, Hashable {
  /// The element ⌊i · n ÷ m⌋ for element i of m, of n: PyTorch's `nearest`.
  case nearest
  /// The element under the centre, ⌊(i + ½) · n ÷ m⌋: PyTorch's `nearest-exact`.
  case nearestCenter
  /// Weighted by the distances of the two nearest elements along each axis. Centres of elements lie at
  /// i + ½, and edges on edges; or, aligning corners, first on first and last on last elements.
  case bilinear(aligningCorners: Bool)
}

extension Tensor where Scalar: FloatingPointScalar {
  /// Images of other extents, as PyTorch's `interpolate`.
  ///
  /// `self` is `[N, C, H, W]`, or `[N, C, L]` for one axis; `extents` are those wanted, `[h, w]` or
  /// `[l]`. Along an axis of n elements, element i of m lies at (i + ½) · n ÷ m − ½, or at
  /// i · (n − 1) ÷ (m − 1) aligning corners, and takes (1 − t) · self[⌊p⌋] + t · self[⌊p⌋ + 1] there,
  /// where t is the rest; positions are kept within the image. Stops with a message if rank and
  /// extents do not fit, or an axis without elements is to give some.
  public func resized(to extents: [Int], mode: ResizeMode) -> Tensor {
    resized(sampling(extents, nil, mode, of: "resized"))
  }

  /// Images scaled along each axis: extent ⌊n · factor⌋, with 1 ÷ factor in place of n ÷ m; see
  /// `resized(to:mode:)`.
  ///
  /// There is one factor for each axis behind the first two. As in PyTorch, an axis whose extent stays
  /// is copied whatever its factor, but by `.nearestCenter`. Stops with a message if there is not one
  /// factor for each axis, or one is not positive and finite.
  public func resized(by factors: [Double], mode: ResizeMode) -> Tensor {
    let extents = scaledExtents(factors, of: "resized")
    return resized(sampling(extents, factors, mode, of: "resized"))
  }

  /// The gradient of `resized(to:mode:)` with respect to its input, for `self` as the gradient of its
  /// result: each element is added to those that it was made of, by their weights.
  public func resizingInputGradient(inputShape: Shape, mode: ResizeMode) -> Tensor {
    resizingInputGradient(inputShape, nil, mode)
  }

  /// The gradient of `resized(by:mode:)` with respect to its input, for `self` as the gradient of its
  /// result.
  public func resizingInputGradient(
    inputShape: Shape, factors: [Double], mode: ResizeMode
  ) -> Tensor {
    resizingInputGradient(inputShape, factors, mode)
  }

  private func resizingInputGradient(
    _ inputShape: Shape, _ factors: [Double]?, _ mode: ResizeMode
  ) -> Tensor {
    let result = Tensor.zeros(inputShape)
    let extents = Array(spatialExtents(of: "resizingInputGradient"))
    let sampling = result.sampling(extents, factors, mode, of: "resizingInputGradient")
    guard shape == result.planesShape(Dimensions(extents)),
      factors.map({ result.scaledExtents($0, of: "resizingInputGradient") == extents }) ?? true
    else {
      fatalError(
        "resizingInputGradient: a gradient of shape \(shape) does not fit an input of shape "
          + "\(inputShape)")
    }
    run(sampling, into: result, isGradient: true)
    return result
  }

  private func resized(_ sampling: Sampling<Scalar>) -> Tensor {
    let result = Tensor(uninitialized: planesShape(sampling.extents))
    run(sampling, into: result, isGradient: false)
    return result
  }

  /// Samples the planes of `self` into `result`; or adds its elements, as the gradients of samples, to
  /// those of `result` that each was made of.
  private func run(_ sampling: Sampling<Scalar>, into result: Tensor, isGradient: Bool) {
    if count == 0 || result.count == 0 { return }
    let source = contiguous
    let dtype = Scalar.dtype
    let from = source.pointer
    let to = result.storage.pointer
    let fromArea = isGradient ? sampling.outputArea : sampling.inputArea
    let toArea = isGradient ? sampling.inputArea : sampling.outputArea
    source.withStorage {
      sampling.forEachRange(of: shape[0] * shape[1]) { range, y, x, yWeights, xWeights in
        let source = from + range.lowerBound * fromArea * dtype.byteCount
        let target = to + range.lowerBound * toArea * dtype.byteCount
        switch (dtype == .float32, sampling.isNearest) {
        case (true, true):
          let kernel = isGradient ? apus_resize_nearest_grad_f32 : apus_resize_nearest_f32
          kernel(source.bound(), range.count, y, x, target.bound())
        case (false, true):
          let kernel = isGradient ? apus_resize_nearest_grad_f64 : apus_resize_nearest_f64
          kernel(source.bound(), range.count, y, x, target.bound())
        case (true, false):
          let kernel = isGradient ? apus_resize_grad_f32 : apus_resize_f32
          kernel(
            source.bound(), range.count, y, yWeights.bound(), x, xWeights.bound(), target.bound())
        case (false, false):
          let kernel = isGradient ? apus_resize_grad_f64 : apus_resize_f64
          kernel(
            source.bound(), range.count, y, yWeights.bound(), x, xWeights.bound(), target.bound())
        }
      }
    }
  }

  private func scaledExtents(_ factors: [Double], of operation: StaticString) -> [Int] {
    let spatial = spatialExtents(of: operation)
    guard factors.count == spatial.count && factors.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      fatalError(
        "\(operation): \(spatial.count) positive factors are needed for shape \(shape), got "
          + "\(factors)")
    }
    return zip(spatial, factors).map { extent, factor in
      guard let scaled = Int(exactly: (Double(extent) * factor).rounded(.down)) else {
        fatalError("\(operation): shape \(shape) scaled by \(factors) is too large")
      }
      return scaled
    }
  }

  private func sampling(
    _ extents: [Int], _ factors: [Double]?, _ mode: ResizeMode, of operation: StaticString
  ) -> Sampling<Scalar> {
    let spatial = spatialExtents(of: operation)
    guard extents.count == spatial.count && extents.allSatisfy({ $0 >= 0 }) else {
      fatalError(
        "\(operation): \(spatial.count) extents of 0 or more are needed for shape \(shape), got "
          + "\(extents)")
    }
    for axis in extents.indices where spatial[axis] == 0 && extents[axis] > 0 {
      fatalError("\(operation): axis \(axis + 2) of shape \(shape) has no elements")
    }
    return Sampling(
      extents: Dimensions(extents),
      axes: extents.indices.map { axis in
        let stays = spatial[axis] == extents[axis] && mode != .nearestCenter
        let scale = stays ? nil : factors.map { 1 / $0[axis] }
        return .init(spatial[axis], extents[axis], scale: scale, mode)
      }, isNearest: mode == .nearest || mode == .nearestCenter)
  }
}
