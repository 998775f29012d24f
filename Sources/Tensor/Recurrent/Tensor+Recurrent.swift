extension Tensor where Scalar: FloatingPointScalar {
  /// Runs a cell along a sequence, where self, `[steps, batch, inputs]`, is the input of each step.
  ///
  /// `inputWeight` is `[gates · width, inputs]`, `weight` `[gates · width, width]`, the biases
  /// `[gates · width]`, `first` and `firstMemory`, zeros if they are nil, `[batch, width]`. At steps from
  /// `lengths[b]` on the state of sequence b stays as it is. All shapes are the caller's care.
  ///
  /// One product gives what the inputs contribute to all gates of all steps. The rows of the batch are
  /// cut into pieces that each thread takes through all steps.
  package func recurrentStates(
    _ cell: RecurrentCell, inputWeight: Tensor, weight: Tensor, inputBias: Tensor? = nil,
    bias: Tensor? = nil, first: Tensor? = nil, firstMemory: Tensor? = nil, isReversed: Bool = false,
    lengths: [Int]? = nil
  ) -> RecurrentStates<Scalar> {
    let (steps, batch, width) = (shape[0], shape[1], weight.shape[1])
    let isLSTM = cell == .lstm
    // But for GRU, whose reset gate comes between, both biases are added to the same sum.
    var sum = inputBias
    if cell != .gru, let bias { sum = inputBias.map { $0 + bias } ?? bias }
    let run = RecurrentRun(cell, steps: steps, batch: batch, width: width, Scalar.dtype)
    let rows = run.order.rows(of: self)
    let inputs = rows.affine(weight: inputWeight, bias: sum)

    var states = Tensor(uninitialized: [steps + (isLSTM ? 2 : 1), batch, width])
    var memory = isLSTM ? Tensor(uninitialized: [steps + 1, batch, width]) : nil
    // The gates of an LSTM take the place of what they are made of.
    let gates = isLSTM ? inputs : Tensor(uninitialized: [steps * batch, cell.keptCount * width])
    let start = isReversed ? steps : 0
    states[start] = first ?? .zeros([batch, width])
    if isLSTM { memory?[start] = firstMemory ?? .zeros([batch, width]) }

    Multiplications.add(steps &* batch &* cell.gateCount &* width &* width)
    let productBias = cell == .gru ? bias?.contiguous : nil
    let panels = ProductPanels(weight.transposed)
    let ends = lengths.map { $0.map { Int64($0) } }
    withExtendedLifetime((inputs, productBias, states, memory, gates)) {
      let x = inputs.pointer
      let b = productBias?.pointer
      let h = states.storage.pointer
      let c = memory?.storage.pointer
      let kept = gates.storage.pointer
      run.forEachPiece { row, rows in
        let product = Storage(byteCount: rows * cell.gateCount * width * run.size)
        let p = product.pointer
        ends.withPointer(from: row) { ends in
          for index in 0..<steps {
            let step = isReversed ? steps - 1 - index : index
            let (before, after) = isReversed ? (step + 1, step) : (step, step + 1)
            if index == 0 && first == nil {
              p.initializeMemory(
                as: UInt8.self, repeating: 0, count: rows * cell.gateCount * width * run.size)
            } else {
              panels.multiply(h + run.state(before, row), count: rows, into: p, adding: false)
            }
            run.forward(
              Scalar.dtype, x: x + run.rows(step, row, rows, cell.gateCount), p: p, bias: b,
              hBefore: h + run.state(before, row), cBefore: c.map { $0 + run.state(before, row) },
              gates: kept + run.rows(step, row, rows, cell.keptCount),
              c: c.map { $0 + run.state(after, row) }, h: h + run.state(after, row), rows: rows,
              ends: ends, step: Int64(step))
          }
        }
        withExtendedLifetime(product) {}
        if let c {
          (h + run.state(steps + 1, row)).copyMemory(
            from: c + run.state(isReversed ? 0 : steps, row), byteCount: rows * width * run.size)
        }
      }
    }
    return RecurrentStates(
      cell: cell, isReversed: isReversed, lengths: lengths, states: states, memory: memory,
      gates: gates, inputs: rows, order: run.order)
  }

  /// The gradients of what `recurrentStates` was given, where self is that of `states.states`; that of
  /// the first state on demand.
  package func throughRecurrentStates(
    _ run: RecurrentStates<Scalar>, weight: Tensor, withFirst: Bool
  ) -> RecurrentGradients<Scalar> {
    let cell = run.cell
    let (batch, width) = (shape[1], shape[2])
    let steps = shape[0] - (cell == .lstm ? 2 : 1)
    let columns = cell.gateCount * width
    let first = Tensor.zeros([batch, width])
    let firstMemory = cell == .lstm ? self[steps + 1].copied() : nil
    let inputs = Tensor(uninitialized: [steps * batch, columns])
    let products = cell == .gru ? Tensor(uninitialized: inputs.shape) : inputs

    let plan = RecurrentRun(cell, steps: steps, batch: batch, width: width, Scalar.dtype)
    let before =
      run.order.hasOnePart
      ? run.states[run.isReversed ? 1..<steps + 1 : 0..<steps]
        .reshaped(to: [steps * batch, width] as Shape)
      : Tensor(uninitialized: [steps * batch, width])
    Multiplications.add(steps &* batch &* columns &* width)
    let gradient = contiguous
    let panels = ProductPanels(weight)
    let ends = run.lengths.map { $0.map { Int64($0) } }
    withExtendedLifetime((gradient, run, first, firstMemory, inputs, products, before)) {
      let g = gradient.pointer
      let h = run.states.pointer
      let c = run.memory?.pointer
      let kept = run.gates.pointer
      let dh = first.storage.pointer
      let dc = firstMemory?.storage.pointer
      let dx = inputs.storage.pointer
      let dp = products.storage.pointer
      let ordered = run.order.hasOnePart ? nil : before.storage.pointer
      plan.forEachPiece { row, rows in
        ends.withPointer(from: row) { ends in
          for index in 0..<steps {
            let step = run.isReversed ? index : steps - 1 - index
            let (before, after) = run.isReversed ? (step + 1, step) : (step, step + 1)
            if let ordered {
              (ordered + plan.rows(step, row, rows)).copyMemory(
                from: h + plan.state(before, row), byteCount: rows * width * plan.size)
            }
            plan.backward(
              Scalar.dtype, gates: kept + plan.rows(step, row, rows, cell.keptCount),
              hBefore: h + plan.state(before, row), h: h + plan.state(after, row),
              cBefore: c.map { $0 + plan.state(before, row) },
              c: c.map { $0 + plan.state(after, row) }, g: g + plan.state(after, row),
              dh: dh + plan.state(0, row), dc: dc.map { $0 + plan.state(0, row) },
              dx: dx + plan.rows(step, row, rows, cell.gateCount),
              dp: dp + plan.rows(step, row, rows, cell.gateCount), rows: rows, ends: ends,
              step: Int64(step))
            if index == steps - 1 && !withFirst { break }
            panels.multiply(
              dp + plan.rows(step, row, rows, cell.gateCount), count: rows,
              into: dh + plan.state(0, row), adding: true)
          }
        }
      }
    }
    return RecurrentGradients(
      inputs: inputs, products: products, before: before,
      first: withFirst ? first + self[run.isReversed ? steps : 0] : nil,
      firstMemory: firstMemory)
  }
}

extension [Int64]? {
  /// Calls `body` with the address of the element at `index`, or nil.
  fileprivate func withPointer(from index: Int, _ body: (UnsafePointer<Int64>?) -> Void) {
    guard let array = self else { return body(nil) }
    array.withUnsafeBufferPointer { body($0.baseAddress.map { $0 + index }) }
  }
}
