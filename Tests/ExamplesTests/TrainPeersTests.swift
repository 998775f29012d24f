import Foundation
import Testing

/// The peers' sides of `bench train`, whose lists need Python 3 and no library.
@Suite struct TrainPeersTests {
  /// Names and settings by `--list` of `Benchmarks/peers/train_LIBRARY.py`; nil without Python.
  private func list(_ library: String) throws -> [(workload: String, setting: String)]? {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Benchmarks/peers/train_\(library).py").standardizedFileURL
    let env = Program(url: URL(fileURLWithPath: "/usr/bin/env"))
    let list = try env.run(arguments: ["python3", "-B", script.path, "--list"])
    if list.status == 127 { return nil }
    #expect(list.errors == "")
    return list.output.split(separator: "\n").map {
      let parts = $0.split(separator: "\t")
      return (String(parts[0]), parts.count == 2 ? String(parts[1]) : "")
    }
  }

  /// PyTorch trains all workloads of Apus, JAX and Keras those without recurrence and attention.
  @Test(arguments: [
    ("pytorch", ["mlp32", "mlp512", "cnn", "lstm", "gpt"]),
    ("jax", ["mlp32", "mlp512", "cnn"]), ("keras", ["mlp32", "mlp512", "cnn"]),
  ])
  func peersTrainTheSameWorkloads(library: String, wanted: [String]) throws {
    // What the program knows it says when asked for something else.
    let refused = try Program(name: "bench").run("train", "--workload", "nonsense")
    let line = String(refused.errors.prefix { $0 != "\n" })
    let known = line.split(separator: "'").enumerated().filter { $0.offset % 2 == 1 }
      .map { String($0.element) }.filter { $0 != "nonsense" && !$0.hasPrefix("--") }
    #expect(known == ["mlp32", "mlp512", "cnn", "lstm", "gpt"], "\(line)")
    guard let list = try list(library) else { return }
    var names: [String] = []
    for (workload, setting) in list {
      if names.last != workload { names.append(workload) }
      #expect(!setting.isEmpty)
    }
    #expect(names == wanted)
    #expect(Set(names).isSubset(of: known))
    let settings = list.map { "\($0.workload) \($0.setting)" }
    #expect(Set(settings).count == settings.count)
  }
}
