import ArgumentParser
import Datasets
import NN
import Tensor

/// The main job: trains a network on handwritten digits or on pictures of clothing.
@main
struct MNIST: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mnist",
    abstract: "Trains a neural network to read handwritten digits.",
    discussion: """
      The data are looked for in --data, in the user's cache, and, for Fashion-MNIST, in the folder \
      of Debian's package dataset-fashion-mnist; else they are downloaded to the cache. Without \
      a network it trains on 5,000 digits that come with the package.
      """)

  @Option(help: "The data set: mnist, fashion, or embedded (5,000 digits that ship with Apus).")
  var dataset = DatasetName.mnist

  @Option(help: ArgumentHelp("The folder of the data set's four IDX files.", valueName: "folder"))
  var data: String?

  @Option(
    help: """
      The network: mlp (784-64-64-10), wide (784-512-512-10) or cnn (convolutions of 32 and 64 \
      channels with pooling, then 1600-128-10), all with ReLU, lstm (an LSTM of 128 over the rows), \
      or vit (a transformer of width 64 over patches of 7 × 7).
      """)
  var model = ModelName.mlp

  @Option(help: "Passes over the training images.")
  var epochs = 5

  @Option(help: "Images per step.")
  var batchSize = 32

  @Option(
    help: "The step size; in the last quarter it falls to zero (default: adam 0.001, sgd 0.05).")
  var learningRate: Double?

  @Option(help: "The optimizer: adam, or sgd with momentum 0.9.")
  var optimizer = OptimizerName.adam

  @Option(help: "Determines the initial weights and the order of the images.")
  var seed: UInt64 = 0

  @Option(help: "Threads (default: all processors). They change the time, not the result.")
  var threads: Int?

  @Option(help: ArgumentHelp("Writes the weights as safetensors.", valueName: "file"))
  var save: String?

  @Option(help: ArgumentHelp("Evaluates these weights instead of training.", valueName: "file"))
  var load: String?

  @Option(help: ArgumentHelp("Writes the course of the training as JSON.", valueName: "file"))
  var metrics: String?

  func validate() throws {
    guard (1...1_000_000).contains(epochs) else {
      throw ValidationError("--epochs must be between 1 and 1000000, got \(epochs)")
    }
    guard (1...1_000_000).contains(batchSize) else {
      throw ValidationError("--batch-size must be between 1 and 1000000, got \(batchSize)")
    }
    // Below, the last small steps would be lost in single precision.
    if let learningRate, !(learningRate >= 1e-30 && learningRate.isFinite) {
      throw ValidationError(
        "--learning-rate must be positive (at least 1e-30) and finite, got \(learningRate)")
    }
    if let threads, threads < 1 || threads > 1024 {
      throw ValidationError("--threads must be between 1 and 1024, got \(threads)")
    }
    guard save == nil || load == nil else {
      throw ValidationError("--load evaluates without training, so there is nothing to --save")
    }
    if let save, save == metrics {
      throw ValidationError("--save and --metrics name one file, \(save); give each its own")
    }
    for (option, path) in [
      ("--data", data), ("--save", save), ("--load", load), ("--metrics", metrics),
    ] where path?.isEmpty == true {
      throw ValidationError("\(option) needs a path")
    }
  }

  func run() throws {
    if let threads { ThreadPool.threadCount = threads }
    // What cannot be written is an error before the training, not after it.
    for (option, path) in [("--save", save), ("--metrics", metrics)] {
      if let path { try OutputFile.check(path, option: option) }
    }
    let terminal = Terminal()
    let (source, name) = try DataSource.load(dataset, from: data, terminal: terminal)

    var random = RandomGenerator(seed: seed)
    let network = model.network()
    network.initialize(using: &random)
    if let load { try network.load(from: load) }

    print(
      "\(source.train.count.grouped) training and \(source.test.count.grouped) test images of "
        + "\(name.title) from \(source.folder)")
    print(
      "\(model): \(Parameters(of: network).elementCount.grouped) parameters, "
        + "\(ThreadPool.threadCount) thread\(ThreadPool.threadCount == 1 ? "" : "s"), seed \(seed)\n"
    )

    var epochMetrics: [EpochMetrics] = []
    if load == nil {
      let training = Training(
        network: network, optimizer: optimizer.make(for: network, learningRate: learningRate),
        data: source, batchSize: batchSize, epochs: epochs)
      epochMetrics = try training.run(using: &random, terminal: terminal)
    }

    let evaluation = Evaluation(of: network, on: source.test)
    guard evaluation.isFinite else { throw NotFiniteError(path: load ?? "the network") }
    evaluation.printReport()

    if let save {
      try network.save(to: save, metadata: ["dataset": name.rawValue, "model": model.rawValue])
      print("weights written to \(save)")
    }
    if let metrics {
      let report = Metrics(
        epochs: epochMetrics, testAccuracy: evaluation.accuracy,
        peakResidentBytes: Metrics.peakResidentBytes, seed: seed,
        threads: ThreadPool.threadCount, dataset: name.rawValue, model: model.rawValue,
        machine: .current)
      try report.write(to: metrics)
      print("metrics written to \(metrics)")
    }
  }
}

/// The network gives something else than numbers.
struct NotFiniteError: Error, CustomStringConvertible {
  let path: String

  var description: String {
    "\(path): the outputs are infinite or not numbers; the weights come from a training that diverged"
  }
}
