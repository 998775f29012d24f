import NN
import Tensor
import Testing

struct RetentionTests {
  // In a process of its own, as the pool counts the memory of all threads.
  @Test func operandsThatNoGradientNeedsAreReleased() async {
    await #expect(processExitsWith: .success) {
      let count = 100_000
      let start = Variable(Tensor<Float>.ones([count]))
      let before = MemoryPool.statistics.bytesInUse
      _ = valueAndGradient(at: [start]) { x in
        var y = x[0]
        for _ in 0..<8 {
          y = -(2 * y + 1 - 0.5 / y.detached) / 3
          y = y.flipped().cumulativeSum(axis: 0).rolled(2)
          y = y.padded([(0, 1)], mode: .constant(0))[0..<count]
          y = Variable.where(y.value .> 0, y, 2 + y)
          y = y.exp().sigmoid().squareRoot()
        }
        // Results of exp, sigmoid and squareRoot, masks, divisors: 4 tensors and a mask in each turn.
        let kept = MemoryPool.statistics.bytesInUse - before
        guard kept < 8 * count * 4 * 6 else { fatalError("\(kept) bytes are kept") }
        return y.sum()
      }
    }
  }
}
