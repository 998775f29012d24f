import Tensor
import Testing

/// Least squares, ranks and pseudo-inverses by what defines them.
struct LeastSquaresTests {
  typealias D = Tensor<Double>

  private func number<Scalar: FloatingPointScalar>(_ random: inout TestRandom) -> Scalar {
    Scalar(Double.random(in: -1...1, using: &random))
  }

  private func isNear(_ x: D, _ y: D, _ tolerance: Double) -> Bool {
    x.shape == y.shape && (x.count == 0 || (x - y).magnitude().max().item <= tolerance)
  }

  /// Matrices m×n of the given rank, from factors.
  private func matrix<Scalar: FloatingPointScalar>(
    _ arrangement: Arrangement, _ batch: [Int], _ m: Int, _ n: Int, rank: Int,
    _ random: inout TestRandom
  ) -> Tensor<Scalar> {
    // Broadcasting would lower the rank.
    let kind = arrangement == .broadcast ? .permuted : arrangement
    let left: Tensor<Scalar> = kind.tensor(batch + [m, rank], using: &random, number)
    let right: Tensor<Scalar> = kind.tensor(batch + [rank, n], using: &random, number)
    return left.matmul(right)
  }

  @Test func leastSquares() throws {
    var random = TestRandom(23)
    for arrangement in Arrangement.allCases {
      for batch in [[], [2], [2, 1], [0]] as [[Int]] {
        try leastSquares(Double.self, arrangement, batch, 1e-11, &random)
        try leastSquares(Float.self, arrangement, batch, 2e-3, &random)
      }
    }
  }

  private func leastSquares<Scalar: FloatingPointScalar>(
    _: Scalar.Type, _ arrangement: Arrangement, _ batch: [Int], _ tolerance: Double,
    _ random: inout TestRandom
  ) throws {
    for (m, n, rank) in [(5, 3, 3), (3, 5, 3), (4, 4, 2), (6, 3, 1), (2, 2, 0)] {
      // Well conditioned within their rank.
      let a: Tensor<Scalar> = matrix(arrangement, batch, m, n, rank: rank, &random)
      let s = try D(a).singularValues()
      let kept = s[.ellipsis, 0..<rank]
      if kept.count > 0 && kept.min().item < 0.05 { continue }
      for right in [[m], batch + [m, 2], [3] + batch.map { _ in 1 } + [m, 1]] {
        let b: Tensor<Scalar> = arrangement.tensor(right, using: &random, number)
        let found = try a.leastSquares(b, relativeTolerance: Scalar(0.001))
        let context = "\(Scalar.self) \(arrangement) \(batch) \(m)×\(n) rank \(rank) \(right)"
        let sides = right.count == 1 ? D(b).expanded(at: -1) : D(b)
        let x = right.count == 1 ? D(found.solution).expanded(at: -1) : D(found.solution)
        let full = Shape.broadcast(Shape(batch), Shape(sides.shape.dropLast(2)))!
        #expect(Array(x.shape) == Array(full) + [n, sides.shape[-1]], "\(context)")
        // Orthogonal to the columns, and within the rows.
        let residual = sides - D(a).matmul(x)
        let normal = D(a.transposed).matmul(residual)
        #expect(isNear(normal, D.zeros(normal.shape), tolerance), "\(context)")
        let inverse = D(try a.pseudoInverse(relativeTolerance: Scalar(0.001)))
        #expect(isNear(inverse.matmul(D(a)).matmul(x), x, 20 * tolerance), "\(context)")
        let squares = residual.sumOfSquares(axes: right.count == 1 ? [-2, -1] : [-2])
        #expect(isNear(D(found.residuals), squares, tolerance), "\(context)")
        #expect(found.rank.shape == full && found.rank.scalars.allSatisfy { $0 == Int64(rank) })
        #expect(Array(found.singularValues.shape) == Array(full) + [min(m, n)])
        let expected = s.broadcast(to: found.singularValues.shape)
        #expect(isNear(D(found.singularValues), expected, tolerance), "\(context)")
      }
    }
  }

  @Test func rankAndPseudoInverse() throws {
    var random = TestRandom(29)
    for arrangement in Arrangement.allCases {
      for batch in [[], [2], [2, 2], [0]] as [[Int]] {
        for (m, n, rank) in [(1, 1, 1), (5, 3, 3), (3, 5, 2), (4, 4, 4), (4, 4, 1), (2, 3, 0)] {
          let a: Tensor<Double> = matrix(arrangement, batch, m, n, rank: rank, &random)
          let ranks = try a.matrixRank()
          #expect(Array(ranks.shape) == batch)
          #expect(ranks.scalars.allSatisfy { $0 == Int64(rank) }, "\(arrangement) \(m)×\(n)")
          let kept = try a.singularValues()[.ellipsis, 0..<rank]
          if kept.count > 0 && kept.min().item < 0.01 { continue }
          // The four conditions of Penrose.
          let inverse = try a.pseudoInverse()
          #expect(Array(inverse.shape) == batch + [n, m])
          let (left, right) = (a.matmul(inverse), inverse.matmul(a))
          #expect(isNear(left.matmul(a), a, 1e-11))
          #expect(isNear(right.matmul(inverse), inverse, 1e-10))
          #expect(isNear(left, left.transposed, 1e-11) && isNear(right, right.transposed, 1e-11))
        }
      }
    }
    #expect(try D([3, 0, 0, 1e-3], shape: [2, 2]).matrixRank(relativeTolerance: 1e-3).item == 1)
    #expect(try D([3, 0, 0, 1e-2], shape: [2, 2]).matrixRank(relativeTolerance: 1e-3).item == 2)
  }
}
