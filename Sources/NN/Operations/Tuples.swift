import Tensor

/// Parts named by tuples of positions, and order statistics: made of other operations.
extension Variable {
  /// The parts that the tuples name; see `Tensor.gatherND`;  ∂x = g, added up where it came from
  public func gatherND<Index: IndexScalar>(
    _ indices: Tensor<Index>, batchAxisCount: Int = 0
  ) -> Variable {
    flattened.take(positions.gatherND(indices, batchAxisCount: batchAxisCount))
  }

  /// Writes parts to where the tuples name them; see `Tensor.scatterND`. A part that is overwritten
  /// gets no gradient.
  public mutating func scatterND<Index: IndexScalar>(
    _ source: Variable, at indices: Tensor<Index>
  ) {
    let places = positions.gatherND(indices)
    var flat = flattened
    flat[places] = source.broadcast(to: places.shape)
    self = flat.reshaped(to: shape)
  }

  /// Where each element lies in row-major order.
  private var positions: Tensor<Int64> { .range(to: Int64(count)).reshaped(to: shape) }

  /// The number below which a share `q` of the elements lies; see `Tensor.quantile`.
  ///
  /// The gradient goes to the one or two elements that it lies between; to the first of equal ones.
  public func quantile(
    _ q: Double, axis: Int? = nil, keepingDimensions: Bool = false
  ) -> Variable {
    guard q >= 0 && q <= 1 else { stop("quantile: \(q) is not in 0...1") }
    guard let axis else {
      let result = flattened.quantile(q, axis: 0)
      return keepingDimensions
        ? result.reshaped(to: Shape([Int](repeating: 1, count: rank))) : result
    }
    let place = shape.axis(axis, of: "quantile")
    let extent = shape[place]
    guard extent > 0 else { stop("quantile: axis \(place) of shape \(shape) has no element") }
    let ordered = sorted(axis: place)
    let position = q * Double(extent - 1)
    let lower = Int(position)
    let rest = Scalar(position - Double(lower))
    func element(_ index: Int) -> Variable { ordered.narrowed(place, index..<index + 1) }
    var result = element(lower)
    if rest > 0 {
      let upper = element(lower + 1)
      let distance = upper - result
      let between = rest < 0.5 ? result + distance * rest : upper - distance * (1 - rest)
      result = .where(result.value .== upper.value, result, between)
    }
    let last = element(extent - 1)
    result = .where(last.value.isNaN(), last, result)
    return keepingDimensions ? result : result.squeezed(axes: [place])
  }

  /// The element in the middle, or the mean of the two there; see `quantile` and `Tensor.median`.
  public func median(axis: Int? = nil, keepingDimensions: Bool = false) -> Variable {
    quantile(0.5, axis: axis, keepingDimensions: keepingDimensions)
  }
}
