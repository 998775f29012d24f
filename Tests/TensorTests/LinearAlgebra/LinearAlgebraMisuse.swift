import Tensor

extension MisuseTests {
  static let linearAlgebra: [Misuse] = [
    .init("dot: two vectors of the same length are needed, got shapes [2] and [3]") {
      _ = Tensor<Float>.zeros([2]).dot(.zeros([3]))
    },
    .init("dot: two vectors of the same length are needed, got shapes [2, 2] and [2, 2]") {
      _ = Tensor<Float>.zeros([2, 2]).dot(.zeros([2, 2]))
    },
    .init("outer: two vectors are needed, got shapes [2] and [1, 3]") {
      _ = Tensor<Float>.zeros([2]).outer(.zeros([1, 3]))
    },
    .init("kronecker: operands have at most 4 axes, got shapes [2] and [1, 1, 1, 1, 1]") {
      _ = Tensor<Float>.zeros([2]).kronecker(.zeros([1, 1, 1, 1, 1]))
    },
    .init("diagonal: at least 2 axes are needed, got shape [3]") {
      _ = Tensor<Float>.zeros([3]).diagonal()
    },
    .init("trace: axes 1 and -1 of shape [2, 3] are the same") {
      _ = Tensor<Float>.zeros([2, 3]).trace(axes: (1, -1))
    },
  ]
}
