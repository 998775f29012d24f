import NN
import Tensor
import Testing

@Suite struct ActivationLayerTests {
  typealias Function = @Sendable (Variable<Float>) -> Variable<Float>

  @Test func layersAreTheirFunctions() {
    let pairs: [(any Layer<Float>, Function)] = [
      (ReLU(), { $0.relu() }),
      (Tanh(), { $0.tanh() }),
      (Sigmoid(), { $0.sigmoid() }),
      (Softmax(), { $0.softmax() }),
      (Softmax(axis: 0), { $0.softmax(axis: 0) }),
      (LeakyReLU(), { $0.leakyRelu() }),
      (LeakyReLU(slope: 0.3), { $0.leakyRelu(slope: 0.3) }),
      (ELU(), { $0.elu() }),
      (ELU(alpha: 2), { $0.elu(alpha: 2) }),
      (SELU(), { $0.selu() }),
      (CELU(alpha: 2), { $0.celu(alpha: 2) }),
      (GELU(), { $0.gelu() }),
      (GELU(approximation: .tanh), { $0.gelu(approximation: .tanh) }),
      (SiLU(), { $0.silu() }),
      (Mish(), { $0.mish() }),
      (Softplus(), { $0.softplus() }),
      (Softplus(beta: 2, threshold: 3), { $0.softplus(beta: 2, threshold: 3) }),
      (Softsign(), { $0.softsign() }),
      (LogSigmoid(), { $0.logSigmoid() }),
      (HardSigmoid(), { $0.hardSigmoid() }),
      (HardSwish(), { $0.hardSwish() }),
      (HardTanh(), { $0.hardTanh() }),
      (HardTanh(range: -2...0.5), { $0.hardTanh(in: -2...0.5) }),
      (ReLU6(), { $0.relu6() }),
      (TanhShrink(), { $0.tanhShrink() }),
      (SoftShrink(lambda: 0.7), { $0.softShrink(lambda: 0.7) }),
      (HardShrink(lambda: 0.7), { $0.hardShrink(lambda: 0.7) }),
      (Threshold(0.2, replacement: 9), { $0.thresholded(at: 0.2, replacement: 9) }),
      (LogSoftmax(), { $0.logSoftmax() }),
      (LogSoftmax(axis: 0), { $0.logSoftmax(axis: 0) }),
      (Softmin(axis: 0), { $0.softmin(axis: 0) }),
      (GLU(), { $0.glu() }),
      (SwiGLU(axis: 0), { $0.swiglu(axis: 0) }),
    ]
    var random = RandomGenerator(seed: 3)
    let x = Variable(Tensor<Float>.normal([4, 6], standardDeviation: 3, using: &random))
    for (layer, function) in pairs {
      #expect(Self.output(of: layer, x).value == function(x).value, "\(layer)")
      #expect(Parameters(of: layer).count == 0, "\(layer)")
    }
  }

  private static func output(of layer: some Layer<Float>, _ x: Variable<Float>) -> Variable<Float> {
    layer(x)
  }

  @Test func preluLearnsItsSlopes() {
    let layer = PReLU(channels: 3)
    #expect(Parameters(of: layer).names == ["weight"])
    #expect(layer.weight.value == Tensor(repeating: 0.25, shape: [3]))
    #expect(PReLU().weight.shape == [1])
    let x = Tensor<Float>([[-4, 2, -8], [4, -4, 0]])
    #expect(layer(x).value == Tensor([[-1, 2, -2], [4, -1, 0]]))
    let (_, gradients) = valueAndGradients(of: layer) { layer(x).sum() }
    #expect(gradients[layer.weight]!.value == Tensor([-4, -4, -8]))
  }

  @Test func misuse() async {
    let channels = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = PReLU(channels: 3)(Tensor<Float>.ones([2, 4]))
    }
    expectMessage(
      channels,
      "PReLU: prelu: a weight of shape [1] or one number for each channel of [2, 4] is needed, "
        + "got shape [3]")
    let none = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = PReLU(channels: 0)
    }
    expectMessage(none, "PReLU: the number of channels must be positive, got 0")
    let odd = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Variable(Tensor<Float>.ones([2, 3])).glu()
    }
    expectMessage(odd, "glu: axis 1 of shape [2, 3] has no two halves")
  }
}
