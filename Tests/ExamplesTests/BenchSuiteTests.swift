import Foundation
import Testing

/// The suites of `bench`, of which these run small parts.
@Suite struct BenchSuiteTests {
  private let bench = Program(name: "bench")

  private struct Report: Decodable {
    struct Machine: Decodable {
      var processor: String
      var processorCount: Int
    }
    struct Result: Decodable {
      struct Seconds: Decodable {
        var median: Double
        var minimum: Double
        var maximum: Double
      }
      var name: String
      var size: String
      var threads: Int
      var calls: Int
      var rounds: Int
      var seconds: Seconds
      var spread: Double
      var gigabytesPerSecond: Double?
      var shareOfCopy: Double?
      var gigaflops: Double?
      var shareOfPeak: Double?
      var meanMagnitude: Double?
    }
    var schema: Int
    var suite: String
    var program: String
    var machine: Machine
    var versions: [String: String]
    var results: [Result]
  }

  private func report(_ arguments: String...) throws -> (Report, output: String) {
    let folder = try TemporaryFolder()
    let outcome = try bench.run(
      arguments: arguments + [
        "--rounds", "2", "--threads", "1", "--json", folder.path("figures.json"),
      ])
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
    let data = try Data(contentsOf: URL(fileURLWithPath: folder.path("figures.json")))
    return (try JSONDecoder().decode(Report.self, from: data), outcome.output)
  }

  @Test func operationsAreMeasuredAndReported() throws {
    let (report, output) = try report("ops", "--filter", "ADD 1024,sum of squares all 1024")
    #expect(report.schema == 1)
    #expect(report.suite == "ops")
    #expect(report.program == "Apus")
    #expect(report.machine.processorCount >= 1)
    #expect(report.versions["OpenBLAS"] != nil)
    let names = [
      "add", "add in place", "add scalar", "add row", "add column", "add transposed",
      "sum of squares all",
    ]
    #expect(report.results.map(\.name) == names)
    #expect(output.contains("1 thread, medians of 2 rounds"))
    for result in report.results {
      #expect(output.contains("\n\(result.name) "))
      #expect(result.size == "1024" && result.threads == 1 && result.rounds == 2)
      #expect(result.calls >= 1)
      let seconds = result.seconds
      #expect(seconds.minimum > 0 && seconds.minimum <= seconds.median)
      #expect(seconds.median <= seconds.maximum)
      #expect(result.spread >= 0)
      #expect(try #require(result.shareOfCopy) > 0)
      #expect(result.gigaflops == nil && result.shareOfPeak == nil)
      let magnitude = try #require(result.meanMagnitude)
      // Operands are in −4…4, so that sums have a mean magnitude of about 8/3.
      #expect(magnitude > 0.5 && (magnitude < 4 || result.name == "sum of squares all"))
    }
    let add = try #require(report.results.first)
    let rate = try #require(add.gigabytesPerSecond)
    #expect(abs(rate * 1e9 * add.seconds.median / (3 * 4 * 1024) - 1) < 1e-6)
  }

  @Test func productsMakeAMap() throws {
    let (report, output) = try report("matmul", "--filter", "square 16,batch 512x8x8x8")
    #expect(
      report.results.map { "\($0.name) \($0.size)" } == [
        "square 16", "square TN 16", "square NT 16", "square TT 16", "batch 512x8x8x8",
        "batch NT 512x8x8x8",
      ])
    for result in report.results {
      let rate = try #require(result.gigaflops)
      let operations = result.size == "16" ? 2.0 * 16 * 16 * 16 : 2.0 * 512 * 8 * 8 * 8
      #expect(abs(rate * 1e9 * result.seconds.median / operations - 1) < 1e-6)
      #expect(try #require(result.shareOfPeak) > 0)
      #expect(result.gigabytesPerSecond == nil && result.shareOfCopy == nil)
    }
    let lines = output.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("  size           A·B          Aᵀ·B") })
    #expect(lines.contains { $0.hasPrefix("    16 ") })
    #expect(lines.contains { $0.hasPrefix("batch NT") })
    // No terminal, no colours.
    #expect(!output.contains("\u{1B}"))
  }

  @Test func convolutionsAreMeasuredBothWays() throws {
    let (report, output) = try report("conv", "--filter", "depthwise")
    let names = report.results.map(\.name)
    #expect(
      names == ["depthwise 3x3", "depthwise 3x3 input gradient", "depthwise 3x3 weight gradient"])
    for result in report.results {
      #expect(result.size == "64x32x28x28-32")
      #expect(try #require(result.gigaflops) > 0)
      #expect(output.contains("\n\(result.name) "))
    }
  }

  @Test func listsWhatItMeasures() throws {
    let outcome = try bench.run("ops", "--list", "--filter", "softmax 768x768")
    #expect(outcome.status == 0)
    #expect(outcome.output == "softmax\t768x768\nlog softmax\t768x768\n")
  }

  @Test func helpNamesTheSuites() throws {
    let help = try bench.run("--help").output
    for name in ["gemm (default)", "ops", "matmul", "conv", "train"] {
      #expect(help.contains("\n  \(name) "))
    }
    for suite in ["ops", "matmul", "conv"] {
      let text = try bench.run(suite, "--help").output
      for option in ["--threads", "--json", "--rounds", "--filter", "--list"] {
        #expect(text.contains(option))
      }
    }
  }

  @Test(arguments: [
    (["ops", "--rounds", "0"], "Error: --rounds must be between 1 and 1000, got 0"),
    (["ops", "--threads", "0"], "Error: --threads must be between 1 and 1024, got 0"),
    (
      ["ops", "--filter", "frobnicate"],
      "Error: --filter: no case matches 'frobnicate'; bench ops --list shows them"
    ),
    (["ops", "--quick"], "Error: Unknown option '--quick'"),
    (
      ["ops", "--filter", "add 1024", "--json", "/tmp"],
      "Error: --json: /tmp: cannot write: it is a folder, expected a file"
    ),
  ])
  func badOptions(arguments: [String], message: String) throws {
    let outcome = try bench.run(arguments: arguments)
    #expect(outcome.status != 0)
    #expect(outcome.errors.split(separator: "\n").first.map(String.init) == message)
  }

  /// The peers' lists need Python 3 and no library.
  @Test(arguments: ["ops", "matmul", "conv"])
  func peersHaveTheSameCases(suite: String) throws {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Benchmarks/peers/\(suite).py").standardizedFileURL
    let peers = Program(url: URL(fileURLWithPath: "/usr/bin/env"))
    let list = try peers.run(arguments: ["python3", "-B", script.path, "--list"])
    // 127: there is no Python.
    if list.status == 127 { return }
    #expect(list.errors == "")
    #expect(try bench.run(suite, "--list").output == list.output)
  }
}
