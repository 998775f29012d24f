import Tensor
import Testing

/// Where PyTorch's rules are finer than their formulas: expected numbers are PyTorch's.
struct RoundedWindowTests {
  /// `max_pool1d(x, 3, stride=2, dilation=2, ceil_mode=True)`: the kernel reaches over 5 of 4 elements.
  @Test func roundedUpKernelMayReachBeyondThePadding() {
    let x = Tensor<Float>([3, 1, 2, 9], shape: [1, 1, 4])
    let geometry = WindowGeometry(stride: 2, dilation: 2)
    let (values, places) = x.maxPooledWithPlaces(kernel: 3, geometry: geometry, roundingUp: true)
    #expect(values.scalars == [3] && places.scalars == [0])
    #expect(x.maxPooled(kernel: 3, geometry: geometry, roundingUp: true).scalars == [3])

    let short = Tensor<Double>([5, 7], shape: [1, 1, 2])
    let wide = WindowGeometry(stride: 3)
    for countsPadding in [true, false] {
      #expect(
        short.averagePooled(
          kernel: 4, geometry: wide, roundingUp: true, countsPadding: countsPadding
        ).scalars == [6])
      let gradient = Tensor<Double>([4], shape: [1, 1, 1]).averagePoolingInputGradient(
        inputShape: short.shape, kernel: 4, geometry: wide, roundingUp: true,
        countsPadding: countsPadding)
      #expect(gradient.scalars == [2, 2])
    }
    let plane = Tensor<Double>((0..<6).map(Double.init), shape: [1, 1, 2, 3])
    let pooled = plane.averagePooled(kernel: [3, 2], geometry: .init(stride: 2), roundingUp: true)
    #expect(pooled.shape == [1, 1, 1, 2] && pooled.scalars == [2, 3.5])

    #expect(wide.outputExtents(of: [2], kernel: [4], roundingUp: true) == [1])
    #expect(wide.outputExtents(of: [9], kernel: [4], roundingUp: true) == [3])
    #expect(wide.outputExtents(of: [9], kernel: [4]) == [2])
  }

  @Test func kernelBeyondTheStrideStops() async {
    await #expect(processExitsWith: .failure) {
      _ = Tensor<Float>.zeros([1, 1, 2]).averagePooled(
        kernel: 5, geometry: .init(stride: 3), roundingUp: true)
    }
  }

  /// `interpolate(x, scale_factor=[1.3, 2], mode=…)`: 2 rows stay 2, and are copied.
  @Test func axisWhoseExtentStaysIsCopied() {
    let x = Tensor<Double>([1, 2, 3, 4], shape: [1, 1, 2, 2])
    for mode in [ResizeMode.nearest, .bilinear(aligningCorners: false)] {
      let row = x[0..., 0..., 0..., 0..<2].resized(by: [1.3, 1], mode: mode)
      #expect(row == x, "\(mode)")
      let factors = [1.3, 2.0]
      let result = x.resized(by: factors, mode: mode)
      #expect(result == x.resized(to: [2, 4], mode: mode), "\(mode)")
      #expect(
        result.resizingInputGradient(inputShape: x.shape, factors: factors, mode: mode)
          == result.resizingInputGradient(inputShape: x.shape, mode: mode), "\(mode)")
    }
  }
}
