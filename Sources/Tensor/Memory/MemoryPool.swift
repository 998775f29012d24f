#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The allocator behind every tensor: blocks of memory sorted into size classes and reused.
///
/// A training step makes and drops the same sizes again and again. Freed blocks are kept in one
/// last-in-first-out list per class, so that from the second step on no memory is asked of the
/// system, and the block handed out is the one most likely still in cache. Sizes are rounded up to
/// one of four steps per power of two (at most a quarter is wasted), from 64 bytes up; every block
/// is aligned to 64 bytes, a cache line and an AVX-512 vector.
public enum MemoryPool {
  /// What the pool has done since the program started.
  public struct Statistics: Sendable, Hashable {
    /// Requests answered with a kept block.
    public var hits = 0
    /// Requests that had to ask the system.
    public var misses = 0
    /// Bytes handed out since the program started, by hits and misses.
    public var bytesAllocated = 0
    /// Bytes handed out at present.
    public var bytesInUse = 0
    /// The largest value that `bytesInUse` had.
    public var peakBytesInUse = 0
    /// Bytes of freed blocks kept for reuse.
    public var bytesCached = 0
  }

  private struct State: @unchecked Sendable {
    var statistics = Statistics()
    var cacheLimit = 1 << 30
    // The first word of a free block points to the next free block of its class.
    let freeLists = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: 256)

    init() { freeLists.initialize(repeating: nil, count: 256) }
  }

  private static let state = SpinLocked(State())

  /// The counts so far.
  public static var statistics: Statistics { state.withLock { $0.statistics } }

  /// The most bytes of freed blocks to keep; beyond it they go back to the system. 1 GiB by default.
  public static var cacheLimit: Int {
    get { state.withLock { $0.cacheLimit } }
    set {
      let exceeds = state.withLock { state in
        state.cacheLimit = newValue
        return state.statistics.bytesCached > newValue
      }
      if exceeds { trim() }
    }
  }

  /// Gives every kept block back to the system.
  public static func trim() {
    // The lists are taken under the lock and freed outside it: that can be slow.
    let kept = state.withLock { state in
      state.statistics.bytesCached = 0
      return (0..<256).map { index in
        defer { state.freeLists[index] = nil }
        return state.freeLists[index]
      }
    }
    for var list in kept {
      while let block = list {
        list = block.load(as: UnsafeMutableRawPointer?.self)
        free(block)
      }
    }
  }

  /// The class whose blocks hold at least `byteCount` bytes: 64 bytes, then four steps per octave.
  package static func sizeClass(of byteCount: Int) -> Int {
    if byteCount <= 64 { return 0 }
    let octave = (Int.bitWidth - 1) - (byteCount - 1).leadingZeroBitCount
    let step = (byteCount - 1) >> (octave - 2)  // 4…7: which quarter of the octave
    return (octave - 6) * 4 + (step - 4) + 1
  }

  /// Bytes of a block of a class.
  package static func byteCount(ofClass index: Int) -> Int {
    if index == 0 { return 64 }
    let octave = (index - 1) / 4 + 6
    let step = (index - 1) % 4 + 5
    return step << (octave - 2)
  }

  /// Blocks of two huge pages or more start at one, and ask for them.
  private static let hugePageSize = 1 << 21

  static func allocate(sizeClass: Int) -> UnsafeMutableRawPointer {
    let byteCount = byteCount(ofClass: sizeClass)
    let kept: UnsafeMutableRawPointer? = state.withLock { state in
      state.statistics.bytesAllocated += byteCount
      state.statistics.bytesInUse += byteCount
      if state.statistics.bytesInUse > state.statistics.peakBytesInUse {
        state.statistics.peakBytesInUse = state.statistics.bytesInUse
      }
      guard let block = state.freeLists[sizeClass] else {
        state.statistics.misses += 1
        return nil
      }
      state.freeLists[sizeClass] = block.load(as: UnsafeMutableRawPointer?.self)
      state.statistics.hits += 1
      state.statistics.bytesCached -= byteCount
      return block
    }
    if let kept { return kept }
    var fresh: UnsafeMutableRawPointer?
    let isHuge = byteCount >= 2 * hugePageSize
    guard posix_memalign(&fresh, isHuge ? hugePageSize : 64, byteCount) == 0, let fresh else {
      fatalError("MemoryPool: the system has no \(byteCount) bytes left for a tensor")
    }
    #if os(Linux)
      // Long passes miss the cache of page addresses much less often. Only advice: no harm if refused.
      if isHuge { madvise(fresh, byteCount, Int32(MADV_HUGEPAGE)) }
    #endif
    return fresh
  }

  static func deallocate(_ block: UnsafeMutableRawPointer, sizeClass: Int) {
    let byteCount = byteCount(ofClass: sizeClass)
    let isKept = state.withLock { state in
      state.statistics.bytesInUse -= byteCount
      guard state.statistics.bytesCached + byteCount <= state.cacheLimit else { return false }
      block.storeBytes(
        of: state.freeLists[sizeClass], as: UnsafeMutableRawPointer?.self)
      state.freeLists[sizeClass] = block
      state.statistics.bytesCached += byteCount
      return true
    }
    if !isKept { free(block) }
  }
}
