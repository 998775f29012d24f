/// Parts of tensors for code that has selections in an array, and their adjoints.
extension Tensor {
  /// The part at the given positions and ranges, as by the subscript.
  package func part(at selections: [any AxisSelectionConvertible]) -> Tensor {
    Tensor(storage: storage, layout: layout.selecting(selections))
  }
}

extension Tensor where Scalar: NumericScalar {
  /// Zeros of a shape with the elements of this tensor where a view shows them.
  ///
  /// The view is one of a tensor of that shape; it has the shape of this tensor and shows no element
  /// twice.
  package func placed(in shape: Shape, where view: (Tensor) -> Tensor) -> Tensor {
    let result = Tensor.zeros(shape)
    result.initialize(view(result).layout, from: self)
    return result
  }
}

extension Tensor where Scalar: FloatingPointScalar {
  /// Adds a tensor to the elements that a view shows, which has its shape and shows no element twice.
  package mutating func add(_ part: Tensor, where view: (Tensor) -> Tensor) {
    makeUnique()
    let shown = view(self)
    initialize(shown.layout, from: shown + part)
  }
}
