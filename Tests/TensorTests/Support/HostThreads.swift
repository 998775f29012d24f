import Foundation

/// Runs `body` on threads of the host program, all at once, and waits for them.
func onHostThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  let finished = DispatchSemaphore(value: 0)
  for index in 0..<count {
    Thread.detachNewThread {
      body(index)
      finished.signal()
    }
  }
  for _ in 0..<count { finished.wait() }
}

/// Counters that threads may raise where no two raise the same at once.
struct Counters: @unchecked Sendable {
  private let values: UnsafeMutableBufferPointer<Int>

  init(_ count: Int) {
    values = .allocate(capacity: count)
    values.initialize(repeating: 0)
  }

  func increment(_ index: Int) { values[index] += 1 }
  var all: [Int] { Array(values) }
  func free() { values.deallocate() }
}
