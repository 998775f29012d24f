import CKernels

extension Tensor where Scalar: NumericScalar & FixedWidthInteger {
  /// Integers of a range, each with exactly the same probability.
  ///
  /// Lemire's method; one range gives the same numbers for every scalar. Stops with a message if the
  /// range is empty.
  public static func integers(
    _ shape: Shape, in range: Range<Scalar>, using random: inout RandomGenerator
  ) -> Tensor {
    guard !range.isEmpty else {
      fatalError("integers: a range that is not empty is needed, got \(range)")
    }
    return integers(shape, in: range.lowerBound...(range.upperBound - 1), using: &random)
  }

  /// Integers of a closed range, each with exactly the same probability; see the half-open range.
  public static func integers(
    _ shape: Shape, in range: ClosedRange<Scalar>, using random: inout RandomGenerator
  ) -> Tensor {
    let low = UInt64(truncatingIfNeeded: range.lowerBound)
    // How many numbers there are; 0 stands for 2⁶⁴.
    let span = UInt64(truncatingIfNeeded: range.upperBound) &- low &+ 1
    let result = Tensor(uninitialized: shape)
    let target = result.storage.pointer
    result.withStorage {
      switch Scalar.dtype {
      case .int32: Integers<Int32>.draw(low, span, target, result.count, using: &random)
      case .int64: Integers<Int64>.draw(low, span, target, result.count, using: &random)
      default: Integers<UInt8>.draw(low, span, target, result.count, using: &random)
      }
    }
    return result
  }
}

/// The loops for one type.
private enum Integers<Element: FixedWidthInteger> {
  static func draw(
    _ low: UInt64, _ span: UInt64, _ target: UnsafeMutableRawPointer, _ count: Int,
    using random: inout RandomGenerator
  ) {
    let target: UnsafeMutablePointer<Element> = target.bound()
    // Words that would favour some numbers are drawn again, each place from words of its own.
    let spares = random.spares
    if span > 0 && span <= 1 << 32 {
      let threshold = UInt32(truncatingIfNeeded: (1 << 32) % span)
      random.forEachWords(of: count / 2 + count % 2) { first, words in
        for index in words.indices {
          let number = first + index
          for half in 0..<min(2, count - 2 * number) {
            var product = UInt64(UInt32(truncatingIfNeeded: words[index] >> (32 * half))) &* span
            var attempt = 1
            while UInt32(truncatingIfNeeded: product) < threshold {
              let spare = spares.words(number, attempt: attempt)
              product = (half == 0 ? spare.0 : spare.1) >> 32 &* span
              attempt += 1
            }
            target[2 * number + half] = Element(truncatingIfNeeded: low &+ product >> 32)
          }
        }
      }
    } else {
      let threshold = span == 0 ? 0 : (0 &- span) % span
      random.forEachWords(of: count) { first, words in
        for index in words.indices {
          // Of all 2⁶⁴ numbers every word is one.
          var product: (high: UInt64, low: UInt64) =
            span == 0 ? (words[index], 0) : words[index].multipliedFullWidth(by: span)
          var attempt = 1
          while product.low < threshold {
            product = spares.words(first + index, attempt: attempt).0.multipliedFullWidth(by: span)
            attempt += 1
          }
          target[first + index] = Element(truncatingIfNeeded: low &+ product.high)
        }
      }
    }
  }
}

extension Tensor where Scalar: IndexScalar {
  /// The numbers 0, 1, … `count` − 1 in random order, each order with the same probability (Fisher
  /// and Yates).
  ///
  /// Stops with a message if `count` is negative or too large for the type. O(count).
  public static func permutation(_ count: Int, using random: inout RandomGenerator) -> Tensor {
    guard count >= 0 && Scalar(exactly: Swift.max(0, count - 1)) != nil else {
      fatalError("permutation: \(Scalar.dtype) has no \(count) positions")
    }
    let result = Tensor(uninitialized: [count])
    let target = result.storage.pointer
    func shuffle<Element: IndexScalar>(_: Element.Type) {
      let order = UnsafeMutableBufferPointer<Element>(start: target.bound(), count: count)
      for index in order.indices { order[index] = Element(truncatingIfNeeded: index) }
      random.withWords { $0.shuffle(order) }
    }
    result.withStorage {
      if Scalar.dtype == .int32 { shuffle(Int32.self) } else { shuffle(Int64.self) }
    }
    return result
  }
}

extension Tensor {
  /// The parts along an axis in random order, as a copy: `take` at the positions of a permutation, so
  /// that what belongs together stays together.
  ///
  /// Stops with a message if the axis is out of range.
  public func shuffled(axis: Int = 0, using random: inout RandomGenerator) -> Tensor {
    let axis = shape.axis(axis, of: "shuffled")
    return take(
      Tensor<Int64>.permutation(shape.dimensions[axis], using: &random), axis: axis)
  }
}

extension Tensor where Scalar == Bool {
  /// `true` with a probability, for each element apart: u < p for u uniform over 0..<1 with 53 bits.
  ///
  /// Stops with a message if the probability is not in 0…1.
  public static func bernoulli(
    _ shape: Shape, probability: Double = 0.5, using random: inout RandomGenerator
  ) -> Tensor {
    guard probability >= 0 && probability <= 1 else {
      fatalError("bernoulli: a probability of 0...1 is needed, got \(probability)")
    }
    let bound = UInt64((probability * 0x1p53).rounded(.up))
    let result = Tensor(uninitialized: shape)
    let target: UnsafeMutablePointer<UInt8> = result.storage.pointer.bound()
    random.forEachPiece(of: result.count) { range, start in
      withUnsafePointer(to: start) {
        apus_random_bernoulli($0, bound, target + range.lowerBound, range.count)
      }
    }
    return result
  }

  /// `true` with the probability that each element has, in the shape of the probabilities.
  ///
  /// Stops with a message that names the position of a probability that is not in 0…1.
  public static func bernoulli<Probability: FloatingPointScalar>(
    probabilities: Tensor<Probability>, using random: inout RandomGenerator
  ) -> Tensor {
    let result = Tensor(uninitialized: probabilities.shape)
    let target: UnsafeMutablePointer<Bool> = result.storage.pointer.bound()
    probabilities.withUnsafeBufferPointer { probabilities in
      if let position = probabilities.firstIndex(where: { !($0 >= 0 && $0 <= 1) }) {
        fatalError(
          "bernoulli: probability \(probabilities[position]) at position \(position) is not in "
            + "0...1")
      }
      random.forEachWords(of: probabilities.count) { first, words in
        for (index, word) in zip(first..., words) {
          target[index] = Double(word >> 11) * 0x1p-53 < Double(probabilities[index])
        }
      }
    }
    return result
  }
}
