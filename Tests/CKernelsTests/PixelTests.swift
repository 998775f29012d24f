import CKernels
import Testing

extension CKernelsTests {
  @Suite struct PixelTests {
    /// The kernels of one element type.
    private struct Kernels<T: KernelFloat> {
      let weight: (UnsafePointer<T>, Int, Int, Int, Bool, Int, UnsafeMutablePointer<T>) -> Void
      let convolve:
        (
          UnsafePointer<apus_pixel_convolution>, UnsafePointer<T>, UnsafePointer<T>,
          UnsafePointer<T>?, UnsafeMutablePointer<T>, UnsafeMutablePointer<T>
        ) -> Void
      let inputGradient:
        (
          UnsafePointer<apus_pixel_convolution>, UnsafePointer<T>, UnsafePointer<T>,
          UnsafePointer<T>?, UnsafeMutablePointer<T>, UnsafeMutablePointer<T>
        ) -> Void
      let weightGradient:
        (
          UnsafePointer<apus_pixel_convolution>, UnsafePointer<T>, UnsafePointer<T>,
          UnsafeMutablePointer<T>, UnsafeMutablePointer<T>
        ) -> Void
      let finish: (UnsafePointer<T>, Int, Int, Int, UnsafeMutablePointer<T>) -> Void
    }

    /// The convolution of an image and both gradients, a few rows at a time, against loops.
    private func check<T: KernelFloat>(
      _ kernels: Kernels<T>, _ g: apus_pixel_convolution, _ isa: String, _ tolerance: Double
    ) {
      var random = SplitMix(state: 5)
      func numbers(_ count: Int) -> [T] { (0..<count).map { _ in T(random.uniform(-1, 1)) } }
      let (wy, wx) = (g.windows.y, g.windows.x)
      let (area, outArea, taps) = (
        wy.input * wx.input, wy.output * wx.output, wy.kernel * wx.kernel
      )
      let (x, dy) = (numbers(g.inputs * area), numbers(g.outputs * outArea))
      let w = numbers(g.outputs * g.inputs * taps)
      let (bias, inputBias) = (numbers(g.outputs), numbers(g.inputs))
      var y = (0..<dy.count).map { Double(bias[$0 / outArea]) }
      var dx = (0..<x.count).map { Double(inputBias[$0 / area]) }
      var dw = [Double](repeating: 0, count: w.count)
      for o in 0..<g.outputs {
        for c in 0..<g.inputs {
          for place in 0..<outArea {
            for tap in 0..<taps {
              let row = place / wx.output * wy.stride + tap / wx.kernel * wy.dilation - wy.before
              let column = place % wx.output * wx.stride + tap % wx.kernel * wx.dilation - wx.before
              guard (0..<wy.input).contains(row) && (0..<wx.input).contains(column) else {
                continue
              }
              let from = (c * wy.input + row) * wx.input + column
              let (to, by) = (o * outArea + place, (o * g.inputs + c) * taps + tap)
              y[to] += Double(x[from]) * Double(w[by])
              dx[from] += Double(dy[to]) * Double(w[by])
              dw[by] += Double(dy[to]) * Double(x[from])
            }
          }
        }
      }

      let block = Int(APUS_PIXEL_BLOCK)
      func transformed(ofGradient: Bool) -> [T] {
        let (lanes, depth) = ofGradient ? (g.inputs, g.outputs) : (g.outputs, g.inputs)
        var u = [T](repeating: .nan, count: (lanes + block - 1) / block * block * taps * depth)
        u.withUnsafeMutableBufferPointer { u in
          for first in stride(from: 0, to: lanes, by: block) {
            kernels.weight(
              w, g.outputs, g.inputs, taps, ofGradient, first,
              u.baseAddress! + first * taps * depth)
          }
        }
        return u
      }
      func parts(of rows: Int, _ body: (inout apus_pixel_convolution) -> Void) {
        for first in stride(from: 0, to: rows, by: 3) {
          var part = g
          part.first_row = first
          part.rows = min(3, rows - first)
          body(&part)
        }
      }
      func scratch(_ count: Int) -> [T] { [T](repeating: .nan, count: count) }

      var out = [T](repeating: 77, count: y.count + 3)
      let u = transformed(ofGradient: false)
      parts(of: wy.output) { part in
        var space = scratch(apus_pixel_scratch(&part))
        kernels.convolve(&part, x, u, bias, &out, &space)
      }
      var back = [T](repeating: 77, count: dx.count + 3)
      let ofGradient = transformed(ofGradient: true)
      parts(of: wy.input) { part in
        var space = scratch(apus_pixel_input_grad_scratch(&part))
        kernels.inputGradient(&part, dy, ofGradient, inputBias, &back, &space)
      }
      var sums = [T](repeating: 0, count: taps * g.inputs * apus_pixel_channels(g.outputs))
      parts(of: wy.output) { part in
        var space = scratch(apus_pixel_weight_grad_scratch(&part))
        kernels.weightGradient(&part, x, dy, &sums, &space)
      }
      var weights = [T](repeating: 77, count: dw.count + 3)
      kernels.finish(sums, g.outputs, g.inputs, taps, &weights)

      // Roundings add up as the root of the number of products.
      func isNear(_ values: [T], _ exact: [Double], _ products: Int) -> Bool {
        let allowed = tolerance * Double(products).squareRoot()
        return values.suffix(3) == [77, 77, 77]
          && zip(values, exact).allSatisfy { abs(Double($0) - $1) <= allowed }
      }
      #expect(isNear(out, y, g.inputs * taps), "forward \(isa) \(g)")
      #expect(isNear(back, dx, g.outputs * taps), "input gradient \(isa) \(g)")
      #expect(isNear(weights, dw, outArea), "weight gradient \(isa) \(g)")
    }

    /// Channels of both sides, and for each axis its extent, kernel, stride, dilation and padding, which
    /// is the same on both sides or is followed by that behind the axis; and fewer windows than fit.
    private static let cases: [(Int, Int, [Int], [Int])] = [
      (1, 1, [3, 3, 1, 1, 0], [4, 3, 1, 1, 0]), (3, 9, [9, 3, 2, 1, 1], [18, 3, 2, 1, 1]),
      (16, 17, [5, 3, 1, 1, 1], [29, 5, 1, 1, 2]), (17, 32, [8, 2, 3, 1, 0], [21, 4, 3, 2, 3]),
      (8, 16, [1, 1, 1, 1, 0], [70, 9, 1, 1, 4]), (5, 40, [7, 3, 1, 2, 2], [16, 3, 1, 2, 2]),
      (33, 6, [4, 1, 1, 1, 2], [5, 2, 4, 1, 3]), (2, 20, [6, 3, 4, 1, 0], [13, 3, 5, 1, 0]),
      (18, 16, [8, 3, 2, 1, 0, 3], [19, 3, 1, 2, 5, 0]),
      (9, 8, [11, 2, 1, 3, 1, 1, 5], [7, 3, 2, 1, 4]),
    ]

    private static func axis(_ numbers: [Int]) -> apus_window_axis {
      let reach = numbers[3] * (numbers[1] - 1) + 1
      let after = numbers.count > 5 ? numbers[5] : numbers[4]
      let fitting = (numbers[0] + numbers[4] + after - reach) / numbers[2] + 1
      let output = numbers.count > 6 ? numbers[6] : fitting
      return apus_window_axis(
        input: numbers[0], output: output, kernel: numbers[1], stride: numbers[2],
        dilation: numbers[3], before: numbers[4], after: after)
    }

    /// A piece of the input gradient needs the windows on its rows alone.
    @Test func scratchOfAPieceIsThatOfItsRows() {
      var g = apus_pixel_convolution(
        windows: apus_windows(y: Self.axis([1024, 2, 2, 1, 0]), x: Self.axis([64, 2, 2, 1, 0])),
        inputs: 16, outputs: 16, first_row: 4, rows: 4)
      let first = apus_pixel_input_grad_scratch(&g)
      g.first_row = 1020
      #expect(apus_pixel_input_grad_scratch(&g) == first)
    }

    @Test func convolvesBothWays() {
      withEachInstructionSet { isa in
        for (inputs, outputs, y, x) in Self.cases {
          let g = apus_pixel_convolution(
            windows: apus_windows(y: Self.axis(y), x: Self.axis(x)), inputs: inputs,
            outputs: outputs, first_row: 0, rows: 0)
          check(
            Kernels<Float>(
              weight: apus_pixel_weight_f32, convolve: apus_pixel_convolve_f32,
              inputGradient: apus_pixel_input_grad_f32, weightGradient: apus_pixel_weight_grad_f32,
              finish: apus_pixel_weight_finish_f32), g, isa, 1e-6)
          check(
            Kernels<Double>(
              weight: apus_pixel_weight_f64, convolve: apus_pixel_convolve_f64,
              inputGradient: apus_pixel_input_grad_f64, weightGradient: apus_pixel_weight_grad_f64,
              finish: apus_pixel_weight_finish_f64), g, isa, 2e-15)
        }
      }
    }
  }
}
