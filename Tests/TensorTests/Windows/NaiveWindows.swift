import Tensor

/// The definition of a convolution, loop by loop: what the engines are tested against.
struct NaiveConvolution {
  var images = 2
  var groups = 1
  /// Channels and outputs of one group.
  var channels = 2
  var outputs = 3
  var height = 6
  var width = 7
  var kernel = [3, 3]
  var stride = [1, 1]
  var before = [0, 0]
  var after = [0, 0]
  var dilation = [1, 1]

  /// A geometry in which windows fit, with kernels of 1 to 5, and few channels, or, if it is wide, enough
  /// to fill vectors.
  static func random(_ random: inout TestRandom, isWide: Bool = false) -> NaiveConvolution {
    var result = NaiveConvolution()
    while true {
      func pair(_ range: ClosedRange<Int>) -> [Int] {
        [Int.random(in: range, using: &random), Int.random(in: range, using: &random)]
      }
      result.images = Int.random(in: 0...(isWide ? 2 : 3), using: &random)
      result.groups = Int.random(in: 1...(isWide ? 2 : 3), using: &random)
      result.channels = Int.random(in: isWide ? 7...18 : 1...3, using: &random)
      result.outputs = Int.random(in: isWide ? 7...18 : 1...4, using: &random)
      (result.height, result.width) = (
        Int.random(in: 1...7, using: &random), Int.random(in: 1...10, using: &random)
      )
      result.kernel = pair(1...5)
      result.stride = pair(1...3)
      result.before = pair(0...2)
      result.after = pair(0...2)
      result.dilation = pair(1...2)
      let reach = (0...1).map { result.dilation[$0] * (result.kernel[$0] - 1) + 1 }
      let padded = [result.height, result.width].indices.map {
        [result.height, result.width][$0] + result.before[$0] + result.after[$0]
      }
      if reach[0] <= padded[0] && reach[1] <= padded[1] { return result }
    }
  }

  var inputShape: [Int] { [images, groups * channels, height, width] }
  var weightShape: [Int] { [groups * outputs, channels] + kernel }
  var extents: [Int] {
    (0...1).map { axis in
      let padded = [height, width][axis] + before[axis] + after[axis]
      return (padded - dilation[axis] * (kernel[axis] - 1) - 1) / stride[axis] + 1
    }
  }
  var outputShape: [Int] { [images, groups * outputs] + extents }
  var geometry: WindowGeometry {
    WindowGeometry(
      stride: PerAxis(stride),
      padding: before == after
        ? .symmetric(PerAxis(before)) : .asymmetric(before: PerAxis(before), after: PerAxis(after)),
      dilation: PerAxis(dilation))
  }

  /// Calls `body` with the places, in row-major order, of each output element and of an input and a
  /// weight element whose product is added to it.
  func forEachProduct(_ body: (_ output: Int, _ input: Int, _ weight: Int) -> Void) {
    let (oh, ow) = (extents[0], extents[1])
    var output = 0
    for image in 0..<images {
      for out in 0..<groups * outputs {
        let first = out / outputs * channels
        for y in 0..<oh {
          for x in 0..<ow {
            for c in 0..<channels {
              for ky in 0..<kernel[0] {
                let iy = y * stride[0] + ky * dilation[0] - before[0]
                guard iy >= 0 && iy < height else { continue }
                for kx in 0..<kernel[1] {
                  let ix = x * stride[1] + kx * dilation[1] - before[1]
                  guard ix >= 0 && ix < width else { continue }
                  let channel = image * groups * channels + first + c
                  body(
                    output, (channel * height + iy) * width + ix,
                    ((out * channels + c) * kernel[0] + ky) * kernel[1] + kx)
                }
              }
            }
            output += 1
          }
        }
      }
    }
  }

  func forward(_ input: [Double], _ weight: [Double], bias: [Double]? = nil) -> [Double] {
    let area = extents[0] * extents[1]
    var result = (0..<outputShape.reduce(1, *)).map { bias?[$0 / area % (groups * outputs)] ?? 0 }
    forEachProduct { result[$0] += input[$1] * weight[$2] }
    return result
  }

  func inputGradient(
    _ gradient: [Double], _ weight: [Double], bias: [Double]? = nil
  ) -> [Double] {
    let area = height * width
    var result = (0..<inputShape.reduce(1, *)).map { bias?[$0 / area % (groups * channels)] ?? 0 }
    forEachProduct { result[$1] += gradient[$0] * weight[$2] }
    return result
  }

  func weightGradient(_ gradient: [Double], _ input: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: weightShape.reduce(1, *))
    forEachProduct { result[$2] += gradient[$0] * input[$1] }
    return result
  }
}

/// Whether all elements are near what they should be, relative to the largest of them.
func isNear<Scalar: FloatingPointScalar>(
  _ tensor: Tensor<Scalar>, _ expected: [Double], _ tolerance: Double = 1e-12
) -> Bool {
  guard tensor.count == expected.count else { return false }
  let scale = expected.reduce(1) { max($0, abs($1)) }
  return zip(tensor.scalars, expected).allSatisfy { abs(Double($0) - $1) <= tolerance * scale }
}

extension Tensor where Scalar: FloatingPointScalar {
  static func random(_ shape: [Int], _ random: inout TestRandom) -> Tensor {
    Tensor(
      (0..<shape.reduce(1, *)).map { _ in Scalar(Double.random(in: -1...1, using: &random)) },
      shape: Shape(shape))
  }

  var doubles: [Double] { scalars.map { Double($0) } }
}
