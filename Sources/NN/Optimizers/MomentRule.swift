import Tensor

/// What the rules of Adam's family share: running averages of the gradient and of its square.
protocol MomentRule: ElementwiseRule {
  var beta1: Double { get set }
  var beta2: Double { get set }
  var epsilon: Double { get set }
}

extension MomentRule {
  static var momentSettings: [RuleSetting<Self>] {
    [
      RuleSetting(
        name: "beta1", range: .fraction, isFlag: false, value: { $0.beta1 },
        set: { $0.beta1 = $1 }),
      RuleSetting(
        name: "beta2", range: .fraction, isFlag: false, value: { $0.beta2 },
        set: { $0.beta2 = $1 }),
      RuleSetting(
        name: "epsilon", range: .positive, isFlag: false, value: { $0.epsilon },
        set: { $0.epsilon = $1 }),
    ]
  }

  mutating func set(
    _ learningRate: Double, _ beta1: Double, _ beta2: Double, _ epsilon: Double,
    _ weightDecay: Double, _ l1Penalty: Double, _ maximizes: Bool
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.l1Penalty = l1Penalty
    self.maximizes = maximizes
  }

  func momentNames(amsgrad: Bool = false) -> [String] {
    ["firstMoment", "secondMoment"] + (amsgrad ? ["largestSecondMoment"] : [])
  }

  /// 1 − β₁ᵗ, by which an average of t gradients that began at 0 is too small.
  func correction1(_ step: Int) -> Double { 1 - power(beta1, Double(step)) }

  /// 1 − β₂ᵗ.
  func correction2(_ step: Int) -> Double { 1 - power(beta2, Double(step)) }

  /// Adam's step t: learningRate ÷ (1 − β₁ᵗ) · m ÷ (√v ÷ √(1 − β₂ᵗ) + ε).
  func momentCoefficients(step: Int, decoupled: Bool) -> UpdateCoefficients {
    var result = commonCoefficients(decoupled: decoupled)
    result.learningRate = learningRate / correction1(step)
    result.beta1 = beta1
    result.beta2 = beta2
    result.rootScale = 1 / correction2(step).squareRoot()
    result.epsilon = epsilon
    return result
  }
}
