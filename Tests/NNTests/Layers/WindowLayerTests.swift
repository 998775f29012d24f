import NN
import Tensor
import Testing

@Suite struct WindowLayerTests {
  @Test func parametersAreThoseOfPyTorch() {
    let conv = Conv2D(4, 6, kernel: [3, 2], groups: 2)
    #expect(Parameters(of: conv).names == ["weight", "bias"])
    #expect(conv.weight.shape == [6, 2, 3, 2] && conv.bias?.shape == [6])
    let bound = 1 / Float(12).squareRoot()
    for value in conv.weight.value.scalars + conv.bias!.value.scalars {
      #expect(abs(value) <= bound && value != 0)
    }
    #expect(conv.weight.value.max().item > 0.8 * bound)
    let transposed = ConvTranspose1D(4, 6, kernel: 3, groups: 2)
    #expect(transposed.weight.shape == [4, 3, 3] && transposed.bias?.shape == [6])
    #expect(Parameters(of: Conv1D(1, 2, kernel: 3, bias: false)).names == ["weight"])
    #expect(Conv1D(2, 3, kernel: 5).weight.shape == [3, 2, 5])
    let made = Conv2D(
      1, 1, kernel: 1, weightInitializer: .constant(2), biasInitializer: .constant(0.5))
    #expect(made(Tensor<Float>([3], shape: [1, 1, 1, 1])).value.item == 6.5)
  }

  @Test func aNetworkReadsAsItIsBuilt() {
    let model = Sequential {
      Conv2D(1, 4, kernel: 3)
      ReLU()
      MaxPool2D(2)
      Flatten()
      Linear(4 * 13 * 13, 10)
    }
    #expect(model.parameters.names == ["0.weight", "0.bias", "4.weight", "4.bias"])
    #expect(model(Tensor<Float>.zeros([2, 1, 28, 28])).shape == [2, 10])
    #expect(model(Tensor<Float>.zeros([0, 1, 28, 28])).shape == [0, 10])
  }

  // Layers find their samples alike with and without a batch.
  @Test func samplesWithoutABatch() {
    var random = RandomGenerator(seed: 2)
    let images = Tensor<Float>.normal([1, 2, 4, 4], using: &random)
    for layer in [
      Conv2D(2, 2, kernel: 3, padding: .same) as any Layer<Float>,
      ConvTranspose2D(2, 1, kernel: 2), MaxPool2D(2), AvgPool2D(2, divisor: 3),
      AdaptiveAvgPool2D(3), AdaptiveMaxPool2D(3), Pad2D(1, mode: .circular),
      InstanceNorm2D(2),
    ] {
      #expect(layer(images[0]).value == layer(images).value[0])
    }
  }

  @Test func sameWithStrideRoundsUp() {
    let layer = Conv1D(1, 1, kernel: 3, stride: 2, padding: .same)
    #expect(layer(Tensor<Float>.zeros([1, 1, 7])).shape == [1, 1, 4])
  }
}
