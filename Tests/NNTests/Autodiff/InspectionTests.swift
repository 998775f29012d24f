import NN
import Tensor
import Testing

/// Gradient checks, anomalies and graphs: what looks at a computation from outside.
@Suite struct InspectionTests {
  // MARK: Gradient check

  @Test func gradientCheckPassesWhatIsRight() {
    let x = Tensor<Double>([0.3, -1.2, 2])
    let report = gradientCheck(at: [x, x + 1]) { ($0[0].exp() * $0[1].tanh()) }
    #expect(report.isCorrect, "\(report)")
    #expect(report.worstError < 1e-8)
  }

  @Test func gradientCheckNamesTheWorstElement() throws {
    let report = gradientCheck(at: [Tensor<Double>([1, 2]), Tensor<Double>([3, 4, 5])]) { x in
      // The pullback is wrong by 0.5 at element 1 of argument 1.
      x[0].sum()
        + customOperation(
          "wrong", of: [x[1]], value: { $0[0] * 2 },
          pullback: { g, _, _ in
            [2 * g + Variable(Tensor([0, 0.5, 0]))]
          }
        ).sum()
    }
    #expect(!report.isCorrect)
    let worst = try #require(report.worst)
    #expect(worst.argument == "argument 1")
    #expect(worst.index == [1])
    #expect(worst.analytic == 2.5)
    #expect(abs(worst.numerical - 2) < 1e-8)
    #expect(report.description.hasPrefix("the gradient is WRONG to 1e-06"))
  }

  @Test func gradientCheckOfAModelLeavesItAsItWas() {
    let model = Sequential<Double> {
      Linear(3, 4, scalar: Double.self)
      Tanh(scalar: Double.self)
      Linear(4, 2, scalar: Double.self)
    }
    let before = model.parameters.names.count
    let linear = model.layers[0] as! Linear<Double>
    let weight = linear.weight.value
    let x = Tensor<Double>.ones([5, 3])
    let report = gradientCheck(of: model, elementLimit: 10) { model(x).squared().mean() }
    #expect(report.isCorrect, "\(report)")
    #expect(linear.weight.value == weight && before == 4)
  }

  @Test func gradientCheckOfNothing() {
    let report = gradientCheck(at: [Tensor<Double>.zeros([0])]) { $0[0].sum() }
    #expect(report.isCorrect && report.worst == nil)
  }

  @Test func scalarTypesAreChecked() async {
    let check = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let w = Parameter(Tensor<Float>(1))
      _ = gradientCheck(of: ["w": w]) { Variable<Double>(1) }
    }
    expectMessage(check, "gradientCheck: the parameter w is not of Double")
    let gradient = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let w = Parameter(Tensor<Float>(1))
      _ = valueAndGradients(of: ["w": w]) { w.variable * 2 }.gradients["w", as: Double.self]
    }
    expectMessage(gradient, "Gradients: the parameter w is not of Double")
  }

  @Test func factorsThatAreNotDeterminedHaveNoGradient() async {
    let qr = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = gradient(at: Variable(Tensor<Double>.ones([3, 2]))) { $0.qr(complete: true).r.sum() }
    }
    expectMessage(
      qr, "qr: of shape [3, 2], complete factors have no gradient; use the reduced ones")
    let svd = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = try? gradient(at: Variable(Tensor<Double>.ones([3, 2]))) {
        try $0.svd(full: true).u.sum()
      }
    }
    expectMessage(svd, "svd: of shape [3, 2], full vectors have no gradient; use the reduced ones")
  }

  // MARK: Anomalies

  @Test func anomalyOfTheForwardPassIsNamedWithItsLayer() throws {
    let model = Sequential<Float> {
      Linear(2, 2, weightInitializer: .ones, biasInitializer: .zeros).named("first")
      Root().named("root")
      Linear(2, 1).named("last")
    }
    let error = #expect(throws: AnomalyError.self) {
      try detectingAnomalies {
        valueAndGradients(of: model) { model(Tensor([-1, -2]).reshaped(to: [1, 2])).sum() }
      }
    }
    #expect(error?.pass == .forward)
    #expect(
      error?.description == "squareRoot in root (Root): its result, of shape [1, 2], is nan at "
        + "element 0 (forward pass)")
  }

  private struct Root: Layer {
    func callAsFunction(_ input: Variable<Float>, in context: Context) -> Variable<Float> {
      input.squareRoot()
    }
  }

  @Test func anomalyOfTheBackwardPass() {
    let model = Sequential<Float> { Root() }
    let x = Parameter(Tensor<Float>([4, 0]))
    let error = #expect(throws: AnomalyError.self) {
      try detectingAnomalies { valueAndGradients(of: [x]) { model(x.variable).sum() } }
    }
    #expect(error?.pass == .backward)
    #expect(error?.operation == "squareRoot")
    #expect(error?.layer == "0 (Root)")
    #expect(error?.position == 1)
  }

  @Test func nothingIsThrownWhereAllIsFinite() throws {
    let value = try detectingAnomalies { gradient(at: Variable<Double>(2)) { $0 * $0 } }
    #expect(value.item == 4)
  }

  @Test func anomaliesOfConstantsCount() {
    #expect(throws: AnomalyError.self) {
      try detectingAnomalies { Variable<Double>(-1).log() }
    }
  }

  @Test func losses() throws {
    try Variable<Double>(1).checkedFinite("loss")
    let error = #expect(throws: NonFiniteError.self) {
      try Variable<Double>(.nan).checkedFinite("loss")
    }
    #expect(
      error?.description
        == "loss is nan at element 0; lower the learning rate, clip the gradients, "
        + "or look for the operation with detectingAnomalies")
  }

  // MARK: Graphs

  @Test func graphOfAModel() {
    let model = Sequential<Float> {
      Linear(3, 2)
      ReLU()
    }
    let graph = computationGraph(of: model) { model(Tensor<Float>.ones([4, 3])).sum() }
    #expect(
      graph.description == """
        node  operation  of   shape   layer
        0     0.weight        [2, 3]
        1     0.bias          [2]
        2     linear     0 1  [4, 2]  0 (Linear)
        3     relu       2    [4, 2]  1 (ReLU)
        4     sum        3    []
        """)
    #expect(
      graph.dot == """
        digraph {
          rankdir=BT
          node [fontname="sans-serif"]
          n0 [label="0.weight\\n[2, 3]", shape=box]
          n1 [label="0.bias\\n[2]", shape=box]
          n2 [label="linear\\n[4, 2]", shape=ellipse]
          n3 [label="relu\\n[4, 2]", shape=ellipse]
          n4 [label="sum\\n[]", shape=ellipse]
          subgraph cluster_0 { label="0 (Linear)"; color=gray; n2 }
          subgraph cluster_1 { label="1 (ReLU)"; color=gray; n3 }
          n0 -> n2
          n1 -> n2
          n2 -> n3
          n3 -> n4
        }

        """)
  }

  @Test func graphOfAFunction() {
    let graph = computationGraph(at: [Variable<Double>(2), Variable<Double>(3)]) {
      $0[0] * $0[1] + $0[0]
    }
    #expect(graph.nodes.map(\.operation) == [nil, nil, "multiply", "add"])
    #expect(graph.nodes.map(\.operands) == [[], [], [0, 1], [2, 0]])
  }
}
