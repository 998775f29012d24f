import CKernels

/// One number for all axes that windows move along, or one for each of them: `2`, `[2, 1]`.
public struct PerAxis: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral,
  CustomStringConvertible
{
  private(set) var values: Dimensions

  /// The same number for every axis.
  public init(_ value: Int) { values = Dimensions(repeating: value, count: 1) }

  /// One number for each axis, outermost first.
  public init(_ values: some Collection<Int>) { self.values = Dimensions(values) }

  public init(integerLiteral value: Int) { self.init(value) }
  public init(arrayLiteral elements: Int...) { self.init(elements) }

  public var description: String {
    values.count == 1 ? "\(values[0])" : "\(Array(values))"
  }

  /// The numbers for `count` axes, each at least `minimum`; stops with a message if they are not.
  func resolved(
    _ count: Int, atLeast minimum: Int, _ what: StaticString, of operation: StaticString
  ) -> Dimensions {
    guard values.count == count || values.count == 1 else {
      fatalError("\(operation): \(what) \(self) does not fit \(count) axes")
    }
    // The upper bound keeps what follows from overflowing.
    guard values.allSatisfy({ $0 >= minimum && $0 <= Int(Int32.max) }) else {
      fatalError(
        "\(operation): \(what) must be between \(minimum) and \(Int32.max), got \(self)")
    }
    return values.count == count ? values : Dimensions(repeating: values[0], count: count)
  }
}

/// What stands beyond the edges of an input that windows move over: zeros, or nothing for pooling.
public enum WindowPadding: Sendable, Hashable, ExpressibleByIntegerLiteral,
  ExpressibleByArrayLiteral
{
  /// No padding.
  case valid
  /// As much as makes each output extent ⌈extent ÷ stride⌉; an odd element goes behind.
  case same
  /// The same width before and behind.
  case symmetric(PerAxis)
  /// One width before the first element, another behind the last.
  case asymmetric(before: PerAxis, after: PerAxis)

  public init(integerLiteral value: Int) { self = .symmetric(PerAxis(value)) }
  public init(arrayLiteral elements: Int...) { self = .symmetric(PerAxis(elements)) }
}

/// How windows move over the last axes of an input: convolutions, pooling and columns share it.
///
/// Along an axis of extent n, padded by `before` and `after`, windows of k elements that lie
/// `dilation` apart start every `stride` elements, so that there are
///
///     ⌊(n + before + after − dilation · (k − 1) − 1) ÷ stride⌋ + 1
///
/// of them. Strides and dilations are at least 1, paddings at least 0; else the operation that uses
/// the geometry stops with a message.
public struct WindowGeometry: Sendable, Hashable {
  public var stride: PerAxis
  public var padding: WindowPadding
  public var dilation: PerAxis

  public init(stride: PerAxis = 1, padding: WindowPadding = .valid, dilation: PerAxis = 1) {
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
  }

  /// The number of windows along each axis, for inputs of the given extents.
  ///
  /// With `roundingUp`, the quotient above is rounded up, where the last window then still starts
  /// within the input or the padding before it ("ceil mode"); so a kernel may be larger than its
  /// padded extent by less than the stride. Stops with a message if one is larger otherwise, or a
  /// number is out of range.
  public func outputExtents(of extents: [Int], kernel: [Int], roundingUp: Bool = false) -> [Int] {
    let windows = windows(
      over: Dimensions(extents), kernel: Dimensions(kernel), roundingUp: roundingUp,
      of: "outputExtents")
    return windows.map(\.output)
  }

  /// The windows along each axis.
  func windows(
    over extents: Dimensions, kernel: Dimensions, roundingUp: Bool = false,
    of operation: StaticString
  ) -> [apus_window_axis] {
    let rank = extents.count
    guard kernel.count == rank else {
      fatalError(
        "\(operation): a kernel of extents \(Array(kernel)) does not fit extents \(Array(extents))")
    }
    guard kernel.allSatisfy({ $0 >= 1 && $0 <= Int(Int32.max) }) else {
      fatalError("\(operation): kernel extents must be at least 1, got \(Array(kernel))")
    }
    let strides = stride.resolved(rank, atLeast: 1, "stride", of: operation)
    let dilations = dilation.resolved(rank, atLeast: 1, "dilation", of: operation)
    var before = Dimensions(repeating: 0, count: rank)
    var after = before
    switch padding {
    case .valid: break
    case .same:
      for axis in 0..<rank {
        let count = (extents[axis] + strides[axis] - 1) / strides[axis]
        let reach = (count - 1) * strides[axis] + dilations[axis] * (kernel[axis] - 1) + 1
        let width = max(0, reach - extents[axis])
        before[axis] = width / 2
        after[axis] = width - width / 2
      }
    case .symmetric(let widths):
      before = widths.resolved(rank, atLeast: 0, "padding", of: operation)
      after = before
    case .asymmetric(let widthsBefore, let widthsAfter):
      before = widthsBefore.resolved(rank, atLeast: 0, "padding", of: operation)
      after = widthsAfter.resolved(rank, atLeast: 0, "padding", of: operation)
    }
    return (0..<rank).map { axis in
      let padded = extents[axis] + before[axis] + after[axis]
      let reach = dilations[axis] * (kernel[axis] - 1) + 1
      let stride = strides[axis]
      // Rounded up, the first window may reach beyond the padding too.
      let slack = roundingUp ? stride - 1 : 0
      guard reach <= padded + slack else {
        fatalError(
          "\(operation): a kernel of \(kernel[axis]) elements, \(dilations[axis]) apart, is larger "
            + "than axis \(axis) of \(Array(extents)) with padding \(before[axis]) and "
            + "\(after[axis])")
      }
      var count = (padded + slack - reach) / stride + 1
      if roundingUp && (count - 1) * stride >= extents[axis] + before[axis] { count -= 1 }
      return apus_window_axis(
        input: extents[axis], output: count, kernel: kernel[axis], stride: stride,
        dilation: dilations[axis], before: before[axis], after: after[axis])
    }
  }
}

extension apus_window_axis {
  /// An axis of one element under a kernel of one: what a one-dimensional input lacks.
  static let trivial = apus_window_axis(
    input: 1, output: 1, kernel: 1, stride: 1, dilation: 1, before: 0, after: 0)

  /// The places of window `index` inside the input: the first, and one behind the last.
  func taps(_ index: Int) -> Range<Int> {
    let start = index * stride - before
    let skipped = start < 0 ? (-start + dilation - 1) / dilation : 0
    let first = start + skipped * dilation
    return first..<max(first, min(input, start + dilation * (kernel - 1) + 1))
  }
}

extension apus_windows {
  /// Windows along one axis or two.
  init(_ axes: [apus_window_axis]) {
    self.init(y: axes.count > 1 ? axes[0] : .trivial, x: axes[axes.count - 1])
  }

  var inputArea: Int { y.input * x.input }
  var outputArea: Int { y.output * x.output }
  var kernelArea: Int { y.kernel * x.kernel }

  /// Whether each window is one element, each element is a window, and none is padding.
  var isIdentity: Bool {
    kernelArea == 1 && y.stride == 1 && x.stride == 1 && y.before == 0 && x.before == 0
      && y.input == y.output && x.input == x.output
  }
}
