import CKernels
import Synchronization

extension Tensor {
  /// How many elements are not zero (`true`, for `Bool`), in 64 bits; 0 of nothing. NaN is not zero.
  ///
  /// `axes` nil means all of them; a reduced axis vanishes, or stays with extent 1 if
  /// `keepingDimensions`. Stops with a message where an axis is out of range or named twice.
  public func countNonzero(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor<Int64> {
    Reduction.run(
      .nonzero(Scalar.dtype), self, axes: axes, keepingDimensions: keepingDimensions,
      of: "countNonzero")
  }
}

/// Truth of many. `axes` nil means all of them; negative axes count from the last; a reduced axis
/// vanishes, or stays with extent 1 if `keepingDimensions`. Stops with a message where an axis is
/// out of range or named twice.
extension Tensor where Scalar == Bool {
  /// Whether some element is true; false of nothing. Over all axes it stops looking where it knows.
  public func any(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor {
    decide(APUS_REDUCE_MAX, axes: axes, keepingDimensions: keepingDimensions, of: "any")
  }

  /// Whether all elements are true; true of nothing. Over all axes it stops looking where it knows.
  public func all(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor {
    decide(APUS_REDUCE_MIN, axes: axes, keepingDimensions: keepingDimensions, of: "all")
  }

  /// The share of elements that are true: the mean of 1 and 0; NaN of nothing.
  public func mean(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor<Double> {
    let trues = Tensor<Double>(countNonzero(axes: axes, keepingDimensions: keepingDimensions))
    return trues / Double(reducedCount(axes: axes, of: "mean"))
  }

  // false and true are the bytes 0 and 1.
  private func decide(
    _ op: apus_reduce_op, axes: [Int]?, keepingDimensions: Bool, of name: StaticString
  ) -> Tensor {
    let grain = 1 << 16
    if count > grain && layout.isDense {
      let plan = ReductionPlan(
        layout, reducing: AxisSet(axes, of: shape, name), keepingDimensions: keepingDimensions)
      if plan.keptCount == 1 {
        return Tensor(repeating: decideEarly(op, grain: grain), shape: plan.result.shape)
      }
    }
    // Nothing is the least for the kernel of bytes, and the greatest a byte beyond `true`.
    let reduced = Reduction.run(
      op, self, axes: axes, keepingDimensions: keepingDimensions, of: name)
    if count == 0 && reduced.count > 0 {
      return Tensor(repeating: op == APUS_REDUCE_MIN, shape: reduced.shape)
    }
    return reduced
  }

  private func decideEarly(_ op: apus_reduce_op, grain: Int) -> Bool {
    let deciding = op == APUS_REDUCE_MAX
    let start = pointer
    func isDecided(_ range: Range<Int>) -> Bool {
      var result = !deciding
      withUnsafeMutablePointer(to: &result) {
        ReductionKernel.fold(op, .bool).rows(
          start + range.lowerBound, rows: 1, columns: range.count, UnsafeMutableRawPointer($0))
      }
      return result == deciding
    }
    return withStorage {
      // Often the first elements decide: only then are others asked to help.
      if isDecided(0..<grain) { return deciding }
      let isFound = Atomic(false)
      ThreadPool.forEachRange(of: count - grain, grain: 4 * grain) { range in
        for piece in stride(from: range.lowerBound, to: range.upperBound, by: grain) {
          if isFound.load(ordering: .relaxed) { return }
          if isDecided(grain + piece..<grain + Swift.min(range.upperBound, piece + grain)) {
            isFound.store(true, ordering: .relaxed)
          }
        }
      }
      return isFound.load(ordering: .relaxed) ? deciding : !deciding
    }
  }
}
