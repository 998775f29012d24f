import Tensor

/// The operations that have a rule of their own; composites of them have none.
package enum Operation: String, CaseIterable, Sendable {
  // Arithmetic
  case add, subtract, multiply, divide, negate

  // Functions of each element
  case square, squareRoot, exp, log
  case magnitude, reciprocalSquareRoot, reciprocal
  case exp2, expm1, log2, log10, log1p
  case sin, cos, tan, asin, acos, atan, atan2, sinh, cosh, asinh, acosh, atanh
  case erf, power, powerOfNumber, remainder

  // Choosing
  case minimum, maximum, clamp, clampBetween, choose

  // Activations
  case sigmoid, tanh, relu, softmax, logSoftmax
  case softplus, gelu, geluByTanh, silu

  // Products
  case matmul, linear

  // Windows
  case convolve, transposeConvolve, convolutionWeightGradient, imageToColumns, columnsToImage
  case maxPool, adaptiveMaxPool, maxPoolingInputGradient
  case averagePool, averagePoolingInputGradient
  case adaptiveAveragePool, adaptiveAveragePoolingInputGradient
  case resize, resizingInputGradient

  // Linear algebra
  case dot, cross, contract
  case solve, solveTriangular, inverse, pseudoInverse, leastSquares, determinant, logDeterminant
  case cholesky, qr, symmetricEigen, symmetricEigenvalues, svd, singularValues

  // Views
  case transpose, permute, reshape, broadcast
  case view, place, flip, slidingWindows

  // Assembling
  case concatenate, roll, pad, lowerTriangle, upperTriangle

  // Gathering
  case take, indexAdd, gather, scatter, scatterAdd

  // Reductions
  case sum, mean, sumOfSquares, product, max, min
  case variance, standardDeviation, logSumExp, norm
  case cumulativeSum, cumulativeProduct

  // Normalisation
  case normalizeRows, normalizeChannels
  // Sequences
  case rnn, lstm, gru, attention

  // Made by users, or of other operations
  case custom, recomputed

  // Losses
  case softmaxCrossEntropy, sigmoidCrossEntropy, binaryCrossEntropy, negativeLogLikelihood
  case huber, ctcLoss
}

/// Records an operation with one operand.
///
/// `pullback` gets the gradient of the result and adds to those of the operands. It is written with
/// operations on variables, so that it can be differentiated in turn.
@_specialize(where Scalar == Float, A == Float)
func record<Scalar, A>(
  _ operation: Operation, _ value: Tensor<Scalar>, from a: Variable<A>,
  pullback: @escaping (Variable<Scalar>, Backward) -> Void
) -> Variable<Scalar> {
  record(
    operation, value, level: a.origin.level, origins: a.origin, .constant, .constant, pullback)
}

/// Records an operation with two operands.
@_specialize(where Scalar == Float, A == Float, B == Float)
func record<Scalar, A, B>(
  _ operation: Operation, _ value: Tensor<Scalar>, from a: Variable<A>, _ b: Variable<B>,
  pullback: @escaping (Variable<Scalar>, Backward) -> Void
) -> Variable<Scalar> {
  record(
    operation, value, level: max(a.origin.level, b.origin.level),
    origins: a.origin, b.origin, .constant, pullback)
}

/// Records an operation with three operands.
@_specialize(where Scalar == Float, A == Float, B == Float, C == Float)
func record<Scalar, A, B, C>(
  _ operation: Operation, _ value: Tensor<Scalar>, from a: Variable<A>, _ b: Variable<B>,
  _ c: Variable<C>, pullback: @escaping (Variable<Scalar>, Backward) -> Void
) -> Variable<Scalar> {
  let level = max(a.origin.level, b.origin.level, c.origin.level)
  return record(
    operation, value, level: level, origins: a.origin, b.origin, c.origin, pullback)
}

/// Records an operation with any number of operands of one type.
@_specialize(where Scalar == Float)
func record<Scalar>(
  _ operation: Operation, _ value: Tensor<Scalar>, fromAll operands: [Variable<Scalar>],
  pullback: @escaping (Variable<Scalar>, Backward) -> Void
) -> Variable<Scalar> {
  let level = operands.reduce(0) { max($0, $1.origin.level) }
  guard level > 0, let tape = Tape.current, tape.isRecording else {
    return unrecorded(operation, value)
  }
  for operand in operands { tape.check(operand.origin) }
  let result = tape.append(operation, value, level: level) { gradient, backward in
    pullback(gradient.typed(), backward)
  }
  if OperationObserver.isAnywhere {
    OperationObserver.current?.computed(operation, result, from: operands.map(\.origin))
  }
  return result
}

/// Records an operation with one operand whose gradient is a function of its result.
@_specialize(where Scalar == Float)
func record<Scalar>(
  _ operation: Operation, _ value: Tensor<Scalar>, from a: Variable<Scalar>,
  pullbackWithResult: @escaping (Variable<Scalar>, Variable<Scalar>, Backward) -> Void
) -> Variable<Scalar> {
  guard !a.origin.isConstant, let tape = Tape.current, tape.isRecording else {
    return unrecorded(operation, value)
  }
  tape.check(a.origin)
  let origin = Origin(
    node: Int32(tape.nodes.count), level: a.origin.level, tape: tape.number)
  let result = tape.append(operation, value, level: a.origin.level) { gradient, backward in
    pullbackWithResult(Variable(value, origin: origin), gradient.typed(), backward)
  }
  if OperationObserver.isAnywhere {
    OperationObserver.current?.computed(operation, result, from: [a.origin])
  }
  return result
}

@inline(__always)
@_specialize(where Scalar == Float)
private func record<Scalar>(
  _ operation: Operation, _ value: Tensor<Scalar>, level: UInt32, origins first: Origin,
  _ second: Origin,
  _ third: Origin, _ pullback: @escaping (Variable<Scalar>, Backward) -> Void
) -> Variable<Scalar> {
  guard level > 0, let tape = Tape.current, tape.isRecording else {
    return unrecorded(operation, value)
  }
  tape.check(first)
  tape.check(second)
  tape.check(third)
  let result = tape.append(operation, value, level: level) { gradient, backward in
    pullback(gradient.typed(), backward)
  }
  if OperationObserver.isAnywhere {
    OperationObserver.current?.computed(operation, result, from: [first, second, third])
  }
  return result
}

/// The result of an operation that nobody differentiates.
@inline(__always)
func unrecorded<Scalar>(
  _ operation: Operation, _ value: Tensor<Scalar>
) -> Variable<Scalar> {
  let result = Variable(value)
  if OperationObserver.isAnywhere {
    OperationObserver.current?.computed(operation, result, from: [])
  }
  return result
}

/// The operations that a function records, in order.
package func recordedOperations<Scalar>(
  at arguments: [Variable<Scalar>], of function: ([Variable<Scalar>]) -> Variable<Scalar>
) -> [Operation] {
  Tape.withTransform { tape, frame in
    _ = function(arguments.map { tape.leaf($0, level: frame.level) })
    return tape.nodes.compactMap(\.operation)
  }
}
