import CKernels

/// One step of many parameters: all their elements in one fork of the threads.
///
/// First every parameter is added, then `run()` changes them. Between the two calls the tensors may
/// be neither read nor replaced. The pass keeps its memory, so that it can be used for every step
/// without asking for more.
package struct UpdatePass {
  private struct Segment {
    let rule: apus_update_rule
    let dtype: DType
    let parameter: UnsafeMutableRawPointer
    let gradient: UnsafeRawPointer
    let states: InlineArray<3, UnsafeMutableRawPointer?>
    let count: Int
    /// Where it begins among the small parameters; nil for a large one.
    let smallStart: Int?
    let options: apus_update_options
  }

  private var segments: [Segment] = []
  private var gradients: [Storage] = []
  private var count = 0
  private var smallCount = 0

  /// Elements that a thread more needs to pay for itself.
  ///
  /// Measured with two threads on Zen 3 (speed-ups over one): Adam over 8,192 elements is 1.2 times as
  /// fast in two pieces if each thread finds the gradient in its cache, and 0.9 times if the other
  /// core has just written it; over 16,384, from where this shares, 1.4 and 1.05 times. Rules with
  /// half the arithmetic, such as descent with momentum, break even there.
  private static let grain = 8192
  /// Elements from which each piece has its part of a parameter.
  private static let large = 16_384
  /// Elements up to which a pass is brief work for the thread pool.
  private static let briefLimit = 100_000

  package init() {}

  /// Adds a parameter with its gradient and the state that the kernel keeps of it, which starts as
  /// `zerosAlike()`.
  ///
  /// Stops with a message if the gradient has another shape than the parameter.
  @_specialize(where Scalar == Float)
  package mutating func add<Scalar: FloatingPointScalar>(
    _ kernel: UpdateKernel, _ parameter: inout Tensor<Scalar>, along gradient: Tensor<Scalar>,
    state: inout [Tensor<Scalar>], _ coefficients: UpdateCoefficients
  ) {
    let gradient = gradient.arranged(like: parameter.layout)
    var states = InlineArray<3, UnsafeMutableRawPointer?>(repeating: nil)
    for place in state.indices {
      let skip = coefficients.lacksSecondState && place > 0 ? 1 : 0
      states[place + skip] = state[place].mutablePointer()
    }
    let isSmall = parameter.count < Self.large
    segments.append(
      Segment(
        rule: kernel.rule, dtype: Scalar.dtype, parameter: parameter.mutablePointer(),
        gradient: gradient.pointer, states: states, count: parameter.count,
        smallStart: isSmall ? smallCount : nil, options: coefficients.options))
    gradients.append(gradient.storage)
    count += parameter.count
    if isSmall { smallCount += parameter.count }
  }

  /// Changes every parameter that was added, and forgets them.
  ///
  /// Rules are elementwise, so that a cut by the number of threads leaves the bits alone. Each piece
  /// is the same ranges at every step: an equal part of each large parameter, whose product and
  /// gradient are cut the same way, and of the small ones, which the calling thread alone reads and
  /// writes besides, the first piece has as many as it can take.
  package mutating func run() {
    let pieces = max(1, min(ThreadPool.threadCount, count / Self.grain))
    ThreadPool.forEachPiece(pieces, isBrief: count < Self.briefLimit) { piece in
      for segment in segments {
        update(segment, part(of: segment, piece, of: pieces))
      }
    }
    segments.removeAll(keepingCapacity: true)
    gradients.removeAll(keepingCapacity: true)
    count = 0
    smallCount = 0
  }

  private func part(of segment: Segment, _ piece: Int, of pieces: Int) -> Range<Int> {
    if let start = segment.smallStart {
      let part = smallCut(piece, of: pieces)..<smallCut(piece + 1, of: pieces)
      let own = part.clamped(to: start..<start + segment.count)
      return own.lowerBound - start..<own.upperBound - start
    }
    // Whole cache lines.
    func cut(_ piece: Int) -> Int {
      piece == pieces ? segment.count : segment.count * piece / pieces & ~31
    }
    return cut(piece)..<cut(piece + 1)
  }

  /// Where a piece begins among the small parameters. The first one has an eighth more than its share of
  /// all elements, if there are so many.
  private func smallCut(_ piece: Int, of pieces: Int) -> Int {
    if piece == 0 { return 0 }
    let first = min(smallCount, (smallCount + count / 8) / pieces & ~1023)
    return piece == pieces
      ? smallCount : first + (smallCount - first) * (piece - 1) / (pieces - 1) & ~1023
  }

  private func update(_ segment: Segment, _ part: Range<Int>) {
    if part.isEmpty { return }
    let offset = part.lowerBound * segment.dtype.byteCount
    let states = segment.states
    withUnsafePointer(to: segment.options) { options in
      if segment.dtype == .float32 {
        apus_update_f32(
          segment.rule, (segment.parameter + offset).bound(),
          (segment.gradient + offset).bound(), states[0].map { ($0 + offset).bound() },
          states[1].map { ($0 + offset).bound() }, states[2].map { ($0 + offset).bound() },
          part.count, options)
      } else {
        apus_update_f64(
          segment.rule, (segment.parameter + offset).bound(),
          (segment.gradient + offset).bound(), states[0].map { ($0 + offset).bound() },
          states[1].map { ($0 + offset).bound() }, states[2].map { ($0 + offset).bound() },
          part.count, options)
      }
    }
  }
}

extension Tensor where Scalar: FloatingPointScalar {
  /// Zeros with the axis order in memory of this tensor, as state beside it.
  package func zerosAlike() -> Tensor {
    var layout = layout.isDense ? layout : Layout(contiguous: shape)
    layout.offset = 0
    return Tensor(storage: Tensor.zeros([count]).storage, layout: layout)
  }

  /// The same elements in the memory order of a dense layout of this shape, so that both can be
  /// taken as plain vectors; a copy only where the strides differ.
  package func arranged(like target: Layout) -> Tensor {
    guard shape == target.shape, target.isDense else {
      fatalError(
        "update: a gradient of shape \(shape) does not fit a parameter of shape \(target.shape)")
    }
    if layout.strides == target.strides { return self }
    var arranged = target
    arranged.offset = 0
    let result = Tensor(storage: Storage(shape: shape, dtype: Scalar.dtype), layout: arranged)
    StridedCopy.run(
      byteCount: Scalar.dtype.byteCount, shape: shape, from: pointer, strides: layout.strides,
      to: result.storage.pointer, strides: arranged.strides)
    return result
  }
}
