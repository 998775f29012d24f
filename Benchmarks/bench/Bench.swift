import ArgumentParser

@main
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures Apus against naive code and against bare OpenBLAS.",
    discussion: """
      Every figure is the median of interleaved rounds, and every result is checked. Build with \
      -c release: a debug build measures unoptimised code.
      """,
    subcommands: [GEMMCommand.self],
    defaultSubcommand: GEMMCommand.self)
}
