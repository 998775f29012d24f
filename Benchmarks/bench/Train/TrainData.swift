import ArgumentParser
import Datasets
import Foundation
import NN
import Tensor

/// The options that say what networks learn from.
struct DataOptions: ParsableArguments {
  @Option(help: "Where all random numbers come from.")
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "The folder of MNIST's four IDX files (default: the 5,000 images that come with Apus).",
      valueName: "folder"))
  var data: String?

  @Option(
    help: ArgumentHelp(
      "The text that gpt learns, of at most 65 different bytes (default: one that is made up).",
      valueName: "file"))
  var text: String?

  var trainData: TrainData { TrainData(folder: data, text: text, seed: seed) }

  /// The same options for another process.
  var arguments: [String] {
    ["--seed", "\(seed)"] + (data.map { ["--data", $0] } ?? [])
      + (text.map { ["--text", $0] } ?? [])
  }

  /// What it is, in a line.
  var summary: String { "images \(data ?? "of the package"), text \(text ?? "made up")" }
}

/// What the workloads learn from, in memory.
struct TrainData {
  /// The folder of MNIST's IDX files; nil for the small part of it that comes with the package.
  var folder: String?
  /// A text file; nil for a text that is made up.
  var text: String?
  /// Where all random numbers of a training come from.
  var seed: UInt64

  func images() throws -> LabeledImages {
    try ImageClassificationData.loadTrain(folder == nil ? .embedded : .mnist, from: folder)
  }

  /// The text as numbers of its characters in their order.
  func tokens(vocabulary: Int) throws -> [Int32] {
    guard let text else { return Self.madeUpTokens(vocabulary: vocabulary) }
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(fileURLWithPath: text))
    } catch {
      throw Unusable(description: "--text: \(text) cannot be read")
    }
    let characters = Set(bytes).sorted()
    guard characters.count <= vocabulary else {
      throw Unusable(
        description: "--text: \(text) has \(characters.count) different bytes, and the workload "
          + "knows \(vocabulary)")
    }
    guard bytes.count > 1000 else {
      throw Unusable(description: "--text: \(text) has \(bytes.count) bytes, at least 1000 needed")
    }
    var numbers = [Int32](repeating: 0, count: 256)
    for (number, character) in characters.enumerated() { numbers[Int(character)] = Int32(number) }
    return bytes.map { numbers[Int($0)] }
  }

  /// A chain in which each token has four likely successors.
  private static func madeUpTokens(vocabulary: Int) -> [Int32] {
    var random = RandomGenerator(seed: 1)
    let successors = (0..<vocabulary).map { _ in
      (0..<4).map { _ in Int32.random(in: 0..<Int32(vocabulary), using: &random) }
    }
    var token: Int32 = 0
    return (0..<200_000).map { _ in
      token = successors[Int(token)][Int.random(in: 0..<4, using: &random)]
      return token
    }
  }

  struct Unusable: Error, CustomStringConvertible {
    var description: String
  }
}
