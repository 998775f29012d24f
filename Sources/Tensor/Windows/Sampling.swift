import CKernels

/// Which elements, by which weights, the elements of resized images are made of.
struct Sampling<Scalar: FloatingPointScalar> {
  struct Axis {
    var input: Int
    var lower: [Int] = []
    var upper: [Int] = []
    /// The weights of the upper elements.
    var weights: [Scalar] = []

    static var trivial: Axis { Axis(1, 1, scale: nil, .nearest) }

    /// Positions are computed in the precision of the scalar, as PyTorch does; `scale` is the distance
    /// between them, or nil to take it from the extents.
    init(_ input: Int, _ output: Int, scale: Double?, _ mode: ResizeMode) {
      self.input = input
      let ratio = scale.map { Scalar($0) } ?? Scalar(input) / Scalar(max(1, output))
      for index in 0..<output {
        let position: Scalar
        switch mode {
        case .nearest:
          position = Scalar(index) * ratio
        case .nearestCenter:
          position = (Scalar(index) + 0.5) * ratio
        case .bilinear(aligningCorners: true):
          position =
            output > 1 ? Scalar(index) * (Scalar(input - 1) / Scalar(output - 1)) : 0
        case .bilinear(aligningCorners: false):
          position = max(0, (Scalar(index) + 0.5) * ratio - 0.5)
        }
        let place = min(Int(position), input - 1)
        lower.append(place)
        upper.append(min(place + 1, input - 1))
        weights.append(min(max(position - Scalar(place), 0), 1))
      }
    }

    func withTable<Result>(
      _ body: (UnsafePointer<apus_resize_axis>, _ weights: UnsafeRawPointer) -> Result
    ) -> Result {
      lower.withUnsafeBufferPointer { lower in
        upper.withUnsafeBufferPointer { upper in
          weights.withUnsafeBytes { weights in
            var table = apus_resize_axis(
              input: input, output: lower.count, lower: lower.baseAddress,
              upper: upper.baseAddress)
            return body(&table, weights.baseAddress!)
          }
        }
      }
    }
  }

  var extents: Dimensions
  var y: Axis
  var x: Axis
  var isNearest: Bool

  init(extents: Dimensions, axes: [Axis], isNearest: Bool) {
    self.extents = extents
    y = axes.count > 1 ? axes[0] : .trivial
    x = axes[axes.count - 1]
    self.isNearest = isNearest
  }

  var inputArea: Int { y.input * x.input }
  var outputArea: Int { y.lower.count * x.lower.count }

  /// Calls `body` with ranges of planes, and with the tables and weights of both axes. There must be
  /// elements.
  func forEachRange(
    of planes: Int,
    _ body: (
      Range<Int>, UnsafePointer<apus_resize_axis>, UnsafePointer<apus_resize_axis>,
      _ yWeights: UnsafeRawPointer, _ xWeights: UnsafeRawPointer
    ) -> Void
  ) {
    y.withTable { y, yWeights in
      x.withTable { x, xWeights in
        let grain = max(1, 32_768 / max(inputArea, outputArea))
        ThreadPool.forEachRange(of: planes, grain: grain) { range in
          body(range, y, x, yWeights, xWeights)
        }
      }
    }
  }
}
