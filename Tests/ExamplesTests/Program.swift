import Foundation

/// A program, run as a user runs it.
struct Program {
  private let url: URL

  /// A program of the package.
  init(name: String) { url = Self.folder.appendingPathComponent(name) }

  /// Where a program of the package lies.
  static func path(of name: String) -> String { folder.appendingPathComponent(name).path }

  /// Any other.
  init(url: URL) { self.url = url }

  struct Outcome {
    var status: Int32
    var output: String
    var errors: String
  }

  /// The folder of the programs: where the tests themselves were built.
  private static let folder: URL = {
    #if os(Linux)
      return URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent()
    #else
      let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? .main
      return bundle.bundleURL.deletingLastPathComponent()
    #endif
  }()

  /// Runs the program to its end. The user's cache is an empty folder, so that no test depends on
  /// what an earlier run left there, and proxies lead nowhere, so that none downloads.
  func run(_ arguments: String...) throws -> Outcome {
    try run(arguments: arguments)
  }

  func run(arguments: [String]) throws -> Outcome {
    let process = Process()
    process.executableURL = url
    process.arguments = arguments
    let nowhere = "http://127.0.0.1:9"
    process.environment = ProcessInfo.processInfo.environment.merging(
      [
        "XDG_CACHE_HOME": FileManager.default.temporaryDirectory.path + "/apus-no-cache",
        "http_proxy": nowhere, "https_proxy": nowhere,
      ]
    ) { $1 }
    // Files and not pipes: a program that writes much must not wait for its reader.
    let output = try TemporaryFolder()
    let outputURL = output.url.appendingPathComponent("output")
    let errorsURL = output.url.appendingPathComponent("errors")
    for url in [outputURL, errorsURL] { try Data().write(to: url) }
    process.standardOutput = try FileHandle(forWritingTo: outputURL)
    process.standardError = try FileHandle(forWritingTo: errorsURL)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus,
      output: try String(contentsOf: outputURL, encoding: .utf8),
      errors: try String(contentsOf: errorsURL, encoding: .utf8))
  }
}

/// A folder that goes when the last reference to it goes.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("apus-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  var contents: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: url.path).sorted()) ?? []
  }
}
