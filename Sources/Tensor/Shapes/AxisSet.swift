/// Some of the axes of a shape.
struct AxisSet {
  private var bits: UInt8 = 0

  /// The axes named, counted from the front or, if negative, from the last; all if `axes` is nil.
  ///
  /// Stops with a message if one is out of range or named twice.
  init(_ axes: [Int]?, of shape: Shape, _ name: StaticString) {
    guard let axes else {
      bits = UInt8(truncatingIfNeeded: 1 << shape.rank - 1)
      return
    }
    for axis in axes {
      let bit: UInt8 = 1 << shape.axis(axis, of: name)
      guard bits & bit == 0 else {
        fatalError("\(name): axis \(axis) is named twice in \(axes)")
      }
      bits |= bit
    }
  }

  /// The axes that satisfy a condition.
  init(of shape: Shape, where isMember: (Int) -> Bool) {
    for axis in 0..<shape.rank where isMember(axis) { bits |= 1 << axis }
  }

  subscript(axis: Int) -> Bool { bits >> axis & 1 == 1 }
}
