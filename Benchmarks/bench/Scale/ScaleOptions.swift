import ArgumentParser
import Tensor

/// The options of commands that measure training steps with several numbers of threads.
struct ScaleOptions: ParsableArguments {
  @Option(help: "How many times each step is measured with each number of threads.")
  var rounds = 9

  @OptionGroup var data: DataOptions
  @OptionGroup var file: FileOptions

  func validate() throws {
    if rounds < 1 || rounds > 1000 {
      throw ValidationError("--rounds must be between 1 and 1000, got \(rounds)")
    }
  }

  /// Numbers from a text such as `1,2`, in that order.
  static func counts(_ text: String, option: String, most: Int = 1024) throws -> [Int] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      guard let count = Int(part), 1...most ~= count else {
        throw ValidationError(
          "\(option) must be numbers between 1 and \(most) with commas between them, got \(text)")
      }
      return count
    }
  }
}

/// Times of a training step, by the number of threads.
enum StepTiming {
  /// The rounds measure about so long.
  private static let secondsPerRound = 0.02

  /// Takes turns over the numbers of threads, round by round; the number that was set before is set
  /// afterwards.
  static func measure(_ loop: TrainingLoop, threads: [Int], rounds: Int) -> [Timing] {
    let before = ThreadPool.threadCount
    defer { ThreadPool.threadCount = before }
    let contenders = threads.map { count in
      let run = { (steps: Int) in
        ThreadPool.threadCount = count
        for _ in 0..<steps { _ = loop.step() }
      }
      return Contender(
        name: "\(count)", run: run,
        callsPerRound: Stopwatch.callsPerRound(target: secondsPerRound, run),
        isAlwaysWarmedUp: true, settleMilliseconds: 0)
    }
    return Stopwatch.interleaved(contenders, rounds: rounds)
  }
}
