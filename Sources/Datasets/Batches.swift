import Tensor

/// A few images with their labels, ready for a model.
public struct Batch: Sendable {
  /// The pixels × 1/255, so 0…1, of shape [count, rows × columns].
  public let images: Tensor<Float>
  /// The class of each image, of shape [count].
  public let labels: Tensor<Int32>

  /// The number of images.
  public var count: Int { labels.count }
}

extension LabeledImages {
  /// The whole set in batches of `size`, in its own order; the last batch may be smaller.
  ///
  /// Stops with a message if `size` is not positive.
  public func batches(of size: Int) -> Batches {
    Batches(of: self, size: size, order: nil)
  }

  /// The whole set in batches of `size`, in a random order; the last batch may be smaller.
  ///
  /// The order is a uniform permutation, drawn when this is called. It depends on the generator's
  /// state alone, on every platform.
  ///
  /// Stops with a message if `size` is not positive.
  public func batches(of size: Int, shuffledBy generator: inout RandomGenerator) -> Batches {
    Batches(of: self, size: size, order: generator.permutation(count))
  }
}

/// The batches of one pass over a data set. Each is made when it is asked for.
public struct Batches: Sequence, Sendable {
  private let source: LabeledImages
  private let size: Int
  private let order: [Int]?

  fileprivate init(of source: LabeledImages, size: Int, order: [Int]?) {
    guard size > 0 else {
      fatalError("batches: the batch size must be positive, got \(size)")
    }
    self.source = source
    self.size = size
    self.order = order
  }

  /// The number of batches: ⌈images / size⌉.
  public var count: Int { (source.count - 1) / size + 1 }
  public var underestimatedCount: Int { count }

  public func makeIterator() -> Iterator {
    Iterator(batches: self)
  }

  public struct Iterator: IteratorProtocol {
    fileprivate let batches: Batches
    private var position = 0

    fileprivate init(batches: Batches) {
      self.batches = batches
    }

    public mutating func next() -> Batch? {
      let end = position + Swift.min(batches.size, batches.source.count - position)
      guard position < end else { return nil }
      defer { position = end }
      return batches.batch(position..<end)
    }
  }

  /// Images in a random order lie where no processor foresees them: they come to the caches while a
  /// step trains on those before. So many at most that they are still there when it is over.
  private func prefetched(after position: Int) -> Range<Int> {
    let count = Swift.min(size, source.count - position)
    return position..<position + (count * source.pixelCount <= 65_536 ? count : 0)
  }

  /// The images at these positions of the order.
  private func batch(_ positions: Range<Int>) -> Batch {
    let scale: Float = 1 / 255
    let images: Tensor<Float>
    if let order {
      images = Tensor(
        rows: order[positions], of: source.images, scale: scale,
        thenNeeding: order[prefetched(after: positions.upperBound)])
    } else {
      images = Tensor(rows: positions, of: source.images, scale: scale, thenNeeding: 0..<0)
    }
    let labels = source.labels.withUnsafeBufferPointer { labels in
      Tensor<Int32>(unsafeUninitialized: [positions.count]) { destination in
        for (row, position) in positions.enumerated() {
          destination.initializeElement(at: row, to: labels[order?[position] ?? position])
        }
      }
    }
    return Batch(
      images: images.reshaped(to: [positions.count, source.pixelCount]), labels: labels)
  }
}
