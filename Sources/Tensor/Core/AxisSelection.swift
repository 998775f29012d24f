/// What of an axis a subscript takes: one position, or a range of positions with open ends and a
/// step; and what stands for no axis or for several.
///
/// Negative positions count from the end, as in NumPy: `t[-1]` is the last row.
public enum AxisSelection: Sendable, ExpressibleByIntegerLiteral {
  /// One position; the axis vanishes.
  case position(Int)
  /// From `lower` (the start if nil) up to, not including, `upper` (the end if nil).
  case span(lower: Int?, upper: Int?)
  /// Every `step`-th position of the range from `lower` up to, not including, `upper`: from its
  /// first position on if the step is positive, from its last one backwards if it is negative.
  ///
  /// NumPy's `t[5:1:-2]` is `.strided(lower: 2, upper: 6, step: -2)`, or `t[(2...5).by(-2)]`.
  case strided(lower: Int?, upper: Int?, step: Int)
  /// A new axis of extent 1, which takes none of the tensor's axes; `.newAxis` in subscripts.
  case insertedAxis
  /// As many whole axes as the other selections leave, at most once; `.ellipsis` in subscripts.
  case remainingAxes

  public init(integerLiteral value: Int) { self = .position(value) }
}

/// Something that a tensor's subscript accepts for an axis: an `Int`, a range, or an `AxisSelection`;
/// `0...` is all of the axis.
public protocol AxisSelectionConvertible {
  var axisSelection: AxisSelection { get }
}

// On the protocol, so that `t[.newAxis, 0]` finds them.
extension AxisSelectionConvertible where Self == AxisSelection {
  /// A new axis of extent 1: `t[.newAxis, 0]`.
  public static var newAxis: AxisSelection { .insertedAxis }
  /// As many whole axes as the other selections leave: `t[.ellipsis, 0]`. At most one in a subscript.
  public static var ellipsis: AxisSelection { .remainingAxes }
  /// All positions of one axis, as `0...`: `t[.all, 0]`.
  public static var all: AxisSelection { .span(lower: nil, upper: nil) }
}

/// A range of positions along an axis, which a subscript may go through in steps.
public protocol AxisRange: AxisSelectionConvertible {}

extension AxisRange {
  /// Every `step`-th position of the range; backwards from its last position if `step` is negative.
  ///
  /// `t[(0...).by(2)]` has rows 0, 2, 4 …, `t[(0...).by(-1)]` all rows in reverse. A step of 0 stops
  /// with a message when the subscript is taken.
  public func by(_ step: Int) -> AxisSelection {
    guard case .span(let lower, let upper) = axisSelection else { return axisSelection }
    return .strided(lower: lower, upper: upper, step: step)
  }
}

extension AxisSelection: AxisSelectionConvertible {
  public var axisSelection: AxisSelection { self }
}
extension Int: AxisSelectionConvertible {
  public var axisSelection: AxisSelection { .position(self) }
}
extension Range<Int>: AxisRange, AxisSelectionConvertible {
  public var axisSelection: AxisSelection { .span(lower: lowerBound, upper: upperBound) }
}
extension ClosedRange<Int>: AxisRange, AxisSelectionConvertible {
  public var axisSelection: AxisSelection {
    // -1 as the closed end is the last position: nothing comes after it.
    .span(lower: lowerBound, upper: upperBound == -1 ? nil : upperBound + 1)
  }
}
extension PartialRangeFrom<Int>: AxisRange, AxisSelectionConvertible {
  public var axisSelection: AxisSelection { .span(lower: lowerBound, upper: nil) }
}
extension PartialRangeUpTo<Int>: AxisRange, AxisSelectionConvertible {
  public var axisSelection: AxisSelection { .span(lower: nil, upper: upperBound) }
}
extension PartialRangeThrough<Int>: AxisRange, AxisSelectionConvertible {
  public var axisSelection: AxisSelection {
    .span(lower: nil, upper: upperBound == -1 ? nil : upperBound + 1)
  }
}

extension Layout {
  /// The layout of the selected part; axes without a selection are taken whole.
  func selecting(_ selections: [any AxisSelectionConvertible]) -> Layout {
    var extents = Dimensions()
    var steps = Dimensions()
    var start = offset
    var axis = 0
    var hasEllipsis = false
    func takeWhole(upTo end: Int) {
      while axis < end {
        extents.append(shape.dimensions[axis])
        steps.append(strides[axis])
        axis += 1
      }
    }
    func takeNext() -> Int {
      guard axis < rank else {
        let count = selections.reduce(0) { $0 + $1.axisSelection.axisCount }
        fatalError("subscript: \(count) indices for a tensor of shape \(shape)")
      }
      axis += 1
      return axis - 1
    }

    for (place, selection) in selections.enumerated() {
      switch selection.axisSelection {
      case .insertedAxis:
        extents.append(1)
        steps.append(0)
      case .remainingAxes:
        guard !hasEllipsis else { fatalError("subscript: more than one ellipsis") }
        hasEllipsis = true
        let rest = selections[(place + 1)...].reduce(0) { $0 + $1.axisSelection.axisCount }
        takeWhole(upTo: rank - rest)
      case .position(let position):
        let axis = takeNext()
        let extent = shape.dimensions[axis]
        let resolved = position < 0 ? position + extent : position
        guard resolved >= 0 && resolved < extent else {
          fatalError("subscript: index \(position) is out of range for axis \(axis) of \(shape)")
        }
        start += resolved * strides[axis]
      case .span(let lower, let upper):
        let axis = takeNext()
        let range = range(lower, upper, axis: axis)
        start += range.lowerBound * strides[axis]
        extents.append(range.count)
        steps.append(strides[axis])
      case .strided(let lower, let upper, let step):
        let axis = takeNext()
        guard step != 0 else {
          fatalError("subscript: the step along axis \(axis) of \(shape) must not be 0")
        }
        let range = range(lower, upper, axis: axis)
        let count = range.isEmpty ? 0 : (range.count - 1) / Int(clamping: step.magnitude) + 1
        extents.append(count)
        let first = step < 0 && !range.isEmpty ? range.upperBound - 1 : range.lowerBound
        start += first * strides[axis]
        // With one position or none, the stride is never used and its product might overflow.
        steps.append(count > 1 ? strides[axis] * step : strides[axis])
      }
    }
    takeWhole(upTo: rank)
    return Layout(shape: Shape(dimensions: extents), strides: steps, offset: start)
  }

  /// The positions of a range with open ends and ends counted from the last.
  private func range(_ lower: Int?, _ upper: Int?, axis: Int) -> Range<Int> {
    let extent = shape.dimensions[axis]
    let from = lower.map { $0 < 0 ? $0 + extent : $0 } ?? 0
    let to = upper.map { $0 < 0 ? $0 + extent : $0 } ?? extent
    guard from >= 0 && to <= extent && from <= to else {
      fatalError(
        "subscript: range \(lower.map(String.init) ?? "")..<\(upper.map(String.init) ?? "") "
          + "is out of range for axis \(axis) of \(shape)")
    }
    return from..<to
  }
}

extension AxisSelection {
  /// The number of a tensor's axes that this selection takes, besides an ellipsis.
  fileprivate var axisCount: Int {
    switch self {
    case .insertedAxis, .remainingAxes: 0
    case .position, .span, .strided: 1
    }
  }
}
