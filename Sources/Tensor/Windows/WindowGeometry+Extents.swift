import CKernels

extension PerAxis {
  /// The numbers for `count` axes; nil if there are as many for another count.
  package func extents(for count: Int) -> [Int]? {
    let given = Array(values)
    if given.count == count { return given }
    return given.count == 1 ? Array(repeating: given[0], count: count) : nil
  }
}

extension WindowGeometry {
  /// The padding along each axis, for inputs of the given extents; stops with a message if a kernel is
  /// larger than its padded extent, or a number is out of range.
  package func paddingWidths(
    of extents: [Int], kernel: [Int]
  ) -> [(before: Int, after: Int)] {
    windows(over: Dimensions(extents), kernel: Dimensions(kernel), of: "paddingWidths")
      .map { ($0.before, $0.after) }
  }
}
