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
  /// The order is a uniform permutation by Fisher and Yates (Durstenfeld's form, CACM 7(7), 1964)
  /// drawn when this is called. It depends on the generator alone, on every platform.
  ///
  /// Stops with a message if `size` is not positive.
  public func batches(
    of size: Int, shuffledBy generator: inout some RandomNumberGenerator
  ) -> Batches {
    var order = Array(0..<Int32(count))
    // Not the standard library's shuffle: how that one draws is not specified.
    for last in stride(from: UInt64(count) - 1, to: 0, by: -1) {
      let pick = uniform(below: last + 1, from: &generator)
      order.swapAt(Int(last), Int(pick))
    }
    return Batches(of: self, size: size, order: order)
  }
}

/// A uniform number below `bound`, by Lemire's multiplication with rejection (arXiv:1805.10941).
private func uniform(
  below bound: UInt64, from generator: inout some RandomNumberGenerator
) -> UInt64 {
  var (high, low) = bound.multipliedFullWidth(by: generator.next())
  if low < bound {
    let threshold = (0 &- bound) % bound
    while low < threshold {
      (high, low) = bound.multipliedFullWidth(by: generator.next())
    }
  }
  return high
}

/// The batches of one pass over a data set. Each is made when it is asked for.
public struct Batches: Sequence, Sendable {
  private let source: LabeledImages
  private let size: Int
  private let order: [Int32]?

  fileprivate init(of source: LabeledImages, size: Int, order: [Int32]?) {
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
      let end = Swift.min(position + batches.size, batches.source.count)
      guard position < end else { return nil }
      defer { position = end }
      return batches.batch(position..<end)
    }
  }

  /// The images at these positions of the order. Their bytes are brought together first, so that one
  /// call converts them all.
  private func batch(_ positions: Range<Int>) -> Batch {
    let width = source.pixelCount
    let pixels = source.images.withUnsafeBufferPointer { images in
      Tensor<UInt8>(unsafeUninitialized: [positions.count, width]) { destination in
        guard let order else {
          copy(positions.count * width, images, positions.lowerBound * width, destination, 0)
          return
        }
        for (row, position) in positions.enumerated() {
          copy(width, images, Int(order[position]) * width, destination, row * width)
        }
      }
    }
    let labels = source.labels.withUnsafeBufferPointer { labels in
      Tensor<Int32>(unsafeUninitialized: [positions.count]) { destination in
        for (row, position) in positions.enumerated() {
          let index = order.map { Int($0[position]) } ?? position
          destination.initializeElement(at: row, to: labels[index])
        }
      }
    }
    return Batch(images: Tensor<Float>(pixels, scale: 1 / 255), labels: labels)
  }

  @inline(__always)
  private func copy(
    _ count: Int, _ source: UnsafeBufferPointer<UInt8>, _ from: Int,
    _ destination: UnsafeMutableBufferPointer<UInt8>, _ to: Int
  ) {
    (destination.baseAddress! + to).initialize(from: source.baseAddress! + from, count: count)
  }
}
