import ArgumentParser
import Foundation
import Tensor

/// `bench scale`
struct ScaleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scale",
    abstract: "Training steps against width, depth, batch and length, by numbers of threads.",
    discussion: """
      \(Sweep.allCases.map { "\($0.rawValue): \($0.summary)" }.joined(separator: "\n"))

      Columns, for each number of threads: the median time of a step, its rate by the multiply-adds \
      of its products, and floor, the time of those at the rate of the fastest large matrix product \
      of this run with as many threads, over the time of the step; last, how many times as fast the \
      most threads are as the fewest. scripts/plot-scale draws the files of --json.
      """)

  @Option(help: ArgumentHelp("Only this quantity.", valueName: "name"))
  var sweep: Sweep?

  @Option(
    help: ArgumentHelp(
      "Other values of the quantity of --sweep, with commas between them.", valueName: "values"))
  var values: String?

  @Option(
    help: ArgumentHelp(
      "Numbers of threads, with commas between them (default: 1 and all processors).",
      valueName: "counts"))
  var threads: String?

  @OptionGroup var options: ScaleOptions

  func validate() throws {
    _ = try threadCounts
    if values != nil && sweep == nil {
      throw ValidationError("--values needs --sweep, which says of what")
    }
    if let sweep { _ = try values(of: sweep) }
  }

  private func values(of sweep: Sweep) throws -> [Int] {
    try values.map { try ScaleOptions.counts($0, option: "--values", most: 65_536) } ?? sweep.values
  }

  private var threadCounts: [Int] {
    get throws {
      if let threads { return try ScaleOptions.counts(threads, option: "--threads") }
      let all = Machine.current.processorCount
      return all == 1 ? [1] : [1, all]
    }
  }

  func run() throws {
    BuildMode.warnIfUnoptimised()
    defer { BuildMode.warnIfUnoptimised() }
    try options.file.check()
    let counts = try threadCounts
    let machine = Machine.current
    print("Apus bench: how the cost of a training step grows")
    print(machine.summary)
    print("medians of \(options.rounds) rounds, \(options.data.summary)")

    let peaks = counts.map { count in
      ThreadPool.threadCount = count
      return TrainMeasurement.productRate()
    }
    var results: [ScaleResult] = []
    for sweep in sweep.map({ [$0] }) ?? Sweep.allCases {
      ScaleTable.printHeader(sweep, threads: counts)
      for value in try values(of: sweep) {
        let row = try measure(sweep, value, counts, peaks)
        ScaleTable.print(row)
        results += row
      }
    }
    try options.file.write(Report(suite: "scale", machine: machine, results: results))
  }

  private func measure(
    _ sweep: Sweep, _ value: Int, _ counts: [Int], _ peaks: [Double]
  ) throws -> [ScaleResult] {
    let loop = try sweep.loop(value, options.data.trainData)
    let counter = Multiplications()
    counter.during { _ = loop.step() }
    let timings = StepTiming.measure(loop, threads: counts, rounds: options.rounds)
    return zip(counts, zip(timings, peaks)).map { count, figures in
      let (timing, peak) = figures
      let flops = 2 * Double(counter.count) / timing.median
      return ScaleResult(
        sweep: sweep, value: value, threads: count, rounds: options.rounds,
        stepMicroseconds: timing.median * 1e6, spread: timing.spread,
        samplesPerSecond: Double(loop.samplesPerStep) / timing.median,
        parameterCount: loop.parameterCount, multiplyAddsPerStep: counter.count,
        gigaflops: flops / 1e9, peakGigaflops: peak / 1e9, floorShare: flops / peak)
    }
  }
}
