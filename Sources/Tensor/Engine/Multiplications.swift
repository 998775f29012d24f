import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Counts the multiply-adds of the products and convolutions that a thread asks for.
///
/// They are those of the definition, m·n·k for a product of matrices, however an algorithm saves some:
/// so the floor of a step can be told, and rates compared. While nobody counts it costs a look at one
/// number for each operation.
package final class Multiplications {
  /// The count so far.
  package private(set) var count = 0

  private static let counterCount = Atomic<Int>(0)
  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  package init() {}

  /// Counts on the calling thread while `body` runs; a counter around this one counts on afterwards.
  package func during<Result>(_ body: () throws -> Result) rethrows -> Result {
    let outer = pthread_getspecific(Self.key)
    pthread_setspecific(Self.key, Unmanaged.passUnretained(self).toOpaque())
    Self.counterCount.wrappingAdd(1, ordering: .relaxed)
    defer {
      Self.counterCount.wrappingSubtract(1, ordering: .relaxed)
      pthread_setspecific(Self.key, outer)
    }
    return try body()
  }

  /// Adds to the counter of the calling thread, if there is one.
  @inline(__always)
  static func add(_ count: @autoclosure () -> Int) {
    guard counterCount.load(ordering: .relaxed) > 0 else { return }
    addToCurrent(count())
  }

  @inline(never)
  private static func addToCurrent(_ count: Int) {
    guard let address = pthread_getspecific(key) else { return }
    Unmanaged<Multiplications>.fromOpaque(address).takeUnretainedValue().count += count
  }
}
