import NN
import Tensor
import Testing

@Suite struct LossTests {
  private let logits = Variable(Tensor<Double>([[1, 2, 3], [3, 1, 0], [0, 0, 1], [2, 2, 1]]))

  // MARK: Reductions

  @Test func reductionsAgree() {
    let prediction = Variable(Tensor<Double>([[1, 2], [3, 5]]))
    let target = Tensor<Double>([[0, 0], [1, 1]])
    #expect(meanSquaredError(prediction, target, reduction: .none).value == [[1, 4], [4, 16]])
    #expect(meanSquaredError(prediction, target, reduction: .sum).item == 25)
    #expect(meanSquaredError(prediction, target).item == 6.25)
    let weights = Tensor<Double>([1, 3])
    let weighted = meanSquaredError(prediction, target, weights: weights, reduction: .none)
    #expect(weighted.value == [[1, 4], [12, 48]])
    #expect(meanSquaredError(prediction, target, weights: weights).item == 65.0 / 8)
    #expect(meanSquaredError(prediction, target, weights: Tensor(2)).item == 6.25)
  }

  @Test func lossesOfNothing() {
    let nothing = Variable(Tensor<Double>.zeros([0, 3]))
    #expect(meanSquaredError(nothing, nothing, reduction: .sum).item == 0)
    let labels = Tensor<Int32>.zeros([0])
    #expect(softmaxCrossEntropy(nothing, labels, reduction: .sum).item == 0)
    #expect(softmaxCrossEntropy(nothing, labels, reduction: .none).shape == [0])
    let maps = Variable(Tensor<Double>.zeros([0, 3, 2]))
    #expect(
      softmaxCrossEntropy(maps, Tensor<Int32>.zeros([0, 2]), reduction: .none).shape == [0, 2])
  }

  // MARK: Labels

  @Test func labelsOfBothWidthsGiveTheSameBits() {
    let narrow = softmaxCrossEntropy(logits, Tensor<Int32>([0, 2, -100, 1]))
    let wide = softmaxCrossEntropy(logits, Tensor<Int64>([0, 2, -100, 1]))
    #expect(narrow.value == wide.value)
  }

  @Test func ignoredRowsCountNowhere() {
    let (loss, gradients) = valueAndGradient(at: [logits]) {
      softmaxCrossEntropy($0[0], Tensor<Int32>([0, 9, 9, 1]), ignoredLabel: 9)
    }
    let rest = Variable(logits.value.rows([0, 3]))
    #expect(loss.item == softmaxCrossEntropy(rest, Tensor<Int32>([0, 1])).item)
    #expect(gradients[0].value[1..<3] == Tensor<Double>.zeros([2, 3]))
  }

  @Test func infiniteLogitsOfIgnoredRowsDoNotReachTheLoss() {
    let logits = Variable(Tensor<Double>([[.nan, 0], [1, 1]]))
    let loss = softmaxCrossEntropy(logits, Tensor<Int32>([-100, 1]))
    #expect(abs(loss.item - Plain.log(2)) < 1e-15)
  }

  @Test func minusInfinityMasksAClass() {
    let masked = Variable(Tensor<Double>([[1, -.infinity, 2]]))
    let (loss, gradients) = valueAndGradient(at: [masked]) {
      softmaxCrossEntropy($0[0], Tensor<Int32>([2]))
    }
    #expect(abs(loss.item - Plain.log(1 + Plain.exp(-1))) < 1e-15)
    #expect(gradients[0].value[0, 1].item == 0)
  }

  @Test func labelsFromOutsideAreChecked() throws {
    try validateLabels(Tensor<Int32>([0, 2, -100]), classes: 3)
    #expect(throws: LabelError(position: [1], label: 3, classes: 3)) {
      try validateLabels(Tensor<Int64>([0, 3]), classes: 3)
    }
    #expect(throws: LabelError(position: [1, 0], label: -100, classes: 3)) {
      try validateLabels(Tensor<Int32>([[0, 1], [-100, 7]]), classes: 3, ignoredLabel: nil)
    }
    let error = LabelError(position: [1, 0], label: -1, classes: 3)
    #expect("\(error)" == "label -1 at [1, 0] is outside 0..<3")
  }

  // MARK: Edges

  @Test func focalLossesOfCertainPredictionsHaveGradients() {
    for gamma in [0.5, 1, 2, 3] {
      let (loss, gradients) = valueAndGradient(at: [Variable(Tensor<Float>([300, -300, 0]))]) {
        sigmoidFocalLoss($0[0], Tensor<Float>([1, 0, 1]), gamma: gamma, reduction: .sum)
      }
      #expect(loss.item > 0)
      #expect(gradients[0].value[at: 0] == 0 && gradients[0].value[at: 1] == 0)
      #expect(gradients[0].value[at: 2] < 0)
      let (_, ofClasses) = valueAndGradient(at: [Variable(Tensor<Float>([[300, 0], [0, 0]]))]) {
        softmaxFocalLoss($0[0], Tensor<Int32>([0, -100]), gamma: gamma)
      }
      #expect(ofClasses[0].value == .zeros([2, 2]))
    }
  }

  @Test func logitsOfAnySizeGiveNumbers() {
    let x = Variable(Tensor<Float>([1e30, -1e30, 1e30, -1e30]))
    let losses = sigmoidCrossEntropy(x, Tensor<Float>([1, 0, 0, 1]), reduction: .none)
    #expect(losses.value == [0, 0, 1e30, 1e30])
    #expect(
      softMarginLoss(x, Tensor<Float>([1, -1, -1, 1]), reduction: .none).value == losses.value)
  }

  @Test func errorsThatAreInfinite() {
    let x = Variable(Tensor<Double>([.infinity, -.infinity, .nan]))
    let losses = huberLoss(x, Tensor.zeros([3]), reduction: .none).value
    #expect(losses[at: 0] == .infinity && losses[at: 1] == .infinity && losses[at: 2].isNaN)
    let gradient = NN.gradient(at: x) { huberLoss($0, Tensor.zeros([3]), reduction: .sum) }
    #expect(gradient.value[at: 0] == 1 && gradient.value[at: 1] == -1)
  }

  @Test func divergenceOfImpossibleTargets() {
    let logs = Variable(Tensor<Double>([-1, -2]))
    let (loss, gradients) = valueAndGradient(at: [logs, Variable(Tensor<Double>([0, 1]))]) {
      klDivergence($0[0], $0[1], reduction: .sum)
    }
    #expect(loss.item == 2)
    #expect(gradients[0].value == [0, -1] && gradients[1].value == [1, 3])
  }

  @Test func divergencesOfSamplesAreWeighted() {
    let logs = Variable(Tensor<Double>([[-1, -2], [-3, -1], [-1, -1]]))
    let target = Tensor<Double>([[0.5, 0.5], [1, 0], [0.25, 0.75]])
    let each = klDivergence(logs, target, reduction: .none).value.sum(axes: [1])
    let weights = Tensor<Double>([1, 2, 5])
    func divergence(_ reduction: Reduction) -> Tensor<Double> {
      klDivergence(logs, target, perSample: true, weights: weights, reduction: reduction).value
    }
    #expect(divergence(.none) == each * weights)
    #expect(abs(divergence(.mean).item - (each * weights).sum().item / 8) < 1e-15)
  }

  @Test func targetsWithoutAPath() {
    let x = Variable(Tensor<Double>(repeating: -1, shape: [2, 2, 3]))
    func loss(_ x: Variable<Double>, zeroInfinity: Bool) -> Variable<Double> {
      ctcLoss(
        x, Tensor<Int32>([1, 1, 2]), inputLengths: [2, 1], targetLengths: [2, 1],
        zeroInfinity: zeroInfinity, reduction: .sum)
    }
    let (zero, gradients) = valueAndGradient(at: [x]) { loss($0[0], zeroInfinity: true) }
    #expect(zero.item == 1)
    #expect(gradients[0].value.sum().item == -1)
    let (infinite, undefined) = valueAndGradient(at: [x]) { loss($0[0], zeroInfinity: false) }
    #expect(infinite.item == .infinity)
    #expect(undefined[0].value[at: 0, 0, 1].isNaN && undefined[0].value[at: 0, 1, 2] == -1)
  }

  @Test func nothingToSpell() {
    let x = Variable(Tensor<Double>(repeating: -1, shape: [2, 2, 3]))
    let losses = ctcLoss(
      x, Tensor<Int32>.zeros([0]), inputLengths: [2, 0], targetLengths: [0, 0], reduction: .none)
    #expect(losses.value == [2, 0])
    let none = ctcLoss(
      Variable(Tensor<Double>.zeros([2, 0, 3])), Tensor<Int32>.zeros([0]), inputLengths: [],
      targetLengths: [], reduction: .sum)
    #expect(none.item == 0)
  }

  @Test func weightsReachEveryLoss() {
    let (x, y) = (Variable(Tensor<Double>([0.2, 0.7])), Variable(Tensor<Double>([1, -1])))
    let (a, b) = (
      Variable(Tensor<Double>([[1, 2], [0, 1]])), Variable(Tensor<Double>([[0, 1], [1, 1]]))
    )
    let labels = Tensor<Int32>([0, 1])
    typealias Loss = (Tensor<Double>?, Reduction) -> Variable<Double>
    let losses: [Loss] = [
      { smoothL1Loss(x, y, weights: $0, reduction: $1) },
      { sigmoidFocalLoss(x, y, weights: $0, reduction: $1) },
      { softmaxFocalLoss(a, labels, weights: $0, reduction: $1) },
      { negativeLogLikelihood(a, labels, weights: $0, reduction: $1) },
      { klDivergence(x, y.squared(), weights: $0, reduction: $1) },
      { poissonNegativeLogLikelihood(x, y, weights: $0, reduction: $1) },
      { gaussianNegativeLogLikelihood(x, y, variance: y.squared(), weights: $0, reduction: $1) },
      { multiLabelSoftMarginLoss(a, b, weights: $0, reduction: $1) },
      { hingeLoss(x, y, weights: $0, reduction: $1) },
      { hingeEmbeddingLoss(x, y.value, weights: $0, reduction: $1) },
      { multiMarginLoss(a, labels, weights: $0, reduction: $1) },
      { marginRankingLoss(x, y, y, weights: $0, reduction: $1) },
      { softMarginLoss(x, y, weights: $0, reduction: $1) },
      { cosineEmbeddingLoss(a, b, y.value, weights: $0, reduction: $1) },
      { tripletMarginLoss(a, b, a, weights: $0, reduction: $1) },
    ]
    for (place, loss) in losses.enumerated() {
      let each = loss(nil, .none).value
      let weighted = each * Tensor([3, 1])
      #expect(loss([3, 1], .none).value == weighted, "loss \(place)")
      #expect(abs(loss([3, 1], .sum).item - weighted.sum().item) < 1e-14, "loss \(place)")
      #expect(abs(loss([3, 1], .mean).item - weighted.sum().item / 4) < 1e-14, "loss \(place)")
    }
  }
}
