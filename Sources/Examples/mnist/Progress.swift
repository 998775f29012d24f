import Foundation

/// Where lines go: a terminal, where the last one can be written over, or a file or pipe.
struct Terminal {
  private let isInteractive = isatty(STDOUT_FILENO) == 1

  /// Writes over the last line; nothing where that is not possible.
  func update(_ line: String) {
    guard isInteractive else { return }
    write("\r\u{1B}[K\(line.prefix(width - 1))")
  }

  /// Takes the line of `update` away.
  func clear() {
    guard isInteractive else { return }
    write("\r\u{1B}[K")
  }

  /// Writes a line that stays, in place of the one of `update`.
  func finish(_ line: String) {
    write((isInteractive ? "\r\u{1B}[K" : "") + line + "\n")
  }

  /// Past the buffer of `print`, so that a line shows at once, in a pipe too.
  private func write(_ text: String) {
    fflush(nil)
    FileHandle.standardOutput.write(Data(text.utf8))
  }

  private var width: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return 80 }
    return Int(size.ws_col)
  }
}

/// The line that shows how an epoch gets on.
struct Progress {
  private let epoch: Int
  private let epochs: Int
  private let imageCount: Int
  private var nextUpdate: ContinuousClock.Instant

  init(epoch: Int, of epochs: Int, imageCount: Int) {
    self.epoch = epoch
    self.epochs = epochs
    self.imageCount = imageCount
    nextUpdate = .now
  }

  /// Ten times a second.
  mutating func isDue(at now: ContinuousClock.Instant) -> Bool {
    guard now >= nextUpdate else { return false }
    nextUpdate = now + .milliseconds(100)
    return true
  }

  func line(images: Int, loss: Double, accuracy: Double, seconds: Double) -> String {
    let share = Double(images) / Double(imageCount)
    let filled = Int(share * 8)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 8 - filled)
    // The epochs that have not begun take as long as this one.
    let left = seconds / share * (1 - share + Double(epochs - epoch))
    return title + " \(bar) " + figures(loss, accuracy)
      + "  \(Int(Double(images) / seconds).grouped) images/s  \(Self.time(left)) left"
  }

  func finalLine(_ metrics: EpochMetrics) -> String {
    title + " " + figures(metrics.loss, metrics.trainAccuracy)
      + String(format: "  test %5.2f %%", 100 * metrics.testAccuracy)
      + String(format: "  %.2f s", metrics.seconds)
      + "  \(Int(Double(imageCount) / metrics.seconds).grouped) images/s"
      + String(format: "  %.0f µs a step", metrics.stepMicroseconds)
  }

  private var title: String {
    let digits = String(epochs).count
    return "epoch \(String(repeating: " ", count: digits - String(epoch).count))\(epoch)/\(epochs)"
  }

  private func figures(_ loss: Double, _ accuracy: Double) -> String {
    String(format: "loss %.4f  accuracy %5.2f %%", loss, 100 * accuracy)
  }

  private static func time(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded(.up))
    return String(format: "%d:%02d", whole / 60, whole % 60)
  }
}

extension Int {
  /// With commas between the thousands.
  var grouped: String {
    var digits = Array(String(magnitude))
    var place = digits.count - 3
    while place > 0 {
      digits.insert(",", at: place)
      place -= 3
    }
    return (self < 0 ? "-" : "") + String(digits)
  }
}
