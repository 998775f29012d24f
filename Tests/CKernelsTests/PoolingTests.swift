import CKernels
import Testing

extension CKernelsTests {
  @Suite struct PoolingTests {
    /// Regular windows along one axis, with as much padding on both sides.
    private struct Axis {
      var input: Int
      var kernel: Int
      var stride: Int
      var dilation = 1
      var padding = 0
      /// Whether the kernels are told which windows are complete.
      var isKnown = true

      var output: Int { (input + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1 }

      func taps(_ window: Int) -> [Int] {
        (0..<kernel).map { window * stride + $0 * dilation - padding }.filter {
          (0..<input).contains($0)
        }
      }

      func withTable<Result>(_ body: (UnsafePointer<apus_pool_axis>) -> Result) -> Result {
        let windows = (0..<output).map(taps)
        let complete = windows.indices.filter { windows[$0].count == kernel && isKnown }
        let first = windows.map { $0.first ?? 0 }
        let last = windows.map { ($0.last ?? -1) + 1 }
        let divisor = [Int](repeating: kernel, count: output)
        return first.withUnsafeBufferPointer { first in
          last.withUnsafeBufferPointer { last in
            divisor.withUnsafeBufferPointer { divisor in
              var table = apus_pool_axis(
                input: input, output: output, dilation: dilation, first: first.baseAddress,
                last: last.baseAddress, divisor: divisor.baseAddress, begin: complete.first ?? 0,
                end: (complete.last ?? -1) + 1, taps: kernel, stride: stride)
              return body(&table)
            }
          }
        }
      }
    }

    private typealias Table = UnsafePointer<apus_pool_axis>
    private typealias Places = UnsafeMutablePointer<Int32>

    /// Two planes against loops, to the last bit.
    private func check<T: KernelFloat>(
      _: T.Type, _ y: Axis, _ x: Axis, _ isa: String,
      max: (UnsafePointer<T>, Int, Table, Table, UnsafeMutablePointer<T>, Places?) -> Void,
      maxGradient: (
        UnsafePointer<T>, UnsafePointer<Int32>, Int, Int, Int, UnsafeMutablePointer<T>
      ) -> Int,
      average: (UnsafePointer<T>, Int, Table, Table, UnsafeMutablePointer<T>) -> Void,
      averageGradient: (UnsafePointer<T>, Int, Table, Table, UnsafeMutablePointer<T>) -> Void
    ) {
      let area = y.input * x.input
      let windows = y.output * x.output
      let elements: [T] = samples(2 * area, seed: 5)
      let gradient: [T] = samples(2 * windows, seed: 6, specials: false)
      var greatest: [T] = []
      var places: [Int32] = []
      var averages: [T] = []
      var scattered = [T](repeating: 0, count: 2 * area)
      var spread = scattered
      for number in 0..<2 * windows {
        let plane = number / windows * area
        var (best, place, sum): (T, Int32, T) = (-.infinity, -1, 0)
        let part = gradient[number] / T(y.kernel * x.kernel)
        for row in y.taps(number % windows / x.output) {
          for column in x.taps(number % x.output) {
            let tap = row * x.input + column
            let value = elements[plane + tap]
            if value > best || place < 0 || (value.isNaN && !best.isNaN) {
              (best, place) = (value, Int32(tap))
            }
            sum += value
            spread[plane + tap] += part
          }
        }
        greatest.append(best)
        places.append(place)
        averages.append(sum / T(y.kernel * x.kernel))
        if place >= 0 { scattered[plane + Int(place)] += gradient[number] }
      }

      let sentinel = [T](repeating: 77, count: 3)
      var out = [T](repeating: 77, count: 2 * windows + 3)
      var found = [Int32](repeating: 77, count: 2 * windows + 3)
      var back = [T](repeating: 77, count: 2 * area + 3)
      y.withTable { yTable in
        x.withTable { xTable in
          max(elements, 2, yTable, xTable, &out, nil)
          #expect(same(out, greatest + sentinel), "max \(isa) \(y) \(x)")
          out = [T](repeating: 77, count: out.count)
          max(elements, 2, yTable, xTable, &out, &found)
          #expect(same(out, greatest + sentinel), "max \(isa) \(y) \(x)")
          #expect(found == places + [77, 77, 77], "places \(isa) \(y) \(x)")
          average(elements, 2, yTable, xTable, &out)
          #expect(same(out, averages + sentinel), "average \(isa) \(y) \(x)")
          averageGradient(gradient, 2, yTable, xTable, &back)
          #expect(same(back, spread + sentinel), "average gradient \(isa) \(y) \(x)")
        }
      }
      #expect(maxGradient(gradient, places, 2, windows, area, &back) == 2 * windows)
      #expect(same(back, scattered + sentinel), "max gradient \(isa) \(y) \(x)")
      for wrong in [Int32(area), -2, .min, .max] {
        places[2 * windows - 1] = wrong
        #expect(maxGradient(gradient, places, 2, windows, area, &back) == 2 * windows - 1)
      }
    }

    private func check(_ y: Axis, _ x: Axis, _ isa: String) {
      check(
        Float.self, y, x, isa, max: apus_max_pool_f32, maxGradient: apus_max_pool_grad_f32,
        average: apus_average_pool_f32, averageGradient: apus_average_pool_grad_f32)
      check(
        Double.self, y, x, isa, max: apus_max_pool_f64, maxGradient: apus_max_pool_grad_f64,
        average: apus_average_pool_f64, averageGradient: apus_average_pool_grad_f64)
    }

    @Test func pools() {
      withEachInstructionSet { isa in
        for input in Array(2...36) + [70] {
          check(Axis(input: 5, kernel: 2, stride: 2), Axis(input: input, kernel: 2, stride: 2), isa)
        }
        for input in [3, 8, 19, 37, 70] {
          for stride in 1...3 {
            let rows = Axis(input: 6, kernel: 3, stride: stride, padding: 1)
            check(rows, Axis(input: input, kernel: 3, stride: stride, padding: 1), isa)
            check(rows, Axis(input: input, kernel: 2, stride: stride, padding: 1), isa)
            check(rows, Axis(input: input, kernel: 2, stride: stride, dilation: 2), isa)
            check(rows, Axis(input: input, kernel: 3, stride: stride, isKnown: false), isa)
          }
        }
        // Windows none of whose taps lies inside.
        check(
          Axis(input: 1, kernel: 2, stride: 1, dilation: 2, padding: 2),
          Axis(input: 1, kernel: 2, stride: 1, dilation: 2, padding: 2), isa)
      }
    }
  }
}
