/// A reduction as nested loops over dense memory: which runs of places become one.
struct ReductionPlan {
  /// The extents of the loops, outermost in memory first; kept and reduced ones alternate.
  private(set) var runs = Dimensions()
  /// Whether the outermost loop is reduced.
  private(set) var startsReduced = false
  /// How many results there are, and of how many elements each.
  private(set) var keptCount = 1
  private(set) var reducedCount = 1
  /// The layout of the result, which keeps the order of the axes in memory.
  let result: Layout

  /// The loops over a dense layout.
  init(_ source: Layout, reducing axes: AxisSet, keepingDimensions: Bool) {
    let rank = source.rank
    let extents = source.shape.dimensions
    let isRowMajor = source.isContiguous
    var order = Dimensions()
    for axis in 0..<rank {
      order.append(axis)
      guard !isRowMajor else { continue }
      // Axes of extent 1 may stand anywhere.
      var place = axis
      while place > 0 && source.strides[order[place - 1]] < source.strides[axis] {
        order[place] = order[place - 1]
        place -= 1
      }
      order[place] = axis
    }
    var isLastReduced = false
    for axis in order where extents[axis] != 1 {
      let isReduced = axes[axis]
      if runs.isEmpty {
        startsReduced = isReduced
        runs.append(extents[axis])
      } else if isReduced == isLastReduced {
        runs[runs.count - 1] *= extents[axis]
      } else {
        runs.append(extents[axis])
      }
      isLastReduced = isReduced
      if isReduced { reducedCount *= extents[axis] } else { keptCount *= extents[axis] }
    }
    var kept = Dimensions()
    for axis in 0..<rank {
      if !axes[axis] {
        kept.append(extents[axis])
      } else if keepingDimensions {
        kept.append(1)
      }
    }
    let shape = Shape(dimensions: kept)
    guard !isRowMajor else {
      result = Layout(contiguous: shape)
      return
    }
    var strides = Dimensions(repeating: 1, count: rank)
    var step = 1
    for axis in order.reversed() where !axes[axis] {
      strides[axis] = step
      step *= extents[axis]
    }
    var keptStrides = Dimensions()
    for axis in 0..<rank where !axes[axis] || keepingDimensions {
      keptStrides.append(strides[axis])
    }
    result = Layout(shape: shape, strides: keptStrides, offset: 0)
  }

  /// Calls `step` for one loop after the other that is reduced, as `[outer, reduced, inner]`, each
  /// on what the one before has left; `isLast` tells the one that makes the result.
  ///
  /// The innermost comes first, because it shrinks the rest most cheaply; unless it is so short
  /// that its rows fill no vector, and others do.
  func forEachStep(
    _ step: (_ outer: Int, _ reduced: Int, _ inner: Int, _ isLast: Bool) -> Void
  ) {
    var runs = runs
    var startsReduced = startsReduced
    if runs.isEmpty || (runs.count == 1 && !startsReduced) {
      step(keptCount, 1, 1, true)
      return
    }
    while true {
      let firstReduced = startsReduced ? 0 : 1
      let endsReduced = (runs.count - 1 - firstReduced) % 2 == 0
      let lastReduced = endsReduced ? runs.count - 1 : runs.count - 2
      let isOnly = lastReduced == firstReduced
      let chosen = endsReduced && !isOnly && runs[lastReduced] < 16 ? firstReduced : lastReduced
      var outer = 1
      var inner = 1
      for index in 0..<chosen { outer *= runs[index] }
      for index in (chosen + 1)..<Swift.max(runs.count, chosen + 1) { inner *= runs[index] }
      step(outer, runs[chosen], inner, isOnly)
      if isOnly { return }
      // The neighbours of the loop that has gone are both kept: they become one.
      if chosen > 0 && chosen < runs.count - 1 {
        runs[chosen - 1] *= runs[chosen + 1]
        runs.remove(at: chosen + 1)
      } else if chosen == 0 {
        startsReduced = false
      }
      runs.remove(at: chosen)
    }
  }
}
