/// A seeded source of random bits: Philox 4×32 with ten rounds.
///
/// Each block of 128 bits is a keyed mix of a counter, so the state is three numbers: it can be saved
/// and restored anywhere in the sequence, and one seed gives the same numbers on every platform.
/// Source: J. K. Salmon and others, *Parallel random numbers: as easy as 1, 2, 3*, SC 2011.
public struct RandomGenerator: RandomNumberGenerator, Sendable, Hashable, Codable {
  private var key: UInt64
  private var stream: UInt64
  private var position: UInt64 = 0  // 64-bit numbers drawn so far; a block holds two of them

  /// Creates a generator; different seeds give unrelated sequences.
  public init(seed: UInt64) {
    key = seed
    stream = 0
  }

  private init(key: UInt64, stream: UInt64) {
    self.key = key
    self.stream = stream
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    let block = Self.block(key: key, counter: (position >> 1, stream))
    defer { position &+= 1 }
    return position & 1 == 0 ? block.0 : block.1
  }

  /// A new generator whose sequence is unrelated to the rest of this one's.
  ///
  /// Its key is drawn from this generator, and its stream number keeps it apart from a generator
  /// that was seeded with that key.
  public mutating func split() -> RandomGenerator {
    RandomGenerator(key: next(), stream: stream &+ 1)
  }

  /// Calls `body` with `count` consecutive blocks of four 32-bit numbers, and moves past them.
  mutating func forEachBlock(_ count: Int, _ body: (Int, SIMD4<UInt32>) -> Void) {
    position = (position &+ 1) & ~1
    for index in 0..<count {
      let (low, high) = Self.block(key: key, counter: (position >> 1, stream))
      body(
        index,
        SIMD4(
          UInt32(truncatingIfNeeded: low), UInt32(truncatingIfNeeded: low >> 32),
          UInt32(truncatingIfNeeded: high), UInt32(truncatingIfNeeded: high >> 32)))
      position &+= 2
    }
  }

  /// The cipher: ten rounds of two 32×32-bit multiplications.
  package static func block(key: UInt64, counter: (UInt64, UInt64)) -> (UInt64, UInt64) {
    var c0 = UInt32(truncatingIfNeeded: counter.0)
    var c1 = UInt32(truncatingIfNeeded: counter.0 >> 32)
    var c2 = UInt32(truncatingIfNeeded: counter.1)
    var c3 = UInt32(truncatingIfNeeded: counter.1 >> 32)
    var k0 = UInt32(truncatingIfNeeded: key)
    var k1 = UInt32(truncatingIfNeeded: key >> 32)
    for _ in 0..<10 {
      let first = UInt64(c0) &* 0xD251_1F53
      let second = UInt64(c2) &* 0xCD9E_8D57
      c0 = UInt32(truncatingIfNeeded: second >> 32) ^ c1 ^ k0
      c1 = UInt32(truncatingIfNeeded: second)
      c2 = UInt32(truncatingIfNeeded: first >> 32) ^ c3 ^ k1
      c3 = UInt32(truncatingIfNeeded: first)
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return (UInt64(c1) << 32 | UInt64(c0), UInt64(c3) << 32 | UInt64(c2))
  }
}

extension RandomGenerator {
  /// A number in `0..<bound`, each with the same probability (Lemire's method, 2019). Unlike the
  /// standard library's, the algorithm is fixed: a seed gives the same numbers with every release.
  public mutating func next(below bound: Int) -> Int {
    guard bound > 0 else { fatalError("next(below:): the bound must be positive, got \(bound)") }
    let bound = UInt64(bound)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }

  /// The numbers `0..<count` in random order (Fisher and Yates).
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for index in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(index, next(below: index + 1))
    }
    return order
  }
}
