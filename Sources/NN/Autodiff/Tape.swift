import Synchronization
import Tensor

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The record of a computation: a flat list of nodes in the order in which they were made.
///
/// An operation is appended after the operations that made its operands, so the list is in
/// topological order and the backward pass is a loop from its end: no recursion, no sorting, no
/// hashing. A tape belongs to one thread and lives as long as its outermost transform; transforms
/// inside that one go on writing to it, each with a level of its own.
final class Tape {
  struct Node {
    /// What made the value; nil for what is differentiated.
    var operation: Operation?
    /// The innermost transform whose variables this value depends on.
    var level: UInt32
    /// Hands the gradient of this node's value on to its operands; nil for what is differentiated.
    var pullback: ((ErasedVariable, Backward) -> Void)?
  }

  /// A transform under way.
  struct Frame {
    var level: UInt32
    /// The parameters it differentiates, whose nodes are consecutive from `firstNode`.
    var parameters: Parameters?
    var firstNode: Int32
  }

  let number: UInt32
  // A tape belongs to one thread, and calls nobody while these are changed.
  @exclusivity(unchecked) private(set) var nodes: [Node] = []
  @exclusivity(unchecked) private(set) var frames: [Frame] = []
  private var lastLevel: UInt32 = 0

  /// Off while the outermost transform runs its backward pass: nobody will differentiate that.
  var isRecording = true

  private init(number: UInt32) {
    self.number = number
    nodes.reserveCapacity(64)
  }

  // MARK: The current tape

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  /// The tape that the calling thread records on, if a transform is under way there.
  static var current: Tape? {
    guard let address = pthread_getspecific(key) else { return nil }
    return Unmanaged<Tape>.fromOpaque(address).takeUnretainedValue()
  }

  /// Runs a transform: on the tape of the one around it, or on a new tape.
  static func withTransform<Result>(_ body: (Tape, Frame) throws -> Result) rethrows -> Result {
    if let tape = current {
      return try tape.withFrame { try body(tape, $0) }
    }
    let tape = Tape(number: nextNumber())
    return try withExtendedLifetime(tape) {
      pthread_setspecific(key, Unmanaged.passUnretained(tape).toOpaque())
      defer { pthread_setspecific(key, nil) }
      return try tape.withFrame { try body(tape, $0) }
    }
  }

  private func withFrame<Result>(_ body: (Frame) throws -> Result) rethrows -> Result {
    lastLevel += 1
    let frame = Frame(level: lastLevel, parameters: nil, firstNode: Int32(nodes.count))
    frames.append(frame)
    defer { frames.removeLast() }
    return try body(frame)
  }

  /// Whether no transform is around this one.
  var isOutermost: Bool { frames.count == 1 }

  // MARK: Recording

  /// Makes a variable that the current transform differentiates by. For a transform around this one
  /// it is the same variable as `variable`.
  @_specialize(where Scalar == Float)
  func leaf<Scalar>(_ variable: Variable<Scalar>, level: UInt32) -> Variable<Scalar> {
    guard !variable.origin.isConstant else {
      return append(nil, variable.value, level: level, pullback: nil)
    }
    check(variable.origin)
    return append(nil, variable.value, level: level) { gradient, backward in
      backward.add(to: variable) { gradient.typed() }
    }
  }

  /// Makes the parameters leaves of the current transform.
  func differentiate(by parameters: Parameters) {
    let current = frames.count - 1
    frames[current].firstNode = Int32(nodes.count)
    for entry in parameters.entries {
      entry.parameter.appendLeaf(to: self, level: frames[current].level)
    }
    frames[current].parameters = parameters
  }

  /// The variable that a parameter is in the innermost transform that differentiates by it.
  func origin(of parameter: AnyObject) -> Origin? {
    for frame in frames.reversed() {
      if let index = frame.parameters?.index(of: parameter) {
        return Origin(node: frame.firstNode + Int32(index), level: frame.level, tape: number)
      }
    }
    return nil
  }

  @_specialize(where Scalar == Float)
  func append<Scalar>(
    _ operation: Operation?, _ value: Tensor<Scalar>, level: UInt32,
    pullback: ((ErasedVariable, Backward) -> Void)?
  ) -> Variable<Scalar> {
    let node = Int32(nodes.count)
    nodes.append(Node(operation: operation, level: level, pullback: pullback))
    return Variable(value, origin: Origin(node: node, level: level, tape: number))
  }

  /// Stops if a variable outlived its transform: its gradient would be lost without a word.
  func check(_ origin: Origin) {
    guard origin.isConstant || origin.tape == number else {
      fatalError(
        "a variable is used that another gradient transform recorded; "
          + "let it out of that transform as a result, or use its `value`")
    }
  }

  /// Takes the pullback of a node, and releases what it saved unless it will be asked for again: by
  /// a transform around this one, or by another pass of this one.
  func takePullback(of node: Int, keeping: Bool) -> ((ErasedVariable, Backward) -> Void)? {
    let pullback = nodes[node].pullback
    if isOutermost && !keeping { nodes[node].pullback = nil }
    return pullback
  }

  /// Forgets the nodes from `count` on.
  func truncate(to count: Int) {
    nodes.removeLast(nodes.count - count)
  }
}

/// A new number for each tape of the process.
private func nextNumber() -> UInt32 {
  tapeCount.wrappingAdd(1, ordering: .relaxed).newValue
}

private let tapeCount = Atomic<UInt32>(0)
