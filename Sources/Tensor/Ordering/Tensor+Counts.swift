/// Counting integers, as NumPy's `bincount`.
extension Tensor where Scalar: NumericScalar & FixedWidthInteger {
  /// How often each of the numbers 0, 1, … up to the largest element occurs, a vector of
  /// max(minimumLength, largest + 1) elements.
  ///
  /// Stops with a message that names the position of a negative element, or if `minimumLength` is
  /// negative. O(n + length).
  public func counts(minimumLength: Int = 0) -> Tensor<Int64> {
    let length = countsLength(minimumLength)
    return withUnsafeBufferPointer { elements in
      Tally.run(elements.count, bins: length) { range, bins in
        for index in range { bins[Int(truncatingIfNeeded: elements[index])] += 1 }
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
    var sums = Tensor<Double>.zeros([countsLength(minimumLength)])
    sums.withUnsafeMutableBufferPointer { sums in
      withUnsafeBufferPointer { elements in
        weights.withUnsafeBufferPointer { weights in
          for index in elements.indices {
            sums[Int(truncatingIfNeeded: elements[index])] += Double(weights[index])
          }
        }
      }
    }
    return Tensor<Weight>(sums)
  }

  private func countsLength(_ minimumLength: Int) -> Int {
    guard minimumLength >= 0 else {
      fatalError("counts: minimumLength must not be negative, got \(minimumLength)")
    }
    return withUnsafeBufferPointer { elements in
      var (smallest, largest): (Scalar, Scalar) = (0, 0)
      for element in elements {
        smallest = Swift.min(smallest, element)
        largest = Swift.max(largest, element)
      }
      guard smallest == 0 else {
        let position = elements.firstIndex { $0 < 0 }!
        fatalError("counts: element \(elements[position]) at position \(position) is negative")
      }
      return Swift.max(minimumLength, elements.isEmpty ? 0 : Int(largest) + 1)
    }
  }
}
