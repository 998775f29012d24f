import Synchronization
import Tensor

/// Watches the operations of the calling thread: what they compute, and the backward passes.
///
/// The search for anomalies, graphs, summaries and profiles are observers. While no thread has one an operation
/// pays for a look at one counter.
class OperationObserver {
  /// Whether containers should compute their layers just in the order in which they were written.
  var wantsWrittenOrder: Bool { false }

  private static let count = Atomic<Int>(0)

  /// Whether any thread has an observer.
  @inline(__always)
  static var isAnywhere: Bool { count.load(ordering: .relaxed) > 0 }

  /// The observer of the calling thread.
  static var current: OperationObserver? { LayerScope.current.observer }

  /// Runs `body` on the calling thread under the observer, in place of the one that was there.
  static func with<Result>(
    _ observer: OperationObserver, _ body: () throws -> Result
  ) rethrows -> Result {
    let scope = LayerScope.current
    let outer = scope.observer
    scope.observer = observer
    count.wrappingAdd(1, ordering: .relaxed)
    defer {
      count.wrappingSubtract(1, ordering: .relaxed)
      scope.observer = outer
    }
    return try body()
  }

  /// A value was computed. `operands` are where its operands were made; constants may be left out.
  func computed<Scalar>(_ operation: Operation, _ value: Variable<Scalar>, from operands: [Origin])
  {}

  /// A layer works: `body` is its work.
  func within<Result>(
    _ path: String, _ kind: String, _ body: () throws -> Result
  ) rethrows -> Result { try body() }

  /// The backward pass has come to a node; `pullback` computes the gradients of its operands.
  func pullingBack(node: Int, operation: Operation?, _ pullback: () -> Void) { pullback() }

  /// A pullback has computed a gradient of an operand.
  func pulledBack<Scalar: FloatingPointScalar>(_ gradient: Tensor<Scalar>) {}
}
