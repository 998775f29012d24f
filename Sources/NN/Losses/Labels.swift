import Tensor

/// A label that names no class.
public struct LabelError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Where the label stands among the labels.
  public let position: [Int]
  /// The label.
  public let label: Int64
  /// The number of classes.
  public let classes: Int

  public init(position: [Int], label: Int64, classes: Int) {
    self.position = position
    self.label = label
    self.classes = classes
  }

  public var description: String {
    let place = position.count == 1 ? "of row \(position[0])" : "at \(position)"
    return "label \(label) \(place) is outside 0..<\(classes)"
  }
}

/// Checks labels that come from outside before a loss stops at them.
///
/// - Parameters:
///   - labels: Of any shape.
///   - classes: The number of classes.
///   - ignoredLabel: A label that is no class and allowed all the same, as in the losses.
/// - Throws: `LabelError` for the first label that is not in `0..<classes`.
public func validateLabels<Index: IndexScalar>(
  _ labels: Tensor<Index>, classes: Int, ignoredLabel: Int? = -100
) throws(LabelError) {
  if let error = scanLabels(labels, classes: classes, ignoredLabel: ignoredLabel).error {
    throw error
  }
}

/// The first label out of range, and whether there are ignored ones.
@_specialize(where Index == Int32)
private func scanLabels<Index: IndexScalar>(
  _ labels: Tensor<Index>, classes: Int, ignoredLabel: Int?
) -> (error: LabelError?, hasIgnored: Bool) {
  labels.withUnsafeBufferPointer { elements in
    var hasIgnored = false
    for (place, label) in elements.enumerated() {
      if let ignoredLabel, label == ignoredLabel {
        hasIgnored = true
      } else if label < 0 || label >= classes {
        var (position, rest) = ([Int](), place)
        for extent in labels.shape.reversed() {
          position.insert(rest % extent, at: 0)
          rest /= extent
        }
        return (LabelError(position: position, label: Int64(label), classes: classes), hasIgnored)
      }
    }
    return (nil, hasIgnored)
  }
}

/// Labels that fit scores with a class axis, checked, as one for each row of classes.
struct ClassLabels {
  /// One label a row, in range; 0 where the label is ignored.
  let labels: Tensor<Int32>
  /// The rows that count; nil if all do.
  let counted: Tensor<Bool>?
  /// The shape of the losses: that of the labels as they were given.
  let shape: Shape

  /// Stops with a message if the labels do not fit or are out of range.
  @_specialize(where Index == Int32)
  init<Index: IndexScalar>(
    _ labels: Tensor<Index>, for scores: Shape, ignoredLabel: Int?, in loss: StaticString,
    _ name: StaticString = "logits"
  ) {
    let axis = classAxis(of: scores, in: loss)
    guard labels.shape == scores.removing(axis) else {
      stop(
        "\(loss): \(name) \(scores) and labels \(labels.shape) do not fit; "
          + "\(name) are [n, classes] and labels [n]"
          + (scores.rank > 2 ? ", both with further axes" : ""))
    }
    let found = scanLabels(labels, classes: scores[axis], ignoredLabel: ignoredLabel)
    if let error = found.error { stop("\(loss): \(error)") }
    shape = labels.shape
    var rows = labels.flattened
    if found.hasIgnored, let ignoredLabel {
      let counted = rows .!= Index(ignoredLabel)
      rows = Tensor.where(counted, rows, 0)
      self.counted = counted
    } else {
      counted = nil
    }
    self.labels = (rows as? Tensor<Int32>) ?? Tensor<Int32>(rows)
  }

  /// Whether no row counts, though there are rows.
  var areAllIgnored: Bool { counted.map { !$0.any().item } ?? false }

  /// The weight of each row, of its sample times of its class, 0 where ignored; nil if all are 1.
  func rowWeights<Scalar: FloatingPointScalar>(
    _ weights: Tensor<Scalar>?, classWeights: Tensor<Scalar>?, in loss: StaticString
  ) -> Tensor<Scalar>? {
    var result = weights.map {
      sampleWeights($0, for: shape, in: loss).broadcast(to: shape).flattened
    }
    if let ofLabels = classWeights?.take(labels) {
      result = result.map { $0 * ofLabels } ?? ofLabels
    }
    guard let counted else { return result }
    return Tensor.where(counted, result ?? Tensor.ones(labels.shape), 0)
  }
}

extension ClassLabels {
  /// Losses of rows, 0 where they do not count, weighted and reduced; the mean divides by the weights
  /// of the rows that count.
  func reduced<Scalar>(
    _ losses: Variable<Scalar>, _ reduction: Reduction, weights: Tensor<Scalar>?,
    classWeights: Tensor<Scalar>? = nil, in loss: StaticString
  ) -> Variable<Scalar> {
    guard let rowWeights = rowWeights(weights, classWeights: classWeights, in: loss) else {
      return losses.reshaped(to: shape).reduced(reduction, in: loss)
    }
    let weighted = losses * Variable(rowWeights)
    switch reduction {
    case .none: return weighted.reshaped(to: shape)
    case .sum: return weighted.sum()
    case .mean where areAllIgnored: return weighted.sum() + Scalar.nan
    case .mean: return weighted.sum() / Variable(rowWeights.sum())
    }
  }
}

/// The axis of the classes: the second, or the only one.
func classAxis(of scores: Shape, in loss: StaticString) -> Int {
  guard scores.rank > 0 else { stop("\(loss): scores of shape [] have no axis of classes") }
  return scores.rank == 1 ? 0 : 1
}

/// Stops unless there is one weight for each class.
func checkClassWeights<Scalar: TensorScalar>(
  _ weights: Tensor<Scalar>?, classes: Int, in loss: StaticString
) {
  guard let weights, weights.shape != [classes] else { return }
  stop("\(loss): class weights \(weights.shape) do not fit \(classes) classes")
}

extension Variable {
  /// `[n, classes, d…]` as `[n · d…, classes]`, and `[classes]` as one row.
  func rowsOfClasses(in loss: StaticString) -> Variable {
    if rank == 2 { return self }
    let axis = classAxis(of: shape, in: loss)
    let last =
      axis == rank - 1
      ? self : permuted((0..<rank).filter { $0 != axis } + [axis])
    let classes = shape[axis]
    return last.reshaped(to: [classes == 0 ? 0 : count / classes, classes])
  }
}

extension Shape {
  /// This shape without one of its axes.
  func removing(_ axis: Int) -> Shape {
    var extents = Array(self)
    extents.remove(at: axis)
    return Shape(extents)
  }
}
