import Tensor

/// Decompositions of matrices, the last two axes; the axes before them are batches. They throw what
/// their namesakes of `Tensor` throw.
///
/// What a decomposition leaves undetermined (the signs of vectors, the basis of a repeated value) must
/// not matter to what is made of it; else the gradient has no meaning, as in PyTorch.
extension Variable {
  /// The Cholesky factors L with A = L · Lᵀ, or U with A = Uᵀ · U if `upper`; see `Tensor.cholesky`.
  ///
  ///     ∂A = (S + Sᵀ) ÷ 2,  S = L⁻ᵀ · Φ(Lᵀ · g) · L⁻¹
  ///
  /// where Φ takes the lower triangle with half of the diagonal (Murray, 2016). The gradient is that
  /// of a symmetric matrix, half in each triangle, though only one is read.
  public func cholesky(upper: Bool = false) throws(LinearAlgebraError) -> Variable {
    if upper { return try transposed.cholesky().transposed }
    let a = operand
    return record(.cholesky, try value.cholesky(), from: self) { l, g, backward in
      backward.add(to: a) {
        let middle = (l.transposed.matmul(g.lowerTriangle())).lowerTriangleHalved
        let s = l.solvedByTransposed(middle).transposed
        return l.solvedByTransposed(s).symmetricPart
      }
    }
  }

  /// A = Q · R with orthonormal columns in Q and an upper triangular R; see `Tensor.qr`.
  ///
  ///     ∂A = (gQ + Q · Ψ(R · gRᵀ − gQᵀ · Q)) · R⁻ᵀ    for m ≥ n
  ///
  /// where Ψ mirrors the lower triangle (Walter and Lehmann, 2018). For m < n, the first m columns
  /// make Q, and R has Qᵀ times the others. NaN where these columns are dependent. Stops with
  /// a message if it is to be differentiated with `complete` and m > n, as Q is not determined then.
  public func qr(complete: Bool = false) -> (q: Variable, r: Variable) {
    let (q, r) = value.qr(complete: complete)
    let (m, n) = (shape[-2], shape[-1])
    guard !isRecorded || m <= n || !complete else {
      stop("qr: of shape \(shape), complete factors have no gradient; use the reduced ones")
    }
    let a = operand
    // The columns beyond the first m are read by R's gradient.
    let rest = m < n ? self[.ellipsis, m...] : nil
    let results = record(
      .qr, [q, r], fromAll: [self],
      pullbacks: [
        { results, g, backward in
          backward.add(to: a) {
            let first = results[0].factorGradient(results[1], g, nil)
            if m >= n { return first }
            let widths = Array(repeating: (0, 0), count: a.shape.rank - 1) + [(0, n - m)]
            return first.padded(widths, mode: .constant(0))
          }
        },
        { results, g, backward in
          backward.add(to: a) {
            let (q, r) = (results[0], results[1])
            guard let rest else { return q.factorGradient(r, nil, g) }
            let ofRest = g[.ellipsis, m...]
            let first = q.factorGradient(
              r, rest.matmul(ofRest.transposed), g[.ellipsis, 0..<m])
            return .concatenated([first, q.matmul(ofRest)], axis: -1)
          }
        },
      ])
    return (results[0], results[1])
  }

  /// The gradient of the matrix with as many columns as Q, which this is, from those of both factors.
  private func factorGradient(_ r: Variable, _ gq: Variable?, _ gr: Variable?) -> Variable {
    let r = r[.ellipsis, 0..<shape[-1]]
    var inner = gr.map { r.matmul($0.upperTriangle().transposed) }
    if let gq {
      let ofQ = gq.transposed.matmul(self)
      inner = inner.map { $0 - ofQ } ?? -ofQ
    }
    let mirrored = matmul(inner!.mirroredLower)
    return r.solvedFromRight(gq.map { $0 + mirrored } ?? mirrored)
  }

  /// The eigenvalues, ascending, and eigenvectors of symmetric matrices; see `Tensor.symmetricEigen`.
  ///
  ///     ∂A = V · (diag(g) + (Vᵀ · gV) ∘ E) · Vᵀ,  Eᵢⱼ = 1 ÷ (λⱼ − λᵢ), 0 on the diagonal
  ///
  /// made symmetric, half in each triangle, though only one is read (Giles, 2008). The gradient through
  /// the vectors is infinite or NaN where eigenvalues are equal.
  public func symmetricEigen(
    upper: Bool = false
  ) throws(LinearAlgebraError) -> (values: Variable, vectors: Variable) {
    let (values, vectors) = try value.symmetricEigen(upper: upper)
    let a = operand
    let results = record(
      .symmetricEigen, [values, vectors], fromAll: [self],
      pullbacks: [
        { results, g, backward in
          let v = results[1]
          backward.add(to: a) { (v * g.expanded(at: -2)).matmul(v.transposed) }
        },
        { results, g, backward in
          let (values, v) = (results[0], results[1])
          backward.add(to: a) {
            let differences = values.expanded(at: -2) - values.expanded(at: -1)
            let inner = v.transposed.matmul(g).dividedOffDiagonal(by: differences)
            return v.matmul(inner).matmul(v.transposed).symmetricPart
          }
        },
      ])
    return (results[0], results[1])
  }

  /// The eigenvalues of symmetric matrices alone, ascending; see `symmetricEigen`.
  public func symmetricEigenvalues(upper: Bool = false) throws(LinearAlgebraError) -> Variable {
    let values = try value.symmetricEigenvalues(upper: upper)
    return record(.symmetricEigenvalues, values, from: self) { g, backward in
      backward.add(to: self) {
        let v = Variable.orNaN(self.shape) { try self.symmetricEigen(upper: upper).vectors }
        return (v * g.expanded(at: -2)).matmul(v.transposed)
      }
    }
  }

  /// The singular value decomposition A = U · diag(s) · Vᵀ; see `Tensor.svd`.
  ///
  ///     ∂A = U · ((skew(Uᵀ · gU) ÷ E) · s + s · (skew(Vᵀ · gV) ÷ E) + diag(g)) · Vᵀ
  ///        + (1 − U · Uᵀ) · gU · s⁻¹ · Vᵀ + U · s⁻¹ · gVᵀ · (1 − V · Vᵀ)
  ///
  /// with skew(X) = X − Xᵀ and Eᵢⱼ = sⱼ² − sᵢ² off the diagonal (Townsend, 2016). The gradient through
  /// the vectors is infinite or NaN where singular values are equal, or 0 in an A that is not square.
  /// Stops with a message if it is to be differentiated with `full` and A is not square, as the further
  /// vectors are not determined.
  public func svd(full: Bool = false) throws(LinearAlgebraError) -> (
    u: Variable, s: Variable, vt: Variable
  ) {
    let (u, s, vt) = try value.svd(full: full)
    if full && isRecorded && shape[-2] != shape[-1] {
      stop("svd: of shape \(shape), full vectors have no gradient; use the reduced ones")
    }
    let a = operand
    let results = record(
      .svd, [u, s, vt], fromAll: [self],
      pullbacks: [
        { results, g, backward in
          let (u, s, vt) = (results[0], results[1], results[2])
          backward.add(to: a) {
            let projected = u.transposed.matmul(g)
            let inner = s.skewOverGaps(projected) * s.expanded(at: -2)
            let rest = (g - u.matmul(projected)) / s.expanded(at: -2)
            let inside = u.matmul(inner).matmul(vt)
            return u.shape[-2] == u.shape[-1] ? inside : inside + rest.matmul(vt)
          }
        },
        { results, g, backward in
          let (u, vt) = (results[0], results[2])
          backward.add(to: a) { (u * g.expanded(at: -2)).matmul(vt) }
        },
        { results, g, backward in
          let (u, s, vt) = (results[0], results[1], results[2])
          backward.add(to: a) {
            let projected = vt.matmul(g.transposed)
            let inner = s.expanded(at: -1) * s.skewOverGaps(projected)
            let inside = u.matmul(inner).matmul(vt)
            guard vt.shape[-2] != vt.shape[-1] else { return inside }
            let rest = (g - projected.transposed.matmul(vt)) / s.expanded(at: -1)
            return inside + u.matmul(rest)
          }
        },
      ])
    return (results[0], results[1], results[2])
  }

  /// The singular values alone, descending; see `svd`.
  public func singularValues() throws(LinearAlgebraError) -> Variable {
    record(.singularValues, try value.singularValues(), from: self) { g, backward in
      backward.add(to: self) {
        .orNaN(self.shape) {
          let (u, _, vt) = try self.svd()
          return (u * g.expanded(at: -2)).matmul(vt)
        }
      }
    }
  }

  /// The condition number: the largest singular value over the smallest; see `Tensor.conditionNumber`.
  public func conditionNumber() throws(LinearAlgebraError) -> Variable {
    guard isRecorded && count > 0 else { return Variable(try value.conditionNumber()) }
    let s = try singularValues()
    return s[.ellipsis, 0] / s[.ellipsis, -1]
  }

  /// skew(X) ÷ E for these as singular values, 0 on the diagonal.
  private func skewOverGaps(_ x: Variable) -> Variable {
    let squares = squared()
    return (x - x.transposed)
      .dividedOffDiagonal(by: squares.expanded(at: -2) - squares.expanded(at: -1))
  }

  /// Each element over that of `divisors`, 0 on the diagonal.
  private func dividedOffDiagonal(by divisors: Variable) -> Variable {
    let isDiagonal = Tensor<Scalar>.identity(shape[-1]) .== 1
    return .where(isDiagonal, 0, self / .where(isDiagonal, 1, divisors))
  }

  /// The lower triangle with half of the diagonal.
  private var lowerTriangleHalved: Variable {
    0.5 * (lowerTriangle() + lowerTriangle(diagonal: -1))
  }

  /// The lower triangle, mirrored to the upper one.
  private var mirroredLower: Variable {
    lowerTriangle() + lowerTriangle(diagonal: -1).transposed
  }

  private var symmetricPart: Variable { 0.5 * (self + transposed) }

  /// L⁻ᵀ · X for this as L.
  private func solvedByTransposed(_ x: Variable) -> Variable {
    .orNaN(x.shape) { try transposed.solveTriangular(x, upper: true) }
  }

  /// X · R⁻ᵀ for this as R.
  private func solvedFromRight(_ x: Variable) -> Variable {
    .orNaN(x.shape) { try solveTriangular(x.transposed, upper: true).transposed }
  }
}
