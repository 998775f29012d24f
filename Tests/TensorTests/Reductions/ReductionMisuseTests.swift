import Tensor
import Testing

/// What wrong axes and empty ones stop with.
struct ReductionMisuseTests {
  private static func zeros(_ shape: Shape) -> Tensor<Float> { .zeros(shape) }

  static let all: [(message: String, run: @Sendable () -> Void)] = [
    (
      "variance: axis 2 is out of range for shape [2, 3]",
      { _ = zeros([2, 3]).variance(axes: [2]) }
    ),
    (
      "standardDeviation: axis -2 is named twice in [0, -2]",
      { _ = zeros([2, 3]).standardDeviation(axes: [0, -2]) }
    ),
    (
      "any: axis 1 is out of range for shape [2]",
      { _ = Tensor<Bool>([true, false]).any(axes: [1]) }
    ),
    (
      "countNonzero: axis 0 is out of range for shape []", { _ = zeros([]).countNonzero(axes: [0]) }
    ),
    ("min: shape [2, 0] has no element along axis 1", { _ = Tensor<UInt8>.zeros([2, 0]).min() }),
    ("argmax: shape [2, 0] has no element", { _ = zeros([2, 0]).argmax(axis: nil) }),
    ("argmin: shape [0, 2] has no element along axis 0", { _ = zeros([0, 2]).argmin(axis: -2) }),
    ("logSumExp: axis 3 is out of range for shape [2]", { _ = zeros([2]).logSumExp(axes: [3]) }),
    (
      "cumulativeSum: axis 1 is out of range for shape [2]",
      { _ = zeros([2]).cumulativeSum(axis: 1) }
    ),
    ("softmax: axis -3 is out of range for shape [2, 3]", { _ = zeros([2, 3]).softmax(axis: -3) }),
    (
      "normalizedRows: 1 to 2 axes of shape [2, 3] can be rows, got 3",
      { _ = zeros([2, 3]).normalizedRows(axisCount: 3) }
    ),
    (
      "normalizedRows: rows of shape [3] need a scale of that shape, got [2]",
      { _ = zeros([2, 3]).normalizedRows(scale: zeros([2])) }
    ),
  ]

  @Test(arguments: all.indices)
  func stopsWithItsMessage(_ index: Int) async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [index] in
      ReductionMisuseTests.all[index].run()
    }
    let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    let message = Self.all[index].message
    #expect(output.contains("Fatal error: \(message)\n"), "expected “\(message)”")
  }
}
