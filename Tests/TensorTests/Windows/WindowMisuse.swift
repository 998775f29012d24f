import Tensor

extension MisuseTests {
  static let windows: [Misuse] = ofConvolutions + ofShapes

  /// Shapes that do not fit each other, and numbers that are too large.
  private static let ofShapes: [Misuse] = [
    .init("outputExtents: a kernel of extents [3] does not fit extents [8, 8]") {
      _ = WindowGeometry().outputExtents(of: [8, 8], kernel: [3])
    },
    .init(
      "transposeConvolved: extents [1] with kernel [1] leave nothing within a padding of 4 along "
        + "axis 0"
    ) {
      _ = Tensor<Float>.zeros([1, 1, 1]).transposeConvolved(
        with: .zeros([1, 1, 1]), geometry: .init(padding: 2))
    },
    .init(
      "columnsToImage: shape [n, rows, columns] and 1 or 2 extents are needed, got [4, 9] and [3]"
    ) {
      _ = Tensor<Float>.zeros([4, 9]).columnsToImage(extents: [3], kernel: 2)
    },
    .init("convolutionWeightGradient: groups must be at least 1, got 0") {
      let x = Tensor<Float>.zeros([1, 1, 4])
      _ = x.convolutionWeightGradient(outputGradient: x, kernel: [1], groups: 0)
    },
    .init(
      "convolutionWeightGradient: input [1, 3, 4], output gradient [1, 2, 4] and kernel [1] do not fit "
        + "2 groups"
    ) {
      _ = Tensor<Float>.zeros([1, 3, 4]).convolutionWeightGradient(
        outputGradient: .zeros([1, 2, 4]), kernel: [1], groups: 2)
    },
    .init(
      "maxPoolingInputGradient: a gradient [1, 1, 2] and places [1, 1, 3] do not fit an input of shape "
        + "[1, 1, 4]"
    ) {
      _ = Tensor<Float>.zeros([1, 1, 2]).maxPoolingInputGradient(
        places: .zeros([1, 1, 3]), inputShape: [1, 1, 4])
    },
    .init("maxPooled: places in planes of shape [1, 1, 65536, 32768] do not fit Int32") {
      _ = Tensor<Float>(0).broadcast(to: [1, 1, 65_536, 32_768]).maxPooled(kernel: 4_096)
    },
    .init("resized: shape [1, 1, 4] scaled by [1e+30] is too large") {
      _ = Tensor<Float>.zeros([1, 1, 4]).resized(by: [1e30], mode: .nearest)
    },
    .init("resized: axis 3 of shape [1, 1, 4, 0] has no elements") {
      _ = Tensor<Float>.zeros([1, 1, 4, 0]).resized(to: [2, 2], mode: .linear(in: .halfPixel))
    },
  ]

  private static let ofConvolutions: [Misuse] = [
    .init(
      "convolved: a kernel of 3 elements, 2 apart, is larger than axis 1 of [8, 4] with padding 0 "
        + "and 0"
    ) {
      _ = Tensor<Float>.zeros([1, 1, 8, 4]).convolved(
        with: .zeros([1, 1, 3, 3]), geometry: .init(dilation: 2))
    },
    .init("convolved: stride must be between 1 and 2147483647, got 0") {
      _ = Tensor<Float>.zeros([1, 1, 8]).convolved(
        with: .zeros([1, 1, 3]), geometry: .init(stride: 0))
    },
    .init("convolved: dilation must be between 1 and 2147483647, got [1, 0]") {
      _ = Tensor<Float>.zeros([1, 1, 8, 8]).convolved(
        with: .zeros([1, 1, 3, 3]), geometry: .init(dilation: [1, 0]))
    },
    .init("convolved: padding must be between 0 and 2147483647, got -1") {
      _ = Tensor<Float>.zeros([1, 1, 8]).convolved(
        with: .zeros([1, 1, 3]), geometry: .init(padding: -1))
    },
    .init("convolved: stride [1, 2] does not fit 1 axes") {
      _ = Tensor<Float>.zeros([1, 1, 8]).convolved(
        with: .zeros([1, 1, 3]), geometry: .init(stride: [1, 2]))
    },
    .init("convolved: kernel extents must be at least 1, got [0]") {
      _ = Tensor<Float>.zeros([1, 1, 8]).convolved(with: .zeros([1, 1, 0]))
    },
    .init("convolved: groups must be at least 1, got 0") {
      _ = Tensor<Float>.zeros([1, 1, 8]).convolved(with: .zeros([1, 1, 3]), groups: 0)
    },
    .init(
      "convolved: the channels of input [1, 3, 8] and weight [4, 3, 3] do not fit 2 groups"
    ) { _ = Tensor<Float>.zeros([1, 3, 8]).convolved(with: .zeros([4, 3, 3]), groups: 2) },
    .init(
      "convolved: the channels of input [1, 4, 8] and weight [3, 2, 3] do not fit 2 groups"
    ) { _ = Tensor<Float>.zeros([1, 4, 8]).convolved(with: .zeros([3, 2, 3]), groups: 2) },
    .init(
      "convolved: an input [n, channels, length] or [n, channels, height, width] and a weight of "
        + "the same rank are needed, got [1, 3, 8] and [4, 3, 3, 3]"
    ) { _ = Tensor<Float>.zeros([1, 3, 8]).convolved(with: .zeros([4, 3, 3, 3])) },
    .init("convolved: a bias of shape [4] is needed, got [3]") {
      _ = Tensor<Float>.zeros([1, 3, 8]).convolved(with: .zeros([4, 3, 3]), bias: .zeros([3]))
    },
    .init(
      "transposeConvolved: a convolution of extents [9] gives [7], not those of [1, 2, 4]"
    ) {
      _ = Tensor<Float>.zeros([1, 2, 4]).transposeConvolved(with: .zeros([2, 1, 3]), extents: [9])
    },
    .init(
      "transposeConvolved: output padding [2] must be less than stride or dilation, 2 and 1"
    ) {
      _ = Tensor<Float>.zeros([1, 2, 4]).transposeConvolved(
        with: .zeros([2, 1, 3]), geometry: .init(stride: 2), outputPadding: 2)
    },
    .init(
      "convolutionWeightGradient: an output gradient of shape [1, 4, 6] is needed, got [1, 4, 5]"
    ) {
      _ = Tensor<Float>.zeros([1, 2, 8]).convolutionWeightGradient(
        outputGradient: .zeros([1, 4, 5]), kernel: [3])
    },
    .init(
      "imageToColumns: shape [n, channels, length] or [n, channels, height, width] is needed, got "
        + "[3, 3]"
    ) { _ = Tensor<Float>.zeros([3, 3]).imageToColumns(kernel: 2) },
    .init(
      "columnsToImage: shape [1, 5, 9] does not fit extents [4, 4]: rows must be a multiple of 4, "
        + "and columns 9"
    ) { _ = Tensor<Float>.zeros([1, 5, 9]).columnsToImage(extents: [4, 4], kernel: 2) },
    .init(
      "maxPooled: a padding of 2 and 2 is not less than the reach of a kernel of 2 elements, 1 apart"
    ) {
      _ = Tensor<Float>.zeros([1, 1, 8]).maxPooled(kernel: 2, geometry: .init(padding: 2))
    },
    .init("averagePooled: kernel must be between 1 and 2147483647, got 0") {
      _ = Tensor<Float>.zeros([1, 1, 8]).averagePooled(kernel: 0)
    },
    .init("maxPoolingInputGradient: place 9 is outside of planes of 8 elements") {
      _ = Tensor<Float>.zeros([1, 1, 1]).maxPoolingInputGradient(
        places: Tensor<Int32>([9], shape: [1, 1, 1]), inputShape: [1, 1, 8])
    },
    .init(
      "averagePoolingInputGradient: a gradient of shape [1, 1, 4] is needed for an input of shape "
        + "[1, 1, 8], got [1, 1, 3]"
    ) {
      _ = Tensor<Float>.zeros([1, 1, 3]).averagePoolingInputGradient(
        inputShape: [1, 1, 8], kernel: 2)
    },
    .init("adaptiveAveragePooled: axis 2 of shape [1, 1, 0] has no elements to pool") {
      _ = Tensor<Float>.zeros([1, 1, 0]).adaptiveAveragePooled(to: 1)
    },
    .init("resized: 2 extents of 0 or more are needed for shape [1, 1, 4, 4], got [4]") {
      _ = Tensor<Float>.zeros([1, 1, 4, 4]).resized(to: [4], mode: .nearest)
    },
    .init("resized: 1 positive factors are needed for shape [1, 1, 4], got [0.0]") {
      _ = Tensor<Float>.zeros([1, 1, 4]).resized(by: [0], mode: .nearest)
    },
    .init(
      "resizingInputGradient: a gradient of shape [1, 1, 4] does not fit an input of shape [1, 2, 4]"
    ) {
      _ = Tensor<Float>.zeros([1, 1, 4]).resizingInputGradient(
        inputShape: [1, 2, 4], mode: .nearest)
    },
    .init("indexAdd: index 4 at position [1, 0] is out of range for axis 0 of shape [4, 2]") {
      var table = Tensor<Float>.zeros([4, 2])
      table.indexAdd(
        Tensor<Float>.zeros([2, 1, 2]), at: Tensor<Int32>([0, 4], shape: [2, 1]))
    },
    .init(
      "indexAdd: a source of shape [3, 2] is needed for indices of shape [3] along axis 0 of shape "
        + "[4, 2], got [2, 2]"
    ) {
      var table = Tensor<Float>.zeros([4, 2])
      table.indexAdd(Tensor<Float>.zeros([2, 2]), at: Tensor<Int32>.zeros([3]))
    },
  ]
}
