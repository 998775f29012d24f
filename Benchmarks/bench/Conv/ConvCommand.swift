import ArgumentParser

/// `bench conv`
struct ConvCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conv",
    abstract: "Convolutions and pooling of 64 images of 28x28, forward and gradients.",
    discussion: """
      Sizes are images x channels x rows x columns, and the channels of the result behind a dash. \
      Columns: the median time of a call and its spread (half the range between the quartiles), \
      GFLOP/s, and the share of the peak that the processors reach with multiply-adds on registers; \
      for pooling GB/s, and the share of copy as of bench ops.
      """)

  @OptionGroup var options: SuiteOptions

  func run() throws {
    let suite = Suite(
      name: "conv", title: "convolutions in single precision", cases: ConvCases.all)
    try suite.run(options) { report in
      let pooling = report.results.filter { $0.shareOfCopy != nil }
      SuiteTable.print(report.results.filter { $0.shareOfPeak != nil })
      if !pooling.isEmpty && pooling.count < report.results.count { print() }
      SuiteTable.print(pooling)
    }
  }
}
