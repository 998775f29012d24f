/// The loops over the elements of two operands that share a shape, with as few levels as the strides
/// allow.
///
/// Axes of extent 1 vanish, and neighbouring axes that both operands can step through with one
/// stride become one. The innermost loop is left to a kernel.
package struct StridedLoops {
  package private(set) var extents: Dimensions
  package private(set) var first: Dimensions
  package private(set) var second: Dimensions

  /// Loops over `shape`; the strides of each operand are those of its broadcast layout.
  package init(shape: Shape, strides first: Dimensions, _ second: Dimensions) {
    extents = Dimensions()
    self.first = Dimensions()
    self.second = Dimensions()
    for axis in 0..<shape.rank where shape.dimensions[axis] != 1 {
      let extent = shape.dimensions[axis]
      let last = extents.count - 1
      if last >= 0 && self.first[last] == first[axis] * extent
        && self.second[last] == second[axis] * extent
      {
        extents[last] *= extent
        self.first[last] = first[axis]
        self.second[last] = second[axis]
      } else {
        extents.append(extent)
        self.first.append(first[axis])
        self.second.append(second[axis])
      }
    }
    if extents.isEmpty {
      extents.append(shape.elementCount)
      self.first.append(1)
      self.second.append(1)
    }
  }

  /// The number of runs of the innermost loop.
  package var outerCount: Int {
    var product = 1
    for axis in 0..<(extents.count - 1) { product *= extents[axis] }
    return product
  }

  /// The number of elements in a run of the innermost loop.
  package var innerCount: Int { extents[extents.count - 1] }

  /// The innermost strides.
  package var innerSteps: (first: Int, second: Int) {
    (first[extents.count - 1], second[extents.count - 1])
  }

  /// Calls `body` with the offsets of both operands at the start of each inner run in `range`.
  package func forEachRun(in range: Range<Int>, _ body: (_ first: Int, _ second: Int) -> Void) {
    guard !range.isEmpty && innerCount > 0 else { return }
    let outer = extents.count - 1
    var index = Dimensions(repeating: 0, count: outer)
    var offsets = (0, 0)
    var rest = range.lowerBound
    var axis = outer - 1
    while axis >= 0 {
      index[axis] = rest % extents[axis]
      rest /= extents[axis]
      offsets.0 += index[axis] * first[axis]
      offsets.1 += index[axis] * second[axis]
      axis -= 1
    }
    for _ in range {
      body(offsets.0, offsets.1)
      axis = outer - 1
      while axis >= 0 {
        index[axis] += 1
        offsets.0 += first[axis]
        offsets.1 += second[axis]
        if index[axis] < extents[axis] { break }
        offsets.0 -= first[axis] * extents[axis]
        offsets.1 -= second[axis] * extents[axis]
        index[axis] = 0
        axis -= 1
      }
    }
  }

  /// Makes the loop along which the first operand is contiguous the innermost but one, where the
  /// second operand is contiguous along the innermost: a transposition of planes, whatever the
  /// order of the axes. The loops no longer run in row-major order then.
  package mutating func bringTransposedAxisInward() {
    let last = extents.count - 1
    guard second[last] == 1 && first[last] != 1,
      let axis = (0..<last).first(where: { first[$0] == 1 })
    else { return }
    extents.append(extents.remove(at: axis))
    first.append(first.remove(at: axis))
    second.append(second.remove(at: axis))
    // The moved loop came last; it belongs before the one that was.
    extents.swapAt(last - 1, last)
    first.swapAt(last - 1, last)
    second.swapAt(last - 1, last)
  }

  /// The loops without the two innermost ones, as runs of one element.
  package var outermost: StridedLoops {
    var loops = self
    let last = extents.count - 1
    loops.extents[last] = 1
    if last > 0 { loops.extents[last - 1] = 1 }
    return loops
  }
}
