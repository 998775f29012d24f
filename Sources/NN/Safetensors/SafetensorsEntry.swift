import Tensor

/// One tensor as a safetensors header declares it.
public struct SafetensorsEntry: Sendable {
  public let name: String
  public let dtype: SafetensorsDType
  /// Row-major; `[]` is a scalar.
  public let shape: Shape
  /// Where the elements lie, from the start of the data.
  package let range: Range<Int>

  init(name: String, dtype: SafetensorsDType, shape: Shape, range: Range<Int>) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.range = range
  }

  /// Reads the value of key `name`, and checks the shape against the extent of the data.
  init(name: String, from reader: inout JSONReader) throws(MalformedHeader) {
    var dtype: SafetensorsDType?
    var dimensions: [Int]?
    var offsets: [Int]?
    try reader.object { reader, key throws(MalformedHeader) in
      switch key {
      case "dtype":
        let text = try reader.string()
        dtype = SafetensorsDType(rawValue: text)
        if dtype == nil {
          throw MalformedHeader(reason: "its dtype \"\(text.onOneLine())\" is unknown")
        }
      case "shape":
        dimensions = try reader.integers(atMost: Dimensions.capacity, "dimensions")
      case "data_offsets":
        offsets = try reader.integers(atMost: 2, "data offsets")
      default:
        throw MalformedHeader(reason: "its key \"\(key.onOneLine())\" is unknown")
      }
    }
    guard let dtype else { throw MalformedHeader(reason: "its dtype is missing") }
    guard let dimensions else { throw MalformedHeader(reason: "its shape is missing") }
    guard let offsets else { throw MalformedHeader(reason: "its data_offsets are missing") }
    guard offsets.count == 2 else {
      throw MalformedHeader(reason: "it has \(offsets.count) data offsets, expected 2")
    }
    guard offsets[0] <= offsets[1] else {
      throw MalformedHeader(
        reason: "it begins at data byte \(offsets[0]), after its end at \(offsets[1])")
    }
    let size = try Self.byteCount(of: dtype, dimensions)
    guard offsets[1] - offsets[0] == size else {
      throw MalformedHeader(
        reason: "\(dtype.rawValue) of shape \(dimensions) takes \(size) bytes, but its "
          + "data_offsets span \(offsets[1] - offsets[0])")
    }
    self.init(
      name: name, dtype: dtype, shape: Shape(dimensions), range: offsets[0]..<offsets[1])
  }

  private static func byteCount(
    of dtype: SafetensorsDType, _ dimensions: [Int]
  ) throws(MalformedHeader) -> Int {
    // Empty dimensions count as one in the check, because strides are products of the others.
    var bits = dtype.bitsPerElement
    for dimension in dimensions {
      let (product, overflow) = bits.multipliedReportingOverflow(by: max(dimension, 1))
      guard !overflow else {
        throw MalformedHeader(
          reason: "\(dtype.rawValue) of shape \(dimensions) is too large to address")
      }
      bits = product
    }
    if dimensions.contains(0) { return 0 }
    guard bits.isMultiple(of: 8) else {
      throw MalformedHeader(
        reason: "\(dtype.rawValue) of shape \(dimensions) takes \(bits) bits, which is not a "
          + "whole number of bytes")
    }
    return bits / 8
  }
}

extension JSONReader {
  /// Reads an array of at most `limit` whole numbers.
  fileprivate mutating func integers(
    atMost limit: Int, _ what: String
  ) throws(MalformedHeader) -> [Int] {
    var values: [Int] = []
    try array { reader throws(MalformedHeader) in
      guard values.count < limit else {
        throw MalformedHeader(reason: "it has more than \(limit) \(what)")
      }
      values.append(try reader.nonNegativeInteger())
    }
    return values
  }
}
