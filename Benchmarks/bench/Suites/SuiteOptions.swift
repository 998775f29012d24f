import ArgumentParser

/// The options of a suite: a command that measures many cases in one run.
struct SuiteOptions: ParsableArguments {
  @OptionGroup var common: CommonOptions

  @Option(help: "How many times each case is measured; the median counts.")
  var rounds = 7

  @Option(
    help: ArgumentHelp(
      "Measures only cases whose name and size contain the words, in any case; commas separate "
        + "alternatives: --filter \"exp 1024,softmax\".", valueName: "words"))
  var filter: String?

  @Flag(help: "Prints names and sizes of the cases and measures nothing.")
  var list = false

  func validate() throws {
    if rounds < 1 || rounds > 1000 {
      throw ValidationError("--rounds must be between 1 and 1000, got \(rounds)")
    }
  }

  /// The cases that the filter leaves; throws if it leaves none.
  func selected(of cases: [BenchCase], suite: String) throws -> [BenchCase] {
    guard let filter else { return cases }
    let alternatives = filter.lowercased().split(separator: ",")
      .map { $0.split(separator: " ") }
      .filter { !$0.isEmpty }
    let chosen = cases.filter { item in
      let text = "\(item.name) \(item.size)".lowercased()
      return alternatives.contains { $0.allSatisfy { text.contains($0) } }
    }
    guard !chosen.isEmpty else {
      throw ValidationError(
        "--filter: no case matches '\(filter)'; bench \(suite) --list shows them")
    }
    return chosen
  }
}
