import NN
import Synchronization
import Tensor
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What a tape costs: memory, stack and threads. Counts of the pool are those of the whole process,
/// so these tests run in processes of their own.
@Suite struct TapeTests {
  #if DEBUG
    static let chainLength = 200_000
  #else
    static let chainLength = 1_000_000
  #endif

  @Test func longChainIsDifferentiatedAndFreed() {
    let start = [Variable<Double>(1), Variable<Double>(3)]
    let (value, gradients) = valueAndGradient(at: start) { x in
      var y = x[0]
      for _ in 0..<Self.chainLength / 2 { y = -(y * 1) }
      return y + x[1]
    }
    #expect(value.item == 4)
    #expect(gradients.map(\.item) == [1, 1])
  }

  @Test func longChainIsDifferentiatedTwice() {
    let length = Self.chainLength / 20
    let second = gradient(at: Variable<Double>(2)) { x in
      gradient(at: x) { x in
        var y = x * x * x
        for _ in 0..<length { y = -y }
        return y
      }
    }
    #expect(second.item == 12)
  }

  @Test func everythingIsReleasedAfterATransform() async {
    await #expect(processExitsWith: .success) {
      let model = Parameter(Tensor<Float>.ones([64, 64]))
      let before = MemoryPool.statistics.bytesInUse
      for _ in 0..<3 {
        _ = valueAndGradients(of: model) {
          gradient(at: model.variable) { $0.matmul($0).tanh().sum() }.squared().sum()
        }
        _ = try? valueAndGradients(of: model) { () throws(Stop) -> Variable<Float> in
          _ = model.variable.exp().tanh()
          throw Stop()
        }
      }
      try #require(MemoryPool.statistics.bytesInUse == before)
    }
  }

  private struct Stop: Error {}

  @Test func nothingIsRecordedForConstants() async {
    await #expect(processExitsWith: .success) {
      let x = Variable(Tensor<Float>.ones([1024]))
      let before = MemoryPool.statistics.bytesInUse
      var inside = 0
      _ = gradient(at: Variable<Float>(1)) { scale in
        var y = x
        for _ in 0..<10 { y = (y * 0.5 + 1).tanh() }
        y = scale.detached * y
        inside = MemoryPool.statistics.bytesInUse - before
        return scale
      }
      // The last value, the scalars, and nothing in between.
      try #require(inside < 2 * 4096)

      let y = Parameter(Tensor<Float>.ones([1024]))
      let outside = MemoryPool.statistics.bytesInUse
      var z = y.variable
      for _ in 0..<10 { z = z.tanh() }
      try #require(MemoryPool.statistics.bytesInUse - outside <= 4096)
    }
  }

  // Each σ(xᵢ) keeps its result; each is dropped as the gradient of xᵢ, of the same size, appears.
  @Test func savedTensorsAreReleasedAsTheBackwardPassGoes() async {
    await #expect(processExitsWith: .success) {
      let (count, bytes) = (20, 1 << 16)
      let x = (0..<count).map { _ in Variable(Tensor<Float>.ones([bytes / 4])) }
      let before = MemoryPool.statistics.bytesInUse
      let result = valueAndGradient(at: x) { x in
        x.reduce(Variable(0)) { $0 + $1.sigmoid().sum() }
      }
      let peak = MemoryPool.statistics.peakBytesInUse - before
      try #require(result.gradient.count == count)
      try #require(peak < (count + 4) * bytes, "\(peak / bytes) blocks, \(count) needed")
    }
  }

  @Test func trainingStepsAllocateNothingFromTheSecondOn() async {
    await #expect(processExitsWith: .success) {
      var random = RandomGenerator(seed: 1)
      let model = Sequential {
        Linear(20, 16)
        ReLU()
        Linear(16, 16)
        Tanh()
        Linear(16, 4)
      }
      let images = Tensor<Float>.normal([8, 20], using: &random)
      let labels = Tensor<Int32>([0, 1, 2, 3, 0, 1, 2, 3])
      // Muon takes matrices alone.
      let matrices = model.parameters.filter { $1.rank == 2 }
      for golden in OptimizerGolden.all {
        let optimizer = golden.make(golden.name.hasPrefix("muon") ? matrices : model)
        var misses: [Int] = []
        var inUse: [Int] = []
        for _ in 0..<5 {
          let (_, gradients) = valueAndGradients(of: model) {
            softmaxCrossEntropy(model(images), labels)
          }
          optimizer.update(along: gradients)
          misses.append(MemoryPool.statistics.misses)
          inUse.append(MemoryPool.statistics.bytesInUse)
        }
        try #require(
          misses.dropFirst().allSatisfy { $0 == misses[1] },
          "\(golden.name): misses \(misses), in use \(inUse)")
        // The gradients of the last step are alive while each of these is read.
        try #require(inUse.allSatisfy { $0 == inUse[0] }, "\(golden.name): bytes in use \(inUse)")
      }
    }
  }

  // Run under the thread sanitizer too.
  @Test func threadsHaveTransformsOfTheirOwn() {
    let model = Sequential<Double> {
      Linear(3, 5, scalar: Double.self)
      Tanh(scalar: Double.self)
      Linear(5, 1, scalar: Double.self)
    }
    let input = Tensor<Double>([0.1, -0.2, 0.3, 1, 2, -3], shape: [2, 3])
    let job = SharedJob {
      let (_, gradients) = valueAndGradients(of: model) {
        let slope = gradient(at: Variable(input)) { model($0).squared().sum() }
        return slope.squared().sum() + model(input).sum()
      }
      let first = model.layers[0] as! Linear<Double>
      return gradients[first.weight]!.value
    }
    let expected = job.body()
    job.runOnThreads(4, times: 20)
    let results = job.results.withLock { $0 }
    #expect(results.count == 80)
    #expect(results.allSatisfy { $0 == expected })
  }
}

/// A closure that several threads run at once over the same model, which nobody writes to.
private final class SharedJob: @unchecked Sendable {
  let body: () -> Tensor<Double>
  let results = Mutex<[Tensor<Double>]>([])
  private var times = 0

  init(_ body: @escaping () -> Tensor<Double>) { self.body = body }

  func runOnThreads(_ count: Int, times: Int) {
    self.times = times
    var threads: [pthread_t] = []
    for _ in 0..<count {
      var thread = pthread_t()
      let job = Unmanaged.passUnretained(self).toOpaque()
      pthread_create(
        &thread, nil,
        { job in
          let job = Unmanaged<SharedJob>.fromOpaque(job!).takeUnretainedValue()
          for _ in 0..<job.times {
            let result = job.body()
            job.results.withLock { $0.append(result) }
          }
          return nil
        }, job)
      threads.append(thread)
    }
    for thread in threads { pthread_join(thread, nil) }
  }
}
