import Tensor
import Testing

@Suite struct MultiplicationsTests {
  private struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var expected: Int
    var work: @Sendable () -> Void
  }

  private static func ones(_ shape: Shape) -> Tensor<Float> { .ones(shape) }

  private static let cases = [
    Case(testDescription: "matrices", expected: 3 * 4 * 5) {
      _ = ones([3, 4]).matmul(ones([4, 5]))
    },
    Case(testDescription: "batch", expected: 7 * 3 * 4 * 5) {
      _ = ones([7, 3, 4]).matmul(ones([7, 4, 5]))
    },
    Case(testDescription: "folded batch", expected: 7 * 3 * 4 * 5) {
      _ = ones([7, 3, 4]).matmul(ones([4, 5]))
    },
    Case(testDescription: "einsum", expected: 3 * 4 * 5) {
      _ = Tensor<Float>.einsum("ij,jk->ik", ones([3, 4]), ones([4, 5]))
    },
    Case(testDescription: "convolution", expected: 2 * 6 * 4 * 9 * 5 * 5) {
      _ = ones([2, 4, 7, 7]).convolved(with: ones([6, 4, 3, 3]))
    },
    Case(testDescription: "grouped", expected: 2 * 4 * 9 * 5 * 5) {
      _ = ones([2, 4, 7, 7]).convolved(with: ones([4, 1, 3, 3]), groups: 4)
    },
    Case(testDescription: "sum", expected: 0) { _ = ones([3, 4]).sum() },
  ]

  @Test(arguments: cases) private func counts(_ item: Case) {
    let counter = Multiplications()
    counter.during(item.work)
    #expect(counter.count == item.expected)
    item.work()  // outside: not counted
    #expect(counter.count == item.expected)
  }
}
