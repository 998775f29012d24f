/// Counting integers, as NumPy's `bincount`.
extension Tensor where Scalar: NumericScalar & FixedWidthInteger {
  /// How often each of the numbers 0, 1, … up to the largest element occurs, a vector of
  /// max(minimumLength, largest + 1) elements.
  ///
  /// Stops with a message that names the position of a negative element, or if `minimumLength` is
  /// negative. O(n + length).
  public func counts(minimumLength: Int = 0) -> Tensor<Int64> {
    Self.checkMinimum(minimumLength)
    let source = contiguous
    return source.withStorage {
      switch Scalar.dtype {
      case .int32: Counting<Int32>.counts(source.pointer, count, minimumLength)
      case .int64: Counting<Int64>.counts(source.pointer, count, minimumLength)
      default: Counting<UInt8>.counts(source.pointer, count, minimumLength)
      }
    }
  }

  /// The sum of the weights at each of the numbers 0, 1, … up to the largest element: element k of
  /// the result is Σ weights[i] where self[i] = k.
  ///
  /// Sums are taken in `Double`, in row-major order. Stops with a message if the shapes differ; see
  /// `counts(minimumLength:)` for the rest.
  public func counts<Weight: FloatingPointScalar>(
    weights: Tensor<Weight>, minimumLength: Int = 0
  ) -> Tensor<Weight> {
    guard weights.shape == shape else {
      fatalError("counts: weights of shape \(weights.shape) do not fit shape \(shape)")
    }
    Self.checkMinimum(minimumLength)
    let source = contiguous
    let sums = Tensor<Double>(weights).withUnsafeBufferPointer { weights in
      source.withStorage {
        switch Scalar.dtype {
        case .int32: Counting<Int32>.sums(source.pointer, weights, minimumLength)
        case .int64: Counting<Int64>.sums(source.pointer, weights, minimumLength)
        default: Counting<UInt8>.sums(source.pointer, weights, minimumLength)
        }
      }
    }
    return Tensor<Weight>(sums)
  }

  private static func checkMinimum(_ length: Int) {
    guard length >= 0 else {
      fatalError("counts: minimumLength must not be negative, got \(length)")
    }
  }
}

/// The loops for one type.
private enum Counting<Element: NumericScalar & FixedWidthInteger> {
  static func counts(
    _ x: UnsafeRawPointer, _ count: Int, _ minimumLength: Int
  ) -> Tensor<Int64> {
    let elements = UnsafeBufferPointer<Element>(start: x.bound(), count: count)
    return Tally.run(count, bins: length(elements, minimumLength)) { range, bins in
      for index in range { bins[Int(truncatingIfNeeded: elements[index])] &+= 1 }
    }
  }

  static func sums(
    _ x: UnsafeRawPointer, _ weights: UnsafeBufferPointer<Double>, _ minimumLength: Int
  ) -> Tensor<Double> {
    let elements = UnsafeBufferPointer<Element>(start: x.bound(), count: weights.count)
    var sums = Tensor<Double>.zeros([length(elements, minimumLength)])
    sums.withUnsafeMutableBufferPointer { sums in
      for index in elements.indices {
        sums[Int(truncatingIfNeeded: elements[index])] += weights[index]
      }
    }
    return sums
  }

  private static func length(
    _ elements: UnsafeBufferPointer<Element>, _ minimumLength: Int
  ) -> Int {
    var (smallest, largest): (Element, Element) = (0, 0)
    for element in elements {
      smallest = min(smallest, element)
      largest = max(largest, element)
    }
    guard smallest == 0 else {
      let position = elements.firstIndex { $0 < 0 }!
      fatalError("counts: element \(elements[position]) at position \(position) is negative")
    }
    return max(minimumLength, elements.isEmpty ? 0 : Int(largest) + 1)
  }
}
