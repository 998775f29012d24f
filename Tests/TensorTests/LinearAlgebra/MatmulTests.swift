import Tensor
import Testing

/// The matrix product against naive loops in double precision.
struct MatmulTests {
  /// NumPy's rules, one multiplication at a time; nil where shapes do not fit.
  private func reference(
    _ a: [Double], _ aShape: [Int], _ b: [Double], _ bShape: [Int]
  ) -> (values: [Double], sizes: [Double], shape: [Int])? {
    let left = aShape.count == 1 ? [1] + aShape : aShape
    let right = bShape.count == 1 ? bShape + [1] : bShape
    guard left.count >= 2, right.count >= 2,
      let batch = broadcastShape(Array(left.dropLast(2)), Array(right.dropLast(2))),
      left[left.count - 1] == right[right.count - 2]
    else { return nil }
    let m = left[left.count - 2]
    let k = left[left.count - 1]
    let n = right[right.count - 1]
    let lefts = broadcastPlaces(Array(left.dropLast(2)), to: batch)
    let rights = broadcastPlaces(Array(right.dropLast(2)), to: batch)
    var values: [Double] = []
    var sizes: [Double] = []
    for (l, r) in zip(lefts, rights) {
      for i in 0..<m {
        for j in 0..<n {
          var total = 0.0
          var size = 0.0
          for p in 0..<k {
            let term = a[(l * m + i) * k + p] * b[(r * k + p) * n + j]
            total += term
            size += abs(term)
          }
          values.append(total)
          sizes.append(size)
        }
      }
    }
    var shape = batch
    if aShape.count > 1 { shape.append(m) }
    if bShape.count > 1 { shape.append(n) }
    return (values, sizes, shape)
  }

  private func broadcastPlaces(_ shape: [Int], to batch: [Int]) -> [Int] {
    let numbers = Tensor((0..<shape.reduce(1, *)).map { Int64($0) }, shape: Shape(shape))
    return broadcastElements(of: numbers, to: batch).map { Int($0) }
  }

  private func expectProduct<Scalar: FloatingPointScalar>(
    _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, _ comment: @autoclosure () -> String
  ) {
    let c = a.matmul(b)
    guard
      let expected = reference(
        elements(of: a).map { Double($0) }, Array(a.shape),
        elements(of: b).map { Double($0) }, Array(b.shape))
    else {
      Issue.record("shapes \(a.shape) and \(b.shape)")
      return
    }
    #expect(Array(c.shape) == expected.shape, "\(comment())")
    let values = elements(of: c)
    #expect(values.count == expected.values.count)
    let unit = Double(Scalar.ulpOfOne)
    let isRight = zip(values, zip(expected.values, expected.sizes)).allSatisfy {
      abs(Double($0) - $1.0) <= 4 * unit * $1.1
    }
    #expect(isRight, "\(Scalar.self) \(a.shape) \(b.shape) \(comment())")
  }

  private func number<Scalar: FloatingPointScalar>(_ random: inout TestRandom) -> Scalar {
    Scalar(Double.random(in: -1...1, using: &random))
  }

  @Test func everyRankAndArrangement() {
    everyRankAndArrangement(Float.self)
    everyRankAndArrangement(Double.self)
  }

  private func everyRankAndArrangement<Scalar: FloatingPointScalar>(_: Scalar.Type) {
    var random = TestRandom(9)
    for first in Arrangement.allCases {
      for second in Arrangement.allCases {
        for _ in 0..<8 {
          let m = Int.random(in: 0...6, using: &random)
          let n = Int.random(in: 0...6, using: &random)
          let k = Int.random(in: 0...6, using: &random)
          let batch = random.shape(rank: Int.random(in: 0...3, using: &random), largest: 3)
          func part() -> [Int] {
            batch.dropFirst(Int.random(in: 0...batch.count, using: &random)).map {
              Int.random(in: 0..<3, using: &random) == 0 ? 1 : $0
            }
          }
          let isRow = Int.random(in: 0..<5, using: &random) == 0
          let isColumn = Int.random(in: 0..<5, using: &random) == 0
          let left = isRow ? [k] : part() + [m, k]
          let right = isColumn ? [k] : part() + [k, n]
          let a: Tensor<Scalar> = first.tensor(left, using: &random, number)
          let b: Tensor<Scalar> = second.tensor(right, using: &random, number)
          expectProduct(a, b, "\(first) \(second)")
        }
      }
    }
  }

  // Around the limits where a product is cut, and where OpenBLAS changes kernels.
  @Test(arguments: [
    (1, 1, 1), (8, 16, 32), (63, 64, 65), (66, 67, 68), (69, 70, 71), (100, 100, 101),
    (17, 513, 40), (257, 31, 129), (3, 1_025, 200), (1_025, 3, 200), (40, 40, 600), (1, 700, 700),
    (700, 1, 700), (128, 10, 784), (32, 64, 784),
  ])
  func sizesAroundTileLimits(m: Int, n: Int, k: Int) {
    var random = TestRandom(UInt64(m * n))
    let a: Tensor<Float> = Arrangement.contiguous.tensor([m, k], using: &random, number)
    let b: Tensor<Float> = Arrangement.contiguous.tensor([k, n], using: &random, number)
    let at: Tensor<Float> = Arrangement.transposed.tensor([m, k], using: &random, number)
    let bt: Tensor<Float> = Arrangement.transposed.tensor([k, n], using: &random, number)
    let product = a.matmul(b)
    expectProduct(a, b, "plain")
    expectProduct(at, bt, "both transposed")
    // The other arrangements against the first, which is right.
    func isNear(_ x: Tensor<Float>, _ y: Tensor<Float>) -> Bool {
      (x - y).magnitude().max().item <= 2e-6 * Float(k)
    }
    #expect(isNear(a.transposed.copied().transposed.matmul(b), product))
    #expect(isNear(a.matmul(b.transposed.copied().transposed), product))
    let sliced = Tensor<Float>.zeros([m + 2, k + 3])
    var padded = sliced
    padded[1..<(m + 1), 2..<(k + 2)] = a
    #expect(isNear(padded[1..<(m + 1), 2..<(k + 2)].matmul(b), product))
    #expect(isNear(product.transposed, b.transposed.matmul(a.transposed)))
  }

  // Groups of small products, large ones cut one by one, thin ones, and a shared right operand.
  @Test(arguments: [
    ([11], 5, 9, 7), ([2, 3], 20, 33, 40), ([2], 60, 70, 50), ([9], 60, 66, 52), ([3], 1, 40, 90),
    ([3], 40, 2, 70), ([2, 1], 1, 1, 300),
  ])
  func batches(batch: [Int], m: Int, n: Int, k: Int) {
    var random = TestRandom(UInt64(m + n + k))
    for (first, second) in [
      (Arrangement.contiguous, Arrangement.transposed), (.permuted, .contiguous),
      (.transposed, .flipped), (.sliced, .broadcast),
    ] {
      let a: Tensor<Float> = first.tensor(batch + [m, k], using: &random, number)
      let b: Tensor<Float> = second.tensor(batch + [k, n], using: &random, number)
      expectProduct(a, b, "\(first) \(second)")
    }
    let a: Tensor<Double> = Arrangement.contiguous.tensor(batch + [m, k], using: &random, number)
    let b: Tensor<Double> = Arrangement.transposed.tensor([k, n], using: &random, number)
    expectProduct(a, b, "shared right")
    expectProduct(
      b.transposed, a.permuted(Array(0..<batch.count) + [batch.count + 1, batch.count]),
      "shared left")
  }

  @Test func vectorsTimesVectors() {
    var random = TestRandom(3)
    for k in [0, 1, 7, 300, 5_000] {
      let a: Tensor<Float> = Arrangement.stepped.tensor([k], using: &random, number)
      let b: Tensor<Float> = Arrangement.flipped.tensor([k], using: &random, number)
      expectProduct(a, b, "\(k)")
    }
  }

  @Test func nothingIsSummedToZero() {
    for (left, right) in [([3, 0], [0, 4]), ([2, 3, 0], [0, 4]), ([0], [0, 4]), ([0], [0])] {
      // Memory that is reused is not clean.
      for _ in 0..<3 { _ = Tensor<Float>(repeating: .nan, shape: [2, 3, 4]) }
      let a = Tensor<Float>.zeros(Shape(left))
      let b = Tensor<Float>.zeros(Shape(right))
      let c = a.matmul(b)
      #expect(c.scalars.allSatisfy { $0 == 0 })
    }
    #expect(Tensor<Float>.zeros([0, 3]).matmul(.zeros([3, 4])).shape == [0, 4])
    #expect(Tensor<Float>.zeros([2, 0, 3]).matmul(.zeros([3, 4])).shape == [2, 0, 4])
    #expect(Tensor<Float>.zeros([0, 2, 3]).matmul(.zeros([3, 4])).shape == [0, 2, 4])
    #expect(Tensor<Float>.zeros([5, 2, 3]).matmul(.zeros([3, 0])).shape == [5, 2, 0])
  }

  @Test func affine() {
    affine(Float.self)
    affine(Double.self)
  }

  private func affine<Scalar: FloatingPointScalar>(_: Scalar.Type) {
    var random = TestRandom(11)
    for arrangement in Arrangement.allCases {
      for (rows, inputs, outputs) in [(5, 3, 4), (1, 1, 1), (0, 3, 2), (4, 0, 2), (64, 90, 100)] {
        let x: Tensor<Scalar> = arrangement.tensor([rows, inputs], using: &random, number)
        let w: Tensor<Scalar> = arrangement.tensor([outputs, inputs], using: &random, number)
        let b: Tensor<Scalar> = arrangement.tensor([outputs], using: &random, number)
        let expected = x.matmul(w.transposed) + b
        let fused = x.affine(weight: w, bias: b)
        #expect(fused.shape == expected.shape)
        #expect(x.affine(weight: w, bias: b, rectified: true) == fused.relu())
        #expect(x.affine(weight: w, bias: nil) == x.matmul(w.transposed))
        if rows > 0 {
          #expect((fused - expected).magnitude().max().item <= Scalar(inputs + 1) * .ulpOfOne * 4)
        }
      }
    }
  }

  @Test func theOperandsStayAsTheyAre() {
    let a = Tensor<Float>([1, 2, 3, 4], shape: [2, 2])
    var b = a
    let c = b.matmul(b)
    b += 1
    #expect(a.scalars == [1, 2, 3, 4])
    #expect(c.scalars == [7, 10, 15, 22])
  }
}
