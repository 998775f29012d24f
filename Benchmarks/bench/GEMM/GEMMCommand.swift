import ArgumentParser
import Foundation
import Tensor

/// `bench gemm`, the default.
struct GEMMCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gemm",
    abstract: "Matrix products: Apus, bare cblas_sgemm, and loops in Swift.",
    discussion: """
      Columns: the median time of Apus and its spread, GFLOP/s, the share of the theoretical floor \
      (the time at the measured peak of the processors used), and how many times faster Apus is \
      than one cblas_sgemm call with OpenBLAS's own threads, than a blocked loop, and than the \
      textbook's triple loop. Loops run on one thread; of large products they do some rows, and the \
      time is scaled to all.
      """)

  @OptionGroup var common: CommonOptions

  @Flag(help: "Fewer sizes and rounds: about ten seconds.")
  var quick = false

  func run() throws {
    BuildMode.warnIfUnoptimised()
    defer { BuildMode.warnIfUnoptimised() }
    try common.apply()

    let machine = Machine.current
    let threads = ThreadPool.threadCount
    let peak = Peak.flops(threads: min(threads, machine.processorCount))
    print("Apus bench: matrix products in single precision")
    print(machine.summary)
    let native = BLAS.withNativeThreads(threads) { BLAS.nativeThreadCount }
    print(
      "\(threads) thread\(threads == 1 ? "" : "s") for Apus, \(native) for cblas_sgemm; measured peak "
        + String(format: "%.0f GFLOP/s\n", peak / 1e9))

    let table = GEMMTable(peak: peak)
    table.printHeader()
    var random = RandomGenerator(seed: 2024)
    var results: [GEMMResult] = []
    for product in GEMMCase.all(quick: quick) {
      let result = try measure(product, threads: threads, using: &random)
      table.print(result)
      results.append(result)
    }
    table.printLegend()
    try common.file.write(GEMMReport(machine: machine, peakGflops: peak / 1e9, results: results))
  }

  /// Measures one product; throws if a result is wrong.
  private func measure(
    _ product: GEMMCase, threads: Int, using random: inout RandomGenerator
  ) throws -> GEMMResult {
    let operands = GEMMOperands(product, using: &random)
    let target = quick ? 0.004 : 0.02
    operands.runApus(1)
    operands.runBare(1)
    let naiveRows = operands.naiveRows(blocked: false, seconds: quick ? 0.02 : 0.2)
    let blockedRows = operands.naiveRows(blocked: true, seconds: quick ? 0.02 : 0.2)

    func check(_ name: String, rows: Int? = nil) throws {
      guard operands.isRight(rows: rows, using: &random) else {
        throw WrongResult(description: "\(name) computed a wrong product for \(product.name)")
      }
    }
    operands.runBare(1)
    try check("Apus or cblas_sgemm")
    operands.runNaive(blocked: false, rows: naiveRows, 1)
    try check("the triple loop", rows: naiveRows)
    operands.runNaive(blocked: true, rows: blockedRows, 1)
    try check("the blocked loop", rows: blockedRows)

    let runBare: (Int) -> Void = { count in
      BLAS.withNativeThreads(threads) { operands.runBare(count) }
    }
    let runPlain: (Int) -> Void = { operands.runNaive(blocked: false, rows: naiveRows, $0) }
    let runBlocked: (Int) -> Void = { operands.runNaive(blocked: true, rows: blockedRows, $0) }
    let calls = Stopwatch.callsPerRound(target: target, operands.runApus)
    usleep(1000)
    let bareCalls = Stopwatch.callsPerRound(target: target, runBare)
    let timings = Stopwatch.interleaved(
      [
        Contender(name: "Apus", run: operands.runApus, callsPerRound: calls),
        // OpenBLAS's idle threads spin for about 2²⁶ cycles before they sleep.
        Contender(
          name: "cblas_sgemm", run: runBare, callsPerRound: bareCalls,
          settleMilliseconds: threads > 1 ? 40 : 1),
        Contender(
          name: "blocked", run: runBlocked,
          callsPerRound: Stopwatch.callsPerRound(target: target / 4, runBlocked), rounds: 3),
        Contender(
          name: "naive", run: runPlain,
          callsPerRound: Stopwatch.callsPerRound(target: target / 4, runPlain), rounds: 3),
      ], rounds: quick ? 5 : 11)
    return GEMMResult(
      product: product, threads: threads, apus: timings[0], bare: timings[1],
      blockedSeconds: timings[2].median * Double(product.m) / Double(blockedRows),
      naiveSeconds: timings[3].median * Double(product.m) / Double(naiveRows))
  }
}

struct WrongResult: Error, CustomStringConvertible {
  var description: String
}
