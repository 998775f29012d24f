#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Random tensors. One generator state gives the same tensor on every run and for any thread count.
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
    return Tensor(unsafeUninitialized: shape) { buffer in
      random.forEachBlock((buffer.count + 1) / 2) { block, bits in
        for half in 0..<2 where 2 * block + half < buffer.count {
          let value = Scalar(low + unitInterval(bits[2 * half], bits[2 * half + 1]) * width)
          buffer[2 * block + half] = Swift.min(value, largest)
        }
      }
    }
  }

  /// Numbers of the normal distribution (G. Box and M. Muller, 1958).
  public static func normal(
    _ shape: Shape, mean: Scalar = 0, standardDeviation: Scalar = 1,
    using random: inout RandomGenerator
  ) -> Tensor {
    let mean = Double(mean)
    let deviation = Double(standardDeviation)
    return Tensor(unsafeUninitialized: shape) { buffer in
      random.forEachBlock((buffer.count + 1) / 2) { block, bits in
        // 1 − u is never 0, so the logarithm is finite.
        let radius = (-2 * naturalLog(1 - unitInterval(bits[0], bits[1]))).squareRoot() * deviation
        let angle = 2 * Double.pi * unitInterval(bits[2], bits[3])
        buffer[2 * block] = Scalar(mean + radius * cosine(angle))
        if 2 * block + 1 < buffer.count {
          buffer[2 * block + 1] = Scalar(mean + radius * sine(angle))
        }
      }
    }
  }

  /// 53 random bits as a number in 0..<1.
  private static func unitInterval(_ low: UInt32, _ high: UInt32) -> Double {
    Double((UInt64(high) << 32 | UInt64(low)) >> 11) * 0x1p-53
  }
}

// The member functions of the same name hide the C library's inside the extension.
private func naturalLog(_ x: Double) -> Double { log(x) }
private func cosine(_ x: Double) -> Double { cos(x) }
private func sine(_ x: Double) -> Double { sin(x) }
