/// Counts the multiply-adds of the products and convolutions that a thread asks for.
///
/// They are those of the definition, m·n·k for a product of matrices, however an algorithm saves some:
/// so the floor of a step can be told, and rates compared. While nobody counts it costs a look at one
/// number for each operation.
package final class Multiplications {
  /// The count so far.
  package private(set) var count = 0

  private static let observer = ThreadObserver<Multiplications>()

  package init() {}

  /// Counts on the calling thread while `body` runs; a counter around this one counts on afterwards.
  package func during<Result>(_ body: () throws -> Result) rethrows -> Result {
    try Self.observer.during(self, body)
  }

  /// Adds to the counter of the calling thread, if there is one.
  @inline(__always)
  static func add(_ count: @autoclosure () -> Int) {
    guard let counter = observer.current else { return }
    counter.count += count()
  }
}
