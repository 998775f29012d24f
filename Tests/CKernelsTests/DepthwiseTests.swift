import CKernels
import Testing

extension CKernelsTests {
  @Suite struct DepthwiseTests {
    private typealias Geometry = UnsafePointer<apus_depthwise>

    /// Two images against loops.
    private func check<T: KernelFloat>(
      _: T.Type, _ whole: apus_depthwise, _ isa: String, _ tolerance: Double,
      forward: (
        Geometry, Int, Int, UnsafePointer<T>, UnsafePointer<T>, Bool, UnsafePointer<T>?,
        UnsafeMutablePointer<T>, UnsafeMutablePointer<T>
      ) -> Void,
      gradient: (
        Geometry, Int, Int, UnsafePointer<T>, UnsafePointer<T>, UnsafeMutablePointer<T>,
        UnsafeMutablePointer<T>
      ) -> Void
    ) {
      var random = SplitMix(state: 4)
      func numbers(_ count: Int) -> [T] { (0..<count).map { _ in T(random.uniform(-1, 1)) } }
      var d = whole
      let (rows, columns) = (d.windows.y, d.windows.x)
      let plane = rows.input * columns.input
      let area = rows.output * columns.output
      let taps = rows.kernel * columns.kernel
      let kernels = d.channels * d.outputs
      var x = numbers(2 * d.channels * plane)
      let g = numbers(2 * kernels * area)
      let weight = numbers(kernels * taps)
      let bias = numbers(kernels)
      var y = (0..<2 * kernels * area).map { Double(bias[$0 / area % kernels]) }
      var dw = [Double](repeating: 0, count: kernels * taps)
      for number in y.indices {
        let (output, place) = (number / area, number % area)
        for k in 0..<taps {
          let row =
            place / columns.output * rows.stride + k / columns.kernel * rows.dilation - rows.before
          let column =
            place % columns.output * columns.stride + k % columns.kernel * columns.dilation
            - columns.before
          guard (0..<rows.input).contains(row) && (0..<columns.input).contains(column) else {
            continue
          }
          let element = Double(x[output / d.outputs * plane + row * columns.input + column])
          y[number] += element * Double(weight[output % kernels * taps + k])
          dw[output % kernels * taps + k] += element * Double(g[number])
        }
      }
      // Elements that no window takes reach no result.
      for index in x.indices {
        let (row, column) = (index % plane / columns.input, index % columns.input)
        let reach = (rows.output - 1) * rows.stride + (rows.kernel - 1) * rows.dilation
        let width = (columns.output - 1) * columns.stride + (columns.kernel - 1) * columns.dilation
        if row + rows.before > reach || column + columns.before > width { x[index] = .nan }
      }
      var turned = weight
      for kernel in 0..<kernels {
        turned[kernel * taps..<(kernel + 1) * taps].reverse()
      }
      var scratch = [T](repeating: .nan, count: apus_depthwise_scratch(&d))
      var out = [T](repeating: 77, count: y.count + 3)
      var back = [T](repeating: 77, count: dw.count)
      // All planes but the first, then that one.
      let planes = 2 * d.channels
      out.withUnsafeMutableBufferPointer { out in
        x.withUnsafeBufferPointer { x in
          let next = d.outputs * area
          forward(
            &d, 1, planes - 1, x.baseAddress! + plane, weight, false, bias,
            out.baseAddress! + next, &scratch)
          forward(&d, 0, 1, x.baseAddress!, turned, true, bias, out.baseAddress!, &scratch)
        }
      }
      // The first plane has written up to its end alone.
      #expect(out.suffix(3) == [77, 77, 77])
      #expect(zip(out, y).allSatisfy { isNear($0, $1, tolerance) }, "forward \(isa) \(d)")
      back.withUnsafeMutableBufferPointer { back in
        for channel in 0..<d.channels {
          let target = back.baseAddress! + channel * d.outputs * taps
          gradient(&d, 2, channel, x, g, target, &scratch)
        }
      }
      #expect(zip(back, dw).allSatisfy { isNear($0, $1, tolerance) }, "weights \(isa) \(d)")
    }

    private func axis(
      _ input: Int, _ kernel: Int, _ stride: Int, _ dilation: Int, _ before: Int
    ) -> apus_window_axis {
      apus_window_axis(
        input: input, output: (input + 2 * before - dilation * (kernel - 1) - 1) / stride + 1,
        kernel: kernel, stride: stride, dilation: dilation, before: before, after: before)
    }

    @Test func convolves() {
      withEachInstructionSet { isa in
        for width in [5, 8, 17, 35, 70] {
          for (kernel, dilation, before) in [(3, 1, 1), (3, 2, 0), (5, 1, 2), (2, 1, 1), (1, 1, 0)]
          {
            for stride in 1...3 {
              let windows = apus_windows(
                y: axis(6, min(kernel, 3), stride, 1, before),
                x: axis(width, kernel, stride, dilation, before))
              let d = apus_depthwise(
                windows: windows, channels: 2, outputs: 1 + (stride + width) % 2)
              check(
                Float.self, d, isa, 2e-5, forward: apus_depthwise_f32,
                gradient: apus_depthwise_weight_grad_f32)
              check(
                Double.self, d, isa, 1e-13, forward: apus_depthwise_f64,
                gradient: apus_depthwise_weight_grad_f64)
            }
          }
        }
      }
    }

    // An infinity in the first or last row of a plane is no tap of the kernel's other rows.
    @Test(arguments: [0, 1], [5, 20]) func infinitiesStayInTheirRows(before: Int, width: Int) {
      withEachInstructionSet { isa in
        var d = apus_depthwise(
          windows: apus_windows(y: axis(6, 3, 1, 1, before), x: axis(width, 3, 1, 1, before)),
          channels: 1, outputs: 1)
        let rows = d.windows.y.output
        let g = [Float](repeating: 1, count: rows * d.windows.x.output)
        for row in [0, 5] {
          var x = [Float](repeating: 1, count: 6 * width)
          x[row * width + 2] = .infinity
          var scratch = [Float](repeating: .nan, count: apus_depthwise_scratch(&d))
          var dw = [Float](repeating: .nan, count: 9)
          apus_depthwise_weight_grad_f32(&d, 1, 0, x, g, &dw, &scratch)
          for tap in 0..<9 {
            let isTap = (0..<rows).contains(row + before - tap / 3)
            #expect(dw[tap] == .infinity ? isTap : !isTap && dw[tap].isFinite, "\(isa) \(tap)")
          }
        }
      }
    }
  }
}
