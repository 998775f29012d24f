/// Where the elements of a tensor lie in its storage: element (i₀, i₁, …) is at
/// `offset + i₀·strides[0] + i₁·strides[1] + …`, counted in elements.
package struct Layout: Sendable, Equatable {
  package var shape: Shape
  package var strides: Dimensions
  package var offset: Int

  package init(shape: Shape, strides: Dimensions, offset: Int) {
    self.shape = shape
    self.strides = strides
    self.offset = offset
  }

  /// Row-major and without gaps, from the start of the storage.
  package init(contiguous shape: Shape) {
    self.init(shape: shape, strides: shape.contiguousStrides, offset: 0)
  }

  package var rank: Int { shape.rank }
  package var count: Int { shape.elementCount }

  /// Whether the elements lie one after another in row-major order.
  package var isContiguous: Bool {
    var expected = 1
    var axis = rank - 1
    while axis >= 0 {
      let extent = shape.dimensions[axis]
      if extent == 0 { return true }
      if extent != 1 {
        if strides[axis] != expected { return false }
        expected *= extent
      }
      axis -= 1
    }
    return true
  }

  /// Whether the elements fill a gapless block of storage, each place once, in some axis order.
  package var isDense: Bool {
    // As weights lie, most often.
    if rank == 2 && strides[0] == 1 && strides[1] == shape.dimensions[0] { return true }
    if isContiguous { return true }
    var expected = 1
    while expected != count {
      // The next axis outwards: the only one of more than one element that steps over all inside it.
      var axis = 0
      while axis < rank && (strides[axis] != expected || shape.dimensions[axis] == 1) { axis += 1 }
      if axis == rank { return false }
      expected *= shape.dimensions[axis]
    }
    return true
  }

  /// Whether two elements may share one place, as in broadcast views and overlapping windows.
  ///
  /// False is certain: from the axis with the smallest steps on, each axis steps beyond all that the
  /// axes before it reach. Views made by slicing and permuting dense elements always do.
  package var repeatsElements: Bool {
    if isDense { return false }
    var isPassed = InlineArray<8, Bool>(repeating: false)
    var reach = 0
    for _ in 0..<rank {
      var next: Int?
      for axis in 0..<rank where !isPassed[axis] && shape.dimensions[axis] > 1 {
        if let best = next, strides[best].magnitude <= strides[axis].magnitude { continue }
        next = axis
      }
      guard let next else { return false }
      let step = Int(strides[next].magnitude)
      if step <= reach { return true }
      reach += step * (shape.dimensions[next] - 1)
      isPassed[next] = true
    }
    return false
  }

  /// The layout of the same elements seen with a larger, broadcast shape, without a copy.
  package func broadcast(to target: Shape) -> Layout {
    if target == shape { return self }
    var result = Dimensions(repeating: 0, count: target.rank)
    let lead = target.rank - rank
    for axis in 0..<rank where shape.dimensions[axis] != 1 || target.dimensions[axis + lead] == 1 {
      result[axis + lead] = strides[axis]
    }
    return Layout(shape: target, strides: result, offset: offset)
  }

  /// The same order in storage that begins with the first element.
  package var movedToStart: Layout {
    var result = self
    result.offset = 0
    return result
  }

  package mutating func swapAxes(_ first: Int, _ second: Int) {
    shape.dimensions.swapAt(first, second)
    strides.swapAt(first, second)
  }

  /// The strides that show the same elements, in the same order, with another shape; nil if only a
  /// copy can do that. Each run of axes that can be stepped through with one stride is regrouped.
  package func reshaped(to target: Shape) -> Layout? {
    if isContiguous {
      return Layout(shape: target, strides: target.contiguousStrides, offset: offset)
    }
    var result = Dimensions(repeating: 1, count: target.rank)
    var axis = 0
    var targetAxis = 0
    while axis < rank || targetAxis < target.rank {
      // Take the smallest groups of source and target axes that hold the same number of elements.
      var sourceEnd = axis
      var targetEnd = targetAxis
      var sourceCount = 1
      var targetCount = 1
      if sourceEnd < rank {
        sourceCount = shape.dimensions[sourceEnd]
        sourceEnd += 1
      }
      if targetEnd < target.rank {
        targetCount = target.dimensions[targetEnd]
        targetEnd += 1
      }
      while sourceCount != targetCount {
        if sourceCount < targetCount {
          sourceCount *= shape.dimensions[sourceEnd]
          sourceEnd += 1
        } else {
          targetCount *= target.dimensions[targetEnd]
          targetEnd += 1
        }
      }
      var step = 1
      var last = sourceEnd - 1
      while last >= axis && shape.dimensions[last] == 1 { last -= 1 }
      if last >= axis {
        step = strides[last]
        var inner = last
        var outer = last - 1
        while outer >= axis {
          if shape.dimensions[outer] != 1 {
            if strides[outer] != strides[inner] * shape.dimensions[inner] { return nil }
            inner = outer
          }
          outer -= 1
        }
      }
      var place = targetEnd - 1
      while place >= targetAxis {
        result[place] = step
        step *= target.dimensions[place]
        place -= 1
      }
      axis = sourceEnd
      targetAxis = targetEnd
    }
    return Layout(shape: target, strides: result, offset: offset)
  }
}
