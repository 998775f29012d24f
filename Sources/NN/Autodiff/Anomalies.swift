import Tensor

/// The first operation that made a number that is not finite.
public struct AnomalyError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Whether it came about while computing values or while computing gradients.
  public enum Pass: String, Sendable { case forward, backward }

  public let pass: Pass
  /// The name of the operation, such as `log`.
  public let operation: String
  /// The layer that it belongs to, such as `encoder.0 (Linear)`; empty outside of layers.
  public let layer: String
  /// The shape of what is not finite: the result, or in the backward pass the gradient of an operand.
  public let shape: Shape
  /// The first element that is not finite, and its position in row-major order.
  public let element: Double
  public let position: Int

  public var description: String {
    let place = layer.isEmpty ? "" : " in \(layer)"
    let what = pass == .forward ? "its result" : "the gradient of an operand"
    return "\(operation)\(place): \(what), of shape \(shape), is \(spelled(element)) at element "
      + "\(position) (\(pass.rawValue) pass)"
  }
}

/// Runs `body`, and throws if an operation in it made NaN or infinity: the error names the first one,
/// with its layer.
///
/// ```swift
/// let (loss, gradients) = try detectingAnomalies {
///   valueAndGradients(of: model) { softmaxCrossEntropy(model(images), labels) }
/// }
/// optimizer.update(along: gradients)  // not reached with a gradient that is not finite
/// ```
///
/// Values and gradients are watched, on the calling thread. `body` runs to its end in any case. Each
/// operation costs one more pass over its result, so use it to look for a fault.
///
/// - Throws: `AnomalyError`, or what `body` throws.
public func detectingAnomalies<Result>(_ body: () throws -> Result) throws -> Result {
  let detector = AnomalyDetector()
  let result = try OperationObserver.with(detector, body)
  if let anomaly = detector.first { throw anomaly }
  return result
}

private final class AnomalyDetector: OperationObserver {
  private(set) var first: AnomalyError?
  // The layers of recorded nodes: a backward pass runs outside of them.
  private var layers: [Int32: String] = [:]
  private var current = (operation: "", layer: "")

  override func computed<Scalar>(
    _ operation: Operation, _ value: Variable<Scalar>, from operands: [Origin]
  ) {
    let layer = LayerScope.current.description
    if !value.origin.isConstant && !layer.isEmpty { layers[value.origin.node] = layer }
    // What a pullback computes on its way is looked at as the gradient that it arrives at.
    if first == nil && current.operation.isEmpty {
      look(at: value.value, .forward, operation.rawValue, layer)
    }
  }

  override func pullingBack(node: Int, operation: Operation?, _ pullback: () -> Void) {
    let outer = current
    current = (operation?.rawValue ?? "gradient", layers[Int32(node)] ?? "")
    pullback()
    current = outer
  }

  override func pulledBack<Scalar: FloatingPointScalar>(_ gradient: Tensor<Scalar>) {
    if first == nil && !current.operation.isEmpty {
      look(at: gradient, .backward, current.operation, current.layer)
    }
  }

  private func look<Scalar: FloatingPointScalar>(
    at tensor: Tensor<Scalar>, _ pass: AnomalyError.Pass, _ operation: String, _ layer: String
  ) {
    guard let (position, element) = tensor.firstNonFinite else { return }
    first = AnomalyError(
      pass: pass, operation: operation, layer: layer, shape: tensor.shape, element: element,
      position: position)
  }
}

extension Tensor where Scalar: FloatingPointScalar {
  /// The first element in row-major order that is NaN or infinite.
  var firstNonFinite: (position: Int, element: Double)? {
    if isFinite().all().item { return nil }
    let scalars = self.scalars
    let position = scalars.firstIndex { !$0.isFinite }!
    return (position, Double(scalars[position]))
  }
}

/// A NaN without its sign, which means nothing.
private func spelled(_ element: Double) -> String { element.isNaN ? "nan" : "\(element)" }

/// A loss, or another result, that is not finite.
public struct NonFiniteError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What it is, such as `loss`.
  public let name: String
  public let element: Double
  public let position: Int

  public var description: String {
    "\(name) is \(spelled(element)) at element \(position); lower the learning rate, clip the gradients, or "
      + "look for the operation with detectingAnomalies"
  }
}

extension Variable {
  /// This variable, if all its elements are finite.
  ///
  /// ```swift
  /// optimizer.update(along: gradients)  // after `try loss.checkedFinite("loss")`
  /// ```
  ///
  /// - Throws: `NonFiniteError` with the first element that is not.
  @discardableResult
  public func checkedFinite(_ name: String) throws(NonFiniteError) -> Variable {
    guard let (position, element) = value.firstNonFinite else { return self }
    throw NonFiniteError(name: name, element: element, position: position)
  }
}
