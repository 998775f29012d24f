import NN
import Tensor
import Testing

/// What data can do to a training step: each is an error of a type of its own, thrown before anything is
/// changed, and training goes on after it.
@Suite struct StepErrorTests {
  private let first = Parameter(Tensor<Double>([1, 2]))
  private let second = Parameter(Tensor<Double>([3, 4]))
  private let optimizer: Adam
  private var model: [String: Parameter<Double>] { ["first": first, "second": second] }

  init() {
    optimizer = Adam(["first": first, "second": second], learningRate: 0.1)
  }

  /// A step along the gradient of √Σ (x · first)², and of Σ second if that takes part.
  private func step(_ x: [Double], usingSecond: Bool = true) throws {
    let (loss, gradients) = valueAndGradients(of: model) {
      let length = (Variable(Tensor(x)) * first.variable).squared().sum().squareRoot()
      return usingSecond ? length + second.variable.sum() : length
    }
    try loss.checkedFinite("loss")
    try gradients.checkedComplete()
    optimizer.update(along: try gradients.clipped(toNorm: 1).gradients)
  }

  @Test func errorsLeaveParametersAndStateAsTheyWere() throws {
    try step([1, 2])
    let values = [first.value, second.value]
    let states = optimizer.stateNames.map { optimizer.state(named: $0, as: Double.self) }
    func expectNoChange(sourceLocation: SourceLocation = #_sourceLocation) {
      #expect([first.value, second.value] == values, sourceLocation: sourceLocation)
      #expect(
        optimizer.stateNames.map { optimizer.state(named: $0, as: Double.self) } == states,
        sourceLocation: sourceLocation)
      #expect(optimizer.stepCount(of: "first") == 1, sourceLocation: sourceLocation)
    }

    #expect(throws: NonFiniteError.self) { try step([.nan, 1]) }
    expectNoChange()
    // The slope of the root at 0 is infinite.
    #expect(throws: NonFiniteGradient.self) { try step([0, 0]) }
    expectNoChange()
    #expect(throws: MissingGradientError(parameters: ["second"])) {
      try step([1, 2], usingSecond: false)
    }
    expectNoChange()
    let folder = try TemporaryFolder()
    let path = try folder.file("state.safetensors")
    try Adam(["other": Parameter(Tensor<Double>([1, 2]))]).save(to: path)
    let error = #expect(throws: OptimizerStateError.self) { try optimizer.load(from: path) }
    #expect(error?.description.contains("the state belongs to another model") == true)
    expectNoChange()

    try step([2, 1])
    #expect(optimizer.stepCount(of: "first") == 2 && first.value != values[0])
  }
}
