import Tensor

/// Convolution and pooling of volumes `[n, channels, depth, height, width]`, made of those of images.
extension Variable {
  /// The convolution along three axes: the sum, over the places of the kernel along the depth, of
  /// convolutions of the planes that they meet.
  func volumesConvolved(
    with weight: Variable, bias: Variable?, geometry: WindowGeometry, groups: Int
  ) -> Variable {
    guard weight.rank == 5 else {
      stop("convolved: input \(shape) and weight \(weight.shape) do not fit; both need five axes")
    }
    let (depth, plane) = geometry.cut(of: "convolved")
    let kernel = weight.shape[2]
    let width = depth.paddingWidths(of: [shape[2]], kernel: [kernel])[0]
    let count = depth.outputExtents(of: [shape[2]], kernel: [kernel])[0]
    let stride = depth.stride.extents(for: 1)![0]
    let dilation = depth.dilation.extents(for: 1)![0]
    var planes = permuted([0, 2, 1, 3, 4])
    if width != (0, 0) {
      planes = planes.padded([(0, 0), width, (0, 0), (0, 0), (0, 0)], mode: .constant(0))
    }
    var sum: Variable?
    for place in 0..<kernel {
      let start = place * dilation
      let met = planes[
        .all,
        AxisSelection.strided(lower: start, upper: start + (count - 1) * stride + 1, step: stride)]
      let part = met.reshaped(to: [shape[0] * count, shape[1], shape[3], shape[4]])
        .convolved(
          with: weight[.all, .all, place], bias: place == 0 ? bias : nil, geometry: plane,
          groups: groups)
      sum = sum.map { $0 + part } ?? part
    }
    guard let sum else { stop("convolved: weight \(weight.shape) has no elements") }
    return sum.reshaped(to: [shape[0], count, sum.shape[1], sum.shape[2], sum.shape[3]])
      .permuted([0, 2, 1, 3, 4])
  }

  /// Pools planes, and then along the depth: a maximum or an average over boxes is one over the depth
  /// of those over planes.
  func volumesPooled(
    kernel: PerAxis, geometry: WindowGeometry?, of operation: StaticString,
    _ pool: (_ images: Variable, PerAxis, WindowGeometry) -> Variable
  ) -> Variable {
    guard let extents = kernel.extents(for: 3) else {
      stop("\(operation): kernel \(kernel) does not fit 3 axes")
    }
    let (depth, plane) = (geometry ?? WindowGeometry(stride: kernel)).cut(of: operation)
    return throughPlanesAndDepth(
      { pool($0, PerAxis(extents[1...]), plane) }, { pool($0, PerAxis(extents[0]), depth) })
  }

  private func throughPlanesAndDepth(
    _ images: (Variable) -> Variable, _ sequences: (Variable) -> Variable
  ) -> Variable {
    let (n, channels, depth) = (shape[0], shape[1], shape[2])
    let planes = images(reshaped(to: [n, channels * depth, shape[3], shape[4]]))
    let (height, width) = (planes.shape[2], planes.shape[3])
    let columns = planes.reshaped(to: [n, channels, depth, height * width])
      .permuted([0, 1, 3, 2]).reshaped(to: [n, channels * height * width, depth])
    let result = sequences(columns)
    return result.reshaped(to: [n, channels, height * width, result.shape[2]])
      .permuted([0, 1, 3, 2])
      .reshaped(to: [n, channels, result.shape[2], height, width])
  }
}

extension WindowGeometry {
  /// That of the depth and that of the planes; stops with a message if a number is not one for all
  /// axes or for three of them.
  fileprivate func cut(
    of operation: StaticString
  ) -> (depth: WindowGeometry, plane: WindowGeometry) {
    func part(_ axes: Range<Int>) -> WindowGeometry {
      func numbers(_ given: PerAxis, _ what: StaticString) -> PerAxis {
        guard let extents = given.extents(for: 3) else {
          stop("\(operation): \(what) \(given) does not fit 3 axes")
        }
        return PerAxis(extents[axes])
      }
      let padding: WindowPadding =
        switch self.padding {
        case .valid, .same: self.padding
        case .symmetric(let widths): .symmetric(numbers(widths, "padding"))
        case .asymmetric(let before, let after):
          .asymmetric(before: numbers(before, "padding"), after: numbers(after, "padding"))
        }
      return WindowGeometry(
        stride: numbers(stride, "stride"), padding: padding,
        dilation: numbers(dilation, "dilation"))
    }
    return (part(0..<1), part(1..<3))
  }
}
