import Tensor
import Testing

/// Dot, outer and Kronecker products, diagonals and traces against naive loops.
struct ProductTests {
  @Test func dot() {
    dot(Float.self) { Float(Double.random(in: -1...1, using: &$0)) }
    dot(Double.self) { Double.random(in: -1...1, using: &$0) }
    dot(Int32.self) { Int32.random(in: -9...9, using: &$0) }
    dot(Int64.self) { Int64.random(in: -9...9, using: &$0) }
  }

  private func dot<Scalar: SignedScalar>(
    _: Scalar.Type, _ element: (inout TestRandom) -> Scalar
  ) {
    var random = TestRandom(3)
    for first in Arrangement.allCases {
      for second in Arrangement.allCases {
        for length in [0, 1, 2, 17, 300] {
          let a: Tensor<Scalar> = first.tensor([length], using: &random, element)
          let b: Tensor<Scalar> = second.tensor([length], using: &random, element)
          let exact = zip(doubles(a), doubles(b)).reduce(0) { $0 + $1.0 * $1.1 }
          let value = a.dot(b)
          #expect(value.shape == [])
          let isExact = Scalar.self == Int32.self || Scalar.self == Int64.self
          let unit = isExact ? 0 : Scalar.self == Float.self ? 1e-7 : 2e-16
          #expect(abs(doubles(value)[0] - exact) <= unit * Double(length + 1))
        }
      }
    }
  }

  @Test func longDotsKeepTheirDigitsOnAnyNumberOfThreads() {
    let n = 300_001
    let x = Tensor<Float>(repeating: 0.1, shape: [n])
    let exact = Double(n) * Double(0.1 as Float) * Double(0.1 as Float)
    #expect(abs(Double(x.dot(x).item) - exact) <= 1e-6 * exact)
    let previous = ThreadPool.threadCount
    defer { ThreadPool.threadCount = previous }
    ThreadPool.threadCount = 1
    let single = x.dot(x).item
    ThreadPool.threadCount = 3
    #expect(x.dot(x).item.bitPattern == single.bitPattern)
  }

  @Test func outer() {
    var random = TestRandom(4)
    for arrangement in Arrangement.allCases {
      for (m, n) in [(3, 4), (0, 2), (1, 1), (5, 0)] {
        let a: Tensor<Double> = arrangement.tensor([m], using: &random) {
          Double.random(in: -1...1, using: &$0)
        }
        let b: Tensor<Double> = arrangement.tensor([n], using: &random) {
          Double.random(in: -1...1, using: &$0)
        }
        let c = a.outer(b)
        #expect(c.shape == [m, n])
        let expected = elements(of: a).flatMap { x in elements(of: b).map { x * $0 } }
        #expect(elements(of: c) == expected)
      }
    }
    #expect(Tensor<Int32>([1, 2]).outer(Tensor([3, 4])).scalars == [3, 4, 6, 8])
  }

  @Test func kronecker() {
    let a = Tensor<Int32>([1, 2, 3, 4], shape: [2, 2])
    let b = Tensor<Int32>([1, 10, 100], shape: [1, 3])
    #expect(
      a.kronecker(b) == Tensor([1, 10, 100, 2, 20, 200, 3, 30, 300, 4, 40, 400], shape: [2, 6]))
    #expect(Tensor<Int32>([1, 2]).kronecker(Tensor([1, 10])).scalars == [1, 10, 2, 20])
    #expect(Tensor<Int32>(3).kronecker(a) == a * 3)
    // An operand with fewer axes.
    #expect(Tensor<Int32>([1, 2]).kronecker(a).scalars == [1, 2, 2, 4, 3, 4, 6, 8])
    #expect(a.kronecker(Tensor<Int32>.zeros([0, 2])).shape == [0, 4])
    // By the definition, for four axes.
    var random = TestRandom(6)
    let x: Tensor<Double> = Arrangement.permuted.tensor([2, 1, 3, 2], using: &random) {
      Double.random(in: -1...1, using: &$0)
    }
    let y: Tensor<Double> = Arrangement.sliced.tensor([1, 2, 2, 3], using: &random) {
      Double.random(in: -1...1, using: &$0)
    }
    let z = x.kronecker(y)
    #expect(z.shape == [2, 2, 6, 6])
    for index in indices(of: [2, 2, 6, 6]) {
      let outer = zip(index, y.shape).map { $0 / $1 }
      let inner = zip(index, y.shape).map { $0 % $1 }
      #expect(
        z[index[0], index[1], index[2], index[3]].item
          == x[outer[0], outer[1], outer[2], outer[3]].item
          * y[inner[0], inner[1], inner[2], inner[3]].item)
    }
  }

  @Test func diagonalAndTrace() {
    var random = TestRandom(8)
    for arrangement in Arrangement.allCases {
      for rank in 2...4 {
        for _ in 0..<4 {
          let shape = random.shape(rank: rank)
          let x: Tensor<Int64> = arrangement.tensor(shape, using: &random) {
            Int64.random(in: -99...99, using: &$0)
          }
          let axes = Array((0..<rank).shuffled(using: &random).prefix(2))
          let offset = Int.random(in: -3...3, using: &random)
          let (rows, columns) = (axes[0], axes[1])
          let kept = (0..<rank).filter { !axes.contains($0) }
          let length = max(
            0, min(shape[rows] - max(0, -offset), shape[columns] - max(0, offset)))
          let all = elements(of: x)
          let order = Tensor((0..<all.count).map { Int64($0) }, shape: Shape(shape))
          var expected: [Int64] = []
          for index in indices(of: kept.map { shape[$0] } + [length]) {
            var place = [Int](repeating: 0, count: rank)
            for (axis, position) in zip(kept, index) { place[axis] = position }
            place[rows] = index[kept.count] + max(0, -offset)
            place[columns] = index[kept.count] + max(0, offset)
            let flat = zip(place, order.layout.strides).reduce(0) { $0 + $1.0 * $1.1 }
            expected.append(all[flat])
          }
          let negative = (rows: rows - rank, columns: columns)
          let view = x.diagonal(offset: offset, axes: negative)
          #expect(Array(view.shape) == kept.map { shape[$0] } + [length])
          #expect(elements(of: view) == expected)
          #expect(view.storage === x.storage)
          let sums = x.trace(offset: offset, axes: negative)
          #expect(sums == view.sum(axes: [-1]))
          #expect(Array(sums.shape) == kept.map { shape[$0] })
        }
      }
    }
    let a = Tensor<Float>([1, 2, 3, 4, 5, 6], shape: [2, 3])
    #expect(a.trace().item == 6)
    #expect(a.trace(offset: 1).item == 8)
    #expect(a.trace(offset: 9).item == 0)
    #expect(a.diagonal(offset: .min).shape == [0])
    #expect(a.diagonal(offset: .max).shape == [0])
    #expect(a.diagonal(offset: -1).scalars == [4])
    #expect(Tensor<Float>.zeros([0, 0]).trace().item == 0)
  }
}

/// The elements in row-major order as `Double`.
func doubles<Scalar: TensorScalar>(_ tensor: Tensor<Scalar>) -> [Double] {
  elements(of: Tensor<Double>(tensor))
}
