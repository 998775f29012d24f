import Tensor
import Testing

/// The pool of memory. Its counts are those of the process, so the tests that read them have a process
/// of their own.
struct MemoryPoolTests {
  @Test func sizeClassesWasteLittle() {
    var random = TestRandom(17)
    var sizes = Array(0...5_000)
    for power in 12...61 {
      let size = 1 << power
      sizes += [size - 1, size, size + 1, size + size / 4, size + size / 4 + 1]
      sizes.append(Int.random(in: size...(2 * size), using: &random))
    }
    var lastClass = 0
    for size in sizes.sorted() {
      let index = MemoryPool.sizeClass(of: size)
      let capacity = MemoryPool.byteCount(ofClass: index)
      #expect(capacity >= size && index < 256)
      #expect(capacity == 64 || Double(capacity - size) <= 0.25 * Double(size), "\(size)")
      #expect(index == 0 || MemoryPool.byteCount(ofClass: index - 1) < size, "\(size)")
      #expect(index >= lastClass)
      lastClass = index
    }
  }

  @Test func blocksAreAligned() {
    for count in [0, 1, 3, 17, 1_000] {
      let t = Tensor<Float>(repeating: 1, shape: [count])
      #expect(Int(bitPattern: t.pointer) % 64 == 0)
    }
  }

  @Test func aWarmLoopAsksForNothing() async {
    await #expect(processExitsWith: .success) {
      ThreadPool.threadCount = 1
      var random = RandomGenerator(seed: 1)
      let x = Tensor<Float>.normal([64, 200], using: &random)
      let w = Tensor<Float>.normal([300, 200], using: &random)
      let b = Tensor<Float>.zeros([300])
      let image = Tensor<Float>.normal([2, 3, 8, 8], using: &random)
      let kernel = Tensor<Float>.normal([4, 3, 3, 3], using: &random)
      var misses: [Int] = []
      for turn in 0..<30 {
        // Pieces that two threads run at once have a temporary each, when they happen to overlap.
        if turn == 6 { ThreadPool.threadCount = 2 }
        let y = x.affine(weight: w, bias: b).relu()
        let p = (y * 0.01).softmax(axis: 0) + y.sum(axes: [0])
        let q = p.transposed.matmul(x).permuted([1, 0]).reshaped(to: [-1])
        var r = q[5...] * q[..<(-5)]
        r += 1
        _ = (y.sorted(axis: 0), y.topK(3), p.padded([(1, 2), (0, 3)], mode: .reflect))
        _ = (
          y.transposed.copied(), Tensor.concatenated([y, p], axis: 1),
          p.take(Tensor<Int64>([3, 1]))
        )
        _ = (image.convolved(with: kernel), Tensor.einsum("ij,kj->ik", x, w), y.mean(axes: [1]))
        _ = (r.exp().max(), p.rows([3, 1, 2]), r.argmax(), Tensor<Float>.ones([100_000]).sum())
        misses.append(MemoryPool.statistics.misses)
      }
      #expect(misses[0] > 0)
      #expect(misses[5] == misses[1])
      #expect(misses[29] <= misses[5] + 4)
      let statistics = MemoryPool.statistics
      #expect(statistics.hits > 0)
      #expect(statistics.peakBytesInUse >= statistics.bytesInUse)
    }
  }

  @Test func countsAddUp() async {
    await #expect(processExitsWith: .success) {
      let start = MemoryPool.statistics
      do {
        let t = Tensor<Float>.zeros([1_000])
        let used = MemoryPool.statistics
        #expect(used.bytesInUse - start.bytesInUse == 4_096)
        withExtendedLifetime(t) {}
      }
      let freed = MemoryPool.statistics
      #expect(freed.bytesInUse == start.bytesInUse)
      #expect(freed.bytesCached - start.bytesCached == 4_096)
      MemoryPool.trim()
      #expect(MemoryPool.statistics.bytesCached == 0)
      _ = Tensor<Float>.zeros([1_000])
      #expect(MemoryPool.statistics.misses == freed.misses + 1)
      _ = Tensor<Float>.ones([1_000])
      #expect(MemoryPool.statistics.hits == freed.hits + 1)
      #expect(MemoryPool.statistics.bytesAllocated - start.bytesAllocated == 3 * 4_096)
    }
  }

  @Test func keepsNoMoreThanItsLimit() async {
    await #expect(processExitsWith: .success) {
      #expect(MemoryPool.cacheLimit == 1 << 30)
      _ = Tensor<Float>.zeros([1_000_000])
      #expect(MemoryPool.statistics.bytesCached >= 4_000_000)
      // A lower limit holds for what is kept already.
      MemoryPool.cacheLimit = 10_000
      #expect(MemoryPool.statistics.bytesCached <= 10_000)
      do {
        let tensors = (0..<10).map { _ in Tensor<Float>.zeros([1_000]) }
        #expect(tensors.count == 10)
      }
      #expect(MemoryPool.statistics.bytesCached == 8_192)
      MemoryPool.cacheLimit = 0
      #expect(MemoryPool.statistics.bytesCached == 0)
      _ = Tensor<Float>.zeros([1_000])
      #expect(MemoryPool.statistics.bytesCached == 0)
    }
  }

  @Test func servesSeveralThreads() {
    let wrong = Counters(4)
    onHostThreads(4) { index in
      var random = TestRandom(UInt64(index))
      var kept: [Tensor<Float>] = []
      for round in 0..<3_000 {
        let value = Float(index * 10_000 + round)
        kept.append(
          Tensor(repeating: value, shape: [Int.random(in: 1...600, using: &random)]))
        if kept.count > 20 {
          let tensor = kept.remove(at: Int.random(in: 0..<20, using: &random))
          let scalars = tensor.scalars
          if !scalars.allSatisfy({ $0 == scalars[0] && Int($0) / 10_000 == index }) {
            wrong.increment(index)
          }
        }
      }
    }
    #expect(wrong.all == [0, 0, 0, 0])
    wrong.free()
  }
}
