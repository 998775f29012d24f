import Foundation
import Tensor
import Testing

/// Reductions against naive loops, over every set of axes.
struct ReductionTests {
  typealias Floats<Scalar: SignedScalar> =
    @Sendable (Tensor<Scalar>, [Int]?, Bool) -> Tensor<Scalar>

  struct Operation: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var float: Floats<Float>
    var double: Floats<Double>
    var integer: Floats<Int64>?
    /// Of the elements that become one.
    var reference: @Sendable ([Double]) -> Double
    var needsElements = false
    /// What equal elements may differ by where the reference is 0, from the precision.
    var slack: @Sendable (Double) -> Double = { _ in 0 }
  }

  private static func variance(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
  }

  static let operations: [Operation] = [
    .init(
      testDescription: "sum", float: { $0.sum(axes: $1, keepingDimensions: $2) },
      double: { $0.sum(axes: $1, keepingDimensions: $2) },
      integer: { $0.sum(axes: $1, keepingDimensions: $2) }, reference: { $0.reduce(0, +) }),
    .init(
      testDescription: "product", float: { $0.product(axes: $1, keepingDimensions: $2) },
      double: { $0.product(axes: $1, keepingDimensions: $2) },
      integer: { $0.product(axes: $1, keepingDimensions: $2) }, reference: { $0.reduce(1, *) }),
    .init(
      testDescription: "max", float: { $0.max(axes: $1, keepingDimensions: $2) },
      double: { $0.max(axes: $1, keepingDimensions: $2) },
      integer: { $0.max(axes: $1, keepingDimensions: $2) },
      reference: { $0.contains { $0.isNaN } ? .nan : $0.max() ?? -.infinity },
      needsElements: true),
    .init(
      testDescription: "min", float: { $0.min(axes: $1, keepingDimensions: $2) },
      double: { $0.min(axes: $1, keepingDimensions: $2) },
      integer: { $0.min(axes: $1, keepingDimensions: $2) },
      reference: { $0.contains { $0.isNaN } ? .nan : $0.min() ?? .infinity },
      needsElements: true),
    .init(
      testDescription: "mean", float: { $0.mean(axes: $1, keepingDimensions: $2) },
      double: { $0.mean(axes: $1, keepingDimensions: $2) },
      reference: { $0.reduce(0, +) / Double($0.count) }),
    .init(
      testDescription: "sumOfSquares", float: { $0.sumOfSquares(axes: $1, keepingDimensions: $2) },
      double: { $0.sumOfSquares(axes: $1, keepingDimensions: $2) },
      reference: { $0.reduce(0) { $0 + $1 * $1 } }),
    .init(
      testDescription: "logSumExp", float: { $0.logSumExp(axes: $1, keepingDimensions: $2) },
      double: { $0.logSumExp(axes: $1, keepingDimensions: $2) },
      reference: { log($0.reduce(0) { $0 + exp($1) }) }),
    .init(
      testDescription: "variance", float: { $0.variance(axes: $1, keepingDimensions: $2) },
      double: { $0.variance(axes: $1, keepingDimensions: $2) }, reference: { variance($0) },
      slack: { 100 * $0 * $0 }),
    .init(
      testDescription: "standardDeviation",
      float: { $0.standardDeviation(axes: $1, keepingDimensions: $2) },
      double: { $0.standardDeviation(axes: $1, keepingDimensions: $2) },
      reference: { variance($0).squareRoot() }, slack: { 10 * $0 }),
  ]

  @Test(arguments: operations)
  func overEverySetOfAxes(_ operation: Operation) {
    check(operation, operation.float, ulps: 40) { Float(Double.random(in: 0.5...2, using: &$0)) }
    check(operation, operation.double, ulps: 40) { Double.random(in: 0.5...2, using: &$0) }
    if let integer = operation.integer {
      check(operation, integer, ulps: 0) { Int64.random(in: -4...4, using: &$0) }
    }
  }

  private func check<Scalar: SignedScalar>(
    _ operation: Operation, _ apply: Floats<Scalar>, ulps: Double,
    element: (inout TestRandom) -> Scalar
  ) {
    let precision = Scalar.self == Float.self ? Double(Float.ulpOfOne) : Double.ulpOfOne
    var random = TestRandom(4)
    for rank in 0...4 {
      for arrangement in Arrangement.allCases {
        let shape = random.shape(rank: rank, allowingZero: !operation.needsElements)
        let x = arrangement.tensor(shape, using: &random, element)
        let values = elements(of: x).map(double)
        for set in 0..<(1 << rank) {
          let axes = (0..<rank).filter { set >> $0 & 1 == 1 }
          let groups = grouped(values, shape, axes)
          for keeping in [false, true] {
            // Named in any order, from the front or the back; nil is all of them.
            let named = axes.shuffled(using: &random).map {
              Bool.random(using: &random) ? $0 : $0 - rank
            }
            let y = apply(x, axes.count == rank && keeping ? nil : named, keeping)
            #expect(Array(y.shape) == reducedShape(shape, axes, keeping: keeping))
            let matches = zip(elements(of: y).map(double), groups).allSatisfy {
              let reference = operation.reference($1)
              let unit = Scalar.self == Float.self ? Double(Float(reference).ulp) : reference.ulp
              return $0 == reference || ($0.isNaN && reference.isNaN)
                || abs($0 - reference) <= ulps * unit + operation.slack(precision)
            }
            #expect(matches, "\(Scalar.self) \(arrangement) \(shape) \(axes)")
          }
        }
      }
    }
  }

  func double<Scalar: SignedScalar>(_ value: Scalar) -> Double {
    switch value {
    case let value as Float: Double(value)
    case let value as Double: value
    case let value as Int64: Double(value)
    default: .nan
    }
  }

  func reducedShape(_ shape: [Int], _ axes: [Int], keeping: Bool) -> [Int] {
    shape.indices.compactMap { axes.contains($0) ? (keeping ? 1 : nil) : shape[$0] }
  }

  /// The elements that each element of the result is made of.
  func grouped(_ values: [Double], _ shape: [Int], _ axes: [Int]) -> [[Double]] {
    let kept = reducedShape(shape, axes, keeping: true)
    var groups = [[Double]](repeating: [], count: kept.reduce(1, *))
    for (value, index) in zip(values, indices(of: shape)) {
      let place = shape.indices.reduce(0) { $0 * kept[$1] + (axes.contains($1) ? 0 : index[$1]) }
      groups[place].append(value)
    }
    return groups
  }

  @Test func ofNothing() {
    let nothing = Tensor<Float>.zeros([2, 0, 3])
    #expect(nothing.sum().item == 0)
    #expect(nothing.product().item == 1)
    #expect(nothing.sum(axes: [1]) == .zeros([2, 3]))
    #expect(nothing.product(axes: [1]) == .ones([2, 3]))
    #expect(nothing.mean(axes: [1]).scalars.allSatisfy { $0.isNaN })
    #expect(nothing.sum(axes: [0]).shape == [0, 3])
    #expect(nothing.max(axes: [0]).shape == [0, 3])
    #expect(nothing.argmax(axis: 0).shape == [0, 3])
  }

  @Test func notANumber() {
    let t = Tensor<Float>([1, .nan, 3, 4, 5, 6], shape: [2, 3])
    #expect(t.max(axes: [1]).scalars.map { $0.isNaN } == [true, false])
    #expect(t.min(axes: [0]).scalars.map { $0.isNaN } == [false, true, false])
    #expect(t.sum().item.isNaN)
    #expect(t.max().item.isNaN)
  }

  @Test func integersWrap() {
    #expect(Tensor<Int32>([.max, 1]).sum().item == .min)
    #expect(Tensor<Int64>([.max, 2]).product().item == -2)
    #expect(Tensor<Int32>([.max, .min, 0]).max().item == .max)
  }

  // One after another, floats of 0.1 would lose all but two digits: 1,087,937.
  @Test func tenMillionFloatsKeepTheirDigits() {
    let t = Tensor<Float>(repeating: 0.1, shape: [10_000_000])
    #expect(abs(t.sum().item / 1_000_000 - 1) < 1e-6)
    #expect(abs(t.mean().item / 0.1 - 1) < 1e-6)
    #expect(abs(t.sumOfSquares().item / 100_000 - 1) < 1e-6)
    let columns = t.reshaped(to: [5_000_000, 2]).sum(axes: [0])
    #expect(columns.scalars.allSatisfy { abs($0 / 500_000 - 1) < 2e-6 })
  }

  @Test func positionsOfTheLargestAndSmallest() {
    let t = Tensor<Float>([1, 3, 3, 2, 0, 0, .nan, 7, .nan, -1, -1, -1], shape: [3, 4])
    #expect(t.argmax().scalars == [1, 2, 0])
    #expect(t.argmin().scalars == [0, 2, 0])
    let u = Tensor<Double>([1, 3, 3, 2, 0, 0, .nan, 7], shape: [2, 4])
    #expect(u.argmax(axis: 0).scalars == [0, 0, 1, 1])
    #expect(u.transposed.argmin(axis: -2).scalars == [0, 2])
    var random = TestRandom(5)
    for arrangement in Arrangement.allCases {
      let shape = [3, 4, 5]
      let x: Tensor<Float> = arrangement.tensor(shape, using: &random) {
        Float(Int.random(in: 0..<4, using: &$0))
      }
      for axis in 0..<3 {
        let groups = grouped(elements(of: x).map { Double($0) }, shape, [axis])
        let largest = elements(of: x.argmax(axis: axis)).map { Int($0) }
        let smallest = elements(of: x.argmin(axis: axis - 3)).map { Int($0) }
        #expect(largest == groups.map { $0.firstIndex(of: $0.max()!)! })
        #expect(smallest == groups.map { $0.firstIndex(of: $0.min()!)! })
      }
    }
  }

  // MARK: Softmax

  @Test func softmaxAlongEveryAxis() {
    checkSoftmax(Float.self, tolerance: 2e-6)
    checkSoftmax(Double.self, tolerance: 1e-14)
  }

  private func checkSoftmax<Scalar: FloatingPointScalar>(_: Scalar.Type, tolerance: Double) {
    var random = TestRandom(6)
    for rank in 1...4 {
      for arrangement in Arrangement.allCases {
        let shape = random.shape(rank: rank)
        let x: Tensor<Scalar> = arrangement.tensor(shape, using: &random) {
          Scalar(Double.random(in: -30...30, using: &$0))
        }
        for axis in 0..<rank {
          let y = x.softmax(axis: axis)
          let z = x.logSoftmax(axis: axis - rank)
          #expect(y.shape == x.shape)
          let groups = grouped(elements(of: x).map { Double($0) }, shape, [axis])
          let soft = grouped(elements(of: y).map { Double($0) }, shape, [axis])
          let logs = grouped(elements(of: z).map { Double($0) }, shape, [axis])
          for (group, (p, l)) in zip(groups, zip(soft, logs)) {
            let top = group.max() ?? 0
            let total = group.reduce(0) { $0 + exp($1 - top) }
            for (value, (p, l)) in zip(group, zip(p, l)) {
              #expect(abs(p - exp(value - top) / total) <= tolerance)
              #expect(abs(l - (value - top - log(total))) <= tolerance * 40)
            }
          }
        }
      }
    }
  }

  @Test func softmaxDoesNotOverflow() {
    let t = Tensor<Float>([1e30, -1e30, 1e30])
    #expect(t.softmax().scalars == [0.5, 0, 0.5])
    #expect(t.logSoftmax().scalars[1] == -2e30)
    #expect(Tensor<Float>.zeros([3, 0]).softmax().shape == [3, 0])
    #expect(Tensor<Float>.zeros([0, 3]).softmax(axis: 0).shape == [0, 3])
  }

  @Test func gradientsOfSoftmax() {
    var random = TestRandom(7)
    func number(_ random: inout TestRandom) -> Double { .random(in: -2...2, using: &random) }
    for arrangement in Arrangement.allCases {
      let shape = [2, 3, 4]
      let x: Tensor<Double> = arrangement.tensor(shape, using: &random, number)
      let g: Tensor<Double> = arrangement.tensor(shape, using: &random, number)
      let y = x.softmax()
      let z = x.logSoftmax()
      let direct = g.throughSoftmax(y)
      let logarithmic = g.throughLogSoftmax(z)
      let expected = y * (g - (g * y).sum(axes: [-1], keepingDimensions: true))
      let expectedLog = g - y * g.sum(axes: [-1], keepingDimensions: true)
      #expect((direct - expected).magnitude().max().item < 1e-14)
      #expect((logarithmic - expectedLog).magnitude().max().item < 1e-14)
    }
  }

  @Test func crossEntropy() {
    checkCrossEntropy(Float.self, tolerance: 2e-6)
    checkCrossEntropy(Double.self, tolerance: 1e-14)
  }

  private func checkCrossEntropy<Scalar: FloatingPointScalar>(_: Scalar.Type, tolerance: Double) {
    var random = TestRandom(8)
    for arrangement in Arrangement.allCases {
      for rows in [0, 1, 7, 2_000] {
        let logits: Tensor<Scalar> = arrangement.tensor([rows, 10], using: &random) {
          Scalar(Double.random(in: -20...20, using: &$0))
        }
        let labels: Tensor<Int32> = Arrangement.stepped.tensor([rows], using: &random) {
          Int32.random(in: 0..<10, using: &$0)
        }
        let (losses, probabilities) = logits.softmaxCrossEntropy(labels: labels)
        let scales: Tensor<Scalar> = Arrangement.stepped.tensor([rows], using: &random) {
          Scalar(Double.random(in: 0...1, using: &$0))
        }
        let gradient = probabilities.throughSoftmaxCrossEntropy(labels: labels, scales: scales)
        let single = probabilities.throughSoftmaxCrossEntropy(labels: labels, scales: Tensor(2))
        let values = elements(of: logits).map { Double($0) }
        let label = elements(of: labels).map { Int($0) }
        let scale = elements(of: scales).map { Double($0) }
        let loss = elements(of: losses)
        let slope = elements(of: gradient)
        let twice = elements(of: single)
        var isRight = loss.count == rows && slope.count == 10 * rows
        for row in 0..<rows {
          let part = values[row * 10..<row * 10 + 10]
          let top = part.max()!
          let total = part.reduce(0) { $0 + exp($1 - top) }
          let expected = log(total) + top - values[row * 10 + label[row]]
          isRight = isRight && abs(Double(loss[row]) - expected) < tolerance * 40
          for column in 0..<10 {
            let p = exp(values[row * 10 + column] - top) / total - (column == label[row] ? 1 : 0)
            isRight =
              isRight && abs(Double(slope[row * 10 + column]) - p * scale[row]) < tolerance
              && abs(Double(twice[row * 10 + column]) - p * 2) < 2 * tolerance
          }
        }
        #expect(isRight, "\(Scalar.self) \(arrangement) \(rows)")
      }
    }
  }
}
