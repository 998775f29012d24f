import CKernels

/// A seeded source of random bits: Philox 4×32 with ten rounds.
///
/// Each block of 128 bits is a keyed mix of a counter, so the state is three numbers: it can be saved
/// and restored anywhere in the sequence, and one seed gives the same numbers on every platform. As a
/// block needs its counter alone, large tensors are drawn by several threads at once, with the result
/// that one thread has.
/// Source: J. K. Salmon and others, *Parallel random numbers: as easy as 1, 2, 3*, SC 2011.
///
/// Encoded, a generator is a keyed container of three unsigned 64-bit integers: `key`; `stream`, the
/// high half of the counter; and `position`, the number of 64-bit words drawn so far. This form stays.
public struct RandomGenerator: RandomNumberGenerator, Sendable, Hashable, Codable {
  private var key: UInt64
  private var stream: UInt64
  private var position: UInt64 = 0  // a block holds two words

  private enum CodingKeys: String, CodingKey {
    case key, stream, position
  }

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

  /// A new generator whose sequence is independent of the rest of this one's, as far as anyone can
  /// tell: give one to each part of a program that draws numbers in an order of its own.
  ///
  /// Its key is drawn from this generator: under another key the cipher is another permutation of
  /// the counters, and no test is known that tells its outputs from numbers drawn apart. Its stream
  /// number, the high half of its counter, is one above this one's, so that it differs as well from
  /// a generator that was seeded with that key. Of m generators split off one, two share a key with
  /// a probability below m² / 2⁶⁵.
  public mutating func split() -> RandomGenerator {
    RandomGenerator(key: next(), stream: stream &+ 1)
  }

  /// Calls `body` on all threads with pieces of `count` words and where each of them starts, and
  /// moves past them. The words begin at a whole block; pieces have an even number of them.
  mutating func forEachPiece(
    of count: Int, _ body: (_ range: Range<Int>, _ start: apus_random) -> Void
  ) {
    position = (position &+ 1) & ~1
    let first = position >> 1
    let blocks = count / 2 + count % 2
    ThreadPool.forEachRange(of: blocks, grain: 8_192) { range in
      body(
        2 * range.lowerBound..<Swift.min(count, 2 * range.upperBound),
        apus_random(key: key, stream: stream, block: first &+ UInt64(range.lowerBound)))
    }
    position &+= 2 * UInt64(blocks)
  }

  /// Calls `body` on all threads with parts of `count` words and the number of the first of them, and
  /// moves past them.
  mutating func forEachWords(
    of count: Int, _ body: (_ first: Int, _ words: UnsafeBufferPointer<UInt64>) -> Void
  ) {
    forEachPiece(of: count) { range, start in
      withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Self.batch) { words in
        var start = start
        for first in stride(from: range.lowerBound, to: range.upperBound, by: Self.batch) {
          let length = Swift.min(Self.batch, range.upperBound - first)
          apus_random_words(&start, words.baseAddress, length)
          start.block &+= UInt64(Self.batch / 2)
          body(first, UnsafeBufferPointer(rebasing: words[..<length]))
        }
      }
    }
  }

  /// Words made at once where they are read one by one.
  private static let batch = 128

  /// Words to draw something again with that the next words are no good for; see `RandomSpares`.
  var spares: RandomSpares { RandomSpares(key: key, stream: stream, first: (position &+ 1) & ~1) }

  /// Calls `body` with the words from here on, and moves past those that it took.
  mutating func withWords<Result>(_ body: (inout RandomWords) -> Result) -> Result {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Self.batch) { buffer in
      var words = RandomWords(
        start: apus_random(key: key, stream: stream, block: position >> 1), buffer: buffer,
        skipping: Int(position & 1))
      defer { position &+= words.taken }
      return body(&words)
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

/// More words for each of the next words of a generator, of streams that neither seeds nor splits lead
/// to: what is drawn again for one place moves no other.
struct RandomSpares {
  fileprivate let key: UInt64
  fileprivate let stream: UInt64
  fileprivate let first: UInt64

  /// Two words for an attempt, from 1 on, in place of word `number`.
  func words(_ number: Int, attempt: Int) -> (UInt64, UInt64) {
    RandomGenerator.block(
      key: key,
      counter: (first &+ UInt64(number), stream ^ (1 << 63 | UInt64(attempt) << 40)))
  }
}

/// The words of a generator one after another, made many at a time.
struct RandomWords: RandomNumberGenerator {
  private var start: apus_random
  private let buffer: UnsafeMutableBufferPointer<UInt64>
  private var place = 0
  private(set) var taken: UInt64 = 0

  fileprivate init(
    start: apus_random, buffer: UnsafeMutableBufferPointer<UInt64>, skipping count: Int
  ) {
    self.start = start
    self.buffer = buffer
    fill()
    place = count
  }

  private mutating func fill() {
    apus_random_words(&start, buffer.baseAddress, buffer.count)
    start.block &+= UInt64(buffer.count / 2)
    place = 0
  }

  mutating func next() -> UInt64 {
    if place == buffer.count { fill() }
    defer { place += 1 }
    taken &+= 1
    return buffer[place]
  }

  /// Brings elements into random order (Fisher and Yates).
  mutating func shuffle<Element>(_ elements: UnsafeMutableBufferPointer<Element>) {
    for index in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(index, Int(number(below: UInt64(index + 1))))
    }
  }
}

extension RandomNumberGenerator {
  /// A number in `0..<bound`, each with the same probability (D. Lemire, *Fast random integer
  /// generation in an interval*, 2019).
  fileprivate mutating func number(below bound: UInt64) -> UInt64 {
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return product.high
  }
}

extension RandomGenerator {
  /// A number in `0..<bound`, each with the same probability (Lemire's method, 2019). Unlike the
  /// standard library's, the algorithm is fixed: a seed gives the same numbers with every release.
  public mutating func next(below bound: Int) -> Int {
    guard bound > 0 else { fatalError("next(below:): the bound must be positive, got \(bound)") }
    return Int(number(below: UInt64(bound)))
  }

  /// The numbers `0..<count` in random order (Fisher and Yates).
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    order.withUnsafeMutableBufferPointer { order in withWords { $0.shuffle(order) } }
    return order
  }
}
