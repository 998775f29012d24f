import NN
import Tensor
import Testing

/// Results of PyTorch; see `scripts/make-sampling-goldens`.
struct SamplingGolden {
  var output: [Double]
  var gradients: [[Double]]

  init(_ output: [Double], _ gradients: [[Double]]) {
    self.output = output
    self.gradients = gradients
  }
}

@Suite struct GridSamplingTests {
  private static func counting(_ shape: Shape, _ f: (Int) -> Double) -> Tensor<Double> {
    Tensor((0..<shape.elementCount).map(f), shape: shape)
  }
  private static let images = counting([2, 2, 3, 4]) { Double($0 * 7919 % 101) / 8 - 6 }
  private static func points(_ shape: Shape) -> Tensor<Double> {
    counting(shape) { Double($0 * 37 % 29) / 10 - 1.4 }
  }

  private func check(
    _ name: String, _ inputs: [Tensor<Double>], _ f: ([Variable<Double>]) -> Variable<Double>
  ) throws {
    let golden = try #require(samplingGoldens[name])
    let output = f(inputs.map { Variable($0) }).value
    expectNear(output, golden.output, name)
    let cotangent = Self.counting(output.shape) { Double($0 * 31 % 17) / 4 - 2 }
    let (_, gradients) = valueAndGradient(at: inputs.map { Variable($0) }) {
      (f($0) * Variable(cotangent)).sum()
    }
    for (gradient, expected) in zip(gradients, golden.gradients) {
      expectNear(gradient.value, expected, "gradient of \(name)")
    }
  }

  private func expectNear(_ tensor: Tensor<Double>, _ expected: [Double], _ name: String) {
    #expect(tensor.count == expected.count)
    for (value, expected) in zip(tensor.scalars, expected) {
      #expect(abs(value - expected) <= 1e-10 * (1 + abs(expected)), "\(name)")
    }
  }

  @Test(arguments: GridInterpolation.allCases, GridPadding.allCases)
  func agreesWithPyTorch(_ interpolation: GridInterpolation, _ padding: GridPadding) throws {
    for corners in [false, true] {
      let name = "\(interpolation), \(padding)" + (corners ? ", corners" : "")
      try check(name, [Self.images, Self.points([2, 3, 2, 2])]) {
        $0[0].gridSampled(
          at: $0[1], interpolation: interpolation, padding: padding, aligningCorners: corners)
      }
    }
  }

  @Test func affineGridsAgreeWithPyTorch() throws {
    for corners in [false, true] {
      try check("affine" + (corners ? ", corners" : ""), [Self.points([2, 2, 3])]) {
        affineGrid($0[0], extents: [3, 4], aligningCorners: corners)
      }
    }
  }

  /// The identity gives the image again, a mirror its mirror image.
  @Test(arguments: GridInterpolation.allCases, [false, true])
  func mapsOfImages(_ interpolation: GridInterpolation, _ corners: Bool) {
    let images = Variable(Self.images)
    func mapped(_ map: [Double]) -> Tensor<Double> {
      let maps = Variable(Tensor(map + map, shape: [2, 2, 3]))
      let grid = affineGrid(maps, extents: [3, 4], aligningCorners: corners)
      return images.gridSampled(
        at: grid, interpolation: interpolation, padding: .border, aligningCorners: corners
      ).value
    }
    expectNear(mapped([1, 0, 0, 0, 1, 0]), Self.images.scalars, "identity")
    expectNear(mapped([-1, 0, 0, 0, 1, 0]), Self.images.flipped(axes: [3]).scalars, "mirror")
  }

  @Test func derivativesOfDerivatives() {
    // No point is at a knot.
    let grid = Self.points([2, 2, 3, 2]) + 0.03
    for padding in GridPadding.allCases {
      let report = gradientCheck(at: [Self.images * 0.02, grid]) { x in
        let (_, gradients) = valueAndGradient(at: x) {
          $0[0].gridSampled(at: $0[1], interpolation: .bicubic, padding: padding).squared().sum()
        }
        return gradients[0].squared().sum() + gradients[1].squared().sum()
      }
      #expect(report.isCorrect, "\(padding): \(report)")
    }
  }

  @Test func edgesOfWhatIsAllowed() {
    let images = Variable(Tensor<Float>.ones([1, 2, 3, 3]))
    let far = Variable(Tensor<Float>([.nan, 0, 1e30, 0, .infinity, 0], shape: [1, 1, 3, 2]))
    let result = images.gridSampled(at: far).value
    #expect(result.scalars.map(\.isNaN) == [true, false, true, true, false, true])
    #expect(result[0, 0, 0, 1].item == 0)
    #expect(images.gridSampled(at: far, padding: .border).value[0, 1, 0, 1].item == 1)
    let none = Variable(Tensor<Float>.zeros([0, 2, 3, 3]))
    #expect(none.gridSampled(at: Variable(.zeros([0, 4, 5, 2]))).shape == [0, 2, 4, 5])
    #expect(images.gridSampled(at: Variable(.zeros([1, 0, 5, 2]))).shape == [1, 2, 0, 5])
  }

  @Test func mistakesStop() async {
    await expectMessage(
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Variable(Tensor<Float>.ones([1, 2, 3, 3])).gridSampled(
          at: Variable(.zeros([2, 4, 4, 2])))
      },
      "gridSampled: images [1, 2, 3, 3] and grid [2, 4, 4, 2] do not fit; they must be [n, channels, "
        + "height, width] and [n, h, w, 2]")
    await expectMessage(
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Variable(Tensor<Float>.ones([1, 2, 0, 3])).gridSampled(
          at: Variable(.zeros([1, 4, 4, 2])))
      }, "gridSampled: images [1, 2, 0, 3] have no elements")
    await expectMessage(
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = affineGrid(Variable(Tensor<Float>.ones([1, 2, 2])), extents: [3, 3])
      },
      "affineGrid: maps [1, 2, 2] and extents [3, 3] do not fit; they must be [n, 2, 3] and two "
        + "extents of 0 or more")
  }
}
