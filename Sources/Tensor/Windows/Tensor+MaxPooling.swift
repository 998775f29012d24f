import CKernels

/// The greatest elements of windows.
extension Tensor where Scalar: FloatingPointScalar {
  /// The greatest element of each window, as PyTorch's `max_pool1d` and `max_pool2d`.
  ///
  ///     result[n, c, y, x] = max self[n, c, y · stride + ky · dilation − before, …]
  ///
  /// `self` is `[N, C, H, W]` or `[N, C, L]`. Without a geometry windows lie side by side: the stride
  /// is the kernel. Padding never wins (it is −∞); NaN always does. With `roundingUp`, a last window
  /// that is not full counts too ("ceil mode"; see `WindowGeometry.outputExtents`). Stops with a
  /// message if the rank or the geometry does not fit, or the padding is not less than the reach of
  /// the kernel.
  public func maxPooled(
    kernel: PerAxis, geometry: WindowGeometry? = nil, roundingUp: Bool = false
  ) -> Tensor {
    let (windows, spatial) = poolWindows(
      kernel, geometry, roundingUp: roundingUp, countsPadding: false, of: "maxPooled")
    checkPlaces(of: "maxPooled")
    return maxPooled(windows, spatial, places: nil)
  }

  /// The greatest element of each window, and its place y · W + x in the plane of its channel: the
  /// first one of equal elements, the first NaN if there is one. See `maxPooled`.
  public func maxPooledWithPlaces(
    kernel: PerAxis, geometry: WindowGeometry? = nil, roundingUp: Bool = false
  ) -> (values: Tensor, places: Tensor<Int32>) {
    let (windows, spatial) = poolWindows(
      kernel, geometry, roundingUp: roundingUp, countsPadding: false, of: "maxPooledWithPlaces")
    let places = placesTensor(spatial, of: "maxPooledWithPlaces")
    return (maxPooled(windows, spatial, places: places), places)
  }

  /// The greatest element of each of `extents` windows that cover each plane, as PyTorch's
  /// `adaptive_max_pool2d`, and its place; see `maxPooledWithPlaces`.
  ///
  /// Along an axis of extent n, window i of k goes from ⌊i · n ÷ k⌋ up to, not including,
  /// ⌈(i + 1) · n ÷ k⌉; an extent of 1 takes the greatest of all. Stops with a message if the rank
  /// does not fit, or an axis without elements is to give some.
  public func adaptiveMaxPooled(to extents: PerAxis) -> (values: Tensor, places: Tensor<Int32>) {
    let (windows, spatial) = adaptiveWindows(extents, of: "adaptiveMaxPooled")
    let places = placesTensor(spatial, of: "adaptiveMaxPooled")
    return (maxPooled(windows, spatial, places: places), places)
  }

  /// The gradient of max pooling with respect to its input, for `self` as the gradient of its result:
  /// zeros of shape `inputShape`, with each element of `self` added at its place.
  ///
  /// Stops with a message if shapes do not fit, or a place lies outside of the planes.
  public func maxPoolingInputGradient(places: Tensor<Int32>, inputShape: Shape) -> Tensor {
    guard
      (rank == 3 || rank == 4) && inputShape.rank == rank && places.shape == shape
        && inputShape.prefix(2).elementsEqual(shape.prefix(2))
    else {
      fatalError(
        "maxPoolingInputGradient: a gradient \(shape) and places \(places.shape) do not fit an input "
          + "of shape \(inputShape)")
    }
    if count == 0 { return Tensor.zeros(inputShape) }
    let result = Tensor(uninitialized: inputShape)
    let planes = shape.dimensions[0] * shape.dimensions[1]
    let area = inputShape.elementCount / planes
    let perPlane = count / planes
    let gradient = contiguous
    let places = places.contiguous
    let dtype = Scalar.dtype
    let from = gradient.pointer
    let to = result.storage.pointer
    withExtendedLifetime((gradient, places)) {
      let indices = places.typedPointer
      ThreadPool.forEachRange(of: planes, grain: Self.planeGrain(area)) { range in
        let start = range.lowerBound * perPlane
        let source = from + start * dtype.byteCount
        let target = to + range.lowerBound * area * dtype.byteCount
        let taken =
          dtype == .float32
          ? apus_max_pool_grad_f32(
            source.bound(), indices + start, range.count, perPlane, area, target.bound())
          : apus_max_pool_grad_f64(
            source.bound(), indices + start, range.count, perPlane, area, target.bound())
        if taken < range.count * perPlane {
          fatalError(
            "maxPoolingInputGradient: place \(indices[start + taken]) is outside of planes of "
              + "\(area) elements")
        }
      }
    }
    return result
  }

  private func maxPooled(
    _ windows: PoolWindows, _ spatial: Dimensions, places: Tensor<Int32>?
  ) -> Tensor {
    let result = Tensor(uninitialized: planesShape(spatial))
    if result.count == 0 { return result }
    let source = contiguous
    let dtype = Scalar.dtype
    let from = source.pointer
    let to = result.storage.pointer
    let indices: UnsafeMutablePointer<Int32>? = places?.storage.pointer.bound()
    withExtendedLifetime((source, places)) {
      windows.forEachRange(of: shape[0] * shape[1]) { range, y, x in
        let start = range.lowerBound * windows.outputArea
        let source = from + range.lowerBound * windows.inputArea * dtype.byteCount
        let target = to + start * dtype.byteCount
        let places = indices.map { $0 + start }
        if dtype == .float32 {
          apus_max_pool_f32(source.bound(), range.count, y, x, target.bound(), places)
        } else {
          apus_max_pool_f64(source.bound(), range.count, y, x, target.bound(), places)
        }
      }
    }
    return result
  }

  private func placesTensor(_ spatial: Dimensions, of operation: StaticString) -> Tensor<Int32> {
    checkPlaces(of: operation)
    return Tensor<Int32>(uninitialized: planesShape(spatial))
  }

  private func checkPlaces(of operation: StaticString) {
    guard shape.dropFirst(2).reduce(1, *) <= Int(Int32.max) else {
      fatalError("\(operation): places in planes of shape \(shape) do not fit Int32")
    }
  }

  /// The windows of a pooling, whose geometry is checked, and the extents of the result.
  func poolWindows(
    _ kernel: PerAxis, _ geometry: WindowGeometry?, roundingUp: Bool, countsPadding: Bool,
    of operation: StaticString
  ) -> (PoolWindows, Dimensions) {
    let spatial = spatialExtents(of: operation)
    let extents = kernel.resolved(spatial.count, atLeast: 1, "kernel", of: operation)
    let axes = (geometry ?? WindowGeometry(stride: kernel)).windows(
      over: spatial, kernel: extents, roundingUp: roundingUp, of: operation)
    for axis in axes where Swift.max(axis.before, axis.after) > axis.dilation * (axis.kernel - 1) {
      fatalError(
        "\(operation): a padding of \(axis.before) and \(axis.after) is not less than the reach of a "
          + "kernel of \(axis.kernel) elements, \(axis.dilation) apart")
    }
    let windows = PoolWindows(axes.map { PoolWindows.Axis($0, countsPadding: countsPadding) })
    return (windows, Dimensions(axes.map(\.output)))
  }

  /// Windows that cover each axis, and the extents of the result.
  func adaptiveWindows(_ extents: PerAxis, of operation: StaticString) -> (PoolWindows, Dimensions)
  {
    let spatial = spatialExtents(of: operation)
    let wanted = extents.resolved(spatial.count, atLeast: 0, "extent", of: operation)
    for axis in 0..<spatial.count where spatial[axis] == 0 && wanted[axis] > 0 {
      fatalError("\(operation): axis \(axis + 2) of shape \(shape) has no elements to pool")
    }
    let axes = (0..<spatial.count).map {
      PoolWindows.Axis(adapting: spatial[$0], to: wanted[$0])
    }
    return (PoolWindows(axes), wanted)
  }
}
