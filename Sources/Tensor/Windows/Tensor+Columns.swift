import CKernels

/// Windows of images as the columns of matrices, and back.
extension Tensor where Scalar: FloatingPointScalar {
  /// The windows of each image as columns ("im2col"; PyTorch's `unfold`).
  ///
  ///     result[n, (c · kh + ky) · kw + kx, y · ow + x]
  ///       = self[n, c, y · stride + ky · dilation − before, x · stride + kx · dilation − before]
  ///
  /// Shape `[N, C, H, W]` gives `[N, C · kh · kw, oh · ow]`, and `[N, C, L]` with a kernel of one
  /// extent `[N, C · k, ol]`; what lies in the padding is 0. Stops with a message if the rank is
  /// neither, or the geometry does not fit.
  public func imageToColumns(kernel: PerAxis, geometry: WindowGeometry = .init()) -> Tensor {
    let (windows, _) = windows(kernel: kernel, geometry, of: "imageToColumns")
    let images = shape.dimensions[0]
    let channels = shape.dimensions[1]
    let result = Tensor(
      uninitialized: [images, channels * windows.kernelArea, windows.outputArea])
    if result.count == 0 { return result }
    let source = contiguous
    let dtype = Scalar.dtype
    let from = source.pointer
    let to = result.storage.pointer
    source.withStorage {
      ThreadPool.forEachRange(
        of: images * channels, grain: Self.planeGrain(windows.kernelArea * windows.outputArea)
      ) { planes in
        WindowKernels.imageToColumns(
          dtype, from + planes.lowerBound * windows.inputArea * dtype.byteCount,
          channels: planes.count, windows, rows: 0..<windows.y.output,
          to + planes.lowerBound * windows.kernelArea * windows.outputArea * dtype.byteCount)
      }
    }
    return result
  }

  /// The sum of the windows at their places in images of the given extents: the gradient of
  /// `imageToColumns` ("col2im"; PyTorch's `fold`).
  ///
  /// Shape `[N, C · kh · kw, oh · ow]` gives `[N, C, H, W]` for extents `[H, W]`, and `[N, C, L]` for
  /// `[L]`. Stops with a message if the rank is not 3, there are not one or two extents, or rows or
  /// columns do not fit the geometry.
  public func columnsToImage(
    extents: [Int], kernel: PerAxis, geometry: WindowGeometry = .init()
  ) -> Tensor {
    guard rank == 3 && (extents.count == 1 || extents.count == 2) else {
      fatalError(
        "columnsToImage: shape [n, rows, columns] and 1 or 2 extents are needed, got \(shape) and "
          + "\(extents)")
    }
    let kernelExtents = kernel.resolved(
      extents.count, atLeast: 1, "kernel", of: "columnsToImage")
    let windows = apus_windows(
      geometry.windows(
        over: Dimensions(extents), kernel: kernelExtents, of: "columnsToImage"))
    guard shape[1] % windows.kernelArea == 0 && shape[2] == windows.outputArea else {
      fatalError(
        "columnsToImage: shape \(shape) does not fit extents \(extents): rows must be a multiple of "
          + "\(windows.kernelArea), and columns \(windows.outputArea)")
    }
    let images = shape.dimensions[0]
    let channels = shape.dimensions[1] / windows.kernelArea
    let result = Tensor.zeros(Shape([images, channels] + extents))
    let source = contiguous
    let dtype = Scalar.dtype
    let from = source.pointer
    let to = result.storage.pointer
    source.withStorage {
      ThreadPool.forEachRange(
        of: images * channels, grain: Self.planeGrain(windows.kernelArea * windows.outputArea)
      ) { planes in
        WindowKernels.columnsToImage(
          dtype,
          from + planes.lowerBound * windows.kernelArea * windows.outputArea * dtype.byteCount,
          channels: planes.count, windows, rows: 0..<windows.y.output,
          to + planes.lowerBound * windows.inputArea * dtype.byteCount)
      }
    }
    return result
  }

  /// How many planes make a piece of work, where each takes so many element moves.
  static func planeGrain(_ work: Int) -> Int { Swift.max(1, 32_768 / Swift.max(1, work)) }

  /// The windows over the axes behind the first two, and the rank of those axes.
  func windows(
    kernel: PerAxis, _ geometry: WindowGeometry, roundingUp: Bool = false,
    of operation: StaticString
  ) -> (windows: apus_windows, spatial: Dimensions) {
    let spatial = spatialExtents(of: operation)
    let kernel = kernel.resolved(spatial.count, atLeast: 1, "kernel", of: operation)
    let axes = geometry.windows(
      over: spatial, kernel: kernel, roundingUp: roundingUp, of: operation)
    return (apus_windows(axes), Dimensions(axes.map(\.output)))
  }

  /// The extents behind the first two, of which there must be one or two.
  func spatialExtents(of operation: StaticString) -> Dimensions {
    guard rank == 3 || rank == 4 else {
      fatalError(
        "\(operation): shape [n, channels, length] or [n, channels, height, width] is needed, got "
          + "\(shape)")
    }
    return Dimensions(shape.dimensions[2...])
  }

  /// The extents of the first two axes, followed by others.
  func planesShape(_ spatial: Dimensions) -> Shape {
    Shape(Array(shape.prefix(2)) + Array(spatial))
  }
}
