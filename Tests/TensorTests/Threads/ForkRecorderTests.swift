import Tensor
import Testing

@Suite struct ForkRecorderTests {
  @Test func recordsThePiecesOfTheOutermostForks() {
    let recorder = ForkRecorder()
    var order: [Int] = []
    recorder.during {
      ThreadPool.forEachPiece(3) { piece in
        order.append(piece)
        ThreadPool.forEachPiece(2) { order.append(10 * piece + $0 + 100) }
      }
      ThreadPool.forEachPiece(1) { _ in order.append(-1) }  // no fork
      ThreadPool.forEachRange(of: 10, grain: 3) { order.append($0.lowerBound) }
    }
    #expect(order == [0, 100, 101, 1, 110, 111, 2, 120, 121, -1, 0, 3, 6, 9])
    #expect(recorder.forkCount == 2)
    #expect(recorder.pieces(ofFork: 0).count == 3)
    #expect(recorder.pieces(ofFork: 1).count == 4)
    recorder.removeAll()
    #expect(recorder.forkCount == 0)
    recorder.during { ThreadPool.forEachPiece(2) { _ in } }
    #expect(recorder.forkCount == 1)
    #expect(recorder.pieces(ofFork: 0).count == 2)
  }

  @Test func resultsStayTheSame() {
    var random = RandomGenerator(seed: 1)
    let x = Tensor<Float>.normal([300, 300], using: &random)
    let recorder = ForkRecorder()
    let recorded = recorder.during { x.matmul(x).exp().sum() }
    #expect(recorder.forkCount >= 2)
    #expect(recorded.item == x.matmul(x).exp().sum().item)
  }

  @Test func recordsOneThreadAlone() {
    let recorder = ForkRecorder()
    recorder.during {}
    ThreadPool.forEachPiece(4) { _ in }
    #expect(recorder.forkCount == 0)
  }

  private struct Case: Sendable {
    var pieces: [UInt64]
    var threads: Int
    var costs = ForkRecorder.Costs(fork: 0, claim: 0)
    var expected: Double
  }

  /// The expected times were found by drawing the threads' work as bars.
  @Test(arguments: [
    Case(pieces: [5, 7, 9], threads: 1, costs: .init(fork: 100, claim: 10), expected: 21),
    Case(pieces: [10, 10, 10, 10], threads: 2, expected: 20),
    Case(pieces: [10, 10, 10, 10, 10], threads: 2, expected: 30),
    Case(pieces: [10, 10, 10], threads: 16, expected: 10),
    // The first piece goes to one thread, the last to the other, which is done first and takes the
    // last but one.
    Case(pieces: [10, 2, 9, 1], threads: 2, expected: 12),
    Case(pieces: [1, 9, 2, 10], threads: 2, expected: 12),
    Case(pieces: [10, 10], threads: 2, costs: .init(fork: 3, claim: 0), expected: 13),
    // Claims follow each other: at 0, 4, 8 and, by the first thread, at 12.
    Case(pieces: [10, 10, 10, 10], threads: 3, costs: .init(fork: 0, claim: 4), expected: 22),
    // Of 16 pieces the first thread claims four, and is not done before the other has done the rest.
    Case(pieces: [10, 10] + Array(repeating: 1, count: 14), threads: 2, expected: 22),
    Case(pieces: [], threads: 4, expected: 0),
  ])
  private func dealsPiecesOutAsThePoolDoes(_ item: Case) {
    #expect(
      ForkRecorder.nanoseconds(of: item.pieces, threads: item.threads, costs: item.costs)
        == item.expected)
  }
}
