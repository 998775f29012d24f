import NN
import Tensor

extension LayerMisuseTests {
  static let windows: [Mistake] = [
    .init("Conv2D: channels must be positive, got 0 and 3") { _ = Conv2D(0, 3, kernel: 3) },
    .init("Conv2D: kernel must be at least 1, got [3, 0]") { _ = Conv2D(1, 1, kernel: [3, 0]) },
    .init("Conv2D: stride must be at least 1, got 0") { _ = Conv2D(1, 1, kernel: 3, stride: 0) },
    .init("Conv1D: dilation must be at least 1, got 0") {
      _ = Conv1D(1, 1, kernel: 3, dilation: 0)
    },
    .init("Conv1D: padding must be at least 0, got -1") {
      _ = Conv1D(1, 1, kernel: 3, padding: .symmetric(PerAxis(-1)))
    },
    .init("Conv1D: kernel [3, 3] does not fit 1 axis") { _ = Conv1D(1, 1, kernel: [3, 3]) },
    .init("Conv2D: stride [1, 2, 1] does not fit 2 axes") {
      _ = Conv2D(1, 1, kernel: 3, stride: [1, 2, 1])
    },
    .init("Conv2D: groups must be positive, got 0") { _ = Conv2D(4, 4, kernel: 3, groups: 0) },
    .init("Conv2D: 4 input and 6 output channels do not divide into 4 groups") {
      _ = Conv2D(4, 6, kernel: 3, groups: 4)
    },
    .init(
      "0 (Conv2D): input [2, 1, 8, 8] does not fit 3 channels; it must be [n, 3, height, width] or "
        + "[3, height, width]"
    ) { _ = Sequential { Conv2D(3, 4, kernel: 3) }(ones([2, 1, 8, 8])) },
    .init(
      "1.conv (Conv1D): input [2, 3, 4, 5] does not fit 3 channels; it must be [n, 3, length] or "
        + "[3, length]"
    ) {
      let inner = Sequential { Conv1D(3, 4, kernel: 1).named("conv") }
      _ = Sequential {
        ReLU()
        inner
      }(ones([2, 3, 4, 5]))
    },
    .init(
      "0 (Conv2D): kernel [5, 3] reaches over [9, 5] elements, more than the [5, 6] of input "
        + "[1, 1, 3, 4] with its padding"
    ) {
      _ = Sequential { Conv2D(1, 1, kernel: [5, 3], padding: 1, dilation: 2) }(ones([1, 1, 3, 4]))
    },
    .init(
      "ConvTranspose2D: output padding must be less than the stride or the dilation, got 2 for 2 "
        + "and 1"
    ) { _ = ConvTranspose2D(1, 1, kernel: 3, stride: 2, outputPadding: 2) },
    .init(
      "0 (ConvTranspose1D): input [1, 1, 1] with kernel [2] and padding [1] leaves outputs of "
        + "extents [0]"
    ) { _ = Sequential { ConvTranspose1D(1, 1, kernel: 2, padding: 1) }(ones([1, 1, 1])) },
    .init("MaxPool2D: padding must be at most half of the kernel's reach, got 2 for 3") {
      _ = MaxPool2D(3, padding: 2)
    },
    .init("AvgPool1D: the divisor must not be 0") { _ = AvgPool1D(2, divisor: 0) },
    .init("MaxPool1D: stride must be at least 1, got 0") { _ = MaxPool1D(2, stride: 0) },
    .init(
      "1 (MaxPool2D): kernel [2, 2] reaches over [2, 2] elements, more than the [1, 4] of input "
        + "[1, 1, 1, 4] with its padding"
    ) {
      _ = Sequential {
        ReLU()
        MaxPool2D(2)
      }(ones([1, 1, 1, 4]))
    },
    .init(
      "AvgPool2D: input [4, 4] does not fit; it must be [n, channels, height, width] or "
        + "[channels, height, width]"
    ) { _ = AvgPool2D(2)(ones([4, 4])) },
    .init("AdaptiveAvgPool2D: output extents must be at least 1, got 0") {
      _ = AdaptiveAvgPool2D(0)
    },
    .init("AdaptiveMaxPool1D: input [1, 2, 0] has no elements to pool") {
      _ = AdaptiveMaxPool1D(2)(ones([1, 2, 0]))
    },
    .init(
      "0 (GlobalAvgPool): input [2, 3] does not fit; it must be [n, channels, …] with elements to "
        + "pool"
    ) { _ = Sequential { GlobalAvgPool() }(ones([2, 3])) },
    .init("Pad2D: widths are needed, got .same") { _ = Pad2D(.same) },
    .init("Pad1D: input [1, 2, 0] has no elements to pad with") {
      _ = Pad1D(1, mode: .reflect)(ones([1, 2, 0]))
    },
  ]
}
