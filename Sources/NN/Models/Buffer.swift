import Tensor

/// A tensor that belongs to a model's state and is not trained, such as a running mean.
///
/// Buffers are found, named, saved and loaded like parameters.
public final class Buffer<Scalar: TensorScalar> {
  private var storage: Tensor<Scalar>

  /// Creates a buffer with a value.
  public init(_ value: Tensor<Scalar>) {
    storage = value
  }

  /// The numbers. Setting them stops with a message if the shape differs.
  public var value: Tensor<Scalar> {
    get { storage }
    set {
      guard newValue.shape == storage.shape else {
        fatalError("Buffer: a value of shape \(newValue.shape) does not fit shape \(storage.shape)")
      }
      storage = newValue
    }
  }

  /// The extents of the value.
  public var shape: Shape { storage.shape }
}

/// A named tensor of a model's state, whatever its scalar type: a parameter or a buffer.
protocol AnyState: AnyObject {
  var shape: Shape { get }
  /// The memory of the value.
  var memory: Storage { get }
  var dtype: DType { get }
  /// Sets the value to that of a state of the same type and shape.
  func copyValue(of other: any AnyState)
  func namedTensor(_ name: String) -> NamedTensor
  func assignment(
    from file: SafetensorsFile, name: String
  ) throws(SafetensorsError) -> () -> Void
}

extension AnyState {
  var byteCount: Int { shape.elementCount * dtype.byteCount }
}

extension Buffer: AnyState {
  func namedTensor(_ name: String) -> NamedTensor { NamedTensor(name, storage) }

  var memory: Storage { storage.storage }

  var dtype: DType { Scalar.dtype }

  func copyValue(of other: any AnyState) { value = (other as! Self).value }

  /// Reads the tensor of this name; the result sets the buffer to it.
  func assignment(
    from file: SafetensorsFile, name: String
  ) throws(SafetensorsError) -> () -> Void {
    if let floating = self as? any FloatingPointBuffer {
      return try floating.floatingAssignment(from: file, name: name)
    }
    let tensor = try file.tensor(named: name, as: Scalar.self)
    return { self.value = tensor }
  }
}

/// A buffer whose numbers are converted from the precision of a file.
private protocol FloatingPointBuffer {
  func floatingAssignment(
    from file: SafetensorsFile, name: String
  ) throws(SafetensorsError) -> () -> Void
}

extension Buffer: FloatingPointBuffer where Scalar: FloatingPointScalar {
  func floatingAssignment(
    from file: SafetensorsFile, name: String
  ) throws(SafetensorsError) -> () -> Void {
    let tensor: Tensor<Scalar> = try file.weights(named: name)
    return { self.value = tensor }
  }
}
