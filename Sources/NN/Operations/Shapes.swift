import Tensor

/// Views and reductions.
extension Variable {
  /// The view with the last two axes exchanged;  ∂x = gᵀ
  public var transposed: Variable {
    record(.transpose, value.transposed, from: self) { g, backward in
      backward.add(to: self) { g.transposed }
    }
  }

  /// The view with axis `i` of the result axis `axes[i]` of this;  ∂x = g with its axes put back
  public func permuted(_ axes: [Int]) -> Variable {
    record(.permute, value.permuted(axes), from: self) { g, backward in
      backward.add(to: self) {
        var inverse = axes
        for (place, axis) in axes.enumerated() {
          inverse[axis < 0 ? axis + axes.count : axis] = place
        }
        return g.permuted(inverse)
      }
    }
  }

  /// The same elements with another shape;  ∂x = g with the old shape
  public func reshaped(to shape: Shape) -> Variable {
    record(.reshape, value.reshaped(to: shape), from: self) { g, backward in
      backward.add(to: self) { g.reshaped(to: self.shape) }
    }
  }

  /// The elements repeated along new axes and axes of extent 1;  ∂x = Σ g over the repetitions
  public func broadcast(to shape: Shape) -> Variable {
    record(.broadcast, value.broadcast(to: shape), from: self) { g, backward in
      backward.add(to: self) { g.reduced(to: self.shape) }
    }
  }

  /// y = Σ x over the axes (all if nil);  ∂x = g, repeated
  public func sum(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Variable {
    let result = value.sum(axes: axes, keepingDimensions: keepingDimensions)
    return record(.sum, result, from: self) { g, backward in
      backward.add(to: self) {
        var kept = self.shape.map { $0 }
        for axis in axes ?? Array(0..<self.rank) { kept[axis < 0 ? axis + self.rank : axis] = 1 }
        return g.reshaped(to: Shape(kept)).broadcast(to: self.shape)
      }
    }
  }

  /// The mean over the axes (all if nil): Σ x ÷ n
  public func mean(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Variable {
    let total = sum(axes: axes, keepingDimensions: keepingDimensions)
    return total / Scalar(count / Swift.max(total.count, 1))
  }
}
