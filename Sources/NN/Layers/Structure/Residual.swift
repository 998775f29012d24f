import Tensor

/// A block with a path around it: y = block(x) + shortcut(x) (K. He et al., 2015).
///
/// ```swift
/// Residual {
///   Linear(64, 64)
///   ReLU()
///   Linear(64, 64)
/// }
/// ```
///
/// The block's layers are named `block.0`, `block.1`, …; the shortcut is the identity unless there is a
/// layer, `shortcut`, that adapts the input. Stops with a message if the shapes of both differ.
public struct Residual<Scalar: FloatingPointScalar>: Layer {
  public let block: Sequential<Scalar>
  public let shortcut: (any Layer<Scalar>)?

  public init(
    shortcut: (any Layer<Scalar>)? = nil, @LayerBuilder<Scalar> _ block: () -> [any Layer<Scalar>]
  ) {
    self.block = Sequential(block())
    self.shortcut = shortcut
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    let result = block(input, in: context)
    let around = shortcut.map { $0(input, in: context) } ?? input
    return LayerScope.within("Residual") {
      guard result.shape == around.shape else {
        stop(
          "the block makes \(result.shape) of input \(input.shape), the shortcut "
            + "\(around.shape); they must be equal")
      }
      return result + around
    }
  }
}

/// Branches side by side, whose results are joined along an axis.
///
/// ```swift
/// Concatenate(axis: 1) {
///   Conv2D(16, 8, kernel: 1)
///   Conv2D(16, 8, kernel: 3, padding: 1)
/// }
/// ```
///
/// The branches are named by their position, or by `named(_:)`. Stops with a message if the shapes of
/// their results differ elsewhere than along the axis.
public struct Concatenate<Scalar: FloatingPointScalar>: Layer, NamedParts {
  private let branches: Sequential<Scalar>
  private let axis: Int

  /// - Parameters:
  ///   - axis: The axis along which results are joined: 1, the channels, by default.
  ///   - branches: The layers, each of which gets the input; stops with a message if there is none.
  public init(axis: Int = 1, @LayerBuilder<Scalar> _ branches: () -> [any Layer<Scalar>]) {
    self.branches = Sequential(branches())
    self.axis = axis
    guard !self.branches.layers.isEmpty else { fatalError("Concatenate: there is no branch") }
  }

  public var namedParts: [(name: String, part: Any)] { [("", branches)] }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    let results = branches.layers.indices.map { branches.apply($0, to: input, in: context) }
    return LayerScope.within("Concatenate") {
      let first = results[0].shape
      let place = axis < 0 ? axis + first.rank : axis
      guard (0..<first.rank).contains(place),
        results.allSatisfy({ $0.shape.rank == first.rank && fits($0.shape, first, place) })
      else {
        let shapes = results.map { "\($0.shape)" }.joined(separator: ", ")
        stop("the branches make \(shapes), which do not join along axis \(axis)")
      }
      return .concatenated(results, axis: axis)
    }
  }

  private func fits(_ shape: Shape, _ first: Shape, _ axis: Int) -> Bool {
    (0..<first.rank).allSatisfy { $0 == axis || shape[$0] == first[$0] }
  }
}
