import NN
import Tensor

/// Sampling of images and dropout, with references in plain loops.
enum SamplingFunction: String, CaseIterable, FunctionFamily {
  case gridSampled, gridSampledAligned, affineGridOf, maxPooledWithPlaces
  case dropped, droppedByChannels, alphaDropped

  private static let extents = [2, 3]

  func callAsFunction<S: FloatingPointScalar>(_ x: [Variable<S>]) -> Variable<S> {
    var random = RandomGenerator(seed: 5)
    return switch self {
    case .gridSampled: x[0].gridSampled(at: x[1])
    case .gridSampledAligned: x[0].gridSampled(at: x[1], padding: .border, aligningCorners: true)
    case .affineGridOf: affineGrid(x[0], extents: Self.extents)
    case .maxPooledWithPlaces: x[0].maxPooledWithPlaces(kernel: 2).values
    case .dropped: dropout(x[0], probability: 0.4, using: &random)
    case .droppedByChannels:
      dropout(x[0], probability: 0.4, sharedAxes: [2], using: &random)
    case .alphaDropped: alphaDropout(x[0], probability: 0.4, using: &random)
    }
  }

  func reference(_ x: [PlainArray]) -> PlainArray {
    switch self {
    case .gridSampled: return Self.sampled(x[0], x[1], aligningCorners: false)
    case .gridSampledAligned: return Self.sampled(x[0], x[1], aligningCorners: true)
    case .affineGridOf:
      return PlainArray(shape: [x[0].shape[0]] + Self.extents + [2]) { index in
        func position(_ axis: Int) -> Double {
          Double(2 * index[axis + 1] + 1) / Double(Self.extents[axis]) - 1
        }
        let map = (0..<3).map { x[0][broadcast: [index[0], index[3], $0]] }
        return map[0] * position(1) + map[1] * position(0) + map[2]
      }
    case .maxPooledWithPlaces:
      let shape = x[0].shape
      return PlainArray(shape: [shape[0], shape[1], shape[2] / 2, shape[3] / 2]) { index in
        PlainArray.indices(of: [2, 2]).map {
          x[0][broadcast: [index[0], index[1], 2 * index[2] + $0[0], 2 * index[3] + $0[1]]]
        }.max()!
      }
    case .dropped: return x[0].combined(with: Self.kept(x[0].shape)) { $0 * $1 / 0.6 }
    case .droppedByChannels:
      return x[0].combined(with: Self.kept([x[0].shape[0], x[0].shape[1], 1])) { $0 * $1 / 0.6 }
    case .alphaDropped:
      // G. Klambauer and others, 2017, section 3.
      let alpha = -1.0507009873554805 * 1.6732632423543772
      let a = 1 / (0.6 + alpha * alpha * 0.6 * 0.4).squareRoot()
      return x[0].combined(with: Self.kept(x[0].shape)) { x, kept in
        a * (x * kept + alpha * (1 - kept)) - a * alpha * 0.4
      }
    }
  }

  /// 1 for what is kept, as drawn from the same seed, else 0.
  private static func kept(_ shape: [Int]) -> PlainArray {
    var random = RandomGenerator(seed: 5)
    let kept = Tensor<Bool>.bernoulli(Shape(shape), probability: 0.6, using: &random)
    return PlainArray(kept.scalars.map { $0 ? 1 : 0 }, shape: shape)
  }

  /// Bilinear samples; beyond the edges are zeros, or with aligned corners the nearest elements.
  private static func sampled(
    _ images: PlainArray, _ grid: PlainArray, aligningCorners: Bool
  ) -> PlainArray {
    let (height, width) = (images.shape[2], images.shape[3])
    func place(_ position: Double, _ extent: Int) -> Double {
      let extent = Double(extent)
      guard aligningCorners else { return (position + 1) * extent / 2 - 0.5 }
      return min(max((position + 1) / 2 * (extent - 1), 0), extent - 1)
    }
    let shape = [images.shape[0], images.shape[1], grid.shape[1], grid.shape[2]]
    return PlainArray(shape: shape) { index in
      let point = [index[0], index[2], index[3]]
      let x = place(grid[broadcast: point + [0]], width)
      let y = place(grid[broadcast: point + [1]], height)
      var sum = 0.0
      for row in 0..<height {
        for column in 0..<width {
          let weight = max(0, 1 - abs(y - Double(row))) * max(0, 1 - abs(x - Double(column)))
          sum += weight * images[broadcast: [index[0], index[1], row, column]]
        }
      }
      return sum
    }
  }

  static let rows: [OperationCase] = [
    row(.gridSampled, [2, 2, 3, 4], [2, 2, 2, 2], in: -1.2...1.2),
    row(.gridSampled, [0, 2, 3, 3], [0, 2, 2, 2]),
    row(.gridSampledAligned, [1, 2, 3, 3], [1, 2, 3, 2], in: -0.9...0.9),
    row(.affineGridOf, [2, 2, 3]), row(.affineGridOf, [0, 2, 3]),
    row(.maxPooledWithPlaces, [2, 1, 4, 4]), row(.maxPooledWithPlaces, [0, 1, 4, 2]),
    row(.dropped, [3, 4]), row(.dropped, []), row(.dropped, [0, 2]),
    row(.droppedByChannels, [2, 3, 2]), row(.droppedByChannels, [0, 3, 2]),
    row(.alphaDropped, [3, 4]), row(.alphaDropped, [0]),
  ]
}
