/// The loops over the elements of two operands that share a shape, with as few levels as the strides
/// allow.
///
/// Axes of extent 1 vanish, and neighbouring axes that both operands can step through with one
/// stride become one. The innermost loop is left to a kernel.
package struct StridedLoops {
  /// One loop: its length, and how far each operand steps.
  package typealias Level = (extent: Int, first: Int, second: Int)

  // Not an array of levels, nor `Dimensions`: with either, a run of a permuted copy took 2 to 4 ns more.
  private var extents = InlineArray<8, Int>(repeating: 1)
  private var first = InlineArray<8, Int>(repeating: 0)
  private var second = InlineArray<8, Int>(repeating: 0)
  /// The number of loops, at least one.
  private var depth = 0

  /// Loops over `shape`; the strides of each operand are those of its broadcast layout.
  package init(shape: Shape, strides first: Dimensions, _ second: Dimensions) {
    for axis in 0..<shape.rank where shape.dimensions[axis] != 1 {
      let level = (extent: shape.dimensions[axis], first: first[axis], second: second[axis])
      let last = depth - 1
      if depth > 0, self.first[last] == level.first * level.extent,
        self.second[last] == level.second * level.extent
      {
        self[last] = (extents[last] * level.extent, level.first, level.second)
      } else {
        depth += 1
        self[depth - 1] = level
      }
    }
    if depth == 0 {
      depth = 1
      self[0] = (shape.elementCount, 1, 1)
    }
  }

  private subscript(level: Int) -> Level {
    get { (extents[level], first[level], second[level]) }
    set { (extents[level], first[level], second[level]) = newValue }
  }

  /// The two innermost loops; of one alone, the other has one step.
  package var plane: (down: Level, across: Level) {
    (depth > 1 ? self[depth - 2] : (1, 0, 0), self[depth - 1])
  }

  /// The number of runs of the innermost loop.
  package var outerCount: Int {
    var product = 1
    for level in 0..<(depth - 1) { product *= extents[level] }
    return product
  }

  /// The number of elements in a run of the innermost loop.
  package var innerCount: Int { extents[depth - 1] }

  /// The innermost strides.
  package var innerSteps: (first: Int, second: Int) {
    (first[depth - 1], second[depth - 1])
  }

  /// Calls `body` with the offsets of both operands at the start of each inner run in `range`.
  package func forEachRun(in range: Range<Int>, _ body: (_ first: Int, _ second: Int) -> Void) {
    guard !range.isEmpty && innerCount > 0 else { return }
    let outer = depth - 1
    var index = InlineArray<8, Int>(repeating: 0)
    var offsets = (0, 0)
    var rest = range.lowerBound
    var level = outer - 1
    while level >= 0 {
      index[level] = rest % extents[level]
      rest /= extents[level]
      offsets.0 += index[level] * first[level]
      offsets.1 += index[level] * second[level]
      level -= 1
    }
    for _ in range {
      body(offsets.0, offsets.1)
      level = outer - 1
      while level >= 0 {
        index[level] += 1
        offsets.0 += first[level]
        offsets.1 += second[level]
        if index[level] < extents[level] { break }
        offsets.0 -= first[level] * extents[level]
        offsets.1 -= second[level] * extents[level]
        index[level] = 0
        level -= 1
      }
    }
  }

  /// Makes the loop along which the first operand is contiguous the innermost but one, where the
  /// second operand is contiguous along the innermost: a transposition of planes, whatever the
  /// order of the axes. The loops no longer run in row-major order then.
  package mutating func bringTransposedAxisInward() {
    let last = depth - 1
    guard second[last] == 1 && first[last] != 1,
      let place = (0..<last).first(where: { first[$0] == 1 })
    else { return }
    let moved = self[place]
    for level in place..<(last - 1) { self[level] = self[level + 1] }
    self[last - 1] = moved
  }

  /// The loops without the two innermost ones, as runs of one element.
  package var outermost: StridedLoops {
    var loops = self
    loops.extents[depth - 1] = 1
    if depth > 1 { loops.extents[depth - 2] = 1 }
    return loops
  }
}
