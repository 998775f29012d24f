import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Who watches what a thread does, for each thread. While no thread is watched, to ask costs a look
/// at one number.
struct ThreadObserver<Observer: AnyObject>: ~Copyable, @unchecked Sendable {
  private let count = Atomic<Int>(0)
  private let key: pthread_key_t

  init() {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    self.key = key
  }

  /// The observer of the calling thread.
  @inline(__always)
  var current: Observer? { count.load(ordering: .relaxed) == 0 ? nil : ofThread }

  @inline(never)
  private var ofThread: Observer? {
    guard let address = pthread_getspecific(key) else { return nil }
    return Unmanaged<Observer>.fromOpaque(address).takeUnretainedValue()
  }

  /// Lets `observer` watch the calling thread while `body` runs, in place of one that does already.
  func during<Result>(_ observer: Observer, _ body: () throws -> Result) rethrows -> Result {
    let outer = pthread_getspecific(key)
    pthread_setspecific(key, Unmanaged.passUnretained(observer).toOpaque())
    count.wrappingAdd(1, ordering: .relaxed)
    defer {
      count.wrappingSubtract(1, ordering: .relaxed)
      pthread_setspecific(key, outer)
    }
    return try withExtendedLifetime(observer, body)
  }
}
