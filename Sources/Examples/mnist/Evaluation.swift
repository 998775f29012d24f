import Datasets
import NN
import Tensor

/// How a network does on images that it has not been trained on.
struct Evaluation {
  private let images: LabeledImages
  /// The class taken for each image, and the probability that the network gave to it.
  private let predictions: [(label: Int, probability: Float)]

  init(of network: Sequential<Float>, on images: LabeledImages) {
    self.images = images
    var predictions: [(label: Int, probability: Float)] = []
    predictions.reserveCapacity(images.count)
    // A thousand at a time: the largest layer then needs a few megabytes.
    for batch in images.batches(of: 1000) {
      let probabilities = network(batch.images).value.softmax()
      let labels = probabilities.argmax().scalars
      let best = probabilities.max(axes: [-1]).scalars
      predictions += zip(labels, best).map { (Int($0), $1) }
    }
    self.predictions = predictions
  }

  /// Whether every image got a probability: infinite or undefined weights give none.
  var isFinite: Bool { predictions.allSatisfy { $0.probability.isFinite } }

  private var labels: [Int] { images.labels.scalars.map(Int.init) }

  /// The share of images whose class was right.
  var accuracy: Double {
    let hits = zip(predictions, labels).reduce(0) { $0 + ($1.0.label == $1.1 ? 1 : 0) }
    return Double(hits) / Double(labels.count)
  }

  func printReport() {
    let labels = labels
    let wrong = labels.indices.filter { predictions[$0].label != labels[$0] }
    print(
      "\ntest accuracy \(Self.percent(accuracy)): \((labels.count - wrong.count).grouped) of "
        + "\(labels.count.grouped) right\n")
    printConfusion(labels)
    printMistakes(wrong, labels)
  }

  private static func percent(_ share: Double) -> String {
    let hundredths = Int((share * 10_000).rounded())
    let cents = hundredths % 100
    return "\(hundredths / 100).\(cents < 10 ? "0" : "")\(cents) %"
  }

  private func printConfusion(_ labels: [Int]) {
    let classes = images.classNames.count
    var counts = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
    for (label, prediction) in zip(labels, predictions) { counts[label][prediction.label] += 1 }
    let nameWidth = images.classNames.map(\.count).max() ?? 1
    let title = "true \\ taken for"
    let margin = max(nameWidth, title.count)
    // Columns are numbered where the names are longer than numbers.
    let isNumbered = nameWidth > 2
    print(title.padded(to: margin) + (0..<classes).map { "\($0)".padded(leftTo: 6) }.joined())
    for row in 0..<classes {
      let name = isNumbered ? "\(row) \(images.classNames[row])" : images.classNames[row]
      let cells = counts[row].map { ($0 == 0 ? "·" : "\($0)").padded(leftTo: 6) }
      print(name.padded(to: margin) + cells.joined())
    }
    print()
  }

  /// Draws the mistakes of which the network was surest, side by side.
  private func printMistakes(_ wrong: [Int], _ labels: [Int]) {
    let surest = wrong.sorted {
      (predictions[$0].probability, $1) > (predictions[$1].probability, $0)
    }
    .prefix(3)
    guard !surest.isEmpty else { return }
    print("the surest mistakes:\n")
    let columns = surest.map { index -> [String] in
      let (taken, probability) = predictions[index]
      let width = images.images.shape[2]
      let titles = [
        "\(images.classNames[labels[index]]), taken for",
        "\(images.classNames[taken]) "
          + "(\(Self.percent(Double(probability))))",
      ]
      return titles.map { $0.padded(to: width) } + picture(index)
    }
    for line in columns[0].indices {
      let text = columns.map { $0[line] }.joined(separator: "  ")
      print(String(text.reversed().drop { $0 == " " }.reversed()))
    }
    print()
  }

  /// An image in characters, each for one column and two rows of pixels.
  private func picture(_ index: Int) -> [String] {
    let image = images.images[index]
    let rows = image.shape[0]
    let columns = image.shape[1]
    let shades: [Character] = [" ", "░", "▒", "▓", "█"]
    return image.withUnsafeBufferPointer { pixels in
      stride(from: 0, to: rows, by: 2).map { row in
        String(
          (0..<columns).map { column in
            let upper = Int(pixels[row * columns + column])
            let lower = row + 1 < rows ? Int(pixels[(row + 1) * columns + column]) : upper
            return shades[((upper + lower) / 2 * (shades.count - 1) + 127) / 255]
          })
      }
    }
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  fileprivate func padded(leftTo width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}
