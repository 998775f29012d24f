import Tensor

/// One piece of work to measure. Its name and size are the same in every program that is compared.
struct BenchCase {
  /// What a time is set against.
  enum Work {
    /// Bytes read once and written once.
    case bytes(Int)
    /// Floating-point operations.
    case operations(Double)
  }

  /// A case with its operands made.
  struct Body {
    /// Runs the work `count` times; each result is given up before the next is made.
    var run: (_ count: Int) -> Void
    /// Runs it once: the mean magnitude of the elements of the result.
    var meanMagnitude: () -> Double
  }

  var name: String
  var size: String
  var work: Work
  /// Makes the operands and the code that works on them.
  let makeBody: () -> Body

  /// A case whose work is what `make` returns.
  init<Scalar>(
    _ name: String, _ size: String, _ work: Work, _ make: @escaping () -> () -> Tensor<Scalar>
  ) {
    self.name = name
    self.size = size
    self.work = work
    makeBody = {
      let body = make()
      return Body(
        run: { count in for _ in 0..<count { discard(body()) } },
        meanMagnitude: { Self.meanMagnitude(body()) })
    }
  }

  /// Two programs that did the same work agree on this number, whatever the axis order in memory.
  private static func meanMagnitude<Scalar>(_ result: Tensor<Scalar>) -> Double {
    let sum = Tensor<Double>(result).withUnsafeBufferPointer { $0.reduce(0) { $0 + abs($1) } }
    return sum / Double(max(1, result.count))
  }
}

/// Lets a result go where the compiler cannot see that nobody wants it.
@inline(never)
private func discard<Scalar>(_: borrowing Tensor<Scalar>) {}
