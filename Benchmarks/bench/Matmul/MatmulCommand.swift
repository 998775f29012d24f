import ArgumentParser

/// `bench matmul`
struct MatmulCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "matmul",
    abstract:
      "Matrix products: a heat map of sizes and transposes, batches, products with vectors.",
    discussion: """
      Products of square matrices make a map, a row for each size and a column for each way in which \
      the operands are stored: GFLOP/s and the share of the peak that the processors reach with \
      multiply-adds on registers. Other products follow as a table; batches have the size \
      batch x rows x inner x columns. A terminal shows the shares as colours, unless NO_COLOR is set.
      """)

  @OptionGroup var options: SuiteOptions

  func run() throws {
    let suite = Suite(
      name: "matmul", title: "matrix products in single precision", cases: MatmulCases.all)
    try suite.run(options) { report in
      let map = HeatMap(report.results)
      map.print()
      let others = report.results.filter { !map.shows($0) }
      if !others.isEmpty && others.count < report.results.count { print() }
      SuiteTable.print(others)
    }
  }
}
