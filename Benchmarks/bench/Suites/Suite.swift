import Foundation
import Tensor

/// Cases that are measured in one run, round by round over all of them.
struct Suite {
  /// The name of the command.
  var name: String
  /// What the first line of the output says.
  var title: String
  var cases: [BenchCase]

  /// A round measures batches of calls that take about this long.
  private static let secondsPerBatch = 0.002

  /// Measures what the options ask for, and hands the results to `show`.
  func run(_ options: SuiteOptions, show: (_ report: Report<SuiteResult>) -> Void) throws {
    let cases = try options.selected(of: cases, suite: name)
    if options.list {
      for item in cases { print("\(item.name)\t\(item.size)") }
      return
    }
    BuildMode.warnIfUnoptimised()
    defer { BuildMode.warnIfUnoptimised() }
    try options.common.apply()

    let machine = Machine.current
    let threads = ThreadPool.threadCount
    print("Apus bench: \(title)")
    print(machine.summary)
    print(
      "\(threads) thread\(threads == 1 ? "" : "s"), medians of \(options.rounds) "
        + "round\(options.rounds == 1 ? "" : "s")\n")

    let results = measure(cases, options, threads: threads, processors: machine.processorCount)
    let report = Report(suite: name, machine: machine, results: results)
    show(report)
    try options.common.file.write(report)
  }

  private func measure(
    _ cases: [BenchCase], _ options: SuiteOptions, threads: Int, processors: Int
  ) -> [SuiteResult] {
    let progress = Progress()
    var contenders: [Contender] = []
    var magnitudes: [Double?] = []
    for (index, item) in cases.enumerated() {
      progress.show("preparing \(index + 1) of \(cases.count)")
      let body = item.makeBody()
      // Only files are compared between programs.
      magnitudes.append(options.common.json == nil ? nil : body.meanMagnitude())
      contenders.append(contender(item.name, body.run))
    }
    var copies: [Int: Int] = [:]  // bytes: the place of the copy among the contenders
    let byteCounts = cases.compactMap { if case .bytes(let count) = $0.work { count } else { nil } }
    if let most = byteCounts.max() {
      let copy = Copy(most: most)
      for count in Set(byteCounts).sorted() {
        copies[count] = contenders.count
        contenders.append(contender("copy") { copy.run(bytes: count, $0) })
      }
    }
    let hasOperations = cases.contains { if case .operations = $0.work { true } else { false } }
    let peak = hasOperations ? Peak.flops(threads: min(threads, processors)) : nil

    let timings = Stopwatch.interleaved(contenders, rounds: options.rounds) { round in
      progress.show("measuring \(cases.count) cases: round \(round + 1) of \(options.rounds)")
    }
    progress.clear()
    return cases.indices.map { index in
      var result = SuiteResult(
        name: cases[index].name, size: cases[index].size, threads: threads,
        timing: timings[index], calls: contenders[index].callsPerRound)
      result.meanMagnitude = magnitudes[index]
      switch cases[index].work {
      case .bytes(let count):
        result.gigabytesPerSecond = Double(count) / timings[index].median / 1e9
        result.shareOfCopy = timings[copies[count]!].median / timings[index].median
      case .operations(let count):
        result.gigaflops = count / timings[index].median / 1e9
        result.shareOfPeak = peak.map { count / timings[index].median / $0 }
      }
      return result
    }
  }

  private func contender(_ name: String, _ run: @escaping (Int) -> Void) -> Contender {
    Contender(
      name: name, run: run,
      callsPerRound: Stopwatch.callsPerRound(target: Self.secondsPerBatch, run),
      isAlwaysWarmedUp: true, settleMilliseconds: 0)
  }
}

/// What a memory-bound operation is set against: bytes copied on as many threads as pays, into memory
/// that is there already.
private final class Copy {
  private let source: UnsafeMutableRawPointer
  private let target: UnsafeMutableRawPointer

  /// Room for half of `most` bytes on each side.
  init(most: Int) {
    source = .allocate(byteCount: most / 2, alignment: 64)
    target = .allocate(byteCount: most / 2, alignment: 64)
    source.initializeMemory(as: UInt8.self, repeating: 1, count: most / 2)
    target.initializeMemory(as: UInt8.self, repeating: 2, count: most / 2)
  }

  deinit {
    source.deallocate()
    target.deallocate()
  }

  /// Moves `bytes` in all, one half of them read and the other written, `count` times.
  func run(bytes: Int, _ count: Int) {
    for _ in 0..<count {
      ThreadPool.forEachRange(of: bytes / 2, grain: 1 << 16) { range in
        (target + range.lowerBound).copyMemory(
          from: source + range.lowerBound, byteCount: range.count)
      }
    }
  }
}

/// A line on the terminal that says how far the measurement is; nothing where no terminal is.
private struct Progress {
  private let isShown = isatty(STDERR_FILENO) == 1

  func show(_ text: String) {
    if isShown { FileHandle.standardError.write(Data("\r\u{1B}[2K\(text)".utf8)) }
  }

  func clear() { show("") }
}
