import Tensor

/// The file of `--json`, except that of `bench gemm`; `Benchmarks/README.md` describes it.
struct Report<Result: Encodable>: Encodable {
  var schema = 1
  /// The name of the command.
  var suite: String
  var program = "Apus"
  var machine: Host
  var versions: [String: String]
  var results: [Result]

  init(suite: String, machine: Machine, results: [Result]) {
    self.suite = suite
    self.machine = Host(processor: machine.processor, processorCount: machine.processorCount)
    versions = [
      "OpenBLAS": "\(machine.openBLAS) (\(machine.openBLASCore))",
      "kernels": machine.instructionSet,
    ]
    self.results = results
  }

  struct Host: Codable {
    var processor: String
    var processorCount: Int
  }
}

extension Report: Decodable where Result: Decodable {}
