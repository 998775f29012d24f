import Tensor

/// Convolution, pooling and resizing of volumes `[n, channels, depth, height, width]`, made of those of
/// images.
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

  /// The transposed convolution along three axes: the sum, over the places of the kernel along the
  /// depth, of those of the planes, each put where it belongs.
  func volumesTransposeConvolved(
    with weight: Variable, bias: Variable?, geometry: WindowGeometry, groups: Int,
    outputPadding: PerAxis, extents: [Int]?
  ) -> Variable {
    guard weight.rank == 5, let extra = outputPadding.extents(for: 3), shape[2] > 0,
      extents == nil || extents?.count == 3
    else {
      stop(
        "transposeConvolved: input \(shape), weight \(weight.shape), output padding \(outputPadding) "
          + "and extents \(extents.map { "\($0)" } ?? "nil") do not fit volumes")
    }
    let (depth, plane) = geometry.cut(of: "transposeConvolved")
    let kernel = weight.shape[2]
    // What becomes of the depth is what becomes of a sequence.
    let count = Tensor<Float>.zeros([1, 1, shape[2]]).transposeConvolved(
      with: .zeros([1, 1, kernel]), geometry: depth, outputPadding: PerAxis(extra[0]),
      extents: extents.map { [$0[0]] }
    ).shape[2]
    let before = depth.paddingWidths(of: [count], kernel: [kernel])[0].before
    let stride = depth.stride.extents(for: 1)![0]
    let dilation = depth.dilation.extents(for: 1)![0]
    let planes = permuted([0, 2, 1, 3, 4])
      .reshaped(to: [shape[0] * shape[2], shape[1], shape[3], shape[4]])
    var sum: Variable?
    for place in 0..<kernel {
      let part = planes.transposeConvolved(
        with: weight[.all, .all, place], geometry: plane, groups: groups,
        outputPadding: PerAxis(extra[1...]), extents: extents.map { Array($0[1...]) })
      let spread = part.reshaped(to: Shape([shape[0], shape[2]] + part.shape.dropFirst()))
        .spread(stride, from: place * dilation - before, count)
      sum = sum.map { $0 + spread } ?? spread
    }
    guard let sum else { stop("transposeConvolved: weight \(weight.shape) has no elements") }
    let result = sum.permuted([0, 2, 1, 3, 4])
    return bias.map { result + $0.reshaped(to: [$0.count, 1, 1, 1]) } ?? result
  }

  /// Part i along axis 1 at place start + i · stride of `count`, and zeros; what lies outside is lost.
  private func spread(_ stride: Int, from start: Int, _ count: Int) -> Variable {
    let rest = Array(shape.dropFirst(2))
    let none = Array(repeating: (before: 0, after: 0), count: rest.count)
    var parts = self
    if stride > 1 {
      parts = expanded(at: 2)
        .padded([(0, 0), (0, 0), (0, stride - 1)] + none, mode: .constant(0))
        .reshaped(to: Shape([shape[0], shape[1] * stride] + rest))
    }
    let before = Swift.max(0, start)
    let after = Swift.max(0, count - start - parts.shape[1])
    let first = Swift.max(0, -start)
    return parts.padded([(0, 0), (before, after)] + none, mode: .constant(0))[
      .all, first..<first + count]
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

  /// What images and then sequences, along the depth of each of their columns, become.
  func throughPlanesAndDepth(
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
