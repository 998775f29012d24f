/// The extents of a tensor along each of its axes, outermost first: `[2, 3]` has two rows of three.
///
/// A shape has at most eight axes. `[]` is the shape of a scalar tensor, which has one element.
/// An extent of zero is legal and makes a tensor without elements.
public struct Shape: Sendable, Hashable, RandomAccessCollection, ExpressibleByArrayLiteral {
  package var dimensions: Dimensions

  /// The number of elements of a tensor of this shape: the product of the extents.
  public let elementCount: Int

  /// Creates a shape from its extents.
  ///
  /// Stops with a message if an extent is negative, if there are more than eight, or if their
  /// product overflows `Int`.
  public init(_ extents: some Collection<Int>) {
    self.init(dimensions: Dimensions(extents))
  }

  public init(arrayLiteral elements: Int...) {
    self.init(elements)
  }

  package init(dimensions: Dimensions) {
    var product = 1
    var overflows = false
    for extent in dimensions {
      guard extent >= 0 else {
        fatalError("Shape: extents must not be negative, got \(Array(dimensions))")
      }
      let (partial, overflow) = product.multipliedReportingOverflow(by: extent)
      product = partial
      overflows = overflows || overflow
    }
    // A zero extent anywhere makes the count zero, whatever the other extents multiply to.
    if overflows {
      guard dimensions.contains(0) else {
        fatalError("Shape: the element count of \(Array(dimensions)) overflows Int")
      }
      product = 0
    }
    self.dimensions = dimensions
    self.elementCount = product
  }

  /// The number of axes.
  public var rank: Int { dimensions.count }

  public var startIndex: Int { 0 }
  public var endIndex: Int { dimensions.count }

  /// The extent along an axis; negative axes count from the last.
  ///
  /// Stops with a message if there is no such axis.
  public subscript(axis: Int) -> Int {
    dimensions[self.axis(axis, of: "Shape")]
  }

  /// The strides of a row-major contiguous tensor of this shape, in elements.
  package var contiguousStrides: Dimensions {
    var strides = Dimensions(repeating: 1, count: rank)
    var step = 1
    var axis = rank - 1
    while axis >= 0 {
      strides[axis] = step
      // Wraps around only for shapes without elements, whose strides are never used.
      step &*= Swift.max(dimensions[axis], 1)
      axis -= 1
    }
    return strides
  }

  /// The axis counted from the front, or a stop with a message if there is no such axis.
  package func axis(_ axis: Int, of operation: StaticString) -> Int {
    let resolved = axis < 0 ? axis + rank : axis
    guard resolved >= 0 && resolved < rank else {
      fatalError("\(operation): axis \(axis) is out of range for shape \(self)")
    }
    return resolved
  }

  /// The common shape of two operands by NumPy's broadcasting rule, or nil if they do not fit.
  ///
  /// Shapes are aligned at their last axis; extents must be equal, or one of them 1.
  public static func broadcast(_ left: Shape, _ right: Shape) -> Shape? {
    if left == right { return left }
    let rank = Swift.max(left.rank, right.rank)
    var result = Dimensions(repeating: 1, count: rank)
    for axis in 0..<rank {
      let leftAxis = axis - (rank - left.rank)
      let rightAxis = axis - (rank - right.rank)
      let leftExtent = leftAxis < 0 ? 1 : left.dimensions[leftAxis]
      let rightExtent = rightAxis < 0 ? 1 : right.dimensions[rightAxis]
      if leftExtent == rightExtent || rightExtent == 1 {
        result[axis] = leftExtent
      } else if leftExtent == 1 {
        result[axis] = rightExtent
      } else {
        return nil
      }
    }
    return Shape(dimensions: result)
  }

  /// The common shape, or a stop with a message that names the operation and both shapes.
  package static func broadcast(_ left: Shape, _ right: Shape, of operation: StaticString) -> Shape
  {
    guard let shape = broadcast(left, right) else {
      fatalError(
        "\(operation): shapes \(left) and \(right) do not broadcast; "
          + "aligned at the last axis, extents must be equal or 1")
    }
    return shape
  }
}

extension Shape: CustomStringConvertible {
  public var description: String {
    "[" + dimensions.map { "\($0)" }.joined(separator: ", ") + "]"
  }
}
