import Foundation
import Testing

/// `bench scale` and `bench cores`, on small networks.
@Suite struct BenchScaleTests {
  private let bench = Program(name: "bench")

  private struct Report<Result: Decodable>: Decodable {
    var schema: Int
    var suite: String
    var program: String
    var versions: [String: String]
    var results: [Result]
  }

  private struct Step: Decodable {
    var sweep: String
    var value: Int
    var threads: Int
    var rounds: Int
    var stepMicroseconds: Double
    var spread: Double
    var samplesPerSecond: Double
    var parameterCount: Int
    var multiplyAddsPerStep: Int
    var gigaflops: Double
    var peakGigaflops: Double
    var floorShare: Double
  }

  private struct Cores: Decodable {
    var name: String
    var cores: Int
    var estimatedMicroseconds: Double
    var measuredMicroseconds: Double?
    var estimatedSpeedUp: Double
    var measuredSpeedUp: Double?
    var forksPerStep: Int
    var sharedPart: Double
  }

  private func report<Result: Decodable>(
    _ suite: String, _ arguments: [String]
  ) throws -> (Report<Result>, output: String) {
    let folder = try TemporaryFolder()
    let outcome = try bench.run(
      arguments: [suite, "--rounds", "1", "--json", folder.path("figures.json")] + arguments)
    #expect(outcome.status == 0 && outcome.errors == "")
    let data = try Data(contentsOf: URL(fileURLWithPath: folder.path("figures.json")))
    let report = try JSONDecoder().decode(Report<Result>.self, from: data)
    #expect(report.schema == 1 && report.suite == suite && report.program == "Apus")
    #expect(report.versions["kernels"] != nil)
    return (report, outcome.output)
  }

  /// Parameters, and multiply-adds of a step by hand: the forward pass, the gradient of the weights,
  /// and that of the inputs where there is a parameter before them.
  @Test(arguments: [
    (
      "width", 16, 128, 784 * 16 + 16 + 16 * 16 + 16 + 16 * 10 + 10,
      128 * (2 * 784 * 16 + 3 * 16 * 16 + 3 * 16 * 10)
    ),
    ("depth", 1, 128, 784 * 256 + 256 + 256 * 10 + 10, 128 * (2 * 784 * 256 + 3 * 256 * 10)),
    (
      "batch", 2, 2, 784 * 512 + 512 + 512 * 512 + 512 + 512 * 10 + 10,
      2 * (2 * 784 * 512 + 3 * 512 * 512 + 3 * 512 * 10)
    ),
  ])
  func aSweepTrainsTheNetworkOfItsValue(
    sweep: String, value: Int, batch: Int, parameters: Int, multiplyAdds: Int
  ) throws {
    let (report, output): (Report<Step>, String) = try report(
      "scale", ["--sweep", sweep, "--values", "\(value)", "--threads", "1,2"])
    #expect(report.results.map(\.threads) == [1, 2])
    for result in report.results {
      #expect(result.sweep == sweep && result.value == value && result.rounds == 1)
      #expect(result.parameterCount == parameters)
      #expect(result.multiplyAddsPerStep == multiplyAdds)
      let seconds = result.stepMicroseconds * 1e-6
      #expect(seconds > 0 && result.spread == 0)
      #expect(abs(result.samplesPerSecond * seconds / Double(batch) - 1) < 1e-6)
      #expect(abs(result.gigaflops * 1e9 * seconds / Double(2 * multiplyAdds) - 1) < 1e-6)
      #expect(abs(result.gigaflops / result.peakGigaflops / result.floorShare - 1) < 1e-6)
    }
    let lines = output.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("\(sweep) ") && $0.hasSuffix("  speed-up") })
    #expect(lines.contains { $0.hasPrefix(String(repeating: " ", count: 4)) && $0.contains("%") })
  }

  @Test func windowsOfTextAreAsLongAsAskedFor() throws {
    let (report, _): (Report<Step>, String) = try report(
      "scale", ["--sweep", "length", "--values", "4,8", "--threads", "1"])
    #expect(report.results.map(\.value) == [4, 8])
    // A position more is a row of 128 parameters more.
    #expect(report.results[1].parameterCount - report.results[0].parameterCount == 4 * 128)
    #expect(report.results[0].parameterCount == 818_241 - 60 * 128)
  }

  @Test func estimatesMoreCoresThanThereAre() throws {
    let (report, output): (Report<Cores>, String) = try report(
      "cores", ["--workload", "mlp32", "--cores", "1,1000"])
    #expect(report.results.map(\.cores) == [1, 1000])
    let (one, many) = (report.results[0], report.results[1])
    #expect(one.name == "mlp32" && many.name == "mlp32")
    #expect(one.estimatedMicroseconds > 0 && abs(one.estimatedSpeedUp - 1) < 1e-6)
    #expect(try #require(one.measuredMicroseconds) > 0 && one.measuredSpeedUp == 1)
    #expect(one.forksPerStep > 0 && one.sharedPart > 0 && one.sharedPart < 1)
    #expect(many.measuredMicroseconds == nil && many.measuredSpeedUp == nil)
    #expect(many.estimatedMicroseconds > 0)
    // What is not shared stays, save for the noise between two runs.
    #expect(many.estimatedSpeedUp < 1.5 / (1 - many.sharedPart))
    #expect(output.contains("\nmlp32      1000  "))
  }

  private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../scripts/plot-scale").standardizedFileURL.path

  /// The picture of two points with one thread and two, in one panel. Without Python nothing is
  /// tested.
  @Test func theFiguresCanBeDrawn() throws {
    let folder = try TemporaryFolder()
    let points = [(16, 1, 900), (16, 2, 700), (32, 1, 3_000), (32, 2, 1_800)].map {
      """
      {"sweep": "width", "value": \($0), "threads": \($1), "stepMicroseconds": \($2),
       "floorShare": 0.5, "multiplyAddsPerStep": \(1_000_000 * $0), "peakGigaflops": \(100 * $1)}
      """
    }
    let report = #"{"suite": "scale", "results": [\#(points.joined(separator: ","))]}"#
    try Data(report.utf8).write(to: URL(fileURLWithPath: folder.path("a.json")))
    let env = Program(url: URL(fileURLWithPath: "/usr/bin/env"))
    let outcome = try env.run(
      "python3", Self.script, folder.path("a.json"), "-o", folder.path("a.svg"))
    if outcome.status == 127 { return }
    #expect(outcome.status == 0 && outcome.errors == "")
    #expect(outcome.output.contains("\n| 32 | 3 ms | 0.50 | 1.8 ms | 0.50 | 1.67 |\n"))
    let picture = try String(
      decoding: Data(contentsOf: URL(fileURLWithPath: folder.path("a.svg"))), as: UTF8.self)
    for text in ["Width", "1 thread", "2 threads", "16", "32", "1 ms"] {
      #expect(picture.contains(">\(text)</text>"), "\(text)")
    }
    #expect(picture.components(separatedBy: "<circle").count - 1 == points.count)
    let picturesOfOthers = try env.run("python3", Self.script, Self.script, "-o", "/dev/null")
    #expect(picturesOfOthers.status == 1)
    #expect(picturesOfOthers.errors.hasPrefix("plot-scale: \(Self.script): "))
  }

  @Test(arguments: [
    (
      ["scale", "--threads", "1,0"],
      "Error: --threads must be numbers between 1 and 1024 with commas between them, got 1,0"
    ),
    (
      ["scale", "--threads", ""],
      "Error: --threads must be numbers between 1 and 1024 with commas between them, got "
    ),
    (
      ["cores", "--cores", "1,,2"],
      "Error: --cores must be numbers between 1 and 1024 with commas between them, got 1,,2"
    ),
    (["scale", "--values", "3"], "Error: --values needs --sweep, which says of what"),
    (
      ["scale", "--sweep", "width", "--values", "0"],
      "Error: --values must be numbers between 1 and 65536 with commas between them, got 0"
    ),
    (
      ["scale", "--sweep", "batch", "--values", "5000", "--threads", "1", "--rounds", "1"],
      "Error: a batch of 5000 needs as many images; there are 4000"
    ),
    (["scale", "--rounds", "0"], "Error: --rounds must be between 1 and 1000, got 0"),
    (
      ["cores", "--json", "/tmp"],
      "Error: --json: /tmp: cannot write: it is a folder, expected a file"
    ),
  ])
  func badOptions(arguments: [String], message: String) throws {
    let outcome = try bench.run(arguments: arguments)
    #expect(outcome.status != 0)
    #expect(outcome.errors.split(separator: "\n").first.map(String.init) == message)
  }
}
