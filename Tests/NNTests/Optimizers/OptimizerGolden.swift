import NN
import Tensor
import Testing

/// Ten steps of an optimizer of PyTorch, or of a reference in float64, by its name in
/// `Fixtures/optimizers.safetensors`.
struct OptimizerGolden: Sendable, CustomTestStringConvertible {
  static let file = GoldenFile("optimizers")
  static let steps = 10

  let name: String
  let make: @Sendable (Any) -> any Optimizer

  init(_ name: String, _ make: @escaping @Sendable (Any) -> any Optimizer) {
    self.name = name
    self.make = make
  }

  var testDescription: String { name }

  /// Every case of the file, with the same options.
  static let all: [OptimizerGolden] = gradientDescents + adams + scaled + byTensor

  private static let gradientDescents: [OptimizerGolden] = [
    .init("sgd") { SGD($0, learningRate: 0.1) },
    .init("sgd-decay") { SGD($0, learningRate: 0.1, weightDecay: 0.05) },
    .init("sgd-momentum") { SGD($0, learningRate: 0.05, momentum: 0.9) },
    .init("sgd-dampening") { SGD($0, learningRate: 0.05, momentum: 0.9, dampening: 0.3) },
    .init("sgd-dampening-1") { SGD($0, learningRate: 0.05, momentum: 0.9, dampening: 1) },
    .init("sgd-nesterov") { SGD($0, learningRate: 0.05, momentum: 0.8, nesterov: true) },
    .init("sgd-nesterov-decay") {
      SGD($0, learningRate: 0.05, momentum: 0.8, weightDecay: 0.1, nesterov: true)
    },
    .init("sgd-all") {
      SGD($0, learningRate: 0.05, momentum: 0.5, dampening: 0.2, weightDecay: 0.1)
    },
    .init("sgd-maximize") { SGD($0, learningRate: 0.05, momentum: 0.5, maximizes: true) },
    .init("sgd-l1") { SGD($0, learningRate: 0.05, weightDecay: 0.1, l1Penalty: 0.3) },
    .init("lion") { Lion($0) },
    .init("lion-options") {
      Lion($0, learningRate: 0.05, beta1: 0.8, beta2: 0.9, weightDecay: 0.1)
    },
    .init("lion-maximize") { Lion($0, learningRate: 0.05, maximizes: true) },
    .init("lion-l1") { Lion($0, learningRate: 0.05, beta1: 0.8, beta2: 0.9, l1Penalty: 0.3) },
  ]

  private static let adams: [OptimizerGolden] = [
    .init("adam") { Adam($0) },
    .init("adam-rate") { Adam($0, learningRate: 0.1) },
    .init("adam-betas") { Adam($0, learningRate: 0.05, beta1: 0.7, beta2: 0.9) },
    .init("adam-no-averages") {
      Adam($0, learningRate: 0.05, beta1: 0, beta2: 0, epsilon: 0.01)
    },
    .init("adam-epsilon") { Adam($0, learningRate: 0.05, epsilon: 0.1) },
    .init("adam-decay") { Adam($0, learningRate: 0.05, weightDecay: 0.1) },
    .init("adam-maximize") { Adam($0, learningRate: 0.05, weightDecay: 0.1, maximizes: true) },
    .init("adam-l1") { Adam($0, learningRate: 0.05, l1Penalty: 0.2) },
    .init("adam-amsgrad") {
      Adam($0, learningRate: 0.05, beta1: 0.6, beta2: 0.7, amsgrad: true)
    },
    .init("adamw") { AdamW($0) },
    .init("adamw-decay") { AdamW($0, learningRate: 0.05, weightDecay: 0.3) },
    .init("adamw-amsgrad") {
      AdamW($0, learningRate: 0.05, beta1: 0.6, beta2: 0.7, weightDecay: 0.1, amsgrad: true)
    },
    .init("adamw-options") {
      AdamW(
        $0, learningRate: 0.05, beta1: 0.8, beta2: 0.9, epsilon: 0.1, weightDecay: 0.2,
        l1Penalty: 0.2, maximizes: true)
    },
    .init("nadam") { NAdam($0) },
    .init("nadam-options") {
      NAdam(
        $0, learningRate: 0.05, beta1: 0.8, beta2: 0.9, weightDecay: 0.1, momentumDecay: 0.1)
    },
    .init("nadam-decoupled") {
      NAdam($0, learningRate: 0.05, weightDecay: 0.2, decouplesWeightDecay: true)
    },
    .init("nadam-maximize") {
      NAdam(
        $0, learningRate: 0.05, epsilon: 0.1, weightDecay: 0.1, l1Penalty: 0.2, maximizes: true)
    },
    .init("radam") { RAdam($0) },
    .init("radam-options") {
      RAdam($0, learningRate: 0.05, beta1: 0.8, beta2: 0.9, weightDecay: 0.1)
    },
    .init("radam-short") { RAdam($0, learningRate: 0.05, beta1: 0.8, beta2: 0.5) },
    .init("radam-decoupled") {
      RAdam($0, learningRate: 0.05, weightDecay: 0.2, decouplesWeightDecay: true)
    },
    .init("radam-maximize") {
      RAdam(
        $0, learningRate: 0.05, beta1: 0.8, beta2: 0.9, epsilon: 0.1, weightDecay: 0.1,
        l1Penalty: 0.2, maximizes: true)
    },
    .init("adamax") { Adamax($0) },
    .init("adamax-options") {
      Adamax($0, learningRate: 0.05, beta1: 0.7, beta2: 0.8, epsilon: 0.01, weightDecay: 0.1)
    },
    .init("adamax-maximize") {
      Adamax($0, learningRate: 0.05, weightDecay: 0.1, l1Penalty: 0.2, maximizes: true)
    },
  ]

  private static let scaled: [OptimizerGolden] = [
    .init("adagrad") { Adagrad($0) },
    .init("adagrad-options") {
      Adagrad(
        $0, learningRate: 0.1, learningRateDecay: 0.2, initialSum: 0.5, epsilon: 0.01,
        weightDecay: 0.1)
    },
    .init("adagrad-maximize") {
      Adagrad($0, learningRate: 0.1, weightDecay: 0.1, l1Penalty: 0.2, maximizes: true)
    },
    .init("adadelta") { Adadelta($0) },
    .init("adadelta-options") {
      Adadelta($0, learningRate: 2, decay: 0.7, epsilon: 0.01, weightDecay: 0.1)
    },
    .init("adadelta-maximize") {
      Adadelta($0, decay: 0.7, weightDecay: 0.1, l1Penalty: 0.2, maximizes: true)
    },
    .init("rmsprop") { RMSProp($0) },
    .init("rmsprop-options") {
      RMSProp($0, learningRate: 0.05, decay: 0.8, epsilon: 0.01, weightDecay: 0.1)
    },
    .init("rmsprop-centered") {
      RMSProp($0, learningRate: 0.02, decay: 0.8, epsilon: 0.01, centered: true)
    },
    .init("rmsprop-maximize") {
      RMSProp(
        $0, learningRate: 0.02, momentum: 0.5, weightDecay: 0.1, l1Penalty: 0.2, maximizes: true)
    },
    .init("rmsprop-momentum") { RMSProp($0, learningRate: 0.02, decay: 0.8, momentum: 0.7) },
    .init("rmsprop-centered-momentum") {
      RMSProp(
        $0, learningRate: 0.02, decay: 0.8, momentum: 0.7, epsilon: 0.01, centered: true)
    },
  ]

  private static let byTensor: [OptimizerGolden] = [
    .init("lamb") { LAMB($0) },
    .init("lamb-options") {
      LAMB(
        $0, learningRate: 0.05, beta1: 0.8, beta2: 0.9, epsilon: 0.01, weightDecay: 0,
        l1Penalty: 0.1)
    },
    .init("lamb-maximize") {
      LAMB($0, learningRate: 0.05, weightDecay: 0.2, l1Penalty: 0.1, maximizes: true)
    },
    .init("adafactor") { Adafactor($0) },
    .init("adafactor-options") {
      Adafactor(
        $0, learningRate: 0.5, beta2Decay: -0.6, epsilon1: 1e-4, epsilon2: 0.01,
        clippingThreshold: 1.1, weightDecay: 0.1, maximizes: true)
    },
    .init("adafactor-l1") {
      Adafactor($0, learningRate: 0.5, weightDecay: 0.1, l1Penalty: 0.3)
    },
    .init("adafactor-vector") { Adafactor($0, learningRate: 0.2) },
    .init("muon") { Muon($0) },
    .init("muon-options") {
      Muon($0, learningRate: 0.05, momentum: 0.8, weightDecay: 0.2, nesterov: false)
    },
    .init("muon-maximize") {
      Muon($0, learningRate: 0.05, l1Penalty: 0.3, maximizes: true)
    },
    .init("muon-tall") { Muon($0, learningRate: 0.05) },
    .init("muon-epsilon") { Muon($0, learningRate: 0.05, epsilon: 5) },
    .init("muon-rms") { Muon($0, learningRate: 0.05, matchesAdamW: true) },
  ]

  /// What PyTorch calls the states.
  static let stateNames = [
    "momentum_buffer": "velocity", "exp_avg": "firstMoment", "exp_avg_sq": "secondMoment",
    "max_exp_avg_sq": "largestSecondMoment", "exp_inf": "infinityNorm", "sum": "squareSum",
    "square_avg": "squareAverage", "acc_delta": "stepAverage", "grad_avg": "gradientAverage",
    "row_var": "rowVariance", "col_var": "columnVariance", "variance": "variance",
  ]

  /// The parameter after every step.
  func values<S: FloatingPointScalar>(_ scalar: S.Type) -> Tensor<S> {
    Self.file.tensor(name, "values", S.self)!
  }

  /// What the optimizer remembers at the end, by PyTorch's names.
  func states<S: FloatingPointScalar>(_ scalar: S.Type) -> [(name: String, tensor: Tensor<S>)] {
    let prefix = "\(name)/state."
    return Self.file.file.entries.filter { $0.name.hasPrefix(prefix) }.map {
      let name = String($0.name.dropFirst(prefix.count))
      return (name, Self.file.tensor(self.name, "state.\(name)", S.self)!)
    }
  }

  // MARK: The problem

  static func problem<S: FloatingPointScalar>(_ name: String, _ scalar: S.Type) -> Tensor<S> {
    file.tensor("problem", name, S.self)!
  }

  /// The gradients of L(w) = Σ aᵢ (wᵢ − cᵢ)² ÷ 2 + Σ gₜᵢ wᵢ at a step. Where the axes are kept in
  /// another order than the parameter's, so are those of the gradient.
  static func gradients<S: FloatingPointScalar>(
    of w: Parameter<S>, at step: Int, isTransposed: Bool = false
  ) -> Gradients {
    func operand(_ tensor: Tensor<S>) -> Variable<S> {
      let tensor = tensor.reshaped(to: w.shape)
      guard isTransposed, w.shape.rank == 2 else { return Variable(tensor) }
      var stored = tensor.transposed
      stored += 0  // In the order of the transposed axes.
      return Variable(stored.transposed)
    }
    let curvature = operand(problem("curvature", S.self))
    let centre = operand(problem("centre", S.self))
    let extra = operand(problem("extra", S.self)[step % steps])
    return valueAndGradients(of: w) {
      (0.5 * curvature * (w.variable - centre).squared() + extra * w.variable).sum()
    }.gradients
  }

  /// A parameter at the start of a case.
  func parameter<S: FloatingPointScalar>(
    _ scalar: S.Type, layout: MemoryLayoutKind = .contiguous
  ) -> Parameter<S> {
    let start = Self.problem("start", Double.self).scalars
    return Parameter(
      PlainArray(start, shape: Array(values(S.self).shape.dropFirst())).tensor(
        S.self, layout: layout))
  }
}
