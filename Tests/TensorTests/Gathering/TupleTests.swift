import Tensor
import Testing

/// Parts named by tuples, elements brought together with those in place, and where masks are true.
/// Examples named ONNX are those of its operators' documentation.
struct TupleTests {
  private func range(_ shape: Shape) -> Tensor<Int32> {
    Tensor<Int32>.range(to: Int32(shape.elementCount)).reshaped(to: shape)
  }

  @Test func gathersParts() {
    // ONNX: GatherND, examples 1 to 5.
    let square = range([2, 2])
    #expect(square.gatherND(Tensor<Int64>([0, 0, 1, 1], shape: [2, 2])).scalars == [0, 3])
    #expect(square.gatherND(Tensor<Int64>([1, 0], shape: [2, 1])) == square[(0...).by(-1)])
    let cube = range([2, 2, 2])
    #expect(cube.gatherND(Tensor<Int32>([0, 1, 1, 0], shape: [2, 2])).scalars == [2, 3, 4, 5])
    let deep = cube.gatherND(Tensor<Int64>([0, 1, 1, 0], shape: [2, 1, 2]))
    #expect(deep.shape == [2, 1, 2] && deep.scalars == [2, 3, 4, 5])
    let batches = cube.gatherND(Tensor<Int64>([1, 0], shape: [2, 1]), batchAxisCount: 1)
    #expect(batches.shape == [2, 2] && batches.scalars == [2, 3, 4, 5])
    // Views, negative positions, no position at all.
    let turned = cube.permuted([2, 0, 1])
    let last = turned.gatherND(Tensor<Int64>([-1, -2, -1], shape: [1, 3]))
    #expect(last.scalars == [turned[at: 1, 0, 1]])
    #expect(cube.gatherND(Tensor<Int64>.zeros([3, 0])) == Tensor.stacked([cube, cube, cube]))
    #expect(cube.gatherND(Tensor<Int64>.zeros([0, 2])).shape == [0, 2])
  }

  @Test func agreesWithMasks() {
    var random = RandomGenerator(seed: 3)
    let x = Tensor<Double>.normal([5, 4, 3], using: &random)
    for mask in [x .> 0, (x .> 0).permuted([0, 2, 1]).copied().permuted([0, 2, 1])] {
      let positions = mask.nonzeroPositions()
      #expect(positions.shape == [mask.countNonzero().item == 0 ? 0 : x[mask].count, 3])
      #expect(x.gatherND(positions) == x[mask])
    }
    let numbers = Tensor<Float>([0, -0.0, .nan, 2, -1, 0], shape: [2, 3])
    #expect(numbers.nonzeroPositions().scalars == [0, 2, 1, 0, 1, 1])
    #expect(Tensor<Int32>(5).nonzeroPositions().shape == [1, 0])
    #expect(Tensor<Bool>([], shape: [0, 3]).nonzeroPositions().shape == [0, 2])
  }

  @Test func writesParts() {
    // ONNX: ScatterND, example 1.
    var x = Tensor<Float>([1, 2, 3, 4, 5, 6, 7, 8])
    let before = x
    x.scatterND(Tensor([9, 10, 11, 12]), at: Tensor<Int64>([4, 3, 1, 7], shape: [4, 1]))
    #expect(x.scalars == [1, 11, 3, 10, 9, 6, 7, 12])
    #expect(before.scalars == [1, 2, 3, 4, 5, 6, 7, 8])
    // Into a view; the last of two for one place stays; a scalar is broadcast.
    var y = range([2, 3]).transposed
    y.scatterND(Tensor([7, 8, 9]), at: Tensor<Int64>([0, 0, 2, 1, 0, 0], shape: [3, 2]))
    #expect(y.scalars == [9, 3, 1, 4, 2, 8])
    y.scatterND(Tensor(0), at: Tensor<Int64>([-1], shape: [1, 1]))
    #expect(y.scalars == [9, 3, 1, 4, 0, 0])
    #expect(y.shape == [3, 2])
  }

  @Test(arguments: ScatterReduction.allCases)
  func reductionsFollowOneAnother(_ reduction: ScatterReduction) {
    func check<Scalar: NumericScalar>(_: Scalar.Type) {
      func numbers(_ values: [Int32], _ shape: Shape) -> Tensor<Scalar> {
        Tensor<Scalar>(Tensor<Int32>(values, shape: shape))
      }
      // Rows 0 and 2 twice, row 1 never.
      let start = numbers([5, 6, 7, 8, 9, 10], [3, 2])
      let source = numbers([2, 9, 3, 1, 7, 20, 4, 6], [4, 2])
      let rows = Tensor<Int64>([0, 2, 0, -1])
      let expected: [Int32] =
        switch reduction {
        case .sum: [5 + 2 + 7, 6 + 9 + 20, 7, 8, 9 + 3 + 4, 10 + 1 + 6]
        case .product: [5 * 2 * 7, 6 * 9 * 20 % 256, 7, 8, 9 * 3 * 4, 10 * 1 * 6]
        case .minimum: [2, 6, 7, 8, 3, 1]
        case .maximum: [7, 20, 7, 8, 9, 10]
        }
      var result = start
      result.scatterND(source, at: rows.reshaped(to: [4, 1]), reducing: reduction)
      var elements = start.transposed
      elements.scatter(
        source.transposed, at: rows.broadcast(to: [2, 4]), axis: 1, reducing: reduction)
      var wrapped = result
      if reduction == .product && Scalar.dtype != .uint8 {
        #expect(result[at: 0, 1] == numbers([6 * 9 * 20], []).item)
        wrapped[at: 0, 1] = numbers([6 * 9 * 20 % 256], []).item
      }
      #expect(wrapped == numbers(expected, [3, 2]))
      #expect(elements.transposed == result)
    }
    check(Float.self)
    check(Double.self)
    check(Int32.self)
    check(Int64.self)
    check(UInt8.self)
  }

  @Test func notANumberStaysAndWins() {
    for reduction in ScatterReduction.allCases {
      var x = Tensor<Float>([.nan, 1])
      x.scatter(Tensor([1, .nan]), at: Tensor<Int64>([0, 1]), axis: 0, reducing: reduction)
      #expect(x.isNaN().scalars == [true, true])
    }
  }
}

extension MisuseTests {
  static let tuples: [Misuse] = [
    .init("gatherND: index 2 of tuple 1 is out of range for axis 0 of shape [2, 3]") {
      _ = Tensor<Float>.zeros([2, 3]).gatherND(Tensor<Int64>([0, 2], shape: [2, 1]))
    },
    .init(
      "gatherND: indices of shape [1, 3] do not fit shape [2, 3] with 0 batch axes; the last axis "
        + "holds a position for each of the axes behind those"
    ) {
      _ = Tensor<Float>.zeros([2, 3]).gatherND(Tensor<Int64>.zeros([1, 3]))
    },
    .init("scatterND: cannot write shape [2] to parts of shape [1, 3]") {
      var x = Tensor<Float>.zeros([2, 3])
      x.scatterND(Tensor<Float>.zeros([2]), at: Tensor<Int64>.zeros([1, 1]))
    },
    .init("quantile: 1.5 is not in 0...1") { _ = Tensor<Float>.zeros([2]).quantile(1.5) },
    .init("quantile: axis 1 of shape [2, 0] has no element") {
      _ = Tensor<Float>.zeros([2, 0]).median(axis: -1)
    },
    .init("oneHot: axis 2 is out of range for shape [1, 3]") {
      _ = Tensor<Float>.oneHot(Tensor<Int64>([0]), depth: 3, axis: 2)
    },
  ]
}
