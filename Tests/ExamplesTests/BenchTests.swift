import Foundation
import Testing

@Suite struct BenchTests {
  private let bench = Program(name: "bench")

  private struct Report: Decodable {
    struct Result: Decodable {
      var name: String
      var m: Int
      var n: Int
      var k: Int
      var batch: Int
      var threads: Int
      var apusSeconds: Double
      var cblasSeconds: Double
      var naiveSeconds: Double
      var gflops: Double
    }

    var results: [Result]
  }

  @Test func measuresChecksAndReports() throws {
    let folder = try TemporaryFolder()
    let outcome = try bench.run("--quick", "--threads", "1", "--json", folder.path("bench.json"))
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
    let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    #if DEBUG
      let warning =
        "These figures are those of an unoptimised build; for real ones: "
        + "swift run -c release bench"
      #expect(lines.first.map(String.init) == warning)
      #expect(lines.last.map(String.init) == warning)
    #else
      #expect(lines.first == "Apus bench: matrix products in single precision")
    #endif
    #expect(outcome.output.contains("OpenBLAS"))
    #expect(outcome.output.contains("1 thread for Apus, 1 for cblas_sgemm; measured peak"))

    let report = try JSONDecoder().decode(
      Report.self, from: Data(contentsOf: URL(fileURLWithPath: folder.path("bench.json"))))
    #expect(report.results.contains { ($0.m, $0.n, $0.k) == (1024, 1024, 1024) })
    #expect(report.results.contains { ($0.m, $0.n, $0.k) == (32, 64, 784) })
    #expect(report.results.contains { $0.batch > 1 })
    for result in report.results {
      #expect(result.threads == 1)
      #expect(result.apusSeconds > 0 && result.cblasSeconds > 0 && result.naiveSeconds > 0)
      let operations = 2.0 * Double(result.batch * result.m * result.n * result.k)
      #expect(abs(result.gflops * 1e9 * result.apusSeconds / operations - 1) < 1e-6)
    }
  }

  @Test(arguments: [
    (["--threads", "0"], "Error: --threads must be between 1 and 1024, got 0"),
    (["--threads", "two"], "Error: The value 'two' is invalid for '--threads <threads>'"),
    (["--frobnicate"], "Error: Unknown option '--frobnicate'"),
    (["--json", "/tmp"], "Error: --json: /tmp: cannot write: it is a folder, expected a file"),
    (["--json", ""], "Error: --json needs the name of a file"),
    (
      ["--json", "/nonexistent/x"],
      "Error: --json: /nonexistent/x: cannot create a file beside it: No such file or directory"
    ),
  ])
  func badOptions(arguments: [String], message: String) throws {
    let outcome = try bench.run(arguments: arguments)
    #expect(outcome.status != 0)
    #expect(outcome.errors.split(separator: "\n").first.map(String.init) == message)
  }
}
