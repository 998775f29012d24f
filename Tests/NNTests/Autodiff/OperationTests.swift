import NN
import Tensor
import Testing

@Suite struct OperationTests {
  @Test func everyOperationIsRecordedByARow() {
    var recorded: Set<Operation> = []
    for row in OperationCase.all {
      let sample = OperationSample(row, layout: .contiguous)
      recorded.formUnion(
        recordedOperations(at: sample.variables(Double.self)) { row.function($0) })
    }
    #expect(recorded == Set(Operation.allCases))
  }

  @Test func everyFunctionHasRows() {
    for family in OperationCase.families { checkRows(of: family) }
  }

  private func checkRows<Family: FunctionFamily>(of family: Family.Type) {
    let named = Set(family.rows.map(\.function.name))
    for function in family.allCases {
      #expect(named.contains(function.name), "no row for \(family).\(function.name)")
    }
  }

  @Test func everyFunctionHasARowWithoutElements() {
    var functions: Set<String> = []
    var found: Set<String> = []
    for row in OperationCase.all {
      functions.insert(row.function.name)
      if row.shapes.contains(where: { $0.contains(0) }) { found.insert(row.function.name) }
    }
    let exempt = Set(OperationCase.withoutEmptyRow.values.joined())
    #expect(functions.subtracting(found).subtracting(exempt).sorted() == [])
    #expect(exempt.subtracting(functions.subtracting(found)).sorted() == [])
  }

  @Test(arguments: OperationCase.all, MemoryLayoutKind.allCases)
  func valueAndGradient(_ row: OperationCase, _ layout: MemoryLayoutKind) {
    let sample = OperationSample(row, layout: layout)
    let f = row.function
    let value = f(sample.variables(Double.self)).value
    expectClose(value, f.reference(sample.inputs), tolerance: 1e-13, "value")

    let (loss, gradients) = NN.valueAndGradient(at: sample.variables(Double.self)) {
      sample.scalar(order: 0, $0)
    }
    #expect(abs(loss.item - sample.referenceLoss(sample.inputs)) < 1e-12)
    guard layout == .contiguous else {
      expectSlope(sample.slope(of: sample.referenceLoss), sample, gradients, tolerance: 1e-8)
      return
    }
    for place in sample.inputs.indices {
      let expected = sample.centralDifferences(at: place, sample.referenceLoss)
      expectClose(gradients[place].value, expected, tolerance: 1e-8, "gradient \(place)")
    }
  }

  /// Expects gradients to give the slope that a function has along a random direction, which no wrong
  /// element is likely to leave right.
  private func expectSlope(
    _ expected: Double, _ sample: OperationSample, _ gradients: [Variable<Double>],
    tolerance: Double
  ) {
    var slope = 0.0
    for (gradient, input) in zip(gradients, sample.inputs) {
      #expect(Array(gradient.shape) == input.shape)
    }
    for (gradient, direction) in zip(gradients, sample.steps) {
      for (a, b) in zip(gradient.value.scalars, direction.values) { slope += a * b }
    }
    #expect(abs(slope - expected) <= tolerance * max(1, abs(expected)), "\(sample.layout)")
  }

  // Central differences of a derivative that was itself checked one order below.
  @Test(arguments: OperationCase.all)
  func secondDerivatives(_ row: OperationCase) {
    checkDerivative(of: row, order: 1, layouts: [.contiguous, .transposed, .sliced])
    if Self.kinkedByEqualRows.contains(row.function.name) { return }
    checkDerivative(of: row, order: 1, layouts: [.repeated])
  }

  /// Extremes of all elements, of which several are the same where a row is repeated.
  private static let kinkedByEqualRows: Set<String> = ["max", "normSmallest"]

  // Of those alone that the others are made of, as these take long.
  @Test(arguments: CoreFunction.rows)
  func thirdDerivatives(_ row: OperationCase) {
    checkDerivative(of: row, order: 2, layouts: [.contiguous])
  }

  /// Checks a derivative at inputs that are the same numbers in all of the layouts.
  private func checkDerivative(of row: OperationCase, order: Int, layouts: [MemoryLayoutKind]) {
    let samples = layouts.map { OperationSample(row, layout: $0) }
    let expected = samples[0].slope { inputs in
      samples[0].scalar(order: order, inputs.map { Variable($0.tensor()) }).item
    }
    for sample in samples {
      let (_, gradients) = NN.valueAndGradient(at: sample.variables(Double.self)) {
        sample.scalar(order: order, $0)
      }
      expectSlope(expected, sample, gradients, tolerance: 1e-7)
    }
  }

  @Test(arguments: OperationCase.all, [MemoryLayoutKind.contiguous, .transposed])
  func singlePrecision(_ row: OperationCase, _ layout: MemoryLayoutKind) {
    let sample = OperationSample(row, layout: layout)
    let f = row.function
    expectClose(
      f(sample.variables(Float.self)).value, f.reference(sample.inputs), tolerance: 2e-6, "value")
    for order in 0...1 {
      let expected = NN.valueAndGradient(at: sample.variables(Double.self)) {
        sample.scalar(order: order, $0)
      }
      let actual = NN.valueAndGradient(at: sample.variables(Float.self)) {
        sample.scalar(order: order, $0)
      }
      for (a, b) in zip(actual.gradient, expected.gradient) {
        let plain = PlainArray(b.value.scalars, shape: Array(b.shape))
        expectClose(a.value, plain, tolerance: 1e-4, "gradient of order \(order)")
      }
    }
  }

  // Inside a transform an operation on constants must give the bits that it gives outside.
  @Test(arguments: OperationCase.all)
  func valueIsTheSameInsideATransform(_ row: OperationCase) {
    let sample = OperationSample(row, layout: .contiguous)
    let outside = row.function(sample.variables(Float.self)).value
    _ = NN.valueAndGradient(at: sample.variables(Float.self)) { x in
      #expect(row.function(x).value == outside)
      return x[0].sum()
    }
  }
}

/// Random inputs and cotangents for a row, the same for each run.
struct OperationSample {
  let row: OperationCase
  let layout: MemoryLayoutKind
  let inputs: [PlainArray]
  private let cotangent: PlainArray
  private let directions: [[PlainArray]]
  /// The direction in which slopes are taken.
  let steps: [PlainArray]

  init(_ row: OperationCase, layout: MemoryLayoutKind) {
    var random = RandomGenerator(seed: 7)
    self.row = row
    self.layout = layout
    inputs = row.shapes.map {
      let drawn = PlainArray.random($0, in: row.domain, using: &random)
      return layout == .repeated ? drawn.repeatedAlongFirstAxis : drawn
    }
    let shape = row.function.reference(inputs).shape
    cotangent = .random(shape, using: &random)
    directions = (0..<2).map { _ in row.shapes.map { .random($0, using: &random) } }
    steps = row.shapes.map { .random($0, in: -1...1, using: &random) }
  }

  func variables<S: FloatingPointScalar>(_ scalar: S.Type) -> [Variable<S>] {
    inputs.map { Variable($0.tensor(S.self, layout: layout)) }
  }

  /// Order 0: Σ f(x) · c. Order k: Σ ∂(order k − 1)/∂x · d.
  func scalar<S: FloatingPointScalar>(order: Int, _ x: [Variable<S>]) -> Variable<S> {
    guard order > 0 else { return (row.function(x) * Variable(cotangent.tensor(S.self))).sum() }
    let gradients = NN.valueAndGradient(at: x) { scalar(order: order - 1, $0) }.gradient
    return zip(gradients, directions[order - 1]).reduce(Variable(0)) { sum, pair in
      sum + (pair.0 * Variable(pair.1.tensor(S.self))).sum()
    }
  }

  func referenceLoss(_ inputs: [PlainArray]) -> Double {
    row.function.reference(inputs).combined(with: cotangent, *).values.reduce(0, +)
  }

  /// (F(x + h) − F(x − h)) ÷ 2h for each element of one input, extrapolated to h = 0 from two steps
  /// (L. F. Richardson, 1911).
  func centralDifferences(at place: Int, _ function: ([PlainArray]) -> Double) -> PlainArray {
    var result = inputs[place]
    for element in result.values.indices {
      func slope(_ h: Double) -> Double {
        var (above, below) = (inputs, inputs)
        above[place].values[element] += h
        below[place].values[element] -= h
        return (function(above) - function(below)) / (2 * h)
      }
      result.values[element] = (4 * slope(5e-4) - slope(1e-3)) / 3
    }
    return result
  }

  /// The same quotient along `steps`, for all inputs at once.
  func slope(of function: ([PlainArray]) -> Double) -> Double {
    func moved(_ h: Double) -> Double {
      function(zip(inputs, steps).map { $0.combined(with: $1) { $0 + h * $1 } })
    }
    func slope(_ h: Double) -> Double { (moved(h) - moved(-h)) / (2 * h) }
    return (4 * slope(5e-4) - slope(1e-3)) / 3
  }
}
