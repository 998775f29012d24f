import CKernels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

private protocol CTCScalar: KernelFloat {
  static func forward(
    _ x: In, _ stride: Int, _ frames: Int, _ symbols: [Int32], _ gates: [Self], _ states: Int,
    _ alphas: Out, _ loss: Out)
  static func backward(
    _ x: In, _ stride: Int, _ frames: Int, _ symbols: [Int32], _ gates: [Self], _ states: Int,
    _ alphas: In, _ loss: Self, _ scale: Self, _ scratch: Out, _ gradient: Out,
    _ gradientStride: Int)
}

extension Float: CTCScalar {
  fileprivate static func forward(
    _ x: In, _ stride: Int, _ frames: Int, _ symbols: [Int32], _ gates: [Self], _ states: Int,
    _ alphas: Out, _ loss: Out
  ) { apus_ctc_forward_f32(x, stride, frames, symbols, gates, states, alphas, loss) }

  fileprivate static func backward(
    _ x: In, _ stride: Int, _ frames: Int, _ symbols: [Int32], _ gates: [Self], _ states: Int,
    _ alphas: In, _ loss: Self, _ scale: Self, _ scratch: Out, _ gradient: Out,
    _ gradientStride: Int
  ) {
    apus_ctc_backward_f32(
      x, stride, frames, symbols, gates, states, alphas, loss, scale, scratch, gradient,
      gradientStride)
  }
}

extension Double: CTCScalar {
  fileprivate static func forward(
    _ x: In, _ stride: Int, _ frames: Int, _ symbols: [Int32], _ gates: [Self], _ states: Int,
    _ alphas: Out, _ loss: Out
  ) { apus_ctc_forward_f64(x, stride, frames, symbols, gates, states, alphas, loss) }

  fileprivate static func backward(
    _ x: In, _ stride: Int, _ frames: Int, _ symbols: [Int32], _ gates: [Self], _ states: Int,
    _ alphas: In, _ loss: Self, _ scale: Self, _ scratch: Out, _ gradient: Out,
    _ gradientStride: Int
  ) {
    apus_ctc_backward_f64(
      x, stride, frames, symbols, gates, states, alphas, loss, scale, scratch, gradient,
      gradientStride)
  }
}

/// The states of a target: symbols with blanks around them, and gates.
private struct States {
  var symbols: [Int32] = [0]
  var gates: [Double] = [-.infinity]

  init(_ target: [Int32]) {
    for (place, symbol) in target.enumerated() {
      symbols += [symbol, 0]
      let isOpen = place > 0 && target[place - 1] != symbol
      gates += [isOpen ? 0 : -.infinity, -.infinity]
    }
    gates += [-.infinity, -.infinity]
  }

  /// The loss in linear space, scaled by nothing: for few frames.
  func loss(_ x: [Double], _ stride: Int, _ frames: Int) -> Double {
    if frames == 0 { return symbols.count == 1 ? 0 : .infinity }
    var sums = symbols.indices.map { $0 < 2 ? exp(x[Int(symbols[$0])]) : 0 }
    for t in 1..<max(1, frames) {
      let before = sums
      for s in symbols.indices {
        var sum = before[s] + (s > 0 ? before[s - 1] : 0)
        if s > 1 && gates[s] == 0 { sum += before[s - 2] }
        sums[s] = sum * exp(x[t * stride + Int(symbols[s])])
      }
    }
    return -log(sums.suffix(2).reduce(0, +))
  }
}

extension CKernelsTests {
  @Suite struct CTCTests {
    @Test func lossesAndGradients() {
      check(Float.self, tolerance: 2e-5)
      check(Double.self, tolerance: 1e-12)
    }

    private func check<T: CTCScalar>(_: T.Type, tolerance: Double) {
      var random = SplitMix(state: 41)
      let classes = 5
      let stride = classes + 2
      withEachInstructionSet { isa in
        for length in Array(0...12) + [34] {
          let target = (0..<length).map { _ in Int32(random.uniform(1, 5)) }
          let states = States(target)
          for frames in [0, 1, length, length + 3, 2 * length + 1] {
            let logits = (0..<frames * stride + 1).map { _ in random.uniform(-3, 0) }
            run(T.self, states, logits.map { T($0) }, stride, frames, tolerance, isa)
          }
        }
      }
    }

    private func run<T: CTCScalar>(
      _: T.Type, _ states: States, _ x: [T], _ stride: Int, _ frames: Int, _ tolerance: Double,
      _ isa: String
    ) {
      let n = states.symbols.count
      let exact = x.map { Double($0) }
      let expected = states.loss(exact, stride, frames)
      let gates = states.gates.map { T($0) }
      var alphas = [T](repeating: 77, count: frames * (n + 2) + 1)
      var loss = T(0)
      T.forward(x, stride, frames, states.symbols, gates, n, &alphas, &loss)
      #expect(alphas.last == 77)
      let context: Comment = "\(isa): \(n) states, \(frames) frames"
      #expect(isNear(loss, expected, tolerance), context)
      guard loss.isFinite else { return }

      var scratch = [T](repeating: 77, count: 2 * n + 3)
      var gradient = [T](repeating: 1, count: frames * stride + 1)
      T.backward(
        x, stride, frames, states.symbols, gates, n, alphas, loss, 2, &scratch, &gradient, stride)
      #expect(scratch.last == 77 && gradient.last == 1)
      for t in 0..<frames {
        // The probabilities of the symbols of a frame sum to 1.
        let sum = gradient[t * stride..<t * stride + 5].reduce(0) { $0 + 1 - Double($1) }
        #expect(abs(sum - 2) < 20 * tolerance, context)
        #expect(gradient[t * stride + 5] == 1 && gradient[t * stride + 6] == 1)
      }
      if frames > 0 && T.self == Double.self && n < 12 {
        let place = (frames / 2) * stride + Int(states.symbols[n / 2])
        let slope = [1e-5, -1e-5].map { step in
          var moved = exact
          moved[place] += step
          return states.loss(moved, stride, frames) / step
        }
        #expect(abs(2 * (slope[0] + slope[1]) / 2 - (Double(gradient[place]) - 1)) < 1e-8, context)
      }
    }

    @Test func sequencesWithoutAPath() {
      let states = States([1, 1])
      var alphas = [Float](repeating: 0, count: 2 * 7)
      var loss: Float = 0
      apus_ctc_forward_f32(
        [-1, -1, -1, -1], 2, 2, states.symbols, states.gates.map { Float($0) }, 5, &alphas, &loss)
      #expect(loss == .infinity)
      // A class that is impossible everywhere is no way, and its probability is 0, not NaN.
      let x: [Float] = [-1, -.infinity, -1, -1, -.infinity, -1]
      let single = States([2])
      apus_ctc_forward_f32(
        x, 3, 2, single.symbols, single.gates.map { Float($0) }, 3, &alphas, &loss)
      #expect(abs(loss - (2 - log(3))) < 1e-6)
      var gradient = [Float](repeating: 0, count: 6)
      var scratch = [Float](repeating: 0, count: 8)
      apus_ctc_backward_f32(
        x, 3, 2, single.symbols, single.gates.map { Float($0) }, 3, alphas, loss, 1, &scratch,
        &gradient, 3)
      #expect(gradient[1] == 0 && gradient[4] == 0)
      #expect(abs(gradient[2] + 2.0 / 3) < 1e-6)
    }
  }
}
