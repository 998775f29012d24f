import Tensor
import Testing

/// Copies of permuted tensors large enough to be cut among threads, against the definition of a layout.
struct StridedCopyTests {
  @Test(arguments: [
    ([300, 301], [1, 0]), ([2, 70_001], [1, 0]), ([70_001, 2], [1, 0]), ([1, 70_001], [0, 1]),
    ([9, 31, 33, 9], [3, 2, 1, 0]), ([9, 31, 33, 9], [0, 2, 3, 1]),
    ([3, 5, 2, 3_001], [0, 3, 1, 2]),
  ])
  func permutedCopies(_ extents: [Int], _ order: [Int]) {
    let count = extents.reduce(1, *)
    let t = Tensor((0..<count).map { Float($0) }, shape: Shape(extents))
    let view = t.permuted(order)
    #expect(view.copied().scalars == elements(of: view))
    let flipped = t.flipped().permuted(order)
    #expect(flipped.copied().scalars == elements(of: flipped))
  }

  @Test func sizesOfElements() {
    let bytes = Tensor((0..<601 * 450).map { UInt8(truncatingIfNeeded: $0) }, shape: [601, 450])
    #expect(bytes.transposed.copied().scalars == elements(of: bytes.transposed))
    let words = Tensor((0..<201 * 203).map { Int64($0) }, shape: [201, 203])
    #expect(words.transposed.copied().scalars == elements(of: words.transposed))
  }

  @Test func largeFillsAndDuplicates() {
    var t = Tensor<UInt8>(repeating: 7, shape: [300_003])
    let shared = t
    t[at: 5] = 1
    #expect(shared.scalars.allSatisfy { $0 == 7 })
    #expect(t.scalars.enumerated().allSatisfy { $1 == ($0 == 5 ? 1 : 7) })
    #expect(Tensor<Double>(repeating: 0.5, shape: [70_001]).scalars.allSatisfy { $0 == 0.5 })
  }
}
