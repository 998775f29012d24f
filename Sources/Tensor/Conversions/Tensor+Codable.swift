/// A tensor is coded as its element type in NumPy's name, its shape, and its elements in row-major
/// order: `{"dtype":"float32","shape":[2,2],"elements":[1,2,3,4]}`.
///
/// Finite floats come back bit for bit. JSON has no NaN and no infinities: its encoder throws unless
/// told how to write them. For large tensors `.npy` is the better form.
extension Tensor: Codable {
  private enum CodingKeys: String, CodingKey {
    case dtype, shape, elements
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Scalar.dtype.description, forKey: .dtype)
    try container.encode([Int](shape), forKey: .shape)
    try container.encode(scalars, forKey: .elements)
  }

  /// Throws a `DecodingError` that says what is wrong if the element type is another one, or shape
  /// and elements do not fit.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let dtype = try container.decode(String.self, forKey: .dtype)
    guard dtype == Scalar.dtype.description else {
      throw DecodingError.dataCorruptedError(
        forKey: .dtype, in: container,
        debugDescription: "Tensor<\(Scalar.self)>: elements are \(dtype), not \(Scalar.dtype)")
    }
    let extents = try container.decode([Int].self, forKey: .shape)
    let elements = try container.decode([Scalar].self, forKey: .elements)
    // The shape is checked before it is made: a `Shape` stops the program where it is wrong.
    var product: Int? = extents.count <= Dimensions.capacity ? 1 : nil
    for extent in extents {
      let (partial, overflow) = (product ?? 0).multipliedReportingOverflow(by: extent)
      product = product == nil || extent < 0 || overflow ? nil : partial
    }
    guard product == elements.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .shape, in: container,
        debugDescription:
          "Tensor<\(Scalar.self)>: shape \(extents) does not fit \(elements.count) elements")
    }
    self.init(elements, shape: Shape(extents))
  }
}
