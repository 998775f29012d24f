extension Tensor {
  /// The element at a position, one index for each axis; negative ones count from the end.
  ///
  /// `t[at: 1, -1]` is a number, where `t[1, -1]` is a tensor. For a handful of elements: each access
  /// is checked, and a write copies the tensor first if its elements are shared. Stops with a message
  /// if an index is out of range or there are fewer or more than axes.
  public subscript(at indices: Int...) -> Scalar {
    get { withStorage { typedPointer[offset(of: indices)] } }
    set {
      // Copying may change the strides, so the place is found afterwards.
      let base = mutablePointer().assumingMemoryBound(to: Scalar.self)
      base[offset(of: indices)] = newValue
    }
  }

  /// The distance of an element from the first one, in memory.
  private func offset(of indices: [Int]) -> Int {
    guard indices.count == rank else {
      fatalError("subscript(at:): \(indices.count) indices for a tensor of shape \(shape)")
    }
    var offset = 0
    for (axis, index) in indices.enumerated() {
      let extent = shape.dimensions[axis]
      let resolved = index < 0 ? index + extent : index
      guard resolved >= 0 && resolved < extent else {
        fatalError("subscript(at:): index \(index) is out of range for axis \(axis) of \(shape)")
      }
      offset += resolved * layout.strides[axis]
    }
    return offset
  }
}
