import Tensor

/// How `gridSampled` makes an element from those about its position.
public enum GridInterpolation: Sendable, CaseIterable {
  /// The nearest one; of two as near the even one. It has no gradient with respect to the grid.
  case nearest
  /// Weighted by the distances of the four nearest.
  case bilinear
  /// Weighted, of sixteen, by the piecewise cubic of R. Keys (1981) with a = −0.75.
  case bicubic
}

/// What `gridSampled` finds beyond the edges of an image.
public enum GridPadding: Sendable, CaseIterable {
  /// Zeros.
  case zeros
  /// The nearest element of the image.
  case border
  /// The image mirrored at its edges, or aligning corners at the centres of its outer elements, again
  /// and again.
  case reflection
}

extension Variable {
  /// Elements of images at positions between them, as PyTorch's `grid_sample` (M. Jaderberg and others,
  /// *Spatial Transformer Networks*, 2015).
  ///
  /// `self` is `[N, C, H, W]`, `grid` `[N, h, w, 2]` and the result `[N, C, h, w]`. A position of the
  /// grid is (x, y), x along the rows: −1 is the left or upper edge of the image and 1 the other one,
  /// at x · W ÷ 2 + (W − 1) ÷ 2 of its elements; or, aligning corners, the centres of its first and
  /// last elements, at (x + 1) · (W − 1) ÷ 2.
  ///
  ///     ∂self = each g added to the elements that it was made of, by their weights
  ///     ∂grid = Σ over channels of g times the slope of the result; 0 where the padding holds a
  ///             position at an edge
  ///
  /// A position of NaN gives NaN when it is interpolated, as with zeros does an infinite one. Stops with
  /// a message if the shapes do not fit, or images without elements are to give some.
  public func gridSampled(
    at grid: Variable, interpolation: GridInterpolation = .bilinear,
    padding: GridPadding = .zeros, aligningCorners: Bool = false
  ) -> Variable {
    guard rank == 4, grid.rank == 4, grid.shape[0] == shape[0], grid.shape[3] == 2 else {
      stop(
        "gridSampled: images \(shape) and grid \(grid.shape) do not fit; they must be [n, channels, "
          + "height, width] and [n, h, w, 2]")
    }
    guard grid.count == 0 || shape[1] == 0 || count > 0 else {
      stop("gridSampled: images \(shape) have no elements")
    }
    let (n, places) = (shape[0], grid.shape[1] * grid.shape[2])
    if count == 0 || grid.count == 0 {
      return Variable(Tensor.zeros([n, shape[1], grid.shape[1], grid.shape[2]]))
    }
    let points = grid.reshaped(to: [n, 1, places, 2])
    let x = GridAxis(points[.ellipsis, 0], shape[3], padding, aligningCorners)
    let y = GridAxis(points[.ellipsis, 1], shape[2], padding, aligningCorners)
    let planes = reshaped(to: [n, shape[1], shape[2] * shape[3]])
    var sum: Variable?
    for (row, yWeight) in y.taps(interpolation) {
      for (column, xWeight) in x.taps(interpolation) {
        var part = planes.elements(rows: row, columns: column, width: shape[3])
        if let yWeight, let xWeight { part = part * (yWeight * xWeight) }
        sum = sum.map { $0 + part } ?? part
      }
    }
    let result = sum ?? Variable(Tensor.zeros([n, shape[1], places]))
    return result.reshaped(to: [n, shape[1], grid.shape[1], grid.shape[2]])
  }

  /// The elements of planes `[n, channels, height · width]` at places `[n, 1, count]`, 0 where those
  /// are outside.
  fileprivate func elements(
    rows: GridPlaces, columns: GridPlaces, width: Int
  ) -> Variable {
    let places = rows.places * Int64(width) + columns.places
    let wanted: Shape = [shape[0], shape[1], places.shape[2]]
    let picked = gather(places.broadcast(to: wanted), axis: 2)
    return .where(rows.isInside .& columns.isInside, picked, 0)
  }
}

/// Places along an axis of the images, and which of them are really inside.
private struct GridPlaces {
  var places: Tensor<Int64>
  var isInside: Tensor<Bool>
}

/// The positions of a grid along one axis of the images.
private struct GridAxis<Scalar: FloatingPointScalar> {
  let position: Variable<Scalar>
  let extent: Int
  let padding: GridPadding
  let aligningCorners: Bool

  init(
    _ grid: Variable<Scalar>, _ extent: Int, _ padding: GridPadding, _ aligningCorners: Bool
  ) {
    let extents = Scalar(extent)
    position =
      aligningCorners
      ? (grid + 1) / 2 * (extents - 1) : ((grid + 1) * extents - 1) / 2
    self.extent = extent
    self.padding = padding
    self.aligningCorners = aligningCorners
  }

  /// The places along the axis and their weights; a weight of nil is 1.
  func taps(_ interpolation: GridInterpolation) -> [(GridPlaces, Variable<Scalar>?)] {
    switch interpolation {
    case .nearest: return [(places(padded(position).value.round()), nil)]
    case .bilinear:
      let position = padded(position)
      let lower = position.value.floor()
      let rest = position - Variable(lower)
      return [(places(lower), 1 - rest), (places(lower + 1), rest)]
    case .bicubic:
      let lower = position.value.floor()
      let t = position - Variable(lower)
      let weights = [outer(t + 1), inner(t), inner(1 - t), outer(2 - t)]
      return weights.enumerated().map { tap, weight in
        (places(padded(Variable(lower + Scalar(tap - 1))).value), weight)
      }
    }
  }

  /// Keys's cubic within a distance of 1, and between 1 and 2.
  private func inner(_ x: Variable<Scalar>) -> Variable<Scalar> {
    (1.25 * x - 2.25) * x * x + 1
  }
  private func outer(_ x: Variable<Scalar>) -> Variable<Scalar> {
    ((-0.75 * x + 3.75) * x - 6) * x + 3
  }

  /// Positions brought into the image, if the padding does so.
  private func padded(_ position: Variable<Scalar>) -> Variable<Scalar> {
    let last = Scalar(extent - 1)
    switch padding {
    case .zeros: return position
    case .border: return position.saturated(to: 0...last)
    case .reflection:
      let (edge, span): (Scalar, Scalar) = aligningCorners ? (0, last) : (-0.5, last + 1)
      if span == 0 { return position * 0 }
      let distance = (position - edge).magnitude()
      let turns = (distance.value / span).floor()
      let rest = distance - Variable(turns * span)
      let isOdd = turns.flooredRemainder(dividingBy: 2) .== 1
      return (Variable.where(isOdd, span - rest, rest) + edge).saturated(to: 0...last)
    }
  }

  /// Whole positions as indices; the first one for those outside the image.
  private func places(_ whole: Tensor<Scalar>) -> GridPlaces {
    let last = Scalar(extent - 1)
    let isInside = (whole .>= 0) .& (whole .<= last)
    return GridPlaces(
      places: Tensor<Int64>(Tensor.where(isInside, whole, 0)), isInside: isInside)
  }
}

/// The grid of an affine map for `gridSampled`, as PyTorch's `affine_grid`.
///
/// `maps` is `[n, 2, 3]`; the grid is `[n, h, w, 2]` for extents `[h, w]`, and its position in row i and
/// column j is maps · (xⱼ, yᵢ, 1), where x and y go from −1 to 1 from the centre of the first to that
/// of the last column or row, aligning corners; or from edge to edge. Stops with a message if the
/// shapes do not fit.
public func affineGrid<Scalar>(
  _ maps: Variable<Scalar>, extents: [Int], aligningCorners: Bool = false
) -> Variable<Scalar> {
  guard maps.rank == 3, maps.shape[1] == 2, maps.shape[2] == 3, extents.count == 2,
    extents.allSatisfy({ $0 >= 0 })
  else {
    stop(
      "affineGrid: maps \(maps.shape) and extents \(extents) do not fit; they must be [n, 2, 3] and "
        + "two extents of 0 or more")
  }
  func positions(_ extent: Int) -> Tensor<Scalar> {
    if extent <= 1 { return .zeros([extent]) }
    let ends: Scalar = aligningCorners ? 1 : Scalar(extent - 1) / Scalar(extent)
    return .linearSpace(from: -ends, through: ends, count: extent)
  }
  let axes = Tensor.meshgrid([positions(extents[0]), positions(extents[1])])
  let points = Tensor.stacked([axes[1], axes[0], .ones(axes[0].shape)], axis: -1)
    .reshaped(to: [extents[0] * extents[1], 3])
  return Variable(points).matmul(maps.permuted([0, 2, 1]))
    .reshaped(to: [maps.shape[0], extents[0], extents[1], 2])
}
