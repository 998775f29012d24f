import Tensor

/// Operands that every program makes alike, without a file: element i is a hash of i.
enum Pattern {
  /// Floats in `range`, spread evenly, the same for the same seed.
  static func floats(_ shape: Shape, in range: Range<Float>, seed: UInt32) -> Tensor<Float> {
    let width = range.upperBound - range.lowerBound
    return Tensor(unsafeUninitialized: shape) { buffer in
      for index in buffer.indices {
        let unit = Float(hash(UInt32(truncatingIfNeeded: index), seed) >> 8) * 0x1p-24
        buffer.initializeElement(at: index, to: range.lowerBound + unit * width)
      }
    }
  }

  /// Positions in `0..<bound`.
  static func positions(_ shape: Shape, below bound: Int, seed: UInt32) -> Tensor<Int64> {
    Tensor(unsafeUninitialized: shape) { buffer in
      for index in buffer.indices {
        let position = Int64(hash(UInt32(truncatingIfNeeded: index), seed) >> 8) % Int64(bound)
        buffer.initializeElement(at: index, to: position)
      }
    }
  }

  /// Wellons's lowbias32: two multiplications that leave no visible order.
  private static func hash(_ index: UInt32, _ seed: UInt32) -> UInt32 {
    var x = index &+ seed &* 0x9E37_79B9
    x ^= x >> 16
    x &*= 0x7FEB_352D
    x ^= x >> 15
    x &*= 0x846C_A68B
    x ^= x >> 16
    return x
  }
}
