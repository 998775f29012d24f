import Tensor

/// Convolutions. Each of the three, `convolved`, `transposeConvolved` and `convolutionWeightGradient`,
/// is linear in both of its operands, and the gradients of each are the other two.
extension Variable {
  /// The convolution of machine learning, along one axis or two as `Tensor.convolved`, or along three:
  /// of volumes `[n, channels, depth, height, width]` with a weight of five axes.
  ///
  ///     ∂x = g.transposeConvolved(with: weight), ∂weight = x.convolutionWeightGradient(g), ∂bias = Σ g
  ///
  /// over all axes of g but the channels. Stops with a message if the shapes do not fit.
  public func convolved(
    with weight: Variable, bias: Variable? = nil, geometry: WindowGeometry = .init(),
    groups: Int = 1
  ) -> Variable {
    if rank == 5 {
      return volumesConvolved(with: weight, bias: bias, geometry: geometry, groups: groups)
    }
    let result = value.convolved(
      with: weight.value, bias: bias?.value, geometry: geometry, groups: groups)
    let (images, filters) = (operand, weight.operand)
    let (forImages, forFilters) = (weight.kept(for: self), kept(for: weight))
    let extents = Array(shape.dropFirst(2))
    let kernel = Array(weight.shape.dropFirst(2))
    return record(.convolve, result, from: self, weight, bias ?? .none) { g, backward in
      if let forImages {
        backward.add(to: images) {
          g.transposeConvolved(
            with: forImages, geometry: geometry, groups: groups, extents: extents)
        }
      }
      if let forFilters {
        backward.add(to: filters) {
          forFilters.convolutionWeightGradient(
            outputGradient: g, kernel: kernel, geometry: geometry, groups: groups)
        }
      }
      if let bias { backward.add(to: bias) { g.sumOfChannels } }
    }
  }

  /// The transposed convolution, along one axis or two as `Tensor.transposeConvolved`, or along three.
  ///
  ///     ∂x = g.convolved(with: weight), ∂weight = g.convolutionWeightGradient(x), ∂bias = Σ g
  ///
  /// over all axes of g but the channels. Stops with a message if the shapes do not fit.
  public func transposeConvolved(
    with weight: Variable, bias: Variable? = nil, geometry: WindowGeometry = .init(),
    groups: Int = 1, outputPadding: PerAxis = 0, extents: [Int]? = nil
  ) -> Variable {
    if rank == 5 {
      return volumesTransposeConvolved(
        with: weight, bias: bias, geometry: geometry, groups: groups,
        outputPadding: outputPadding, extents: extents)
    }
    let result = value.transposeConvolved(
      with: weight.value, bias: bias?.value, geometry: geometry, groups: groups,
      outputPadding: outputPadding, extents: extents)
    let given = Array(shape.dropFirst(2))
    let kernel = Array(weight.shape.dropFirst(2))
    let reached = Array(result.shape.dropFirst(2))
    // Output padding can leave room for windows beyond those of the input: these are zeros.
    let windows =
      extents == nil ? geometry.outputExtents(of: reached, kernel: kernel) : given
    if windows != given {
      let widths = [(0, 0), (0, 0)] + zip(windows, given).map { (0, $0 - $1) }
      return padded(widths, mode: .constant(0)).transposeConvolved(
        with: weight, bias: bias, geometry: geometry, groups: groups, extents: reached)
    }
    let (images, filters) = (operand, weight.operand)
    let (forImages, forFilters) = (weight.kept(for: self), kept(for: weight))
    return record(.transposeConvolve, result, from: self, weight, bias ?? .none) { g, backward in
      if let forImages {
        backward.add(to: images) {
          g.convolved(with: forImages, geometry: geometry, groups: groups)
        }
      }
      if let forFilters {
        backward.add(to: filters) {
          g.convolutionWeightGradient(
            outputGradient: forFilters, kernel: kernel, geometry: geometry, groups: groups)
        }
      }
      if let bias { backward.add(to: bias) { g.sumOfChannels } }
    }
  }

  /// The gradient of `convolved` with respect to its weight; see `Tensor.convolutionWeightGradient`.
  ///
  ///     ∂x = outputGradient.transposeConvolved(with: g), ∂outputGradient = x.convolved(with: g)
  public func convolutionWeightGradient(
    outputGradient: Variable, kernel: [Int], geometry: WindowGeometry = .init(), groups: Int = 1
  ) -> Variable {
    let result = value.convolutionWeightGradient(
      outputGradient: outputGradient.value, kernel: kernel, geometry: geometry, groups: groups)
    let extents = Array(shape.dropFirst(2))
    return record(.convolutionWeightGradient, result, from: self, outputGradient) { g, backward in
      backward.add(to: self) {
        outputGradient.transposeConvolved(
          with: g, geometry: geometry, groups: groups, extents: extents)
      }
      backward.add(to: outputGradient) {
        self.convolved(with: g, geometry: geometry, groups: groups)
      }
    }
  }

  /// The windows of each image as columns; see `Tensor.imageToColumns`;  ∂x = g.columnsToImage
  public func imageToColumns(kernel: PerAxis, geometry: WindowGeometry = .init()) -> Variable {
    let extents = Array(shape.dropFirst(2))
    return linearMap(
      .imageToColumns, value.imageToColumns(kernel: kernel, geometry: geometry)
    ) { $0.columnsToImage(extents: extents, kernel: kernel, geometry: geometry) }
  }

  /// The sum of windows at their places in images; see `Tensor.columnsToImage`;
  /// ∂x = g.imageToColumns
  public func columnsToImage(
    extents: [Int], kernel: PerAxis, geometry: WindowGeometry = .init()
  ) -> Variable {
    linearMap(
      .columnsToImage, value.columnsToImage(extents: extents, kernel: kernel, geometry: geometry)
    ) { $0.imageToColumns(kernel: kernel, geometry: geometry) }
  }

  /// The sums over all axes but the second.
  private var sumOfChannels: Variable { sum(axes: [0] + Array(2..<rank)) }

  /// What stands for an operand that is not there.
  private static var none: Variable { Variable(Tensor.zeros([0])) }
}
