import Tensor

/// The cases of `bench conv`. `Benchmarks/peers/conv.py` has the same, under the same names.
enum ConvCases {
  static var all: [BenchCase] {
    Layer(channels: 32, outputs: 64).cases("conv 3x3")
      + Layer(channels: 1, outputs: 32).cases("conv 3x3")
      + Layer(channels: 32, outputs: 64, padding: 0).cases("conv 3x3 valid")
      + Layer(channels: 32, outputs: 64, stride: 2).cases("conv 3x3 stride 2")
      + Layer(channels: 32, outputs: 64, kernel: 1, padding: 0).cases("conv 1x1")
      + Layer(channels: 32, outputs: 32, groups: 32).cases("depthwise 3x3")
      + pooling
  }

  /// Windows of 2x2 side by side, whose time is that of memory.
  private static var pooling: [BenchCase] {
    let shape: Shape = [64, 32, 28, 28]
    let size = "64x32x28x28"
    let bytes = 4 * shape.elementCount
    func input() -> Tensor<Float> { Pattern.floats(shape, in: -1..<1, seed: 1) }
    func gradient() -> Tensor<Float> { Pattern.floats([64, 32, 14, 14], in: -1..<1, seed: 2) }
    return [
      BenchCase("max pool 2x2", size, .bytes(bytes * 5 / 4)) {
        let input = input()
        return { input.maxPooled(kernel: 2) }
      },
      BenchCase("max pool 2x2 input gradient", size, .bytes(bytes * 3 / 2)) {
        let places = input().maxPooledWithPlaces(kernel: 2).places
        let gradient = gradient()
        return { gradient.maxPoolingInputGradient(places: places, inputShape: shape) }
      },
      BenchCase("average pool 2x2", size, .bytes(bytes * 5 / 4)) {
        let input = input()
        return { input.averagePooled(kernel: 2) }
      },
      BenchCase("average pool 2x2 input gradient", size, .bytes(bytes * 5 / 4)) {
        let gradient = gradient()
        return { gradient.averagePoolingInputGradient(inputShape: shape, kernel: 2) }
      },
    ]
  }

  /// A convolution of 64 images of 28x28.
  private struct Layer {
    var channels: Int
    var outputs: Int
    var kernel = 3
    var padding = 1
    var stride = 1
    var groups = 1

    private var extent: Int { 28 }
    private var outputExtent: Int { (extent + 2 * padding - kernel) / stride + 1 }
    private var inputShape: Shape { [64, channels, extent, extent] }
    private var weightShape: Shape { [outputs, channels / groups, kernel, kernel] }
    private var outputShape: Shape { [64, outputs, outputExtent, outputExtent] }
    private var geometry: WindowGeometry {
      WindowGeometry(stride: PerAxis(stride), padding: .symmetric(PerAxis(padding)))
    }

    /// Forward and the gradients of input and weight: all take as many operations.
    func cases(_ name: String) -> [BenchCase] {
      let size = "64x\(channels)x28x28-\(outputs)"
      let perElement = 2 * channels / groups * kernel * kernel
      let operations = Double(outputShape.elementCount) * Double(perElement)
      let layer = self
      return [
        BenchCase(name, size, .operations(operations)) {
          let input = layer.input
          let weight = layer.weight
          return {
            input.convolved(with: weight, geometry: layer.geometry, groups: layer.groups)
          }
        },
        BenchCase("\(name) input gradient", size, .operations(operations)) {
          let gradient = layer.gradient
          let weight = layer.weight
          return {
            gradient.transposeConvolved(
              with: weight, geometry: layer.geometry, groups: layer.groups,
              extents: [layer.extent, layer.extent])
          }
        },
        BenchCase("\(name) weight gradient", size, .operations(operations)) {
          let input = layer.input
          let gradient = layer.gradient
          return {
            input.convolutionWeightGradient(
              outputGradient: gradient, kernel: [layer.kernel, layer.kernel],
              geometry: layer.geometry, groups: layer.groups)
          }
        },
      ]
    }

    private var input: Tensor<Float> { Pattern.floats(inputShape, in: -1..<1, seed: 1) }
    private var weight: Tensor<Float> { Pattern.floats(weightShape, in: -1..<1, seed: 2) }
    private var gradient: Tensor<Float> { Pattern.floats(outputShape, in: -1..<1, seed: 3) }
  }
}
