import CKernels
import Testing

extension CKernelsTests {
  @Suite struct WinogradTests {
    /// Forward and weight gradient of a few images, for parts of them, against loops.
    private func check<T: KernelFloat>(
      _: T.Type, _ whole: apus_winograd, _ isa: String, _ tolerance: Double,
      weight: (UnsafePointer<T>, Int, Int, Bool, Int, UnsafeMutablePointer<T>) -> Void,
      forward: (
        UnsafePointer<apus_winograd>, UnsafePointer<T>, UnsafePointer<T>, UnsafePointer<T>?,
        UnsafeMutablePointer<T>, UnsafeMutablePointer<T>
      ) -> Void,
      gradient: (
        UnsafePointer<apus_winograd>, UnsafePointer<T>, UnsafePointer<T>, UnsafeMutablePointer<T>,
        UnsafeMutablePointer<T>
      ) -> Void,
      finish: (UnsafePointer<T>, Int, Int, UnsafeMutablePointer<T>) -> Void
    ) {
      var random = SplitMix(state: 3)
      func numbers(_ count: Int) -> [T] { (0..<count).map { _ in T(random.uniform(-1, 1)) } }
      let g = whole
      let area = g.out_height * g.out_width
      let x = numbers(g.images * g.inputs * g.height * g.width)
      let w = numbers(g.outputs * g.inputs * 9)
      let dy = numbers(g.images * g.outputs * area)
      let bias = numbers(g.outputs)
      var y = (0..<g.images * g.outputs * area).map { Double(bias[$0 / area % g.outputs]) }
      var dw = [Double](repeating: 0, count: w.count)
      for number in 0..<g.images * g.outputs {
        let (image, o) = (number / g.outputs, number % g.outputs)
        for c in 0..<g.inputs {
          for place in 0..<area {
            for k in 0..<9 {
              let row = place / g.out_width + k / 3 - g.before_y
              let column = place % g.out_width + k % 3 - g.before_x
              guard (0..<g.height).contains(row) && (0..<g.width).contains(column) else { continue }
              let element = Double(
                x[((image * g.inputs + c) * g.height + row) * g.width + column])
              y[number * area + place] += element * Double(w[(o * g.inputs + c) * 9 + k])
              dw[(o * g.inputs + c) * 9 + k] += element * Double(dy[number * area + place])
            }
          }
        }
      }
      let (block, elements) = (Int(APUS_PIXEL_BLOCK), Int(APUS_WINOGRAD_ELEMENTS))
      let blockCount = elements * apus_winograd_weight_step(g.inputs)
      var u = [T](repeating: 0, count: (g.outputs + block - 1) / block * blockCount)
      func transform(_ w: [T], flipped: Bool, _ u: inout [T]) {
        u.withUnsafeMutableBufferPointer { u in
          for first in stride(from: 0, to: g.outputs, by: block) {
            weight(
              w, g.inputs, g.outputs, flipped, first,
              u.baseAddress! + first / block * blockCount)
          }
        }
      }
      transform(w, flipped: false, &u)
      // The same weight with its axes exchanged and turned around.
      var turned = w
      for o in 0..<g.outputs {
        for c in 0..<g.inputs {
          for k in 0..<9 {
            turned[(c * g.outputs + o) * 9 + 8 - k] = w[(o * g.inputs + c) * 9 + k]
          }
        }
      }
      var flipped = u
      transform(turned, flipped: true, &flipped)
      #expect(same(u, flipped))

      var out = [T](repeating: 77, count: y.count + 3)
      var sums = [T](repeating: 0, count: elements * apus_winograd_sums_step(g.inputs, g.outputs))
      var back = [T](repeating: 77, count: dw.count)
      let tileRows = (g.out_height + 3) / 4
      for first in stride(from: 0, to: tileRows, by: 2) {
        var part = g
        part.first_row = first
        part.rows = min(2, tileRows - first)
        var scratch = [T](repeating: .nan, count: apus_winograd_scratch(&part, false))
        forward(&part, x, u, bias, &out, &scratch)
        scratch = [T](repeating: .nan, count: apus_winograd_scratch(&part, true))
        gradient(&part, x, dy, &sums, &scratch)
      }
      finish(sums, g.inputs, g.outputs, &back)
      #expect(out.suffix(3) == [77, 77, 77])
      // Roundings add up as the root of the number of products.
      func isNear(_ values: [T], _ exact: [Double], _ products: Int) -> Bool {
        let allowed = tolerance * Double(products).squareRoot()
        return zip(values, exact).allSatisfy { abs(Double($0) - $1) <= allowed }
      }
      #expect(isNear(out, y, 9 * g.inputs), "forward \(isa) \(g)")
      #expect(isNear(back, dw, g.images * area), "weights \(isa) \(g)")
    }

    @Test func convolves() {
      withEachInstructionSet { isa in
        for (channels, outputs, height, width, outHeight, outWidth, before) in [
          (1, 1, 3, 3, 1, 1, 0), (3, 7, 5, 9, 5, 9, 1), (8, 6, 4, 38, 2, 36, 0),
          (5, 4, 2, 3, 4, 5, 2), (4, 13, 6, 21, 5, 20, 0), (17, 19, 13, 11, 15, 13, 2),
          (16, 32, 11, 70, 11, 70, 1),
        ] {
          let g = apus_winograd(
            images: 1 + channels % 3, inputs: channels, outputs: outputs, height: height,
            width: width,
            out_height: outHeight, out_width: outWidth, before_y: before, before_x: before,
            first_row: 0, rows: 0)
          check(
            Float.self, g, isa, 4e-6, weight: apus_winograd_weight_f32,
            forward: apus_winograd_forward_f32, gradient: apus_winograd_weight_grad_f32,
            finish: apus_winograd_weight_finish_f32)
          check(
            Double.self, g, isa, 8e-15, weight: apus_winograd_weight_f64,
            forward: apus_winograd_forward_f64, gradient: apus_winograd_weight_grad_f64,
            finish: apus_winograd_weight_finish_f64)
        }
      }
    }
  }
}
