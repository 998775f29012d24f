/// How many elements lie in each of some intervals; see `histogram(bins:range:)`.
public struct Histogram<Edge: FloatingPointScalar>: Sendable {
  /// The number of elements in each bin.
  public let counts: Tensor<Int64>
  /// The bounds of the bins, one more than there are bins: bin i reaches from edge i up to, not
  /// including, edge i + 1, which belongs to the last bin alone.
  public let edges: Tensor<Edge>
}

/// Histograms, with the meaning of NumPy's `histogram`. Of NaN there is no bin.
extension Tensor where Scalar: FloatingPointScalar {
  /// The number of elements in each of `bins` intervals of equal width over `range`.
  ///
  /// An interval has its lower bound, and the last one its upper bound as well. Elements outside the
  /// range are left out, and so is NaN. Without a range it reaches from the smallest element to the
  /// largest, by half a unit further on both sides if they are equal, and over 0…1 if there is no
  /// element. Stops with a message if there is no bin, the range is not finite, an element is not
  /// while no range is given (which names its position), or the type has too few numbers in the
  /// range to tell its edges apart. O(n).
  public func histogram(bins: Int = 10, range: ClosedRange<Scalar>? = nil) -> Histogram<Scalar> {
    guard bins >= 1 else { fatalError("histogram: at least 1 bin is needed, got \(bins)") }
    var range = range ?? finiteRange
    if range.lowerBound == range.upperBound {
      range = range.lowerBound - 0.5...range.upperBound + 0.5
    }
    let low = Double(range.lowerBound)
    let width = Double(range.upperBound) - low
    guard width.isFinite else { fatalError("histogram: a finite range is needed, got \(range)") }
    let edges = Tensor.linearSpace(
      from: range.lowerBound, through: range.upperBound, count: bins + 1)
    let bounds = edges.scalars
    guard zip(bounds, bounds.dropFirst()).allSatisfy({ $0 < $1 }) else {
      fatalError(
        "histogram: \(bins) bins are too many for \(range): \(Scalar.dtype) cannot tell their "
          + "edges apart")
    }
    let source = contiguous
    let counts = source.withStorage {
      edges.withStorage {
        Scalar.dtype == .float32
          ? Binning<Float>.even(source.pointer, count, edges.pointer, bins)
          : Binning<Double>.even(source.pointer, count, edges.pointer, bins)
      }
    }
    return Histogram(counts: counts, edges: edges)
  }

  /// The number of elements in each of the intervals between ascending edges.
  ///
  /// The first of equal edges bounds an empty interval. Elements outside the edges are left out, and
  /// so is NaN. Stops with a message unless there are two edges or more in a vector, in ascending
  /// order; one that is out of order is named with its position. O(n log bins).
  public func histogram(edges: Tensor) -> Histogram<Scalar> {
    guard edges.rank == 1 && edges.count >= 2 else {
      fatalError("histogram: a vector of at least 2 edges is needed, got shape \(edges.shape)")
    }
    let places = edges.searchSorted(self, side: .right)
    let bounds = edges.scalars
    for position in 1..<bounds.count where !(bounds[position - 1] <= bounds[position]) {
      fatalError("histogram: edge \(bounds[position]) at position \(position) is out of order")
    }
    let bins = bounds.count - 1
    let own = edges.copied()
    let source = contiguous
    let counts = source.withStorage {
      own.withStorage {
        Scalar.dtype == .float32
          ? Binning<Float>.given(source.pointer, places, own.pointer, bins)
          : Binning<Double>.given(source.pointer, places, own.pointer, bins)
      }
    }
    return Histogram(counts: counts, edges: own)
  }

  private var finiteRange: ClosedRange<Scalar> {
    let source = contiguous
    if count == 0 { return 0...1 }
    let range = source.withStorage {
      Scalar.dtype == .float32
        ? Binning<Float>.finiteRange(source.pointer, count)
        : Binning<Double>.finiteRange(source.pointer, count)
    }
    // The bounds are elements, so that they come back as they were.
    return Scalar(range.lowerBound)...Scalar(range.upperBound)
  }
}

/// The loops for one type.
private enum Binning<Element: FloatingPointScalar> {
  static func even(
    _ x: UnsafeRawPointer, _ count: Int, _ edges: UnsafeRawPointer, _ bins: Int
  ) -> Tensor<Int64> {
    let elements: UnsafePointer<Element> = x.bound()
    let edges: UnsafePointer<Element> = edges.bound()
    let low = Double(edges[0])
    let scale = Double(bins) / (Double(edges[bins]) - low)
    return Tally.run(count, bins: bins) { part, counts in
      for index in part {
        let element = elements[index]
        guard element >= edges[0] && element <= edges[bins] else { continue }
        // Rounding can miss the bin by one; the edges decide.
        var bin = min(Int((Double(element) - low) * scale), bins - 1)
        while element < edges[bin] { bin -= 1 }
        while bin + 1 < bins && element >= edges[bin + 1] { bin += 1 }
        counts[bin] &+= 1
      }
    }
  }

  /// `places` are those of a search on the right side.
  static func given(
    _ x: UnsafeRawPointer, _ places: Tensor<Int64>, _ edges: UnsafeRawPointer, _ bins: Int
  ) -> Tensor<Int64> {
    let elements: UnsafePointer<Element> = x.bound()
    let edges: UnsafePointer<Element> = edges.bound()
    return places.withUnsafeBufferPointer { places in
      Tally.run(places.count, bins: bins) { part, counts in
        for index in part {
          let place = Int(places[index])
          if place > 0 && place <= bins {
            counts[place - 1] &+= 1
          } else if elements[index] == edges[bins] {
            counts[bins - 1] &+= 1
          }
        }
      }
    }
  }

  /// The smallest and the largest of at least one element.
  static func finiteRange(_ x: UnsafeRawPointer, _ count: Int) -> ClosedRange<Double> {
    let elements: UnsafePointer<Element> = x.bound()
    var (low, high) = (elements[0], elements[0])
    for position in 0..<count {
      let element = elements[position]
      guard element.isFinite else {
        fatalError(
          "histogram: element \(element) at position \(position) has no place in a finite range; "
            + "give a range to leave it out")
      }
      low = min(low, element)
      high = max(high, element)
    }
    return Double(low)...Double(high)
  }
}

extension Tensor where Scalar: NumericScalar & FixedWidthInteger {
  /// The number of elements in each of `bins` intervals of equal width over `range`, computed in
  /// `Double`; see the histogram of real numbers.
  public func histogram(bins: Int = 10, range: ClosedRange<Double>? = nil) -> Histogram<Double> {
    Tensor<Double>(self).histogram(bins: bins, range: range)
  }

  /// The number of elements in each of the intervals between ascending edges; see the histogram of
  /// real numbers.
  public func histogram(edges: Tensor<Double>) -> Histogram<Double> {
    Tensor<Double>(self).histogram(edges: edges)
  }
}
