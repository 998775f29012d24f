/// Convolutions along one axis or two, and their gradients.
///
/// Results are the same bits for any number of threads. Kernels of 3 × 3 with stride and dilation 1,
/// without groups and with 8 channels or more on both sides go by minimal filtering (Winograd's; Lavin
/// and Gray, 2016), unless there are fewer than 8 tiles of 4 × 4 or most of each is unused. Their rounding
/// errors are about twice those of sums in the order of the definition (for 64 channels of random numbers
/// in `Float` 8 · 10⁻⁷ of the output, as roots of mean squares), and a NaN or infinity also reaches the
/// elements beside its windows, within the same tile. A weight that is NaN or infinite makes NaN of
/// elements by the border too, where it meets zeros of the padding.
extension Tensor where Scalar: FloatingPointScalar {
  /// The convolution of machine learning (a cross-correlation), as PyTorch's `conv1d` and `conv2d`.
  ///
  ///     result[n, o, y, x] = bias[o] + Σ weight[o, c, ky, kx] · self[n, g + c, y′, x′],
  ///     y′ = y · stride + ky · dilation − before, x′ alike; g is the first channel of o's group
  ///
  /// `self` is `[N, C, H, W]`, `weight` `[O, C ÷ groups, kh, kw]`, `bias` `[O]`; the result is
  /// `[N, O, oh, ow]` (see `WindowGeometry`). Without the axes H, kh and oh, it goes along one axis.
  /// Elements of the padding are 0. With groups, each block of C ÷ groups channels of the input gives
  /// its own block of O ÷ groups of the result; `groups` = C convolves each channel alone.
  ///
  /// Stops with a message if ranks or channels do not fit, the groups do not divide them, or the
  /// geometry does not fit.
  public func convolved(
    with weight: Tensor, bias: Tensor? = nil, geometry: WindowGeometry = .init(), groups: Int = 1
  ) -> Tensor {
    let convolution = Convolution(
      input: shape, weight: weight.shape, geometry, groups: groups, of: "convolved")
    convolution.check(
      bias: bias?.shape, convolution.groups * convolution.outputs, of: "convolved")
    let result = Tensor(uninitialized: convolution.outputShape)
    let input = contiguous
    let weight = weight.contiguous
    let bias = bias?.contiguous
    withExtendedLifetime((input, weight, bias)) {
      convolution.run(
        Scalar.dtype, input: input.pointer, weight: weight.pointer, bias: bias?.pointer,
        output: result.storage.pointer)
    }
    return result
  }

  /// The transposed convolution, as PyTorch's `conv_transpose1d` and `conv_transpose2d`: the gradient
  /// of `convolved` with respect to its input, for `self` as the gradient of its result.
  ///
  ///     result[n, g + c, y′, x′] = bias + Σ weight[o, c, ky, kx] · self[n, o, y, x]
  ///     over all o, y, x, ky, kx for which the convolution takes (y′, x′) into (y, x)
  ///
  /// `self` is `[N, O, oh, ow]`, `weight` `[O, C ÷ groups, kh, kw]`; the result `[N, C, H, W]`. Several
  /// extents of the input give one of the result where the stride is not 1: `outputPadding`, less than
  /// stride or dilation, is added to the least, (oh − 1) · stride − before − after + dilation ·
  /// (kh − 1) + 1 (with padding `.same`, to oh · stride); or else `extents` names `[H, W]`.
  ///
  /// Stops with a message if shapes, groups or geometry do not fit.
  public func transposeConvolved(
    with weight: Tensor, bias: Tensor? = nil, geometry: WindowGeometry = .init(), groups: Int = 1,
    outputPadding: PerAxis = 0, extents: [Int]? = nil
  ) -> Tensor {
    let convolution = Convolution(
      outputGradient: shape, weight: weight.shape, geometry, groups: groups,
      inputExtents: extents, outputPadding: outputPadding, of: "transposeConvolved")
    convolution.check(
      bias: bias?.shape, convolution.groups * convolution.channels, of: "transposeConvolved")
    let result = Tensor(uninitialized: convolution.inputShape)
    let gradient = contiguous
    let weight = weight.contiguous
    let bias = bias?.contiguous
    withExtendedLifetime((gradient, weight, bias)) {
      convolution.runInputGradient(
        Scalar.dtype, gradient: gradient.pointer, weight: weight.pointer, bias: bias?.pointer,
        input: result.storage.pointer)
    }
    return result
  }

  /// The gradient of `convolved` with respect to its weight.
  ///
  ///     result[o, c, ky, kx] = Σ outputGradient[n, o, y, x] · self[n, g + c, y′, x′]
  ///
  /// `self` is the input of the convolution, `kernel` its `[kh, kw]`, or `[k]` along one axis. The
  /// gradient with respect to the input is `transposeConvolved` with the input's extents, and the one
  /// with respect to the bias the sum of `outputGradient` over all axes but the channels. Stops with a
  /// message if shapes, groups or geometry do not fit.
  public func convolutionWeightGradient(
    outputGradient: Tensor, kernel: [Int], geometry: WindowGeometry = .init(), groups: Int = 1
  ) -> Tensor {
    guard groups >= 1 else {
      fatalError("convolutionWeightGradient: groups must be at least 1, got \(groups)")
    }
    guard rank == kernel.count + 2 && outputGradient.rank == rank && shape[1] % groups == 0 else {
      fatalError(
        "convolutionWeightGradient: input \(shape), output gradient \(outputGradient.shape) and "
          + "kernel \(kernel) do not fit \(groups) group\(groups == 1 ? "" : "s")")
    }
    let weight = Shape([outputGradient.shape[1], shape[1] / groups] + kernel)
    let convolution = Convolution(
      input: shape, weight: weight, geometry, groups: groups, of: "convolutionWeightGradient")
    guard outputGradient.shape == convolution.outputShape else {
      fatalError(
        "convolutionWeightGradient: an output gradient of shape \(convolution.outputShape) is "
          + "needed, got \(outputGradient.shape)")
    }
    let result = Tensor(uninitialized: weight)
    let input = contiguous
    let gradient = outputGradient.contiguous
    withExtendedLifetime((input, gradient)) {
      convolution.runWeightGradient(
        Scalar.dtype, input: input.pointer, gradient: gradient.pointer,
        weight: result.storage.pointer)
    }
    return result
  }
}
