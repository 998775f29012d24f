import CKernels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The parent of all suites here: the instruction set in use is one for the process, so that the
/// tests must run one after the other.
@Suite(.serialized) enum CKernelsTests {}

/// Runs `body` under every instruction set of this CPU, then restores the one in use.
func withEachInstructionSet(_ body: (_ name: String) throws -> Void) rethrows {
  let active = apus_isa_active()
  defer { #expect(apus_isa_select(active)) }
  for isa in [APUS_ISA_BASELINE, APUS_ISA_AVX2, APUS_ISA_AVX512] where apus_isa_select(isa) {
    try body(String(cString: apus_isa_name(isa)))
  }
}

func sameBits<T>(_ a: T, _ b: T) -> Bool {
  withUnsafeBytes(of: a) { a in withUnsafeBytes(of: b) { b in a.elementsEqual(b) } }
}

/// Whether the bits are the same, but for what a NaN carries.
func same<T>(_ a: [T], _ b: [T]) -> Bool {
  let equal = a.withUnsafeBytes { a in
    b.withUnsafeBytes { b in
      a.count == b.count && (a.isEmpty || memcmp(a.baseAddress!, b.baseAddress!, a.count) == 0)
    }
  }
  guard !equal, a.count == b.count else { return equal }
  return zip(a, b).allSatisfy { a, b in
    if let a = a as? any FloatingPoint, let b = b as? any FloatingPoint, a.isNaN, b.isNaN {
      return true
    }
    return sameBits(a, b)
  }
}

/// Runs an elementwise kernel on single elements, and checks that every cut of the arrays, from
/// every start and of every length, gives the same bits and touches nothing else. All arrays
/// count as inputs and outputs.
///
/// - Returns: the arrays as the kernel left them.
func elementwise<T>(
  _ arrays: [[T]], guardedBy sentinel: T, _ context: String,
  kernel: (_ arrays: [UnsafeMutablePointer<T>], _ n: Int) -> Void
) -> [[T]] {
  let count = arrays[0].count
  let margin = 5
  let width = count + 2 * margin
  let size = MemoryLayout<T>.stride
  func buffers() -> [UnsafeMutablePointer<T>] {
    arrays.map { _ in .allocate(capacity: width) }
  }
  let found = buffers()
  let expected = buffers()
  defer { for buffer in found + expected { buffer.deallocate() } }
  /// Elements of `source` between guards.
  func fill(_ target: UnsafeMutablePointer<T>, _ range: Range<Int>, from source: [T]) {
    target.update(repeating: sentinel, count: width)
    source.withUnsafeBufferPointer { source in
      guard let start = source.baseAddress else { return }
      memcpy(target + margin + range.lowerBound, start + range.lowerBound, range.count * size)
    }
  }
  func run(_ range: Range<Int>) {
    for (buffer, array) in zip(found, arrays) { fill(buffer, range, from: array) }
    kernel(found.map { $0 + margin + range.lowerBound }, range.count)
  }
  var single = arrays
  for i in 0..<count {
    run(i..<i + 1)
    for (k, buffer) in found.enumerated() { single[k][i] = buffer[margin + i] }
  }
  for start in 0...3 {
    for length in 0...70 where start + length <= count {
      let range = start..<start + length
      run(range)
      for k in arrays.indices {
        fill(expected[k], range, from: single[k])
        if memcmp(found[k], expected[k], width * size) == 0 { continue }
        let (a, b) = (
          Array(UnsafeBufferPointer(start: found[k], count: width)),
          Array(UnsafeBufferPointer(start: expected[k], count: width))
        )
        if !same(a, b) {
          Issue.record("\(context): array \(k), start \(start), length \(length): \(a)")
          return single
        }
      }
    }
  }
  return single
}

/// The distance from the exact value, in units in the last place of `T` there. Zero where both
/// are NaN, or the value rounds to the same infinity.
func ulps<T: BinaryFloatingPoint>(_ value: T, from exact: Double) -> Double {
  if value.isNaN && exact.isNaN { return 0 }
  let rounded = T(exact)
  if value == rounded { return rounded.isInfinite ? 0 : abs(Double(value) - exact) / unit(rounded) }
  guard value.isFinite && rounded.isFinite else { return .infinity }
  return abs(Double(value) - exact) / unit(rounded)
}

private func unit<T: BinaryFloatingPoint>(_ value: T) -> Double {
  Double(value.magnitude == 0 ? T.leastNonzeroMagnitude : value.magnitude.ulp)
}

/// Whether both are near, NaN, or the same infinity.
func isNear<T: BinaryFloatingPoint>(_ value: T, _ exact: Double, _ tolerance: Double) -> Bool {
  if exact.isNaN || exact.isInfinite { return exact.isNaN ? value.isNaN : Double(value) == exact }
  return abs(Double(value) - exact) <= tolerance * max(1, abs(exact))
}

/// Values of interest, filled up with random ones.
func samples<T: KernelFloat>(_ count: Int = 76, seed: UInt64 = 1, specials: Bool = true) -> [T] {
  let special: [T] = [
    .nan, .infinity, -.infinity, 0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
    .leastNormalMagnitude / 2, -.leastNormalMagnitude, .greatestFiniteMagnitude,
    -.greatestFiniteMagnitude, 1, -1, 0.5, -0.5, 88.5, -88.5, 104, -104, 1e-6, -1e-6,
  ]
  var random = SplitMix(state: seed)
  return (0..<count).map { i in
    if specials && i % 3 == 0 && i / 3 < special.count { return special[i / 3] }
    return T(random.uniform(-4, 4))
  }
}

/// The generator of Steele, Lea and Flood (2014).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  mutating func uniform(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * Double(next() >> 11) * 0x1p-53
  }
}
