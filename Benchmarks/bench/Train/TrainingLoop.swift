import Datasets
import NN
import Tensor

/// A network in training: each call takes a batch and updates the parameters once.
struct TrainingLoop {
  var samplesPerStep: Int
  var parameterCount: Int
  /// Does a step and returns its loss.
  var step: () -> Float

  /// A classifier of images, by Adam. Throws if there are fewer of them than a batch.
  static func classifier(
    _ network: Sequential<Float>, batch: Int, _ data: TrainData
  ) throws -> TrainingLoop {
    let images = try data.images()
    guard images.count >= batch else {
      throw TrainData.Unusable(
        description: "a batch of \(batch) needs as many images; there are \(images.count)")
    }
    var random = RandomGenerator(seed: data.seed)
    network.initialize(using: &random)
    let optimizer = Adam(network, learningRate: 1e-3)
    var batches = images.batches(of: batch, shuffledBy: &random).makeIterator()
    let context = Context.training(random.split())
    return TrainingLoop(
      samplesPerStep: batch, parameterCount: Parameters(of: network).elementCount
    ) {
      let batch = profileRegion("batch") {
        while true {
          // The last batch of a pass may be smaller: it would be another step.
          if let next = batches.next(), next.count == batch { return next }
          batches = images.batches(of: batch, shuffledBy: &random).makeIterator()
        }
      }
      let (loss, gradients) = valueAndGradients(of: network) {
        softmaxCrossEntropy(network(batch.images, in: context), batch.labels)
      }
      optimizer.update(along: gradients)
      return loss.item
    }
  }

  /// A GPT that learns a text, by AdamW, `batch` windows of `length` tokens at a time. Throws if the
  /// text is not longer than a window.
  static func languageModel(length: Int, batch: Int, _ data: TrainData) throws -> TrainingLoop {
    let tokens = try data.tokens(vocabulary: GPT.vocabulary)
    guard tokens.count > length else {
      throw TrainData.Unusable(
        description: "a window of \(length) tokens needs a longer text; there are \(tokens.count)")
    }
    var random = RandomGenerator(seed: data.seed)
    let network = GPT(positions: length)
    // Looked for once: unlike a `Sequential`, a structure does not remember them.
    let parameters = Parameters(of: network)
    parameters.initialize(using: &random)
    let optimizer = AdamW(parameters, learningRate: 1e-3)
    let context = Context.training(random.split())
    return TrainingLoop(
      samplesPerStep: batch, parameterCount: parameters.elementCount
    ) {
      let (inputs, labels) = profileRegion("batch") {
        let starts = (0..<batch).map { _ in
          Int.random(in: 0..<tokens.count - length, using: &random)
        }
        func windows(from offset: Int) -> Tensor<Int32> {
          Tensor(unsafeUninitialized: [batch, length]) { memory in
            for (row, start) in starts.enumerated() {
              for place in 0..<length {
                memory.initializeElement(
                  at: row * length + place, to: tokens[start + place + offset])
              }
            }
          }
        }
        return (windows(from: 0), windows(from: 1).reshaped(to: [batch * length]))
      }
      let (loss, gradients) = valueAndGradients(of: parameters) {
        let logits = network(inputs, in: context)
        return softmaxCrossEntropy(logits.reshaped(to: [batch * length, GPT.vocabulary]), labels)
      }
      optimizer.update(along: gradients)
      return loss.item
    }
  }
}
