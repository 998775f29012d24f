import Tensor

/// Changes the parameters of a model along the gradients of a loss.
///
/// An optimizer borrows the model: it keeps its parameters and what it remembers of each of them,
/// never the model itself. Frozen parameters are passed over.
public protocol Optimizer: AnyObject {
  /// The step size; it may be changed between steps.
  var learningRate: Double { get set }

  /// Whether parameters without a gradient are left as they are; false by default.
  var allowsMissingGradients: Bool { get set }

  /// Makes one step.
  ///
  /// Stops with a message that names the parameters for which there is no gradient, unless
  /// `allowsMissingGradients` is set; those stay as they are. Nothing is changed before all is
  /// checked; `Gradients.checkedComplete()` throws where this stops. A gradient that is NaN makes its
  /// parameter NaN; `Gradients.clipped(toNorm:)` finds it before.
  func update(along gradients: Gradients)

  /// The names of what is remembered, each of a parameter's name and a state's, such as
  /// `0.weight.firstMoment`; empty before the first step.
  var stateNames: [String] { get }

  /// A copy of a remembered tensor by its full name; nil if there is none, or not in this precision.
  func state<Scalar: FloatingPointScalar>(
    named name: String, as scalar: Scalar.Type
  ) -> Tensor<Scalar>?

  /// The number of steps that a parameter has taken part in; nil if there is none of this name.
  func stepCount(of parameterName: String) -> Int?

  /// Writes state, steps and settings to a safetensors file, which appears complete or not at all.
  ///
  /// - Throws: `SafetensorsError` if the file cannot be written; a file that was there stays.
  func save(to path: String) throws(SafetensorsError)

  /// Sets state, steps and settings from a file that `save(to:)` wrote for the same model, so that
  /// training goes on as if it had not been interrupted, bit for bit.
  ///
  /// - Throws: `OptimizerStateError`; the optimizer is then unchanged.
  func load(from path: String) throws(OptimizerStateError)
}
