import Foundation
import Testing

@Suite struct MNISTTests {
  private let mnist = Program(name: "mnist")

  private struct Metrics: Decodable {
    struct Epoch: Decodable {
      var loss: Double
      var trainAccuracy: Double
      var testAccuracy: Double
      var seconds: Double
      var stepMicroseconds: Double
    }
    struct Machine: Decodable {
      var processor: String
    }

    var epochs: [Epoch]
    var testAccuracy: Double
    var peakResidentBytes: Int
    var seed: Int
    var threads: Int
    var dataset: String
    var model: String
    var machine: Machine

    init(path: String) throws {
      self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }
  }

  @Test func trainsAndSaysHowItGoes() throws {
    let folder = try TemporaryFolder()
    let outcome = try mnist.run(
      "--dataset", "embedded", "--epochs", "2", "--seed", "3", "--metrics", folder.path("m.json"))
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines[0].hasPrefix("4,000 training and 1,000 test images of MNIST-5k from "))
    #expect(lines[1].hasPrefix("mlp: 55,050 parameters, "))
    #expect(lines.filter { $0.hasPrefix("epoch ") }.count == 2)
    #expect(lines.contains { $0.hasPrefix("test accuracy ") })
    #expect(outcome.output.contains("the surest mistakes:"))
    #expect(!outcome.output.contains("\u{1B}"), "no terminal, no control sequences")

    let metrics = try Metrics(path: folder.path("m.json"))
    #expect(metrics.epochs.count == 2)
    #expect(metrics.epochs[1].loss < metrics.epochs[0].loss)
    #expect(metrics.epochs[1].trainAccuracy > metrics.epochs[0].trainAccuracy)
    #expect(metrics.testAccuracy > 0.85)
    #expect(metrics.testAccuracy == metrics.epochs[1].testAccuracy)
    #expect(metrics.epochs.allSatisfy { $0.seconds > 0 && $0.stepMicroseconds > 0 })
    #expect(metrics.peakResidentBytes > 1_000_000)
    #expect(metrics.seed == 3)
    #expect(metrics.dataset == "embedded")
    #expect(metrics.model == "mlp")
    #expect(!metrics.machine.processor.isEmpty)
  }

  #if !DEBUG  // Unoptimised kernels would take minutes.
    @Test(arguments: [("cnn", "225,034"), ("lstm", "82,186"), ("vit", "105,418")])
    func everyNetworkLearns(_ model: String, _ parameters: String) throws {
      let folder = try TemporaryFolder()
      let outcome = try mnist.run(
        "--dataset", "embedded", "--model", model, "--epochs", "2", "--metrics",
        folder.path("m"))
      #expect(outcome.status == 0)
      #expect(outcome.output.contains("\(model): \(parameters) parameters, "))
      #expect(try Metrics(path: folder.path("m")).testAccuracy > 0.7)
    }
  #endif

  @Test func sameSeedSameBitsForAnyThreadCount() throws {
    let folder = try TemporaryFolder()
    var runs: [[Double]] = []
    var weights: [Data] = []
    for (index, threads) in ["1", "2", "2", "3"].enumerated() {
      let outcome = try mnist.run(
        "--dataset", "embedded", "--epochs", "1", "--model", "wide", "--batch-size", "128",
        "--threads", threads, "--metrics", folder.path("m\(index)"), "--save",
        folder.path("w\(index)"))
      #expect(outcome.status == 0)
      let metrics = try Metrics(path: folder.path("m\(index)"))
      #expect(metrics.threads == Int(threads))
      runs.append(
        metrics.epochs.flatMap { [$0.loss, $0.trainAccuracy, $0.testAccuracy] }
          + [metrics.testAccuracy])
      weights.append(try Data(contentsOf: URL(fileURLWithPath: folder.path("w\(index)"))))
    }
    #expect(runs.allSatisfy { $0 == runs[0] })
    #expect(weights.allSatisfy { $0 == weights[0] })
  }

  @Test func anotherSeedGivesAnotherRun() throws {
    let folder = try TemporaryFolder()
    for seed in ["0", "1"] {
      _ = try mnist.run(
        "--dataset", "embedded", "--epochs", "1", "--seed", seed, "--metrics", folder.path(seed))
    }
    #expect(
      try Metrics(path: folder.path("0")).epochs[0].loss
        != Metrics(path: folder.path("1")).epochs[0].loss)
  }

  @Test(arguments: ["adam", "sgd"]) func savedWeightsGiveTheSameAccuracy(optimizer: String) throws {
    let folder = try TemporaryFolder()
    let weights = folder.path("weights.safetensors")
    let trained = try mnist.run(
      "--dataset", "embedded", "--epochs", "1", "--optimizer", optimizer, "--save", weights,
      "--metrics", folder.path("m1"))
    #expect(trained.status == 0)
    let loaded = try mnist.run(
      "--dataset", "embedded", "--load", weights, "--metrics", folder.path("m2"))
    #expect(loaded.status == 0)
    #expect(!loaded.output.contains("epoch"))
    let before = try Metrics(path: folder.path("m1"))
    let after = try Metrics(path: folder.path("m2"))
    #expect(before.testAccuracy == after.testAccuracy)
    #expect(after.epochs.isEmpty)
  }

  @Test func withoutMirrorsItTrainsOnTheEmbeddedDigits() throws {
    let outcome = try mnist.run("--epochs", "1")
    #expect(outcome.status == 0)
    #expect(
      outcome.output.hasPrefix("MNIST: no mirror gave train-images-idx3-ubyte ("))
    let first = outcome.output.split(separator: "\n")[0]
    #expect(
      first.hasSuffix(
        "; until then, training on MNIST-5k, "
          + "5,000 digits that come with Apus"))
  }

  /// Each is one line on standard error, before the usage where an option is wrong.
  @Test(arguments: [
    (["--epochs", "0"], "Error: --epochs must be between 1 and 1000000, got 0"),
    (["--batch-size", "0"], "Error: --batch-size must be between 1 and 1000000, got 0"),
    (["--batch-size=-3"], "Error: --batch-size must be between 1 and 1000000, got -3"),
    (
      ["--learning-rate", "0"],
      "Error: --learning-rate must be positive (at least 1e-30) and finite, got 0.0"
    ),
    (
      ["--learning-rate=-1"],
      "Error: --learning-rate must be positive (at least 1e-30) and finite, got -1.0"
    ),
    (
      ["--learning-rate", "nan"],
      "Error: --learning-rate must be positive (at least 1e-30) and finite, got nan"
    ),
    (
      ["--learning-rate", "inf"],
      "Error: --learning-rate must be positive (at least 1e-30) and finite, got inf"
    ),
    (["--threads", "0"], "Error: --threads must be between 1 and 1024, got 0"),
    (
      ["--load", "a", "--save", "b"],
      "Error: --load evaluates without training, so there is nothing to --save"
    ),
    (
      ["--learning-rate", "5e-324"],
      "Error: --learning-rate must be positive (at least 1e-30) and finite, got 5e-324"
    ),
    (
      ["--save", "/tmp/x", "--metrics", "/tmp/x"],
      "Error: --save and --metrics name one file, /tmp/x; give each its own"
    ),
    (
      ["--epochs", "1", "--batch-size", "4000", "--optimizer", "sgd", "--learning-rate", "1e38"],
      "Error: the loss is no longer a number in step 1 of epoch 1; lower --learning-rate"
    ),
    (["--save", ""], "Error: --save needs a path"),
    (
      ["--save", "/nonexistent/w"],
      "Error: --save: /nonexistent/w: cannot create a file beside it: No such file or directory"
    ),
    (
      ["--metrics", "/"],
      "Error: --metrics: /: cannot write: it is a folder, expected a file"
    ),
    (
      ["--learning-rate", "1e30", "--optimizer", "sgd"],
      "Error: the loss is no longer a number in step 2 of epoch 1; lower --learning-rate"
    ),
  ])
  func badOptions(arguments: [String], message: String) throws {
    let outcome = try mnist.run(arguments: ["--dataset", "embedded"] + arguments)
    #expect(outcome.status != 0)
    #expect(outcome.errors.split(separator: "\n").first.map(String.init) == message)
  }

  @Test func badFilesAreNamedAndNothingIsWritten() throws {
    let folder = try TemporaryFolder()
    let missing = try mnist.run("--data", folder.path("nowhere"), "--save", folder.path("w"))
    #expect(missing.status != 0)
    #expect(missing.errors.contains(folder.path("nowhere")))
    #expect(missing.errors.split(separator: "\n").count == 1)

    let weights = folder.path("weights")
    _ = try mnist.run("--dataset", "embedded", "--epochs", "1", "--save", weights)
    let other = try mnist.run("--dataset", "embedded", "--model", "wide", "--load", weights)
    #expect(other.status != 0)
    #expect(
      other.errors == """
        Error: \(weights): the weights are of another model: 0.weight is [64, 784], the model's is \
        [512, 784], 0.bias is [64], the model's is [512], 2.weight is [64, 64], the model's is \
        [512, 512], 2.bias is [64], the model's is [512] and 1 more

        """)
    try Data("{".utf8).write(to: URL(fileURLWithPath: folder.path("broken")))
    let broken = try mnist.run("--dataset", "embedded", "--load", folder.path("broken"))
    #expect(broken.status != 0)
    #expect(broken.errors.contains(folder.path("broken")))
    #expect(folder.contents == ["broken", "weights"])
  }
}
