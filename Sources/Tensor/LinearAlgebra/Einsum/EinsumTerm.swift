/// A tensor with an index for each axis. No index occurs twice, and no axis has extent 1: such an
/// axis broadcasts, which it does as well when it is not there.
struct EinsumTerm<Scalar: SignedScalar> {
  private let tensor: Tensor<Scalar>
  private let indices: [Int]
  let set: EinsumIndices

  /// The view of an operand: diagonals where an index is repeated, without axes of extent 1.
  init(_ operand: Tensor<Scalar>, _ indices: [Int]) {
    var layout = operand.layout
    var indices = indices
    var axis = 0
    while axis < indices.count {
      if layout.shape.dimensions[axis] == 1 {
        layout = layout.removingAxis(axis)
        indices.remove(at: axis)
      } else if let second = indices[(axis + 1)...].firstIndex(of: indices[axis]) {
        layout = layout.diagonal(axis, second)
        indices.append(indices[axis])
        indices.remove(at: second)
        indices.remove(at: axis)
      } else {
        axis += 1
      }
    }
    self.init(tensor: Tensor(storage: operand.storage, layout: layout), indices: indices)
  }

  private init(tensor: Tensor<Scalar>, indices: [Int]) {
    self.tensor = tensor
    self.indices = indices
    set = EinsumIndices(indices)
  }

  /// The sum over the indices that nobody wants.
  func summed(keeping wanted: EinsumIndices) -> EinsumTerm {
    let axes = indices.indices.filter { !wanted.contains(indices[$0]) }
    if axes.isEmpty { return self }
    return EinsumTerm(
      tensor: tensor.sum(axes: axes), indices: indices.filter { wanted.contains($0) })
  }

  /// The view with the axes in the given order, of extent 1 where this term has none.
  func arranged(_ order: [Int]) -> Tensor<Scalar> {
    var extents = Dimensions()
    var strides = Dimensions()
    for index in order {
      let axis = indices.firstIndex(of: index)
      extents.append(axis.map { tensor.shape.dimensions[$0] } ?? 1)
      strides.append(axis.map { tensor.layout.strides[$0] } ?? 0)
    }
    let view = Layout(
      shape: Shape(dimensions: extents), strides: strides, offset: tensor.layout.offset)
    return Tensor(storage: tensor.storage, layout: view)
  }

  /// The product with another term, summed over the indices that nobody wants; `order` is that of
  /// the final result, which the axes follow where it costs nothing.
  func multiplied(
    by other: EinsumTerm, keeping wanted: EinsumIndices, order: [Int]
  ) -> EinsumTerm {
    let left = summed(keeping: other.set.union(wanted))
    let right = other.summed(keeping: set.union(wanted))
    let shared = left.set.intersection(right.set)
    if shared.isSubset(of: wanted) { return left.multipliedElementwise(by: right, order: order) }

    // The longest runs of memory in the result are its last axes: these should be the columns.
    let last = order.last { left.set.union(right.set).contains($0) }
    if let last, left.set.contains(last), !shared.contains(last) {
      return right.contracted(with: left, keeping: wanted, order: order)
    }
    return left.contracted(with: right, keeping: wanted, order: order)
  }

  private func multipliedElementwise(by other: EinsumTerm, order: [Int]) -> EinsumTerm {
    let all = set.union(other.set)
    var axes = order.filter { all.contains($0) }
    for index in indices + other.indices where !axes.contains(index) { axes.append(index) }
    return EinsumTerm(tensor: arranged(axes) * other.arranged(axes), indices: axes)
  }

  /// The product as a batch of matrix products: [kept by both…, only here, lost] × [kept by both…,
  /// lost, only there].
  private func contracted(
    with other: EinsumTerm, keeping wanted: EinsumIndices, order: [Int]
  ) -> EinsumTerm {
    let shared = set.intersection(other.set)
    let batch =
      order.filter { shared.contains($0) }
      + indices.filter {
        shared.contains($0) && wanted.contains($0) && !order.contains($0)
      }
    let rows = byStride { !shared.contains($0) }
    let columns = other.byStride { !shared.contains($0) }
    // The larger operand is the one not to copy.
    let lost = (tensor.count >= other.tensor.count ? self : other).byStride {
      shared.contains($0) && !wanted.contains($0)
    }
    let batchExtents = extents(of: batch)
    let lostCount = extents(of: lost).reduce(1, *)
    let rowExtents = extents(of: rows)
    let columnExtents = other.extents(of: columns)
    // Two axes are taken by the matrices; more batch axes than fit beside them become one.
    let groups =
      batch.count <= Dimensions.capacity - 2 ? batchExtents : [batchExtents.reduce(1, *)]
    let product: Tensor<Scalar>
    if rows.isEmpty && columns.isEmpty {
      product = DotProduct.lastAxis(
        arranged(batch + lost).reshaped(to: Shape(groups + [lostCount])),
        other.arranged(batch + lost).reshaped(to: Shape(groups + [lostCount])))
    } else {
      product = Self.matrixProduct(
        arranged(batch + rows + lost)
          .reshaped(to: Shape(groups + [rowExtents.reduce(1, *), lostCount])),
        other.arranged(batch + lost + columns)
          .reshaped(to: Shape(groups + [lostCount, columnExtents.reduce(1, *)])))
    }
    return EinsumTerm(
      tensor: product.reshaped(to: Shape(batchExtents + rowExtents + columnExtents)),
      indices: batch + rows + columns)
  }

  /// The indices that fulfil a condition, from the longest stride to the shortest, so that their
  /// axes can become one without a copy wherever that is possible.
  private func byStride(_ isIncluded: (Int) -> Bool) -> [Int] {
    let axes = indices.indices.filter { isIncluded(indices[$0]) }
    return axes.sorted {
      tensor.layout.strides[$0].magnitude > tensor.layout.strides[$1].magnitude
    }.map { indices[$0] }
  }

  private func extents(of indices: [Int]) -> [Int] {
    indices.map { index in tensor.shape.dimensions[self.indices.firstIndex(of: index)!] }
  }

  /// Batches of matrices by GEMM; integers by dot products of rows.
  private static func matrixProduct(
    _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
  ) -> Tensor<Scalar> {
    switch Scalar.dtype {
    case .float32: cast(cast(a, to: Float.self).matmul(cast(b, to: Float.self)), to: Scalar.self)
    case .float64: cast(cast(a, to: Double.self).matmul(cast(b, to: Double.self)), to: Scalar.self)
    default: DotProduct.matrices(a, b)
    }
  }

  /// The same tensor under the other name of its scalar type.
  private static func cast<From, To>(_ tensor: Tensor<From>, to: To.Type) -> Tensor<To> {
    Tensor<To>(storage: tensor.storage, layout: tensor.layout)
  }
}

extension Layout {
  /// The layout without an axis, of which the first position is taken.
  fileprivate func removingAxis(_ axis: Int) -> Layout {
    var extents = shape.dimensions
    var steps = strides
    extents.remove(at: axis)
    steps.remove(at: axis)
    return Layout(shape: Shape(dimensions: extents), strides: steps, offset: offset)
  }
}
