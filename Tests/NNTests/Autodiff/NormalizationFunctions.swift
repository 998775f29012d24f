import NN
import Tensor

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Normalisation over rows, groups and channels.
enum NormalizationFunction: String, CaseIterable, FunctionFamily {
  case layerNorm, layerNormOfAxes, layerNormPlain, layerNormUnscaled
  case rmsNorm, rmsNormPlain
  case groupNorm, instanceNormPlain
  case batchNorm, batchNormPlain, batchNormUnscaled
  case givenStatistics, givenStatisticsPlain

  // Large enough for central differences where the elements of a group are all the same.
  static let epsilon = 0.3
  static let means = [0.5, -1, 2]
  static let variances = [1.5, 0.5, 2]

  private func constants<S: FloatingPointScalar>(_ x: [Double], _ count: Int) -> Tensor<S> {
    Tensor(x[..<count].map { S($0) })
  }

  func callAsFunction<S: FloatingPointScalar>(_ x: [Variable<S>]) -> Variable<S> {
    let epsilon = Self.epsilon
    switch self {
    case .layerNorm: return x[0].layerNormalized(scale: x[1], shift: x[2], epsilon: epsilon)
    case .layerNormOfAxes:
      return x[0].layerNormalized(axisCount: 2, scale: x[1], shift: x[2], epsilon: epsilon)
    case .layerNormPlain: return x[0].layerNormalized(epsilon: epsilon)
    case .layerNormUnscaled: return x[0].layerNormalized(shift: x[1], epsilon: epsilon)
    case .rmsNorm: return x[0].rmsNormalized(scale: x[1], epsilon: epsilon)
    case .rmsNormPlain: return x[0].rmsNormalized(axisCount: 2, epsilon: epsilon)
    case .groupNorm:
      return x[0].groupNormalized(groups: 2, scale: x[1], shift: x[2], epsilon: epsilon)
    case .instanceNormPlain:
      return x[0].groupNormalized(groups: x[0].shape[1], epsilon: epsilon)
    case .batchNorm: return x[0].batchNormalized(scale: x[1], shift: x[2], epsilon: epsilon).result
    case .batchNormPlain: return x[0].batchNormalized(epsilon: epsilon).result
    case .batchNormUnscaled: return x[0].batchNormalized(shift: x[1], epsilon: epsilon).result
    case .givenStatistics, .givenStatisticsPlain:
      let channels = x[0].shape[1]
      let isPlain = self == .givenStatisticsPlain
      return x[0].normalized(
        mean: constants(Self.means, channels), variance: constants(Self.variances, channels),
        scale: isPlain ? nil : x[1], shift: isPlain ? nil : x[2], epsilon: epsilon)
    }
  }

  func reference(_ x: [PlainArray]) -> PlainArray {
    let last = x[0].shape.count - 1
    switch self {
    case .layerNorm: return Self.scaled(Self.normalized(x[0], over: [last]), x[1], x[2])
    case .layerNormOfAxes:
      return Self.scaled(Self.normalized(x[0], over: [last - 1, last]), x[1], x[2])
    case .layerNormPlain: return Self.normalized(x[0], over: [last])
    case .layerNormUnscaled: return Self.normalized(x[0], over: [last]).combined(with: x[1], +)
    case .rmsNorm:
      return Self.normalized(x[0], over: [last], isCentered: false).combined(with: x[1], *)
    case .rmsNormPlain:
      return Self.normalized(x[0], over: [last - 1, last], isCentered: false)
    case .groupNorm:
      let shape = x[0].shape
      let groups = [shape[0], 2, shape[1] / 2] + shape[2...]
      let n = Self.normalized(x[0].reshaped(to: groups), over: Array(2..<groups.count))
      return Self.scaled(n.reshaped(to: shape), Self.column(x[1], shape), Self.column(x[2], shape))
    case .instanceNormPlain:
      return Self.normalized(x[0], over: Array(2...last))
    case .batchNorm:
      let shape = x[0].shape
      return Self.scaled(
        Self.ofBatch(x[0]), Self.column(x[1], shape), Self.column(x[2], shape))
    case .batchNormPlain: return Self.ofBatch(x[0])
    case .batchNormUnscaled:
      return Self.ofBatch(x[0]).combined(with: Self.column(x[1], x[0].shape), +)
    case .givenStatistics, .givenStatisticsPlain:
      let n = PlainArray(shape: x[0].shape) { index in
        let channel = index[1]
        return (x[0][broadcast: index] - Self.means[channel])
          / (Self.variances[channel] + Self.epsilon).squareRoot()
      }
      guard self == .givenStatistics else { return n }
      return Self.scaled(n, Self.column(x[1], x[0].shape), Self.column(x[2], x[0].shape))
    }
  }

  private static func normalized(
    _ x: PlainArray, over axes: [Int], isCentered: Bool = true
  ) -> PlainArray {
    let centred = isCentered ? x.combined(with: x.mean(axes: axes, keeping: true), -) : x
    let squares = centred.map { $0 * $0 }.mean(axes: axes, keeping: true)
    return centred.combined(with: squares) { $0 / ($1 + epsilon).squareRoot() }
  }

  private static func ofBatch(_ x: PlainArray) -> PlainArray {
    normalized(x, over: x.shape.indices.filter { $0 != 1 })
  }

  private static func scaled(_ n: PlainArray, _ scale: PlainArray, _ shift: PlainArray)
    -> PlainArray
  {
    n.combined(with: scale, *).combined(with: shift, +)
  }

  /// One number a channel as it broadcasts to `[n, channels, …]`.
  private static func column(_ x: PlainArray, _ shape: [Int]) -> PlainArray {
    x.reshaped(to: [shape[1]] + Array(repeating: 1, count: shape.count - 2))
  }

  static let rows: [OperationCase] = [
    row(.layerNorm, [2, 3], [3], [3]), row(.layerNorm, [2, 2, 4], [4], [4]),
    row(.layerNorm, [3], [3], [3]), row(.layerNorm, [0, 3], [3], [3]),
    row(.layerNorm, [2, 1], [1], [1]), row(.layerNorm, [2, 0], [0], [0]),
    row(.layerNormOfAxes, [2, 2, 3], [2, 3], [2, 3]), row(.layerNormPlain, [2, 5]),
    row(.layerNormUnscaled, [2, 3], [3]),
    row(.rmsNorm, [2, 3], [3]), row(.rmsNorm, [0, 3], [3]), row(.rmsNormPlain, [2, 2, 3]),
    row(.groupNorm, [2, 4], [4], [4]), row(.groupNorm, [2, 4, 3], [4], [4]),
    row(.groupNorm, [2, 2, 2, 2], [2], [2]), row(.groupNorm, [0, 4, 2], [4], [4]),
    row(.instanceNormPlain, [2, 3, 4]),
    row(.batchNorm, [4, 3], [3], [3]), row(.batchNorm, [2, 2, 3], [2], [2]),
    row(.batchNorm, [2, 2, 2, 2], [2], [2]), row(.batchNorm, [0, 3], [3], [3]),
    row(.batchNorm, [2, 0, 3], [0], [0]),
    row(.batchNormPlain, [3, 2, 2]), row(.batchNormUnscaled, [3, 2], [2]),
    row(.givenStatistics, [4, 3], [3], [3]), row(.givenStatistics, [2, 2, 3], [2], [2]),
    row(.givenStatistics, [0, 3, 2], [3], [3]), row(.givenStatisticsPlain, [2, 3, 2]),
  ]
}
