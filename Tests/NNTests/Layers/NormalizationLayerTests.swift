import NN
import Tensor
import Testing

@Suite struct NormalizationLayerTests {
  private static var training: Context { .training(RandomGenerator(seed: 1)) }

  @Test func namesAndShapesAreThoseOfPyTorch() {
    let batch = Parameters(of: BatchNorm2D(3))
    #expect(batch.names == ["weight", "bias"])
    #expect(batch.bufferNames == ["running_mean", "running_var", "num_batches_tracked"])
    #expect(Parameters(of: BatchNorm1D(3, affine: false)).names.isEmpty)
    #expect(Parameters(of: BatchNorm1D(3, tracksStatistics: false)).bufferNames.isEmpty)
    #expect(Parameters(of: InstanceNorm2D(3)).names.isEmpty)
    #expect(Parameters(of: InstanceNorm2D(3)).bufferNames.isEmpty)
    #expect(Parameters(of: InstanceNorm1D(3, affine: true)).names == ["weight", "bias"])
    #expect(Parameters(of: LayerNorm([2, 3])).names == ["weight", "bias"])
    #expect(LayerNorm([2, 3]).weight?.shape == [2, 3])
    #expect(Parameters(of: LayerNorm(3, bias: false)).names == ["weight"])
    #expect(Parameters(of: RMSNorm(3)).names == ["weight"])
    #expect(Parameters(of: GroupNorm(2, 4)).names == ["weight", "bias"])
    let nested = Sequential {
      Linear(2, 3)
      BatchNorm1D(3).named("norm")
    }
    #expect(nested.parameters.bufferNames.first == "norm.running_mean")
  }

  @Test func startsFromOneAndZero() {
    let layer = BatchNorm1D(2)
    #expect(layer.weight?.value == .ones([2]) && layer.bias?.value == .zeros([2]))
    #expect(layer.statistics?.mean.value == .zeros([2]))
    #expect(layer.statistics?.variance.value == .ones([2]))
    #expect(layer.statistics?.batchCount.value.item == 0)
    var random = RandomGenerator(seed: 1)
    layer.weight?.value = .zeros([2])
    layer.initialize(using: &random)
    #expect(layer.weight?.value == .ones([2]))
  }

  @Test func withoutMomentumTheAverageIsThatOfAllBatches() {
    let layer = BatchNorm1D(1, momentum: nil, scalar: Double.self)
    let batches: [[Double]] = [[1, 3], [2, 8], [-4, 0]]
    let context = Self.training
    for batch in batches { _ = layer(Tensor(batch, shape: [2, 1]), in: context) }
    #expect(layer.statistics?.batchCount.value.item == 3)
    #expect(abs(layer.statistics!.mean.value.scalars[0] - 5.0 / 3) < 1e-15)
    // Unbiased variances 2, 18 and 8.
    #expect(abs(layer.statistics!.variance.value.scalars[0] - 28.0 / 3) < 1e-14)
  }

  @Test func evaluationChangesNothing() {
    let layer = BatchNorm2D(2)
    let x = Tensor<Float>.ones([2, 2, 2, 2]) * 3
    let y = layer(x)
    let expected = 3 / (1 + Float(1e-5)).squareRoot()
    #expect(y.value.scalars.allSatisfy { abs($0 - expected) < 1e-6 })
    #expect(layer.statistics?.mean.value == .zeros([2]))
    #expect(layer.statistics?.batchCount.value.item == 0)
  }

  @Test func anEmptyBatchLeavesTheStatistics() {
    let layer = BatchNorm1D(2)
    #expect(layer(Tensor.zeros([0, 2]), in: Self.training).shape == [0, 2])
    #expect(layer.statistics?.mean.value == .zeros([2]))
    #expect(layer.statistics?.batchCount.value.item == 0)
    let instance = InstanceNorm1D(2, tracksStatistics: true)
    #expect(instance(Tensor.zeros([0, 2, 3]), in: Self.training).shape == [0, 2, 3])
    #expect(instance.statistics?.variance.value == .ones([2]))
  }

  // Running statistics are constants: what they were made of gets no gradient through them.
  @Test func inEvaluationEachSampleIsOnItsOwn() {
    let layer = BatchNorm1D(1, scalar: Double.self)
    layer.statistics?.variance.value = Tensor([3 - 1e-5])
    let x = Variable(Tensor<Double>([1, 5], shape: [2, 1]))
    let g = gradient(at: x) { (layer($0) * Variable(Tensor([1, 2], shape: [2, 1]))).sum() }
    let slope = 1 / 3.0.squareRoot()
    #expect(abs(g.value.scalars[0] - slope) < 1e-15 && abs(g.value.scalars[1] - 2 * slope) < 1e-15)
  }

  // A mean far from zero costs no digits: the deviations are taken before anything is scaled.
  @Test func largeMeansDoNotCancel() {
    let values = (0..<64).map { Float(10_000 + $0 % 2) }
    let x = Tensor(values, shape: [64, 1])
    let y = BatchNorm1D(1, epsilon: 0)(x, in: Self.training)
    #expect(y.value.scalars == values.map { $0 == 10_000 ? -1 : 1 })
  }

  @Test func resultsAreTheSameBitsForAnyNumberOfThreads() {
    var random = RandomGenerator(seed: 3)
    let x = Variable(Tensor<Float>.normal([8, 4, 16, 16], using: &random))
    let layer = BatchNorm2D(4)
    let context = Self.training
    func results() -> [Tensor<Float>] {
      let (value, gradient) = valueAndGradient(at: [x]) { layer($0[0], in: context).exp().sum() }
      return [value.value, gradient[0].value]
    }
    let all = results()
    let threads = ThreadPool.threadCount
    defer { ThreadPool.threadCount = threads }
    ThreadPool.threadCount = 1
    #expect(results() == all)
  }
}
