import CKernels

/// Random tensors. One generator state gives the same tensor on every run, for any thread count and on
/// every instruction set. Every number takes a fixed part of the generator's sequence, of whole blocks
/// for each tensor.
extension Tensor where Scalar: FloatingPointScalar {
  /// Numbers spread evenly over `range`, its upper bound excluded.
  ///
  /// Stops with a message if the range is empty or wider than `Double` can tell.
  public static func uniform(
    _ shape: Shape, in range: Range<Scalar> = 0..<1, using random: inout RandomGenerator
  ) -> Tensor {
    let low = Double(range.lowerBound)
    let width = Double(range.upperBound) - low
    guard width > 0 && width.isFinite else {
      fatalError("uniform: a range that is neither empty nor infinite is needed, got \(range)")
    }
    // Rounding to Float can reach the upper bound; it is replaced by the number below it.
    let largest = range.upperBound.nextDown
    return Tensor(shape, using: &random) { start, target, count in
      withUnsafePointer(to: start) { start in
        if Scalar.dtype == .float32 {
          apus_random_uniform_f32(start, low, width, Float(largest), target.bound(), count)
        } else {
          apus_random_uniform_f64(start, low, width, Double(largest), target.bound(), count)
        }
      }
    }
  }

  /// Numbers of the normal distribution (G. Box and M. Muller, 1958), computed in `Double`.
  ///
  /// Stops with a message if the deviation is negative or NaN.
  public static func normal(
    _ shape: Shape, mean: Scalar = 0, standardDeviation: Scalar = 1,
    using random: inout RandomGenerator
  ) -> Tensor {
    check(standardDeviation, of: "normal")
    let mean = Double(mean)
    let deviation = Double(standardDeviation)
    return Tensor(shape, using: &random) { start, target, count in
      withUnsafePointer(to: start) { start in
        if Scalar.dtype == .float32 {
          apus_random_normal_f32(start, mean, deviation, target.bound(), count)
        } else {
          apus_random_normal_f64(start, mean, deviation, target.bound(), count)
        }
      }
    }
  }

  /// Numbers of the normal distribution cut off at two bounds, which count standard deviations from
  /// the mean: −2…2 by default.
  ///
  /// By inversion, x = Φ⁻¹(Φ(a) + u · (Φ(b) − Φ(a))) for u uniform over 0..<1, in `Double`; bounds
  /// above the mean are mirrored, so that digits of small probabilities stay. Φ⁻¹ is that of
  /// M. Wichura, *Algorithm AS 241*, Applied Statistics 37, 1988. Stops with a message if the
  /// deviation is negative or NaN, or if no probability lies between the bounds: they are equal, NaN
  /// or more than 37 deviations off to one side.
  public static func truncatedNormal(
    _ shape: Shape, mean: Scalar = 0, standardDeviation: Scalar = 1,
    within bounds: ClosedRange<Scalar> = -2...2, using random: inout RandomGenerator
  ) -> Tensor {
    check(standardDeviation, of: "truncatedNormal")
    let (lower, upper) = (Double(bounds.lowerBound), Double(bounds.upperBound))
    let isMirrored = lower > 0
    let (near, far) = isMirrored ? (-upper, -lower) : (lower, upper)
    let low = NormalDistribution.probability(below: near)
    let width = NormalDistribution.probability(below: far) - low
    guard width > 0 else {
      fatalError("truncatedNormal: the normal distribution has no part within \(bounds)")
    }
    let center = Double(mean)
    let deviation = Double(standardDeviation)
    let result = Tensor(uninitialized: shape)
    let target: UnsafeMutablePointer<Scalar> = result.storage.pointer.bound()
    result.withStorage {
      random.forEachWords(of: result.count) { first, words in
        for (index, word) in words.enumerated() {
          let place = low + Double(word >> 11) * 0x1p-53 * width
          let x = Swift.min(Swift.max(NormalDistribution.quantile(place), near), far)
          target[first + index] = Scalar(center + deviation * (isMirrored ? -x : x))
        }
      }
    }
    return result
  }

  private static func check(_ deviation: Scalar, of name: StaticString) {
    guard deviation >= 0 else {
      fatalError("\(name): a standard deviation of at least 0 is needed, got \(deviation)")
    }
  }

  /// A tensor whose elements a kernel draws, one word each.
  private init(
    _ shape: Shape, using random: inout RandomGenerator,
    _ kernel: (apus_random, UnsafeMutableRawPointer, _ count: Int) -> Void
  ) {
    self.init(uninitialized: shape)
    let target = storage.pointer
    random.forEachPiece(of: count) { range, start in
      kernel(start, target + range.lowerBound * MemoryLayout<Scalar>.stride, range.count)
    }
  }
}
