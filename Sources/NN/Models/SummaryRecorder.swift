import Tensor

/// Attributes what a model does to the layers that do it.
final class SummaryRecorder: OperationObserver {
  private typealias Row = ModelSummary.Row

  private var rows: [Row] = []
  /// The rows of the layers at work, outermost first.
  private var active: [Int] = []

  // Everything computed stays alive, so that a storage that is new is known by its identity.
  private var known: Set<ObjectIdentifier> = []
  private var kept: [Storage] = []

  /// Counts while the model is called; `counted` of them have found their row.
  let counter = Multiplications()
  private var counted = 0

  /// The storage of parameters and buffers is no activation.
  init(_ parameters: Parameters) {
    super.init()
    for entry in parameters.entries { _ = isNew(entry.parameter.memory) }
    for entry in parameters.buffers { _ = isNew(entry.buffer.memory) }
  }

  /// A summary shows the model as it is written.
  override var wantsWrittenOrder: Bool { true }

  override func within<Result>(
    _ path: String, _ kind: String, _ body: () throws -> Result
  ) rethrows -> Result {
    // A layer names itself within the name that its container gives to it.
    let isRenamed = active.last.map { rows[$0].path == path && rows[$0].kind == kind } ?? false
    if !isRenamed {
      active.append(row(path, kind))
      rows[active.last!].calls += 1
    }
    defer { if !isRenamed { active.removeLast() } }
    let result = try body()
    rows[active.last!].outputShape = shape(of: result)
    return result
  }

  override func computed<Scalar>(
    _ operation: Operation, _ value: Variable<Scalar>, from operands: [Origin]
  ) {
    guard let row = active.last else { return }
    rows[row].multiplyAdds += counter.count - counted
    counted = counter.count
    guard isNew(value.value.storage) else { return }
    rows[row].activationBytes += value.count * MemoryLayout<Scalar>.stride
  }

  /// The rows with the parameters of their layers; rows of which there is nothing to say are left out.
  func rows(with parameters: Parameters) -> [ModelSummary.Row] {
    func add(_ state: any AnyState, owner: Int, _ change: (inout Row) -> Void) {
      // What is in no type belongs to the model, whose row is the first.
      let row =
        owner < 0 ? 0 : row(parameters.owners[owner].path, parameters.owners[owner].kind)
      rows[row].parameterBytes += state.byteCount
      change(&rows[row])
    }
    for entry in parameters.entries {
      add(entry.parameter, owner: entry.owner) {
        $0.parameters += entry.parameter.shape.elementCount
        if entry.parameter.isFrozen {
          $0.frozenParameters += entry.parameter.shape.elementCount
        }
      }
    }
    for entry in parameters.buffers { add(entry.buffer, owner: entry.owner) { _ in } }
    return rows.filter {
      !$0.path.isEmpty || $0.parameterBytes > 0 || $0.multiplyAdds > 0 || $0.activationBytes > 0
    }
  }

  /// The place of the row of a layer, made if it has none.
  private func row(_ path: String, _ kind: String) -> Int {
    if let place = rows.firstIndex(where: { $0.path == path && $0.kind == kind }) { return place }
    rows.append(Row(path: path, kind: kind))
    return rows.count - 1
  }

  private func isNew(_ storage: Storage) -> Bool {
    guard known.insert(ObjectIdentifier(storage)).inserted else { return false }
    kept.append(storage)
    return true
  }

  private func shape(of result: Any) -> Shape? {
    if let shaped = result as? any Shaped { return shaped.shape }
    let mirror = Mirror(reflecting: result)
    guard mirror.displayStyle == .tuple, let first = mirror.children.first else { return nil }
    return shape(of: first.value)
  }
}

/// What has a shape, whatever its scalar type.
private protocol Shaped {
  var shape: Shape { get }
}
extension Variable: Shaped {}
extension Tensor: Shaped {}
