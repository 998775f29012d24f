import Tensor

/// A tensor in a computation that can be differentiated.
///
/// Operations on variables compute their value at once. Inside a gradient transform they also leave
/// a record on its tape, provided an operand depends on what is differentiated; outside, or on
/// constants, nothing is recorded and a variable is just its value. So training and inference run
/// the same code.
public struct Variable<Scalar: FloatingPointScalar>: Sendable {
  /// The numbers.
  public let value: Tensor<Scalar>

  let origin: Origin

  /// Creates a constant.
  public init(_ value: Tensor<Scalar>) {
    self.value = value
    origin = .constant
  }

  /// Creates a constant scalar, of shape `[]`.
  public init(_ scalar: Scalar) {
    self.init(Tensor(scalar))
  }

  init(_ value: Tensor<Scalar>, origin: Origin) {
    self.value = value
    self.origin = origin
  }

  /// The extents of the value.
  public var shape: Shape { value.shape }

  /// The number of axes of the value.
  public var rank: Int { value.rank }

  /// The number of elements of the value.
  public var count: Int { value.count }

  /// The element of a variable that has exactly one; stops with a message otherwise.
  public var item: Scalar { value.item }

  /// The same value as a constant: no gradient flows through it.
  public var detached: Variable { Variable(value) }
}

extension Variable: CustomStringConvertible {
  public var description: String { value.description }
}

/// Where on a tape a variable was made.
struct Origin: Sendable {
  /// The place among the nodes of the tape.
  var node: Int32
  /// The innermost transform whose variables the value depends on; 0 for a constant.
  var level: UInt32
  /// The tape, by its number: a variable must not be mistaken for one of another tape.
  var tape: UInt32

  static let constant = Origin(node: -1, level: 0, tape: 0)

  var isConstant: Bool { level == 0 }
}

/// A tensor whose scalar type is known to its user alone.
struct ErasedTensor: Sendable {
  private let storage: Storage
  private let layout: Layout

  init<Scalar>(_ tensor: Tensor<Scalar>) {
    storage = tensor.storage
    layout = tensor.layout
  }

  func typed<Scalar>(as scalar: Scalar.Type = Scalar.self) -> Tensor<Scalar> {
    Tensor(storage: storage, layout: layout)
  }
}

/// A variable whose scalar type is known to its user alone, as tapes keep them.
struct ErasedVariable: Sendable {
  private let tensor: ErasedTensor
  private let origin: Origin

  init<Scalar>(_ variable: Variable<Scalar>) {
    tensor = ErasedTensor(variable.value)
    origin = variable.origin
  }

  func typed<Scalar>(as scalar: Scalar.Type = Scalar.self) -> Variable<Scalar> {
    Variable(tensor.typed(), origin: origin)
  }
}
