import Tensor

/// A training step on more cores than there are, from the pieces that one core recorded.
struct CoreEstimate {
  /// Medians over the steps.
  let seconds: Double
  let secondsOfOneCore: Double
  /// Of a step: how often work is shared out, and the part of one core's time that is.
  let forks: Int
  let sharedPart: Double

  /// Trains `steps` steps in this thread, with work cut as for so many cores.
  init(_ loop: TrainingLoop, cores: Int, costs: ForkRecorder.Costs, steps: Int) {
    let before = ThreadPool.threadCount
    defer { ThreadPool.threadCount = before }
    ThreadPool.threadCount = cores
    let recorder = ForkRecorder()
    // Buffers grow here, and not in a step that counts.
    recorder.during { _ = loop.step() }
    var all: [Double] = []
    var alone: [Double] = []
    var shared: [Double] = []
    for _ in 0..<steps {
      recorder.removeAll()
      let whole = Stopwatch.seconds { recorder.during { _ = loop.step() } }
      var inPieces = 0.0
      var dealtOut = 0.0
      for fork in 0..<recorder.forkCount {
        let pieces = recorder.pieces(ofFork: fork)
        inPieces += 1e-9 * Double(pieces.reduce(0, +))
        dealtOut += 1e-9 * ForkRecorder.nanoseconds(of: pieces, threads: cores, costs: costs)
      }
      alone.append(whole)
      all.append(whole - inPieces + dealtOut)
      shared.append(inPieces / whole)
    }
    seconds = Timing(samples: all).median
    secondsOfOneCore = Timing(samples: alone).median
    sharedPart = Timing(samples: shared).median
    forks = recorder.forkCount
  }

  /// What the pool of this machine takes for a fork and for a claim, with two threads; nothing where
  /// there is one processor, and so nobody to share with.
  static func measuredCosts(processors: Int) -> ForkRecorder.Costs {
    if processors < 2 { return ForkRecorder.Costs(fork: 0, claim: 0) }
    let before = ThreadPool.threadCount
    defer { ThreadPool.threadCount = before }
    ThreadPool.threadCount = 2
    let manyPieces = 1_024
    let contenders: [(Int) -> Void] = [
      { for _ in 0..<$0 { work(20_000) } },
      { for _ in 0..<$0 { ThreadPool.forEachPiece(2) { _ in work(10_000) } } },
      { for _ in 0..<$0 { ThreadPool.forEachPiece(manyPieces) { _ in } } },
    ]
    let times = Stopwatch.interleaved(
      contenders.map { Contender(name: "", run: $0, callsPerRound: 50) }, rounds: 15
    ).map(\.median)
    var (claims, left) = (0, manyPieces)
    while left > 0 {
      left -= ThreadPool.claim(of: left, threads: 2)
      claims += 1
    }
    let fork = max(0, times[1] - times[0] / 2)
    return ForkRecorder.Costs(
      fork: fork * 1e9, claim: max(0, times[2] - fork) / Double(claims) * 1e9)
  }

  /// Work on registers alone, in steps of about 3 ns.
  @inline(never)
  private static func work(_ steps: Int) {
    var x = 1.0
    for _ in 0..<steps { x = x * 0.999 + 0.001 }
    if x == 0 { fatalError("CoreEstimate: arithmetic failed") }
  }
}
