import Tensor

extension Variable {
  /// The matrix product, by NumPy's rules.
  ///
  ///     y = a · b;  ∂a = g · bᵀ, ∂b = aᵀ · g
  ///
  /// summed over the batches that were broadcast. A vector on the left is a row, on the right a
  /// column. Stops with a message if the shapes do not fit.
  @_specialize(where Scalar == Float)
  public func matmul(_ other: Variable) -> Variable {
    if rank == 1 || other.rank == 1 { return matmulOfVectors(other) }
    let (left, right) = (operand, other.operand)
    let (forLeft, forRight) = (other.kept(for: self), kept(for: other))
    return record(.matmul, value.matmul(other.value), from: self, other) { g, backward in
      if let forLeft {
        backward.add(to: left) { g.matmul(forLeft.transposed).reduced(to: left.shape) }
      }
      if let forRight {
        backward.add(to: right) { forRight.transposed.matmul(g).reduced(to: right.shape) }
      }
    }
  }

  /// A vector becomes a matrix of one row or column, and that axis leaves the result again.
  private func matmulOfVectors(_ other: Variable) -> Variable {
    guard rank >= 1 && other.rank >= 1 else { return Variable(value.matmul(other.value)) }
    let left = rank == 1 ? reshaped(to: [1, count]) : self
    let right = other.rank == 1 ? other.reshaped(to: [other.count, 1]) : other
    let product = left.matmul(right)
    var extents = product.shape.map { $0 }
    if other.rank == 1 { extents.removeLast() }
    if rank == 1 { extents.remove(at: extents.count - (other.rank == 1 ? 1 : 2)) }
    return product.reshaped(to: Shape(extents))
  }
}

/// The affine map of the last axis: y = x · Wᵀ + b, in one pass over y.
///
///     ∂x = g · W, ∂W = gᵀ · x, ∂b = Σ g
///
/// `x` is `[…, inputs]`, `weight` is `[outputs, inputs]` and `bias`, if any, `[outputs]`. Stops with a
/// message that names both shapes if they do not fit.
@_specialize(where Scalar == Float)
public func linear<Scalar>(
  _ x: Variable<Scalar>, weight: Variable<Scalar>, bias: Variable<Scalar>? = nil
) -> Variable<Scalar> {
  guard x.rank >= 1, weight.rank == 2, x.shape[-1] == weight.shape[1] else {
    stop(
      "linear: input \(x.shape) does not fit weight \(weight.shape); "
        + "the last extent of the input must be the second of the weight")
  }
  let inputs = weight.shape[1]
  let outputs = weight.shape[0]
  if let bias, bias.rank != 1 || bias.count != outputs {
    stop("linear: bias \(bias.shape) does not fit weight \(weight.shape)")
  }
  // All axes but the last count as rows, so that batches of any rank are one product.
  let input = x.rank == 2 ? x : x.reshaped(to: [x.shape.dropLast().reduce(1, *), inputs])
  let operands = bias ?? Variable(Tensor<Scalar>.zeros([0]))
  let value = input.value.affine(weight: weight.value, bias: bias?.value)
  let (samples, matrix) = (input.operand, weight.operand)
  let (forInput, forWeight) = (weight.kept(for: input), input.kept(for: weight))
  let y = record(.linear, value, from: input, weight, operands) { g, backward in
    if let forInput { backward.add(to: samples) { g.matmul(forInput) } }
    if let forWeight {
      // Transposed as a whole, so that the gradient has the memory layout of the weight.
      backward.add(to: matrix) { forWeight.transposed.matmul(g).transposed }
    }
    if let bias { backward.add(to: bias) { g.sum(axes: [0]) } }
  }
  return x.rank == 2 ? y : y.reshaped(to: Shape(x.shape.dropLast() + [outputs]))
}
