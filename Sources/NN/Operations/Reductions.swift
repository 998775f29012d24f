import Tensor

/// Reductions. `axes` nil means all of them; negative axes count from the last; a reduced axis
/// vanishes, or stays with extent 1 if `keepingDimensions`. What is undefined on `Tensor`, or an axis
/// that does not fit, stops with its message here.
extension Variable {
  /// y = Σ x;  ∂x = g, repeated
  @_specialize(where Scalar == Float)
  public func sum(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Variable {
    let shape = shape
    return linearMap(.sum, value.sum(axes: axes, keepingDimensions: keepingDimensions)) {
      $0.spread(over: axes, of: shape)
    }
  }

  /// y = Σ x ÷ n;  ∂x = g ÷ n, repeated
  public func mean(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Variable {
    let shape = shape
    let result = value.mean(axes: axes, keepingDimensions: keepingDimensions)
    return linearMap(.mean, result) { g in
      (g / Scalar(shape.elementCount / Swift.max(1, g.count))).spread(over: axes, of: shape)
    }
  }

  /// y = Σ x²;  ∂x = 2 · g · x
  public func sumOfSquares(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Variable {
    let result = value.sumOfSquares(axes: axes, keepingDimensions: keepingDimensions)
    return record(.sumOfSquares, result, from: self) { g, backward in
      backward.add(to: self) { (2 * g).spread(over: axes, of: self.shape) * self }
    }
  }

  /// y = Π x;  ∂x = g · the product of the other elements, also where there are zeros
  public func product(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Variable {
    let result = value.product(axes: axes, keepingDimensions: keepingDimensions)
    return record(.product, result, from: self) { y, g, backward in
      backward.add(to: self) {
        let others =
          (self.value .== 0).any().item
          ? self.productsOfOthers(axes) : y.spread(over: axes, of: self.shape) / self
        return g.spread(over: axes, of: self.shape) * others
      }
    }
  }

  /// The largest element;  ∂x = g, in equal shares for equal largest elements (PyTorch's `amax`)
  public func max(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Variable {
    extreme(.max, value.max(axes: axes, keepingDimensions: keepingDimensions), axes)
  }

  /// The smallest element;  ∂x = g, in equal shares for equal smallest elements (PyTorch's `amin`)
  public func min(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Variable {
    extreme(.min, value.min(axes: axes, keepingDimensions: keepingDimensions), axes)
  }

  private func extreme(
    _ operation: Operation, _ result: Tensor<Scalar>, _ axes: [Int]?
  ) -> Variable {
    let shape = shape
    return record(operation, result, from: self) { g, backward in
      backward.add(to: self) {
        let isExtreme = self.value .== Variable(result).spread(over: axes, of: shape).value
        let chosen = Tensor<Scalar>.where(isExtreme, 1, 0)
        let shares = chosen / chosen.sum(axes: axes, keepingDimensions: true)
        return g.spread(over: axes, of: shape) * Variable(shares)
      }
    }
  }

  /// y = Σ (x − x̄)² ÷ max(n − `correction`, 0);  ∂x = 2 · g · (x − x̄) ÷ max(n − `correction`, 0)
  public func variance(
    axes: [Int]? = nil, correction: Int = 0, keepingDimensions: Bool = false
  ) -> Variable {
    let result = value.variance(
      axes: axes, correction: correction, keepingDimensions: keepingDimensions)
    return record(.variance, result, from: self) { g, backward in
      backward.add(to: self) {
        let divisor = self.freedom(axes, g.count, correction)
        return (2 * g / divisor).spread(over: axes, of: self.shape) * self.deviations(axes)
      }
    }
  }

  /// The square root of the variance;  ∂x = g · (x − x̄) ÷ (y · max(n − `correction`, 0)), which is 0
  /// where all elements are equal
  public func standardDeviation(
    axes: [Int]? = nil, correction: Int = 0, keepingDimensions: Bool = false
  ) -> Variable {
    let result = value.standardDeviation(
      axes: axes, correction: correction, keepingDimensions: keepingDimensions)
    return record(.standardDeviation, result, from: self) { y, g, backward in
      backward.add(to: self) {
        let divisor = self.freedom(axes, g.count, correction)
        // Without a spread no direction: the gradient is 0 there.
        let isZero = y.value .== 0
        let slope = Variable.where(isZero, 0, g / (.where(isZero, 1, y) * divisor))
        return slope.spread(over: axes, of: self.shape) * self.deviations(axes)
      }
    }
  }

  private func deviations(_ axes: [Int]?) -> Variable {
    self - mean(axes: axes, keepingDimensions: true)
  }

  /// What a variance is divided by.
  private func freedom(_ axes: [Int]?, _ resultCount: Int, _ correction: Int) -> Scalar {
    Scalar(Swift.max(0, count / Swift.max(1, resultCount) - correction))
  }

  /// y = ln Σ eˣ;  ∂x = g · eˣ⁻ʸ, so 0 where all elements are −∞
  public func logSumExp(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Variable {
    let result = value.logSumExp(axes: axes, keepingDimensions: keepingDimensions)
    return record(.logSumExp, result, from: self) { y, g, backward in
      backward.add(to: self) {
        let finite = Variable.where(y.value .== -.infinity, 0, y)
        let shares = (self - finite.spread(over: axes, of: self.shape)).exp()
        return g.spread(over: axes, of: self.shape) * shares
      }
    }
  }

  /// The norm (Σ |x|ᵖ)^(1/p) for p = `order`; see `Tensor.norm`.
  ///
  ///     ∂x = g · sign x · (|x| ÷ y)ᵖ⁻¹
  ///
  /// which is 0 where x or y is 0. For orders ∞ and −∞ equal magnitudes share g evenly; for order 0,
  /// a count, ∂x is 0.
  public func norm(
    order: Double = 2, axes: [Int]? = nil, keepingDimensions: Bool = false
  ) -> Variable {
    let result = value.norm(order: order, axes: axes, keepingDimensions: keepingDimensions)
    switch order {
    case _ where count == 0 || order == 0:
      return Variable(result)
    case .infinity:
      return magnitude().max(axes: axes, keepingDimensions: keepingDimensions)
    case -.infinity:
      return magnitude().min(axes: axes, keepingDimensions: keepingDimensions)
    default:
      return record(.norm, result, from: self) { y, g, backward in
        backward.add(to: self) {
          let isZero = y.value .== 0
          let scale = Variable.where(isZero, 1, y).spread(over: axes, of: self.shape)
          let slopes = (self / scale).powerOfNorm(order - 1)
          return Variable.where(isZero, 0, g).spread(over: axes, of: self.shape) * slopes
        }
      }
    }
  }

  /// sign x · |x|ᵉ, but 0 where x is 0.
  private func powerOfNorm(_ exponent: Double) -> Variable {
    if exponent == 1 { return self }
    let sign = Variable(value.sign())
    if exponent == 0 { return sign }
    let isZero = value .== 0
    return sign * Variable.where(isZero, 1, self).magnitude().power(Scalar(exponent))
  }

  /// This, which reducing over axes of `shape` gave, or would give, repeated along them.
  private func spread(over axes: [Int]?, of shape: Shape) -> Variable {
    var kept = shape.map { $0 }
    for axis in axes ?? Array(0..<shape.rank) { kept[axis < 0 ? axis + shape.rank : axis] = 1 }
    return reshaped(to: Shape(kept)).broadcast(to: shape)
  }
}

/// Running sums and products along an axis.
extension Variable {
  /// yᵢ = x₀ + … + xᵢ;  ∂xᵢ = gᵢ + gᵢ₊₁ + …
  ///
  /// `exclusive` sums leave xᵢ out, `reversed` ones run from the other end, and so then do those of
  /// the gradient; see `Tensor.cumulativeSum`.
  public func cumulativeSum(
    axis: Int, exclusive: Bool = false, reversed: Bool = false
  ) -> Variable {
    let sums = value.cumulativeSum(axis: axis, exclusive: exclusive, reversed: reversed)
    return linearMap(.cumulativeSum, sums) {
      $0.cumulativeSum(axis: axis, exclusive: exclusive, reversed: !reversed)
    }
  }

  /// yᵢ = x₀ · … · xᵢ;  ∂xₖ = Σ gᵢ · yᵢ ÷ xₖ over i from k on
  ///
  /// Where there are zeros, ∂xₖ = pₖ · sₖ with the product pₖ of the elements before xₖ and
  /// sₖ = gₖ + xₖ₊₁ · sₖ₊₁, one position after another. `exclusive` products leave xᵢ out, `reversed`
  /// ones run from the other end; see `Tensor.cumulativeProduct`.
  public func cumulativeProduct(
    axis: Int, exclusive: Bool = false, reversed: Bool = false
  ) -> Variable {
    let axis = shape.axis(axis, of: "cumulativeProduct")
    if reversed {
      return flipped(axes: [axis]).cumulativeProduct(axis: axis, exclusive: exclusive)
        .flipped(axes: [axis])
    }
    if exclusive {
      return shape[axis] == 0
        ? self : productsBefore(cumulativeProduct(axis: axis), axis: axis)
    }
    let result = value.cumulativeProduct(axis: axis)
    return record(.cumulativeProduct, result, from: self) { y, g, backward in
      backward.add(to: self) {
        guard (self.value .== 0).any().item else {
          return (g * y).flipped(axes: [axis]).cumulativeSum(axis: axis).flipped(axes: [axis])
            / self
        }
        return self.productsBefore(y, axis: axis) * self.weightedProductsAfter(g, axis: axis)
      }
    }
  }

  /// The product of the elements before each one along an axis, of which `products` are the running
  /// products.
  private func productsBefore(_ products: Variable, axis: Int) -> Variable {
    let ones = Variable(Tensor.ones(narrowed(axis, 0..<1).shape))
    return .concatenated([ones, products.narrowed(axis, 0..<shape[axis] - 1)], axis: axis)
  }

  /// sₖ = gₖ + xₖ₊₁ · sₖ₊₁ along an axis.
  private func weightedProductsAfter(_ g: Variable, axis: Int) -> Variable {
    var parts: [Variable] = []
    for place in (0..<shape[axis]).reversed() {
      let here = g.narrowed(axis, place..<place + 1)
      guard let next = parts.last else {
        parts.append(here)
        continue
      }
      parts.append(here + narrowed(axis, place + 1..<place + 2) * next)
    }
    return .concatenated(parts.reversed(), axis: axis)
  }

  /// For each element the product of the others with which it is multiplied over some axes.
  private func productsOfOthers(_ axes: [Int]?) -> Variable {
    let reduced = (axes ?? Array(0..<rank)).map { $0 < 0 ? $0 + rank : $0 }
    if reduced.isEmpty { return Variable(Tensor.ones(shape)) }
    // The reduced axes as one, the last.
    let order = (0..<rank).filter { !reduced.contains($0) } + reduced
    let ordered = permuted(order)
    let lead = Array(ordered.shape.dropLast(reduced.count))
    let last = lead.count
    let rows = ordered.reshaped(to: Shape(lead + [count / lead.reduce(1, *)]))
    let reversed = rows.flipped(axes: [last])
    let before = rows.productsBefore(rows.cumulativeProduct(axis: last), axis: last)
    let after = reversed.productsBefore(reversed.cumulativeProduct(axis: last), axis: last)
      .flipped(axes: [last])
    let back = order.indices.map { order.firstIndex(of: $0)! }
    return (before * after).reshaped(to: ordered.shape).permuted(back)
  }
}
