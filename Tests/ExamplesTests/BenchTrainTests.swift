import Foundation
import Testing

/// `bench train`, with a few steps.
@Suite struct BenchTrainTests {
  private let bench = Program(name: "bench")

  private struct Report: Decodable {
    struct Result: Decodable {
      var name: String
      var threads: Int
      var steps: Int
      var stepMicroseconds: Double
      var samplesPerSecond: Double
      var multiplyAddsPerStep: Int
      var floorShare: Double
      var peakResidentBytes: Int
      var allocationsPerStep: Double
      var firstStepSeconds: Double
      var parameterCount: Int
      var finalLoss: Double
    }
    var schema: Int
    var suite: String
    var program: String
    var results: [Result]
  }

  /// Multiply-adds of a step by hand: the forward pass, the gradient of the weights, and that of the
  /// inputs where there is a parameter before them.
  private static let facts: [(name: String, parameters: Int, multiplyAdds: Int)] = [
    ("mlp32", 55_050, 32 * (2 * 784 * 64 + 3 * 64 * 64 + 3 * 64 * 10)),
    ("lstm", 82_186, 64 * (28 * 512 * (2 * 28 + 3 * 128) + 3 * 1280)),
  ]

  @Test(arguments: facts.map(\.name))
  func trainsAndReports(workload: String) throws {
    let folder = try TemporaryFolder()
    let outcome = try bench.run(
      "train", "--workload", workload, "--steps", "6", "--threads", "1", "--json",
      folder.path("figures.json"))
    #expect(outcome.status == 0 && outcome.errors == "")
    let report = try JSONDecoder().decode(
      Report.self, from: Data(contentsOf: URL(fileURLWithPath: folder.path("figures.json"))))
    #expect(report.schema == 1 && report.suite == "train" && report.program == "Apus")
    let result = try #require(report.results.first)
    let facts = try #require(Self.facts.first { $0.name == workload })
    #expect(report.results.count == 1 && result.name == workload)
    #expect(result.threads == 1 && result.steps == 6)
    #expect(result.parameterCount == facts.parameters)
    #expect(result.multiplyAddsPerStep == facts.multiplyAdds)
    #expect(result.stepMicroseconds > 0 && result.firstStepSeconds > 0)
    #expect(result.floorShare > 0 && result.peakResidentBytes > 1 << 20)
    #expect(result.allocationsPerStep == 0)
    #expect(result.finalLoss > 1 && result.finalLoss < 3)
    #expect(outcome.output.contains("\n\(workload) "))
  }

  @Test func theProfileNamesOperationsAndLayers() throws {
    let folder = try TemporaryFolder()
    let shell = Program(url: URL(fileURLWithPath: "/bin/sh"))
    let outcome = try shell.run(
      "-c",
      "cd '\(folder.url.path)' && '\(Program.path(of: "bench"))' train --workload mlp32 --steps 3 --profile"
    )
    #expect(outcome.status == 0)
    for text in ["linear ", "relu ", "softmaxCrossEntropy ", "Adam update ", "0 (Linear) "] {
      #expect(outcome.output.contains("\n" + text))
    }
    #expect(folder.contents == ["apus-mlp32.trace.json"])
    let trace = try Data(contentsOf: URL(fileURLWithPath: folder.path("apus-mlp32.trace.json")))
    #expect(try JSONSerialization.jsonObject(with: trace) is [String: Any])
  }

  @Test(arguments: [
    (["--steps", "2"], "Error: --steps must be between 3 and 1000000, got 2"),
    (
      ["--workload", "gpt", "--text", "/nowhere"], "Error: --text: /nowhere cannot be read"
    ),
  ])
  func badOptions(arguments: [String], message: String) throws {
    let outcome = try bench.run(arguments: ["train"] + arguments)
    #expect(outcome.status != 0)
    #expect(outcome.errors.split(separator: "\n").first.map(String.init) == message)
  }
}
