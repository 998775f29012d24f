import Tensor
import Testing

/// Distinct parts along an axis, and vectors with one element set apart: expected numbers are NumPy's
/// and ONNX's.
struct UniquePartTests {
  @Test func distinctRows() {
    let x = Tensor<Int32>([1, 2, 1, 0, 5, 0, 1, 2, 1, 0, 5, -1], shape: [4, 3])
    let unique = x.uniqueElements(axis: 0)
    #expect(unique.values == Tensor([0, 5, -1, 0, 5, 0, 1, 2, 1], shape: [3, 3]))
    #expect(unique.indices.scalars == [3, 1, 0])
    #expect(unique.inverse.scalars == [2, 1, 2, 0])
    #expect(unique.counts.scalars == [1, 1, 2])
    let turned = x.transposed
    #expect(turned.unique(axis: -1) == unique.values.transposed)
    #expect(turned.unique(axis: 1).take(unique.inverse, axis: 1) == turned)
    // Along one axis of one: as without an axis.
    let vector = Tensor<Float>([2, .nan, -0.0, 2, 0, .nan])
    let flat = vector.uniqueElements()
    let along = vector.uniqueElements(axis: 0)
    #expect(along.values.isClose(to: flat.values, treatingNaNAsEqual: true))
    #expect(along.indices == flat.indices && along.inverse == flat.inverse)
  }

  @Test func partsOfHigherRank() {
    var random = RandomGenerator(seed: 5)
    let x = Tensor<Bool>.bernoulli([40, 2, 2], using: &random)
    for axis in 0..<3 {
      let unique = x.uniqueElements(axis: axis)
      #expect(unique.values.take(unique.inverse, axis: axis) == x)
      #expect(unique.counts.sum().item == Int64(x.shape[axis]))
      #expect(x.take(unique.indices, axis: axis) == unique.values)
    }
    #expect(x.unique(axis: 0).shape[0] == Set((0..<40).map { x[$0].scalars }).count)
  }

  @Test func nothing() {
    #expect(Tensor<Float>.zeros([0, 3]).unique(axis: 0).shape == [0, 3])
    #expect(Tensor<Float>.zeros([3, 0]).unique(axis: 0).shape == [1, 0])
    #expect(Tensor<Float>.zeros([3, 0]).unique(axis: 1).shape == [3, 0])
  }

  @Test func oneHotVectors() {
    let indices = Tensor<Int64>([1, 0, 2, 1], shape: [2, 2])
    let last = Tensor<Float>.oneHot(indices, depth: 3)
    #expect(last.shape == [2, 2, 3])
    for axis in -3..<3 {
      let place = (axis + 3) % 3
      let order = Array(0..<place) + [2] + Array(place..<2)
      let result = Tensor<Float>.oneHot(indices, depth: 3, axis: axis, on: 5, off: -1)
      #expect(result == (last * 6 - 1).permuted(order), "\(axis)")
    }
    #expect(Tensor<UInt8>.oneHot(Tensor<Int32>(1), depth: 2, axis: 0).scalars == [0, 1])
  }

  @Test func diagonalsOfOnes() {
    #expect(Tensor<Float>.identity(rows: 3, columns: 3) == .identity(3))
    for offset in -4...5 {
      let found = Tensor<Int32>.identity(rows: 3, columns: 4, offset: offset)
      let expected = (0..<12).map { Int32($0 % 4 - $0 / 4 == offset ? 1 : 0) }
      #expect(found.scalars == expected, "\(offset)")
    }
  }
}
