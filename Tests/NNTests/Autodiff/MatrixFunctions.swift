import NN
import Tensor

/// Linear algebra. What a decomposition leaves undetermined is taken out of it: signs by squares, and
/// vectors by putting them together again.
enum MatrixFunction: String, CaseIterable, FunctionFamily {
  case dot, outer, kronecker, cross, crossOfFirst, trace
  case einsumProduct, einsumOfBatches, einsumDiagonal, einsumMixed, einsumSum, einsumOfThree
  case einsumEllipsis, einsumBroadcast, tensordot, tensordotOfAxes
  case solve, solveVector, solveLower, solveUnitUpper, inverse, matrixPower, negativePower
  case pseudoInverse, leastSquares, leastSquaresVector
  case determinant, singularDeterminant, logDeterminant
  case cholesky, choleskyUpper, qrOrthogonal, qrTriangular
  case eigenvalues, eigenExponential, singularPower, singularPolar, singularValues, condition

  func callAsFunction<S: FloatingPointScalar>(_ x: [Variable<S>]) -> Variable<S> {
    do { return try apply(x) } catch { fatalError("\(self): \(error)") }
  }

  private func apply<S: FloatingPointScalar>(_ x: [Variable<S>]) throws -> Variable<S> {
    let a = x[0]
    switch self {
    case .dot: return a.dot(x[1])
    case .outer: return a.outer(x[1])
    case .kronecker: return a.kronecker(x[1])
    case .cross: return a.cross(x[1])
    case .crossOfFirst: return a.cross(x[1], axis: 0)
    case .trace: return a.trace(offset: 1)
    case .einsumProduct: return .einsum("ij,jk->ki", a, x[1])
    case .einsumOfBatches: return .einsum("bij,bjk->ik", a, x[1])
    case .einsumDiagonal: return .einsum("ii->i", a)
    case .einsumMixed: return .einsum("iij,jk->k", a, x[1])
    case .einsumSum: return .einsum("ij->", [a])
    case .einsumOfThree: return .einsum("i,ij,kj->ki", a, x[1], x[2])
    case .einsumEllipsis: return .einsum("...i,...i", a, x[1])
    case .einsumBroadcast: return .einsum("ij,ij->j", a, x[1])
    case .tensordot: return a.tensordot(x[1])
    case .tensordotOfAxes: return a.tensordot(x[1], axes: ([-1], [0]))
    case .solve, .solveVector: return try Self.moved(a).solve(x[1])
    case .solveLower: return try Self.moved(a).solveTriangular(x[1])
    case .solveUnitUpper: return try a.solveTriangular(x[1], upper: true, unitDiagonal: true)
    case .inverse: return try Self.moved(a).inverse()
    case .matrixPower: return try a.matrixPower(3)
    case .negativePower: return try Self.moved(a).matrixPower(-2)
    case .pseudoInverse: return try Self.moved(a).pseudoInverse()
    case .leastSquares, .leastSquaresVector: return try Self.moved(a).leastSquares(x[1])
    case .determinant: return a.determinant()
    case .singularDeterminant: return (a - Variable(Self.offsets.tensor(S.self))).determinant()
    case .logDeterminant: return Self.moved(a).logDeterminant().logMagnitude
    case .cholesky: return try Self.moved(a.matmul(a.transposed)).cholesky()
    case .choleskyUpper: return try Self.moved(a.matmul(a.transposed)).cholesky(upper: true)
    case .qrOrthogonal: return Self.moved(a).qr().q.squared()
    case .qrTriangular: return Self.moved(a).qr().r.squared()
    case .eigenvalues: return try (a + a.transposed).symmetricEigenvalues()
    case .eigenExponential:
      let (values, vectors) = try (0.3 * (a + a.transposed)).symmetricEigen(upper: true)
      return (vectors * values.exp().expanded(at: -2)).matmul(vectors.transposed)
    case .singularPower:
      let (u, s, vt) = try Self.moved(a).svd()
      return (u * (s.power(3) / 100).expanded(at: -2)).matmul(vt)
    case .singularPolar:
      let (u, _, vt) = try Self.moved(a).svd(full: true)
      return u.matmul(vt)
    case .singularValues: return try Self.moved(a).singularValues()
    case .condition: return try Self.moved(a).conditionNumber()
    }
  }

  /// Away from singular matrices.
  private static func moved<S>(_ x: Variable<S>) -> Variable<S> {
    let ones = Tensor<S>.ones([x.shape[-2], x.shape[-1]])
    return x + Variable(4 * ones.lowerTriangle().upperTriangle())
  }

  /// Taken off from ones they leave rows (1, 2, 3), (2, 4, 6) and (1, 0, 1).
  private static let offsets = PlainArray([0, -1, -2, -1, -3, -5, 0, 1, 0], shape: [3, 3])

  func reference(_ x: [PlainArray]) -> PlainArray {
    let a = x[0]
    let moved = a.shape.count >= 2 ? a.addingToDiagonal(4) : a
    switch self {
    case .dot: return a.combined(with: x[1], *).sum()
    case .outer: return .einsum("i,j->ij", x)
    case .kronecker:
      let (p, q) = (x[1].shape[0], x[1].shape[1])
      return PlainArray(shape: [a.shape[0] * p, a.shape[1] * q]) {
        a[broadcast: [$0[0] / p, $0[1] / q]] * x[1][broadcast: [$0[0] % p, $0[1] % q]]
      }
    case .cross: return Self.cross(a, x[1])
    case .crossOfFirst: return Self.cross(a.turned, x[1].turned).turned
    case .trace:
      return a.mapMatrices { matrix in
        let n = min(matrix.shape[0], matrix.shape[1] - 1)
        return PlainArray(
          [(0..<max(0, n)).reduce(0) { $0 + matrix[broadcast: [$1, $1 + 1]] }], shape: [])
      }
    case .einsumProduct: return .einsum("ij,jk->ki", x)
    case .einsumOfBatches: return .einsum("bij,bjk->ik", x)
    case .einsumDiagonal: return .einsum("ii->i", x)
    case .einsumMixed: return .einsum("iij,jk->k", x)
    case .einsumSum: return a.sum()
    case .einsumOfThree: return .einsum("i,ij,kj->ki", x)
    case .einsumEllipsis: return .einsum("abi,bi->ab", x)
    case .einsumBroadcast: return .einsum("ij,ij->j", x)
    case .tensordot: return .einsum("iab,abk->ik", x)
    case .tensordotOfAxes: return .einsum("ij,jkl->ikl", x)
    case .solve: return moved.mapMatrices(\.inverted).matmul(x[1])
    case .solveVector: return moved.mapMatrices(\.inverted).matmul(x[1])
    case .solveLower:
      let lower = moved.mapMatrices { matrix in
        PlainArray(shape: matrix.shape) { $0[1] > $0[0] ? 0 : matrix[broadcast: $0] }
      }
      return lower.mapMatrices(\.inverted).matmul(x[1])
    case .solveUnitUpper:
      let upper = a.mapMatrices { matrix in
        PlainArray(shape: matrix.shape) {
          $0[1] > $0[0] ? matrix[broadcast: $0] : $0[1] == $0[0] ? 1 : 0
        }
      }
      return upper.mapMatrices(\.inverted).matmul(x[1])
    case .inverse: return moved.mapMatrices(\.inverted)
    case .matrixPower: return a.matmul(a).matmul(a)
    case .negativePower:
      let inverted = moved.mapMatrices(\.inverted)
      return inverted.matmul(inverted)
    case .pseudoInverse: return moved.mapMatrices(Self.pseudoInverse)
    case .leastSquares, .leastSquaresVector:
      return moved.mapMatrices(Self.pseudoInverse).matmul(x[1])
    case .determinant:
      return a.mapMatrices { PlainArray([$0.plainDeterminant], shape: []) }
    case .singularDeterminant:
      return PlainArray([a.combined(with: Self.offsets, -).plainDeterminant], shape: [])
    case .logDeterminant:
      return moved.mapMatrices { PlainArray([Plain.log(abs($0.plainDeterminant))], shape: []) }
    case .cholesky: return a.matmul(a.turned).addingToDiagonal(4).mapMatrices(\.plainCholesky)
    case .choleskyUpper:
      return a.matmul(a.turned).addingToDiagonal(4).mapMatrices(\.plainCholesky).turned
    case .qrOrthogonal: return moved.mapMatrices(\.plainQ).map { $0 * $0 }
    case .qrTriangular:
      return moved.mapMatrices { matrix in
        let r = matrix.plainQ.turned.matmul(matrix)
        return PlainArray(shape: r.shape) { $0[1] < $0[0] ? 0 : r[broadcast: $0] }
      }.map { $0 * $0 }
    case .eigenvalues:
      return a.mapMatrices { matrix in
        let (p, q) = (2 * matrix.values[0], 2 * matrix.values[3])
        let b = matrix.values[1] + matrix.values[2]
        let radius = ((p - q) * (p - q) / 4 + b * b).squareRoot()
        return PlainArray([(p + q) / 2 - radius, (p + q) / 2 + radius], shape: [2])
      }
    case .eigenExponential:
      return a.combined(with: a.turned) { 0.3 * ($0 + $1) }.mapMatrices(\.matrixExponential)
    case .singularPower: return moved.matmul(moved.turned).matmul(moved).map { $0 / 100 }
    case .singularPolar: return moved.mapMatrices(\.polar)
    case .singularValues: return moved.mapMatrices { Self.singularValues($0) }
    case .condition:
      return moved.mapMatrices {
        let s = Self.singularValues($0).values
        return PlainArray([s[0] / s[1]], shape: [])
      }
    }
  }

  private static func cross(_ a: PlainArray, _ b: PlainArray) -> PlainArray {
    PlainArray(shape: a.combined(with: b, +).shape) { index in
      let (j, k) = ((index.last! + 1) % 3, (index.last! + 2) % 3)
      func element(_ x: PlainArray, _ place: Int) -> Double {
        x[broadcast: index.dropLast() + [place]]
      }
      return element(a, j) * element(b, k) - element(a, k) * element(b, j)
    }
  }

  private static func pseudoInverse(_ a: PlainArray) -> PlainArray {
    a.shape[0] >= a.shape[1]
      ? a.turned.matmul(a).inverted.matmul(a.turned)
      : a.turned.matmul(a.matmul(a.turned).inverted)
  }

  /// Those of a matrix with two columns.
  private static func singularValues(_ a: PlainArray) -> PlainArray {
    let square = a.turned.matmul(a).values
    let middle = (square[0] + square[3]) / 2
    let half = (square[0] - square[3]) / 2
    let radius = (half * half + square[1] * square[1]).squareRoot()
    return PlainArray(
      [(middle + radius).squareRoot(), (middle - radius).squareRoot()], shape: [2])
  }

  static let rows: [OperationCase] = [
    row(.dot, [4], [4]), row(.dot, [0], [0]), row(.outer, [2], [3]), row(.outer, [0], [2]),
    row(.kronecker, [2, 2], [1, 3]), row(.kronecker, [0, 2], [1, 2]),
    row(.cross, [2, 3], [2, 3]), row(.cross, [3], [2, 3]), row(.cross, [0, 3], [3]),
    row(.crossOfFirst, [3, 2], [3, 1]),
    row(.trace, [3, 3]), row(.trace, [2, 2, 3]), row(.trace, [0, 2]),
    row(.einsumProduct, [2, 3], [3, 2]), row(.einsumProduct, [2, 0], [0, 2]),
    row(.einsumOfBatches, [2, 2, 2], [2, 2, 1]), row(.einsumDiagonal, [3, 3]),
    row(.einsumMixed, [2, 2, 3], [3, 2]), row(.einsumSum, [2, 3]),
    row(.einsumOfThree, [2], [2, 3], [2, 3]), row(.einsumEllipsis, [2, 2, 3], [2, 3]),
    row(.einsumBroadcast, [2, 3], [1, 3]), row(.einsumBroadcast, [2, 1], [2, 3]),
    row(.tensordot, [2, 2, 2], [2, 2, 3]), row(.tensordotOfAxes, [2, 3], [3, 1, 2]),
    row(.solve, [2, 2], [2, 3]), row(.solve, [2, 2, 2], [2, 1]), row(.solve, [2, 2], [2, 2, 1]),
    row(.solve, [0, 0], [0, 2]), row(.solveVector, [3, 3], [3]),
    row(.solveVector, [2, 2, 2], [2]),
    row(.solveLower, [3, 3], [3, 2]), row(.solveUnitUpper, [3, 3], [3]),
    row(.inverse, [3, 3]), row(.inverse, [2, 2, 2]), row(.inverse, [0, 0]),
    row(.matrixPower, [2, 2]), row(.negativePower, [2, 2]),
    row(.pseudoInverse, [3, 2]), row(.pseudoInverse, [2, 3]), row(.pseudoInverse, [2, 2]),
    row(.leastSquares, [3, 2], [3, 2]), row(.leastSquares, [2, 3], [2, 1]),
    row(.leastSquaresVector, [3, 2], [3]),
    row(.determinant, [3, 3]), row(.determinant, [2, 2, 2]), row(.determinant, [1, 1]),
    row(.determinant, [0, 0]), row(.singularDeterminant, [3, 3], in: 1...1),
    row(.logDeterminant, [3, 3]), row(.logDeterminant, [2, 2, 2]),
    row(.cholesky, [3, 3]), row(.cholesky, [2, 2, 2]), row(.choleskyUpper, [2, 3]),
    row(.qrOrthogonal, [3, 2]), row(.qrOrthogonal, [2, 3]), row(.qrOrthogonal, [2, 2, 2]),
    row(.qrTriangular, [3, 2]), row(.qrTriangular, [2, 3]), row(.qrTriangular, [2, 2, 2]),
    row(.eigenvalues, [2, 2]), row(.eigenvalues, [2, 2, 2]), row(.eigenExponential, [3, 3]),
    row(.eigenExponential, [2, 2, 2]),
    row(.singularPower, [2, 2]), row(.singularPower, [3, 2]), row(.singularPower, [2, 3]),
    row(.singularPolar, [3, 3]), row(.singularPolar, [2, 2, 2]),
    row(.singularValues, [3, 2]), row(.singularValues, [2, 2]), row(.condition, [3, 2]),
  ]
}
