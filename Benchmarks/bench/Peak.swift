import CPeak
import Tensor

/// What the processors can do at most.
enum Peak {
  /// FLOP/s of `threads` cores running nothing but multiply-adds on registers.
  static func flops(threads: Int) -> Double {
    let rounds = 200_000
    let pieces = 16 * threads
    let times = (0..<5).map { _ in
      Stopwatch.seconds { ThreadPool.forEachPiece(pieces) { _ in _ = cpeak_fma_f32(rounds) } }
    }
    return Double(pieces * rounds) * operationsPerRound / times.min()!
  }

  private static let operationsPerRound = cpeak_fma_f32(1)
}
