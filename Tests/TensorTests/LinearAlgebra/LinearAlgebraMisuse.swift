import Tensor

extension MisuseTests {
  private static func zeros(_ shape: Shape) -> Tensor<Float> { .zeros(shape) }

  static let linearAlgebra: [Misuse] = products + matrices

  private static let products: [Misuse] = [
    .init("dot: two vectors of the same length are needed, got shapes [2] and [3]") {
      _ = zeros([2]).dot(zeros([3]))
    },
    .init("dot: two vectors of the same length are needed, got shapes [2, 2] and [2, 2]") {
      _ = zeros([2, 2]).dot(zeros([2, 2]))
    },
    .init("outer: two vectors are needed, got shapes [2] and [1, 3]") {
      _ = zeros([2]).outer(zeros([1, 3]))
    },
    .init("kronecker: operands have at most 4 axes, got shapes [2] and [1, 1, 1, 1, 1]") {
      _ = zeros([2]).kronecker(zeros([1, 1, 1, 1, 1]))
    },
    .init("diagonal: at least 2 axes are needed, got shape [3]") {
      _ = zeros([3]).diagonal()
    },
    .init("norm: the order is NaN") { _ = zeros([3]).norm(order: .nan) },
    .init("norm: axis 1 is out of range for shape [3]") { _ = zeros([3]).norm(axes: [1]) },
    .init("cross: axis -1 of shapes [3] and [2] must be the same from the last, of extent 3") {
      _ = zeros([3]).cross(zeros([2]))
    },
    .init("cross: axis 0 of shapes [3] and [3, 3] must be the same from the last, of extent 3") {
      _ = zeros([3]).cross(zeros([3, 3]), axis: 0)
    },
    .init(
      "cross: shapes [2, 3] and [4, 3] do not broadcast; aligned at the last axis, extents must be "
        + "equal or 1"
    ) { _ = zeros([2, 3]).cross(zeros([4, 3])) },
    .init(
      "matmul: shapes [2, 3] and [2, 3] do not fit; the last extent of the first must equal the "
        + "last but one of the second, and batches must broadcast"
    ) { _ = Tensor<Int64>.zeros([2, 3]).matmul(.zeros([2, 3])) },
    .init("trace: axes 1 and -1 of shape [2, 3] are the same") {
      _ = zeros([2, 3]).trace(axes: (1, -1))
    },
    .init(
      "einsum \"ij,jk\": the number of terms is 2, that of operands 1; operands: [2, "
        + "3]"
    ) { _ = Tensor.einsum("ij,jk", zeros([2, 3])) },
    .init(
      "einsum \"i1\": '1' is neither a letter from a to z or A to Z nor an ellipsis; "
        + "operands: [2, 3]"
    ) { _ = Tensor.einsum("i1", zeros([2, 3])) },
    .init(
      "einsum \"..i\": '.' is neither a letter from a to z or A to Z nor an "
        + "ellipsis; operands: [2]"
    ) { _ = Tensor.einsum("..i", zeros([2])) },
    .init(
      "einsum \"i......\": more than one ellipsis in a term; operands: [2]"
    ) { _ = Tensor.einsum("i......", zeros([2])) },
    .init(
      "einsum \"i->i,\": a comma after the arrow; operands: [2]"
    ) { _ = Tensor.einsum("i->i,", zeros([2])) },
    .init(
      "einsum \"i->i->i\": '-' is neither a letter from a to z or A to Z nor an "
        + "ellipsis; operands: [2]"
    ) { _ = Tensor.einsum("i->i->i", zeros([2])) },
    .init(
      "einsum \"ijk\": operand 0 has rank 2, its term names 3; operands: [2, 3]"
    ) { _ = Tensor.einsum("ijk", zeros([2, 3])) },
    .init(
      "einsum \"i,ijk...\": operand 1 has rank 2, its term names 3; operands: [2], "
        + "[2, 3]"
    ) { _ = Tensor.einsum("i,ijk...", zeros([2]), zeros([2, 3])) },
    .init(
      "einsum \"ij,jk->ik\": index 'j' is 3 in operand 0 and 4 in operand 1; "
        + "operands: [2, 3], [4, 5]"
    ) { _ = Tensor.einsum("ij,jk->ik", zeros([2, 3]), zeros([4, 5])) },
    .init(
      "einsum \"ii\": index 'i' is 1 and 3 in operand 0; operands: [1, 3]"
    ) { _ = Tensor.einsum("ii", zeros([1, 3])) },
    .init(
      "einsum \"...,...\": axis -1 of the ellipsis is 3 in operand 0 and 2 in "
        + "operand 1; operands: [2, 3], [2]"
    ) { _ = Tensor.einsum("...,...", zeros([2, 3]), zeros([2])) },
    .init(
      "einsum \"ij->iz\": index 'z' is in no operand; operands: [2, 3]"
    ) { _ = Tensor.einsum("ij->iz", zeros([2, 3])) },
    .init(
      "einsum \"ij->ii\": index 'i' is in the result twice; operands: [2, 3]"
    ) { _ = Tensor.einsum("ij->ii", zeros([2, 3])) },
    .init(
      "einsum \"abcde,fghi\": the result would have 9 axes, tensors have at most 8; "
        + "operands: [1, 1, 1, 1, 1], [1, 1, 1, 1]"
    ) { _ = Tensor.einsum("abcde,fghi", zeros([1, 1, 1, 1, 1]), zeros([1, 1, 1, 1])) },
    .init(
      "einsum \"->\": at least one operand is needed; operands: none"
    ) { _ = Tensor.einsum("->", [Tensor<Float>]()) },
    .init(
      "einsum \"abcdefgh,abcdijkl,efghijkl->aei\": a product on the way would have more than 8 axes; "
        + "operands: [2, 2, 2, 2, 2, 2, 2, 2], [2, 2, 2, 2, 2, 2, 2, 2], [2, 2, 2, 2, 2, 2, 2, 2]"
    ) {
      let x = zeros([2, 2, 2, 2, 2, 2, 2, 2])
      _ = Tensor.einsum("abcdefgh,abcdijkl,efghijkl->aei", x, x, x)
    },
    .init(
      "tensordot: 3 axes of shapes [2, 3] and [3, 2]"
    ) { _ = zeros([2, 3]).tensordot(zeros([3, 2]), axes: 3) },
    .init(
      "tensordot: axes [0] of shape [2, 3] and [0] of shape [3, 2] do not pair; each "
        + "is named once, and both of a pair have the same extent"
    ) { _ = zeros([2, 3]).tensordot(zeros([3, 2]), axes: ([0], [0])) },
    .init(
      "tensordot: axis 2 is out of range for shape [2, 3]"
    ) { _ = zeros([2, 3]).tensordot(zeros([3, 2]), axes: ([2], [0])) },
    .init(
      "tensordot: the result of shapes [1, 1, 1, 1, 1] and [1, 1, 1, 1] would have 9 "
        + "axes, tensors have at most 8"
    ) { _ = zeros([1, 1, 1, 1, 1]).tensordot(zeros([1, 1, 1, 1]), axes: 0) },
  ]

  private static let matrices: [Misuse] = [
    .init("solve: a square matrix is needed, got shape [2, 3]") {
      _ = try? zeros([2, 3]).solve(zeros([2]))
    },
    .init("inverse: a square matrix is needed, got shape [2, 3]") {
      _ = try? zeros([2, 3]).inverse()
    },
    .init("cholesky: a square matrix is needed, got shape [2, 3]") {
      _ = try? zeros([2, 3]).cholesky()
    },
    .init("symmetricEigen: a square matrix is needed, got shape [2, 3]") {
      _ = try? zeros([2, 3]).symmetricEigen()
    },
    .init("symmetricEigenvalues: a square matrix is needed, got shape [2, 3]") {
      _ = try? zeros([2, 3]).symmetricEigenvalues()
    },
    .init("solveTriangular: a square matrix is needed, got shape [2, 3]") {
      _ = try? zeros([2, 3]).solveTriangular(zeros([2]))
    },
    .init("matrixPower: a square matrix is needed, got shape [2, 3]") {
      _ = try? zeros([2, 3]).matrixPower(2)
    },
    .init("determinant: a square matrix is needed, got shape [4]") { _ = zeros([4]).determinant() },
    .init("logDeterminant: a square matrix is needed, got shape [4]") {
      _ = zeros([4]).logDeterminant()
    },
    .init("qr: a matrix is needed, got shape [3]") { _ = zeros([3]).qr() },
    .init("svd: a matrix is needed, got shape [3]") { _ = try? zeros([3]).svd() },
    .init("singularValues: a matrix is needed, got shape [3]") {
      _ = try? zeros([3]).singularValues()
    },
    .init("pseudoInverse: a matrix is needed, got shape [3]") {
      _ = try? zeros([3]).pseudoInverse()
    },
    .init("matrixRank: a matrix is needed, got shape [3]") { _ = try? zeros([3]).matrixRank() },
    .init("conditionNumber: a matrix is needed, got shape [3]") {
      _ = try? zeros([3]).conditionNumber()
    },
    .init("leastSquares: a matrix is needed, got shape [3]") {
      _ = try? zeros([3]).leastSquares(zeros([3]))
    },
    .init(
      "solve: matrices of shape [3, 2, 2] and right-hand sides of shape [3] do not fit; a vector or "
        + "matrices with 2 rows are needed, and batches must broadcast"
    ) { _ = try? zeros([3, 2, 2]).solve(zeros([3])) },
    .init(
      "solve: matrices of shape [2, 2] and right-hand sides of shape [3, 2] do not fit; a vector or "
        + "matrices with 2 rows are needed, and batches must broadcast"
    ) { _ = try? zeros([2, 2]).solve(zeros([3, 2])) },
    .init(
      "solveTriangular: matrices of shape [3, 2, 2] and right-hand sides of shape [4, 2, 1] do "
        + "not fit; a vector or matrices with 2 rows are needed, and batches must broadcast"
    ) { _ = try? zeros([3, 2, 2]).solveTriangular(zeros([4, 2, 1])) },
    .init(
      "leastSquares: matrices of shape [3, 2] and right-hand sides of shape [2] do not fit; a "
        + "vector or matrices with 3 rows are needed, and batches must broadcast"
    ) { _ = try? zeros([3, 2]).leastSquares(zeros([2])) },
  ]
}
