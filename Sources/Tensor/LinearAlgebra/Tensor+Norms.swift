extension Tensor where Scalar: FloatingPointScalar {
  /// The norm of vectors: (Σ |x|ᵖ)^(1/p) over the given axes, or over all, for p = `order`.
  ///
  /// Order 2 is the Euclidean norm, over two axes Frobenius's: its squares neither overflow nor
  /// vanish. Order 1 is the sum of magnitudes, ∞ and −∞ their largest and smallest, and 0 counts the
  /// elements that are not 0. Of nothing a norm is 0, but for negative orders, which are infinite.
  /// NaN if an element is NaN. Other norms of matrices follow from `singularValues`.
  ///
  /// Stops with a message if an axis is out of range or named twice, or the order is NaN.
  public func norm(
    order: Double = 2, axes: [Int]? = nil, keepingDimensions: Bool = false
  ) -> Tensor {
    let isReduced = Reduction.reducedAxes(axes, of: shape, "norm")
    let named = (0..<rank).filter { isReduced[$0] }
    let hasNothing = named.contains { shape[$0] == 0 }
    func sum(_ terms: Tensor) -> Tensor {
      terms.sum(axes: named, keepingDimensions: keepingDimensions)
    }
    switch order {
    case _ where order.isNaN: fatalError("norm: the order is NaN")
    case _ where hasNothing: return order < 0 ? sum(self).filled(with: .infinity) : sum(self)
    case 0: return sum(sign().magnitude())
    case 1: return sum(magnitude())
    case 2: return euclideanNorm(axes: named, keepingDimensions: keepingDimensions)
    case .infinity: return magnitude().max(axes: named, keepingDimensions: keepingDimensions)
    case -.infinity: return magnitude().min(axes: named, keepingDimensions: keepingDimensions)
    default: return sum(magnitude().power(Tensor(Scalar(order)))).power(Tensor(Scalar(1 / order)))
    }
  }

  private func euclideanNorm(axes: [Int], keepingDimensions: Bool) -> Tensor {
    let squares = sumOfSquares(axes: axes, keepingDimensions: keepingDimensions)
    // Below, squares have lost digits.
    let smallest = Scalar.leastNormalMagnitude / Scalar.ulpOfOne
    let isInRange = squares.withUnsafeBufferPointer { values in
      values.allSatisfy { $0 >= smallest && $0.isFinite }
    }
    if isInRange { return squares.squareRoot() }
    var scale = magnitude().max(axes: axes, keepingDimensions: true)
    scale.withUnsafeMutableBufferPointer { values in
      // Zeros, infinities and NaN are what they are.
      for place in values.indices where !(values[place] > 0 && values[place].isFinite) {
        values[place] = 1
      }
    }
    let scaled = (self / scale).sumOfSquares(axes: axes, keepingDimensions: true)
    return (scaled.squareRoot() * scale).reshaped(to: squares.shape)
  }
}

extension Tensor where Scalar: SignedScalar {
  /// The cross product of vectors of three elements along an axis: c₀ = a₁b₂ − a₂b₁, and so on in
  /// turn. The other axes broadcast.
  ///
  /// Stops with a message if the axis is out of range, is not the same counted from the last, or has
  /// another extent than 3 in an operand, or if the shapes do not broadcast.
  public func cross(_ other: Tensor, axis: Int = -1) -> Tensor {
    let mine = shape.axis(axis, of: "cross")
    let its = other.shape.axis(axis, of: "cross")
    guard mine - rank == its - other.rank && shape[mine] == 3 && other.shape[its] == 3 else {
      fatalError(
        "cross: axis \(axis) of shapes \(shape) and \(other.shape) must be the same from the last, "
          + "of extent 3")
    }
    _ = Shape.broadcast(shape, other.shape, of: "cross")
    return rolled(-1, axis: mine) * other.rolled(-2, axis: its)
      - rolled(-2, axis: mine) * other.rolled(-1, axis: its)
  }
}
