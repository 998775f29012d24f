import CKernels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension CKernelsTests {
  struct RandomTests {
    /// What a kernel writes for n numbers of a sequence, and whether it wrote nothing after them.
    private func run<T: Equatable>(
      _ n: Int, _ sentinel: T,
      _ kernel: (UnsafePointer<apus_random>, UnsafeMutablePointer<T>) -> Void
    ) -> [T] {
      // The low half of the counter passes 32 bits within the sequence.
      let start = apus_random(key: 0x1234_5678_9abc_def0, stream: 3, block: 0xffff_fff0)
      var out = [T](repeating: sentinel, count: n + 3)
      withUnsafePointer(to: start) { start in
        out.withUnsafeMutableBufferPointer { kernel(start, $0.baseAddress! + 1) }
      }
      #expect(out.first == sentinel && out.suffix(2).allSatisfy { $0 == sentinel })
      return Array(out[1...n])
    }

    /// Every length gives the start of the longest one, on every instruction set with the same bits.
    private func check<T: Equatable>(
      _ sentinel: T, _ kernel: (UnsafePointer<apus_random>, UnsafeMutablePointer<T>, Int) -> Void
    ) -> [T] {
      var all: [T] = []
      withEachInstructionSet { name in
        let longest = run(2_000, sentinel) { kernel($0, $1, 2_000) }
        if all.isEmpty { all = longest }
        #expect(longest == all, "\(name)")
        for n in 1...70 {
          #expect(run(n, sentinel) { kernel($0, $1, n) } == Array(all[..<n]), "\(name) \(n)")
        }
      }
      return all
    }

    @Test func everyKernel() {
      let words = check(UInt64(7)) { apus_random_words($0, $1, $2) }
      let units = words.map { Double($0 >> 11) * 0x1p-53 }
      #expect(
        check(-9.0) { apus_random_uniform_f64($0, -1, 3, 1.5, $1, $2) }
          == units.map { min(-1 + $0 * 3, 1.5) })
      #expect(
        check(Float(-9)) { apus_random_uniform_f32($0, -1, 3, 1.5, $1, $2) }
          == units.map { min(Float(-1 + $0 * 3), 1.5) })
      #expect(
        check(UInt8(9)) { apus_random_bernoulli($0, 1 << 51, $1, $2) }
          == units.map { $0 < 0.25 ? 1 : 0 })
      let normal = check(-99.0) { apus_random_normal_f64($0, 2, 3, $1, $2) }
      let floats = check(Float(-99)) { apus_random_normal_f32($0, 2, 3, $1, $2) }
      #expect(floats == normal.map { Float($0) })
      for index in stride(from: 0, to: 2_000, by: 2) {
        let radius = 3 * (-2 * log(1 - units[index])).squareRoot()
        let angle = 2 * Double.pi * units[index + 1]
        #expect(abs(normal[index] - (2 + radius * cos(angle))) < 1e-14)
        #expect(abs(normal[index + 1] - (2 + radius * sin(angle))) < 1e-14)
      }
    }
  }
}
