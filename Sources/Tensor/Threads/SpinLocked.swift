import CKernels
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A value behind a lock that is held for a few nanoseconds at a time.
///
/// Used in place of `Synchronization.Mutex`, whose lock the thread sanitizer cannot see on Linux:
/// it then reports races where there are none.
final class SpinLocked<Value>: @unchecked Sendable {
  private let isLocked = Atomic<Bool>(false)
  @exclusivity(unchecked) private var value: Value  // The lock sees to that.

  init(_ value: Value) {
    self.value = value
  }

  @inline(__always)
  func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
    var spins = 0
    while isLocked.exchange(true, ordering: .acquiring) {
      apus_cpu_relax()
      spins += 1
      // The holder may have lost its processor.
      if spins % 128 == 0 { sched_yield() }
    }
    defer { isLocked.store(false, ordering: .releasing) }
    return body(&value)
  }
}
