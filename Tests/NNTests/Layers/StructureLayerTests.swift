import NN
import Tensor
import Testing

@Suite struct StructureLayerTests {
  private static func training(_ seed: UInt64 = 1) -> Context {
    .training(RandomGenerator(seed: seed))
  }

  // MARK: Dropout

  @Test func dropoutZeroesAndScales() {
    let y = Dropout(0.25)(Tensor<Float>.ones([100, 100]), in: Self.training()).value
    let kept = y.scalars.filter { $0 != 0 }
    #expect(kept.allSatisfy { $0 == Float(1 / 0.75) })
    // Ten thousand draws: the share lies within five standard deviations.
    let share = Double(kept.count) / 10_000
    #expect(abs(share - 0.75) < 0.0217)
  }

  @Test func dropoutOfChannelsDropsAllOfOne() {
    for (layer, shape) in [
      (Dropout1D() as any Layer<Float>, [40, 8, 5]), (Dropout2D(), [40, 8, 2, 3]),
    ] {
      let y = layer(Tensor<Float>.ones(Shape(shape)), in: Self.training()).value
        .reshaped(to: [320, area(shape)])
      let sums = y.sum(axes: [1]).scalars
      #expect(Set(sums) == [0, 2 * Float(y.shape[1])])
      let one = layer(
        Tensor<Float>.ones(Shape(shape.dropFirst())), in: Self.training()
      ).value
      #expect(one.shape == Shape(shape.dropFirst()))
      #expect(Set(one.reshaped(to: [8, y.shape[1]]).sum(axes: [1]).scalars).isSubset(of: sums))
    }
    func area(_ shape: [Int]) -> Int { shape.dropFirst(2).reduce(1, *) }
  }

  @Test func dropoutFollowsItsContext() {
    let x = Tensor<Float>.ones([50])
    let layer = Dropout()
    #expect(layer(x).value == x)
    #expect(layer(x, in: .evaluation).value == x)
    #expect(layer(x, in: Self.training(3)).value == layer(x, in: Self.training(3)).value)
    #expect(layer(x, in: Self.training(3)).value != layer(x, in: Self.training(4)).value)
    let context = Self.training()
    #expect(layer(x, in: context).value != layer(x, in: context).value)
  }

  @Test func dropoutOfAllAndOfNone() {
    let x = Tensor<Float>([1, -2, 3])
    #expect(Dropout(0)(x, in: Self.training()).value == x)
    #expect(Dropout(1)(x, in: Self.training()).value == .zeros([3]))
    #expect(AlphaDropout(0)(x, in: Self.training()).value == x)
    #expect(AlphaDropout(1)(x, in: Self.training()).value == .zeros([3]))
    let g = gradient(at: Variable(x)) { Dropout(1)($0, in: Self.training()).sum() }
    #expect(g.value == .zeros([3]))
  }

  @Test func theGradientOfDropoutGoesWhereTheInputWent() {
    let x = Variable(Tensor<Double>.ones([40]))
    let y = dropout(x, Self.training())
    #expect(gradient(at: x) { dropout($0, Self.training()).sum() }.value == y.value)
    func dropout(_ x: Variable<Double>, _ context: Context) -> Variable<Double> {
      Dropout(scalar: Double.self)(x, in: context)
    }
  }

  @Test func alphaDropoutKeepsMeanAndVariance() {
    var random = RandomGenerator(seed: 5)
    let x = Tensor<Double>.normal([40_000], using: &random)
    let y = AlphaDropout(0.3, scalar: Double.self)(x, in: Self.training()).value
    #expect(abs(y.mean().item) < 0.03)
    #expect(abs(y.variance().item - 1) < 0.05)
  }

  // MARK: Embedding

  @Test func embeddingsAreInitialised() {
    var random = RandomGenerator(seed: 1)
    let layer = Embedding(50, 40, paddingIndex: -1)
    #expect(Parameters(of: layer).names == ["weight"])
    for _ in 0..<2 {
      #expect(layer.weight.value[49] == .zeros([40]))
      // The first numbers come from the system: eight standard deviations.
      #expect(abs(layer.weight.value.variance().item - 0.98) < 0.25)
      Parameters(of: layer).initialize(using: &random)
    }
  }

  @Test func embeddingsOfAnyShape() {
    let layer = Embedding(4, 2)
    #expect(layer(Tensor<Int32>(3)).value == layer.weight.value[3])
    #expect(layer(Tensor<Int64>.zeros([2, 0])).shape == [2, 0, 2])
    #expect(layer(Tensor<Int32>.zeros([2, 3, 1])).shape == [2, 3, 1, 2])
  }

  // MARK: Structure

  @Test func reshapeKeepsTheBatch() {
    let x = Tensor<Float>.range(to: 12).reshaped(to: [2, 6])
    #expect(Reshape([3, 2])(x).value == x.reshaped(to: [2, 3, 2]))
    #expect(Reshape([6])(Tensor.zeros([0, 2, 3])).shape == [0, 6])
    #expect(Identity()(x).value == x)
    #expect(Flatten()(Tensor<Float>([1, 2])).shape == [2])
    #expect(Flatten()(Tensor<Float>.zeros([0, 2, 3])).shape == [0, 6])
  }

  @Test func lambdasTakeTheirPlace() {
    let model = Sequential {
      Linear(2, 2)
      Lambda { $0.squared() }
    }
    #expect(model.parameters.names == ["0.weight", "0.bias"])
    let x = Tensor<Float>([1, 2], shape: [1, 2])
    #expect(model(x).value == model.layers[0](x).value.squared())
  }

  @Test func blocksNameTheirParameters() {
    let model = Sequential {
      Residual(shortcut: Linear(3, 2)) { Linear(3, 2, bias: false) }.named("block")
      Concatenate {
        Linear(2, 1).named("left")
        Linear(2, 1, bias: false)
      }
    }
    #expect(
      model.parameters.names == [
        "block.block.0.weight", "block.shortcut.weight", "block.shortcut.bias", "1.left.weight",
        "1.left.bias", "1.1.weight",
      ])
    #expect(model(Tensor<Float>.ones([4, 3])).shape == [4, 2])
  }

  // Blocks hand the context on.
  @Test func blocksTrainAndEvaluate() {
    let x = Tensor<Float>.ones([30])
    for layer in [
      Residual { Dropout() } as any Layer<Float>, Concatenate(axis: 0) { Dropout() },
      Dropout().named("dropout"),
    ] {
      #expect(layer(x).value != layer(x, in: Self.training()).value)
    }
  }

  // MARK: Order

  /// A ReLU behind which the greatest are taken changes places with that; nothing else tells of it.
  @Test func maximaAreTakenBeforeRectifying() {
    var random = RandomGenerator(seed: 7)
    let double = Double.self
    let poolings: [any Layer<Double>] = [
      MaxPool2D(2, scalar: double), MaxPool2D(3, stride: 2, padding: 1, scalar: double),
      GlobalMaxPool(scalar: double), AdaptiveMaxPool2D([2, 3], scalar: double),
    ]
    for pooling in poolings {
      // Whole windows below 0, equal elements, both infinities.
      var x = Tensor<Double>.normal([2, 3, 6, 6], using: &random).round()
      x[0, 0] = Tensor<Double>(repeating: -1, shape: [6, 6])
      x[1, 2, 0, 0] = Tensor<Double>(.infinity)
      x[1, 2, 3, 3] = Tensor<Double>(-.infinity)
      let model = Sequential<Double>([ReLU(scalar: double), pooling, Tanh(scalar: double)])
      let input = Variable(x)
      let y = valueAndGradient(at: [input]) { model($0[0]).sum() }
      let plain = valueAndGradient(at: [input]) {
        pooling($0[0].relu(), in: .evaluation).tanh().sum()
      }
      #expect(y.value.value == plain.value.value)
      #expect(y.gradient[0].value == plain.gradient[0].value)
    }
    let missing = Sequential<Float>([ReLU(), MaxPool2D(2)])(
      Tensor(repeating: .nan, shape: [1, 1, 2, 2]))
    #expect(missing.value.item.isNaN)
    let summary = Sequential<Float>([ReLU(), MaxPool2D(2)]).summary(input: [1, 1, 4, 4])
    #expect(summary.rows.map(\.kind).suffix(2) == ["ReLU", "MaxPool2D"])
  }
}
