import Tensor
import Testing

/// The same bits for any number of threads, at sizes that are cut into pieces: one row for each family
/// of operations that shares work out.
@Suite(.serialized) struct ThreadInvarianceTests {
  typealias Case = @Sendable () throws -> [[UInt8]]

  private static func bytes<Scalar: TensorScalar>(_ tensor: Tensor<Scalar>) -> [UInt8] {
    tensor.withUnsafeBufferPointer { Array(UnsafeRawBufferPointer($0)) }
  }

  private static func normal(_ shape: Shape, _ seed: UInt64 = 1) -> Tensor<Float> {
    var random = RandomGenerator(seed: seed)
    return .normal(shape, using: &random)
  }

  private static func both(_ shape: Shape, _ body: (Tensor<Float>) -> [[UInt8]]) -> [[UInt8]] {
    // Whole and strided.
    body(normal(shape)) + body(normal(Shape(shape.reversed())).permuted([2, 1, 0]))
  }

  private static let cases: [String: Case] = [
    "sums": {
      both([30, 41, 37]) { x in
        [[0], [1], [2], [0, 2], [1, 2], [0, 1, 2]].flatMap { axes in
          [bytes(x.sum(axes: axes)), bytes(x.logSumExp(axes: axes)), bytes(x.variance(axes: axes))]
        }
      }
    },
    "sums of doubles": {
      let x = Tensor<Double>(normal([300, 401]))
      return [[0], [1], [0, 1]].map { bytes(x.sum(axes: $0)) }
    },
    "one long sum": {
      let x = normal([300_001])
      return [bytes(x.sum()), bytes(x.sumOfSquares()), bytes(x.norm(order: 3)), bytes(x.max())]
    },
    "extremes": {
      both([30, 41, 37]) { x in
        [bytes(x.argmax(axis: nil)), bytes(x.argmin(axis: 0)), bytes(x.argmax(axis: 2))]
      }
    },
    "softmax": {
      both([30, 41, 37]) { x in
        (0..<3).flatMap { [bytes(x.softmax(axis: $0)), bytes(x.logSoftmax(axis: $0))] }
      }
    },
    "normalised rows": {
      both([30, 41, 37]) { x in
        let rows = x.normalizedRows(scale: normal([37], 2), shift: normal([37], 3))
        let g = normal(x.shape, 4)
        let parameters = g.throughNormalizedRowParameters(of: x, rows)
        return [
          bytes(rows.values), bytes(rows.inverses), bytes(g.throughNormalizedRows(of: x, rows)),
          bytes(parameters.scale), bytes(parameters.shift),
        ]
      }
    },
    "running sums": {
      both([30, 41, 37]) { x in
        (0..<3).flatMap {
          [bytes(x.cumulativeSum(axis: $0)), bytes(x.cumulativeProduct(axis: $0))]
        }
      }
    },
    "products": {
      let a = normal([130, 257])
      let b = normal([257, 141], 2)
      let batch = normal([9, 33, 40], 3).matmul(normal([9, 40, 31], 4))
      return [
        bytes(a.matmul(b)), bytes(b.transposed.matmul(a.transposed)), bytes(batch),
        bytes(a.matmul(normal([257], 5))), bytes(a.flattened.dot(normal([33_410], 6))),
        bytes(Tensor.einsum("ij,kj->ik", a, normal([150, 257], 7))),
      ]
    },
    "convolutions": {
      // Minimal filtering, columns, and channels alone.
      let x = normal([2, 16, 20, 21])
      let g = normal([2, 16, 20, 21], 2)
      let geometry = WindowGeometry(padding: .same)
      return [([16, 16, 3, 3] as Shape, 1), ([16, 16, 2, 5], 1), ([16, 1, 3, 3], 16)].flatMap {
        (weight, groups) in
        let w = normal(weight, 3)
        return [
          bytes(x.convolved(with: w, geometry: geometry, groups: groups)),
          bytes(
            g.transposeConvolved(
              with: w, geometry: geometry, groups: groups, extents: [20, 21])),
          bytes(
            x.convolutionWeightGradient(
              outputGradient: g, kernel: [weight[2], weight[3]], geometry: geometry,
              groups: groups)),
        ]
      }
    },
    "pooling": {
      let x = normal([4, 16, 30, 31])
      let pooled = x.maxPooledWithPlaces(kernel: 3, geometry: .init(stride: 2, padding: 1))
      return [
        bytes(pooled.values), bytes(pooled.places),
        bytes(pooled.values.maxPoolingInputGradient(places: pooled.places, inputShape: x.shape)),
        bytes(x.averagePooled(kernel: 2)),
        bytes(x.resized(to: [17, 40], mode: .bicubic(aligningCorners: false))),
        bytes(
          x.resizingInputGradient(
            inputShape: [4, 16, 50, 13], mode: .bicubic(aligningCorners: true))),
      ]
    },
    "sorting": {
      let x = normal([3, 40_001])
      return [
        bytes(x.sorted()), bytes(x.argsort(descending: true)), bytes(x.sorted(axis: 0)),
        bytes(x.flattened.round().argsort()), bytes(x.topK(100).indices),
        bytes(x.round().uniqueElements().inverse),
        bytes(x.flattened.sorted().searchSorted(x.flattened[0..<9_000])),
        bytes(x.histogram(bins: 40).counts),
      ]
    },
    "random numbers": {
      var random = RandomGenerator(seed: 9)
      let shape: Shape = [90_001]
      return [
        bytes(Tensor<Float>.normal(shape, using: &random)),
        bytes(Tensor<Double>.normal(shape, using: &random)),
        bytes(Tensor<Float>.uniform(shape, using: &random)),
        bytes(Tensor<Float>.truncatedNormal(shape, using: &random)),
        bytes(Tensor<Bool>.bernoulli(shape, probability: 0.3, using: &random)),
        bytes(Tensor<Int64>.integers(shape, in: 0..<1_000, using: &random)),
        bytes(Tensor<Int32>.permutation(90_001, using: &random)),
        bytes(Tensor<Int64>.categorical(weights: normal([20]).exp(), count: 9_001, using: &random)),
      ]
    },
    "elements": {
      both([30, 41, 37]) { x in
        [bytes(x.exp()), bytes(x * normal([37], 2)), bytes(x .> 0), bytes(-x + x.squared())]
      }
    },
    "gathering": {
      var random = RandomGenerator(seed: 10)
      var sums = Tensor<Float>.zeros([50, 300])
      let places = Tensor<Int64>.integers([700], in: 0..<50, using: &random)
      sums.indexAdd(normal([700, 300]), at: places)
      var scattered = Tensor<Float>.zeros([50, 300])
      let each = Tensor<Int64>.integers([700, 300], in: 0..<50, using: &random)
      scattered.scatterAdd(normal([700, 300]), at: each, axis: 0)
      return [bytes(sums), bytes(scattered), bytes(sums.take(places)), bytes(sums.rolled(7))]
    },
    "matrices": {
      let a = normal([12, 20, 20]) + Tensor.identity(20) * 5
      return [bytes(try a.inverse()), bytes(a.determinant()), bytes(a.qr().q)]
    },
  ]

  @Test(arguments: cases.keys.sorted())
  func sameBits(_ name: String) throws {
    let body = try #require(Self.cases[name])
    let before = ThreadPool.threadCount
    defer { ThreadPool.threadCount = before }
    ThreadPool.threadCount = 1
    let expected = try body()
    for threads in [2, 3, 5] {
      ThreadPool.threadCount = threads
      let found = try body()
      #expect(found.count == expected.count)
      for (place, (a, b)) in zip(found, expected).enumerated() {
        #expect(a == b, "result \(place) with \(threads) threads")
      }
    }
  }
}
