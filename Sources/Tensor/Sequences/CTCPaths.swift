import CKernels

/// Connectionist temporal classification: the paths that spell targets along frames, their sums in
/// log space, and the gradient of those.
package struct CTCPaths<Scalar: FloatingPointScalar>: Sendable {
  /// −ln of the sum over all paths of each sequence, [n]; infinite where there is none.
  package let losses: Tensor<Scalar>

  private let logProbabilities: Tensor<Scalar>
  private let frames: [Int]
  private let states: [Int]
  private let symbols: Tensor<Int32>
  private let gates: Tensor<Scalar>
  private let alphas: Tensor<Scalar>
  private let alphaStarts: [Int]

  /// Sums over the paths of sequences.
  ///
  /// `logProbabilities` are [frames, n, classes]; sequence i has `frames[i]` of them and spells
  /// `targets[i]`, all of which the caller has checked.
  package init(
    _ logProbabilities: Tensor<Scalar>, frames: [Int], targets: [[Int32]], blank: Int32
  ) {
    let n = frames.count
    let states = targets.map { 2 * $0.count + 1 }
    let width = (states.max() ?? 1) + 2
    var symbols = Tensor<Int32>(repeating: blank, shape: [n, width])
    var gates = Tensor<Scalar>(repeating: -.infinity, shape: [n, width])
    symbols.withUnsafeMutableBufferPointer { symbols in
      gates.withUnsafeMutableBufferPointer { gates in
        for (row, target) in targets.enumerated() {
          for (place, symbol) in target.enumerated() {
            let state = row * width + 2 * place + 1
            symbols[state] = symbol
            // A blank is needed between two of a kind alone.
            if place > 0 && target[place - 1] != symbol { gates[state] = 0 }
          }
        }
      }
    }
    var starts: [Int] = []
    var total = 0
    for row in 0..<n {
      starts.append(total)
      total += frames[row] * (states[row] + 2)
    }
    self.logProbabilities = logProbabilities.contiguous
    self.frames = frames
    self.states = states
    self.symbols = symbols
    self.gates = gates
    alphaStarts = starts
    alphas = Tensor(uninitialized: [total])
    losses = Tensor(uninitialized: [n])
    sum()
  }

  private func sum() {
    forEachSequence { row in
      let (x, stride) = firstFrame(row)
      let (alphas, loss) = (address(alphas, alphaStarts[row]), address(losses, row))
      let gates = address(gates, row * gates.shape[1])
      let symbols = symbols.typedPointer + row * self.symbols.shape[1]
      if Scalar.dtype == .float32 {
        apus_ctc_forward_f32(
          x.bound(), stride, frames[row], symbols, gates.bound(), states[row], alphas.bound(),
          loss.bound())
      } else {
        apus_ctc_forward_f64(
          x.bound(), stride, frames[row], symbols, gates.bound(), states[row], alphas.bound(),
          loss.bound())
      }
    }
  }

  /// The gradient of Σ scaleᵢ · lossᵢ by the log probabilities; 0 for sequences of scale 0, whatever
  /// their loss, and NaN for others that have no path.
  package func gradient(scales: Tensor<Scalar>) -> Tensor<Scalar> {
    let result = Tensor<Scalar>.zeros(logProbabilities.shape)
    let scales = scales.scalars
    let losses = losses.scalars
    let scratch = Tensor<Scalar>(uninitialized: [frames.count, 2 * symbols.shape[1]])
    forEachSequence { row in
      if scales[row] == 0 { return }
      let (x, stride) = firstFrame(row)
      let alphas = address(alphas, alphaStarts[row])
      let out = address(result, row * logProbabilities.shape[2])
      let gates = address(gates, row * gates.shape[1])
      let symbols = symbols.typedPointer + row * self.symbols.shape[1]
      let work = address(scratch, row * scratch.shape[1])
      if Scalar.dtype == .float32 {
        apus_ctc_backward_f32(
          x.bound(), stride, frames[row], symbols, gates.bound(), states[row], alphas.bound(),
          Float(losses[row]), Float(scales[row]), work.bound(), out.bound(), stride)
      } else {
        apus_ctc_backward_f64(
          x.bound(), stride, frames[row], symbols, gates.bound(), states[row], alphas.bound(),
          Double(losses[row]), Double(scales[row]), work.bound(), out.bound(), stride)
      }
    }
    return result
  }

  private func forEachSequence(_ body: (Int) -> Void) {
    let cells = max(1, alphas.count / max(1, frames.count))
    let grain = max(1, Elementwise.Weight.heavy.grain / cells)
    withExtendedLifetime(self) {
      ThreadPool.forEachRange(of: frames.count, grain: grain) { rows in rows.forEach(body) }
    }
  }

  private func firstFrame(_ row: Int) -> (UnsafeMutableRawPointer, stride: Int) {
    let classes = logProbabilities.shape[2]
    return (address(logProbabilities, row * classes), logProbabilities.shape[1] * classes)
  }

  private func address(_ tensor: Tensor<Scalar>, _ place: Int) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(mutating: tensor.pointer + place * MemoryLayout<Scalar>.stride)
  }
}
