import CKernels

/// The averages of windows.
extension Tensor where Scalar: FloatingPointScalar {
  /// The average of each window, as PyTorch's `avg_pool1d` and `avg_pool2d`.
  ///
  ///     result[n, c, y, x] = Σ self[n, c, y · stride + ky − before, …] ÷ count
  ///
  /// `self` is `[N, C, H, W]` or `[N, C, L]`. Without a geometry windows lie side by side: the stride
  /// is the kernel. Padding is 0, and its elements count unless `countsPadding` is false; what
  /// `roundingUp` adds beyond the padding never counts. Stops with a message if the rank or the
  /// geometry does not fit, or the padding is not less than the reach of the kernel.
  public func averagePooled(
    kernel: PerAxis, geometry: WindowGeometry? = nil, roundingUp: Bool = false,
    countsPadding: Bool = true
  ) -> Tensor {
    let (windows, spatial) = poolWindows(
      kernel, geometry, roundingUp: roundingUp, countsPadding: countsPadding, of: "averagePooled")
    return averagePooled(windows, spatial)
  }

  /// The gradient of `averagePooled` with respect to its input, for `self` as the gradient of its
  /// result: each element, divided by its count, is added to all elements of its window.
  public func averagePoolingInputGradient(
    inputShape: Shape, kernel: PerAxis, geometry: WindowGeometry? = nil, roundingUp: Bool = false,
    countsPadding: Bool = true
  ) -> Tensor {
    let input = Tensor(uninitialized: inputShape)
    let (windows, spatial) = input.poolWindows(
      kernel, geometry, roundingUp: roundingUp, countsPadding: countsPadding,
      of: "averagePoolingInputGradient")
    return spread(
      windows, input.planesShape(spatial), into: input, of: "averagePoolingInputGradient")
  }

  /// The averages of `extents` windows that cover each plane, as PyTorch's `adaptive_avg_pool2d`.
  ///
  /// Along an axis of extent n, window i of k goes from ⌊i · n ÷ k⌋ up to, not including,
  /// ⌈(i + 1) · n ÷ k⌉; an extent of 1 averages all. Stops with a message if the rank does not fit, or
  /// an axis without elements is to give some.
  public func adaptiveAveragePooled(to extents: PerAxis) -> Tensor {
    let (windows, spatial) = adaptiveWindows(extents, of: "adaptiveAveragePooled")
    return averagePooled(windows, spatial)
  }

  /// The gradient of `adaptiveAveragePooled` with respect to its input, for `self` as the gradient of
  /// its result.
  public func adaptiveAveragePoolingInputGradient(inputShape: Shape) -> Tensor {
    let input = Tensor(uninitialized: inputShape)
    let extents = PerAxis(spatialExtents(of: "adaptiveAveragePoolingInputGradient"))
    let (windows, spatial) = input.adaptiveWindows(
      extents, of: "adaptiveAveragePoolingInputGradient")
    return spread(
      windows, input.planesShape(spatial), into: input, of: "adaptiveAveragePoolingInputGradient")
  }

  private func averagePooled(_ windows: PoolWindows, _ spatial: Dimensions) -> Tensor {
    let result = Tensor(uninitialized: planesShape(spatial))
    if result.count == 0 { return result }
    let source = contiguous
    let dtype = Scalar.dtype
    let from = source.pointer
    let to = result.storage.pointer
    source.withStorage {
      windows.forEachRange(of: shape[0] * shape[1]) { range, y, x in
        let source = from + range.lowerBound * windows.inputArea * dtype.byteCount
        let target = to + range.lowerBound * windows.outputArea * dtype.byteCount
        if dtype == .float32 {
          apus_average_pool_f32(source.bound(), range.count, y, x, target.bound())
        } else {
          apus_average_pool_f64(source.bound(), range.count, y, x, target.bound())
        }
      }
    }
    return result
  }

  /// Sets `input`, which is this function's own, to the sums of the elements, divided, whose windows
  /// have each of its elements.
  private func spread(
    _ windows: PoolWindows, _ expected: Shape, into input: Tensor, of operation: StaticString
  ) -> Tensor {
    guard shape == expected else {
      fatalError(
        "\(operation): a gradient of shape \(expected) is needed for an input of shape "
          + "\(input.shape), got \(shape)")
    }
    if count == 0 { return Tensor.zeros(input.shape) }
    let source = contiguous
    let dtype = Scalar.dtype
    let from = source.pointer
    let to = input.storage.pointer
    source.withStorage {
      windows.forEachRange(of: shape[0] * shape[1]) { range, y, x in
        let source = from + range.lowerBound * windows.outputArea * dtype.byteCount
        let target = to + range.lowerBound * windows.inputArea * dtype.byteCount
        if dtype == .float32 {
          apus_average_pool_grad_f32(source.bound(), range.count, y, x, target.bound())
        } else {
          apus_average_pool_grad_f64(source.bound(), range.count, y, x, target.bound())
        }
      }
    }
    return input
  }
}
