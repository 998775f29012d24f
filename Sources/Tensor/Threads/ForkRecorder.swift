/// Runs the pieces of each fork of a thread one after another on that thread, and notes how long each
/// takes.
///
/// As pieces depend on the shapes alone, one core then tells how long the work would take on more:
/// `nanoseconds(of:threads:costs:)` deals the pieces out as the pool does.
package final class ForkRecorder {
  /// What a fork costs besides its pieces.
  package struct Costs {
    /// Nanoseconds until the threads are at work and until the caller knows that all is done.
    package var fork: Double
    /// Nanoseconds between two threads that claim pieces.
    package var claim: Double

    package init(fork: Double, claim: Double) {
      self.fork = fork
      self.claim = claim
    }
  }

  private static let observer = ThreadObserver<ForkRecorder>()
  static var current: ForkRecorder? {
    @inline(__always) get { observer.current }
  }

  private var pieces: [UInt64] = []
  private var ends: [Int] = []
  private var isInPiece = false

  package init() {}

  /// Records the forks of the calling thread while `body` runs, after those recorded before. Forks
  /// inside a piece belong to the piece, as in the pool.
  package func during<Result>(_ body: () throws -> Result) rethrows -> Result {
    try Self.observer.during(self, body)
  }

  /// Forgets what was recorded.
  package func removeAll() {
    pieces.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
  }

  package var forkCount: Int { ends.count }

  /// Nanoseconds of each piece of a fork, in the order in which they are claimed.
  package func pieces(ofFork fork: Int) -> ArraySlice<UInt64> {
    pieces[(fork == 0 ? 0 : ends[fork - 1])..<ends[fork]]
  }

  func run(_ pieceCount: Int, _ body: (Int) -> Void) {
    if pieceCount <= 1 || isInPiece {
      for piece in 0..<pieceCount { body(piece) }
      return
    }
    isInPiece = true
    defer { isInPiece = false }
    var last = monotonicNanoseconds()
    for piece in 0..<pieceCount {
      body(piece)
      let now = monotonicNanoseconds()
      pieces.append(now - last)
      last = now
    }
    ends.append(pieces.count)
  }

  /// The nanoseconds that a fork with these pieces takes on so many threads, each of which claims
  /// more when it is done with some: on one thread their sum, with no costs.
  package static func nanoseconds(
    of pieces: some BidirectionalCollection<UInt64>, threads: Int, costs: Costs
  ) -> Double {
    func sum(_ pieces: some Sequence<UInt64>) -> Double { pieces.reduce(0) { $0 + Double($1) } }
    if threads <= 1 { return sum(pieces) }
    var free = [Double](repeating: 0, count: threads)
    var nextClaim = 0.0
    var rest = pieces[...]
    while !rest.isEmpty {
      let first = free.indices.min { free[$0] < free[$1] }!
      let count = ThreadPool.claim(of: rest.count, threads: threads)
      // As in the pool, every second thread claims from the end.
      let claimed = first % 2 == 0 ? rest.prefix(count) : rest.suffix(count)
      rest = first % 2 == 0 ? rest.dropFirst(count) : rest.dropLast(count)
      let start = max(free[first], nextClaim)
      nextClaim = start + costs.claim
      free[first] = start + sum(claimed)
    }
    return free.max()! + costs.fork
  }
}
