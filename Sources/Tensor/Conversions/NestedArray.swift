/// A scalar, or an array of such: what tensors are made from and turned into, level by level.
///
/// `Float`, `[Float]`, `[[Float]]` and so on conform; nothing else should. The requirements are the
/// steps of the two conversions and are not meant to be called.
public protocol NestedArrayElement {
  /// The scalar at the bottom.
  associatedtype Leaf: TensorScalar
  /// The levels of arrays around it.
  static var _depth: Int { get }
  /// Appends the scalars; `extents` holds the length of each level met so far.
  func _append(to scalars: inout [Leaf], extents: inout [Int], level: Int)
  /// The value with the given extents whose scalars begin at an address.
  static func _nested(_ scalars: UnsafePointer<Leaf>, extents: ArraySlice<Int>) -> Self
}

extension TensorScalar {
  public static var _depth: Int { 0 }

  public func _append(to scalars: inout [Self], extents: inout [Int], level: Int) {
    scalars.append(self)
  }

  public static func _nested(_ scalars: UnsafePointer<Self>, extents: ArraySlice<Int>) -> Self {
    scalars.pointee
  }
}

extension Array: NestedArrayElement where Element: NestedArrayElement {
  public static var _depth: Int { Element._depth + 1 }

  public func _append(to scalars: inout [Element.Leaf], extents: inout [Int], level: Int) {
    if extents.count == level {
      extents.append(count)
    } else if extents[level] != count {
      fatalError(
        "Tensor: ragged arrays; along axis \(level) one has \(extents[level]) elements and another "
          + "\(count)")
    }
    for element in self { element._append(to: &scalars, extents: &extents, level: level + 1) }
  }

  public static func _nested(
    _ scalars: UnsafePointer<Element.Leaf>, extents: ArraySlice<Int>
  ) -> [Element] {
    let inner = extents.dropFirst()
    let step = inner.reduce(1, *)
    return (0..<extents[extents.startIndex]).map {
      Element._nested(scalars + $0 * step, extents: inner)
    }
  }
}

extension Tensor {
  /// Creates a tensor from arrays of arrays, the outermost one its first axis.
  ///
  /// An empty array ends the shape with zeros: `[[Float]]()` gives `[0, 0]`. Stops with a message if
  /// arrays beside each other differ in length.
  @_disfavoredOverload  // `Tensor([])` is the empty vector.
  public init<Element: NestedArrayElement>(_ rows: [[Element]]) where Element.Leaf == Scalar {
    var scalars: [Scalar] = []
    var extents: [Int] = []
    rows._append(to: &scalars, extents: &extents, level: 0)
    while extents.count < [[Element]]._depth { extents.append(0) }
    self.init(scalars, shape: Shape(extents))
  }
}

extension Array where Element: TensorScalar {
  /// The elements of a tensor in row-major order, whatever its shape.
  public init(_ tensor: Tensor<Element>) { self = tensor.scalars }
}

extension Array where Element: NestedArrayElement {
  /// The elements of a tensor as arrays of arrays: `[[Float]](matrix)`.
  ///
  /// Stops with a message unless the tensor has as many axes as the type has levels.
  public init<Inner>(_ tensor: Tensor<Inner.Leaf>) where Element == [Inner] {
    guard tensor.rank == Self._depth else {
      fatalError("Array: \(Self.self) holds a tensor of rank \(Self._depth), got \(tensor.shape)")
    }
    self = tensor.withUnsafeBufferPointer { buffer in
      // An empty tensor may have no memory; its lists are empty before an address is read.
      let start = buffer.baseAddress ?? UnsafePointer(bitPattern: 64)!
      return Self._nested(start, extents: [Int](tensor.shape)[...])
    }
  }
}
