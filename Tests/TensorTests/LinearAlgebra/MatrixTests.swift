import Tensor
import Testing

/// Factors and solutions are put together again, in double precision, for batches of every shape and
/// arrangement.
struct MatrixTests {
  typealias D = Tensor<Double>

  private static let batches: [[Int]] = [[], [3], [2, 1], [0]]

  private func number<Scalar: FloatingPointScalar>(_ random: inout TestRandom) -> Scalar {
    Scalar(Double.random(in: -1...1, using: &random))
  }

  /// Runs `body` for both precisions, every arrangement and some batches.
  private func forEachKind(
    _ float: (Arrangement, [Int], inout TestRandom) throws -> Void,
    _ double: (Arrangement, [Int], inout TestRandom) throws -> Void
  ) rethrows {
    var random = TestRandom(17)
    for arrangement in Arrangement.allCases {
      for batch in Self.batches {
        try float(arrangement, batch, &random)
        try double(arrangement, batch, &random)
      }
    }
  }

  private func expectNear<Scalar: FloatingPointScalar>(
    _ x: D, _ y: D, _ scalar: Scalar.Type, _ context: @autoclosure () -> String,
    size: Double? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    guard x.shape == y.shape else {
      Issue.record("\(context()): shapes \(x.shape) and \(y.shape)", sourceLocation: sourceLocation)
      return
    }
    if x.count == 0 { return }
    let largest = size ?? max(1, y.magnitude().max().item)
    #expect(
      (x - y).magnitude().max().item <= 50 * Double(Scalar.ulpOfOne) * largest,
      "\(Scalar.self) \(context())", sourceLocation: sourceLocation)
  }

  private func identity(_ n: Int, _ batch: [Int]) -> D {
    D.identity(n).broadcast(to: Shape(batch + [n, n]))
  }

  /// Σ |a| · |b|, the size that rounding errors of a product have.
  private func size(_ a: D, _ b: D) -> Double {
    a.count == 0 || b.count == 0
      ? 1 : max(1, a.magnitude().matmul(b.magnitude()).sum().item / Double(max(1, a.count)))
  }

  @Test func solve() throws {
    func check<Scalar: FloatingPointScalar>(
      _: Scalar.Type, _ arrangement: Arrangement, _ batch: [Int], _ random: inout TestRandom
    ) throws {
      for n in [1, 2, 5] {
        let a: Tensor<Scalar> = arrangement.tensor(batch + [n, n], using: &random, number)
        // Broadcast operands have equal rows: make them regular.
        let matrix = a + Tensor<Scalar>.identity(n) * 3
        for right in [[n], [n, 3], batch + [n, 2], [2] + batch.map { _ in 1 } + [n, 1]] {
          let b: Tensor<Scalar> = arrangement.tensor(right, using: &random, number)
          let x = try matrix.solve(b)
          let product =
            right.count == 1
            ? D(matrix).matmul(D(x).expanded(at: -1)).squeezed(axes: [-1])
            : D(matrix).matmul(D(x))
          let expected = D(b).broadcast(to: product.shape)
          expectNear(product, expected, Scalar.self, "\(arrangement) \(batch) \(right)")
        }
      }
    }
    try forEachKind({ try check(Float.self, $0, $1, &$2) }, { try check(Double.self, $0, $1, &$2) })
  }

  @Test func inverseAndPower() throws {
    func check<Scalar: FloatingPointScalar>(
      _: Scalar.Type, _ arrangement: Arrangement, _ batch: [Int], _ random: inout TestRandom
    ) throws {
      for n in [1, 3, 6] {
        let noise: Tensor<Scalar> = arrangement.tensor(batch + [n, n], using: &random, number)
        let a = noise + Tensor<Scalar>.identity(n) * 3
        let inverse = try a.inverse()
        expectNear(D(a).matmul(D(inverse)), identity(n, batch), Scalar.self, "\(arrangement)")
        let context = "\(arrangement) \(batch)"
        #expect(try a.matrixPower(0) == Tensor(identity(n, batch)))
        #expect(try a.matrixPower(1) == a)
        let five = D(a).matmul(D(a)).matmul(D(a)).matmul(D(a)).matmul(D(a))
        expectNear(D(try a.matrixPower(5)), five, Scalar.self, context)
        let square = D(inverse).matmul(D(inverse))
        expectNear(D(try a.matrixPower(-2)), square, Scalar.self, context)
      }
    }
    try forEachKind({ try check(Float.self, $0, $1, &$2) }, { try check(Double.self, $0, $1, &$2) })
  }

  /// Leibniz's sum over permutations.
  private func determinant(_ matrix: [[Double]]) -> (value: Double, size: Double) {
    if matrix.isEmpty { return (1, 1) }
    var value = 0.0
    var size = 0.0
    for (column, element) in matrix[0].enumerated() {
      let minor = determinant(
        matrix.dropFirst().map { row in
          row.enumerated().filter { $0.offset != column }.map { $0.element }
        })
      value += (column % 2 == 0 ? 1 : -1) * element * minor.value
      size += abs(element) * minor.size
    }
    return (value, size)
  }

  @Test func determinants() {
    func check<Scalar: FloatingPointScalar>(
      _: Scalar.Type, _ arrangement: Arrangement, _ batch: [Int], _ random: inout TestRandom
    ) {
      for n in 0...5 {
        let a: Tensor<Scalar> = arrangement.tensor(batch + [n, n], using: &random, number)
        let values = a.determinant()
        let (sign, logMagnitude) = a.logDeterminant()
        #expect(Array(values.shape) == batch)
        #expect(Array(sign.shape) == batch && Array(logMagnitude.shape) == batch)
        let elements = doubles(a)
        for number in 0..<values.count {
          let rows = (0..<n).map { row in
            Array(elements[(number * n + row) * n..<(number * n + row + 1) * n])
          }
          let (exact, size) = determinant(rows)
          let found = Double(values.scalars[number])
          let tolerance = 16 * Double(Scalar.ulpOfOne) * size
          #expect(abs(found - exact) <= tolerance, "\(Scalar.self) \(arrangement) \(n)")
          let (s, l) = (Double(sign.scalars[number]), Double(logMagnitude.scalars[number]))
          if abs(exact) > 100 * tolerance {
            #expect(s == (exact < 0 ? -1 : 1))
            #expect(abs(D(l).exp().item / abs(found) - 1) <= 8 * Double(Scalar.ulpOfOne))
          }
        }
      }
    }
    forEachKind({ check(Float.self, $0, $1, &$2) }, { check(Double.self, $0, $1, &$2) })
  }

  @Test func determinantsAtTheEdges() {
    #expect(D([1, 2, 2, 4], shape: [2, 2]).determinant().item == 0)
    let (sign, logMagnitude) = D([1, 2, 2, 4], shape: [2, 2]).logDeterminant()
    #expect(sign.item == 0 && logMagnitude.item == -.infinity)
    // The product would vanish or overflow on the way, the result does not.
    let large = D([1e200, 1e200, 1e-200, 1e-200, 7]).diagonalMatrix()
    #expect(abs(large.determinant().item - 7) < 1e-14)
    #expect((large * 1e100).determinant().item == .infinity)
    #expect(abs((large * 1e100).logDeterminant().logMagnitude.item - 1153.2384561) < 1e-6)
    #expect((large * 1e-100).determinant().item == 0)
    #expect((Tensor<Float>.identity(60) * 0.125).determinant().item == 0)
    #expect((Tensor<Float>.identity(40) * -0.125).determinant().item == 0x1p-120)
    #expect((Tensor<Float>.identity(41) * -0.125).determinant().item == -0x1p-123)
  }

  @Test func cholesky() throws {
    func check<Scalar: FloatingPointScalar>(
      _: Scalar.Type, _ arrangement: Arrangement, _ batch: [Int], _ random: inout TestRandom
    ) throws {
      for n in [1, 2, 7] {
        let b: Tensor<Scalar> = arrangement.tensor(batch + [n, n], using: &random, number)
        let a = b.matmul(b.transposed) + Tensor<Scalar>.identity(n)
        for view in [a, a.transposed] {
          let l = try view.cholesky()
          expectNear(D(l).matmul(D(l.transposed)), D(a), Scalar.self, "\(arrangement)", size: 10)
          #expect(l == l.lowerTriangle())
          let u = try view.cholesky(upper: true)
          expectNear(D(u.transposed).matmul(D(u)), D(a), Scalar.self, "\(arrangement)", size: 10)
          #expect(u == u.upperTriangle())
          // The other triangle is not read.
          let nan = Tensor<Scalar>(repeating: .nan, shape: a.shape)
          #expect(try (a.lowerTriangle() + nan.upperOnly).cholesky() == a.cholesky())
          #expect(
            try (a.upperTriangle() + nan.upperOnly.transposed).cholesky(upper: true)
              == a.cholesky(upper: true))
        }
      }
    }
    try forEachKind({ try check(Float.self, $0, $1, &$2) }, { try check(Double.self, $0, $1, &$2) })
  }

  @Test func qr() {
    func check<Scalar: FloatingPointScalar>(
      _: Scalar.Type, _ arrangement: Arrangement, _ batch: [Int], _ random: inout TestRandom
    ) {
      for (m, n) in [(1, 1), (4, 4), (6, 3), (3, 6), (5, 1), (1, 5)] {
        let a: Tensor<Scalar> = arrangement.tensor(batch + [m, n], using: &random, number)
        for complete in [false, true] {
          let (q, r) = a.qr(complete: complete)
          let width = complete ? m : min(m, n)
          #expect(Array(q.shape) == batch + [m, width] && Array(r.shape) == batch + [width, n])
          let context = "\(arrangement) \(batch) \(m)×\(n)"
          expectNear(D(q).matmul(D(r)), D(a), Scalar.self, context)
          expectNear(D(q.transposed).matmul(D(q)), identity(width, batch), Scalar.self, context)
          #expect(r == r.upperTriangle())
        }
      }
    }
    forEachKind({ check(Float.self, $0, $1, &$2) }, { check(Double.self, $0, $1, &$2) })
  }

  @Test func singularValues() throws {
    func check<Scalar: FloatingPointScalar>(
      _: Scalar.Type, _ arrangement: Arrangement, _ batch: [Int], _ random: inout TestRandom
    ) throws {
      for (m, n) in [(1, 1), (4, 4), (6, 3), (3, 6), (5, 1), (1, 5)] {
        let a: Tensor<Scalar> = arrangement.tensor(batch + [m, n], using: &random, number)
        let k = min(m, n)
        let context = "\(arrangement) \(batch) \(m)×\(n)"
        let alone = try a.singularValues()
        for full in [false, true] {
          let (u, s, vt) = try a.svd(full: full)
          #expect(Array(s.shape) == batch + [k])
          #expect(Array(u.shape) == batch + [m, full ? m : k])
          #expect(Array(vt.shape) == batch + [full ? n : k, n])
          let scaled = D(u)[.ellipsis, 0..<k] * D(s).expanded(at: -2)
          expectNear(scaled.matmul(D(vt)[.ellipsis, 0..<k, 0...]), D(a), Scalar.self, context)
          expectNear(
            D(u.transposed).matmul(D(u)), identity(u.shape[-1], batch), Scalar.self, context)
          expectNear(
            D(vt).matmul(D(vt.transposed)), identity(vt.shape[-2], batch), Scalar.self, context)
          expectNear(D(s), D(alone), Scalar.self, context)
          for row in D(s).reshaped(to: [-1, k]).scalars.indices where row % k > 0 {
            #expect(s.scalars[row] <= s.scalars[row - 1] && s.scalars[row] >= 0)
          }
        }
        let ratio = try a.conditionNumber()
        #expect(Array(ratio.shape) == batch)
        for place in 0..<ratio.count {
          let (top, bottom) = (alone.scalars[place * k], alone.scalars[place * k + k - 1])
          #expect(ratio.scalars[place] == (bottom == 0 ? .infinity : top / bottom))
        }
      }
    }
    try forEachKind({ try check(Float.self, $0, $1, &$2) }, { try check(Double.self, $0, $1, &$2) })
    #expect(try D.zeros([2, 2]).conditionNumber().item == .infinity)
  }

  @Test func symmetricEigen() throws {
    func check<Scalar: FloatingPointScalar>(
      _: Scalar.Type, _ arrangement: Arrangement, _ batch: [Int], _ random: inout TestRandom
    ) throws {
      for n in [1, 2, 6] {
        let b: Tensor<Scalar> = arrangement.tensor(batch + [n, n], using: &random, number)
        let a = b + b.transposed
        for view in [a, a.transposed] {
          let (values, vectors) = try view.symmetricEigen()
          #expect(Array(values.shape) == batch + [n] && Array(vectors.shape) == batch + [n, n])
          let left = D(a).matmul(D(vectors))
          let right = D(vectors) * D(values).expanded(at: -2)
          expectNear(left, right, Scalar.self, "\(arrangement) \(batch)")
          expectNear(
            D(vectors.transposed).matmul(D(vectors)), identity(n, batch), Scalar.self,
            "\(arrangement)")
          let alone = try view.symmetricEigenvalues()
          expectNear(D(alone), D(values), Scalar.self, "\(arrangement)")
          for place in 0..<values.count where place % n > 0 {
            #expect(values.scalars[place] >= values.scalars[place - 1])
          }
          // The other triangle is not read.
          let nan = Tensor<Scalar>(repeating: .nan, shape: a.shape).upperOnly
          #expect(try (a.lowerTriangle() + nan).symmetricEigenvalues() == alone)
          let upper = try (a.upperTriangle() + nan.transposed).symmetricEigenvalues(upper: true)
          expectNear(D(upper), D(alone), Scalar.self, "\(arrangement)")
          let other = try (a.upperTriangle() + nan.transposed).symmetricEigen(upper: true)
          expectNear(D(other.values), D(alone), Scalar.self, "\(arrangement)")
          expectNear(
            D(a).matmul(D(other.vectors)), D(other.vectors) * D(other.values).expanded(at: -2),
            Scalar.self, "\(arrangement)")
        }
      }
    }
    try forEachKind({ try check(Float.self, $0, $1, &$2) }, { try check(Double.self, $0, $1, &$2) })
  }

  @Test func solveTriangular() throws {
    func check<Scalar: FloatingPointScalar>(
      _: Scalar.Type, _ arrangement: Arrangement, _ batch: [Int], _ random: inout TestRandom
    ) throws {
      for n in [1, 4] {
        let noise: Tensor<Scalar> = arrangement.tensor(batch + [n, n], using: &random, number)
        let full = noise + Tensor<Scalar>.identity(n) * 3
        for upper in [false, true] {
          for unitDiagonal in [false, true] {
            // A view whose other triangle, and whose diagonal if it is 1, is not read.
            var exact = upper ? D(full).upperTriangle() : D(full).lowerTriangle()
            if unitDiagonal {
              exact = upper ? exact.upperTriangle(diagonal: 1) : exact.lowerTriangle(diagonal: -1)
              exact += D.identity(n)
            }
            for right in [[n], batch + [n, 2], [2] + batch.map { _ in 1 } + [n, 3]] {
              let b: Tensor<Scalar> = arrangement.tensor(right, using: &random, number)
              for a in [full, full.transposed.copied().transposed] {
                let x = try a.solveTriangular(b, upper: upper, unitDiagonal: unitDiagonal)
                let product =
                  right.count == 1
                  ? exact.matmul(D(x).expanded(at: -1)).squeezed(axes: [-1])
                  : exact.matmul(D(x))
                expectNear(
                  product, D(b).broadcast(to: product.shape), Scalar.self,
                  "\(arrangement) \(batch) \(right)")
              }
            }
          }
        }
      }
    }
    try forEachKind({ try check(Float.self, $0, $1, &$2) }, { try check(Double.self, $0, $1, &$2) })
  }
}

extension Tensor where Scalar: FloatingPointScalar {
  /// The elements above the diagonal of a matrix of NaN, and zeros.
  fileprivate var upperOnly: Tensor { upperTriangle(diagonal: 1) }
}
