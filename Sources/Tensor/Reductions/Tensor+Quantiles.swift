extension Tensor where Scalar: FloatingPointScalar {
  /// The number below which a share `q` of the elements lies, along an axis or, by default, of all; as
  /// NumPy's and PyTorch's `quantile`.
  ///
  /// With the n elements in ascending order it lies at position p = q · (n − 1): between two elements
  /// at (1 − t) · x[⌊p⌋] + t · x[⌊p⌋ + 1], where t is the rest. NaN if an element is NaN. Stops with a
  /// message if q is not in 0…1, there is no such axis or nothing along it. O(n): a radix sort.
  public func quantile(_ q: Double, axis: Int? = nil, keepingDimensions: Bool = false) -> Tensor {
    guard q >= 0 && q <= 1 else { fatalError("quantile: \(q) is not in 0...1") }
    guard let axis else {
      let result = flattened.quantile(q, axis: 0)
      return keepingDimensions ? result.reshaped(to: [Int](repeating: 1, count: rank)) : result
    }
    let place = shape.axis(axis, of: "quantile")
    let extent = shape.dimensions[place]
    guard extent > 0 else { fatalError("quantile: axis \(place) of shape \(shape) has no element") }
    let ordered = sorted(axis: place)
    let position = q * Double(extent - 1)
    let lower = Int(position)
    let rest = Scalar(position - Double(lower))
    func element(_ index: Int) -> Tensor { ordered.narrowed(place, index..<index + 1) }
    var result = element(lower)
    if rest > 0 {
      let upper = element(lower + 1)
      // From the nearer end, and equal infinities stay what they are.
      let distance = upper - result
      let between = rest < 0.5 ? result + distance * rest : upper - distance * (1 - rest)
      result = .where(result .== upper, result, between)
    }
    // NaN is sorted behind all numbers.
    let last = element(extent - 1)
    result = .where(last.isNaN(), last, result)
    return keepingDimensions ? result : result.squeezed(axes: [place])
  }

  /// The element in the middle in ascending order, or the mean of the two there, along an axis or, by
  /// default, of all; as NumPy's `median`, where PyTorch's takes the lower of two. See `quantile`.
  public func median(axis: Int? = nil, keepingDimensions: Bool = false) -> Tensor {
    quantile(0.5, axis: axis, keepingDimensions: keepingDimensions)
  }
}
