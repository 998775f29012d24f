import CKernels
import Synchronization

extension Tensor {
  /// Creates a tensor from one of another type, element by element.
  ///
  /// Reals become integers by rounding towards zero, anything but 0 (NaN too) becomes `true`, and
  /// `true` becomes 1. Numbers become `Float` by rounding to nearest, and `Int64` becomes `Double` so.
  /// Stops with a message at the first element that does not fit, such as 300 or −1 for `UInt8`, or
  /// NaN for an integer, where PyTorch would wrap around; see `init(saturating:)`.
  public init<Source: TensorScalar>(_ source: Tensor<Source>) {
    self.init(converting: source, saturates: false)
  }

  /// Creates a tensor from one of another type, element by element, where values that do not fit
  /// become the nearest one that does, and NaN becomes 0 in integers.
  public init<Source: TensorScalar>(saturating source: Tensor<Source>) {
    self.init(converting: source, saturates: true)
  }

  private init<Source: TensorScalar>(converting source: Tensor<Source>, saturates: Bool) {
    if Source.dtype == Scalar.dtype {
      self.init(storage: source.storage, layout: source.layout)
      return
    }
    guard
      let (storage, layout) = Conversion.run(
        source.storage, source.layout, Source.dtype, to: Scalar.dtype, saturates: saturates)
    else {
      let (index, element) = source.firstMisfit(for: Scalar.dtype)
      fatalError(
        "Tensor<\(Scalar.self)>: element \(element) at position \(index) does not fit; "
          + "init(saturating:) takes the nearest value")
    }
    self.init(storage: storage, layout: layout)
  }

  /// The first element in row-major order that another type cannot hold, where there is one.
  private func firstMisfit(for other: DType) -> (index: Int, element: Scalar) {
    let elements = scalars
    let room = Storage(byteCount: other.byteCount)
    let index = elements.firstIndex { element in
      withUnsafePointer(to: element) {
        !Conversion.kernel(Scalar.dtype, other, saturates: false, $0, room.pointer, 1)
      }
    }
    return (index!, elements[index!])
  }
}

extension Tensor where Scalar == Float {
  /// Creates a float tensor from bytes: element × `scale`. With 1/255 a grey value becomes 0…1.
  public init(_ bytes: Tensor<UInt8>, scale: Float) {
    let (storage, layout) = Elementwise.map(
      bytes.storage, bytes.layout, .uint8, to: .float32, .light
    ) { bytes, out, count in
      apus_u8_to_f32(bytes.bound(), scale, 0, out.bound(), count)
    }
    self.init(storage: storage, layout: layout)
  }
}

/// Elements of one type as those of another.
private enum Conversion {
  /// The converted elements; nil if some do not fit.
  static func run(
    _ storage: Storage, _ layout: Layout, _ from: DType, to: DType, saturates: Bool
  ) -> (Storage, Layout)? {
    let fits = Atomic(true)
    let result = Elementwise.map(storage, layout, from, to: to, .light) { x, out, count in
      if !kernel(from, to, saturates: saturates, x, out, count) {
        fits.store(false, ordering: .relaxed)
      }
    }
    return fits.load(ordering: .relaxed) ? result : nil
  }

  static func kernel(
    _ from: DType, _ to: DType, saturates: Bool, _ x: UnsafeRawPointer,
    _ out: UnsafeMutableRawPointer, _ count: Int
  ) -> Bool {
    apus_convert(type(from), type(to), saturates, x, out, count)
  }

  private static func type(_ dtype: DType) -> apus_type {
    switch dtype {
    case .float32: APUS_TYPE_f32
    case .float64: APUS_TYPE_f64
    case .int32: APUS_TYPE_i32
    case .int64: APUS_TYPE_i64
    case .uint8: APUS_TYPE_u8
    case .bool: APUS_TYPE_bool
    }
  }
}
