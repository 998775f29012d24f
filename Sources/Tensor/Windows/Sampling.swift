import CKernels

/// Which elements of an axis, by which weights, those of a resized axis are made of.
struct SamplingAxis<Scalar: FloatingPointScalar> {
  let input: Int
  let output: Int
  /// Element i is made of those at `places` from `first[i]` to `first[i + 1]`.
  private(set) var first = [0]
  private(set) var places: [Int] = []
  /// None for the nearest elements.
  private(set) var weights: [Scalar] = []

  /// An axis that stays as it is.
  static var trivial: SamplingAxis {
    SamplingAxis(1, 1, factor: nil, .bilinear(aligningCorners: false))
  }

  /// Positions of PyTorch's modes are computed in the precision of the scalar, as it does; `factor` is
  /// the given one, or nil to take it from the extents.
  init(_ input: Int, _ output: Int, factor: Double?, _ mode: ResizeMode) {
    self.input = input
    self.output = output
    let ratio = factor.map { Scalar(1 / $0) } ?? Scalar(input) / Scalar(max(1, output))
    switch mode {
    case .nearest:
      for index in 0..<output { append([place(Scalar(index) * ratio)]) }
    case .nearestCenter:
      for index in 0..<output { append([place((Scalar(index) + 0.5) * ratio)]) }
    case .bilinear(let corners, antialiasing: true):
      let ratio = corners ? alignedRatio : ratio
      for index in 0..<output {
        appendWindow(index, ratio, reach: 1) { max(0, 1 - $0) }
      }
    case .bicubic(let corners, antialiasing: true):
      let ratio = corners ? alignedRatio : ratio
      for index in 0..<output {
        appendWindow(index, ratio, reach: 2) { Self.cubic($0, -0.5) }
      }
    case .bilinear(let corners, antialiasing: false):
      for index in 0..<output {
        let position = max(0, position(index, ratio, corners))
        let lower = place(position)
        let weight = min(max(position - Scalar(lower), 0), 1)
        append([lower, min(lower + 1, input - 1)], [1 - weight, weight])
      }
    case .bicubic(let corners, antialiasing: false):
      for index in 0..<output {
        let position = position(index, ratio, corners)
        let floor = min(Int(position.rounded(.down)), input - 1)
        let rest = min(max(position - Scalar(floor), 0), 1)
        append(
          (-1...2).map { min(max(floor + $0, 0), input - 1) },
          [1 + rest, rest, 1 - rest, 2 - rest].map { Self.cubic($0, -0.75) })
      }
    case .rounded(let rounding, let coordinates):
      for index in 0..<output {
        let position = coordinates.position(index, input, output, factor: factor)
        append([kept(Int(rounding(position)))])
      }
    case .linear(let coordinates):
      for index in 0..<output {
        let position = coordinates.position(index, input, output, factor: factor)
        let rest = Scalar(position - position.rounded(.down))
        let lower = Int(position.rounded(.down))
        append([kept(lower), kept(lower + 1)], [1 - rest, rest])
      }
    case .cubic(let coordinates, let slope, let omittingOutside):
      for index in 0..<output {
        let position = coordinates.position(index, input, output, factor: factor)
        appendCubic(position, slope, omittingOutside: omittingOutside)
      }
    }
  }

  /// Whether each element is the one at its own place.
  var isIdentity: Bool {
    if input != output { return false }
    return (0..<output).allSatisfy { index in
      var own: Scalar = 0
      for k in first[index]..<first[index + 1] {
        if places[k] == index { own += weights[k] } else if weights[k] != 0 { return false }
      }
      return own == 1
    }
  }

  func withTable<Result>(
    _ body: (UnsafePointer<apus_resample_axis>, _ weights: UnsafeRawPointer?) -> Result
  ) -> Result {
    first.withUnsafeBufferPointer { first in
      places.withUnsafeBufferPointer { places in
        weights.withUnsafeBytes { weights in
          var table = apus_resample_axis(
            input: input, output: output, first: first.baseAddress, places: places.baseAddress)
          return body(&table, weights.baseAddress)
        }
      }
    }
  }

  private mutating func append(_ places: [Int], _ weights: [Scalar] = []) {
    self.places += places
    self.weights += weights
    first.append(self.places.count)
  }

  /// The elements within `reach` of the centre, or within as many strides where those are longer,
  /// weighted by `filter` of their distances, with a sum of 1.
  private mutating func appendWindow(
    _ index: Int, _ ratio: Scalar, reach: Scalar, _ filter: (Scalar) -> Scalar
  ) {
    let stride = max(1, ratio)
    let center = ratio * (Scalar(index) + 0.5)
    let lower = max(0, Int(center - reach * stride + 0.5))
    let upper = max(lower + 1, min(input, Int(center + reach * stride + 0.5)))
    let weights = (lower..<upper).map {
      filter(((Scalar($0) - center + 0.5) / stride).magnitude)
    }
    let sum = weights.reduce(0, +)
    append(Array(lower..<upper), weights.map { $0 / sum })
  }

  /// The four elements around a position.
  private mutating func appendCubic(_ position: Double, _ slope: Double, omittingOutside: Bool) {
    let lower = Int(position.rounded(.down))
    let rest = Scalar(position - position.rounded(.down))
    let places = (-1...2).map { lower + $0 }
    // On an element, that one alone: the weights of others are 0 but for rounding.
    var weights: [Scalar] =
      rest == 0
      ? [0, 1, 0, 0] : [1 + rest, rest, 1 - rest, 2 - rest].map { Self.cubic($0, Scalar(slope)) }
    if omittingOutside {
      for (index, place) in places.enumerated() where place < 0 || place >= input {
        weights[index] = 0
      }
      let sum = weights.reduce(0, +)
      weights = weights.map { $0 / sum }
    }
    append(places.map(kept), weights)
  }

  /// The place, or the one at the edge that it lies beyond.
  private func kept(_ place: Int) -> Int { min(max(place, 0), input - 1) }

  private var alignedRatio: Scalar {
    output > 1 ? Scalar(input - 1) / Scalar(output - 1) : 0
  }

  private func place(_ position: Scalar) -> Int { min(Int(position), input - 1) }

  private func position(_ index: Int, _ ratio: Scalar, _ aligningCorners: Bool) -> Scalar {
    aligningCorners ? Scalar(index) * alignedRatio : (Scalar(index) + 0.5) * ratio - 0.5
  }

  /// The weight of an element at a distance, by the cubic of R. Keys (1981) with slope `a` at 1.
  private static func cubic(_ distance: Scalar, _ a: Scalar) -> Scalar {
    if distance <= 1 { return ((a + 2) * distance - (a + 3)) * distance * distance + 1 }
    if distance < 2 { return ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a }
    return 0
  }
}

/// How the elements of resized images are made.
struct Sampling<Scalar: FloatingPointScalar> {
  var extents: Dimensions
  var y: SamplingAxis<Scalar>
  var x: SamplingAxis<Scalar>
  var isNearest: Bool

  init(extents: Dimensions, axes: [SamplingAxis<Scalar>], isNearest: Bool) {
    self.extents = extents
    y = axes.count > 1 ? axes[0] : .trivial
    x = axes[axes.count - 1]
    self.isNearest = isNearest
  }
}
