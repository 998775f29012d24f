import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How far the threads of the pool are apart: whether their processors share a cache.
///
/// Where they do not, as cores of two complexes of an AMD Zen, a word takes 340 ns from one to the
/// other and back instead of 80, and so does each cache line that one reads after the other wrote it,
/// or writes after the other read it. A training step of 784-64-64-10 and a batch of 32 then takes
/// 280 µs on two threads, 127 on one, and 117 on two that share a cache. So products and updates that
/// are over soon anyway stay on the thread that asks for them while the others are far. Systems move
/// threads (on the virtual machine of these figures every few minutes), so it is measured again now
/// and then.
package final class ThreadDistance: Sendable {
  /// Of so many queries one measures.
  private static let queriesPerMeasurement = 1_024
  /// Nanoseconds to wait for another thread, which may have to be woken.
  private static let patience: UInt64 = 200_000

  private let far: UInt64
  private let queries = Atomic<Int>(0)
  private let answer = Atomic<Bool>(false)

  /// Threads are far from `far` nanoseconds on, for a round trip.
  package init(far: UInt64 = 220) {
    self.far = far
  }

  /// Whether the threads are far apart: not, before two were met. `fork` is asked now and then to run
  /// two pieces, on two threads if it can.
  package func isFar(fork: (_ pieces: Int, _ body: (Int) -> Void) -> Void) -> Bool {
    let count = queries.wrappingAdd(1, ordering: .relaxed).oldValue
    if count % Self.queriesPerMeasurement == 0, let nanoseconds = Self.roundTrip(fork: fork) {
      answer.store(nanoseconds >= far, ordering: .relaxed)
    }
    return answer.load(ordering: .relaxed)
  }

  /// Nanoseconds of a round trip between the threads that run two pieces; nil if it was one thread,
  /// which runs them in order.
  package static func roundTrip(fork: (_ pieces: Int, _ body: (Int) -> Void) -> Void) -> UInt64? {
    // 0 until the second piece is there, −1 if it comes too late; then even numbers come from the
    // first piece, and the second answers with the next one.
    let word = Atomic<Int>(0)
    let trips = 8
    var result: UInt64?
    fork(2) { piece in
      if piece == 0 {
        let end = monotonicNanoseconds() + Self.patience
        wait { word.load(ordering: .acquiring) != 0 || monotonicNanoseconds() > end }
        let (isLate, _) = word.compareExchange(
          expected: 0, desired: -1, ordering: .acquiringAndReleasing)
        if isLate { return }
        // The fastest, as a thread may lose its processor meanwhile.
        var fastest = UInt64.max
        for trip in 1...trips {
          let start = monotonicNanoseconds()
          word.store(2 * trip, ordering: .releasing)
          wait { word.load(ordering: .acquiring) == 2 * trip + 1 }
          fastest = min(fastest, monotonicNanoseconds() - start)
        }
        result = fastest
      } else {
        let (isThere, _) = word.compareExchange(
          expected: 0, desired: 1, ordering: .acquiringAndReleasing)
        if !isThere { return }
        for trip in 1...trips {
          wait { word.load(ordering: .acquiring) == 2 * trip }
          word.store(2 * trip + 1, ordering: .releasing)
        }
      }
    }
    return result
  }

  /// Without a pause between two looks, which would take as long as a word does.
  @inline(__always)
  private static func wait(until isOver: () -> Bool) {
    var spins = 0
    while !isOver() {
      spins += 1
      // The other thread may have lost its processor.
      if spins % 16_384 == 0 { sched_yield() }
    }
  }
}
