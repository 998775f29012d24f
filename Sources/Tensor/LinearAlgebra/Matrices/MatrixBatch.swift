import CKernels

/// The matrices of a contiguous tensor, one after another, and what is done to each of them.
struct MatrixBatch {
  let operation: String
  /// The shape as the caller knows it; its last two axes are the matrices.
  let shape: Shape

  init(_ operation: String, _ shape: Shape) {
    self.operation = operation
    self.shape = shape
  }

  var rows: Int { shape[-2] }
  var columns: Int { shape[-1] }
  var batch: Shape { shape.batch }
  var count: Int { batch.elementCount }

  /// Multiplications of a product of two matrices, as a measure of work.
  var cube: Double { Double(rows) * Double(columns) * Double(min(rows, columns)) }

  /// Calls `body` with the number of each matrix and a workspace, shared out in pieces of about the
  /// given work (multiplications) for one matrix, and stops at the first that fails.
  ///
  /// - Returns: the first matrix for which `body` does not return 0, and what it returns.
  @discardableResult
  func forEach(
    work: Double, byteCount: Int, _ body: (_ number: Int, UnsafeMutableRawPointer) -> Int
  ) -> (number: Int, info: Int)? {
    // Each piece notes the first failure in it; the first of these is that of the batch.
    let grain = max(1, Int(min(Double(count), 200_000 / max(1, work))))
    let pieces = (count + grain - 1) / grain
    let failures = Storage(byteCount: max(1, pieces) * MemoryLayout<(Int, Int)>.stride)
    let found = failures.pointer.bindMemory(to: (Int, Int).self, capacity: max(1, pieces))
    let count = count
    ThreadPool.forEachRange(of: pieces, grain: 1) { piece in
      for piece in piece {
        let workspace = Storage(byteCount: byteCount)
        found[piece] = (0, 0)
        for number in piece * grain..<min(count, (piece + 1) * grain) {
          let info = body(number, workspace.pointer)
          if info != 0 {
            found[piece] = (number, info)
            break
          }
        }
        withExtendedLifetime(workspace) {}
      }
    }
    return withExtendedLifetime(failures) {
      (0..<pieces).first { found[$0].1 != 0 }.map { found[$0] }
    }
  }

  /// The numbers of the matrices with an element that is NaN or infinite.
  func notFinite<Scalar: FloatingPointScalar>(_ matrices: Tensor<Scalar>) -> [Int] {
    if matrices.count == 0 || Self.areFinite(matrices, rows: 1)[0] { return [] }
    let isFinite = Self.areFinite(matrices, rows: count)
    return (0..<count).filter { !isFinite[$0] }
  }

  /// Whether all elements are finite, for each of the rows that a contiguous tensor is cut into.
  private static func areFinite<Scalar: FloatingPointScalar>(
    _ tensor: Tensor<Scalar>, rows: Int
  ) -> [Bool] {
    let extremes = Tensor<Scalar>(uninitialized: [2, rows])
    let columns = tensor.count / rows
    // The extreme of a row with NaN is NaN.
    tensor.withStorage {
      for (place, op) in [APUS_REDUCE_MAX, APUS_REDUCE_MIN].enumerated() {
        ReductionKernel.fold(op, Scalar.dtype).rows(
          tensor.pointer, rows: rows, columns: columns,
          extremes.storage.pointer + place * rows * Scalar.dtype.byteCount)
      }
    }
    return extremes.withUnsafeBufferPointer { values in
      (0..<rows).map { values[$0].isFinite && values[$0 + rows].isFinite }
    }
  }

  func checkFinite<Scalar: FloatingPointScalar>(
    _ matrices: Tensor<Scalar>
  ) throws(LinearAlgebraError) {
    if let number = notFinite(matrices).first { throw .notFinite(place(number)) }
  }

  /// Sets every element of some matrices of a contiguous tensor that nothing else refers to.
  func fill<Scalar>(_ numbers: [Int], of matrices: Tensor<Scalar>, with value: Scalar) {
    let size = matrices.count / max(1, count)
    matrices.withStorage {
      for number in numbers {
        (matrices.storage.pointer + number * size * MemoryLayout<Scalar>.stride)
          .assumingMemoryBound(to: Scalar.self).update(repeating: value, count: size)
      }
    }
  }

  /// Which matrix that is, for an error.
  func place(_ number: Int) -> LinearAlgebraError.Place {
    var rest = number
    var index: [Int] = []
    for extent in batch.reversed() {
      index.insert(rest % extent, at: 0)
      rest /= extent
    }
    return LinearAlgebraError.Place(operation: operation, shape: shape, index: index)
  }
}

extension Shape {
  /// The axes before the last two.
  var batch: Shape { Shape(dropLast(2)) }

  func appending(_ extents: [Int]) -> Shape { Shape(self + extents) }
}

extension Layout {
  /// The offset of each matrix of a larger batch that this one's leading axes broadcast to, counted
  /// from the first.
  func batchOffsets(in batch: Shape) -> [Int] {
    let own = Layout(
      shape: shape.batch, strides: Dimensions(strides.dropLast(2)), offset: 0
    ).broadcast(to: batch)
    let loops = StridedLoops(shape: batch, strides: own.strides, batch.contiguousStrides)
    var offsets: [Int] = []
    offsets.reserveCapacity(batch.elementCount)
    let step = loops.innerSteps.first
    loops.forEachRun(in: 0..<loops.outerCount) { start, _ in
      for position in 0..<loops.innerCount { offsets.append(start + position * step) }
    }
    return offsets
  }
}

extension Tensor where Scalar: FloatingPointScalar {
  /// The batch of an operation on matrices; stops with a message below rank 2.
  func matrices(of operation: String) -> MatrixBatch {
    guard rank >= 2 else {
      fatalError("\(operation): a matrix is needed, got shape \(shape)")
    }
    return MatrixBatch(operation, shape)
  }

  /// The batch of an operation on square matrices; stops with a message if they are not square.
  func squareMatrices(of operation: String) -> MatrixBatch {
    guard rank >= 2 && shape[-1] == shape[-2] else {
      fatalError("\(operation): a square matrix is needed, got shape \(shape)")
    }
    return MatrixBatch(operation, shape)
  }

  /// A contiguous copy of matrices with zeros above or below the diagonal.
  func copiedTriangle(upper: Bool) -> Tensor {
    let copy = copied()
    let (rows, columns) = (shape[-2], shape[-1])
    copy.withStorage {
      for row in 0..<(columns == 0 ? 0 : count / columns) {
        let diagonal = row % rows
        let cleared =
          upper ? 0..<Swift.min(diagonal, columns) : Swift.min(diagonal + 1, columns)..<columns
        let size = MemoryLayout<Scalar>.stride
        (copy.storage.pointer + (row * columns + cleared.lowerBound) * size)
          .initializeMemory(as: UInt8.self, repeating: 0, count: cleared.count * size)
      }
    }
    return copy
  }

  /// The right-hand sides of `operation` as matrices [batch…, n, k], and whether they are a vector,
  /// by NumPy's rule: one axis is a vector, more are matrices. Stops with a message unless they fit
  /// matrices of this tensor with n rows.
  func rightHandSides(
    _ sides: Tensor, of operation: String
  ) -> (sides: Tensor, batch: Shape, isVector: Bool) {
    let isVector = sides.rank == 1
    let matrices = isVector ? sides.expanded(at: 1) : sides
    guard matrices.rank >= 2, matrices.shape[-2] == shape[-2],
      let batch = Shape.broadcast(shape.batch, matrices.shape.batch)
    else {
      fatalError(
        "\(operation): matrices of shape \(shape) and right-hand sides of shape \(sides.shape) do "
          + "not fit; a vector or matrices with \(shape[-2]) rows are needed, and batches must "
          + "broadcast")
    }
    return (matrices, batch, isVector)
  }
}
