import NN
import Tensor
import Testing

/// Every loss against PyTorch's: values and gradients, for each reduction.
@Suite struct LossGoldenTests {
  static let goldens = GoldenFile("losses")

  @Test(arguments: goldens.cases)
  func doublePrecision(_ golden: String) throws {
    try check(golden, Double.self, tolerance: 1e-12)
  }

  @Test(arguments: goldens.cases)
  func singlePrecision(_ golden: String) throws {
    try check(golden, Float.self, tolerance: 1e-5)
  }

  @Test func everyLossHasAGolden() {
    let made = Set(Self.goldens.cases.map { LossGolden<Double>($0, Self.goldens).configuration })
    #expect(made == Set(LossGolden<Double>.losses.keys))
  }

  private func check<S: FloatingPointScalar>(
    _ name: String, _ scalar: S.Type, tolerance: Double
  ) throws {
    let golden = LossGolden<S>(name, Self.goldens)
    guard let loss = LossGolden<S>.losses[golden.configuration] else { return }
    try Self.goldens.check(name, S.self, tolerance: tolerance) { [loss(golden, $0)] }
  }
}

/// The options of a case, which its name and its stored tensors give.
struct LossGolden<S: FloatingPointScalar> {
  let configuration: String
  let reduction: Reduction
  let weights: Tensor<S>?
  let classWeights: Tensor<S>?
  private let name: String
  private let file: GoldenFile

  /// A case named `configuration.reduction`.
  init(_ name: String, _ file: GoldenFile) {
    let parts = name.split(separator: ".")
    self.name = name
    self.file = file
    configuration = String(parts[0])
    reduction = Reduction(rawValue: String(parts[1]))!
    weights = file.tensor(name, "weights", S.self)
    classWeights = file.tensor(name, "classWeights", S.self)
  }

  var labels: Tensor<Int64> { integers("labels") }
  func integers(_ part: String) -> Tensor<Int64> { file.integers(name, part)! }
  func lengths(_ part: String) -> [Int] { integers(part).scalars.map { Int($0) } }
  func tensor(_ part: String) -> Tensor<S>? { file.tensor(name, part, S.self) }

  typealias Loss = (LossGolden, [Variable<S>]) -> Variable<S>

  static var losses: [String: Loss] {
    [crossEntropies, likelihoods, binary, focal, margins, embeddings, sequences].reduce(errors) {
      all, more in
      all.merging(more) { $1 }
    }
  }

  private static var errors: [String: Loss] {
    [
      "squared-error": { meanSquaredError($1[0], $1[1], reduction: $0.reduction) },
      "squared-error-weighted": {
        meanSquaredError($1[0], $1[1], weights: $0.weights, reduction: $0.reduction)
      },
      "absolute-error": { meanAbsoluteError($1[0], $1[1], reduction: $0.reduction) },
      "absolute-error-weighted": {
        meanAbsoluteError($1[0], $1[1], weights: $0.weights, reduction: $0.reduction)
      },
      "huber": { huberLoss($1[0], $1[1], reduction: $0.reduction) },
      "huber-half": { huberLoss($1[0], $1[1], delta: 0.5, reduction: $0.reduction) },
      "huber-weighted": {
        huberLoss($1[0], $1[1], weights: $0.weights, reduction: $0.reduction)
      },
      "smooth-l1": { smoothL1Loss($1[0], $1[1], reduction: $0.reduction) },
      "smooth-l1-half": { smoothL1Loss($1[0], $1[1], beta: 0.5, reduction: $0.reduction) },
      "smooth-l1-zero": { smoothL1Loss($1[0], $1[1], beta: 0, reduction: $0.reduction) },
    ]
  }

  private static var crossEntropies: [String: Loss] {
    func labeled(smoothing: Double = 0, ignoring ignored: Int? = -100) -> Loss {
      { golden, x in
        softmaxCrossEntropy(
          x[0], golden.labels, classWeights: golden.classWeights, labelSmoothing: smoothing,
          ignoredLabel: ignored, weights: golden.weights, reduction: golden.reduction)
      }
    }
    func soft(smoothing: Double = 0) -> Loss {
      { golden, x in
        softmaxCrossEntropy(
          x[0], probabilities: x[1], classWeights: golden.classWeights, labelSmoothing: smoothing,
          weights: golden.weights, reduction: golden.reduction)
      }
    }
    let plain = ["plain", "wide", "classes", "ignored", "all-ignored", "maps", "vector"]
    let smooth = [
      "smooth", "smooth-classes", "ignored-smooth-classes", "all-ignored-smooth",
      "maps-smooth-classes",
    ]
    var result: [String: Loss] = ["cross-entropy-ignored-class": labeled(ignoring: 3)]
    for name in plain + ["samples", "samples-classes"] {
      result["cross-entropy-\(name)"] = labeled()
    }
    for name in smooth { result["cross-entropy-\(name)"] = labeled(smoothing: 0.1) }
    for name in ["soft", "soft-classes", "soft-maps", "soft-vector", "soft-samples"] {
      result["cross-entropy-\(name)"] = soft()
    }
    result["cross-entropy-soft-smooth-classes"] = soft(smoothing: 0.1)
    return result
  }

  private static var likelihoods: [String: Loss] {
    var result: [String: Loss] = [
      "divergence-zeros": { klDivergence($1[0], $1[1], reduction: $0.reduction) },
      "divergence": { klDivergence($1[0], $1[1], reduction: $0.reduction) },
      "divergence-log": { klDivergence($1[0], $1[1], logTarget: true, reduction: $0.reduction) },
      "divergence-samples": {
        klDivergence($1[0], $1[1], perSample: true, reduction: $0.reduction)
      },
      "divergence-samples-log": {
        klDivergence($1[0], $1[1], logTarget: true, perSample: true, reduction: $0.reduction)
      },
      "gaussian-full": {
        gaussianNegativeLogLikelihood(
          $1[0], $1[1], variance: $1[2], full: true, epsilon: 1e-2, reduction: $0.reduction)
      },
    ]
    for name in ["plain", "classes", "ignored", "ignored-classes", "all-ignored", "maps"] {
      result["likelihood-\(name)"] = {
        negativeLogLikelihood(
          $1[0], $0.labels, classWeights: $0.classWeights, reduction: $0.reduction)
      }
    }
    func poisson(_ logInput: Bool, _ full: Bool, _ epsilon: Double = 1e-8) -> Loss {
      {
        poissonNegativeLogLikelihood(
          $1[0], $1[1], logInput: logInput, full: full, epsilon: epsilon, reduction: $0.reduction)
      }
    }
    result["poisson-plain"] = poisson(true, false)
    result["poisson-full"] = poisson(true, true)
    result["poisson-rate"] = poisson(false, false)
    result["poisson-rate-full"] = poisson(false, true, 1e-3)
    for name in ["gaussian", "gaussian-rows", "gaussian-column"] {
      result[name] = {
        gaussianNegativeLogLikelihood(
          $1[0], $1[1], variance: $1[2], reduction: $0.reduction)
      }
    }
    return result
  }

  private static var binary: [String: Loss] {
    var result: [String: Loss] = [:]
    for name in ["binary", "binary-soft", "binary-edges", "binary-weighted"] {
      result[name] = {
        binaryCrossEntropy($1[0], $1[1], weights: $0.weights, reduction: $0.reduction)
      }
    }
    for name in ["sigmoid", "sigmoid-wide", "sigmoid-positive", "sigmoid-weighted"] {
      result[name] = {
        sigmoidCrossEntropy(
          $1[0], $1[1], positiveWeight: $0.tensor("positive"), weights: $0.weights,
          reduction: $0.reduction)
      }
    }
    for name in ["soft-margin-labels", "soft-margin-labels-classes"] {
      result[name] = {
        multiLabelSoftMarginLoss(
          $1[0], $1[1], classWeights: $0.classWeights, reduction: $0.reduction)
      }
    }
    return result
  }

  private static var focal: [String: Loss] {
    func binary(_ alpha: Double?, _ gamma: Double) -> Loss {
      { sigmoidFocalLoss($1[0], $1[1], alpha: alpha, gamma: gamma, reduction: $0.reduction) }
    }
    func classes(_ gamma: Double) -> Loss {
      {
        softmaxFocalLoss(
          $1[0], $0.labels, classWeights: $0.classWeights, gamma: gamma, reduction: $0.reduction)
      }
    }
    return [
      "focal-plain": { sigmoidFocalLoss($1[0], $1[1], reduction: $0.reduction) },
      "focal-half": binary(0.7, 0.5), "focal-cubic": binary(nil, 3), "focal-flat": binary(0.25, 0),
      "focal-soft": binary(0.25, 2),
      "focal-classes-plain": classes(2), "focal-classes-ignored-classes": classes(2),
      "focal-classes-half": classes(0.5),
    ]
  }

  private static var margins: [String: Loss] {
    [
      "hinge": { hingeLoss($1[0], $1[1], reduction: $0.reduction) },
      "hinge-embedding": { hingeEmbeddingLoss($1[0], $1[1].value, reduction: $0.reduction) },
      "hinge-embedding-half": {
        hingeEmbeddingLoss($1[0], $1[1].value, margin: 0.5, reduction: $0.reduction)
      },
      "margin-plain": { multiMarginLoss($1[0], $0.labels, reduction: $0.reduction) },
      "margin-squares": {
        multiMarginLoss($1[0], $0.labels, p: 2, margin: 0.7, reduction: $0.reduction)
      },
      "margin-classes": {
        multiMarginLoss($1[0], $0.labels, classWeights: $0.classWeights, reduction: $0.reduction)
      },
      "ranking": { marginRankingLoss($1[0], $1[1], $1[2], reduction: $0.reduction) },
      "ranking-half": {
        marginRankingLoss($1[0], $1[1], $1[2], margin: 0.5, reduction: $0.reduction)
      },
      "soft-margin": { softMarginLoss($1[0], $1[1], reduction: $0.reduction) },
    ]
  }

  private static var embeddings: [String: Loss] {
    [
      "cosine": { cosineEmbeddingLoss($1[0], $1[1], $1[2].value, reduction: $0.reduction) },
      "cosine-margin": {
        cosineEmbeddingLoss($1[0], $1[1], $1[2].value, margin: 0.1, reduction: $0.reduction)
      },
      "triplet-plain": { tripletMarginLoss($1[0], $1[1], $1[2], reduction: $0.reduction) },
      "triplet-swap": {
        tripletMarginLoss($1[0], $1[1], $1[2], margin: 2, swap: true, reduction: $0.reduction)
      },
      "triplet-p1": { tripletMarginLoss($1[0], $1[1], $1[2], p: 1, reduction: $0.reduction) },
      "triplet-p3": {
        tripletMarginLoss($1[0], $1[1], $1[2], p: 3, swap: true, reduction: $0.reduction)
      },
    ]
  }

  private static var sequences: [String: Loss] {
    func ctc(blank: Int = 0, zeroInfinity: Bool = false) -> Loss {
      {
        ctcLoss(
          $1[0].logSoftmax(), $0.integers("targets"), inputLengths: $0.lengths("frames"),
          targetLengths: $0.lengths("lengths"), blank: blank, zeroInfinity: zeroInfinity,
          reduction: $0.reduction)
      }
    }
    return [
      "ctc-padded": ctc(), "ctc-concatenated": ctc(), "ctc-blank": ctc(blank: 4),
      "ctc-impossible": ctc(zeroInfinity: true),
    ]
  }
}
