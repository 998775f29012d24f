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

  var labels: Tensor<Int64> { file.integers(name, "labels")! }
  func integers(_ part: String) -> Tensor<Int64> { file.integers(name, part)! }

  typealias Loss = (LossGolden, [Variable<S>]) -> Variable<S>

  static var losses: [String: Loss] {
    errors.merging(crossEntropies) { $1 }
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
}
