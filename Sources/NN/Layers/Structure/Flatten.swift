import Tensor

/// Joins axes into one: by default all but the first, so that `[n, 64, 5, 5]` becomes `[n, 1600]`.
///
/// Stops with a message if the axes are out of range.
public struct Flatten<Scalar: FloatingPointScalar>: Layer {
  private let start: Int
  private let end: Int

  /// - Parameters:
  ///   - start: The first axis to join; 1 by default. A negative one counts from the end.
  ///   - end: The last; −1 by default.
  public init(from start: Int = 1, through end: Int = -1, scalar: Scalar.Type = Float.self) {
    self.start = start
    self.end = end
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    LayerScope.within("Flatten") {
      let rank = input.rank
      let first = start < 0 ? start + rank : start
      let last = end < 0 ? end + rank : end
      // As in PyTorch a vector has nothing to join behind its first axis.
      if rank == 1 && start == 1 && end == -1 { return input }
      guard first >= 0 && first <= last && last < rank else {
        stop("input \(input.shape) does not have the axes \(start) through \(end)")
      }
      let extents = Array(input.shape)
      return input.reshaped(
        to: Shape(
          Array(extents[..<first]) + [extents[first...last].reduce(1, *)]
            + Array(extents[(last + 1)...])))
    }
  }
}

/// Cuts an axis into several: `Unflatten(1, [64, 5, 5])` makes `[n, 64, 5, 5]` of `[n, 1600]`.
///
/// Stops with a message if the axis is out of range or its extent another.
public struct Unflatten<Scalar: FloatingPointScalar>: Layer {
  private let axis: Int
  private let shape: Shape

  /// - Parameters:
  ///   - axis: The axis to cut. A negative one counts from the end.
  ///   - shape: The extents in its place.
  public init(_ axis: Int, _ shape: Shape, scalar: Scalar.Type = Float.self) {
    self.axis = axis
    self.shape = shape
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    LayerScope.within("Unflatten") {
      let place = axis < 0 ? axis + input.rank : axis
      guard (0..<input.rank).contains(place) && input.shape[place] == shape.elementCount else {
        stop("axis \(axis) of input \(input.shape) does not have the elements of \(shape)")
      }
      let extents = Array(input.shape)
      return input.reshaped(
        to: Shape(extents[..<place] + Array(shape) + extents[(place + 1)...]))
    }
  }
}

/// Gives each sample another shape: `Reshape([4, 16])` makes `[n, 4, 16]` of `[n, 64]`.
///
/// Stops with a message if the elements of a sample do not fit.
public struct Reshape<Scalar: FloatingPointScalar>: Layer {
  private let shape: Shape

  /// - Parameter shape: The shape of a sample: the extents behind the first.
  public init(_ shape: Shape, scalar: Scalar.Type = Float.self) {
    self.shape = shape
  }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    LayerScope.within("Reshape") {
      guard input.rank >= 1, input.shape.dropFirst().reduce(1, *) == shape.elementCount else {
        stop("samples of input \(input.shape) do not have the elements of \(shape)")
      }
      return input.reshaped(to: Shape([input.shape[0]] + Array(shape)))
    }
  }
}

/// The input as it is.
public struct Identity<Scalar: FloatingPointScalar>: Layer {
  public init(scalar: Scalar.Type = Float.self) {}
  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    input
  }
}

/// A function without parameters as a layer.
///
/// ```swift
/// Lambda { $0.squared() }
/// ```
///
/// Parameters that the function captures are not found: a function with parameters is a type that
/// conforms to `Layer`.
public struct Lambda<Scalar: FloatingPointScalar>: Layer, NamedParts {
  private let function: (Variable<Scalar>) -> Variable<Scalar>

  public init(_ function: @escaping (Variable<Scalar>) -> Variable<Scalar>) {
    self.function = function
  }

  public var namedParts: [(name: String, part: Any)] { [] }

  public func callAsFunction(_ input: Variable<Scalar>, in context: Context) -> Variable<Scalar> {
    function(input)
  }
}
