import Tensor
import Testing

struct ConvolutionTests {
  /// Forward and both gradients against the definition, in arrangements of all kinds.
  private func check<Scalar: FloatingPointScalar>(
    _ naive: NaiveConvolution, _ random: inout TestRandom, _: Scalar.Type, _ tolerance: Double
  ) {
    func tensor(_ shape: [Int]) -> Tensor<Scalar> {
      Arrangement.allCases.randomElement(using: &random)!.tensor(shape, using: &random) {
        Scalar(Double.random(in: -1...1, using: &$0))
      }
    }
    let input = tensor(naive.inputShape)
    let weight = tensor(naive.weightShape)
    let gradient = tensor(naive.outputShape)
    let bias = tensor([naive.groups * naive.outputs])
    let inputBias = tensor([naive.groups * naive.channels])
    let (geometry, groups) = (naive.geometry, naive.groups)
    let output = input.convolved(with: weight, bias: bias, geometry: geometry, groups: groups)
    #expect(Array(output.shape) == naive.outputShape)
    #expect(
      isNear(output, naive.forward(input.doubles, weight.doubles, bias: bias.doubles), tolerance),
      "forward of \(naive)")
    let back = gradient.transposeConvolved(
      with: weight, bias: inputBias, geometry: geometry, groups: groups,
      extents: [naive.height, naive.width])
    #expect(Array(back.shape) == naive.inputShape)
    let exact = naive.inputGradient(gradient.doubles, weight.doubles, bias: inputBias.doubles)
    #expect(
      isNear(back, exact, tolerance),
      "input gradient of \(naive)")
    let weights = input.convolutionWeightGradient(
      outputGradient: gradient, kernel: naive.kernel, geometry: geometry, groups: groups)
    #expect(Array(weights.shape) == naive.weightShape)
    #expect(
      isNear(weights, naive.weightGradient(gradient.doubles, input.doubles), tolerance),
      "weight gradient of \(naive)")
  }

  @Test func anyGeometry() {
    var random = TestRandom(1)
    for index in 0..<60 {
      let naive = NaiveConvolution.random(&random, isWide: index % 3 == 0)
      check(naive, &random, Double.self, 1e-13)
      check(naive, &random, Float.self, 1e-5)
    }
  }

  /// Geometries that have engines of their own, with extents around their blocks.
  static let shapes: [NaiveConvolution] = [
    .init(images: 2, channels: 8, outputs: 8, height: 9, width: 9),
    .init(images: 1, channels: 8, outputs: 8, height: 9, width: 9),
    .init(images: 9, channels: 9, outputs: 8, height: 4, width: 4, before: [1, 1], after: [1, 1]),
    .init(images: 8, channels: 8, outputs: 10, height: 3, width: 4),
    .init(
      images: 2, channels: 17, outputs: 24, height: 8, width: 11, before: [1, 1], after: [1, 1]),
    .init(
      images: 4, channels: 32, outputs: 9, height: 5, width: 4, before: [1, 2], after: [2, 0]),
    .init(images: 1, channels: 16, outputs: 33, height: 3, width: 3),
    .init(images: 2, groups: 2, channels: 10, outputs: 16, height: 12, width: 6, after: [2, 2]),
    .init(
      images: 2, channels: 1, outputs: 9, height: 9, width: 30, before: [1, 1], after: [1, 1]),
    .init(images: 1, channels: 1, outputs: 4, height: 7, width: 70, kernel: [5, 5]),
    .init(images: 2, groups: 5, channels: 1, outputs: 1, height: 9, width: 18, before: [1, 1]),
    .init(images: 2, groups: 3, channels: 1, outputs: 2, height: 9, width: 9, stride: [2, 2]),
    .init(images: 2, channels: 9, outputs: 17, height: 5, width: 6, kernel: [1, 1]),
    .init(images: 1, channels: 3, outputs: 5, height: 40, width: 64, kernel: [3, 5]),
    .init(images: 20, channels: 2, outputs: 1, height: 6, width: 6, stride: [2, 1]),
    .init(
      images: 3, channels: 8, outputs: 9, height: 16, width: 15, stride: [2, 2], before: [1, 1]),
    .init(images: 9, channels: 2, outputs: 40, height: 32, width: 33, kernel: [5, 5]),
    .init(images: 2, channels: 9, outputs: 17, height: 12, width: 31, kernel: [2, 3]),
    .init(
      images: 1, channels: 8, outputs: 8, height: 40, width: 10, kernel: [3, 1], dilation: [9, 1]),
    .init(
      images: 1, channels: 40, outputs: 70, height: 7, width: 7, before: [1, 1], after: [1, 1]),
    .init(
      images: 3, groups: 2, channels: 9, outputs: 33, height: 8, width: 9, stride: [1, 2],
      before: [1, 1]),
    // More than fits into a cache, of weights and of images.
    .init(images: 1, groups: 2, channels: 70, outputs: 120, height: 4, width: 4),
    .init(
      images: 1, channels: 40, outputs: 8, height: 40, width: 100, kernel: [2, 2], stride: [1, 2]),
    .init(images: 1, channels: 16, outputs: 8, height: 63, width: 150, before: [1, 1]),
  ]

  @Test(arguments: shapes.indices)
  func shapesOfTheEngines(_ index: Int) {
    var random = TestRandom(2)
    check(Self.shapes[index], &random, Double.self, 1e-12)
    check(Self.shapes[index], &random, Float.self, 2e-5)
  }

  @Test func oneAxisIsTwoOfWhichOneIsTrivial() {
    var random = TestRandom(3)
    let geometry = WindowGeometry(stride: 2, padding: .asymmetric(before: 1, after: 2), dilation: 2)
    let flat = WindowGeometry(
      stride: [1, 2], padding: .asymmetric(before: [0, 1], after: [0, 2]), dilation: [1, 2])
    let input = Tensor<Double>.random([2, 4, 11], &random)
    let weight = Tensor<Double>.random([6, 2, 3], &random)
    let output = input.convolved(with: weight, geometry: geometry, groups: 2)
    #expect(
      output.expanded(at: 2)
        == input.expanded(at: 2).convolved(
          with: weight.expanded(at: 2), geometry: flat, groups: 2))
    #expect(output.shape == [2, 6, 5])
    #expect(geometry.outputExtents(of: [11], kernel: [3]) == [5])
    let back = output.transposeConvolved(
      with: weight, geometry: geometry, groups: 2, extents: [11])
    #expect(
      back.expanded(at: 2)
        == output.expanded(at: 2).transposeConvolved(
          with: weight.expanded(at: 2), geometry: flat, groups: 2, extents: [1, 11]))
    let weights = input.convolutionWeightGradient(
      outputGradient: output, kernel: [3], geometry: geometry, groups: 2)
    #expect(
      weights.expanded(at: 2)
        == input.expanded(at: 2).convolutionWeightGradient(
          outputGradient: output.expanded(at: 2), kernel: [1, 3], geometry: flat, groups: 2))
  }

  @Test func samePaddingKeepsExtentsOverStride() {
    for (extent, kernel, stride, dilation) in [
      (7, 3, 1, 1), (7, 4, 2, 1), (8, 2, 3, 2), (5, 1, 2, 1),
    ] {
      let geometry = WindowGeometry(
        stride: PerAxis(stride), padding: .same, dilation: PerAxis(dilation))
      let expected = (extent + stride - 1) / stride
      #expect(
        geometry.outputExtents(of: [extent, extent + 1], kernel: [kernel, kernel])[0] == expected)
    }
    // The odd element of padding goes behind.
    let x = Tensor<Float>([1, 2, 3], shape: [1, 1, 3])
    let w = Tensor<Float>([1, 10], shape: [1, 1, 2])
    #expect(x.convolved(with: w, geometry: .init(padding: .same)).scalars == [21, 32, 3])
    let up = x.transposeConvolved(with: w, geometry: .init(stride: 2, padding: .same))
    #expect(up.scalars == [1, 10, 2, 20, 3, 30])
  }

  /// ⟨conv x, y⟩ = ⟨x, transposed conv y⟩ = ⟨weight, weight gradient⟩.
  @Test func gradientsAreAdjoint() {
    var random = TestRandom(4)
    for index in 0..<40 {
      let naive = NaiveConvolution.random(&random, isWide: index % 3 == 0)
      let (geometry, groups) = (naive.geometry, naive.groups)
      let x = Tensor<Double>.random(naive.inputShape, &random)
      let w = Tensor<Double>.random(naive.weightShape, &random)
      let y = Tensor<Double>.random(naive.outputShape, &random)
      let forward = (x.convolved(with: w, geometry: geometry, groups: groups) * y).sum().item
      let backward =
        x
        * y.transposeConvolved(
          with: w, geometry: geometry, groups: groups, extents: [naive.height, naive.width])
      let weights =
        w
        * x.convolutionWeightGradient(
          outputGradient: y, kernel: naive.kernel, geometry: geometry, groups: groups)
      #expect(abs(forward - backward.sum().item) <= 1e-12 * max(1, abs(forward)))
      #expect(abs(forward - weights.sum().item) <= 1e-12 * max(1, abs(forward)))
    }
  }

  /// Central differences of Σ output · cotangent, of which every term is linear in each operand.
  @Test func gradientsAreThoseOfDifferences() {
    var random = TestRandom(5)
    let geometry = WindowGeometry(stride: [2, 1], padding: 1, dilation: [1, 2])
    let x = Tensor<Double>.random([2, 4, 6, 5], &random)
    let w = Tensor<Double>.random([6, 2, 3, 2], &random)
    let output = x.convolved(with: w, geometry: geometry, groups: 2)
    let y = Tensor<Double>.random(Array(output.shape), &random)
    func difference(_ t: Tensor<Double>, _ place: Int, _ f: (Tensor<Double>) -> Tensor<Double>)
      -> Double
    {
      func moved(_ by: Double) -> Double {
        var t = t
        t.withUnsafeMutableBufferPointer { $0[place] += by }
        return (f(t) * y).sum().item
      }
      return (moved(0.5) - moved(-0.5))
    }
    let back = y.transposeConvolved(with: w, geometry: geometry, groups: 2, extents: [6, 5]).scalars
    for place in stride(from: 0, to: x.count, by: 7) {
      let expected = difference(x, place) { $0.convolved(with: w, geometry: geometry, groups: 2) }
      #expect(abs(back[place] - expected) < 1e-11)
    }
    let weights = x.convolutionWeightGradient(
      outputGradient: y, kernel: [3, 2], geometry: geometry, groups: 2
    ).scalars
    for place in stride(from: 0, to: w.count, by: 5) {
      let expected = difference(w, place) { x.convolved(with: $0, geometry: geometry, groups: 2) }
      #expect(abs(weights[place] - expected) < 1e-11)
    }
  }

  @Test func transposedExtentsAndBias() {
    let x = Tensor<Double>([1, 2], shape: [1, 1, 2])
    let w = Tensor<Double>([1, 10, 100], shape: [1, 1, 3])
    func transposed(_ geometry: WindowGeometry, _ padding: PerAxis = 0, bias: Double = 0)
      -> [Double]
    {
      x.transposeConvolved(
        with: w, bias: Tensor([bias]), geometry: geometry, outputPadding: padding
      ).scalars
    }
    #expect(transposed(.init(stride: 2)) == [1, 10, 102, 20, 200])
    #expect(transposed(.init(stride: 2), 1, bias: 0.5) == [1.5, 10.5, 102.5, 20.5, 200.5, 0.5])
    #expect(transposed(.init(stride: 2, padding: 1)) == [10, 102, 20])
    #expect(transposed(.init(dilation: 3), 2) == [1, 2, 0, 10, 20, 0, 100, 200, 0, 0])
    #expect(
      x.transposeConvolved(with: w, geometry: .init(stride: 2), extents: [6]).scalars
        == [1, 10, 102, 20, 200, 0])
  }

  /// With more dilation than stride, output padding leaves room for windows that there are not.
  @Test func outputPaddingBeyondTheWindows() {
    var random = TestRandom(9)
    for (channels, outputs, kernel, padding, extra) in [
      (1, 1, 1, 1, 2), (8, 1, 1, 1, 2), (9, 3, 2, 0, 2), (8, 10, 3, 2, 2), (2, 8, 2, 3, 1),
    ] {
      let (length, dilation) = (7, 3)
      let y = Tensor<Double>.random([2, outputs, length], &random)
      let w = Tensor<Double>.random([outputs, channels, kernel], &random)
      let bias = Tensor<Double>.random([channels], &random)
      let result = y.transposeConvolved(
        with: w, bias: bias,
        geometry: .init(padding: .symmetric(PerAxis(padding)), dilation: PerAxis(dilation)),
        outputPadding: PerAxis(extra))
      let extent = length + dilation * (kernel - 1) - 2 * padding + extra
      #expect(result.shape == [2, channels, extent])
      var expected = (0..<2 * channels * extent).map { bias.scalars[$0 / extent % channels] }
      for (image, o, c) in (0..<2 * outputs * channels).lazy.map({
        ($0 / (outputs * channels), $0 / channels % outputs, $0 % channels)
      }) {
        for (window, tap) in (0..<length * kernel).lazy.map({ ($0 / kernel, $0 % kernel) }) {
          let place = window + tap * dilation - padding
          guard (0..<extent).contains(place) else { continue }
          expected[(image * channels + c) * extent + place] +=
            y[image, o, window].item * w[o, c, tap].item
        }
      }
      #expect(isNear(result, expected, 1e-13), "\(channels) channels, kernel \(kernel)")
    }
  }

  @Test func emptyOperands() {
    let bias = Tensor<Float>([1, 2])
    let none = Tensor<Float>.zeros([2, 0, 4, 4]).convolved(with: .zeros([2, 0, 3, 3]), bias: bias)
    #expect(none.shape == [2, 2, 2, 2])
    #expect(none[0, 1].scalars == [2, 2, 2, 2])
    #expect(
      Tensor<Float>.zeros([0, 1, 4]).convolutionWeightGradient(
        outputGradient: .zeros([0, 2, 2]), kernel: [3]) == .zeros([2, 1, 3]))
    let back = Tensor<Float>.zeros([1, 0, 2]).transposeConvolved(
      with: .zeros([0, 2, 3]), bias: bias)
    #expect(back.scalars == [1, 1, 1, 1, 2, 2, 2, 2])
  }

  /// A NaN or infinity reaches the outputs whose windows hold it.
  @Test func nonFiniteElements() {
    var x = Tensor<Float>.ones([1, 1, 9])
    x[0, 0, 4] = Tensor(Float.nan)
    let output = x.convolved(with: .ones([1, 1, 3])).scalars
    #expect(output.map(\.isNaN) == [false, false, true, true, true, false, false])
  }

  @Test func sameBitsForAnyThreadCount() {
    var random = TestRandom(6)
    let count = ThreadPool.threadCount
    defer { ThreadPool.threadCount = count }
    for naive in Self.shapes {
      let x = Tensor<Float>.random(naive.inputShape, &random)
      let w = Tensor<Float>.random(naive.weightShape, &random)
      let y = Tensor<Float>.random(naive.outputShape, &random)
      let (geometry, groups) = (naive.geometry, naive.groups)
      let results = [1, 3].map { threads in
        ThreadPool.threadCount = threads
        return [
          x.convolved(with: w, geometry: geometry, groups: groups).scalars,
          y.transposeConvolved(
            with: w, geometry: geometry, groups: groups, extents: [naive.height, naive.width]
          ).scalars,
          x.convolutionWeightGradient(
            outputGradient: y, kernel: naive.kernel, geometry: geometry, groups: groups
          ).scalars,
        ]
      }
      #expect(results[0] == results[1])
    }
  }

  @Test func columnsAreWindows() {
    var random = TestRandom(7)
    for _ in 0..<60 {
      let naive = NaiveConvolution.random(&random)
      let x = Tensor<Double>.random(naive.inputShape, &random)
      let kernel = PerAxis(naive.kernel)
      let columns = x.imageToColumns(kernel: kernel, geometry: naive.geometry)
      let depth = naive.groups * naive.channels * naive.kernel[0] * naive.kernel[1]
      let area = naive.extents[0] * naive.extents[1]
      #expect(columns.shape == [naive.images, depth, area])
      // Each weight that is 1 at one place takes one row of the columns.
      var one = naive
      (one.groups, one.channels) = (1, naive.groups * naive.channels)
      one.outputs = depth
      let output = x.convolved(
        with: Tensor.identity(depth).reshaped(to: one.weightShape), geometry: naive.geometry)
      #expect(output.reshaped(to: columns.shape) == columns)
      let y = Tensor<Double>.random(Array(columns.shape), &random)
      let image = y.columnsToImage(
        extents: [naive.height, naive.width], kernel: kernel, geometry: naive.geometry)
      #expect(
        isNear(
          image, one.inputGradient(y.scalars, Tensor<Double>.identity(depth).scalars), 1e-13))
    }
    let line = Tensor<Float>([1, 2, 3, 4], shape: [1, 1, 4])
    let columns = line.imageToColumns(kernel: 2, geometry: .init(padding: 1))
    #expect(columns.scalars == [0, 1, 2, 3, 4, 1, 2, 3, 4, 0])
    #expect(
      columns.columnsToImage(extents: [4], kernel: 2, geometry: .init(padding: 1)).scalars
        == [2, 4, 6, 8])
  }
}
