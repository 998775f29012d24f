/// How `scatter` and `scatterND` bring an element together with the one in its place.
public enum ScatterReduction: Sendable, Hashable, CaseIterable {
  /// Their sum; integers wrap around.
  case sum
  /// Their product; integers wrap around.
  case product
  /// The smaller one; NaN if either is NaN.
  case minimum
  /// The larger one; NaN if either is NaN.
  case maximum
}

extension Tensor where Scalar: NumericScalar {
  /// Adds one element to each indexed place, as in PyTorch:
  ///
  ///     self[indices[i, j, k], j, k] += source[i, j, k]     for axis 0, and so on
  ///
  /// Operands are those of `scatter`. Several elements for one place are added one after another in
  /// row-major order, whatever the number of threads; integers wrap around.
  public mutating func scatterAdd<Index: IndexScalar>(
    _ source: Tensor, at indices: Tensor<Index>, axis: Int
  ) {
    scatter(source, at: indices, axis: axis, reducing: .sum, "scatterAdd")
  }

  /// Brings one element to each indexed place together with what is there, as PyTorch's
  /// `scatter_reduce` and ONNX's `ScatterElements`:
  ///
  ///     self[indices[i, j, k], j, k] ← reduction(self[indices[i, j, k], j, k], source[i, j, k])
  ///
  /// for axis 0, and so on. Operands are those of `scatter`. Several elements for one place follow one
  /// another in row-major order, whatever the number of threads.
  public mutating func scatter<Index: IndexScalar>(
    _ source: Tensor, at indices: Tensor<Index>, axis: Int, reducing reduction: ScatterReduction
  ) {
    scatter(source, at: indices, axis: axis, reducing: reduction, "scatter")
  }

  private mutating func scatter<Index: IndexScalar>(
    _ source: Tensor, at indices: Tensor<Index>, axis: Int, reducing reduction: ScatterReduction,
    _ name: StaticString
  ) {
    let (places, source) = placesToWrite(source, indices, axis, name)
    let target = mutablePointer()
    source.withStorage {
      let from = source.pointer
      switch Scalar.dtype {
      case .float32: places.scatterFloats(Float.self, from, target, reduction)
      case .float64: places.scatterFloats(Double.self, from, target, reduction)
      case .int32: places.scatterIntegers(Int32.self, from, target, reduction)
      case .int64: places.scatterIntegers(Int64.self, from, target, reduction)
      case .uint8: places.scatterIntegers(UInt8.self, from, target, reduction)
      case .bool: fatalError("\(name): bool is no number")
      }
    }
  }
}

extension IndexedPlaces {
  fileprivate func scatterFloats<Element: BinaryFloatingPoint & BitwiseCopyable>(
    _: Element.Type, _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer,
    _ reduction: ScatterReduction
  ) {
    switch reduction {
    case .sum: scatter(Element.self, from: source, to: target, +)
    case .product: scatter(Element.self, from: source, to: target, *)
    case .minimum:
      scatter(Element.self, from: source, to: target) { $1 < $0 || $1.isNaN ? $1 : $0 }
    case .maximum:
      scatter(Element.self, from: source, to: target) { $1 > $0 || $1.isNaN ? $1 : $0 }
    }
  }

  fileprivate func scatterIntegers<Element: FixedWidthInteger & BitwiseCopyable>(
    _: Element.Type, _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer,
    _ reduction: ScatterReduction
  ) {
    switch reduction {
    case .sum: scatter(Element.self, from: source, to: target, &+)
    case .product: scatter(Element.self, from: source, to: target, &*)
    case .minimum: scatter(Element.self, from: source, to: target, min)
    case .maximum: scatter(Element.self, from: source, to: target, max)
    }
  }
}
