import NN
import Tensor
import Testing

/// Mistakes at which a layer stops: each message names the layer, by its path where it has one, and
/// what does not fit.
@Suite struct LayerMisuseTests {
  struct Mistake: Sendable {
    let message: String
    let run: @Sendable () -> Void

    init(_ message: String, _ run: @escaping @Sendable () -> Void) {
      self.message = message
      self.run = run
    }
  }

  static let all: [Mistake] = normalization + structure + windows + sequences

  static func ones(_ shape: Shape) -> Variable<Float> { Variable(.ones(shape)) }
  static var training: Context { .training(RandomGenerator(seed: 1)) }

  private static let normalization: [Mistake] = [
    .init("BatchNorm1D: channels must be positive, got 0") { _ = BatchNorm1D(0) },
    .init("BatchNorm2D: epsilon must be 0 or more and finite, got -1.0") {
      _ = BatchNorm2D(3, epsilon: -1)
    },
    .init("InstanceNorm2D: momentum 1.5 is outside 0...1") { _ = InstanceNorm2D(3, momentum: 1.5) },
    .init(
      "1.norm (BatchNorm1D): input [2, 4] does not fit 3 channels; it must be [n, 3] or [n, 3, length]"
    ) {
      let inner = Sequential { BatchNorm1D(3).named("norm") }
      _ = Sequential {
        Linear(5, 4)
        inner
      }(ones([2, 5]))
    },
    .init(
      "0 (BatchNorm2D): input [2, 3, 4] does not fit 3 channels; it must be [n, 3, height, width]"
    ) { _ = Sequential { BatchNorm2D(3) }(ones([2, 3, 4])) },
    .init(
      "0 (BatchNorm2D): one value for each channel has no variance: the batch is [1, 3, 1, 1]"
    ) { _ = Sequential { BatchNorm2D(3, affine: false) }(ones([1, 3, 1, 1]), in: training) },
    .init("BatchNorm1D: one value for each channel has no variance: the batch is [1, 3]") {
      _ = BatchNorm1D(3, tracksStatistics: false)(ones([1, 3]))
    },
    .init(
      "InstanceNorm1D: one value for each channel has no variance: the input is [2, 3, 1]"
    ) { _ = InstanceNorm1D(3)(ones([2, 3, 1])) },
    .init(
      "InstanceNorm1D: input [2, 4, 3] does not fit 3 channels; it must be [n, 3, length] or "
        + "[3, length]"
    ) { _ = InstanceNorm1D(3)(ones([2, 4, 3])) },
    .init("LayerNorm: the normalised shape needs positive extents, got [3, 0]") {
      _ = LayerNorm([3, 0])
    },
    .init("0 (LayerNorm): input [2, 3] does not end in the normalised shape [2, 4]") {
      _ = Sequential { LayerNorm([2, 4]) }(ones([2, 3]))
    },
    .init("0 (RMSNorm): input [4] does not end in the normalised shape [3]") {
      _ = Sequential { RMSNorm(3, affine: false) }(ones([4]))
    },
    .init("GroupNorm: 6 channels do not divide into 4 groups") { _ = GroupNorm(4, 6) },
    .init("0 (GroupNorm): input [2, 4, 3] does not fit 6 channels; it must be [n, 6, …]") {
      _ = Sequential { GroupNorm(2, 6) }(ones([2, 4, 3]))
    },
    .init("layerNormalized: scale [2] does not fit the last axes of input [2, 3]") {
      _ = ones([2, 3]).layerNormalized(scale: ones([2]))
    },
    .init("rmsNormalized: input [3] does not have 2 axes to normalise over") {
      _ = ones([3]).rmsNormalized(axisCount: 2)
    },
    .init("groupNormalized: 3 channels of input [2, 3, 4] do not divide into 2") {
      _ = ones([2, 3, 4]).groupNormalized(groups: 2)
    },
    .init("batchNormalized: shift [1] does not fit the channels of input [2, 3]") {
      _ = ones([2, 3]).batchNormalized(shift: ones([1]))
    },
    .init("normalized: input [3] has no channels; it must be [n, channels, …]") {
      _ = ones([3]).normalized(mean: .zeros([3]), variance: .ones([3]))
    },
  ]

  @Test(arguments: all.indices)
  func stopsWithItsMessage(_ index: Int) async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [index] in
      LayerMisuseTests.all[index].run()
    }
    expectMessage(result, Self.all[index].message)
  }
}
