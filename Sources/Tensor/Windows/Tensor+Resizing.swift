extension Tensor where Scalar: FloatingPointScalar {
  /// Images of other extents, as PyTorch's `interpolate`.
  ///
  /// `self` is `[N, C, H, W]`, or `[N, C, L]` for one axis; `extents` are those wanted, `[h, w]` or
  /// `[l]`. Along an axis of n elements, element i of m lies at (i + ½) · n ÷ m − ½, or at
  /// i · (n − 1) ÷ (m − 1) aligning corners, and bilinearly takes (1 − t) · self[⌊p⌋] +
  /// t · self[⌊p⌋ + 1] there, where t is the rest; positions are kept within the image. Columns are
  /// resized first, then rows. PyTorch resizes one axis by `.bilinear` alone, and has no `antialiasing`
  /// for it; this has both. Stops with a message if rank and extents do not fit, or an axis without
  /// elements is to give some.
  public func resized(to extents: [Int], mode: ResizeMode) -> Tensor {
    resized(sampling(extents, nil, mode, of: "resized"))
  }

  /// Images scaled along each axis: extent ⌊n · factor⌋, with 1 ÷ factor in place of n ÷ m; see
  /// `resized(to:mode:)`.
  ///
  /// There is one factor for each axis behind the first two. As in PyTorch, `.nearest`, `.bilinear` and
  /// antialiased modes copy an axis whose extent stays, whatever its factor. Stops with a message if
  /// there is not one factor for each axis, or one is not positive and finite.
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
    if count > 0 { contiguous.addResized(sampling, into: result) }
    return result
  }

  private func resized(_ sampling: Sampling<Scalar>) -> Tensor {
    let result = Tensor(uninitialized: planesShape(sampling.extents))
    if result.count == 0 { return result }
    contiguous.resize(sampling, into: result)
    return result
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
        let stays = spatial[axis] == extents[axis] && !mode.movesAxesThatStay
        let factor = stays ? nil : factors?[axis]
        return .init(spatial[axis], extents[axis], factor: factor, mode)
      }, isNearest: mode.takesNearest)
  }
}
