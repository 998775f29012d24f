import Tensor

/// A backward pass under way: it holds the gradients that have arrived and not been handed on.
final class Backward {
  let tape: Tape
  private let level: UInt32

  // The gradient of a node is `live[slots[node - first]]`. Few are live at a time, so that a chain
  // of a million operations costs four bytes a node here.
  private let first: Int
  //
  // A pass belongs to one thread, and no pullback is called while these are changed: what the language
  // would check at run time is known.
  @exclusivity(unchecked) private var slots: [Int32]
  @exclusivity(unchecked) private var live: [ErasedVariable?] = []
  @exclusivity(unchecked) private var freeSlots: [Int32] = []

  /// Whether the pass itself will be differentiated: then pullbacks use recorded operations.
  var isRecording: Bool { tape.isRecording }

  private let keepsPullbacks: Bool

  /// Propagates `cotangent`, or a gradient of 1, from `output` down to the leaves of the transform,
  /// which are its first `leafCount` nodes.
  ///
  /// Pass `keepingPullbacks` if another pass over the same record follows.
  @_specialize(where Scalar == Float)
  init<Scalar>(
    on tape: Tape, frame: Tape.Frame, leafCount: Int, output: Variable<Scalar>,
    cotangent: Variable<Scalar>? = nil, keepingPullbacks: Bool = false
  ) {
    tape.check(output.origin)
    self.tape = tape
    level = frame.level
    first = Int(frame.firstNode)
    keepsPullbacks = keepingPullbacks
    let last = Int(output.origin.node)
    slots = [Int32](repeating: -1, count: max(0, last - first + 1))
    guard output.origin.level >= level else { return }
    accumulate(cotangent ?? Variable(Tensor<Scalar>(repeating: 1, shape: output.shape)), at: last)
    let wasRecording = tape.isRecording
    tape.isRecording = wasRecording && !tape.isOutermost
    defer { tape.isRecording = wasRecording }
    propagate(from: last, downTo: first + leafCount)
  }

  /// Runs the pullbacks of the nodes from `last` down to `end`.
  private func propagate(from last: Int, downTo end: Int) {
    var node = last
    while node >= end {
      if slots[node - first] >= 0,
        let pullback = tape.takePullback(of: node, keeping: keepsPullbacks),
        let gradient = take(node)
      {
        if OperationObserver.isAnywhere, let observer = OperationObserver.current {
          observer.pullingBack(node: node, operation: tape.nodes[node].operation) {
            pullback(gradient, self)
          }
        } else {
          pullback(gradient, self)
        }
      }
      node -= 1
    }
  }

  /// Records a block anew and propagates the gradient of its result through it.
  ///
  /// What the block computes is recorded at the end of the tape; gradients of what it uses from before
  /// go where they belong. Unless the pass itself is differentiated the record is dropped again.
  func propagate<Scalar>(
    _ gradient: Variable<Scalar>, throughRecomputed block: () -> Variable<Scalar>
  ) {
    let start = tape.nodes.count
    let wasRecording = tape.isRecording
    tape.isRecording = true
    let result = block()
    tape.isRecording = wasRecording
    guard result.origin.level >= level, Int(result.origin.node) >= first else { return }
    let end = tape.nodes.count
    if slots.count < end - first {
      slots += [Int32](repeating: -1, count: end - first - slots.count)
    }
    accumulate(gradient, at: Int(result.origin.node))
    if end > start { propagate(from: end - 1, downTo: start) }
    if !isRecording { tape.truncate(to: start) }
  }

  /// The gradient that arrived at a leaf; nil if the output does not depend on it.
  func gradient(at node: Int) -> ErasedVariable? {
    guard node - first < slots.count, slots[node - first] >= 0 else { return nil }
    return live[Int(slots[node - first])]
  }

  /// Adds a contribution to the gradient of an operand, computed only if that operand needs one.
  @_specialize(where Scalar == Float)
  func add<Scalar>(
    to operand: Variable<Scalar>, _ contribution: () -> Variable<Scalar>
  ) {
    guard needsGradient(operand.origin) else { return }
    accumulate(contribution(), at: Int(operand.origin.node))
  }

  /// Adds a contribution to the gradient of an operand, computed only if that operand needs one.
  @_specialize(where Scalar == Float)
  func add<Scalar>(to operand: Operand<Scalar>, _ contribution: () -> Variable<Scalar>) {
    guard needsGradient(operand.origin) else { return }
    accumulate(contribution(), at: Int(operand.origin.node))
  }

  /// Adds a contribution to the part of an operand's gradient that a view shows: into the gradient that
  /// has arrived, so that many parts of one operand cost no more than the whole.
  @_specialize(where Scalar == Float)
  func add<Scalar>(
    _ contribution: Variable<Scalar>, to operand: Operand<Scalar>,
    where view: @escaping (Tensor<Scalar>) -> Tensor<Scalar>
  ) {
    guard needsGradient(operand.origin) else { return }
    let node = Int(operand.origin.node)
    guard !isRecording, slots[node - first] >= 0 else {
      return accumulate(contribution.placed(in: operand.shape, where: view), at: node)
    }
    observe(contribution)
    change(node) { $0.add(contribution.value, where: view) }
  }

  /// Whether the gradient of an operand is asked for.
  func needsGradient<Scalar>(_ operand: Variable<Scalar>) -> Bool {
    needsGradient(operand.origin)
  }

  private func needsGradient(_ origin: Origin) -> Bool {
    origin.level >= level && Int(origin.node) >= first
  }

  @_specialize(where Scalar == Float)
  private func accumulate<Scalar>(_ contribution: Variable<Scalar>, at node: Int) {
    observe(contribution)
    let slot = Int(slots[node - first])
    if slot < 0 {
      slots[node - first] = store(ErasedVariable(contribution))
    } else if isRecording {
      let sum: Variable<Scalar> = live[slot]!.typed() + contribution
      live[slot] = ErasedVariable(sum)
    } else {
      change(node) { $0 += contribution.value }
    }
  }

  private func observe<Scalar>(_ contribution: Variable<Scalar>) {
    if OperationObserver.isAnywhere {
      OperationObserver.current?.pulledBack(contribution.value)
    }
  }

  /// Changes the gradient that has arrived at a node, which leaves its slot first, so that the change
  /// can happen in its memory.
  @inline(__always)
  private func change<Scalar: FloatingPointScalar>(
    _ node: Int, _ body: (inout Tensor<Scalar>) -> Void
  ) {
    let slot = Int(slots[node - first])
    var sum: Tensor<Scalar> = live[slot]!.typed().value
    live[slot] = nil
    body(&sum)
    live[slot] = ErasedVariable(Variable(sum))
  }

  private func store(_ gradient: ErasedVariable) -> Int32 {
    if let slot = freeSlots.popLast() {
      live[Int(slot)] = gradient
      return slot
    }
    live.append(gradient)
    return Int32(live.count - 1)
  }

  private func take(_ node: Int) -> ErasedVariable? {
    let slot = slots[node - first]
    defer {
      live[Int(slot)] = nil
      slots[node - first] = -1
      freeSlots.append(slot)
    }
    return live[Int(slot)]
  }
}
