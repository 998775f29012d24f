/// Why a matrix could not be decomposed or solved with; `description` is one line.
public enum LinearAlgebraError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Which matrix of which operation.
  public struct Place: Equatable, Sendable, CustomStringConvertible {
    /// The name of the operation that was called.
    public let operation: String
    /// The shape of the tensor that holds the matrix.
    public let shape: Shape
    /// Where the matrix is among the leading axes; empty if it is the only one.
    public let index: [Int]

    public var description: String {
      index.isEmpty
        ? "\(operation): the matrix of shape \(shape)"
        : "\(operation): matrix \(index) of shape \(shape)"
    }
  }

  /// The matrix has no inverse: a pivot is exactly 0. One that is nearly singular is no error; see
  /// `conditionNumber`.
  case singular(Place)
  /// The matrix has no Cholesky factor: its leading minor of that order is not positive.
  case notPositiveDefinite(Place, order: Int)
  /// An element that is read is NaN or infinite.
  case notFinite(Place)
  /// The iteration for eigenvalues or singular values did not converge.
  case notConverged(Place)

  public var description: String {
    switch self {
    case .singular(let place):
      "\(place) is singular; use leastSquares or pseudoInverse, or add to its diagonal"
    case .notPositiveDefinite(let place, let order):
      "\(place) is not positive definite, as its leading minor of order \(order) shows; "
        + "check that it is symmetric, or add to its diagonal"
    case .notFinite(let place):
      "\(place) has an element that is NaN or infinite; look where it was computed"
    case .notConverged(let place):
      "\(place) made the iteration fail to converge; scale it, or use Double"
    }
  }
}
