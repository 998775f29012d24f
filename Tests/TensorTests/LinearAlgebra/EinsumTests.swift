import Tensor
import Testing

/// Einstein's summation against naive loops in double precision.
struct EinsumTests {
  /// Every assignment of the indices, one multiplication at a time: the values and the sums of the
  /// sizes of their terms.
  private func reference(
    _ operands: [(values: [Double], shape: [Int], indices: [Int])], output: [Int], extents: [Int]
  ) -> (values: [Double], sizes: [Double]) {
    let summed = extents.indices.filter { index in
      !output.contains(index) && operands.contains { $0.indices.contains(index) }
    }
    let order = output + summed
    let inner = summed.reduce(1) { $0 * extents[$1] }
    let outer = output.reduce(1) { $0 * extents[$1] }
    var values = [Double](repeating: 0, count: outer)
    var sizes = values
    // The place of each operand's element for every assignment, outermost output index first.
    let positions = operands.map { operand -> [Int] in
      var strides = [Int](repeating: 0, count: extents.count)
      var step = 1
      for (extent, index) in zip(operand.shape, operand.indices).reversed() {
        if extent != 1 { strides[index] += step }
        step *= extent
      }
      return places(of: order.map { extents[$0] }, strides: order.map { strides[$0] })
    }
    for position in 0..<outer * inner {
      var term = 1.0
      for (operand, place) in zip(operands, positions) { term *= operand.values[place[position]] }
      values[position / inner] += term
      sizes[position / inner] += abs(term)
    }
    return (values, sizes)
  }

  /// A random equation with its operands' indices: the first `ellipsis` indices are behind dots.
  private struct Case {
    var text: String
    var operands: [[Int]]
    var output: [Int]
    var extents: [Int]

    init(using random: inout TestRandom) {
      let ellipsis = Int.random(in: 0..<3, using: &random) == 0 ? 2 : 0
      let count = Int.random(in: 1...5, using: &random)
      let letters = Array("abcdeABz".shuffled(using: &random).prefix(count))
      extents = random.shape(rank: ellipsis + count, largest: 3)
      // Terms as indices; nil is the ellipsis.
      var terms: [[Int?]] = []
      operands = []
      output = []
      text = ""
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        var term: [Int?] = (0..<Int.random(in: 0...3, using: &random)).map { _ in
          ellipsis + Int.random(in: 0..<count, using: &random)
        }
        var dots: [Int] = []
        if ellipsis > 0, Bool.random(using: &random) {
          dots = Array((0..<ellipsis).dropFirst(Int.random(in: 0...ellipsis, using: &random)))
          term.insert(nil, at: Int.random(in: 0...term.count, using: &random))
        }
        terms.append(term)
        operands.append(term.flatMap { index in index.map { [$0] } ?? dots })
      }
      // What no operand has is 1 in the result.
      for index in extents.indices where !operands.contains(where: { $0.contains(index) }) {
        extents[index] = 1
      }
      let width = ellipsis - (operands.joined().filter { $0 < ellipsis }.min() ?? ellipsis)
      let seen = Set(operands.joined().filter { $0 >= ellipsis })
      func write(_ term: [Int?]) -> String {
        term.map { index in index.map { String(letters[$0 - ellipsis]) } ?? "..." }
          .joined(separator: Bool.random(using: &random) ? " " : "")
      }
      text = terms.map { write($0) }.joined(separator: Bool.random(using: &random) ? "," : " , ")
      let dots = Array((ellipsis - width)..<ellipsis)
      if Int.random(in: 0..<4, using: &random) == 0 {
        let single = seen.filter { index in
          operands.joined().filter { $0 == index }.count == 1
        }
        output = dots + single.sorted { letters[$0 - ellipsis] < letters[$1 - ellipsis] }
      } else {
        let kept = seen.shuffled(using: &random)
          .prefix(Int.random(in: 0...seen.count, using: &random))
        var result: [Int?] = Array(kept)
        let hasDots = Int.random(in: 0..<4, using: &random) > 0
        if hasDots { result.insert(nil, at: Int.random(in: 0...kept.count, using: &random)) }
        output = result.flatMap { index in index.map { [$0] } ?? dots }
        text += " -> " + write(result)
      }
    }
  }

  @Test func randomEquations() {
    randomEquations(Float.self, 1, 300) { Float(Double.random(in: -1...1, using: &$0)) }
    randomEquations(Double.self, 2, 300) { Double.random(in: -1...1, using: &$0) }
    randomEquations(Int32.self, 3, 150) { Int32.random(in: -5...5, using: &$0) }
    randomEquations(Int64.self, 4, 150) { Int64.random(in: -5...5, using: &$0) }
  }

  private func randomEquations<Scalar: SignedScalar>(
    _: Scalar.Type, _ seed: UInt64, _ count: Int, _ element: (inout TestRandom) -> Scalar
  ) {
    var random = TestRandom(seed)
    let unit = Scalar.self == Float.self ? 0x1p-23 : Scalar.self == Double.self ? 0x1p-52 : 0
    for _ in 0..<count {
      let row = Case(using: &random)
      let operands = row.operands.map { indices -> Tensor<Scalar> in
        // Some axes broadcast; those of a diagonal must be equal.
        let shape = indices.map { index in
          Set(indices).count == indices.count && Int.random(in: 0..<6, using: &random) == 0
            ? 1 : row.extents[index]
        }
        return Arrangement.allCases.randomElement(using: &random)!
          .tensor(shape, using: &random, element)
      }
      var extents = row.extents
      for index in extents.indices {
        let all = zip(operands, row.operands).flatMap { operand, indices in
          indices.indices.filter { indices[$0] == index }.map { operand.shape[$0] }
        }
        extents[index] = all.first { $0 != 1 } ?? 1
      }
      let expected = reference(
        zip(operands, row.operands).map { (doubles($0), Array($0.shape), $1) },
        output: row.output, extents: extents)
      let value = Tensor.einsum(row.text, operands)
      let context = "\(Scalar.self) \(row.text) \(operands.map(\.shape))"
      #expect(Array(value.shape) == row.output.map { extents[$0] }, "\(context)")
      let isRight = zip(doubles(value), zip(expected.values, expected.sizes)).allSatisfy {
        abs($0 - $1.0) <= 8 * unit * $1.1
      }
      #expect(isRight && value.count == expected.values.count, "\(context)")
    }
  }

  /// An equation that people use, with what it is by other means.
  struct Known: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var shapes: [Shape]
    var expected: @Sendable ([Tensor<Double>]) -> Tensor<Double>

    init(
      _ equation: String, _ shapes: Shape...,
      by expected: @escaping @Sendable ([Tensor<Double>]) -> Tensor<Double>
    ) {
      testDescription = equation
      self.shapes = shapes
      self.expected = expected
    }
  }

  static let known: [Known] = [
    .init("ii", [4, 4]) { $0[0].trace() },
    .init("ii->i", [4, 4]) { $0[0].diagonal() },
    .init("ij->ji", [3, 4]) { $0[0].transposed },
    .init("ba", [3, 4]) { $0[0].transposed },
    .init("...ij->...ji", [2, 5, 3, 4]) { $0[0].transposed },
    .init("ij->", [3, 4]) { $0[0].sum() },
    .init("ij->i", [3, 4]) { $0[0].sum(axes: [1]) },
    .init("ij->j", [3, 4]) { $0[0].sum(axes: [0]) },
    .init("i,i", [7], [7]) { $0[0].dot($0[1]) },
    .init("i,j", [3], [4]) { $0[0].outer($0[1]) },
    .init("i,i->i", [5], [5]) { $0[0] * $0[1] },
    .init("ij,ij->ij", [3, 4], [3, 4]) { $0[0] * $0[1] },
    .init("ij,ij", [3, 4], [3, 4]) { ($0[0] * $0[1]).sum() },
    .init("ij,j", [3, 4], [4]) { $0[0].matmul($0[1]) },
    .init("ij,jk", [3, 4], [4, 5]) { $0[0].matmul($0[1]) },
    .init("ij,jk->ki", [3, 4], [4, 5]) { $0[0].matmul($0[1]).transposed },
    .init("ij,kj->ik", [3, 4], [5, 4]) { $0[0].matmul($0[1].transposed) },
    .init("bij,bjk->bik", [2, 3, 4], [2, 4, 5]) { $0[0].matmul($0[1]) },
    .init("...ij,...jk->...ik", [2, 1, 3, 4], [6, 4, 5]) { $0[0].matmul($0[1]) },
    .init("bij,jk->bik", [2, 3, 4], [4, 5]) { $0[0].matmul($0[1]) },
    .init("bhqd,bhkd->bhqk", [2, 3, 5, 4], [2, 3, 6, 4]) { $0[0].matmul($0[1].transposed) },
    .init("bqhd,bkhd->bhqk", [2, 5, 3, 4], [2, 6, 3, 4]) {
      $0[0].permuted([0, 2, 1, 3]).matmul($0[1].permuted([0, 2, 3, 1]))
    },
    .init("bhqk,bhkd->bqhd", [2, 3, 5, 6], [2, 3, 6, 4]) {
      $0[0].matmul($0[1]).permuted([0, 2, 1, 3])
    },
    .init("bi,oij,bj->bo", [6, 3], [2, 3, 4], [6, 4]) { x in
      (x[0].matmul(x[1]) * x[2]).sum(axes: [-1]).transposed
    },
    .init("i,ij,j", [3], [3, 4], [4]) { $0[0].matmul($0[1]).dot($0[2]) },
    .init("ijk,jkl->il", [2, 3, 4], [3, 4, 5]) { $0[0].tensordot($0[1]) },
    .init("ijkl,lmi->jkm", [2, 3, 4, 5], [5, 6, 2]) {
      $0[0].tensordot($0[1], axes: ([3, 0], [0, 2]))
    },
    .init("ij,jk,kl,lm->im", [2, 9], [9, 3], [3, 8], [8, 2]) {
      $0[0].matmul($0[1]).matmul($0[2]).matmul($0[3])
    },
    .init("bd,bd->b", [5, 4], [5, 4]) { ($0[0] * $0[1]).sum(axes: [1]) },
    .init("ij,k->k", [2, 3], [4]) { $0[0].sum() * $0[1] },
    .init("ijij->ij", [2, 3, 2, 3]) { x in
      x[0].diagonal(axes: (0, 2)).diagonal(axes: (0, 1))
    },
    .init(",i->i", [], [3]) { $0[0] * $0[1] },
    .init("", []) { $0[0] },
    .init("ij,jk", [2, 1], [3, 4]) { $0[0] * $0[1].sum(axes: [0]) },
  ]

  @Test(arguments: known)
  func knownEquation(_ row: Known) {
    var random = TestRandom(7)
    for arrangement in Arrangement.allCases {
      let operands = row.shapes.map { shape -> Tensor<Double> in
        arrangement.tensor(Array(shape), using: &random) { Double.random(in: -1...1, using: &$0) }
      }
      let value = Tensor.einsum(row.testDescription, operands)
      let expected = row.expected(operands)
      #expect(value.shape == expected.shape)
      #expect(value.isClose(to: expected, relative: 1e-13, absolute: 1e-13))
    }
  }

  @Test func oneOperandIsAView() {
    let a = Tensor<Float>.zeros([4, 4, 3])
    for text in ["iij->ji", "abc->cab", "...a->a..."] {
      #expect(Tensor.einsum(text, a).storage === a.storage)
    }
  }

  @Test func variadicFormAndManyLetters() {
    let x = Tensor<Float>([1, 2])
    let y = Tensor<Float>([3, 4])
    #expect(Tensor.einsum("i,i->i", x, y).scalars == [3, 8])
    // More indices than a tensor has axes, of which few are open at a time.
    let m = Tensor<Double>([1, 1, 1, 0], shape: [2, 2])
    let chain = Tensor.einsum(
      "ab,bc,cd,de,ef,fg,gh,hi,ij,jk->ak", [Tensor](repeating: m, count: 10))
    // Fibonacci's numbers.
    #expect(chain.scalars == [89, 55, 55, 34])
  }

  @Test func tensordot() {
    var random = TestRandom(12)
    let a: Tensor<Int64> = Arrangement.permuted.tensor([2, 3, 4], using: &random) {
      Int64.random(in: -9...9, using: &$0)
    }
    let b: Tensor<Int64> = Arrangement.stepped.tensor([4, 3, 5], using: &random) {
      Int64.random(in: -9...9, using: &$0)
    }
    #expect(a.tensordot(b, axes: ([2, -2], [0, 1])) == Tensor.einsum("abc,cbd->ad", a, b))
    #expect(a.tensordot(b, axes: 1) == Tensor.einsum("abc,cde->abde", a, b))
    #expect(a.tensordot(b, axes: 0) == Tensor.einsum("abc,def->abcdef", a, b))
    #expect(a.tensordot(a.permuted([1, 2, 0])).shape == [2, 2])
    #expect(a.tensordot(b, axes: ([1], [1])) == Tensor.einsum("abc,dbe->acde", a, b))
  }
}
