import Tensor

/// A tensor that training changes: an identity with a value.
///
/// Layers hold parameters in stored properties; the property path is a parameter's name. Inside
/// `valueAndGradients(of:)` reading `variable` gives the variable that the transform differentiates by.
public final class Parameter<Scalar: FloatingPointScalar> {
  private var storage: Tensor<Scalar>

  /// Whether training leaves the value as it is: a frozen parameter is a constant to transforms and
  /// is passed over by optimizers.
  public var isFrozen = false

  /// The path under which the last search for parameters found it, such as `encoder.0.weight`; empty
  /// before one.
  public internal(set) var name = ""

  /// The path of the layer that holds it, such as `encoder.0`.
  private(set) var layerPath = ""

  /// How `initialize(using:)` draws the value anew.
  public let initializer: Initializer

  /// The row that stays 0 when the value is drawn, such as that of an embedding's padding.
  private let zeroRow: Int?

  /// Creates a parameter with a value of its own.
  ///
  /// The memory layout of `value` becomes that of the parameter for good: a layer may pass a
  /// transposed view whose layout suits its products. Views with gaps or repeated elements are
  /// copied to row-major order.
  public convenience init(_ value: Tensor<Scalar>, initializer: Initializer = .zeros) {
    self.init(value, initializer: initializer, zeroRow: nil)
  }

  init(_ value: Tensor<Scalar>, initializer: Initializer, zeroRow: Int?) {
    storage = value.layout.isDense ? value : value.copied()
    self.initializer = initializer
    self.zeroRow = zeroRow
    if let zeroRow { storage[zeroRow] = .zeros(Shape(storage.shape.dropFirst())) }
  }

  /// The numbers. Setting them keeps the memory layout; it stops with a message if the shape differs.
  public var value: Tensor<Scalar> {
    get { storage }
    set {
      guard newValue.shape == storage.shape else {
        fatalError(
          "Parameter: a value of shape \(newValue.shape) does not fit shape \(storage.shape)")
      }
      storage[] = newValue
    }
  }

  /// The value as an operand: differentiable inside a transform of the model, a constant elsewhere
  /// and while frozen.
  public var variable: Variable<Scalar> {
    @_specialize(where Scalar == Float)
    get {
      guard !isFrozen, let origin = Tape.current?.origin(of: self) else { return Variable(storage) }
      return Variable(storage, origin: origin)
    }
  }

  /// The extents of the value.
  public var shape: Shape { storage.shape }

  /// Changes the numbers in place; shape and memory layout must stay.
  func modify<Result>(_ body: (inout Tensor<Scalar>) -> Result) -> Result { body(&storage) }
}

/// What optimizers and transforms need of a parameter, whatever its scalar type.
protocol AnyParameter<Scalar>: AnyState {
  associatedtype Scalar: FloatingPointScalar
  var isFrozen: Bool { get set }
  func modify<Result>(_ body: (inout Tensor<Scalar>) -> Result) -> Result
  /// Adds the parameter with its gradient and the state of it to a pass of an optimizer.
  func add(
    to pass: inout UpdatePass, by step: ElementwiseStep, along gradient: ErasedVariable,
    state: inout [Tensor<Scalar>])
  /// A parameter of its own with the same value.
  func copied() -> any AnyParameter
  func setName(_ name: String)
  func initialize(using random: inout RandomGenerator)
  func appendLeaf(to tape: Tape, level: UInt32)
}

extension Parameter: AnyParameter {
  func copied() -> any AnyParameter { Parameter(storage, initializer: initializer) }

  func initialize(using random: inout RandomGenerator) {
    value = initializer.tensor(storage.shape, using: &random)
    if let zeroRow { storage[zeroRow] = .zeros(Shape(storage.shape.dropFirst())) }
  }

  @_specialize(where Scalar == Float)
  func appendLeaf(to tape: Tape, level: UInt32) {
    _ = tape.leaf(variable, level: level)
  }

  @_specialize(where Scalar == Float)
  func add(
    to pass: inout UpdatePass, by step: ElementwiseStep, along gradient: ErasedVariable,
    state: inout [Tensor<Scalar>]
  ) {
    pass.add(
      step.kernel, &storage, along: gradient.typed().value, state: &state, step.coefficients)
  }

  func setName(_ name: String) {
    self.name = name
    layerPath = LayerScope.parent(of: name)
  }

  func namedTensor(_ name: String) -> NamedTensor { NamedTensor(name, storage) }

  var memory: Storage { storage.storage }

  var dtype: DType { Scalar.dtype }

  func copyValue(of other: any AnyState) { value = (other as! Self).value }

  /// Reads the tensor of this name; the result sets the parameter to it.
  func assignment(
    from file: SafetensorsFile, name: String
  ) throws(SafetensorsError) -> () -> Void {
    let tensor: Tensor<Scalar> = try file.weights(named: name)
    return { self.value = tensor }
  }
}
