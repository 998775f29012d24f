import ArgumentParser
import Foundation
import NN
import Tensor

/// `bench train`
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Training steps of five networks, from taking a batch to updated parameters.",
    discussion: """
      \(Workload.allCases.map { "\($0.rawValue): \($0.summary)" }.joined(separator: "\n"))

      Columns: the median time of a step and its spread (half the range between the quartiles), \
      samples a second, floor (the time that the step's multiply-adds take at the rate of the fastest \
      large matrix product of this run, over the time of the step), the most memory that the process \
      had, blocks that storage asked of the system per step after the second, the time from the start \
      of the process to the end of the first step, and the mean of the last 50 losses. Each workload \
      runs in a process of its own.
      """)

  @OptionGroup var common: CommonOptions

  @Option(help: ArgumentHelp("Only this workload.", valueName: "name"))
  var workload: Workload?

  @Option(help: "Steps that each workload is trained.")
  var steps = 500

  @OptionGroup var data: DataOptions

  @Flag(
    help: """
      Prints, for a step, the time of each operation and layer, and writes the timeline of some steps \
      to apus-WORKLOAD.trace.json, which chrome://tracing and ui.perfetto.dev open.
      """)
  var profile = false

  func validate() throws {
    if steps < 3 || steps > 1_000_000 {
      throw ValidationError("--steps must be between 3 and 1000000, got \(steps)")
    }
  }

  func run() throws {
    BuildMode.warnIfUnoptimised()
    defer { BuildMode.warnIfUnoptimised() }
    try common.apply()
    let machine = Machine.current
    let threads = ThreadPool.threadCount
    print("Apus bench: training")
    print(machine.summary)
    print(
      "\(threads) thread\(threads == 1 ? "" : "s"), \(steps) steps, \(data.summary)\n")

    TrainTable.printHeader()
    var results: [TrainResult] = []
    if let workload {
      let measurement = TrainMeasurement(workload: workload, steps: steps)
      let (result, profile) = try measurement.run(
        data.trainData, profilingSteps: profile ? Self.profiledSteps : nil)
      TrainTable.print(result)
      results.append(result)
      if let profile { try show(profile, workload) }
    } else {
      for workload in Workload.allCases { results += try runAlone(workload) }
    }
    try common.file.write(Report(suite: "train", machine: machine, results: results))
  }

  private static let profiledSteps = 20

  private func show(_ profile: Profile, _ workload: Workload) throws {
    print("\n\(profile)")
    let path = "apus-\(workload.rawValue).trace.json"
    do {
      var file = try AtomicFile(path: path)
      try file.write(Array(profile.chromeTrace.utf8))
      try file.commit()
    } catch {
      throw JSONFile.NotWritable(description: "--profile: \(error)")
    }
    print("\ntimeline of \(profile.repetitions) steps written to \(path)")
  }

  /// Measures a workload in a process of its own, whose memory and start are then those of the workload.
  private func runAlone(_ workload: Workload) throws -> [TrainResult] {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("apus-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let figures = folder.appendingPathComponent("figures.json")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
    #if os(Linux)
      process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    #endif
    process.arguments =
      [
        "train", "--workload", workload.rawValue, "--steps", "\(steps)", "--threads",
        "\(ThreadPool.threadCount)", "--json", figures.path,
      ] + data.arguments + (profile ? ["--profile"] : [])
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw ExitCode(process.terminationStatus) }
    let report = try JSONDecoder().decode(
      Report<TrainResult>.self, from: Data(contentsOf: figures))
    report.results.forEach(TrainTable.print)
    if profile, let start = text.range(of: "\none of ") {
      let end = text.range(of: "\n\nfigures written")?.lowerBound ?? text.endIndex
      print(text[start.lowerBound..<end] + "\n")
    }
    return report.results
  }
}

/// The results as people read them.
enum TrainTable {
  static func printHeader() {
    Swift.print(
      "workload       step  spread  samples/s  floor    memory  blocks/step  first step     loss")
  }

  static func print(_ result: TrainResult) {
    Swift.print(
      SuiteTable.padded(result.name, to: 8) + "  "
        + SuiteTable.duration(result.stepMicroseconds * 1e-6)
        + String(
          format: "%7.1f%%%11.0f%6.0f%%%7.1f MB%13.2f%10.2f s%9.4f", 100 * result.spread,
          result.samplesPerSecond, 100 * result.floorShare,
          Double(result.peakResidentBytes) / 1e6, result.allocationsPerStep,
          result.firstStepSeconds, result.finalLoss))
  }
}
