import Tensor

/// Views with other axes.
extension Variable {
  /// The view with the last two axes exchanged;  ∂x = gᵀ
  public var transposed: Variable {
    @_specialize(where Scalar == Float)
    get { linearMap(.transpose, value.transposed) { $0.transposed } }
  }

  /// The view with axis `i` of the result axis `axes[i]` of this;  ∂x = g with its axes put back
  public func permuted(_ axes: [Int]) -> Variable {
    linearMap(.permute, value.permuted(axes)) { g in
      var inverse = axes
      for (place, axis) in axes.enumerated() {
        inverse[axis < 0 ? axis + axes.count : axis] = place
      }
      return g.permuted(inverse)
    }
  }

  /// The same elements with another shape;  ∂x = g with the old shape
  public func reshaped(to shape: Shape) -> Variable {
    reshaped(to: value.reshaped(to: shape))
  }

  /// The same elements with another shape, of which one extent may be −1: what the others leave.
  public func reshaped(to extents: [Int]) -> Variable {
    reshaped(to: value.reshaped(to: extents))
  }

  /// All elements as a vector, in row-major order.
  public var flattened: Variable { reshaped(to: value.flattened) }

  /// The view without its axes of extent 1, or without the given ones; see `Tensor.squeezed`.
  public func squeezed(axes: [Int]? = nil) -> Variable {
    reshaped(to: value.squeezed(axes: axes))
  }

  /// The view with a new axis of extent 1 before the given one (−1: at the end).
  public func expanded(at axis: Int) -> Variable { reshaped(to: value.expanded(at: axis)) }

  /// The same elements, which `view` has with another shape.
  @_specialize(where Scalar == Float)
  private func reshaped(to view: Tensor<Scalar>) -> Variable {
    let shape = shape
    return linearMap(.reshape, view) { $0.reshaped(to: shape) }
  }

  /// The elements repeated along new axes and axes of extent 1;  ∂x = Σ g over the repetitions
  public func broadcast(to shape: Shape) -> Variable {
    let old = self.shape
    return linearMap(.broadcast, value.broadcast(to: shape)) { $0.reduced(to: old) }
  }

  /// The view with the order of the elements reversed along the given axes, or along all; ∂x = g
  /// reversed
  public func flipped(axes: [Int]? = nil) -> Variable {
    linearMap(.flip, value.flipped(axes: axes)) { $0.flipped(axes: axes) }
  }
}
