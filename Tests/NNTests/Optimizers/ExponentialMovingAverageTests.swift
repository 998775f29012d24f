import NN
import Tensor
import Testing

@Suite struct ExponentialMovingAverageTests {
  private let w = Parameter(Tensor<Float>([1, 2]))
  private let v = Parameter(
    Tensor<Double>([1, 2, 3, 4, 5, 6], shape: [2, 3]).transposed)
  private var model: [String: Any] { ["w": w, "v": v] }

  @Test(arguments: [false, true])
  func averagesAreThoseOfTheEquation(_ warmsUp: Bool) {
    let average = ExponentialMovingAverage(of: model, decay: 0.75, warmsUp: warmsUp)
    var expected = v.value.scalars
    for step in 0..<40 {
      w.value += 1
      v.value *= -1.1
      average.update()
      let decay = warmsUp ? min(0.75, Double(1 + step) / Double(10 + step)) : 0.75
      expected = zip(expected, v.value.scalars).map { decay * $0 + (1 - decay) * $1 }
    }
    #expect(average.updateCount == 40)
    let found = average.average(named: "v", as: Double.self)!
    expectClose(found, Tensor(expected, shape: [3, 2]), 1e-12, "average")
    #expect(average.average(named: "w")!.scalars[0] < 41)
    #expect(average.average(named: "w", as: Double.self) == nil)
    #expect(average.average(named: "x") == nil)
  }

  @Test func appliedForTheTimeOfAClosure() {
    struct Failure: Error {}
    let average = ExponentialMovingAverage(of: model, decay: 0.5)
    let strides = v.value.layout.strides
    w.value = Tensor([3, 6])
    average.update()
    let inside = average.applied { w.value.scalars }
    #expect(inside == [2, 4] && w.value.scalars == [3, 6])
    #expect(v.value.layout.strides == strides)
    #expect(throws: Failure.self) { try average.applied { throw Failure() } }
    #expect(w.value.scalars == [3, 6])
    average.apply()
    #expect(w.value.scalars == [2, 4])
    w.value = Tensor([0, 0])
    #expect(average.average(named: "w")!.scalars == [2, 4])
    average.update()
    #expect(average.average(named: "w")!.scalars == [1, 2])
  }

  @Test func savedAndLoaded() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("average.safetensors")
    let average = ExponentialMovingAverage(of: model, decay: 0.9, warmsUp: true)
    let resumed = ExponentialMovingAverage(of: model, decay: 0.9, warmsUp: true)
    for step in 0..<6 {
      w.value *= 1.5
      average.update()
      if step < 3 {
        if step == 2 { try average.save(to: path) }
        continue
      }
      if step == 3 { try resumed.load(from: path) }
      resumed.update()
      #expect(average.updateCount == resumed.updateCount)
      #expect(average.average(named: "w") == resumed.average(named: "w"))
    }
    // The file holds weights, and nothing else.
    try Parameters(of: model).load(from: path)
    #expect(w.value != average.average(named: "w"))
    let other = ExponentialMovingAverage(of: ["w": w])
    let error = #expect(throws: WeightsError.self) { try other.load(from: path) }
    #expect(
      error == .mismatch(path: path, missing: [], unexpected: ["v"], shapes: []))
    #expect(other.updateCount == 0)
  }

  @Test func misuseStops() async {
    let decay = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = ExponentialMovingAverage(of: Parameter(Tensor<Float>(1)), decay: 1.5) }
    expectMessage(decay, "ExponentialMovingAverage: decay must be in 0...1, got 1.5")
    let nested = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let average = ExponentialMovingAverage(of: Parameter(Tensor<Float>(1)))
      average.applied { average.update() }
    }
    expectMessage(
      nested, "ExponentialMovingAverage.update(): the averages are applied to the model now")
  }
}
