import NN
import Tensor
import Testing

@Suite struct LayerGoldenTests {
  @Test(arguments: LayerGolden.all)
  func doublePrecision(_ golden: LayerGolden) {
    compare(golden, Double.self, tolerance: 1e-13)
  }

  @Test(arguments: LayerGolden.all)
  func singlePrecision(_ golden: LayerGolden) {
    compare(golden, Float.self, tolerance: 5e-6)
  }

  private func compare<S: FloatingPointScalar>(
    _ golden: LayerGolden, _ scalar: S.Type, tolerance: Double
  ) {
    let cotangent = Variable(golden.outputAndCotangent[1].tensor(S.self))
    let inputs = golden.inputs.map { Parameter($0.tensor(S.self)) }
    let (_, gradients) = valueAndGradients(of: inputs) {
      let output = apply(golden.name, inputs.map(\.variable))
      expectClose(output.value, golden.outputAndCotangent[0], tolerance: tolerance, "output")
      return (output * cotangent).sum()
    }
    for (place, (input, expected)) in zip(inputs, golden.gradients).enumerated() {
      expectClose(
        gradients[input]!.value, expected, tolerance: tolerance, "gradient of input \(place)")
    }
  }

  private func apply<S>(_ name: String, _ x: [Variable<S>]) -> Variable<S> {
    switch name {
    case "linear": linear(x[0], weight: x[1], bias: x[2])
    case "linearWithoutBias": linear(x[0], weight: x[1])
    case "relu": ReLU(scalar: S.self)(x[0])
    case "tanh": Tanh(scalar: S.self)(x[0])
    case "sigmoid": Sigmoid(scalar: S.self)(x[0])
    case "softmax": Softmax(scalar: S.self)(x[0])
    case "logSoftmax": x[0].logSoftmax()
    case "softmaxCrossEntropy": softmaxCrossEntropy(x[0], Tensor(LayerGolden.labels))
    case "meanSquaredError": meanSquaredError(x[0], x[1])
    default: fatalError("no layer for the golden \(name)")
    }
  }
}
