/// Counts elements into bins on all threads: parts are counted apart and added up.
enum Tally {
  private static let grain = 65_536

  /// `body` adds 1 to the bin of each element of a range that has one.
  static func run(
    _ count: Int, bins: Int,
    _ body: (_ range: Range<Int>, _ bins: UnsafeMutablePointer<Int64>) -> Void
  ) -> Tensor<Int64> {
    var result = Tensor<Int64>.zeros([bins])
    // Tables that no cache holds are not worth having twice.
    if count <= grain || bins > 4_096 {
      result.withUnsafeMutableBufferPointer { buffer in
        if let start = buffer.baseAddress { body(0..<count, start) }
      }
      return result
    }
    let parts = (count + grain - 1) / grain
    var tables = Tensor<Int64>.zeros([parts, bins])
    tables.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let start = buffer.baseAddress!
      ThreadPool.forEachRange(of: count, grain: grain) { range in
        body(range, start + range.lowerBound / grain * bins)
      }
    }
    return tables.sum(axes: [0])
  }
}
