import Tensor

/// Systems of linear equations and determinants. The last two axes are matrices, the axes before them
/// batches. What throws on `Tensor` throws here; a gradient that would throw is NaN.
extension Variable {
  /// The solutions X of A · X = B, where A is this; see `Tensor.solve`.
  ///
  ///     ∂B = A⁻ᵀ · g, ∂A = −∂B · Xᵀ
  public func solve(_ rightHandSides: Variable) throws(LinearAlgebraError) -> Variable {
    if rightHandSides.rank == 1 {
      return try solve(rightHandSides.expanded(at: 1)).squeezed(axes: [-1])
    }
    let a = self
    let b = rightHandSides.operand
    let x = try value.solve(rightHandSides.value)
    let pullback = { (results: [Variable], g: Variable, backward: Backward) in
      let x = results[0]
      let sides = Variable.orNaN(g.shape) { try a.transposed.solve(g) }
      backward.add(to: b) { sides.reduced(to: b.shape) }
      backward.add(to: a) { -sides.matmul(x.transposed).reduced(to: a.shape) }
    }
    return record(.solve, [x], fromAll: [a, rightHandSides], pullbacks: [pullback])[0]
  }

  /// The solutions X of A · X = B for triangular A; see `Tensor.solveTriangular`.
  ///
  ///     ∂B = A⁻ᵀ · g, ∂A = −∂B · Xᵀ in the triangle that is read, else 0
  public func solveTriangular(
    _ rightHandSides: Variable, upper: Bool = false, unitDiagonal: Bool = false
  ) throws(LinearAlgebraError) -> Variable {
    if rightHandSides.rank == 1 {
      return try solveTriangular(
        rightHandSides.expanded(at: 1), upper: upper, unitDiagonal: unitDiagonal
      ).squeezed(axes: [-1])
    }
    let a = self
    let b = rightHandSides.operand
    let x = try value.solveTriangular(
      rightHandSides.value, upper: upper, unitDiagonal: unitDiagonal)
    let pullback = { (results: [Variable], g: Variable, backward: Backward) in
      let x = results[0]
      let sides = Variable.orNaN(g.shape) {
        try a.transposed.solveTriangular(g, upper: !upper, unitDiagonal: unitDiagonal)
      }
      backward.add(to: b) { sides.reduced(to: b.shape) }
      backward.add(to: a) {
        let full = -sides.matmul(x.transposed).reduced(to: a.shape)
        let first = unitDiagonal ? 1 : 0
        return upper
          ? full.upperTriangle(diagonal: first) : full.lowerTriangle(diagonal: -first)
      }
    }
    return record(.solveTriangular, [x], fromAll: [a, rightHandSides], pullbacks: [pullback])[0]
  }

  /// The inverses: A · Y = 1; see `Tensor.inverse`;  ∂A = −Yᵀ · g · Yᵀ
  public func inverse() throws(LinearAlgebraError) -> Variable {
    let a = operand
    return record(.inverse, try value.inverse(), from: self) { y, g, backward in
      backward.add(to: a) { -y.transposed.matmul(g).matmul(y.transposed) }
    }
  }

  /// The pseudo-inverses of Moore and Penrose; see `Tensor.pseudoInverse`.
  ///
  ///     ∂A = −Yᵀ · g · Yᵀ + (1 − A · Y) · gᵀ · Y · Yᵀ + Yᵀ · Y · gᵀ · (1 − Y · A)
  ///
  /// as long as the rank stays (Golub and Pereyra, 1973).
  public func pseudoInverse(
    relativeTolerance: Scalar? = nil
  ) throws(LinearAlgebraError) -> Variable {
    let result = try value.pseudoInverse(relativeTolerance: relativeTolerance)
    return record(.pseudoInverse, result, from: self) { y, g, backward in
      backward.add(to: self) { self.pseudoInverseGradient(y, g) }
    }
  }

  /// The gradient of this as A, where `y` is its pseudo-inverse and `g` the gradient of that.
  private func pseudoInverseGradient(_ y: Variable, _ g: Variable) -> Variable {
    let (yt, gt) = (y.transposed, g.transposed)
    let left = gt.matmul(y).matmul(yt)
    let right = yt.matmul(y).matmul(gt)
    return left - matmul(y.matmul(left)) + right - right.matmul(y).matmul(self)
      - yt.matmul(g).matmul(yt)
  }

  /// The X that minimise ‖A · X − B‖², and of all these the ones of the least norm; see
  /// `Tensor.leastSquares`.
  ///
  /// X is the pseudo-inverse of A times B, and has its gradient.
  public func leastSquares(
    _ rightHandSides: Variable, relativeTolerance: Scalar? = nil
  ) throws(LinearAlgebraError) -> Variable {
    if rightHandSides.rank == 1 {
      return try leastSquares(
        rightHandSides.expanded(at: 1), relativeTolerance: relativeTolerance
      ).squeezed(axes: [-1])
    }
    let a = self
    let result = try value.leastSquares(
      rightHandSides.value, relativeTolerance: relativeTolerance
    ).solution
    return record(.leastSquares, result, from: a, rightHandSides) { g, backward in
      let transposed = Array(a.shape.dropLast(2)) + [a.shape[-1], a.shape[-2]]
      let y = Variable.orNaN(Shape(transposed)) {
        try a.pseudoInverse(relativeTolerance: relativeTolerance)
      }
      backward.add(to: a) {
        a.pseudoInverseGradient(y, g.matmul(rightHandSides.transposed).reduced(to: y.shape))
      }
      backward.add(to: rightHandSides) {
        y.transposed.matmul(g).reduced(to: rightHandSides.shape)
      }
    }
  }

  /// The determinants; see `Tensor.determinant`;  ∂A = g · the matrix of cofactors, y · A⁻ᵀ for an
  /// invertible A
  public func determinant() -> Variable {
    record(.determinant, value.determinant(), from: self) { y, g, backward in
      backward.add(to: self) {
        let cofactors =
          (try? self.inverse()).map { $0.transposed * y.expanded(at: -1).expanded(at: -1) }
          ?? self.cofactors
        return g.expanded(at: -1).expanded(at: -1) * cofactors
      }
    }
  }

  /// The matrices of cofactors by Faddeev and LeVerrier's recurrence, which divides by no element:
  /// M₁ = 1, cₖ = −tr(A · Mₖ) ÷ k, Mₖ₊₁ = A · Mₖ + cₖ · 1, and the adjugate is (−1)ⁿ⁻¹ · Mₙ.
  ///
  /// A is scaled first, so that powers of it stay in the range of numbers.
  private var cofactors: Variable {
    let n = shape[-1]
    let identity = Variable(Tensor.identity(n))
    let largest = value.magnitude().max(axes: [-2, -1], keepingDimensions: true)
    let scale = Variable(Tensor.where(largest .== 0, 1, largest))
    let a = self / scale
    var m = identity.broadcast(to: shape)
    for k in 1..<Swift.max(1, n) {
      let product = a.matmul(m)
      let trace = product.trace().expanded(at: -1).expanded(at: -1)
      m = product - trace / Scalar(k) * identity
    }
    let adjugate = n % 2 == 0 ? -m : m
    return adjugate.transposed * scale.power(Scalar(n - 1))
  }

  /// The signs of the determinants, which are constants, and the logarithms of their magnitudes; see
  /// `Tensor.logDeterminant`;  ∂A = g · A⁻ᵀ, NaN for a singular A
  public func logDeterminant() -> (sign: Tensor<Scalar>, logMagnitude: Variable) {
    let (sign, logMagnitude) = value.logDeterminant()
    let result = record(.logDeterminant, logMagnitude, from: self) { g, backward in
      backward.add(to: self) {
        let singular = (sign .== 0).expanded(at: -1).expanded(at: -1)
        let invertible = Variable.where(
          singular, Variable(Tensor.identity(self.shape[-1])), self)
        let inverse = Variable.orNaN(self.shape) { try invertible.inverse() }
        return Variable.where(singular, .nan, inverse.transposed)
          * g.expanded(at: -1).expanded(at: -1)
      }
    }
    return (sign, result)
  }

  /// The product of `exponent` copies of each matrix; see `Tensor.matrixPower`.
  public func matrixPower(_ exponent: Int) throws(LinearAlgebraError) -> Variable {
    guard isRecorded else { return Variable(try value.matrixPower(exponent)) }
    var square = exponent < 0 ? try inverse() : self
    var rest = exponent.magnitude
    if rest == 0 { return Variable(try value.matrixPower(0)) }
    var result: Variable?
    while true {
      if rest & 1 == 1 { result = result?.matmul(square) ?? square }
      rest >>= 1
      if rest == 0 { return result ?? square }
      square = square.matmul(square)
    }
  }

  /// What a gradient is, or NaN where it would throw.
  static func orNaN(
    _ shape: Shape, _ body: () throws -> Variable
  ) -> Variable {
    (try? body()) ?? Variable(Tensor(repeating: .nan, shape: shape))
  }
}
