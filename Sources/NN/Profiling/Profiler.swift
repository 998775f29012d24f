import Tensor

/// Does some work a number of times on the calling thread, and tells where its time went.
///
/// Operations of variables, their gradients and regions are timed, those of layers under the layer's
/// path. While nobody profiles this costs nothing but a look at one counter for each operation. Do some
/// repetitions before, so that threads and memory are warm. Stops with a message if `repetitions` is not
/// positive.
public func profiling<Result>(
  repetitions: Int = 1, _ body: () throws -> Result
) rethrows -> (result: Result, profile: Profile) {
  guard repetitions >= 1 else {
    fatalError("profiling: repetitions must be at least 1, got \(repetitions)")
  }
  let profiler = Profiler()
  return try profiler.counter.during {
    try OperationObserver.with(profiler) {
      for _ in 1..<repetitions { _ = try profiler.repetition(body) }
      let result = try profiler.repetition(body)
      return (result, profiler.profile)
    }
  }
}

/// Does work under a name that a profile shows; the name of a region in a region shows instead of the
/// outer one's.
///
/// ```swift
/// let batch = profileRegion("batch") { data.batch(at: step) }
/// ```
public func profileRegion<Result>(
  _ name: @autoclosure () -> String, _ body: () throws -> Result
) rethrows -> Result {
  guard OperationObserver.isAnywhere, let profiler = OperationObserver.current as? Profiler else {
    return try body()
  }
  return try profiler.region(name(), body)
}

private final class Profiler: OperationObserver {
  let counter = Multiplications()
  private var events: [Profile.Event] = []
  private var spans: [(start: Int64, duration: Int64)] = []
  private let clock = ContinuousClock()
  private let origin: ContinuousClock.Instant

  /// What a recorded node's backward pass needs to know of it.
  private struct Made {
    var layer: String
    var bytes: Int
  }
  private var made: [Int32: Made] = [:]

  /// The readings at the end of the last event, from which the next operation counts.
  private var mark = Reading()
  /// What the events inside each one that has begun cost.
  private var inside: [Reading] = []
  private var pullbackDepth = 0
  private var pulledBackBytes = 0

  override init() {
    origin = clock.now
    super.init()
  }

  var profile: Profile {
    Profile(events: events.sorted { $0.start < $1.start }, spans: spans)
  }

  private struct Reading {
    var time: Int64 = 0
    var multiplyAdds = 0
    var bytesAllocated = 0

    static func - (left: Reading, right: Reading) -> Reading {
      Reading(
        time: left.time - right.time, multiplyAdds: left.multiplyAdds - right.multiplyAdds,
        bytesAllocated: left.bytesAllocated - right.bytesAllocated)
    }

    static func += (left: inout Reading, right: Reading) {
      left.time += right.time
      left.multiplyAdds += right.multiplyAdds
      left.bytesAllocated += right.bytesAllocated
    }
  }

  private func read() -> Reading {
    let (seconds, attoseconds) = (clock.now - origin).components
    return Reading(
      time: seconds * 1_000_000_000 + attoseconds / 1_000_000_000, multiplyAdds: counter.count,
      bytesAllocated: MemoryPool.statistics.bytesAllocated)
  }

  func repetition<Result>(_ body: () throws -> Result) rethrows -> Result {
    mark = read()
    made.removeAll(keepingCapacity: true)
    let start = mark.time
    defer { spans.append((start, read().time - start)) }
    return try body()
  }

  func region<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
    let start = begin()
    defer { end(name, LayerScope.current.description, isBackward: false, start, bytesMoved: 0) }
    return try body()
  }

  private func begin() -> Reading {
    inside.append(Reading())
    mark = read()
    return mark
  }

  /// Ends what `begin` began.
  private func end(
    _ name: String, _ layer: String, isBackward: Bool, _ start: Reading, bytesMoved: Int
  ) {
    let now = read()
    let whole = now - start
    let own = whole - inside.removeLast()
    events.append(
      Profile.Event(
        name: name, layer: layer, isBackward: isBackward, start: start.time,
        duration: whole.time, ownDuration: own.time, multiplyAdds: own.multiplyAdds,
        bytesMoved: bytesMoved, bytesAllocated: own.bytesAllocated))
    if !inside.isEmpty { inside[inside.count - 1] += whole }
    mark = now
  }

  override func computed<Scalar>(
    _ operation: Operation, _ value: Variable<Scalar>, from operands: [Origin]
  ) {
    let layer = LayerScope.current.description
    let bytes = value.count * MemoryLayout<Scalar>.size
    // What a pullback computes on its way is part of it.
    if pullbackDepth == 0 {
      let start = mark
      inside.append(Reading())
      end(
        operation.rawValue, layer, isBackward: false, start,
        bytesMoved: bytes + operands.reduce(0) { $0 + (made[$1.node]?.bytes ?? 0) })
    }
    if !value.origin.isConstant { made[value.origin.node] = Made(layer: layer, bytes: bytes) }
  }

  override func pullingBack(node: Int, operation: Operation?, _ pullback: () -> Void) {
    let node = made[Int32(node)] ?? Made(layer: "", bytes: 0)
    let outerBytes = pulledBackBytes
    pulledBackBytes = node.bytes
    pullbackDepth += 1
    let start = begin()
    pullback()
    end(
      operation?.rawValue ?? "gradient", node.layer, isBackward: true, start,
      bytesMoved: pulledBackBytes)
    pullbackDepth -= 1
    pulledBackBytes = outerBytes
  }

  override func pulledBack<Scalar: FloatingPointScalar>(_ gradient: Tensor<Scalar>) {
    pulledBackBytes += gradient.count * MemoryLayout<Scalar>.size
  }
}
