import CKernels

/// Runs elementwise kernels over tensors of any layout, on as many threads as pays.
///
/// A kernel reads each operand either element by element or one element again and again, and writes
/// without gaps. Two cases bring every layout to that: *flat*, where the operands have one dense
/// layout (or a single element) and are taken as plain vectors whatever their axis order; and
/// *row by row* into a row-major result. An operand that fits neither is copied once, unexpanded.
enum Elementwise {
  /// Whether an operation costs a few cycles or a few dozen per vector of elements.
  enum Weight {
    case light, heavy

    /// Elements of one piece of work: smaller pieces cost more to hand out than they take.
    /// A multiple of the vector width keeps short tails out of the middle. An estimate,
    /// not tuned.
    var grain: Int {
      switch self {
      case .light: 32_768
      case .heavy: 4_096
      }
    }
  }

  /// op(x), with the layout of x where x is dense.
  static func unary<Scalar>(
    _ op: apus_unary_op, _ x: Tensor<Scalar>, weight: Weight
  ) -> Tensor<Scalar> {
    let source = x.layout.isDense ? x : x.copied()
    let result = Tensor<Scalar>(likeDense: source)
    unary(
      op, Scalar.dtype, source.pointer, result.storage.pointer, x.count, weight: weight)
    source.withStorage {}
    return result
  }

  private static func unary(
    _ op: apus_unary_op, _ dtype: DType, _ x: UnsafeRawPointer, _ out: UnsafeMutableRawPointer,
    _ count: Int, weight: Weight
  ) {
    ThreadPool.forEachRange(of: count, grain: weight.grain) { range in
      let start = range.lowerBound * dtype.byteCount
      Kernels.unary(op, dtype, x + start, out + start, range.count)
    }
  }

  /// op(a, b), broadcast.
  static func binary<Scalar>(
    _ op: apus_binary_op, _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, of name: StaticString,
    weight: Weight = .light
  ) -> Tensor<Scalar> {
    let shape = Shape.broadcast(a.shape, b.shape, of: name)
    let result: Tensor<Scalar>
    if a.shape == shape && isFlat(b.layout, beside: a.layout) {
      result = Tensor(likeDense: a)
    } else if b.shape == shape && isFlat(a.layout, beside: b.layout) {
      result = Tensor(likeDense: b)
    } else {
      result = Tensor(uninitialized: shape)
      rowByRow(op, a, b, into: result.storage.pointer, shape: shape, weight: weight)
      return result
    }
    flat(op, Scalar.dtype, a, b, into: result.storage.pointer, count: shape.elementCount, weight)
    return result
  }

  /// a ← op(a, b); b is broadcast to the shape of a.
  static func binaryInPlace<Scalar>(
    _ op: apus_binary_op, _ a: inout Tensor<Scalar>, _ b: Tensor<Scalar>, of name: StaticString,
    weight: Weight = .light
  ) {
    let shape = Shape.broadcast(a.shape, b.shape, of: name)
    guard shape == a.shape else {
      fatalError(
        "\(name): shape \(b.shape) does not broadcast to \(a.shape), the shape of the left side")
    }
    if isFlat(b.layout, beside: a.layout) {
      let target = a.mutablePointer()
      flat(op, Scalar.dtype, a, b, into: target, count: shape.elementCount, weight)
    } else if a.isContiguous {
      let target = a.mutablePointer()
      rowByRow(op, a, b, into: target, shape: shape, weight: weight)
    } else {
      a = binary(op, a, b, of: name, weight: weight)
    }
  }

  /// Whether an operand can be read as a plain vector beside one of dense layout.
  private static func isFlat(_ layout: Layout, beside dense: Layout) -> Bool {
    (layout.count == 1 || (layout.shape == dense.shape && layout.strides == dense.strides))
      && dense.isDense
  }

  private static func flat<Scalar>(
    _ op: apus_binary_op, _ dtype: DType, _ a: Tensor<Scalar>, _ b: Tensor<Scalar>,
    into target: UnsafeMutableRawPointer, count: Int, _ weight: Weight
  ) {
    let size = dtype.byteCount
    let aStep = a.count == 1 ? 0 : 1
    let bStep = b.count == 1 ? 0 : 1
    let aStart = a.pointer
    let bStart = b.pointer
    a.withStorage {
      b.withStorage {
        ThreadPool.forEachRange(of: count, grain: weight.grain) { range in
          Kernels.binary(
            op, dtype, aStart + range.lowerBound * aStep * size, aStep,
            bStart + range.lowerBound * bStep * size, bStep,
            target + range.lowerBound * size, range.count)
        }
      }
    }
  }

  private static func rowByRow<Scalar>(
    _ op: apus_binary_op, _ a: Tensor<Scalar>, _ b: Tensor<Scalar>,
    into target: UnsafeMutableRawPointer, shape: Shape, weight: Weight
  ) {
    var left = a
    var right = b
    var loops = StridedLoops(
      shape: shape, strides: left.layout.broadcast(to: shape).strides,
      right.layout.broadcast(to: shape).strides)
    if !isSteppable(loops.innerSteps.first) || !isSteppable(loops.innerSteps.second) {
      if !isSteppable(loops.innerSteps.first) { left = left.copied() }
      if !isSteppable(loops.innerSteps.second) { right = right.copied() }
      loops = StridedLoops(
        shape: shape, strides: left.layout.broadcast(to: shape).strides,
        right.layout.broadcast(to: shape).strides)
    }
    let dtype = Scalar.dtype
    let size = dtype.byteCount
    let steps = loops.innerSteps
    let inner = loops.innerCount
    let aStart = left.pointer
    let bStart = right.pointer
    left.withStorage {
      right.withStorage {
        let grain = max(1, weight.grain / max(1, inner))
        ThreadPool.forEachRange(of: loops.outerCount, grain: grain) { runs in
          var out = target + runs.lowerBound * inner * size
          loops.forEachRun(in: runs) { first, second in
            Kernels.binary(
              op, dtype, aStart + first * size, steps.first, bStart + second * size, steps.second,
              out, inner)
            out += inner * size
          }
        }
      }
    }
  }

  private static func isSteppable(_ step: Int) -> Bool { step == 0 || step == 1 }
}

extension Tensor {
  /// A tensor not yet initialised, with the axis order of a dense one and storage of its own.
  init(likeDense other: Tensor) {
    var layout = other.layout
    layout.offset = 0
    self.init(storage: Storage(shape: other.shape, dtype: Scalar.dtype), layout: layout)
  }
}
