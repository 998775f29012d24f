import ArgumentParser

/// `bench ops`
struct OpsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ops",
    abstract: "Array operations: elementwise, comparisons, reductions, softmax, gather, copies.",
    discussion: """
      Columns: the median time of a call and its spread (half the range between the quartiles), \
      GB/s, where operands count once and the result once, and the share of copy: the time that \
      copying as many bytes takes, over the time of the call.
      """)

  @OptionGroup var options: SuiteOptions

  func run() throws {
    let suite = Suite(
      name: "ops", title: "array operations in single precision", cases: OpsCases.all)
    try suite.run(options) { SuiteTable.print($0.results) }
  }
}
