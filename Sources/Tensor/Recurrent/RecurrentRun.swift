import CKernels

/// The extents of a run, and the calls of its steps.
struct RecurrentRun {
  let cell: RecurrentCell
  let width: Int
  let size: Int
  let order: RowOrder

  init(_ cell: RecurrentCell, steps: Int, batch: Int, width: Int, _ dtype: DType) {
    self.cell = cell
    self.width = width
    size = dtype.byteCount
    // Small work stays on the calling thread.
    let work = steps &* Self.rowsPerPiece &* cell.gateCount &* width &* width
    let partSize = work < GEMM.splitThreshold ? max(1, batch) : Self.rowsPerPiece
    order = RowOrder(steps: steps, batch: batch, partSize: partSize)
  }

  /// Rows that a thread takes through all steps: few enough for a batch to be shared, enough for a
  /// product to pay for reading the weight.
  private static let rowsPerPiece = 16

  /// Calls `body` with the first row and the number of rows of each piece, on any thread.
  func forEachPiece(_ body: (_ row: Int, _ rows: Int) -> Void) {
    ThreadPool.forEachRange(of: order.batch, grain: order.partSize) {
      body($0.lowerBound, $0.count)
    }
  }

  /// The place in bytes of a state of `[…, batch, width]`.
  func state(_ step: Int, _ row: Int) -> Int { (step * order.batch + row) * width * size }

  /// The place in bytes of a piece's rows of `blocks` · width elements, in their order.
  func rows(_ step: Int, _ row: Int, _ count: Int, _ blocks: Int = 1) -> Int {
    order.row(step: step, part: row, count) * blocks * width * size
  }

  func forward(
    _ dtype: DType, x: UnsafeRawPointer, p: UnsafeRawPointer, bias: UnsafeRawPointer?,
    hBefore: UnsafeRawPointer, cBefore: UnsafeRawPointer?, gates: UnsafeMutableRawPointer,
    c: UnsafeMutableRawPointer?, h: UnsafeMutableRawPointer, rows: Int,
    ends: UnsafePointer<Int64>?, step: Int64
  ) {
    let isFloat = dtype == .float32
    switch cell {
    case .lstm:
      guard let cBefore, let c else { return }
      if isFloat {
        apus_lstm_step_f32(
          x.bound(), p.bound(), hBefore.bound(), cBefore.bound(), gates.bound(), c.bound(),
          h.bound(), rows, width, ends, step)
      } else {
        apus_lstm_step_f64(
          x.bound(), p.bound(), hBefore.bound(), cBefore.bound(), gates.bound(), c.bound(),
          h.bound(), rows, width, ends, step)
      }
    case .gru:
      if isFloat {
        apus_gru_step_f32(
          x.bound(), p.bound(), bias?.bound(), hBefore.bound(), gates.bound(), h.bound(), rows,
          width, ends, step)
      } else {
        apus_gru_step_f64(
          x.bound(), p.bound(), bias?.bound(), hBefore.bound(), gates.bound(), h.bound(), rows,
          width, ends, step)
      }
    case .tanh, .relu:
      if isFloat {
        apus_rnn_step_f32(
          cell == .relu, x.bound(), p.bound(), hBefore.bound(), h.bound(), rows, width, ends, step)
      } else {
        apus_rnn_step_f64(
          cell == .relu, x.bound(), p.bound(), hBefore.bound(), h.bound(), rows, width, ends, step)
      }
    }
  }

  func backward(
    _ dtype: DType, gates: UnsafeRawPointer, hBefore: UnsafeRawPointer, h: UnsafeRawPointer,
    cBefore: UnsafeRawPointer?, c: UnsafeRawPointer?, g: UnsafeRawPointer,
    dh: UnsafeMutableRawPointer, dc: UnsafeMutableRawPointer?, dx: UnsafeMutableRawPointer,
    dp: UnsafeMutableRawPointer, rows: Int, ends: UnsafePointer<Int64>?, step: Int64
  ) {
    let isFloat = dtype == .float32
    switch cell {
    case .lstm:
      guard let cBefore, let c, let dc else { return }
      if isFloat {
        apus_lstm_step_grad_f32(
          gates.bound(), cBefore.bound(), c.bound(), g.bound(), dh.bound(), dc.bound(), dx.bound(),
          rows, width, ends, step)
      } else {
        apus_lstm_step_grad_f64(
          gates.bound(), cBefore.bound(), c.bound(), g.bound(), dh.bound(), dc.bound(), dx.bound(),
          rows, width, ends, step)
      }
    case .gru:
      if isFloat {
        apus_gru_step_grad_f32(
          gates.bound(), hBefore.bound(), g.bound(), dh.bound(), dx.bound(), dp.bound(), rows,
          width, ends, step)
      } else {
        apus_gru_step_grad_f64(
          gates.bound(), hBefore.bound(), g.bound(), dh.bound(), dx.bound(), dp.bound(), rows,
          width, ends, step)
      }
    case .tanh, .relu:
      if isFloat {
        apus_rnn_step_grad_f32(
          cell == .relu, h.bound(), g.bound(), dh.bound(), dx.bound(), rows, width, ends, step)
      } else {
        apus_rnn_step_grad_f64(
          cell == .relu, h.bound(), g.bound(), dh.bound(), dx.bound(), rows, width, ends, step)
      }
    }
  }
}
