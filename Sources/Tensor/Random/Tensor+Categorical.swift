#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Draws of classes: the last axis of weights or logits counts classes, each row along it is a
/// distribution, and the result has `count` classes for each row in place of them.
extension Tensor where Scalar: IndexScalar {
  /// Classes drawn in proportion to weights, which need not add up to 1.
  ///
  /// With replacement each draw is one of inversion: the first class whose running sum of weights,
  /// taken in `Double`, exceeds u times their total. Without it a row's classes are all different
  /// and in the order of their drawing: those with the largest ln w + G for G of Gumbel's
  /// distribution, which are as probable as draws one after another (see W. Kool and others,
  /// *Stochastic beams and where to find them*, ICML 2019). Stops with a message if a weight is
  /// negative or not finite, which names its position, if the weights of a row sum to 0, or, without
  /// replacement, if a row has fewer classes of positive weight than are drawn. O(classes + count ·
  /// log classes) for a row, or O(classes + count) without replacement.
  public static func categorical<Weight: FloatingPointScalar>(
    weights: Tensor<Weight>, count: Int = 1, replacing: Bool = true,
    using random: inout RandomGenerator
  ) -> Tensor {
    let table = Tensor<Double>(weights)
    table.withUnsafeBufferPointer { table in
      if let position = table.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
        fatalError(
          "categorical: weight \(table[position]) at position \(position) is negative or not finite"
        )
      }
    }
    return drawn(from: table, areLogits: false, count, replacing, using: &random)
  }

  /// Classes drawn with the probabilities softmax(logits); see the draws by weights.
  ///
  /// A logit of −∞ is a class of weight 0. Stops with a message that names the position of a logit
  /// that is NaN or ∞; a row of −∞ has weights that sum to 0.
  public static func categorical<Logit: FloatingPointScalar>(
    logits: Tensor<Logit>, count: Int = 1, replacing: Bool = true,
    using random: inout RandomGenerator
  ) -> Tensor {
    let table = Tensor<Double>(logits)
    table.withUnsafeBufferPointer { table in
      if let position = table.firstIndex(where: { !($0 < .infinity) }) {
        fatalError("categorical: logit \(table[position]) at position \(position) is nan or inf")
      }
    }
    return drawn(from: table, areLogits: true, count, replacing, using: &random)
  }

  private static func drawn(
    from weights: Tensor<Double>, areLogits: Bool, _ count: Int, _ replacing: Bool,
    using random: inout RandomGenerator
  ) -> Tensor {
    guard weights.rank >= 1 else {
      fatalError("categorical: an axis of classes is needed, got shape []")
    }
    guard count >= 0 else {
      fatalError("categorical: count must not be negative, got \(count)")
    }
    let classes = weights.shape[-1]
    var extents = weights.shape.dimensions
    extents[weights.rank - 1] = count
    let shape = Shape(dimensions: extents)
    if shape.elementCount == 0 { return Tensor(uninitialized: shape) }
    var table = weights.contiguous
    let rows = shape.elementCount / count
    table.withUnsafeMutableBufferPointer { table in
      for row in 0..<rows {
        let line = UnsafeMutableBufferPointer(
          rebasing: table[row * classes..<(row + 1) * classes])
        // Relative to the largest, so that no sum overflows and no row vanishes.
        let largest = line.max() ?? 0
        guard largest > (areLogits ? -.infinity : 0) else {
          fatalError("categorical: the weights of row \(row) sum to 0")
        }
        if replacing {
          var total = 0.0
          for index in line.indices {
            total += areLogits ? exponential(line[index] - largest) : line[index] / largest
            line[index] = total
          }
        } else {
          for index in line.indices {
            line[index] = areLogits ? line[index] - largest : naturalLog(line[index] / largest)
          }
          let positive = line.count { $0 > -.infinity }
          guard count <= positive else {
            fatalError(
              "categorical: \(count) draws without replacement from row \(row), which has "
                + "\(positive) classes of positive weight")
          }
        }
      }
    }
    if replacing {
      return inverted(table, shape, classes: classes, count: count, using: &random)
    }
    table.withUnsafeMutableBufferPointer { table in
      random.forEachWords(of: table.count) { first, words in
        for (index, word) in zip(first..., words) {
          // Neither 0 nor 1, so that both logarithms are finite.
          table[index] -= naturalLog(-naturalLog((Double(word >> 12) + 0.5) * 0x1p-52))
        }
      }
    }
    return Tensor(table.topK(count).indices)
  }

  /// Draws by inversion of running sums.
  private static func inverted(
    _ sums: Tensor<Double>, _ shape: Shape, classes: Int, count: Int,
    using random: inout RandomGenerator
  ) -> Tensor {
    let result = Tensor(uninitialized: shape)
    let target: UnsafeMutablePointer<Scalar> = result.storage.pointer.bound()
    sums.withUnsafeBufferPointer { sums in
      random.forEachWords(of: result.count) { first, words in
        for (index, word) in zip(first..., words) {
          let start = index / count * classes
          let total = sums[start + classes - 1]
          // Rounding can reach the total, which no running sum exceeds.
          let wanted = Swift.min(Double(word >> 11) * 0x1p-53 * total, total.nextDown)
          var (low, high) = (0, classes - 1)
          while low < high {
            let middle = (low + high) / 2
            if sums[start + middle] > wanted { high = middle } else { low = middle + 1 }
          }
          target[index] = Scalar(low)
        }
      }
    }
    return result
  }
}

// The member functions of the same name hide the C library's inside the extension.
private func exponential(_ x: Double) -> Double { exp(x) }
private func naturalLog(_ x: Double) -> Double { log(x) }
