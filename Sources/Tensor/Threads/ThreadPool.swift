import CKernels
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The threads that share the work of one large tensor operation.
///
/// Work is cut into pieces whose size depends on the shapes alone, never on the number of threads;
/// threads claim pieces until none is left. So a result has the same bits for any thread count.
///
/// A claim takes several neighbouring pieces while many are left. On two cores of a Zen 4, 4 million
/// exponentials in 976 pieces take 420 µs so, and 680 if each piece is claimed by itself: caches and
/// what the processor fetches ahead of a thread serve it, not the other. Every second thread claims
/// from the end: of two threads each then meets, operation after operation, the same half of the
/// pieces, and finds what it wrote in its own second cache. Sums of 65,536 elements, which took
/// 4.8 µs, take 4.3, and a training step of three layers of 512 went from 2.40 to 2.25 ms.
/// Of what is left a thread claims its share halved: a quarter, where they are two. An eighth made
/// operations on 65,536 elements 1 to 3 % slower.
///
/// A fork costs one atomic store while the workers are awake: they spin for `spinNanoseconds` after
/// their last piece and then sleep. One operation at a time uses the workers; whoever comes while
/// they are busy (another thread of the host program, or an operation inside a piece) runs its
/// pieces itself, so nested and concurrent use cannot deadlock.
public final class ThreadPool: @unchecked Sendable {
  static let shared = ThreadPool()

  /// How many threads, the caller's among them, work on one operation.
  ///
  /// By default the environment variable `APUS_THREADS`, else the number of processors that this
  /// process may run on; never more than 1,024. Stops with a message if set to less than 1.
  public static var threadCount: Int {
    get { shared.limit.load(ordering: .relaxed) }
    set {
      guard newValue >= 1 else {
        fatalError("ThreadPool.threadCount: at least 1 is needed, got \(newValue)")
      }
      let newValue = min(newValue, maximumThreadCount)
      shared.limit.store(newValue, ordering: .sequentiallyConsistent)
    }
  }

  /// How long an idle worker stays awake. Longer than the serial stretches of a training step,
  /// short enough not to be seen beside them.
  private static let spinNanoseconds: UInt64 = 200_000

  // The published work, in one word so that it is claimed atomically: a generation and the bounds of
  // the pieces that nobody has claimed. A claim that succeeds keeps `body` valid until it is
  // counted in `completed`, so nobody needs to wait for workers that slept through the job.
  private let ticket = Atomic<UInt64>(0)
  private let completed = Atomic<Int>(0)
  private var body: UnsafePointer<(Range<Int>) -> Void>?

  private let isBusy = Atomic<Bool>(false)
  private let distance = ThreadDistance()
  private let limit: Atomic<Int>
  private let sleepers = Atomic<Int>(0)
  private var workers: [Worker] = []  // changed only by the owner of isBusy
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>

  private static let fieldBits: UInt64 = 20
  private static let fieldMask: UInt64 = (1 << fieldBits) - 1

  /// The most pieces that one operation is cut into.
  package static let maximumPieceCount = Int(fieldMask)

  private static let maximumThreadCount = 1024

  private init() {
    limit = Atomic(Self.defaultThreadCount)
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  private static var defaultThreadCount: Int {
    if let text = getenv("APUS_THREADS"), let count = Int(String(cString: text)), count >= 1 {
      return min(count, maximumThreadCount)
    }
    return min(apus_processor_count(), maximumThreadCount)
  }

  /// Calls `body` once for each piece in `0..<pieceCount`, on any thread and in any order, and
  /// returns when all are done.
  ///
  /// `isBrief` says that all pieces together take one thread less than about 20 µs, and that they
  /// read or write what operations that are cut otherwise write or read. Threads far apart lose by
  /// sharing such work.
  package static func forEachPiece(
    _ pieceCount: Int, isBrief: Bool = false, _ body: (Int) -> Void
  ) {
    forEachClaim(of: pieceCount, isBrief: isBrief) { pieces in
      for piece in pieces { body(piece) }
    }
  }

  /// Calls `body` with pieces in `0..<pieceCount` that one thread does one after another, so that each is
  /// in one of these ranges.
  private static func forEachClaim(
    of pieceCount: Int, isBrief: Bool = false, _ body: (Range<Int>) -> Void
  ) {
    if let recorder = ForkRecorder.current {
      return recorder.run(pieceCount) { body($0..<$0 + 1) }
    }
    if pieceCount <= 1 || shared.limit.load(ordering: .relaxed) == 1
      || (isBrief && shared.isFarApart)
    {
      body(0..<pieceCount)
    } else {
      shared.run(pieceCount, body)
    }
  }

  /// Cuts `0..<count` into ranges of `grain` (the last one shorter) and calls `body` on each.
  package static func forEachRange(of count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
    if count <= grain {
      if count > 0 { body(0..<count) }
      return
    }
    let grain = least(grain, for: count)
    forEachPiece((count + grain - 1) / grain) { piece in
      body(piece * grain..<min(count, (piece + 1) * grain))
    }
  }

  /// The same, but what a thread takes at once comes as one range: for work of which no result depends
  /// on where it is cut.
  ///
  /// A kernel that goes on takes less time than one that begins again: 65,536 exponentials or gelus on
  /// two threads of a Zen 4 0.97.
  package static func forEachSpan(of count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
    if count <= grain {
      if count > 0 { body(0..<count) }
      return
    }
    let grain = least(grain, for: count)
    forEachClaim(of: (count + grain - 1) / grain) { pieces in
      body(pieces.lowerBound * grain..<min(count, pieces.upperBound * grain))
    }
  }

  /// A grain that makes no more pieces than there may be.
  private static func least(_ grain: Int, for count: Int) -> Int {
    max(grain, (count + maximumPieceCount - 1) / maximumPieceCount)
  }

  /// Whether `body` is true of every range: those of `forEachRange`, each of which is gone through.
  package static func holds(
    forEachRangeOf count: Int, grain: Int, _ body: (Range<Int>) -> Bool
  ) -> Bool {
    if count <= grain { return count == 0 || body(0..<count) }
    let all = Atomic(true)
    forEachRange(of: count, grain: grain) { range in
      if !body(range) { all.store(false, ordering: .relaxed) }
    }
    return all.load(ordering: .relaxed)
  }

  /// Whether the threads are far apart, as far as one can tell: false where they are busy.
  private var isFarApart: Bool {
    !isBusy.load(ordering: .relaxed)
      && distance.isFar { pieceCount, body in
        run(pieceCount) { pieces in
          for piece in pieces { body(piece) }
        }
      }
  }

  private func run(_ pieceCount: Int, _ body: (Range<Int>) -> Void) {
    guard pieceCount <= Self.maximumPieceCount,
      !isBusy.exchange(true, ordering: .acquiring)
    else { return body(0..<pieceCount) }
    startWorkers()
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { pointer in
        self.body = pointer
        completed.store(0, ordering: .relaxed)
        let generation = (ticket.load(ordering: .relaxed) >> (2 * Self.fieldBits)) &+ 1
        ticket.store(
          generation << (2 * Self.fieldBits) | UInt64(pieceCount) << Self.fieldBits,
          ordering: .sequentiallyConsistent)
        if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
          for worker in workers where worker.isAsleep.load(ordering: .relaxed) {
            apus_keep_off_this_processor(worker.thread)
          }
          pthread_mutex_lock(mutex)
          pthread_cond_broadcast(condition)
          pthread_mutex_unlock(mutex)
        }
        while claimAndRun(atEnd: false) {}
        var spins = 0
        while completed.load(ordering: .acquiring) < pieceCount {
          apus_cpu_relax()
          spins += 1
          // A worker that lost its processor must be able to get this one.
          if spins % 4096 == 0 { sched_yield() }
        }
        self.body = nil
      }
    }
    isBusy.store(false, ordering: .releasing)
  }

  /// Runs some of the pieces that are left, the first or the last, if there are any: the fewer the less
  /// is left, so that all threads are done together.
  private func claimAndRun(atEnd: Bool) -> Bool {
    let threads = limit.load(ordering: .relaxed)
    var current = ticket.load(ordering: .acquiring)
    while true {
      let start = current & Self.fieldMask
      let end = (current >> Self.fieldBits) & Self.fieldMask
      guard start < end else { return false }
      let taken = UInt64(Self.claim(of: Int(end - start), threads: threads))
      let (claimed, original) = ticket.weakCompareExchange(
        expected: current, desired: atEnd ? current - taken << Self.fieldBits : current + taken,
        ordering: .acquiringAndReleasing)
      if claimed {
        let first = atEnd ? end - taken : start
        invoke(Int(first)..<Int(first + taken))
        completed.add(Int(taken), ordering: .acquiringAndReleasing)
        return true
      }
      current = original
    }
  }

  /// How many pieces a thread claims at once where so many are left.
  package static func claim(of left: Int, threads: Int) -> Int { max(1, left / (2 * threads)) }

  // Not inlined, so that the closure's reference is given back before the pieces count as done.
  @inline(never)
  private func invoke(_ pieces: Range<Int>) { body!.pointee(pieces) }

  private var hasWork: Bool {
    let current = ticket.load(ordering: .sequentiallyConsistent)
    return current & Self.fieldMask < (current >> Self.fieldBits) & Self.fieldMask
  }

  private func startWorkers() {
    let wanted = limit.load(ordering: .relaxed) - 1
    while workers.count < wanted {
      let worker = Worker(pool: self, index: workers.count)
      guard worker.start() else {
        // Fewer workers are slower, not wrong; the system is not asked for more each time.
        limit.store(workers.count + 1, ordering: .sequentiallyConsistent)
        return
      }
      workers.append(worker)
    }
  }

  fileprivate func work(as worker: Worker) {
    let index = worker.index
    while true {
      let start = monotonicNanoseconds()
      var spins = 0
      while true {
        let isWanted = index + 1 < limit.load(ordering: .relaxed)
        if isWanted && claimAndRun(atEnd: index % 2 == 0) { break }
        apus_cpu_relax()
        spins += 1
        if !isWanted
          || (spins % 64 == 0 && monotonicNanoseconds() - start > Self.spinNanoseconds)
        {
          sleep(worker)
          break
        }
      }
    }
  }

  private func sleep(_ worker: Worker) {
    let index = worker.index
    pthread_mutex_lock(mutex)
    worker.isAsleep.store(true, ordering: .relaxed)
    sleepers.add(1, ordering: .sequentiallyConsistent)
    // Announced first, checked second: a job published in between is seen here or wakes us. A
    // worker beyond the thread count sleeps on.
    if !hasWork || index + 1 >= limit.load(ordering: .sequentiallyConsistent) {
      repeat {
        pthread_cond_wait(condition, mutex)
      } while index + 1 >= limit.load(ordering: .sequentiallyConsistent)
    }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
    worker.isAsleep.store(false, ordering: .relaxed)
    pthread_mutex_unlock(mutex)
  }
}

/// One thread of the pool besides the caller's.
private final class Worker: Sendable {
  let pool: ThreadPool
  let index: Int
  let isAsleep = Atomic<Bool>(false)
  private let handle = Atomic<UInt>(0)

  init(pool: ThreadPool, index: Int) {
    self.pool = pool
    self.index = index
  }

  /// Starts the thread; false if the system has none left.
  func start() -> Bool {
    let context = Unmanaged.passRetained(self)
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    guard pthread_create(&thread, nil, workerMain, context.toOpaque()) == 0 else {
      context.release()
      return false
    }
    #if canImport(Darwin)
      handle.store(UInt(bitPattern: thread), ordering: .relaxed)
    #else
      handle.store(UInt(thread), ordering: .relaxed)
    #endif
    apus_keep_off_this_processor(self.thread)
    return true
  }

  var thread: pthread_t {
    #if canImport(Darwin)
      return pthread_t(bitPattern: handle.load(ordering: .relaxed))!
    #else
      return pthread_t(handle.load(ordering: .relaxed))
    #endif
  }
}

#if canImport(Darwin)
  private func workerMain(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    runWorker(argument)
  }
#else
  private func workerMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    runWorker(argument!)
  }
#endif

private func runWorker(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
  let worker = Unmanaged<Worker>.fromOpaque(argument).takeRetainedValue()
  worker.pool.work(as: worker)
  return nil
}

/// Time since some fixed point.
func monotonicNanoseconds() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
