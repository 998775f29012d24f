/// How `resized` makes an image of other extents.
///
/// The first four are PyTorch's modes; `rounded`, `linear` and `cubic` are those of ONNX's `Resize`,
/// whose positions are computed in double precision.
public enum ResizeMode: Sendable, Hashable {
  /// The element ⌊i · n ÷ m⌋ for element i of m, of n: PyTorch's `nearest`.
  case nearest
  /// The element under the centre, ⌊(i + ½) · n ÷ m⌋: PyTorch's `nearest-exact`.
  case nearestCenter
  /// Weighted by the distances of the two nearest elements along each axis. Centres of elements lie at
  /// i + ½, and edges on edges; or, aligning corners, first on first and last on last elements.
  ///
  /// Smaller images are made of those two elements too, whatever lies between; `antialiasing` takes
  /// all elements less than a stride away, weighted by their distances in strides.
  case bilinear(aligningCorners: Bool, antialiasing: Bool = false)
  /// Four elements along each axis, weighted by the piecewise cubic of R. Keys (1981) with a = −0.75;
  /// elements beyond an edge are those at the edge. With `antialiasing`, the elements less than two
  /// strides away, with a = −0.5. Results may lie outside the range of the elements.
  case bicubic(aligningCorners: Bool, antialiasing: Bool = false)
  /// The element at the position in the given coordinates, rounded; one beyond an edge is that at the
  /// edge.
  case rounded(ResizeRounding, in: ResizeCoordinates)
  /// Weighted by the distances of the two elements beside the position in the given coordinates; one
  /// beyond an edge is that at the edge.
  case linear(in: ResizeCoordinates)
  /// Four elements around the position, weighted by Keys's cubic with a = `slope`. Elements beyond an
  /// edge are those at the edge; or they are left out, and the weights of the others divided by their
  /// sum.
  case cubic(in: ResizeCoordinates, slope: Double = -0.75, omittingOutside: Bool = false)
}

/// Where element i of m elements lies among n, a factor s apart: s is m ÷ n, or the factor given.
public enum ResizeCoordinates: Sendable, Hashable {
  /// (i + ½) ÷ s − ½: centres on centres.
  case halfPixel
  /// As `halfPixel`, but 0 where m is 1: ONNX's `pytorch_half_pixel`.
  case halfPixelUnlessSingle
  /// As `halfPixel`, shifted so that the middle of the m elements lies on that of the n, also where
  /// n · s is no whole number: n ÷ 2 · (1 − m ÷ (n · s)) + (i + ½) ÷ s − ½.
  case halfPixelSymmetric
  /// i ÷ s: first on first elements.
  case asymmetric
  /// i · (n − 1) ÷ (m − 1), or 0 where m is 1: first on first and last on last elements.
  case alignedCorners
}

/// Which of two elements `ResizeMode.rounded` takes for a position between them.
public enum ResizeRounding: Sendable, Hashable {
  /// The one before.
  case down
  /// The one behind.
  case up
  /// The nearer one; of two as near, the one before.
  case halfDown
  /// The nearer one; of two as near, the one behind.
  case halfUp
}

extension ResizeMode {
  /// Whether each element is one of the elements, as it is.
  var takesNearest: Bool {
    switch self {
    case .nearest, .nearestCenter, .rounded: true
    case .bilinear, .bicubic, .linear, .cubic: false
    }
  }

  /// Whether a factor moves the elements of an axis whose extent it does not change.
  var movesAxesThatStay: Bool {
    switch self {
    case .nearest, .bilinear, .bicubic(_, antialiasing: true): false
    case .nearestCenter, .bicubic, .rounded, .linear, .cubic: true
    }
  }
}

extension ResizeCoordinates {
  /// Where element `index` of `output` elements lies among `input`.
  func position(_ index: Int, _ input: Int, _ output: Int, factor: Double?) -> Double {
    // Products before quotients: halves of whole numbers stay exact.
    func scaled(_ place: Double) -> Double {
      factor.map { place / $0 } ?? place * Double(input) / Double(output)
    }
    let place = Double(index)
    switch self {
    case .halfPixel: return scaled(place + 0.5) - 0.5
    case .halfPixelUnlessSingle: return output == 1 ? 0 : scaled(place + 0.5) - 0.5
    case .halfPixelSymmetric:
      let rest = factor.map { Double(input) - Double(output) / $0 } ?? 0
      return rest / 2 + scaled(place + 0.5) - 0.5
    case .asymmetric: return scaled(place)
    case .alignedCorners:
      return output == 1 ? 0 : place * Double(input - 1) / Double(output - 1)
    }
  }
}

extension ResizeRounding {
  func callAsFunction(_ position: Double) -> Double {
    switch self {
    case .down: position.rounded(.down)
    case .up: position.rounded(.up)
    case .halfDown: (position - 0.5).rounded(.up)
    case .halfUp: (position + 0.5).rounded(.down)
    }
  }
}
