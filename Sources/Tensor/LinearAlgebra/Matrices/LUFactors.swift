#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// P · L · U = Aᵀ for every matrix A of a batch: a row-major matrix is its transpose to LAPACK.
struct LUFactors<Scalar: FloatingPointScalar> {
  let matrices: MatrixBatch
  /// L below the diagonal, whose ones are not stored, and U, in column-major order.
  let factors: Tensor<Scalar>
  /// Row i was exchanged with row pivots[i] − 1.
  let pivots: Storage
  /// The matrices with an element that is NaN or infinite.
  let broken: [Int]
  /// The first matrix with a pivot that is 0.
  let singular: Int?

  init(_ tensor: Tensor<Scalar>, _ matrices: MatrixBatch) {
    let n = matrices.rows
    factors = tensor.copied()
    pivots = Storage(byteCount: matrices.count * n * LAPACK.integerByteCount)
    broken = matrices.notFinite(factors)
    self.matrices = matrices
    let start = factors.storage.pointer
    let size = Scalar.dtype.byteCount
    let hasZero = Storage(byteCount: matrices.count)
    if n > 0 {
      matrices.forEach(work: matrices.cube, byteCount: 0) { [pivots] number, _ in
        let info = LAPACK.getrf(
          Scalar.dtype, m: n, n: n, a: start + number * n * n * size,
          pivots: pivots.pointer + number * n * LAPACK.integerByteCount)
        hasZero.pointer.storeBytes(of: info > 0, toByteOffset: number, as: Bool.self)
        // A zero is no reason to stop here.
        return 0
      }
    }
    singular =
      n == 0
      ? nil
      : (0..<matrices.count).first {
        hasZero.pointer.load(fromByteOffset: $0, as: Bool.self)
      }
  }

  /// Factors for an inverse; throws if there is a matrix without one.
  static func invertible(
    _ tensor: Tensor<Scalar>, _ matrices: MatrixBatch
  ) throws(LinearAlgebraError) -> LUFactors {
    let factors = LUFactors(tensor, matrices)
    if let number = factors.broken.first { throw .notFinite(matrices.place(number)) }
    if let number = factors.singular { throw .singular(matrices.place(number)) }
    return factors
  }

  /// X ← A⁻¹ · X for column-major matrices X of n rows and `columns` columns, one after another;
  /// `places` says which A each of them goes with.
  func solve(_ x: UnsafeMutableRawPointer, columns: Int, places: [Int]) {
    let n = matrices.rows
    if n == 0 || columns == 0 { return }
    let size = Scalar.dtype.byteCount
    let batch = MatrixBatch(matrices.operation, [places.count, n, columns])
    batch.forEach(work: Double(n) * Double(n) * Double(columns), byteCount: 0) { number, _ in
      LAPACK.getrsTransposed(
        Scalar.dtype, n: n, k: columns, factors: factors.pointer + places[number] * n * n * size,
        pivots: pivots.pointer + places[number] * n * LAPACK.integerByteCount,
        b: x + number * n * columns * size)
    }
    withExtendedLifetime(self) {}
  }

  /// Makes the factors the inverses.
  consuming func inverse() -> Tensor<Scalar> {
    let n = matrices.rows
    if n == 0 { return factors }
    let size = Scalar.dtype.byteCount
    let start = factors.storage.pointer
    let workSize = LAPACK.workSizes(Scalar.dtype) { work, integers in
      LAPACK.getri(Scalar.dtype, n: n, a: work, pivots: integers, work: work, workSize: -1)
    }.work
    matrices.forEach(
      work: 2 * matrices.cube, byteCount: workSize * size
    ) { number, work in
      LAPACK.getri(
        Scalar.dtype, n: n, a: start + number * n * n * size,
        pivots: pivots.pointer + number * n * LAPACK.integerByteCount, work: work,
        workSize: workSize)
    }
    return factors
  }

  /// The determinants: products of pivots, with an exponent beside them that cannot overflow.
  func determinants() -> [Scalar] {
    var result = diagonals().map { sign, diagonal in
      var significand = sign
      var exponent = 0
      for pivot in diagonal {
        significand *= pivot
        guard significand != 0 && significand.isFinite else { break }
        exponent += Int(significand.exponent)
        significand = Double(
          sign: significand.sign, exponent: 0, significand: significand.significand)
      }
      // Beyond the range of exponents it is 0 or infinite anyway.
      return Scalar(
        Double(
          sign: .plus, exponent: min(max(exponent, -5_000), 5_000), significand: significand))
    }
    for number in broken { result[number] = .nan }
    return result
  }

  /// The signs of the determinants, and the logarithms of their magnitudes.
  func logDeterminants() -> (signs: [Scalar], logs: [Scalar]) {
    var signs: [Scalar] = []
    var logs: [Scalar] = []
    for (swapSign, diagonal) in diagonals() {
      var sign = swapSign
      var total = 0.0
      for pivot in diagonal {
        sign *= pivot == 0 ? 0 : pivot < 0 ? -1 : 1
        total += log(abs(pivot))
      }
      signs.append(Scalar(sign))
      logs.append(Scalar(total))
    }
    for number in broken {
      signs[number] = .nan
      logs[number] = .nan
    }
    return (signs, logs)
  }

  /// For each matrix the sign of its permutation and its pivots.
  private func diagonals() -> [(sign: Double, diagonal: ArraySlice<Double>)] {
    let n = matrices.rows
    let values = Tensor<Double>(factors.diagonal()).scalars
    return withExtendedLifetime(pivots) {
      (0..<matrices.count).map { number in
        let swaps = (0..<n).count(where: { row in
          LAPACK.pivot(pivots.pointer, number * n + row) != row + 1
        })
        return (swaps % 2 == 0 ? 1 : -1, values[number * n..<(number + 1) * n])
      }
    }
  }
}
