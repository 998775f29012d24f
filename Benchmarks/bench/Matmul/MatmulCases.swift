import Tensor

/// The cases of `bench matmul`. `Benchmarks/peers/matmul.py` has the same, under the same names.
enum MatmulCases {
  /// How the operands of a product of square matrices are stored: as they are (N) or transposed (T).
  enum Storage: String, CaseIterable {
    case plain = "square"
    case firstTransposed = "square TN"
    case secondTransposed = "square NT"
    case bothTransposed = "square TT"

    var transposesFirst: Bool { self == .firstTransposed || self == .bothTransposed }
    var transposesSecond: Bool { self == .secondTransposed || self == .bothTransposed }
  }

  static var all: [BenchCase] {
    let sizes = [8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048]
    var cases: [BenchCase] = []
    for size in sizes {
      for storage in Storage.allCases {
        cases.append(
          product(
            storage.rawValue, "\(size)", [size, size], [size, size],
            transposing: (storage.transposesFirst, storage.transposesSecond)))
      }
    }
    // The layers of the MNIST example: forward, and the gradient of the weight.
    for (m, k, n) in [(32, 784, 64), (128, 784, 512)] {
      cases.append(product("layer", "\(m)x\(k)x\(n)", [m, k], [k, n]))
      cases.append(
        product(
          "layer weight", "\(k)x\(m)x\(n)", [m, k], [m, n], transposing: (true, false)))
    }
    for (batch, m, k, n) in [(48, 64, 32, 64), (512, 8, 8, 8), (16, 128, 128, 128)] {
      let size = "\(batch)x\(m)x\(k)x\(n)"
      cases.append(product("batch", size, [batch, m, k], [batch, k, n]))
      cases.append(
        product("batch NT", size, [batch, m, k], [batch, n, k], transposing: (false, true)))
    }
    for size in [64, 256, 1024, 2048] {
      cases.append(product("matrix vector", "\(size)", [size, size], [size]))
      cases.append(product("vector matrix", "\(size)", [size], [size, size]))
    }
    return cases
  }

  /// A product of operands of the given shapes as stored, whose last two axes may be swapped first.
  private static func product(
    _ name: String, _ size: String, _ first: Shape, _ second: Shape,
    transposing: (first: Bool, second: Bool) = (false, false)
  ) -> BenchCase {
    let columns = second.rank == 1 ? 1 : transposing.second ? second[-2] : second[-1]
    let operations = 2 * Double(first.elementCount) * Double(columns)
    return BenchCase(name, size, .operations(operations)) {
      func operand(_ shape: Shape, _ isTransposed: Bool, seed: UInt32) -> Tensor<Float> {
        let stored = Pattern.floats(shape, in: -1..<1, seed: seed)
        guard isTransposed else { return stored }
        var axes = Array(0..<shape.rank)
        axes.swapAt(shape.rank - 2, shape.rank - 1)
        return stored.permuted(axes)
      }
      let a = operand(first, transposing.first, seed: 1)
      let b = operand(second, transposing.second, seed: 2)
      return { a.matmul(b) }
    }
  }
}
