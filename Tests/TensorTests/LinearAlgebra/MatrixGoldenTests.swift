import Tensor
import Testing

/// A square matrix and what NumPy makes of it.
struct MatrixGolden: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var matrix: Tensor<Double>
  var determinant: Double
  var sign: Double
  var logMagnitude: Double
  var inverse: Tensor<Double>
  /// Of A · x = (1, 2, 3, …).
  var solution: Tensor<Double>
  var singularValues: Tensor<Double>
  /// Of the symmetric matrix with the same lower triangle.
  var eigenvalues: Tensor<Double>
  var r: Tensor<Double>
  var cube: Tensor<Double>

  init(
    _ name: String, _ n: Int, _ elements: [Double], determinant: Double, sign: Double,
    logMagnitude: Double, inverse: [Double], solution: [Double], singularValues: [Double],
    eigenvalues: [Double], r: [Double], cube: [Double]
  ) {
    testDescription = name
    matrix = Tensor(elements, shape: [n, n])
    self.determinant = determinant
    self.sign = sign
    self.logMagnitude = logMagnitude
    self.inverse = Tensor(inverse, shape: [n, n])
    self.solution = Tensor(solution)
    self.singularValues = Tensor(singularValues)
    self.eigenvalues = Tensor(eigenvalues)
    self.r = Tensor(r, shape: [n, n])
    self.cube = Tensor(cube, shape: [n, n])
  }
}

/// A system of linear equations and what NumPy makes of it.
struct SystemGolden: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var matrix: Tensor<Double>
  var right: Tensor<Double>
  var solution: Tensor<Double>
  var rank: Int64
  var singularValues: Tensor<Double>
  var pseudoInverse: Tensor<Double>

  init(
    _ name: String, _ shape: Shape, _ elements: [Double], right: [Double], solution: [Double],
    rank: Int64, singularValues: [Double], pseudoInverse: [Double]
  ) {
    testDescription = name
    matrix = Tensor(elements, shape: shape)
    self.right = Tensor(right)
    self.solution = Tensor(solution)
    self.rank = rank
    self.singularValues = Tensor(singularValues)
    self.pseudoInverse = Tensor(pseudoInverse, shape: [shape[1], shape[0]])
  }
}

struct MatrixGoldenTests {
  /// Whether the largest difference is within a fraction of the largest element.
  private func isNear(_ x: Tensor<Double>, _ y: Tensor<Double>, _ tolerance: Double) -> Bool {
    guard x.shape == y.shape else { return false }
    let size = y.magnitude().max().item
    return (x - y).magnitude().max().item <= tolerance * size
  }

  @Test(arguments: matrixGoldens)
  func matrix(_ golden: MatrixGolden) throws {
    let a = golden.matrix
    let unit = 0x1p-52
    // Solving loses as many digits as the condition number has.
    let loss = 16 * unit * (try a.conditionNumber().item)
    #expect(abs(a.determinant().item / golden.determinant - 1) <= loss)
    let (sign, logMagnitude) = a.logDeterminant()
    #expect(sign.item == golden.sign)
    #expect(abs(logMagnitude.item - golden.logMagnitude) <= loss + 8 * unit)
    #expect(isNear(try a.inverse(), golden.inverse, loss))
    let right = Tensor<Double>.range(from: 1, to: Double(a.shape[0] + 1))
    #expect(isNear(try a.solve(right), golden.solution, loss))
    #expect(isNear(try a.singularValues(), golden.singularValues, 8 * unit))
    #expect(isNear(try a.svd().s, golden.singularValues, 8 * unit))
    #expect(isNear(try a.symmetricEigenvalues(), golden.eigenvalues, 8 * unit))
    #expect(isNear(a.qr().r, golden.r, 16 * unit))
    #expect(isNear(try a.matrixPower(3), golden.cube, 8 * unit))
    #expect(try a.matrixRank().item == Int64(a.shape[0]))
  }

  @Test(arguments: systemGoldens)
  func system(_ golden: SystemGolden) throws {
    let found = try golden.matrix.leastSquares(golden.right)
    #expect(isNear(found.solution, golden.solution, 1e-13))
    #expect(found.rank.item == golden.rank)
    #expect(isNear(found.singularValues, golden.singularValues, 1e-14))
    #expect(try golden.matrix.matrixRank().item == golden.rank)
    #expect(isNear(try golden.matrix.pseudoInverse(), golden.pseudoInverse, 1e-13))
  }

  /// The inverse of a Hilbert matrix has integer elements and its determinant is known exactly.
  @Test func hilbertMatricesAreExactlyKnown() throws {
    let n = 8
    let hilbert = Tensor(
      (0..<n * n).map { 1 / Double($0 / n + $0 % n + 1) }, shape: [n, n])
    func choose(_ n: Int, _ k: Int) -> Double {
      (0..<k).reduce(1) { $0 * Double(n - $1) / Double($1 + 1) }
    }
    let exact = Tensor(
      (0..<n * n).map { place in
        let (i, j) = (place / n + 1, place % n + 1)
        let c = choose(i + j - 2, i - 1)
        return ((i + j) % 2 == 0 ? 1 : -1) * Double(i + j - 1) * choose(n + i - 1, n - j)
          * choose(n + j - 1, n - i) * c * c
      }, shape: [n, n])
    // The condition number is 1.5e10: six digits are left.
    #expect(isNear(try hilbert.inverse(), exact, 1e-6))
    #expect(isNear(try hilbert.cholesky().matmul(hilbert.cholesky().transposed), hilbert, 1e-15))
    #expect(abs(hilbert.determinant().item / 2.737050113791513e-33 - 1) < 1e-6)
    #expect(abs(try hilbert.conditionNumber().item / 15257575538.060041 - 1) < 1e-5)
  }
}
