import ArgumentParser

/// `bench conv`
struct ConvCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conv",
    abstract: "Convolutions of 64 images of 28x28, forward and both gradients.",
    discussion: """
      Sizes are images x channels x rows x columns, and the channels of the result behind a dash. \
      Columns: the median time of a call and its spread (half the range between the quartiles), \
      GFLOP/s, and the share of the peak that the processors reach with multiply-adds on registers.
      """)

  @OptionGroup var options: SuiteOptions

  func run() throws {
    let suite = Suite(
      name: "conv", title: "convolutions in single precision", cases: ConvCases.all)
    try suite.run(options) { SuiteTable.print($0.results) }
  }
}
