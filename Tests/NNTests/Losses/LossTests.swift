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
    #expect(meanSquaredError(nothing, nothing).item.isNaN)
    #expect(meanSquaredError(nothing, nothing, reduction: .sum).item == 0)
    #expect(meanSquaredError(nothing, nothing, weights: .ones([0])).item.isNaN)
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
}
