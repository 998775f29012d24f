import Tensor
import Testing

/// Operations on two tensors of which one is given away: written over it where it has the shape of
/// the result and nobody shares it.
struct TemporaryTests {
  typealias Operation =
    @Sendable (consuming Tensor<Float>, consuming Tensor<Float>) -> Tensor<Float>

  static let operations: [(String, Operation)] = [
    ("plus", { $0 + $1 }), ("minus", { $0 - $1 }), ("times", { $0 * $1 }), ("over", { $0 / $1 }),
    ("maximum", { .maximum($0, $1) }), ("minimum", { .minimum($0, $1) }),
    ("power", { $0.power($1) }),
  ]

  private func matrix() -> Tensor<Float> {
    Tensor([0.25, 0.5, 0.75, 1, 0.125, 0.375], shape: [2, 3])
  }

  private func other() -> Tensor<Float> { Tensor([3, 1, 2, 0.5, 4, 1.5], shape: [2, 3]) }

  private func row() -> Tensor<Float> { [2, 3, 0.5] }

  @Test(arguments: operations.indices)
  func memoryOfATemporaryIsUsedAgain(_ index: Int) {
    let (name, operation) = Self.operations[index]
    let (a, b) = (matrix(), other())
    let expected = operation(a, b)
    #expect(a == matrix() && b == other(), "\(name) changed a tensor that is still used")
    #expect(expected.pointer != a.pointer && expected.pointer != b.pointer)

    let left = matrix()
    let leftPlace = left.pointer
    let overLeft = operation(consume left, b)
    #expect(overLeft.pointer == leftPlace && overLeft == expected, "\(name), left given")

    let right = other()
    let rightPlace = right.pointer
    let overRight = operation(a, consume right)
    #expect(overRight.pointer == rightPlace && overRight == expected, "\(name), right given")

    let both = operation(matrix(), other())
    #expect(both == expected && a == matrix() && b == other(), "\(name), both given")

    let same = matrix()
    let twice = operation(same, same)
    #expect(twice == operation(a, matrix()) && same == matrix(), "\(name) of a tensor and itself")
  }

  @Test(arguments: operations.indices)
  func onlyWhatHasTheShapeOfTheResultIsWrittenOver(_ index: Int) {
    let (name, operation) = Self.operations[index]
    let (a, r) = (matrix(), row())
    let wide = r.broadcast(to: [2, 3]).copied()

    let left = matrix()
    let leftPlace = left.pointer
    let overLeft = operation(consume left, r)
    #expect(overLeft.pointer == leftPlace && overLeft == operation(a, wide), "\(name) with a row")

    let right = matrix()
    let rightPlace = right.pointer
    let overRight = operation(r, consume right)
    #expect(overRight.pointer == rightPlace && overRight == operation(wide, a), "\(name) of a row")

    #expect(operation(row(), a) == operation(wide, a), "\(name) of a row given away")
    #expect(operation(row().broadcast(to: [2, 3]), a) == operation(wide, a), "\(name), repeated")
    #expect(operation(Tensor(2), a) == operation(Tensor(2), matrix()), "\(name) of one element")
    #expect(r == row() && a == matrix())
  }

  @Test(arguments: operations.indices)
  func viewsKeepTheirElements(_ index: Int) {
    let (name, operation) = Self.operations[index]
    let (a, turned) = (matrix(), Tensor<Float>([3, 0.5, 1, 4, 2, 1.5], shape: [3, 2]).transposed)
    let expected = operation(a, other())
    // A transposed temporary beside a tensor in another order, and beside one in its own.
    #expect(operation(a, Tensor([3, 0.5, 1, 4, 2, 1.5], shape: [3, 2]).transposed) == expected)
    #expect(
      operation(Tensor([3, 0.5, 1, 4, 2, 1.5], shape: [3, 2]).transposed, turned)
        == operation(other(), other()), "\(name)")
    // Columns of a temporary have gaps; a row of one that is shared is not to be written over.
    #expect(operation(matrix()[0..., 0..<2], other()[0..., 0..<2]) == expected[0..., 0..<2])
    let shared = matrix()
    #expect(operation(shared[1], row()) == operation(a[1], row()) && shared == a)
    #expect(operation(shared[1], shared[1]) == operation(a[1], a[1]) && shared == a)
    #expect(turned == other())
  }

  @Test func chainsAcrossPieces() {
    let (a, b) = (Tensor<Float>.ones([70_001]), Tensor<Float>.ones([70_001]) * 3)
    #expect(((a * b + a).relu() - b) / (b + 1) == Tensor.ones([70_001]) * 0.25)
    #expect(a == Tensor.ones([70_001]) && b == Tensor.ones([70_001]) + 2)
  }
}
