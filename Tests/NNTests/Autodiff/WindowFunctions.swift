import NN
import Tensor

/// Convolutions, pooling and resizing, with references that loop over every window.
enum WindowFunction: String, CaseIterable, FunctionFamily {
  case convolved, convolvedInSteps, convolvedInGroups, convolvedWithBias, convolvedToSame
  case transposed, transposedInSteps, transposedWithBias, transposedWithRoom
  case weightGradient, columns, image
  case maxPooled, maxPooledRoundingUp, adaptiveMaxPooled, maxPoolingInputGradient
  case averagePooled, averagePooledInside, averagePoolingInputGradient
  case adaptiveAveragePooled, adaptiveAveragePoolingInputGradient
  case resizedNearest, resizedBilinear, resizedByFactors, resizedBicubic, resizedSmoothly
  case resizedRounded, resizedLinear, resizedCubic
  case resizingInputGradient, resizingByFactorsInputGradient

  private var geometry: WindowGeometry {
    switch self {
    case .convolvedInSteps, .transposedInSteps, .weightGradient:
      WindowGeometry(stride: 2, padding: 1, dilation: 2)
    case .transposedWithRoom: WindowGeometry(stride: 1, padding: 1, dilation: 2)
    case .convolvedToSame: WindowGeometry(stride: 2, padding: .same)
    case .columns, .image: WindowGeometry(stride: 2, padding: .asymmetric(before: 1, after: 0))
    case .averagePooled, .averagePooledInside, .averagePoolingInputGradient:
      WindowGeometry(stride: 2, padding: 1)
    default: WindowGeometry()
    }
  }

  func callAsFunction<S: FloatingPointScalar>(_ x: [Variable<S>]) -> Variable<S> {
    let extents = Array(x[0].shape.dropFirst(2))
    switch self {
    case .convolved, .convolvedInSteps, .convolvedToSame:
      return x[0].convolved(with: x[1], geometry: geometry)
    case .convolvedInGroups: return x[0].convolved(with: x[1], bias: x[2], groups: 2)
    case .convolvedWithBias: return x[0].convolved(with: x[1], bias: x[2])
    case .transposed, .transposedInSteps:
      return x[0].transposeConvolved(with: x[1], geometry: geometry)
    case .transposedWithBias: return x[0].transposeConvolved(with: x[1], bias: x[2], groups: 2)
    case .transposedWithRoom:
      return x[0].transposeConvolved(with: x[1], geometry: geometry, outputPadding: 1)
    case .weightGradient:
      return x[0].convolutionWeightGradient(
        outputGradient: x[1], kernel: extents.map { _ in 2 }, geometry: geometry)
    case .columns: return x[0].imageToColumns(kernel: 2, geometry: geometry)
    case .image: return x[0].columnsToImage(extents: [3, 4], kernel: 2, geometry: geometry)
    case .maxPooled: return x[0].maxPooled(kernel: 2)
    case .maxPooledRoundingUp: return x[0].maxPooled(kernel: 2, roundingUp: true)
    case .adaptiveMaxPooled: return x[0].adaptiveMaxPooled(to: 2).values
    case .maxPoolingInputGradient:
      return x[0].maxPoolingInputGradient(places: Self.places, inputShape: [1, 2, 2, 3])
    case .averagePooled: return x[0].averagePooled(kernel: 2, geometry: geometry)
    case .averagePooledInside:
      return x[0].averagePooled(
        kernel: 2, geometry: geometry, roundingUp: true, countsPadding: false)
    case .averagePoolingInputGradient:
      return x[0].averagePoolingInputGradient(
        inputShape: [1, 2, 3], kernel: 2, geometry: geometry, roundingUp: true)
    case .adaptiveAveragePooled: return x[0].adaptiveAveragePooled(to: 2)
    case .adaptiveAveragePoolingInputGradient:
      return x[0].adaptiveAveragePoolingInputGradient(inputShape: [1, 2, 3])
    case .resizedNearest: return x[0].resized(to: extents.map { $0 + 1 }, mode: .nearest)
    case .resizedBilinear:
      return x[0].resized(to: extents.map { $0 + 1 }, mode: .bilinear(aligningCorners: false))
    case .resizedBicubic:
      return x[0].resized(to: extents.map { $0 + 1 }, mode: .bicubic(aligningCorners: true))
    case .resizedSmoothly:
      return x[0].resized(
        to: extents.map { $0 / 2 }, mode: .bilinear(aligningCorners: false, antialiasing: true))
    case .resizedByFactors:
      return x[0].resized(
        by: extents.map { _ in 1.7 }, mode: .bilinear(aligningCorners: false))
    case .resizedRounded:
      return x[0].resized(
        by: extents.map { _ in 1.6 }, mode: .rounded(.halfUp, in: .alignedCorners))
    case .resizedLinear:
      return x[0].resized(by: extents.map { _ in 1.7 }, mode: .linear(in: .halfPixelSymmetric))
    case .resizedCubic:
      return x[0].resized(
        to: extents.map { $0 + 1 },
        mode: .cubic(in: .asymmetric, slope: -0.75, omittingOutside: true))
    case .resizingInputGradient:
      return x[0].resizingInputGradient(
        inputShape: Shape(x[0].shape.prefix(2) + extents.map { $0 - 1 }),
        mode: .bilinear(aligningCorners: true))
    case .resizingByFactorsInputGradient:
      return x[0].resizingInputGradient(inputShape: [1, 2, 3], factors: [1.7], mode: .nearest)
    }
  }

  private static let places = Tensor<Int32>([0, 4, 4, 5, -1, 2], shape: [1, 2, 1, 3])

  func reference(_ x: [PlainArray]) -> PlainArray {
    let bias = x.count > 2 ? x[2].values : []
    switch self {
    case .convolved, .convolvedInSteps, .convolvedToSame, .convolvedInGroups, .convolvedWithBias:
      let groups = self == .convolvedInGroups ? 2 : 1
      let windows = PlainWindows(x[0].shape, x[1].shape, geometry, groups: groups)
      var y = windows.zeros(windows.output)
      windows.forEachTap { input, weight, output in
        y.values[output] += x[0].values[input] * x[1].values[weight]
      }
      return y.addingToChannels(bias)
    case .transposed, .transposedInSteps, .transposedWithBias, .transposedWithRoom:
      let groups = self == .transposedWithBias ? 2 : 1
      let windows = PlainWindows(
        gradient: x[0].shape, x[1].shape, geometry, groups: groups,
        outputPadding: self == .transposedWithRoom ? 1 : 0)
      var y = windows.zeros(windows.input)
      windows.forEachTap { input, weight, output in
        y.values[input] += x[0].values[output] * x[1].values[weight]
      }
      return y.addingToChannels(bias)
    case .weightGradient:
      let kernel = [x[1].shape[1], x[0].shape[1]] + x[0].shape.dropFirst(2).map { _ in 2 }
      let windows = PlainWindows(x[0].shape, kernel, geometry, groups: 1)
      var y = windows.zeros(kernel)
      windows.forEachTap { input, weight, output in
        y.values[weight] += x[0].values[input] * x[1].values[output]
      }
      return y
    case .columns, .image:
      // Each channel alone; output channel (ky, kx) of a kernel with a single one there.
      let images = self == .columns ? x[0].shape : [x[0].shape[0], x[0].shape[1] / 4, 3, 4]
      let (n, c) = (images[0], images[1])
      let windows = PlainWindows(
        [n * c, 1] + images.dropFirst(2), [1, 1, 2, 2], geometry, groups: 1)
      let area = windows.output.dropFirst(2).reduce(1, *)
      var y =
        self == .columns
        ? PlainArray(shape: [n, c * 4, area]) { _ in 0 } : PlainArray(shape: images) { _ in 0 }
      windows.forEachTap { input, weight, output in
        let column = (output / area * 4 + weight) * area + output % area
        if self == .columns {
          y.values[column] += x[0].values[input]
        } else {
          y.values[input] += x[0].values[column]
        }
      }
      return y
    case .maxPooled: return x[0].pooled { max($0.max()!, -.infinity) }
    case .maxPooledRoundingUp: return x[0].pooled(roundingUp: true) { $0.max()! }
    case .adaptiveMaxPooled: return x[0].adaptivelyPooled { $0.max()! }
    case .maxPoolingInputGradient:
      var y = PlainArray(shape: [1, 2, 2, 3]) { _ in 0 }
      for (element, place) in Self.places.scalars.enumerated() where place >= 0 {
        y.values[element / 3 * 6 + Int(place)] += x[0].values[element]
      }
      return y
    case .averagePooled:
      return x[0].averaged { taps, inside in taps }
    case .averagePooledInside:
      return x[0].averaged(roundingUp: true) { taps, inside in inside }
    case .averagePoolingInputGradient:
      // Over 3 elements with one of padding: windows {p 0}, {1 2}, and {p} which counts nothing.
      return PlainArray(shape: [1, 2, 3]) { index in
        x[0].values[index[1] * 2 + (index[2] == 0 ? 0 : 1)] / 2
      }
    case .adaptiveAveragePooled:
      return x[0].adaptivelyPooled { $0.reduce(0, +) / Double($0.count) }
    case .adaptiveAveragePoolingInputGradient:
      // Of 3 elements two windows take {0 1} and {1 2}.
      return PlainArray(shape: [1, 2, 3]) { index in
        let (first, second) = (x[0].values[index[1] * 2], x[0].values[index[1] * 2 + 1])
        return [first, first + second, second][index[2]] / 2
      }
    case .resizedNearest:
      return x[0].resampled(x[0].shape.dropFirst(2).map { $0 + 1 }) { extent, wanted, place in
        [(place * extent / wanted, 1)]
      }
    case .resizedBilinear, .resizedByFactors:
      let wanted = x[0].shape.dropFirst(2).map {
        self == .resizedBilinear ? $0 + 1 : Int(1.7 * Double($0))
      }
      return x[0].resampled(wanted) { extent, wanted, place in
        let scale = self == .resizedBilinear ? Double(extent) / Double(wanted) : 1 / 1.7
        return linear((Double(place) + 0.5) * scale - 0.5, extent)
      }
    case .resizedBicubic:
      return x[0].resampled(x[0].shape.dropFirst(2).map { $0 + 1 }) { extent, wanted, place in
        let position = Double(place) * Double(extent - 1) / Double(wanted - 1)
        let near = Int(position)
        return (near - 1...near + 2).map {
          (min(max($0, 0), extent - 1), cubic(abs(Double($0) - position)))
        }
      }
    case .resizedSmoothly:
      return x[0].resampled(x[0].shape.dropFirst(2).map { $0 / 2 }) { extent, wanted, place in
        // Triangles as wide as two strides about the centres.
        let stride = Double(extent) / Double(wanted)
        let weights = (0..<extent).map {
          max(0, stride - abs(Double($0) + 0.5 - (Double(place) + 0.5) * stride))
        }
        return weights.enumerated().map { ($0, $1 / weights.reduce(0, +)) }
      }
    case .resizedRounded:
      let wanted = x[0].shape.dropFirst(2).map { Int(1.6 * Double($0)) }
      return x[0].resampled(wanted) { extent, wanted, place in
        [(Int(Double(place) * Double(extent - 1) / Double(wanted - 1) + 0.5), 1)]
      }
    case .resizedLinear:
      let wanted = x[0].shape.dropFirst(2).map { Int(1.7 * Double($0)) }
      return x[0].resampled(wanted) { extent, wanted, place in
        let margin = (Double(extent) - Double(wanted) / 1.7) / 2
        return linear(margin + (Double(place) + 0.5) / 1.7 - 0.5, extent)
      }
    case .resizedCubic:
      return x[0].resampled(x[0].shape.dropFirst(2).map { $0 + 1 }) { extent, wanted, place in
        let position = Double(place * extent) / Double(wanted)
        let places = (0..<extent).filter { abs(Double($0) - position) < 2 }
        let weights = places.map { cubic(abs(Double($0) - position)) }
        return zip(places, weights).map { ($0, $1 / weights.reduce(0, +)) }
      }
    case .resizingInputGradient:
      return x[0].resampledBack(x[0].shape.dropFirst(2).map { $0 - 1 }) { extent, wanted, place in
        linear(Double(place) * Double(extent - 1) / Double(wanted - 1), extent)
      }
    case .resizingByFactorsInputGradient:
      return x[0].resampledBack([3]) { extent, _, place in [(Int(Double(place) / 1.7), 1)] }
    }
  }

  static let rows: [OperationCase] = [
    row(.convolved, [2, 2, 3, 4], [3, 2, 2, 2]), row(.convolved, [2, 2, 4], [2, 2, 3]),
    row(.convolved, [0, 2, 3], [2, 2, 2]), row(.convolved, [1, 0, 3], [2, 0, 2]),
    row(.convolvedInSteps, [1, 2, 4, 5], [2, 2, 2, 2]),
    row(.convolvedInSteps, [2, 1, 5], [2, 1, 2]),
    row(.convolvedToSame, [1, 1, 4, 3], [2, 1, 3, 2]),
    row(.convolvedInGroups, [2, 4, 3], [2, 2, 2], [2]),
    row(.convolvedInGroups, [1, 2, 2, 3], [4, 1, 2, 1], [4]),
    row(.convolvedWithBias, [1, 2, 3, 3], [2, 2, 2, 2], [2]),
    row(.convolvedWithBias, [0, 2, 3], [3, 2, 2], [3]),
    row(.transposed, [1, 2, 2, 3], [2, 3, 2, 2]), row(.transposed, [2, 2, 3], [2, 1, 2]),
    row(.transposed, [0, 2, 3], [2, 1, 2]),
    row(.transposedInSteps, [1, 2, 3, 2], [2, 1, 2, 2]),
    row(.transposedInSteps, [1, 1, 3], [1, 2, 2]),
    row(.transposedWithBias, [1, 2, 2, 2], [2, 2, 2, 1], [4]),
    row(.transposedWithRoom, [1, 2, 3], [2, 2, 3]),
    row(.transposedWithRoom, [1, 1, 2, 3], [1, 1, 3, 3]),
    row(.weightGradient, [2, 2, 4, 5], [2, 1, 2, 3]), row(.weightGradient, [1, 1, 5], [1, 2, 3]),
    row(.columns, [2, 2, 3, 4]), row(.columns, [0, 2, 3, 4]),
    row(.image, [1, 8, 4]), row(.image, [2, 4, 4]),
    row(.maxPooled, [1, 2, 3, 4]), row(.maxPooled, [2, 1, 5]), row(.maxPooled, [0, 1, 4]),
    row(.maxPooledRoundingUp, [1, 2, 3, 3]), row(.maxPooledRoundingUp, [2, 1, 5]),
    row(.adaptiveMaxPooled, [1, 2, 3, 4]), row(.adaptiveMaxPooled, [1, 2, 5]),
    row(.maxPoolingInputGradient, [1, 2, 1, 3]),
    row(.averagePooled, [1, 2, 3, 4]), row(.averagePooled, [2, 1, 4]),
    row(.averagePooled, [2, 0, 4]),
    row(.averagePooledInside, [1, 1, 3, 4]), row(.averagePooledInside, [2, 1, 4]),
    row(.averagePoolingInputGradient, [1, 2, 2]),
    row(.adaptiveAveragePooled, [1, 2, 3, 3]), row(.adaptiveAveragePooled, [1, 2, 5]),
    row(.adaptiveAveragePoolingInputGradient, [1, 2, 2]),
    row(.resizedNearest, [1, 2, 2, 3]), row(.resizedNearest, [2, 1, 3]),
    row(.resizedBilinear, [1, 2, 2, 3]), row(.resizedBilinear, [2, 1, 3]),
    row(.resizedBilinear, [0, 1, 3]),
    row(.resizedBicubic, [1, 2, 2, 3]), row(.resizedBicubic, [2, 1, 4]),
    row(.resizedBicubic, [0, 1, 3]),
    row(.resizedSmoothly, [1, 2, 4, 5]), row(.resizedSmoothly, [2, 1, 7]),
    row(.resizedByFactors, [1, 1, 2, 3]), row(.resizedByFactors, [1, 2, 3]),
    row(.resizedRounded, [1, 2, 2, 3]), row(.resizedRounded, [2, 1, 4]),
    row(.resizedRounded, [0, 1, 3]),
    row(.resizedLinear, [1, 2, 2, 3]), row(.resizedLinear, [2, 1, 4]),
    row(.resizedLinear, [0, 1, 3]),
    row(.resizedCubic, [1, 2, 2, 3]), row(.resizedCubic, [2, 1, 4]), row(.resizedCubic, [0, 1, 3]),
    row(.resizingInputGradient, [1, 1, 3, 4]), row(.resizingInputGradient, [1, 2, 4]),
    row(.resizingByFactorsInputGradient, [1, 2, 5]),
  ]
}

/// The weight of an element at a distance below 2, by Keys's cubic with a = −3/4.
private func cubic(_ x: Double) -> Double {
  x <= 1
    ? 1.25 * x * x * x - 2.25 * x * x + 1
    : -0.75 * x * x * x + 3.75 * x * x - 6 * x + 3
}

/// The two elements about a position, with their weights.
private func linear(_ position: Double, _ extent: Int) -> [(place: Int, weight: Double)] {
  let position = min(max(position, 0), Double(extent - 1))
  let place = min(Int(position), extent - 1)
  let rest = position - Double(place)
  return [(place, 1 - rest), (min(place + 1, extent - 1), rest)]
}
