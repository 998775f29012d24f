import Tensor
import Testing

/// The pool of threads: every piece once, nested and concurrent use, the same bits for any count.
@Suite(.serialized) struct ThreadPoolTests {
  private func withThreadCount<Result>(_ count: Int, _ body: () -> Result) -> Result {
    let before = ThreadPool.threadCount
    ThreadPool.threadCount = count
    defer { ThreadPool.threadCount = before }
    return body()
  }

  @Test(arguments: [1, 2, 3])
  func runsEveryPieceOnce(threads: Int) {
    withThreadCount(threads) {
      // More pieces than one job takes run on the calling thread.
      let most = threads == 2 ? ThreadPool.maximumPieceCount + 1 : 20_000
      for count in [0, 1, 2, 3, 7, 100, 5_000, most] {
        let counters = Counters(count)
        ThreadPool.forEachPiece(count) { counters.increment($0) }
        #expect(counters.all.allSatisfy { $0 == 1 }, "\(count) pieces")
        counters.free()
      }
      // Many short jobs, one right after the other.
      let counters = Counters(9)
      for _ in 0..<1_000 { ThreadPool.forEachPiece(9) { counters.increment($0) } }
      #expect(counters.all.allSatisfy { $0 == 1_000 })
      counters.free()
    }
  }

  // More often than the distance of the threads is measured, wherever they are.
  @Test(arguments: [1, 2, 3])
  func runsBriefPiecesOnce(threads: Int) {
    withThreadCount(threads) {
      let counters = Counters(4)
      for _ in 0..<3_000 { ThreadPool.forEachPiece(4, isBrief: true) { counters.increment($0) } }
      #expect(counters.all.allSatisfy { $0 == 3_000 })
      counters.free()
      let nested = Counters(8)
      ThreadPool.forEachPiece(2) { outer in
        for _ in 0..<2_000 {
          ThreadPool.forEachPiece(4, isBrief: true) { nested.increment(4 * outer + $0) }
        }
      }
      #expect(nested.all.allSatisfy { $0 == 2_000 })
      nested.free()
    }
  }

  @Test func tellsNearThreadsFromFarOnes() {
    func onOneThread(_ pieces: Int, _ body: (Int) -> Void) {
      for piece in 0..<pieces { body(piece) }
    }
    #expect(ThreadDistance.roundTrip(fork: onOneThread) == nil)
    #expect(!ThreadDistance(far: 0).isFar(fork: onOneThread))
    withThreadCount(2) {
      func onTwoThreads(_ pieces: Int, _ body: (Int) -> Void) {
        ThreadPool.forEachPiece(pieces, body)
      }
      // Other tests may keep the pool busy.
      let trips = (0..<1_000).lazy.compactMap { _ in
        ThreadDistance.roundTrip(fork: onTwoThreads)
      }
      #expect(trips.first.map { $0 > 0 } == true)
      let isAnyFar = (0..<1_000).contains { _ in ThreadDistance(far: 0).isFar(fork: onTwoThreads) }
      #expect(isAnyFar)
      // It is measured once, and again after 1,024 queries.
      var forkCount = 0
      let distance = ThreadDistance(far: .max)
      for _ in 0..<1_025 {
        let isFar = distance.isFar { pieces, body in
          forkCount += 1
          onTwoThreads(pieces, body)
        }
        #expect(!isFar)
      }
      #expect(forkCount == 2)
    }
  }

  @Test func rangesCoverEverythingOnce() {
    withThreadCount(2) {
      for (count, grain) in [(0, 5), (1, 5), (5, 5), (6, 5), (1_003, 10), (1_100_000, 1)] {
        let counters = Counters(count)
        ThreadPool.forEachRange(of: count, grain: grain) { range in
          for index in range { counters.increment(index) }
        }
        #expect(counters.all.allSatisfy { $0 == 1 }, "\(count) by \(grain)")
        counters.free()
      }
    }
  }

  @Test func runsInsideAPiece() {
    withThreadCount(3) {
      let counters = Counters(20 * 30 * 4)
      for _ in 0..<20 {
        ThreadPool.forEachPiece(20) { outer in
          ThreadPool.forEachPiece(30) { inner in
            ThreadPool.forEachPiece(4) { counters.increment((outer * 30 + inner) * 4 + $0) }
          }
        }
      }
      #expect(counters.all.allSatisfy { $0 == 20 })
      counters.free()
    }
  }

  @Test func servesSeveralHostThreads() {
    withThreadCount(3) {
      let a = Tensor<Float>((0..<40_000).map { Float($0 % 17) }, shape: [200, 200])
      let expected = (a.matmul(a) + a).sum(axes: [0])
      let right = Counters(4)
      onHostThreads(4) { index in
        for _ in 0..<25 {
          // Tensors are made on one thread and freed on another.
          let result = (a.matmul(a) + a).sum(axes: [0])
          if result == expected { right.increment(index) }
        }
      }
      #expect(right.all == [25, 25, 25, 25])
      right.free()
    }
  }

  @Test func theThreadCountMayChangeAtAnyTime() {
    let before = ThreadPool.threadCount
    defer { ThreadPool.threadCount = before }
    let a = Tensor<Float>.ones([300, 300])
    let right = Counters(3)
    onHostThreads(3) { index in
      for round in 0..<60 {
        if index == 0 {
          ThreadPool.threadCount = 1 + round % 4
        } else if a.matmul(a).sum().item == 27_000_000 {
          right.increment(index)
        }
      }
    }
    #expect(right.all == [0, 60, 60])
    right.free()
  }

  // MARK: Bits

  /// The results of one thread and of others are the same bits.
  private func expectSameBits<Scalar: FloatingPointScalar>(
    _ comment: String, _ body: () -> Tensor<Scalar>
  ) {
    func bits(_ tensor: Tensor<Scalar>) -> [UInt64] {
      tensor.scalars.map { Double($0).bitPattern }
    }
    let one = bits(withThreadCount(1, body))
    for count in [2, 3] {
      let isSame = bits(withThreadCount(count, body)) == one
      #expect(isSame, "\(comment) with \(count) threads")
    }
  }

  private static let sizes: [(m: Int, n: Int, k: Int)] = [
    (32, 64, 784), (128, 512, 784), (128, 10, 512), (784, 64, 32), (70, 70, 70), (200, 200, 200),
    (257, 129, 601), (64, 64, 3_000), (1_500, 8, 700), (8, 1_500, 700), (600, 600, 600),
    (1, 2_000, 1_000), (2_000, 1, 1_000), (128, 384, 768),
  ]

  @Test(arguments: sizes)
  func productsHaveTheSameBits(m: Int, n: Int, k: Int) {
    var random = RandomGenerator(seed: 3)
    let a = Tensor<Float>.normal([m, k], using: &random)
    let b = Tensor<Float>.normal([k, n], using: &random)
    let at = a.transposed.copied().transposed
    let bt = b.transposed.copied().transposed
    expectSameBits("plain") { a.matmul(b) }
    expectSameBits("AᵀB") { at.matmul(b) }
    expectSameBits("ABᵀ") { a.matmul(bt) }
    expectSameBits("AᵀBᵀ") { at.matmul(bt) }
  }

  @Test func otherOperationsHaveTheSameBits() {
    var random = RandomGenerator(seed: 4)
    let a = Tensor<Float>.normal([700, 301], using: &random)
    let b = Tensor<Double>.normal([700, 301], using: &random)
    let row = Tensor<Float>.normal([301], using: &random)
    let batch = Tensor<Float>.normal([40, 30, 50], using: &random)
    expectSameBits("sum") { a.sum() }
    expectSameBits("sum of Double") { b.sum() }
    for axis in 0...1 {
      expectSameBits("sum \(axis)") { a.sum(axes: [axis]) }
      expectSameBits("mean \(axis)") { a.transposed.mean(axes: [axis]) }
      expectSameBits("softmax \(axis)") { a.softmax(axis: axis) }
    }
    expectSameBits("sumOfSquares") { a.flattened.sumOfSquares() }
    expectSameBits("exp") { a.exp() }
    expectSameBits("tanh") { b.tanh() }
    expectSameBits("rows") { a * row + a.transposed.copied().transposed }
    expectSameBits("batches") { batch.matmul(batch.transposed) }
    expectSameBits("shared right") { batch.matmul(batch[0].transposed) }
    expectSameBits("uniform") {
      var random = RandomGenerator(seed: 5)
      return Tensor<Float>.uniform([100_001], using: &random)
    }
    expectSameBits("normal") {
      var random = RandomGenerator(seed: 5)
      return Tensor<Double>.normal([100_001], using: &random)
    }
  }
}
