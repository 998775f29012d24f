import Foundation
import NN
import Tensor
import Testing

/// A file of cases that a script in `scripts/` made with PyTorch in float64.
///
/// The tensors of a case are named `case/input.0`, `case/parameter.weight`, `case/output.0`,
/// `case/cotangent.0`, `case/gradient.input.0`, `case/gradient.parameter.weight` and so on.
struct GoldenFile: Sendable {
  let file: SafetensorsFile
  /// The names of the cases, sorted.
  let cases: [String]

  /// Opens `Fixtures/<name>.safetensors`.
  init(_ name: String) {
    let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/\(name).safetensors")
    do { file = try SafetensorsFile(path: url.path) } catch { fatalError("\(error)") }
    cases = Set(file.entries.map { String($0.name.prefix { $0 != "/" }) }).sorted()
  }

  /// The tensor of a case in another precision; nil if the case has none of that name.
  func tensor<S: FloatingPointScalar>(
    _ golden: String, _ name: String, _ scalar: S.Type
  ) -> Tensor<S>? {
    guard file.entry(named: "\(golden)/\(name)") != nil else { return nil }
    do {
      return Tensor<S>(try file.tensor(named: "\(golden)/\(name)", as: Double.self))
    } catch { fatalError("\(error)") }
  }

  /// The tensors `prefix.0`, `prefix.1`, … of a case.
  func tensors<S: FloatingPointScalar>(
    _ golden: String, _ prefix: String, _ scalar: S.Type
  ) -> [Tensor<S>] {
    var result: [Tensor<S>] = []
    while let next = tensor(golden, "\(prefix).\(result.count)", S.self) { result.append(next) }
    return result
  }

  /// Labels, lengths and other whole numbers of a case.
  func integers(_ golden: String, _ name: String) -> Tensor<Int64>? {
    guard file.entry(named: "\(golden)/\(name)") != nil else { return nil }
    do {
      return try file.tensor(named: "\(golden)/\(name)", as: Int64.self)
    } catch { fatalError("\(error)") }
  }

  /// Checks a model against a case: its outputs, and the gradients of Σ output · cotangent by every
  /// input and parameter. The parameters are loaded by their PyTorch names.
  func check<S: FloatingPointScalar>(
    _ golden: String, model: Any = [Parameter<Double>](), _ scalar: S.Type, tolerance: Double,
    forward: ([Variable<S>]) -> [Variable<S>]
  ) throws {
    let parameters = Parameters(of: model)
    let inputs = tensors(golden, "input", S.self)
    let outputs = tensors(golden, "output", S.self)
    let cotangents = tensors(golden, "cotangent", S.self)
    try parameters.load(from: file, prefix: "\(golden)/parameter.")
    // The inputs are differentiated by a transform around the one of the parameters.
    let (loss, inputGradients) = valueAndGradient(at: inputs.map { Variable($0) }) { inputs in
      let (loss, gradients) = valueAndGradients(of: parameters) {
        let results = forward(inputs)
        #expect(results.count == outputs.count, "\(golden): number of outputs")
        for (place, (result, expected)) in zip(results, outputs).enumerated() {
          expectClose(result.value, expected, tolerance, "\(golden): output \(place)")
        }
        return zip(results, cotangents).map { ($0 * Variable($1)).sum() }.reduce(Variable(0), +)
      }
      for name in parameters.names {
        guard let expected = tensor(golden, "gradient.parameter.\(name)", S.self) else { continue }
        guard let gradient = gradients[name, as: S.self] else {
          Issue.record("\(golden): no gradient of \(name)")
          continue
        }
        expectClose(gradient.value, expected, tolerance, "\(golden): gradient of \(name)")
      }
      return loss
    }
    _ = loss
    for (place, gradient) in inputGradients.enumerated() {
      guard let expected = tensor(golden, "gradient.input.\(place)", S.self) else { continue }
      expectClose(gradient.value, expected, tolerance, "\(golden): gradient of input \(place)")
    }
  }
}

/// Expects equal shapes, and elements that agree to `tolerance` of the largest magnitude. What is 0 but
/// for rounding, such as the gradient of a bias before a normalisation, counts as 0.01.
func expectClose<S: FloatingPointScalar>(
  _ actual: Tensor<S>, _ expected: Tensor<S>, _ tolerance: Double, _ what: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard actual.shape == expected.shape else {
    Issue.record(
      "\(what): shape \(actual.shape), expected \(expected.shape)", sourceLocation: sourceLocation)
    return
  }
  let scale = Swift.max(
    0.01, expected.scalars.map { Double($0.magnitude) }.filter(\.isFinite).max() ?? 0)
  for (place, (a, e)) in zip(actual.scalars, expected.scalars).enumerated() {
    let isClose =
      a == e || (a.isNaN && e.isNaN) || abs(Double(a) - Double(e)) <= tolerance * scale
    guard isClose else {
      Issue.record(
        "\(what): element \(place) is \(a), expected \(e)", sourceLocation: sourceLocation)
      return
    }
  }
}
