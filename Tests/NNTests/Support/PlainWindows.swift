import Tensor

/// The taps of a convolution as plain loops: what each product of input and weight adds to.
struct PlainWindows {
  var input: [Int]
  var weight: [Int]
  var output: [Int]
  private var groups: Int
  private var stride: Int
  private var dilation: Int
  private var before: [Int]

  init(_ input: [Int], _ weight: [Int], _ geometry: WindowGeometry, groups: Int) {
    self.input = input
    self.weight = weight
    self.groups = groups
    (stride, dilation) = (Self.number(geometry.stride), Self.number(geometry.dilation))
    before = []
    output = [input[0], weight[0]]
    for (extent, kernel) in zip(input, weight).dropFirst(2) {
      let reach = dilation * (kernel - 1) + 1
      var (ahead, behind) = (0, 0)
      switch geometry.padding {
      case .valid: break
      case .same:
        let width = max(0, ((extent + stride - 1) / stride - 1) * stride + reach - extent)
        (ahead, behind) = (width / 2, width - width / 2)
      case .symmetric(let width): (ahead, behind) = (Self.number(width), Self.number(width))
      case .asymmetric(let first, let last):
        (ahead, behind) = (Self.number(first), Self.number(last))
      }
      before.append(ahead)
      output.append((extent + ahead + behind - reach) / stride + 1)
    }
  }

  /// The convolution whose output has the given shape and whose input is the least, and more.
  init(
    gradient: [Int], _ weight: [Int], _ geometry: WindowGeometry, groups: Int, outputPadding: Int
  ) {
    let (stride, dilation) = (Self.number(geometry.stride), Self.number(geometry.dilation))
    var padding = 0
    if case .symmetric(let width) = geometry.padding { padding = 2 * Self.number(width) }
    let extents = zip(gradient, weight).dropFirst(2).map { extent, kernel in
      (extent - 1) * stride + dilation * (kernel - 1) + 1 - padding + outputPadding
    }
    self.init([gradient[0], weight[1] * groups] + extents, weight, geometry, groups: groups)
    output = gradient
  }

  private static func number(_ value: PerAxis) -> Int { Int(value.description)! }

  func zeros(_ shape: [Int]) -> PlainArray { PlainArray(shape: shape) { _ in 0 } }

  /// Calls `body` with the places of input, weight and output for every product.
  func forEachTap(_ body: (_ input: Int, _ weight: Int, _ output: Int) -> Void) {
    for out in PlainArray.indices(of: output) {
      for tap in PlainArray.indices(of: Array(weight.dropFirst())) {
        var source = [out[0], out[1] / (output[1] / groups) * weight[1] + tap[0]]
        for axis in before.indices {
          source.append(out[axis + 2] * stride + tap[axis + 1] * dilation - before[axis])
        }
        guard zip(source, input).allSatisfy({ $0 >= 0 && $0 < $1 }) else { continue }
        body(Self.place(source, input), Self.place([out[1]] + tap, weight), Self.place(out, output))
      }
    }
  }

  private static func place(_ index: [Int], _ shape: [Int]) -> Int {
    zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 }
  }
}

extension PlainArray {
  /// With a number added to each channel, the second axis, if there are any.
  func addingToChannels(_ bias: [Double]) -> PlainArray {
    guard !bias.isEmpty else { return self }
    return PlainArray(shape: shape) { self[broadcast: $0] + bias[$0[1]] }
  }

  /// Windows of 2 along each axis behind the second, side by side.
  func pooled(roundingUp: Bool = false, _ combine: ([Double]) -> Double) -> PlainArray {
    let spatial = shape.dropFirst(2).map { roundingUp ? ($0 + 1) / 2 : $0 / 2 }
    return PlainArray(shape: shape.prefix(2) + spatial) { index in
      combine(
        elements(index) { place, extent in Array(2 * place..<min(2 * place + 2, extent)) })
    }
  }

  /// Two windows along each axis behind the second that cover it.
  func adaptivelyPooled(_ combine: ([Double]) -> Double) -> PlainArray {
    PlainArray(shape: shape.prefix(2) + shape.dropFirst(2).map { _ in 2 }) { index in
      combine(
        elements(index) { place, extent in
          Array(place * extent / 2..<((place + 1) * extent + 1) / 2)
        })
    }
  }

  /// Averages of windows of 2, two apart, with one element of padding on both sides; `divisor` gets
  /// the numbers of taps within the padding and within the input.
  func averaged(
    roundingUp: Bool = false, divisor: (_ taps: Int, _ inside: Int) -> Int
  ) -> PlainArray {
    let spatial = shape.dropFirst(2).map { extent in
      // A window that starts in the padding behind does not count.
      roundingUp && extent % 2 == 1 ? (extent + 1) / 2 : extent / 2 + 1
    }
    return PlainArray(shape: shape.prefix(2) + spatial) { index in
      let taken = elements(index) { place, extent in
        Array(max(0, 2 * place - 1)..<min(extent, 2 * place + 1))
      }
      return taken.reduce(0, +) / Double(divisor(1 << (shape.count - 2), taken.count))
    }
  }

  /// The elements that an index of a result stands for, by the places along each axis.
  private func elements(
    _ index: [Int], _ places: (_ place: Int, _ extent: Int) -> [Int]
  ) -> [Double] {
    var indices = [Array(index.prefix(2))]
    for axis in 2..<shape.count {
      indices = indices.flatMap { lead in places(index[axis], shape[axis]).map { lead + [$0] } }
    }
    return indices.map { self[broadcast: $0] }
  }

  /// Each element a weighted sum of those at places along each axis behind the second.
  func resampled(
    _ extents: [Int], _ sources: (_ extent: Int, _ wanted: Int, _ place: Int) -> [(Int, Double)]
  ) -> PlainArray {
    let inner = Array(shape.dropFirst(2))
    return PlainArray(shape: shape.prefix(2) + extents) { index in
      terms(index, inner, extents, sources).reduce(0) { $0 + $1.1 * self[broadcast: $1.0] }
    }
  }

  /// Each element added to those that `resampled` from images of some extents would make it of.
  func resampledBack(
    _ extents: [Int], _ sources: (_ extent: Int, _ wanted: Int, _ place: Int) -> [(Int, Double)]
  ) -> PlainArray {
    let target = shape.prefix(2) + extents
    var result = PlainArray(shape: Array(target)) { _ in 0 }
    for (place, index) in Self.indices(of: shape).enumerated() {
      for (source, weight) in terms(index, extents, Array(shape.dropFirst(2)), sources) {
        let flat = zip(source, target).reduce(0) { $0 * $1.1 + $1.0 }
        result.values[flat] += weight * values[place]
      }
    }
    return result
  }

  private func terms(
    _ index: [Int], _ extents: [Int], _ wanted: [Int],
    _ sources: (_ extent: Int, _ wanted: Int, _ place: Int) -> [(Int, Double)]
  ) -> [([Int], Double)] {
    var terms = [(Array(index.prefix(2)), 1.0)]
    for axis in extents.indices {
      terms = terms.flatMap { lead, weight in
        sources(extents[axis], wanted[axis], index[axis + 2]).map { (lead + [$0.0], weight * $0.1) }
      }
    }
    return terms
  }
}
