import CKernels

/// Runs elementwise kernels over operands of any layout, on as many threads as pays.
///
/// A kernel reads each operand either element by element or one element again and again, and writes
/// without gaps. Two cases bring every layout to that: *flat*, where the operands have one dense
/// layout (or a single element) and are taken as plain vectors whatever their axis order; and *by
/// rows* into a row-major result (`RowLoops`).
///
/// What follows the shapes is written for addresses and layouts, not for `Tensor<Scalar>`: code that
/// is generic over the scalar would ask the runtime for types at every step, which took longer than
/// a thousand additions.
enum Elementwise {
  /// Whether an operation costs a few cycles or a few dozen per vector of elements.
  enum Weight {
    case light, heavy

    /// Elements of one piece of work, a multiple of the vector width, which keeps short tails out of
    /// the middle.
    ///
    /// Measured on a Zen 3 core: a piece costs 65 ns to hand out and to come up to speed, which is
    /// a twentieth of what 4,096 exponentials (1.1 µs) or 32,768 relus (1.4 µs) take. Pieces four
    /// times as large save 4 % of 65,536 exponentials on two threads and leave nothing to a
    /// third; a quarter of the size costs 15 %.
    var grain: Int {
      switch self {
      case .light: 32_768
      case .heavy: 4_096
      }
    }

    /// More would gain nothing: 4 million exponentials take 390 µs so, and 420 in 976 pieces.
    private static let mostPieces = 64

    /// The elements of each piece that `count` elements are cut into: about `grain`, more where that
    /// would be more than 64 pieces, and an even number of pieces, so that two threads are done
    /// together. All of them where they are too few to share.
    ///
    /// Measured with two threads on Zen 3, where a fork costs 0.3 to 0.6 µs: two pieces beat one from
    /// about 24,000 relus, 14,000 sums or 5,000 exponentials on, if each thread finds its operands
    /// in its cache. A chain over 98,304 elements is 1.4 times as fast as one thread in three pieces
    /// and 1.6 to 1.8 times in four.
    func grain(of count: Int) -> Int {
      let least = self == .light ? 16_384 : 3_072
      if count < 2 * least { return max(1, count) }
      let pieces = min(Self.mostPieces, 2 * max(1, (count + grain) / (2 * grain)))
      return ((count + pieces - 1) / pieces + 63) / 64 * 64
    }
  }

  /// out = f(x) for a run of elements.
  typealias UnaryKernel = (_ x: UnsafeRawPointer, _ out: UnsafeMutableRawPointer, _ count: Int)
    -> Void

  /// out = f(a, b) for a run of elements; a step is 1, or 0 for one element used again and again.
  typealias BinaryKernel = (
    _ a: UnsafeRawPointer, _ aStep: Int, _ b: UnsafeRawPointer, _ bStep: Int,
    _ out: UnsafeMutableRawPointer, _ count: Int
  ) -> Void

  /// Bytes of a result of two operands as large that are too much for the third-level cache, all three.
  ///
  /// Past the cache, the sum of two times 4 million floats takes 0.8 of the time on two threads of a
  /// Zen 3 with 32 MiB of it. With one operand it is 1.1: there both fit.
  private static let pastCaches = 12 << 20

  // MARK: One operand

  /// x ← f(x): written over x where nobody else holds its storage, so that a temporary value is
  /// used again. A dense axis order stays.
  static func map(
    _ storage: inout Storage, _ layout: inout Layout, _ dtype: DType, _ weight: Weight,
    _ kernel: UnaryKernel
  ) {
    let size = dtype.byteCount
    if !layout.isDense {
      storage = StridedCopy.contiguous(storage, layout, dtype)
      layout = Layout(contiguous: layout.shape)
    }
    let source = UnsafeRawPointer(storage.pointer) + layout.offset * size
    if isKnownUniquelyReferenced(&storage) {
      flat(source, size, storage.pointer + layout.offset * size, size, layout.count, weight, kernel)
    } else {
      let result = Storage(shape: layout.shape, dtype: dtype)
      flat(source, size, result.pointer, size, layout.count, weight, kernel)
      storage = result
      layout.offset = 0
    }
  }

  /// f(x) with elements of another type, as a new value.
  static func map(
    _ storage: Storage, _ layout: Layout, _ dtype: DType, to result: DType, _ weight: Weight,
    _ kernel: UnaryKernel
  ) -> (Storage, Layout) {
    let isDense = layout.isDense
    let source =
      isDense ? storage : StridedCopy.contiguous(storage, layout, dtype)
    var layout = isDense ? layout : Layout(contiguous: layout.shape)
    let target = Storage(shape: layout.shape, dtype: result)
    withExtendedLifetime(source) {
      flat(
        source.pointer + layout.offset * dtype.byteCount, dtype.byteCount, target.pointer,
        result.byteCount, layout.count, weight, kernel)
    }
    layout.offset = 0
    return (target, layout)
  }

  @inline(__always)
  private static func flat(
    _ x: UnsafeRawPointer, _ size: Int, _ out: UnsafeMutableRawPointer, _ outSize: Int,
    _ count: Int, _ weight: Weight, _ kernel: UnaryKernel
  ) {
    let grain = weight.grain(of: count)
    if count <= grain { return kernel(x, out, count) }
    ThreadPool.forEachSpan(of: count, grain: grain) { range in
      let start = range.lowerBound
      kernel(x + start * size, out + start * outSize, range.count)
    }
  }

  // MARK: Two operands

  /// f(a, b), broadcast, as a new value.
  static func zip(
    _ a: Storage, _ aLayout: Layout, _ b: Storage, _ bLayout: Layout, _ dtype: DType,
    to result: DType, of name: StaticString, _ weight: Weight, _ kernel: BinaryKernel
  ) -> (Storage, Layout) {
    let size = dtype.byteCount
    let x = UnsafeRawPointer(a.pointer) + aLayout.offset * size
    let y = UnsafeRawPointer(b.pointer) + bLayout.offset * size
    if isFlat(bLayout, beside: aLayout) {
      let target = Storage(shape: aLayout.shape, dtype: result)
      flat(
        x, 1, y, bLayout.count == 1 ? 0 : 1, size, target.pointer, result.byteCount,
        aLayout.count, weight, kernel)
      return (target, aLayout.movedToStart)
    }
    if isFlat(aLayout, beside: bLayout) {
      let target = Storage(shape: bLayout.shape, dtype: result)
      flat(
        x, aLayout.count == 1 ? 0 : 1, y, 1, size, target.pointer, result.byteCount,
        bLayout.count, weight, kernel)
      return (target, bLayout.movedToStart)
    }
    let shape = Shape.broadcast(aLayout.shape, bLayout.shape, of: name)
    let target = Storage(shape: shape, dtype: result)
    let resultSize = result.byteCount
    let out = target.pointer
    RowLoops(
      shape, x, aLayout.broadcast(to: shape).strides, size, y,
      bLayout.broadcast(to: shape).strides, size
    ).run(grain: weight.grain(of: shape.elementCount)) { x, xStep, y, yStep, place, count in
      kernel(x, xStep, y, yStep, out + place * resultSize, count)
    }
    return (target, Layout(contiguous: shape))
  }

  /// Whether an operand can be read as a plain vector beside one that has the shape of the result.
  private static func isFlat(_ layout: Layout, beside whole: Layout) -> Bool {
    if layout.shape == whole.shape {
      return layout.strides == whole.strides
        ? whole.isDense : layout.isContiguous && whole.isContiguous
    }
    return layout.count == 1 && layout.rank <= whole.rank && whole.isDense
  }

  @inline(__always)
  private static func flat(
    _ a: UnsafeRawPointer, _ aStep: Int, _ b: UnsafeRawPointer, _ bStep: Int, _ size: Int,
    _ out: UnsafeMutableRawPointer, _ outSize: Int, _ count: Int, _ weight: Weight,
    _ kernel: BinaryKernel
  ) {
    // Kernels store large pieces past the caches, so that no pieces are put together.
    let isPast = count * outSize >= pastCaches && aStep == 1 && bStep == 1
    let grain = isPast ? Int(APUS_PAST_CACHES) / outSize : weight.grain(of: count)
    if count <= grain { return kernel(a, aStep, b, bStep, out, count) }
    ThreadPool.forEachRange(of: count, grain: grain) { range in
      let start = range.lowerBound
      kernel(
        a + start * aStep * size, aStep, b + start * bStep * size, bStep, out + start * outSize,
        range.count)
    }
  }

  /// a ← f(a, b); b is broadcast to the shape of a.
  static func zipInPlace(
    _ a: inout Storage, _ aLayout: inout Layout, _ b: Storage, _ bLayout: Layout, _ dtype: DType,
    of name: StaticString, _ weight: Weight, _ kernel: BinaryKernel
  ) {
    if aLayout.shape != bLayout.shape {
      let shape = Shape.broadcast(aLayout.shape, bLayout.shape, of: name)
      guard shape == aLayout.shape else {
        fatalError(
          "\(name): shape \(bLayout.shape) does not broadcast to \(aLayout.shape), "
            + "the shape of the left side")
      }
    }
    let size = dtype.byteCount
    // b may be a view of a's storage, which then has two references.
    if isKnownUniquelyReferenced(&a) {
      let target = a.pointer + aLayout.offset * size
      let y = UnsafeRawPointer(b.pointer) + bLayout.offset * size
      if isFlat(bLayout, beside: aLayout) {
        return flat(
          target, 1, y, bLayout.count == 1 ? 0 : 1, size, target, size, aLayout.count, weight,
          kernel)
      }
      if aLayout.isContiguous {
        let loops = RowLoops(
          aLayout.shape, target, aLayout.strides, size, y,
          bLayout.broadcast(to: aLayout.shape).strides, size)
        return loops.run(grain: weight.grain(of: aLayout.count)) {
          x, xStep, y, yStep, place, count in
          kernel(x, xStep, y, yStep, target + place * size, count)
        }
      }
    }
    (a, aLayout) = zip(a, aLayout, b, bLayout, dtype, to: dtype, of: name, weight, kernel)
  }

  /// a ← f(a, b), broadcast: over a or b where nobody else holds its storage and it has the shape of
  /// the result, so that a temporary value is used again; else as a new value.
  ///
  /// That is what keeps chains of operations from paying a whole trip through memory for each link: no
  /// fresh memory is pulled in, and as much of a value just written as the cache holds is still there.
  /// On two threads of a Zen 3 with 32 MiB of it, `(a * b + c).relu()` over 4 million floats takes
  /// 2.4 ms and `a.sigmoid() * a + b` 3.2 ms, where one addition takes 1.1 ms. All links block by block
  /// would take 2.0 ms for either, but need another way to write arithmetic. Of b nothing remains.
  static func combine(
    _ a: inout Storage, _ aLayout: inout Layout, _ b: inout Storage, _ bLayout: inout Layout,
    _ dtype: DType, of name: StaticString, _ weight: Weight, _ kernel: BinaryKernel
  ) {
    if isKnownUniquelyReferenced(&a) && hasRoom(aLayout, for: bLayout) {
      return zipInPlace(&a, &aLayout, b, bLayout, dtype, of: name, weight, kernel)
    }
    if isKnownUniquelyReferenced(&b) && hasRoom(bLayout, for: aLayout) {
      zipInPlace(&b, &bLayout, a, aLayout, dtype, of: name, weight) {
        y, yStep, x, xStep, out, count in
        kernel(x, xStep, y, yStep, out, count)
      }
      (a, aLayout) = (b, bLayout)
      return
    }
    (a, aLayout) = zip(a, aLayout, b, bLayout, dtype, to: dtype, of: name, weight, kernel)
  }

  /// Whether f of both operands has the shape of the first.
  private static func hasRoom(_ layout: Layout, for other: Layout) -> Bool {
    layout.shape == other.shape
      || Shape.broadcast(layout.shape, other.shape) == layout.shape
  }

  // MARK: Three operands

  /// mask ? a : b for elements of `dtype`, broadcast, as a new value.
  static func select(
    _ mask: Storage, _ maskLayout: Layout, _ a: Storage, _ aLayout: Layout, _ b: Storage,
    _ bLayout: Layout, _ dtype: DType
  ) -> (Storage, Layout) {
    let size = dtype.byteCount
    let weight = Weight.light
    let m = UnsafeRawPointer(mask.pointer) + maskLayout.offset
    let x = UnsafeRawPointer(a.pointer) + aLayout.offset * size
    let y = UnsafeRawPointer(b.pointer) + bLayout.offset * size
    let whole =
      maskLayout.count != 1 ? maskLayout : aLayout.count != 1 ? aLayout : bLayout
    if isFlat(maskLayout, beside: whole) && isFlat(aLayout, beside: whole)
      && isFlat(bLayout, beside: whole)
    {
      let target = Storage(shape: whole.shape, dtype: dtype)
      let out = target.pointer
      let maskStep = maskLayout.count == 1 ? 0 : 1
      let aStep = aLayout.count == 1 ? 0 : 1
      let bStep = bLayout.count == 1 ? 0 : 1
      ThreadPool.forEachRange(of: whole.count, grain: weight.grain(of: whole.count)) { range in
        let start = range.lowerBound
        Kernels.select(
          dtype, m + start * maskStep, maskStep, x + start * aStep * size, aStep,
          y + start * bStep * size, bStep, out + start * size, range.count)
      }
      return (target, whole.movedToStart)
    }
    guard let pair = Shape.broadcast(aLayout.shape, bLayout.shape),
      let shape = Shape.broadcast(maskLayout.shape, pair)
    else {
      fatalError(
        "where: shapes \(maskLayout.shape), \(aLayout.shape) and \(bLayout.shape) do not broadcast; "
          + "aligned at the last axis, extents must be equal or 1")
    }
    let target = Storage(shape: shape, dtype: dtype)
    let out = target.pointer
    // b is read beside the result: one element, or the same place in row-major order. Where it is
    // neither, it is spread over the result first.
    var beside = y
    let besideStep = bLayout.count == 1 ? 0 : 1
    if besideStep == 1 && !(bLayout.shape == shape && bLayout.isContiguous) {
      StridedCopy.run(
        byteCount: size, shape: shape, from: y, strides: bLayout.broadcast(to: shape).strides,
        to: out, strides: shape.contiguousStrides)
      beside = UnsafeRawPointer(out)
    }
    RowLoops(
      shape, m, maskLayout.broadcast(to: shape).strides, 1, x,
      aLayout.broadcast(to: shape).strides, size
    ).run(grain: weight.grain(of: shape.elementCount)) {
      [beside] m, maskStep, x, aStep, place, count in
      Kernels.select(
        dtype, m, maskStep, x, aStep, beside + place * besideStep * size, besideStep,
        out + place * size, count)
    }
    return (target, Layout(contiguous: shape))
  }
}
