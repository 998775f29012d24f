import Tensor
import Testing

/// Matrices without elements, errors, what is not finite, and threads.
struct MatrixEdgeTests {
  typealias D = Tensor<Double>

  @Test func matricesWithoutElements() throws {
    for batch in [[], [2], [0]] as [[Int]] {
      func zeros(_ extents: Int...) -> D { .zeros(Shape(batch + extents)) }
      let count = batch.reduce(1, *)
      let none = zeros(0, 0)
      #expect(none.determinant().scalars == [Double](repeating: 1, count: count))
      #expect(none.logDeterminant().sign.scalars == [Double](repeating: 1, count: count))
      #expect(none.logDeterminant().logMagnitude.scalars == [Double](repeating: 0, count: count))
      #expect(try none.inverse() == none)
      #expect(try none.matrixPower(3) == none && none.matrixPower(-3) == none)
      #expect(try none.solve(.zeros([0])) == zeros(0))
      #expect(try none.solve(.zeros([0, 4])) == zeros(0, 4))
      #expect(
        try D.identity(3).broadcast(to: zeros(3, 3).shape).solve(.zeros([3, 0])) == zeros(3, 0))
      #expect(try none.solveTriangular(.zeros([0, 4])) == zeros(0, 4))
      #expect(try none.cholesky() == none)
      let (values, vectors) = try none.symmetricEigen()
      #expect(values == zeros(0) && vectors == none)
      #expect(try none.conditionNumber() == zeros())
      for (m, n) in [(0, 0), (0, 3), (3, 0)] {
        let a = zeros(m, n)
        let (u, s, vt) = try a.svd()
        #expect(u == zeros(m, 0) && s == zeros(0) && vt == zeros(0, n))
        let full = try a.svd(full: true)
        #expect(full.u == zeros(m, m) + D.identity(m) && full.vt == zeros(n, n) + D.identity(n))
        #expect(try a.singularValues() == zeros(0))
        let (q, r) = a.qr()
        #expect(q == zeros(m, 0) && r == zeros(0, n))
        let complete = a.qr(complete: true)
        #expect(complete.q == zeros(m, m) + D.identity(m) && complete.r == zeros(m, n))
        #expect(try a.pseudoInverse() == zeros(n, m))
        #expect(try a.matrixRank().scalars == [Int64](repeating: 0, count: count))
        let found = try a.leastSquares(D.ones([m, 2]))
        #expect(found.solution == zeros(n, 2))
        #expect(found.residuals == zeros(2) + Double(m))
        #expect(found.rank.scalars == [Int64](repeating: 0, count: count))
        #expect(found.singularValues == zeros(0))
      }
      let sides = try D.identity(3).broadcast(to: zeros(3, 3).shape).leastSquares(D.zeros([3, 0]))
      #expect(sides.solution == zeros(3, 0) && sides.residuals == zeros(0))
      #expect(sides.rank.scalars == [Int64](repeating: 3, count: count))
    }
  }

  @Test func operandsStayAsTheyAre() throws {
    let a = D([4, 1, 1, 3], shape: [2, 2])
    let b = a
    let right = D([1, 2])
    _ = try (a.solve(right), a.inverse(), a.cholesky(), a.svd(), a.symmetricEigen())
    _ = try (a.leastSquares(right), a.solveTriangular(right), a.qr(), a.determinant())
    #expect(a.scalars == [4, 1, 1, 3] && b == a && right.scalars == [1, 2])
  }

  /// One error as its one line.
  struct Failure: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var run: @Sendable (D) throws(LinearAlgebraError) -> Void

    init(_ message: String, _ run: @escaping @Sendable (D) throws(LinearAlgebraError) -> Void) {
      testDescription = message
      self.run = run
    }
  }

  static let failures: [Failure] = [
    .init(
      "solve: the matrix of shape [2, 2] is singular; use leastSquares or pseudoInverse, or add to "
        + "its diagonal"
    ) { a throws(LinearAlgebraError) in _ = try a[1, 2].solve(D([1, 2])) },
    .init(
      "inverse: matrix [1, 2] of shape [2, 3, 2, 2] is singular; use leastSquares or pseudoInverse, "
        + "or add to its diagonal"
    ) { a throws(LinearAlgebraError) in _ = try a.inverse() },
    .init(
      "matrixPower: matrix [2] of shape [3, 2, 2] is singular; use leastSquares or pseudoInverse, "
        + "or add to its diagonal"
    ) { a throws(LinearAlgebraError) in _ = try a[1].matrixPower(-1) },
    .init(
      "solveTriangular: matrix [1] of shape [2, 2, 2] is singular; use leastSquares or "
        + "pseudoInverse, or add to its diagonal"
    ) { _ throws(LinearAlgebraError) in
      _ = try D([1, 0, 5, 1, 1, 0, 5, 0], shape: [2, 2, 2]).solveTriangular(D([1, 2]))
    },
    .init(
      "cholesky: matrix [1, 2] of shape [2, 3, 2, 2] is not positive definite, as its leading minor "
        + "of order 2 shows; check that it is symmetric, or add to its diagonal"
    ) { a throws(LinearAlgebraError) in _ = try a.cholesky() },
    .init(
      "cholesky: the matrix of shape [1, 1] is not positive definite, as its leading minor of order "
        + "1 shows; check that it is symmetric, or add to its diagonal"
    ) { _ throws(LinearAlgebraError) in _ = try D.zeros([1, 1]).cholesky(upper: true) },
    .init(
      "svd: matrix [1, 0] of shape [2, 3, 2, 2] has an element that is NaN or infinite; look where "
        + "it was computed"
    ) { a throws(LinearAlgebraError) in
      var broken = a
      broken[1, 0, 1, 1] = D(.nan)
      _ = try broken.svd()
    },
    .init(
      "symmetricEigen: the matrix of shape [1, 1] has an element that is NaN or infinite; look "
        + "where it was computed"
    ) { _ throws(LinearAlgebraError) in
      _ = try D([[-.infinity]][0], shape: [1, 1]).symmetricEigen()
    },
    .init(
      "leastSquares: the matrix of shape [2, 1] has an element that is NaN or infinite; look where "
        + "it was computed"
    ) { a throws(LinearAlgebraError) in _ = try a[0, 0].leastSquares(D([1, .nan])) },
  ]

  @Test(arguments: failures)
  func throwsOneLine(_ row: Failure) {
    // Six regular matrices but for the last, of rank 1.
    var a = D.identity(2).broadcast(to: [2, 3, 2, 2]).copied()
    a[1, 2] = D([1, 2, 2, 4], shape: [2, 2])
    do {
      try row.run(a)
      Issue.record("nothing was thrown")
    } catch {
      #expect(error.description == row.testDescription)
    }
  }

  @Test func everyOperationRefusesWhatIsNotFinite() {
    for value in [Double.nan, .infinity, -.infinity] {
      for place in 0..<9 {
        var elements: [Double] = [4, 1, 0, 1, 4, 1, 0, 1, 4]
        elements[place] = value
        let a = D(elements, shape: [3, 3])
        let isLower = place % 3 <= place / 3
        func refuses(_ body: () throws(LinearAlgebraError) -> Void) -> Bool {
          do {
            try body()
            return false
          } catch {
            if case .notFinite = error { return true }
            return false
          }
        }
        #expect(refuses { () throws(LinearAlgebraError) in _ = try a.solve(D([1, 2, 3])) })
        #expect(refuses { () throws(LinearAlgebraError) in _ = try a.inverse() })
        #expect(refuses { () throws(LinearAlgebraError) in _ = try a.svd() })
        #expect(refuses { () throws(LinearAlgebraError) in _ = try a.singularValues() })
        #expect(refuses { () throws(LinearAlgebraError) in _ = try a.conditionNumber() })
        #expect(refuses { () throws(LinearAlgebraError) in _ = try a.matrixRank() })
        #expect(refuses { () throws(LinearAlgebraError) in _ = try a.pseudoInverse() })
        #expect(refuses { () throws(LinearAlgebraError) in _ = try a.leastSquares(D([1, 2, 3])) })
        #expect(refuses { () throws(LinearAlgebraError) in _ = try a.cholesky() } == isLower)
        #expect(refuses { () throws(LinearAlgebraError) in _ = try a.symmetricEigen() } == isLower)
        #expect(a.determinant().item.isNaN)
        #expect(a.logDeterminant().sign.item.isNaN && a.logDeterminant().logMagnitude.item.isNaN)
        // The other matrix of the batch is as it is alone.
        var pair = D([4, 1, 0, 1, 4, 1, 0, 1, 4, 4, 1, 0, 1, 4, 1, 0, 1, 4], shape: [2, 3, 3])
        let whole = pair[1].qr()
        pair[0] = a
        let (q, r) = pair.qr()
        #expect((q[0].scalars + r[0].scalars).allSatisfy { $0.isNaN })
        #expect(q[1] == whole.q && r[1] == whole.r)
        #expect(pair.determinant().scalars[1] == pair[1].determinant().item)
      }
    }
  }

  /// Results of every operation as bits.
  private static func results(_ a: Tensor<Float>) throws -> [Float] {
    let spd = a.matmul(a.transposed) + Tensor<Float>.identity(a.shape[-1])
    let (q, r) = a.qr()
    let (u, s, vt) = try a.svd()
    let (values, vectors) = try spd.symmetricEigen()
    let found = try a.leastSquares(a)
    let all = try [
      a.solve(a.transposed), a.inverse(), a.determinant(), a.logDeterminant().logMagnitude,
      spd.cholesky(), spd.cholesky().solveTriangular(a), q, r, u, s, vt, values, vectors,
      found.solution, found.residuals,
    ]
    return all.flatMap { $0.scalars }
  }

  private static func sample() -> Tensor<Float> {
    var random = TestRandom(31)
    return Arrangement.contiguous.tensor([40, 12, 12], using: &random) {
      Float.random(in: -1...1, using: &$0)
    }
  }

  @Test func theNumberOfThreadsDoesNotMatter() throws {
    let a = Self.sample()
    let previous = ThreadPool.threadCount
    defer { ThreadPool.threadCount = previous }
    ThreadPool.threadCount = 1
    let single = try Self.results(a)
    ThreadPool.threadCount = 4
    #expect(try Self.results(a) == single)
  }

  @Test func hostThreadsMayCallAtOnce() throws {
    let a = Self.sample()
    let expected = try Self.results(a)
    let right = Counters(4)
    defer { right.free() }
    onHostThreads(4) { index in
      for _ in 0..<3 where (try? Self.results(a)) == expected { right.increment(index) }
    }
    #expect(right.all == [3, 3, 3, 3])
  }

  @Test func largerThanABlock() throws {
    // Sizes at which LAPACK's blocked code runs.
    var random = TestRandom(37)
    let noise: Tensor<Double> = Arrangement.contiguous.tensor([150, 150], using: &random) {
      Double.random(in: -1...1, using: &$0)
    }
    let unit = 150 * 0x1p-52
    func isNear(_ x: D, _ y: D, _ size: Double) -> Bool {
      x.shape == y.shape && (x - y).magnitude().max().item <= 10 * unit * size
    }
    let a = noise + D.identity(150) * 20
    #expect(isNear(try a.inverse().matmul(a), .identity(150), 4))
    let (q, r) = noise.qr()
    #expect(isNear(q.matmul(r), noise, 1) && isNear(q.transposed.matmul(q), .identity(150), 1))
    let (u, s, vt) = try noise.svd()
    #expect(isNear((u * s).matmul(vt), noise, 10))
    let symmetric = noise + noise.transposed
    let (values, vectors) = try symmetric.symmetricEigen()
    #expect(isNear(symmetric.matmul(vectors), vectors * values, 10))
    let spd = noise.matmul(noise.transposed) + D.identity(150)
    let l = try spd.cholesky()
    #expect(isNear(l.matmul(l.transposed), spd, 50))
    let log = spd.logDeterminant().logMagnitude.item
    #expect(abs(log - 2 * l.diagonal().log().sum().item) < 1e-9)
    let tall: D = noise[0..., 0..<90]
    let x = try tall.leastSquares(noise[0..., 0..<5]).solution
    #expect(
      isNear(tall.transposed.matmul(noise[0..., 0..<5] - tall.matmul(x)), .zeros([90, 5]), 10))
  }
}
