import Tensor

/// A backward pass under way: it holds the gradients that have arrived and not been handed on.
final class Backward {
  private let tape: Tape
  private let level: UInt32

  // The gradient of a node is `live[slots[node - first]]`. Few are live at a time, so that a chain
  // of a million operations costs four bytes a node here.
  private let first: Int
  private var slots: [Int32]
  private var live: [ErasedVariable?] = []
  private var freeSlots: [Int32] = []

  /// Whether the pass itself will be differentiated: then pullbacks use recorded operations.
  var isRecording: Bool { tape.isRecording }

  /// Propagates a gradient of 1 from `output` down to the leaves of the transform, which are its
  /// first `leafCount` nodes.
  init<Scalar>(on tape: Tape, frame: Tape.Frame, leafCount: Int, output: Variable<Scalar>) {
    tape.check(output.origin)
    self.tape = tape
    level = frame.level
    first = Int(frame.firstNode)
    let last = Int(output.origin.node)
    slots = [Int32](repeating: -1, count: max(0, last - first + 1))
    guard output.origin.level >= level else { return }
    accumulate(Variable(Tensor<Scalar>(repeating: 1, shape: output.shape)), at: last)
    let wasRecording = tape.isRecording
    tape.isRecording = wasRecording && !tape.isOutermost
    defer { tape.isRecording = wasRecording }
    var node = last
    while node >= first + leafCount {
      if slots[node - first] >= 0, let pullback = tape.takePullback(of: node),
        let gradient = take(node)
      {
        pullback(gradient, self)
      }
      node -= 1
    }
  }

  /// The gradient that arrived at a leaf; nil if the output does not depend on it.
  func gradient(at node: Int) -> ErasedVariable? {
    guard node - first < slots.count, slots[node - first] >= 0 else { return nil }
    return live[Int(slots[node - first])]
  }

  /// Adds a contribution to the gradient of an operand, computed only if that operand needs one.
  func add<Scalar>(
    to operand: Variable<Scalar>, _ contribution: () -> Variable<Scalar>
  ) {
    guard needsGradient(operand.origin) else { return }
    accumulate(contribution(), at: Int(operand.origin.node))
  }

  /// Adds a contribution to the gradient of an operand, computed only if that operand needs one.
  func add<Scalar>(to operand: Operand<Scalar>, _ contribution: () -> Variable<Scalar>) {
    guard needsGradient(operand.origin) else { return }
    accumulate(contribution(), at: Int(operand.origin.node))
  }

  /// Whether the gradient of an operand is asked for.
  func needsGradient<Scalar>(_ operand: Variable<Scalar>) -> Bool {
    needsGradient(operand.origin)
  }

  private func needsGradient(_ origin: Origin) -> Bool {
    origin.level >= level && Int(origin.node) >= first
  }

  private func accumulate<Scalar>(_ contribution: Variable<Scalar>, at node: Int) {
    let slot = Int(slots[node - first])
    if slot < 0 {
      slots[node - first] = store(ErasedVariable(contribution))
    } else if isRecording {
      let sum: Variable<Scalar> = live[slot]!.typed() + contribution
      live[slot] = ErasedVariable(sum)
    } else {
      // The old sum leaves its slot first, so that the addition can happen in its memory.
      var sum: Tensor<Scalar> = live[slot]!.typed().value
      live[slot] = nil
      sum += contribution.value
      live[slot] = ErasedVariable(Variable(sum))
    }
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
