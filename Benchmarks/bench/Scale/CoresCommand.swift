import ArgumentParser
import Foundation
import Tensor

/// `bench cores`
struct CoresCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cores",
    abstract: "Training steps on more cores than there are, estimated.",
    discussion: """
      A step is trained on one core that notes how long each piece of shared work takes. Pieces \
      depend on shapes, not on threads: so they can be dealt out to any number of cores on paper, as \
      the thread pool deals them out, with the measured costs of sharing. What is not shared takes \
      its time. It is a best case: memory and clock are taken to be as fast for all cores as for one.

      Columns: the estimated time of a step, the measured one where there are as many processors, \
      how many times as fast as one core each is, the forks of a step, and the share of one core's \
      time that is shared out.
      """)

  @Option(help: ArgumentHelp("Only this workload of bench train.", valueName: "name"))
  var workload: Workload?

  @Option(
    help: ArgumentHelp("Numbers of cores, with commas between them.", valueName: "counts"))
  var cores = "1,2,4,8,16"

  @OptionGroup var options: ScaleOptions

  func validate() throws { _ = try coreCounts }

  private var coreCounts: [Int] {
    get throws { try ScaleOptions.counts(cores, option: "--cores") }
  }

  func run() throws {
    BuildMode.warnIfUnoptimised()
    defer { BuildMode.warnIfUnoptimised() }
    try options.file.check()
    let counts = try coreCounts
    let machine = Machine.current
    let costs = CoreEstimate.measuredCosts(processors: machine.processorCount)
    print("Apus bench: training steps on more cores")
    print(machine.summary)
    print("medians of \(options.rounds) rounds, \(options.data.summary)")
    print(String(format: "a fork costs %.0f ns, a claim %.0f ns\n", costs.fork, costs.claim))
    CoresTable.printHeader()
    var results: [CoresResult] = []
    for workload in workload.map({ [$0] }) ?? Workload.allCases {
      let rows = try measure(workload, counts, costs, processors: machine.processorCount)
      CoresTable.print(rows)
      results += rows
    }
    try options.file.write(Report(suite: "cores", machine: machine, results: results))
  }

  private func measure(
    _ workload: Workload, _ counts: [Int], _ costs: ForkRecorder.Costs, processors: Int
  ) throws -> [CoresResult] {
    let loop = try workload.loop(options.data.trainData)
    let measurable = counts.filter { $0 <= processors }
    let timings = StepTiming.measure(loop, threads: measurable, rounds: options.rounds)
    let measured = Dictionary(
      zip(measurable, timings.map(\.median)), uniquingKeysWith: { first, _ in first })
    return counts.map { count in
      let estimate = CoreEstimate(loop, cores: count, costs: costs, steps: options.rounds)
      return CoresResult(
        name: workload.rawValue, cores: count, estimatedMicroseconds: estimate.seconds * 1e6,
        measuredMicroseconds: measured[count].map { $0 * 1e6 },
        estimatedSpeedUp: estimate.secondsOfOneCore / estimate.seconds,
        measuredSpeedUp: measured[1].flatMap { one in measured[count].map { one / $0 } },
        forksPerStep: estimate.forks, sharedPart: estimate.sharedPart)
    }
  }
}

/// The figures of one workload on one number of cores.
struct CoresResult: Encodable {
  var name: String
  var cores: Int
  var estimatedMicroseconds: Double
  /// Where the machine has as many processors.
  var measuredMicroseconds: Double?
  /// The time of one core over that of all, both estimated or both measured.
  var estimatedSpeedUp: Double
  var measuredSpeedUp: Double?
  var forksPerStep: Int
  /// The part of one core's time that is shared out.
  var sharedPart: Double
}

/// The results as people read them.
enum CoresTable {
  static func printHeader() {
    Swift.print("workload  cores  estimated   measured  speed-up  measured  forks/step  shared")
  }

  static func print(_ rows: [CoresResult]) {
    for row in rows {
      let measured = row.measuredMicroseconds.map { SuiteTable.duration($0 * 1e-6) } ?? ""
      let speedUp = row.measuredSpeedUp.map { String(format: "%.2f", $0) } ?? ""
      Swift.print(
        SuiteTable.padded(row.name, to: 8)
          + SuiteTable.padded("\(row.cores)", to: 7, isRight: true) + "  "
          + SuiteTable.duration(row.estimatedMicroseconds * 1e-6) + "  "
          + SuiteTable.padded(measured, to: 9)
          + String(format: "%10.2f", row.estimatedSpeedUp)
          + SuiteTable.padded(speedUp, to: 10, isRight: true)
          + String(format: "%12d%7.0f%%", row.forksPerStep, 100 * row.sharedPart))
    }
  }
}
