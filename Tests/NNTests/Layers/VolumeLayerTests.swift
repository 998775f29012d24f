import NN
import Tensor
import Testing

/// Layers of volumes against PyTorch's; see `scripts/make-volume-goldens`.
@Suite struct VolumeLayerTests {
  static let goldens = GoldenFile("volumes")

  static func layer<S: FloatingPointScalar>(_ golden: String) -> (any Layer<S>)? {
    switch golden {
    case "conv3d": Conv3D(2, 3, kernel: 2, scalar: S.self)
    case "conv3d-options":
      Conv3D(
        4, 2, kernel: [2, 3, 2], stride: [2, 1, 2], padding: [1, 2, 0], dilation: [2, 1, 2],
        groups: 2, scalar: S.self)
    case "conv3d-same":
      Conv3D(1, 2, kernel: [3, 2, 3], padding: .same, bias: false, scalar: S.self)
    case "conv3d-replicate":
      Conv3D(1, 2, kernel: 3, padding: 1, paddingMode: .replicate, scalar: S.self)
    case "conv3d-sample": Conv3D(2, 1, kernel: 2, scalar: S.self)
    case "maxpool3d": MaxPool3D(2, scalar: S.self)
    case "maxpool3d-options":
      MaxPool3D(
        [2, 3, 2], stride: [1, 2, 2], padding: [1, 1, 0], roundingUp: true, scalar: S.self)
    case "avgpool3d": AvgPool3D(2, stride: 1, scalar: S.self)
    case "avgpool3d-options":
      AvgPool3D(
        [2, 3, 2], stride: 2, padding: 1, roundingUp: true, countsPadding: false, scalar: S.self)
    case "avgpool3d-ceil": AvgPool3D(3, stride: 2, padding: 1, roundingUp: true, scalar: S.self)
    case "avgpool3d-divisor": AvgPool3D(2, divisor: 3, scalar: S.self)
    case "batchnorm3d": BatchNorm3D(2, scalar: S.self)
    case "convtranspose3d": ConvTranspose3D(2, 3, kernel: 2, scalar: S.self)
    case "convtranspose3d-options":
      ConvTranspose3D(
        4, 2, kernel: [3, 2, 3], stride: [2, 3, 1], padding: [1, 0, 2], outputPadding: [1, 2, 0],
        dilation: [1, 2, 2], groups: 2, scalar: S.self)
    case "convtranspose3d-cut":
      ConvTranspose3D(1, 1, kernel: 2, padding: 1, bias: false, scalar: S.self)
    case "adaptiveavgpool3d": AdaptiveAvgPool3D([2, 1, 3], scalar: S.self)
    case "upsample-nearest": Upsample(by: [2, 1.5, 1], scalar: S.self)
    case "upsample-trilinear":
      Upsample(to: [3, 5, 2], mode: .bilinear(aligningCorners: false), scalar: S.self)
    case "upsample-corners":
      Upsample(by: 2, mode: .bilinear(aligningCorners: true), scalar: S.self)
    default: nil
    }
  }

  @Test(arguments: goldens.cases)
  func agreesWithPyTorch(_ golden: String) throws {
    try check(golden, Double.self, tolerance: 1e-12)
    try check(golden, Float.self, tolerance: 1e-5)
  }

  private func check<S: FloatingPointScalar>(
    _ golden: String, _: S.Type, tolerance: Double
  ) throws {
    let layer: any Layer<S> = try #require(Self.layer(golden))
    try Self.goldens.check(golden, model: layer, S.self, tolerance: tolerance) {
      [layer($0[0], in: .training(RandomGenerator(seed: 1)))]
    }
  }

  @Test func derivativesOfDerivatives() {
    let x = Tensor<Double>.linearSpace(from: -1, through: 1, count: 24).sin() * 3
    let inputs = [x.reshaped(to: [1, 1, 2, 3, 4]), x[0..<8].reshaped(to: [1, 1, 2, 2, 2])]
    let report = gradientCheck(at: inputs) { inputs in
      let (_, gradients) = valueAndGradient(at: inputs) {
        $0[0].convolved(with: $0[1]).squared().averagePooled(kernel: [1, 2, 2]).sum()
      }
      return gradients[0].squared().sum() + gradients[1].squared().sum()
    }
    #expect(report.isCorrect, "\(report)")
  }

  @Test func emptyBatches() {
    let none = Variable(Tensor<Float>.zeros([0, 2, 3, 4, 4]))
    #expect(Conv3D(2, 5, kernel: 2)(none, in: .evaluation).shape == [0, 5, 2, 3, 3])
    #expect(MaxPool3D<Float>(2)(none, in: .evaluation).shape == [0, 2, 1, 2, 2])
    #expect(AvgPool3D<Float>(2)(none, in: .evaluation).shape == [0, 2, 1, 2, 2])
  }

  /// Explicit extents say how far a transposed convolution reaches: it is the gradient of the other.
  @Test func transposedConvolutionIsTheGradient() {
    let x = Tensor<Double>.linearSpace(from: -1, through: 1, count: 2 * 5 * 4 * 6).cos()
      .reshaped(to: [1, 2, 5, 4, 6])
    let weight = Tensor<Double>.linearSpace(from: -2, through: 3, count: 3 * 2 * 8).sin()
      .reshaped(to: [3, 2, 2, 2, 2])
    for padding in [WindowPadding.symmetric(1), .same, .asymmetric(before: 0, after: [1, 0, 1])] {
      let geometry = WindowGeometry(stride: [2, 1, 3], padding: padding)
      let y = Variable(x).convolved(with: Variable(weight), geometry: geometry).value
      let g = Tensor<Double>.linearSpace(from: 0, through: 9, count: y.count).sin()
        .reshaped(to: y.shape)
      let back = Variable(g).transposeConvolved(
        with: Variable(weight), geometry: geometry, extents: [5, 4, 6]
      ).value
      #expect(back.shape == x.shape)
      #expect(abs((back * x).sum().item - (g * y).sum().item) < 1e-10)
    }
  }

  @Test func mistakesStop() async {
    await expectMessage(
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Conv3D(2, 3, kernel: 3)(Variable(Tensor<Float>.ones([1, 2, 2, 5, 5])), in: .evaluation)
      },
      "Conv3D: kernel [3, 3, 3] reaches over [3, 3, 3] elements, more than the [2, 5, 5] of input "
        + "[1, 2, 2, 5, 5] with its padding")
    await expectMessage(
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Conv3D(2, 3, kernel: 1)(Variable(Tensor<Float>.ones([2, 5, 5])), in: .evaluation)
      },
      "Conv3D: input [2, 5, 5] does not fit 2 channels; it must be [n, 2, depth, height, width] or [2, "
        + "depth, height, width]")
    await expectMessage(
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Variable(Tensor<Float>.ones([1, 2, 5, 5, 5])).convolved(
          with: Variable(.ones([2, 2, 3, 3])))
      },
      "convolved: input [1, 2, 5, 5, 5] and weight [2, 2, 3, 3] do not fit; both need five axes")
    await expectMessage(
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Variable(Tensor<Float>.ones([1, 2, 5, 5, 5])).maxPooled(kernel: [2, 2])
      }, "maxPooled: kernel [2, 2] does not fit 3 axes")
    await expectMessage(
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Variable(Tensor<Float>.ones([1, 2, 5, 5, 5])).averagePooled(
          kernel: 2, geometry: .init(stride: [2, 2]))
      }, "averagePooled: stride [2, 2] does not fit 3 axes")
    await expectMessage(
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Variable(Tensor<Float>.ones([1, 2, 2, 2, 2])).transposeConvolved(
          with: Variable(.ones([2, 2, 3, 3])))
      },
      "transposeConvolved: input [1, 2, 2, 2, 2], weight [2, 2, 3, 3], output padding 0 and extents nil "
        + "do not fit volumes")
    await expectMessage(
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Variable(Tensor<Float>.ones([1, 2, 2, 2, 2])).adaptiveAveragePooled(to: [1, 2])
      }, "adaptiveAveragePooled: extents [1, 2] do not fit 3 axes")
    await expectMessage(
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Upsample(by: 2)(Variable(Tensor<Float>.ones([3, 4])), in: .evaluation)
      },
      "Upsample: input [3, 4] does not fit; it must be [n, channels, …] with one, two or three axes more"
    )
    await expectMessage(
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = BatchNorm3D<Float>(2)(Variable(.ones([1, 2, 5, 5])), in: .evaluation)
      },
      "BatchNorm3D: input [1, 2, 5, 5] does not fit 2 channels; it must be [n, 2, depth, height, width]"
    )
  }
}
