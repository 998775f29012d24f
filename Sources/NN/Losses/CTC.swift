import Tensor

/// The loss of connectionist temporal classification (A. Graves et al., 2006): −ln of the probability
/// that frames spell a target, summed over all ways to align the two.
///
/// Each frame gives one class, the blank among them. A path of frames spells what is left of it when
/// repetitions are merged and then blanks removed. Computed forward and backward in log space:
/// ∂logProbabilities[t, i, k] = −g · P(frame t gives class k | the path spells target i). (PyTorch adds
/// exp(logProbabilities), which is the gradient by what went into its log-softmax; behind a
/// log-softmax the two are the same.)
///
/// A target that is too long for its frames has an infinite loss and gradients of NaN, or 0 for both
/// with `zeroInfinity`. Derivatives of any order exist; those beyond the first are composed step by
/// step, at a cost in time and memory, and leave out sequences without a path.
///
/// As PyTorch's `ctc_loss`: the mean is that of the losses divided by the lengths of their targets
/// (at least 1). Stops with a message if shapes or lengths do not fit, or a target has a blank or a
/// label out of range.
///
/// - Parameters:
///   - logProbabilities: Of shape [frames, n, classes], such as from `logSoftmax`.
///   - targets: Labels, padded at the end, of shape [n, longest], or one after another, of shape [Σ
///     lengths].
///   - inputLengths: The number of frames of each sequence.
///   - targetLengths: The number of labels of each sequence.
///   - blank: The class of the blank; 0 by default.
///   - zeroInfinity: Whether impossible targets count as 0; false by default.
///   - weights: Of shape [n]; 1 each by default.
///   - reduction: The mean by default; `none` and `sum` are not divided by lengths.
public func ctcLoss<Scalar, Index: IndexScalar>(
  _ logProbabilities: Variable<Scalar>, _ targets: Tensor<Index>, inputLengths: [Int],
  targetLengths: [Int], blank: Int = 0, zeroInfinity: Bool = false,
  weights: Tensor<Scalar>? = nil, reduction: Reduction = .mean
) -> Variable<Scalar> {
  let sequences = ctcTargets(
    logProbabilities.shape, targets, inputLengths: inputLengths, targetLengths: targetLengths,
    blank: blank)
  let paths = CTCPaths(
    logProbabilities.value, frames: inputLengths, targets: sequences, blank: Int32(blank))
  let isImpossible = paths.losses .== Scalar.infinity
  let counts = zeroInfinity ? (.!isImpossible) : Tensor(repeating: true, shape: isImpossible.shape)
  let value = Tensor.where(counts, paths.losses, 0)
  var losses = record(.ctcLoss, value, from: logProbabilities) { g, backward in
    backward.add(to: logProbabilities) {
      guard backward.isRecording else {
        return Variable(paths.gradient(scales: Tensor.where(counts, g.value, 0)))
      }
      let impossible = isImpossible.scalars
      return gradient(at: logProbabilities) { x in
        var total = Variable<Scalar>(0)
        for (row, target) in sequences.enumerated() where !impossible[row] {
          let steps = CTCSteps<Scalar>(
            row, frames: inputLengths[row], target: target, blank: blank, of: x.shape)
          total = total + steps.loss(x) * g.element(row)
        }
        return total
      }
    }
  }
  if reduction == .mean {
    losses = losses / Variable(Tensor(targetLengths.map { Scalar(max($0, 1)) }))
  }
  return losses.reduced(reduction, weights: weights, in: "ctcLoss")
}

/// The labels of each sequence, checked.
private func ctcTargets<Index: IndexScalar>(
  _ shape: Shape, _ targets: Tensor<Index>, inputLengths: [Int], targetLengths: [Int], blank: Int
) -> [[Int32]] {
  guard shape.rank == 3 else {
    stop("ctcLoss: log probabilities are [frames, n, classes], got \(shape)")
  }
  let (frames, n, classes) = (shape[0], shape[1], shape[2])
  guard (0..<classes).contains(blank) else {
    stop("ctcLoss: the blank \(blank) is outside 0..<\(classes)")
  }
  guard inputLengths.count == n, targetLengths.count == n else {
    stop(
      "ctcLoss: \(inputLengths.count) input lengths and \(targetLengths.count) target lengths do "
        + "not fit \(n) sequences")
  }
  if let row = inputLengths.firstIndex(where: { $0 < 0 || $0 > frames }) {
    stop("ctcLoss: input length \(inputLengths[row]) of row \(row) is outside 0...\(frames)")
  }
  let isPadded = targets.rank == 2
  let longest = isPadded ? targets.shape[1] : targets.count
  if let row = targetLengths.firstIndex(where: { $0 < 0 || $0 > longest }) {
    stop("ctcLoss: target length \(targetLengths[row]) of row \(row) is outside 0...\(longest)")
  }
  let total = targetLengths.reduce(0, +)
  guard isPadded ? targets.shape[0] == n : targets.rank == 1 && targets.count == total else {
    stop(
      "ctcLoss: targets \(targets.shape) do not fit \(n) sequences with \(total) labels; "
        + "targets are [n, longest] or [labels]")
  }
  let labels = targets.scalars
  var start = 0
  return targetLengths.enumerated().map { row, length in
    if isPadded { start = row * longest }
    defer { start += length }
    return labels[start..<start + length].enumerated().map { place, label in
      guard label >= 0 && label < classes && label != blank else {
        stop(
          "ctcLoss: label \(label) at place \(place) of row \(row) is the blank or outside "
            + "0..<\(classes)")
      }
      return Int32(label)
    }
  }
}

/// The loss of one sequence by steps that are differentiable to any order. What cannot be has a
/// logarithm of −10³⁰ in place of −∞, which would make derivatives NaN.
private struct CTCSteps<Scalar: FloatingPointScalar> {
  private let row: Int
  private let frames: Int
  private let classes: Int
  private let symbols: [Int]
  private let gates: Tensor<Scalar>

  init(_ row: Int, frames: Int, target: [Int32], blank: Int, of shape: Shape) {
    self.row = row
    self.frames = frames
    classes = shape[2]
    let symbols = [blank] + target.flatMap { [Int($0), blank] }
    let open = symbols.indices.map { s in
      s > 2 && symbols[s] != blank && symbols[s] != symbols[s - 2]
    }
    self.symbols = symbols
    gates = Tensor(open.map { $0 ? 0 : Self.never }, shape: [1, symbols.count])
  }

  private static var never: Scalar { -1e30 }

  func loss(_ x: Variable<Scalar>) -> Variable<Scalar> {
    let n = symbols.count
    if frames == 0 { return Variable(0) }
    // Picks the symbols of this sequence: [frames of all, n · classes] · [n · classes, states].
    var picks = [Scalar](repeating: 0, count: x.shape[1] * classes * n)
    for (s, symbol) in symbols.enumerated() { picks[(row * classes + symbol) * n + s] = 1 }
    let rows = x.reshaped(to: [x.shape[0], x.shape[1] * classes])
    let given = rows.matmul(Variable(Tensor(picks, shape: [x.shape[1] * classes, n])))
    var alpha = Variable(only { $0 < 2 }) + given.row(0)
    for t in 1..<max(1, frames) {
      let ways = [alpha, moved(alpha, by: 1), moved(alpha, by: 2) + Variable(gates)]
      alpha = logAdd(ways) + given.row(t)
    }
    let ends = alpha + Variable(only { $0 + 2 >= n })
    let top = Variable(ends.value.max(axes: [1], keepingDimensions: true))
    return -((ends - top).exp().sum(axes: [1]).log().reshaped(to: []) + top.reshaped(to: []))
  }

  /// 0 for some states and never for the others.
  private func only(_ isPossible: (Int) -> Bool) -> Tensor<Scalar> {
    Tensor(
      symbols.indices.map { isPossible($0) ? 0 : Self.never }, shape: [1, symbols.count])
  }

  /// The states moved on, with never in the places that become free.
  private func moved(_ alpha: Variable<Scalar>, by distance: Int) -> Variable<Scalar> {
    let n = symbols.count
    var shift = [Scalar](repeating: 0, count: n * n)
    for s in 0..<max(0, n - distance) { shift[s * n + s + distance] = 1 }
    return alpha.matmul(Variable(Tensor(shift, shape: [n, n]))) + Variable(only { $0 >= distance })
  }

  private func logAdd(_ terms: [Variable<Scalar>]) -> Variable<Scalar> {
    let top = Variable(terms.dropFirst().reduce(terms[0].value) { .maximum($0, $1.value) })
    return terms.dropFirst().reduce((terms[0] - top).exp()) { $0 + ($1 - top).exp() }.log() + top
  }
}

extension Variable {
  /// One row of a matrix, [1, columns].
  fileprivate func row(_ place: Int) -> Variable {
    var pick = [Scalar](repeating: 0, count: shape[0])
    pick[place] = 1
    return Variable(Tensor(pick, shape: [1, shape[0]])).matmul(self)
  }

  /// One element of a vector, [].
  fileprivate func element(_ place: Int) -> Variable {
    reshaped(to: [count, 1]).row(place).reshaped(to: [])
  }
}
