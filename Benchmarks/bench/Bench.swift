import ArgumentParser

@main
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures Apus against naive code, bare OpenBLAS, a copy and the machine's peak.",
    discussion: """
      Every figure is the median of interleaved rounds. Build with -c release: a debug build \
      measures unoptimised code. scripts/compare-peers runs the suites beside NumPy and PyTorch.
      """,
    subcommands: [
      GEMMCommand.self, OpsCommand.self, MatmulCommand.self, ConvCommand.self,
      TrainCommand.self, ScaleCommand.self, CoresCommand.self,
    ],
    defaultSubcommand: GEMMCommand.self)
}
