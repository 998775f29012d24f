import Tensor
import Testing

/// Results of PyTorch and ONNX; see `scripts/make-window-goldens`.
struct WindowGolden {
  var input: [Int]
  var shape: [Int]
  var output: [Double]
  var gradient: [Double]

  init(_ input: [Int], _ shape: [Int], _ output: [Double], _ gradient: [Double]) {
    self.input = input
    self.shape = shape
    self.output = output
    self.gradient = gradient
  }

  static func counting(_ shape: [Int], _ f: (Int) -> Double) -> Tensor<Double> {
    Tensor((0..<shape.reduce(1, *)).map(f), shape: Shape(shape))
  }

  static func elements(_ shape: [Int]) -> Tensor<Double> {
    counting(shape) { Double($0 * 7919 % 101) / 8 - 6 }
  }
}

struct PoolingTests {
  typealias Case = (
    output: @Sendable (Tensor<Double>) -> Tensor<Double>,
    gradient: @Sendable (_ input: Tensor<Double>, _ gradient: Tensor<Double>) -> Tensor<Double>
  )

  private static func max(
    _ kernel: PerAxis, _ geometry: WindowGeometry, roundingUp: Bool = true
  ) -> Case {
    (
      { $0.maxPooled(kernel: kernel, geometry: geometry, roundingUp: roundingUp) },
      { x, g in
        let (values, places) = x.maxPooledWithPlaces(
          kernel: kernel, geometry: geometry, roundingUp: roundingUp)
        #expect(values == x.maxPooled(kernel: kernel, geometry: geometry, roundingUp: roundingUp))
        return g.maxPoolingInputGradient(places: places, inputShape: x.shape)
      }
    )
  }

  private static func average(
    _ kernel: PerAxis, _ geometry: WindowGeometry, roundingUp: Bool = false, counts: Bool = true
  ) -> Case {
    (
      {
        $0.averagePooled(
          kernel: kernel, geometry: geometry, roundingUp: roundingUp, countsPadding: counts)
      },
      {
        $1.averagePoolingInputGradient(
          inputShape: $0.shape, kernel: kernel, geometry: geometry, roundingUp: roundingUp,
          countsPadding: counts)
      }
    )
  }

  private static func resize(_ extents: [Int], _ mode: ResizeMode) -> Case {
    (
      { $0.resized(to: extents, mode: mode) },
      { $1.resizingInputGradient(inputShape: $0.shape, mode: mode) }
    )
  }

  private static func resize(by factors: [Double], _ mode: ResizeMode) -> Case {
    (
      { $0.resized(by: factors, mode: mode) },
      { $1.resizingInputGradient(inputShape: $0.shape, factors: factors, mode: mode) }
    )
  }

  private static func convolution(
    _ weight: [Int], bias: Int?, _ geometry: WindowGeometry, groups: Int
  ) -> Case {
    let w = WindowGolden.elements(weight)
    return (
      {
        $0.convolved(
          with: w, bias: bias.map { WindowGolden.elements([$0]) }, geometry: geometry,
          groups: groups)
      },
      {
        $1.transposeConvolved(
          with: w, geometry: geometry, groups: groups, extents: Array($0.shape.suffix(2)))
      }
    )
  }

  static let cases: [String: Case] = [
    "max: ceil mode": max(2, .init(stride: 2)),
    "max: ceil mode and padding": max(3, .init(stride: 2, padding: 1)),
    "max: dilation and padding": max(
      [3, 2], .init(stride: [2, 1], padding: 1, dilation: [2, 3]), roundingUp: false),
    "max: one axis": max(3, .init(stride: 2, padding: 1)),
    "average: counting padding": average(3, .init(stride: 2, padding: 1)),
    "average: not counting padding": average(3, .init(stride: 2, padding: 1), counts: false),
    "average: ceil mode, counting": average(3, .init(stride: 2, padding: 1), roundingUp: true),
    "average: ceil mode, not counting": average(
      [3, 2], .init(stride: [2, 3], padding: [1, 0]), roundingUp: true, counts: false),
    "average: one axis": average(3, .init(stride: 3), roundingUp: true),
    "adaptive average": (
      { $0.adaptiveAveragePooled(to: [3, 4]) },
      { $1.adaptiveAveragePoolingInputGradient(inputShape: $0.shape) }
    ),
    "adaptive max": (
      { $0.adaptiveMaxPooled(to: [3, 4]).values },
      {
        $1.maxPoolingInputGradient(
          places: $0.adaptiveMaxPooled(to: [3, 4]).places, inputShape: $0.shape)
      }
    ),
    "nearest up": resize([7, 8], .nearest),
    "nearest down": resize([4, 3], .nearest),
    "nearest exact": resize([7, 3], .nearestCenter),
    "nearest by factors": resize(by: [1.7, 0.8], .nearest),
    "bilinear up": resize([5, 9], .bilinear(aligningCorners: false)),
    "bilinear down": resize([4, 3], .bilinear(aligningCorners: false)),
    "bilinear, corners": resize([7, 3], .bilinear(aligningCorners: true)),
    "bilinear, corners, to one": resize([1, 6], .bilinear(aligningCorners: true)),
    "bilinear by factors": resize(by: [1.7, 2.3], .bilinear(aligningCorners: false)),
    "linear": resize([8], .bilinear(aligningCorners: false)),
    "bilinear, antialiased": resize(
      [4, 11], .bilinear(aligningCorners: false, antialiasing: true)),
    "bilinear, antialiased, corners": resize(
      [4, 3], .bilinear(aligningCorners: true, antialiasing: true)),
    "bilinear, antialiased by factors": resize(
      by: [0.4, 0.7], .bilinear(aligningCorners: false, antialiasing: true)),
    "bicubic up": resize([5, 9], .bicubic(aligningCorners: false)),
    "bicubic down": resize([4, 3], .bicubic(aligningCorners: false)),
    "bicubic, corners": resize([7, 3], .bicubic(aligningCorners: true)),
    "bicubic, corners, to one": resize([1, 6], .bicubic(aligningCorners: true)),
    "bicubic by factors": resize(by: [1.7, 1.1], .bicubic(aligningCorners: false)),
    "bicubic, antialiased": resize(
      [4, 11], .bicubic(aligningCorners: false, antialiasing: true)),
    "bicubic, antialiased, corners": resize(
      [4, 3], .bicubic(aligningCorners: true, antialiasing: true)),
    "rounded down, asymmetric": resize(by: [1.7, 0.6], .rounded(.down, in: .asymmetric)),
    "rounded up, half pixel": resize([7, 8], .rounded(.up, in: .halfPixel)),
    "rounded, halves down": resize([2, 9], .rounded(.halfDown, in: .halfPixel)),
    "rounded, halves up, corners": resize([9, 3], .rounded(.halfUp, in: .alignedCorners)),
    "linear, asymmetric": resize([7, 3], .linear(in: .asymmetric)),
    "linear, symmetric": resize(by: [2.3, 0.6], .linear(in: .halfPixelSymmetric)),
    "linear, first of one": resize([1, 6], .linear(in: .halfPixelUnlessSingle)),
    "cubic, asymmetric": resize(by: [1.6, 0.7], .cubic(in: .asymmetric)),
    "cubic, inside alone": resize(
      [7, 3], .cubic(in: .halfPixel, slope: -0.5, omittingOutside: true)),
    "convolution": convolution(
      [6, 2, 3, 2], bias: 6, .init(stride: [2, 1], padding: [2, 1], dilation: [2, 3]), groups: 2),
    "depthwise": convolution([6, 1, 3, 3], bias: nil, .init(padding: 1), groups: 3),
    "transposed": (
      {
        $0.transposeConvolved(
          with: WindowGolden.elements([4, 2, 3, 2]), bias: WindowGolden.elements([4]),
          geometry: .init(stride: [2, 3], padding: [1, 0], dilation: [2, 1]), groups: 2,
          outputPadding: [1, 2])
      },
      {
        $1.convolved(
          with: WindowGolden.elements([4, 2, 3, 2]),
          geometry: .init(stride: [2, 3], padding: [1, 0], dilation: [2, 1]), groups: 2
        ).resized(to: Array($0.shape.suffix(2)), mode: .nearest)
      }
    ),
  ]

  @Test func everyGoldenHasItsCase() {
    #expect(Set(windowGoldens.keys) == Set(Self.cases.keys))
  }

  @Test(arguments: windowGoldens.keys.sorted())
  func agreesWithTheGolden(_ name: String) throws {
    let golden = try #require(windowGoldens[name])
    let (output, gradient) = try #require(Self.cases[name])
    let x = WindowGolden.elements(golden.input)
    let y = output(x)
    #expect(Array(y.shape) == golden.shape)
    // ONNX's reference weighs cubics in single precision.
    let tolerance = name.hasPrefix("cubic") ? 1e-5 : 1e-12
    #expect(isNear(y, golden.output, tolerance))
    let cotangent = WindowGolden.counting(golden.shape) { Double($0 * 31 % 17) / 4 - 2 }
    let back = gradient(x, cotangent)
    #expect(Array(back.shape) == golden.input)
    #expect(isNear(back, golden.gradient, tolerance))
  }

  /// Any geometry, arrangement and type against loops.
  @Test func poolsAsLoopsDo() {
    var random = TestRandom(8)
    func check<Scalar: FloatingPointScalar>(_: Scalar.Type, _ naive: NaiveConvolution) {
      var naive = naive
      let reach = (0...1).map { naive.dilation[$0] * (naive.kernel[$0] - 1) }
      naive.before = zip(naive.before, reach).map { min($0, $1) }
      naive.after = zip(naive.after, reach).map { min($0, $1) }
      guard naive.extents.allSatisfy({ $0 > 0 }) else { return }
      let x: Tensor<Scalar> = Arrangement.allCases.randomElement(using: &random)!.tensor(
        naive.inputShape, using: &random
      ) { Scalar(Int.random(in: -9...9, using: &$0)) }
      let kernel = PerAxis(naive.kernel)
      let (values, places) = x.maxPooledWithPlaces(kernel: kernel, geometry: naive.geometry)
      let averages = x.averagePooled(kernel: kernel, geometry: naive.geometry)
      let inside = x.averagePooled(
        kernel: kernel, geometry: naive.geometry, countsPadding: false)
      let (elements, area) = (x.doubles, naive.height * naive.width)
      for (number, index) in indices(of: Array(values.shape)).enumerated() {
        var taps: [(Double, Int)] = []
        for ky in 0..<naive.kernel[0] {
          for kx in 0..<naive.kernel[1] {
            let y = index[2] * naive.stride[0] + ky * naive.dilation[0] - naive.before[0]
            let x = index[3] * naive.stride[1] + kx * naive.dilation[1] - naive.before[1]
            guard (0..<naive.height).contains(y) && (0..<naive.width).contains(x) else { continue }
            let place = y * naive.width + x
            let plane = index[0] * naive.groups * naive.channels + index[1]
            taps.append((elements[plane * area + place], place))
          }
        }
        let sum = taps.reduce(0) { $0 + $1.0 }
        let best = taps.reduce((-Double.infinity, -1)) { $1.0 > $0.0 ? $1 : $0 }
        #expect(Double(values.scalars[number]) == best.0)
        #expect(Int(places.scalars[number]) == best.1)
        let whole = Scalar(sum) / Scalar(naive.kernel[0] * naive.kernel[1])
        #expect(averages.scalars[number] == whole)
        #expect(inside.scalars[number] == (taps.isEmpty ? 0 : Scalar(sum) / Scalar(taps.count)))
      }
      // ⟨pool x, g⟩ = ⟨x, gradient of g⟩, exact in small integers for the greatest elements.
      let g = Tensor<Scalar>.random(Array(values.shape), &random)
      let back = g.maxPoolingInputGradient(places: places, inputShape: x.shape)
      if !values.doubles.contains(-.infinity) {
        #expect(isNear((back * x).sum(), [(values * g).sum().doubles[0]], 1e-5))
      }
      let spread = g.averagePoolingInputGradient(
        inputShape: x.shape, kernel: kernel, geometry: naive.geometry)
      #expect(isNear((spread * x).sum(), [(averages * g).sum().doubles[0]], 1e-5))
    }
    for _ in 0..<12 {
      var naive = NaiveConvolution.random(&random)
      naive.images = min(naive.images, 1)
      check(Double.self, naive)
      check(Float.self, naive)
    }
  }

  @Test func notANumberWinsAndTheFirstOfEquals() {
    let x = Tensor<Float>([1, 3, 3, .nan, 2, .nan, -.infinity, -.infinity], shape: [1, 1, 8])
    let (values, places) = x.maxPooledWithPlaces(kernel: 2)
    #expect(values.scalars.map(\.isNaN) == [false, true, true, false])
    #expect(places.scalars == [1, 3, 5, 6])
    #expect(x.maxPooledWithPlaces(kernel: 3, geometry: .init()).places.scalars[0...2] == [1, 3, 3])
    #expect(x.averagePooled(kernel: 8).scalars[0].isNaN)
  }

  @Test func emptyBatches() {
    let none = Tensor<Float>.zeros([0, 3, 4, 4])
    #expect(none.maxPooled(kernel: 2).shape == [0, 3, 2, 2])
    #expect(none.averagePooled(kernel: 2).shape == [0, 3, 2, 2])
    #expect(none.resized(to: [2, 2], mode: .nearest).shape == [0, 3, 2, 2])
    #expect(none.adaptiveAveragePooled(to: 1).shape == [0, 3, 1, 1])
    let gradient = Tensor<Float>.zeros([0, 3, 2, 2])
    #expect(
      gradient.averagePoolingInputGradient(inputShape: none.shape, kernel: 2).shape == none.shape)
    #expect(gradient.resizingInputGradient(inputShape: none.shape, mode: .nearest) == none)
  }

  @Test func resizingFloats() {
    var random = TestRandom(9)
    let x = Tensor<Float>.random([2, 3, 5, 7], &random)
    let modes: [ResizeMode] = [
      .nearest, .nearestCenter, .bilinear(aligningCorners: true), .bilinear(aligningCorners: false),
      .bilinear(aligningCorners: false, antialiasing: true), .bicubic(aligningCorners: false),
      .bicubic(aligningCorners: true), .bicubic(aligningCorners: true, antialiasing: true),
      .rounded(.halfDown, in: .halfPixelSymmetric), .linear(in: .asymmetric),
      .cubic(in: .alignedCorners, slope: -0.6, omittingOutside: true),
    ]
    for mode in modes {
      #expect(x.resized(to: [5, 7], mode: mode) == x)
      let y = x.resized(to: [9, 4], mode: mode)
      #expect(isNear(y, Tensor<Double>(x).resized(to: [9, 4], mode: mode).scalars, 1e-5))
      let g = Tensor<Float>.random([2, 3, 9, 4], &random)
      let back = g.resizingInputGradient(inputShape: x.shape, mode: mode)
      #expect(isNear((back * x).sum(), [(g * y).sum().doubles[0]], 1e-5))
    }
  }

  @Test func addsPartsByIndices() {
    var random = TestRandom(10)
    let count = ThreadPool.threadCount
    defer { ThreadPool.threadCount = count }
    for (shape, axis, indices) in [
      ([7, 150], 0, [2, 3]), ([3, 5, 4], 1, [6]), ([3, 5], -1, []), ([4, 0], 0, [3]),
      ([6], 0, [40]),
    ] {
      let axis = axis < 0 ? axis + shape.count : axis
      let positions = Tensor<Int32>(
        (0..<indices.reduce(1, *)).map { _ in
          Int32.random(in: Int32(-shape[axis])..<Int32(shape[axis]), using: &random)
        }, shape: Shape(indices))
      let start = Tensor<Float>.random(shape, &random)
      let source = Tensor<Float>.random(
        Array(shape[..<axis]) + indices + Array(shape[(axis + 1)...]), &random)
      // One after another, in order: the same roundings.
      var expected = start
      let flat = source.reshaped(
        to: Shape(Array(shape[..<axis]) + [positions.count] + Array(shape[(axis + 1)...])))
      for (number, position) in positions.scalars.enumerated() {
        let row = Tensor<Int32>([position])
        let part = flat.take(Tensor<Int32>([Int32(number)]), axis: axis)
        expected[row, axis: axis] = expected[row, axis: axis] + part
      }
      for threads in [1, 3] {
        ThreadPool.threadCount = threads
        var result = start
        result.indexAdd(source, at: positions, axis: axis)
        #expect(result == expected)
      }
    }
    var bytes = Tensor<UInt8>([250, 1])
    bytes.indexAdd(Tensor<UInt8>([10, 10]), at: Tensor<Int64>([0, 0]))
    #expect(bytes.scalars == [14, 1])
  }
}
